"""Who may call; and what is there without anything being made."""

import pytest

from contract_tests.server.smarterproctoring.install import Install, made_up

_EX, _ES, _CU, _EN = (prefix + "0" * 32 for prefix in ("EX", "ES", "CU", "EN"))
_MIB = 1_048_576
_INSTALL = "{install}"

CALLS = {
    "provision": ("POST", f"/v2/installs/{_INSTALL}/provision"),
    "update_course_exam_assignments": ("PUT", f"/v1/installs/{_INSTALL}/courses/{_CU}/exams/{_EX}/assignments"),
    "update_exam_assignment": ("PUT", f"/v1/installs/{_INSTALL}/exams/{_EX}/assignment"),
    "update_exam_assignments": ("PUT", f"/v1/installs/{_INSTALL}/exams/{_EX}/assignments"),
    "list_enrollment_exam_sessions": ("GET", f"/v1/installs/{_INSTALL}/enrollments/{_EN}/exams/{_EX}/sessions"),
    "get_exam_session": ("GET", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}"),
    "reschedule_exam_session": ("PUT", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}"),
    "schedule_exam_session": ("POST", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}"),
    "cancel_exam_session": ("DELETE", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}"),
    "get_onboarding_url": ("GET", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}/onboard"),
    "list_session_events": ("GET", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}/events"),
    "add_session_event": ("POST", f"/v1/installs/{_INSTALL}/exams/{_EX}/sessions/{_ES}/events"),
    "get_session_status": ("GET", f"/v1/sessions/{_ES}/status"),
    "list_appointments": ("GET", f"/v1/installs/{_INSTALL}/reports/appointments"),
    "list_location_types": ("GET", "/v1/proctors/locations/types"),
    "check": ("GET", "/v1/check"),
    "get_current_time": ("GET", "/v1/currentTime"),
}
_BODIES: dict[str, object] = {
    "update_course_exam_assignments": {"add": []},
    "update_exam_assignment": {"added": []},
    "update_exam_assignments": {"added": {}},
    "schedule_exam_session": {"appointmentDateTime": "2035-01-01T09:00:00Z"},
    "reschedule_exam_session": {"appointmentDateTime": "2035-01-01T09:00:00Z"},
    "add_session_event": {
        "subject": "Noise",
        "status": "Open",
        "eventTime": "2035-01-01T09:00:00Z",
        "directWitness": "Ann Lee",
        "contactPerson": "Ann Lee",
        "contactPhone": "+15550100",
        "contactEmail": "ann@people.example",
        "draft": False,
    },
}
_WRONG = {
    "list_enrollment_exam_sessions": "?limit=many",
    "list_session_events": "?limit=many",
    "list_appointments": "?limit=many",
}
_NAMES_A_SID = [name for name, (_, path) in CALLS.items() if "000" in path]


def _place(install: Install, operation: str) -> tuple[str, str]:
    method, path = CALLS[operation]
    return method, path.replace(_INSTALL, install.sid)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("headers", [{}, {"token": "wrong"}], ids=["none", "wrong"])
@pytest.mark.clause("smarterproctoring.token")
def test_callers_need_a_token(install: Install, operation: str, headers: dict[str, str]) -> None:
    """Every call carries the API token in the token header; one that is invalid is answered AUTHENTICATIONFAILED."""
    method, path = _place(install, operation)
    reply = install.call(method, path, headers=headers, json={} if method != "GET" else None)
    if operation == "check" and reply.ok:
        pytest.skip("It tells everybody that the API is up.")
    if not headers:
        install.refuses(reply, "smarterproctoring.token", "Without a token nothing is answered.")
        return
    fits = reply.status == 403 and reply.at("code") == "AUTHENTICATIONFAILED"
    told = "A wrong token is answered AUTHENTICATIONFAILED."
    install.holds("smarterproctoring.token", fits, told, expected="403 AUTHENTICATIONFAILED", got=reply.told)


@pytest.mark.parametrize("operation", _NAMES_A_SID)
@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_sids_that_nothing_has(install: Install, operation: str) -> None:
    """A referenced SID that does not exist is answered RESOURCENOTFOUND."""
    method, path = _place(install, operation)
    if method != "GET" and not install.target.writes:
        pytest.skip("It makes or changes something there, which only --allow-writes permits.")
    path = path.replace("0" * 32, made_up(""))
    reply = install.api(method, path, json=_BODIES.get(operation, {}) if method != "GET" else None)
    fits = reply.status == 404 and reply.at("code") == "RESOURCENOTFOUND"
    told = "A SID that nothing has is answered RESOURCENOTFOUND."
    clause = f"smarterproctoring.{operation}.response.404"
    install.holds(clause, fits, told, expected="404 RESOURCENOTFOUND", got=reply.told)


@pytest.mark.clause("smarterproctoring.list_appointments.response.404")
def test_an_install_that_is_not_there(install: Install) -> None:
    """The SID of an install that does not exist is answered RESOURCENOTFOUND."""
    for path in (CALLS["list_appointments"][1], CALLS["get_exam_session"][1]):
        reply = install.api("GET", path.replace(_INSTALL, made_up("AI")))
        fits = reply.status == 404 and reply.at("code") == "RESOURCENOTFOUND"
        told = "An install that does not exist is answered RESOURCENOTFOUND."
        clause = f"{reply.operation}.response.404"
        install.holds(clause, fits, told, expected="404 RESOURCENOTFOUND", got=reply.told)


@pytest.mark.clause("smarterproctoring.check", "smarterproctoring.get_current_time")
def test_what_is_always_there(install: Install) -> None:
    """The API says that it is up, what time it is, and which kinds of places there are."""
    for operation in ("check", "get_current_time", "list_location_types", "list_appointments"):
        install.needs(install.api(*_place(install, operation)))


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("smarterproctoring.ssl")
def test_calls_are_made_over_ssl(install: Install) -> None:
    """Every call is made over SSL; another is answered INVALIDPROTOCOL."""
    with install.sandbox.settings(require_tls=True):
        for operation in CALLS:
            method, path = _place(install, operation)
            reply = install.api(method, path, json={} if method != "GET" else None)
            fits = reply.status == 400 and reply.at("code") == "INVALIDPROTOCOL"
            told = "A call without SSL is answered INVALIDPROTOCOL."
            install.holds("smarterproctoring.ssl", fits, told, expected="400 INVALIDPROTOCOL", got=reply.told)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.parametrize(("how", "clause"), [("expire", "token"), ("revoke", "token-revoked")])
def test_a_token_ends(install: Install, how: str, clause: str) -> None:
    """A token that has expired, or was revoked, is answered AUTHENTICATIONFAILED."""
    tokens = install.sandbox.entities("tokens")
    if len(tokens) != 1:
        pytest.skip("Which of the sandbox's tokens is used cannot be told.")
    snapshot = install.sandbox.admin("GET", "/snapshot")
    try:
        install.sandbox.action(f"{how}_token", token_id=str(tokens[0]["id"]))
        reply = install.api(*_place(install, "list_location_types"))
    finally:
        install.sandbox.admin("PUT", "/snapshot", snapshot)
    fits = reply.status == 403 and reply.at("code") == "AUTHENTICATIONFAILED"
    told = "A token that is over is answered AUTHENTICATIONFAILED."
    install.holds(f"smarterproctoring.{clause}", fits, told, expected="403 AUTHENTICATIONFAILED", got=reply.told)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.clause("smarterproctoring.token")
def test_refusals_that_a_mock_can_be_made_to_give(install: Install, operation: str) -> None:
    """Whatever is refused, the answer says it with a documented code."""
    method, path = _place(install, operation)
    with install.sandbox.settings(authentication_failed_status=401):
        reply = install.call(method, path, headers={"token": "wrong"}, json={} if method != "GET" else None)
    clause = f"smarterproctoring.{operation}.response"
    install.holds(f"{clause}.401", reply.status == 401, "It is answered 401.", got=reply.told)
    large = b'{"a": "' + b"a" * 2 * _MIB + b'"}'
    reply = install.api(method, path, data=large, headers={"Content-Type": "application/json"})
    install.holds(f"{clause}.413", reply.status == 413, "A body that is too large is refused.", got=reply.told)
    reply = install.api(
        method, path + _WRONG.get(operation, ""), data=b"{", headers={"Content-Type": "application/json"}
    )
    install.holds(f"{clause}.400", reply.status in {400, 404, 200}, "It is refused as wrong input.", got=reply.told)
    install.refuses_method("PATCH", path, headers=install.signed, json={})
