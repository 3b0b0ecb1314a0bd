"""Whatever is sent, the answer is a refusal that names the field, never a failure."""

from typing import Any

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import API, CHIARA, Caller, person, refusal

WRONG = [None, True, 1, 1.5, 10**30, [], ["x"], {}, {"x": 1}]
NOT_NULL = [value for value in WRONG if value is not None]
TESTS = "/assessment/tests"


def invitation(**changes: Any) -> dict[str, Any]:
    return {"campaign_id": "1", "invitations": [person()], **changes}


@pytest.mark.parametrize("value", WRONG, ids=str)
@pytest.mark.parametrize("field", ["applicant_id", "lastname", "firstname", "email", "phone", "language"])
def test_fields_of_a_candidate_are_text(caller: Caller, field: str, value: Any) -> None:
    answer = caller.invite(person(**{field: value}))
    if value is None and field in ("phone", "language"):
        assert answer.status_code == 200
    else:
        assert f"invitations[0].{field}" in refusal(answer, 400)


@pytest.mark.parametrize("field", ["applicant_id", "lastname", "firstname", "email"])
def test_required_fields_of_a_candidate(caller: Caller, field: str) -> None:
    applicant = person()
    del applicant[field]
    assert f"invitations[0].{field}" in refusal(caller.invite(applicant), 400)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("campaign_id", value) for value in [*WRONG, "", "x" * 256]),
        *(("invitations", value) for value in [None, True, 1, "x", {}, [], [None], [[]], ["x"], [1]]),
        *(("callback_url", value) for value in [*NOT_NULL, "", "callback", "ftp://x.example", "http://", "http://[x"]),
        ("callback_url", "https://x.example/" + "a" * 2048),
        ("callback_url", "https://x.example:99999/"),
        ("callback_url", "https://x.example/a b"),
    ],
    ids=str,
)
def test_fields_of_an_invitation(caller: Caller, field: str, value: Any) -> None:
    assert field in refusal(caller.request("POST", TESTS, json=invitation(**{field: value})), 400)


@pytest.mark.parametrize("field", ["campaign_id", "invitations"])
def test_required_fields_of_an_invitation(caller: Caller, field: str) -> None:
    body = invitation()
    del body[field]
    assert field in refusal(caller.request("POST", TESTS, json=body), 400)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("campaigns", value) for value in [None, True, 1, "1", {}, [None], [1], [["1"]]]),
        *(("email", value) for value in [*WRONG, "", "x" * 321]),
        *(("applicant_id", value) for value in [*WRONG, "", "x" * 256]),
    ],
    ids=str,
)
def test_fields_of_an_erasure(caller: Caller, field: str, value: Any) -> None:
    body = {"campaigns": ["1"], "email": "chiara.rossi@people.example", "applicant_id": CHIARA, field: value}
    assert field in refusal(caller.erase(**body), 400)


@pytest.mark.parametrize("field", ["campaigns", "email", "applicant_id"])
def test_required_fields_of_an_erasure(caller: Caller, field: str) -> None:
    body = {"campaigns": ["1"], "email": "chiara.rossi@people.example", "applicant_id": CHIARA}
    del body[field]
    assert field in refusal(caller.erase(**body), 400)


BODIES = [
    b"",
    b" ",
    b"{",
    b"[]",
    b'"x"',
    b"null",
    b"NaN",
    b'{"campaign_id": NaN}',
    b'{"campaign_id": "\\ud800"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"campaign_id": "1",}',
    b'{"campaign_id": "1" // a comment\n}',
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body[:20]))
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_broken_bodies(caller: Caller, method: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    refusal(caller.request(method, TESTS, data=body, headers=headers), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_other_content_types(caller: Caller, method: str, kind: str) -> None:
    refusal(caller.request(method, TESTS, data=b"{}", headers={"Content-Type": kind}), 415)


@pytest.mark.parametrize("method", ["POST", "DELETE", "GET"])
def test_endless_bodies(caller: Caller, method: str) -> None:
    refusal(caller.request(method, TESTS, data=b" " * (1024 * 1024 + 1)), 413)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/assessment/tests", "DELETE, GET, HEAD, POST"),
        ("POST", "/assessment/campaigns", "GET, HEAD"),
        ("DELETE", "/assessment/campaignscreationlink", "GET, HEAD"),
    ],
)
def test_other_methods(caller: Caller, method: str, path: str, allowed: str) -> None:
    answer = caller.request(method, path)
    assert method in refusal(answer, 405)
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "query",
    [
        "%FF",
        "campaign_id=%ED%A0%80",
        "campaign_id=" + "x" * 256,
        "&".join(["a=1"] * 1001),
        "campaign_id=1&language=" + "x" * 36,
        "campaign_id=1&applicants[]=" + "x" * 256,
    ],
    ids=lambda query: query[:20],
)
def test_broken_queries(caller: Caller, query: str) -> None:
    refusal(caller.request("GET", f"{TESTS}?{query}"), 400)


def test_doubled_keys_and_unknown_fields_are_read_over(caller: Caller) -> None:
    body = (
        b'{"campaign_id": "99", "campaign_id": "1", "more": 1, "campaigns": ["1"], "email": "x", "applicant_id": "x"}'
    )
    assert caller.request("DELETE", TESTS, data=body, headers={"Content-Type": "application/json"}).status_code == 200


def test_text_of_all_kinds_is_kept(sandbox: RemoteSandbox, caller: Caller) -> None:
    odd = "\x00\u202e😀\n"
    link = caller.invite_one(firstname=odd, lastname=odd, phone=odd, language=odd)["assessment_invitation_link"]
    assert sandbox.http.get(link, timeout=20).status_code == 200
    assert sandbox.entities("talentsoft", "invitations")[-1]["firstname"] == odd


@pytest.mark.parametrize("user", ["", "no address", "x" * 5000])
def test_any_current_user_is_taken(sandbox: RemoteSandbox, caller: Caller, user: str) -> None:
    answer = caller.request("GET", "/assessment/campaigns", headers={"X-Current-User": user})
    assert answer.status_code == 200
    [access] = sandbox.entities("talentsoft", "accesses")
    assert access["current_user"] == (user[:320] or None)


@pytest.mark.parametrize("token", ["é".encode("latin-1"), b"x" * 5000, b"\x01"])
def test_odd_authorization(sandbox: RemoteSandbox, token: bytes) -> None:
    for scheme in (b"Bearer ", b"Basic "):
        headers: Any = {"Authorization": scheme + token}
        assert sandbox.get(f"{API}/assessment/campaigns", headers=headers).status_code in (400, 401)
        assert sandbox.post(f"{API}/token", data={"grant_type": "x"}, headers=headers).status_code in (400, 401)
