"""What is refused, operation by operation: input that is wrong, SIDs in a body, and what only a mock can be made to."""

from collections.abc import Callable, Iterator

import pytest

from contract_tests.server.smarterproctoring.calls import CALLS, EVENT, place
from contract_tests.server.smarterproctoring.install import Data, Enrolled, Install, made_up

_MIB = 1_048_576

BODIES: dict[str, Data] = {
    "update_course_exam_assignments": {"add": "EN"},
    "update_exam_assignment": {"added": "EN"},
    "update_exam_assignments": {"added": ["EN"]},
    "schedule_exam_session": {"appointmentDateTime": "tomorrow"},
    "reschedule_exam_session": {"appointmentDateTime": "tomorrow"},
    "cancel_exam_session": {"cancellationMemo": "It is raining.", "reason": "weather"},
    "add_session_event": {**EVENT, "status": "Unclear"},
}
"""What each operation cannot take, by what is documented of it."""

QUERIES = {
    "list_enrollment_exam_sessions": {"status": "Asleep"},
    "list_session_events": {"limit": "many"},
    "list_appointments": {"status": "Asleep"},
}
"""What each list cannot be asked for."""


def _path(install: Install, operation: str, who: Enrolled, *sessions: str) -> str:
    """Return the path of an operation about things that there are."""
    path = place(install, operation)[1]
    for sid in (who.course, who.enrollment, who.exam, *sessions):
        path = path.replace(sid[:2] + "0" * 32, sid)
    return path


def _appointment(install: Install, who: Enrolled, session: str) -> list[object]:
    read = install.read(who, session)
    return [read.get(name) for name in ("status", "appointmentDate", "externalAppointmentId")]


@pytest.mark.writes
@pytest.mark.parametrize("operation", BODIES)
def test_input_that_is_wrong(install: Install, operation: str) -> None:
    """A value that is not documented is answered INVALIDINPUT, and nothing is changed by it."""
    who, session = install.scheduled()
    before, clause = _appointment(install, who, session), f"smarterproctoring.{operation}"
    path = _path(install, operation, who, session)
    reply = install.api(CALLS[operation][0], path, json=BODIES[operation])
    install.answers(reply, "INVALIDINPUT", clause, "It is wrong input")
    after = _appointment(install, who, session)
    install.holds(clause, after == before, "The session is as it was.", expected=before, got=after)


@pytest.mark.writes
@pytest.mark.parametrize("operation", BODIES)
@pytest.mark.parametrize("body", [b"{", b"[]"], ids=["no-json", "list"])
def test_a_body_that_is_no_object(install: Install, operation: str, body: bytes) -> None:
    """A body that is no JSON object is answered INVALIDINPUT."""
    who, session = install.scheduled()
    path = _path(install, operation, who, session)
    reply = install.api(CALLS[operation][0], path, data=body, headers={"Content-Type": "application/json"})
    install.answers(reply, "INVALIDINPUT", f"smarterproctoring.{operation}", "It is wrong input")


@pytest.mark.writes
@pytest.mark.parametrize("operation", QUERIES)
@pytest.mark.clause("smarterproctoring.wrong-query")
def test_a_query_that_is_wrong(install: Install, operation: str) -> None:
    """A list that is asked for what it does not know is INVALIDINPUT; no document says so."""
    who, session = install.scheduled()
    path = _path(install, operation, who, session)
    reply = install.api("GET", path, params=QUERIES[operation])
    install.answers(reply, "INVALIDINPUT", "smarterproctoring.wrong-query", "It is wrong input")


@pytest.mark.parametrize("operation", ["get_exam_session", "get_session_status", "get_onboarding_url"])
@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_what_is_no_sid(install: Install, operation: str) -> None:
    """What is no SID names nothing; whether that is wrong input or nothing found no document says."""
    method, path = place(install, operation)
    reply = install.api(method, path.replace("0" * 32, "-1"))
    install.refuses(reply, "smarterproctoring.unknown-sid", "What is no SID names nothing.", 400, 404)


NAMING: dict[str, Callable[[str], Data]] = {
    "update_course_exam_assignments": lambda sid: {"add": [{"enrollmentSid": sid}]},
    "update_exam_assignment": lambda sid: {"added": [sid]},
    "update_exam_assignments": lambda sid: {"added": {"enrollmentSid": [sid]}},
}
"""How each form of the assignments names an enrollment."""


@pytest.mark.writes
@pytest.mark.parametrize("operation", NAMING)
@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_an_enrollment_that_nobody_has(install: Install, operation: str) -> None:
    """An enrollment that does not exist cannot be assigned: RESOURCENOTFOUND."""
    who = install.enrolled(limitedScope=True)
    method, path = CALLS[operation][0], _path(install, operation, who)
    reply = install.api(method, path, json=NAMING[operation](made_up("EN")))
    clause = f"smarterproctoring.{operation}.response.404"
    install.answers(reply, "RESOURCENOTFOUND", clause, "An enrollment that nobody has is not assigned")
    install.needs(install.api(method, path, json=NAMING[operation](who.enrollment)))


def _calls(install: Install) -> Iterator[tuple[str, str, str]]:
    for operation in CALLS:
        yield (operation, *place(install, operation))


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.clause("smarterproctoring.token")
def test_other_answers_to_callers_without_a_token(install: Install) -> None:
    """Where a mock is set to say it in another way, a call without a good token is refused as well."""
    with install.sandbox.settings(authentication_failed_status=401):
        for operation, method, path in _calls(install):
            reply = install.call(method, path, headers={"token": "wrong"}, json={} if method != "GET" else None)
            clause = f"smarterproctoring.{operation}.response.401"
            install.holds(clause, reply.status == 401, "It is answered 401.", got=reply.told)
    with install.sandbox.settings(unauthenticated_code="INVALIDAUTHENTICATIONINFO"):
        for operation, method, path in _calls(install):
            reply = install.call(method, path, json={} if method != "GET" else None)
            clause = f"smarterproctoring.{operation}.response.400.body.code.enum.INVALIDAUTHENTICATIONINFO"
            fits = reply.status == 400 and reply.at("code") == "INVALIDAUTHENTICATIONINFO"
            install.holds(clause, fits, "It is answered INVALIDAUTHENTICATIONINFO.", got=reply.told)


@pytest.mark.sandbox
@pytest.mark.writes
@pytest.mark.parametrize("operation", CALLS)
def test_bodies_and_methods_that_go_too_far(install: Install, operation: str) -> None:
    """A body of two megabytes is refused, and so is a method that a path does not have."""
    method, path = place(install, operation)
    large = b'{"a": "' + b"a" * 2 * _MIB + b'"}'
    reply = install.api(method, path, data=large, headers={"Content-Type": "application/json"})
    clause = f"smarterproctoring.{operation}.response"
    install.holds(f"{clause}.413", reply.status == 413, "A body that is too large is refused.", got=reply.told)
    refused = install.refuses_method("PATCH", path, headers=install.signed, json={})
    install.holds(f"{clause}.405", refused.status == 405, "No path has this method.", got=refused.told)
