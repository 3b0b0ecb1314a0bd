"""The reference client of Talentsoft against the mock's partner, with what goes wrong on the way."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import requests

from contract_tests.clients.calling import Refused, Unavailable, Unreadable
from contract_tests.clients.receiving import Receiver
from contract_tests.clients.talentsoft import Callbacks, Talentsoft
from contract_tests.clients.talentsoft_tokens import TokenRefused
from tests.server import RemoteSandbox

FROZEN = "2026-03-02T09:00:00Z"
CLIENT_ID, SECRET = "ts_demo", "fake-talentsoft-secret-0123456789abcdef"
RECRUITER = "recruiter@meridian.example"
TOM, UMA = "0F8FAD5B-D9CB-469F-A165-70867728950E", "7c9e6679-7425-40de-944b-e07fc1f90ae7"
PEOPLE = [
    {"applicant_id": TOM, "firstname": "Tom", "lastname": "Palmer", "email": "tom@people.example", "language": "en-GB"},
    {"applicant_id": UMA, "firstname": "Uma", "lastname": "Quist", "email": "uma@people.example", "language": "fr-FR"},
]
FORM = "application/x-www-form-urlencoded"
LOST = [
    {"kind": "lost_response"},
    {"kind": "truncated"},
    {"kind": "malformed_json"},
    {"kind": "wrong_content_type"},
    {"kind": "status", "status": 504, "at": "after"},
]
pytestmark = pytest.mark.boot(fixtures="empty", clock=FROZEN)
Make = Callable[..., Talentsoft]


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def make(sandbox: RemoteSandbox, waited: list[float]) -> Make:
    """Make a client that waits by moving the sandbox's clock, and knows its time unless it gets another ``clock``."""

    def wait(seconds: float) -> None:
        waited.append(seconds)
        sandbox.advance(f"{seconds}s")

    def now() -> float:
        return datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"]).timestamp()

    def make(secret: str = SECRET, **options: Any) -> Talentsoft:
        url = sandbox.url("/talentsoft/api/v1")
        return Talentsoft(url, CLIENT_ID, secret, **{"wait": wait, "clock": now, "timeout": 5, **options})

    return make


@pytest.fixture
def client(make: Make, sandbox: RemoteSandbox) -> Talentsoft:
    """A recruiter, whose partner has the campaigns 1 and 2."""
    sandbox.action("talentsoft.create_campaign", name="Analysts", language="en-GB")
    sandbox.action("talentsoft.create_campaign", name="Vendeurs", language="fr-FR")
    return make(recruiter=RECRUITER)


@pytest.fixture
def updates() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def callbacks(client: Talentsoft, updates: list[dict[str, Any]]) -> Callbacks:
    return Callbacks(client, on_update=updates.append)


@pytest.fixture
def receiver(callbacks: Callbacks) -> Iterator[Receiver]:
    with Receiver({"/callback": callbacks}) as running:
        yield running


def fault(sandbox: RemoteSandbox, operation: str, **rule: Any) -> None:
    sandbox.admin("POST", "/faults", json={"operation": f"talentsoft.{operation}", "times": 1, **rule})


def answer(sandbox: RemoteSandbox, operation: str, **body: Any) -> None:
    fault(sandbox, operation, kind="status", status=200, body=body)


def calls(sandbox: RemoteSandbox, *operations: str) -> list[str]:
    """Return which operations were called, of these or of all, in their order."""
    called = [each["operation"].partition(".")[2] for each in sandbox.journal() if each["direction"] == "in"]
    return [each for each in called if not operations or each in operations]


def accesses(sandbox: RemoteSandbox) -> dict[str, tuple[bool, str | None]]:
    """Return who called last, by method and path: whether with a recruiter's token, and X-Current-User."""
    found = sandbox.entities("talentsoft", "accesses")
    return {
        each["id"].partition(" ")[2].replace("/api/v1/assessment", ""): (each["as_recruiter"], each["current_user"])
        for each in found
    }


def invitations(sandbox: RemoteSandbox) -> list[str]:
    return [each["applicant_id"] for each in sandbox.entities("talentsoft", "invitations")]


def test_campaigns_are_listed_and_filtered(client: Talentsoft) -> None:
    assert [each["name"] for each in client.campaigns()] == ["Analysts", "Vendeurs"]
    assert [each["campaign_id"] for each in client.campaigns(keyword="ana", language="en-GB")] == ["1"]


def test_a_partner_without_a_page_for_new_campaigns_has_no_link(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    link = client.campaign_creation_link()
    assert link is not None
    assert requests.get(link, timeout=20).status_code == 200
    sandbox.settings(talentsoft={"creation_link": False})
    assert client.campaign_creation_link() is None


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"recruiter": RECRUITER}, (True, RECRUITER)),
        ({"recruiter": RECRUITER, "recruiter_grant": False}, (False, RECRUITER)),
        ({}, (False, None)),
    ],
    ids=["recruiter", "recruiter-without-grant", "application"],
)
def test_a_call_says_who_is_at_work(
    options: dict[str, Any], seen: tuple[bool, str | None], make: Make, sandbox: RemoteSandbox
) -> None:
    make(**options).campaigns()
    assert accesses(sandbox) == {"GET /campaigns": seen}


@pytest.mark.parametrize("as_number", [True, False])
@pytest.mark.parametrize("recruiter", [RECRUITER, None])
def test_a_token_is_used_until_it_expires(
    recruiter: str | None, as_number: bool, make: Make, sandbox: RemoteSandbox
) -> None:
    sandbox.settings(talentsoft={"expires_in_as_number": as_number})
    client = make(recruiter=recruiter)
    client.campaigns()
    sandbox.advance("59m")
    client.campaigns()
    sandbox.advance("1m")
    client.campaigns()
    assert calls(sandbox) == ["create_token", "list_campaigns", "list_campaigns", "create_token", "list_campaigns"]


def test_a_token_that_expired_by_another_clock_is_renewed_once(make: Make, sandbox: RemoteSandbox) -> None:
    client = make(clock=lambda: datetime.fromisoformat(FROZEN).timestamp())
    client.campaigns()
    sandbox.advance("2h")
    assert client.campaigns() == []
    assert calls(sandbox)[2:] == ["list_campaigns", "create_token", "list_campaigns"]
    fault(sandbox, "list_campaigns", kind="status", status=401, times=9)
    with pytest.raises(Refused) as raised:
        client.campaigns()
    assert raised.value.status == 401
    assert calls(sandbox)[5:] == ["list_campaigns", "create_token", "list_campaigns"]


def test_a_renewed_token_invites_once(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    fault(sandbox, "invite_applicants", kind="status", status=401)
    assert [each["status"] for each in client.invite("1", PEOPLE)] == ["success", "success"]
    assert invitations(sandbox) == [TOM.lower(), UMA]


@pytest.mark.parametrize(
    ("recruiter", "secret", "status", "error"),
    [
        (None, "fake-and-wrong-0123456789abcdef0123", 401, "invalid_client"),
        (RECRUITER, "fake-and-wrong-0123456789abcdef0123", 400, "invalid_grant"),
        ("stranger@people.example", SECRET, 400, "invalid_grant"),
    ],
)
def test_a_token_that_is_refused_is_not_asked_for_again(
    recruiter: str | None, secret: str, status: int, error: str, make: Make, sandbox: RemoteSandbox
) -> None:
    with pytest.raises(TokenRefused) as raised:
        make(secret, recruiter=recruiter).campaigns()
    assert (raised.value.status, raised.value.error) == (status, error)
    assert calls(sandbox) == ["create_token"]


def test_a_token_whose_answer_is_lost_is_asked_for_again(
    make: Make, sandbox: RemoteSandbox, waited: list[float]
) -> None:
    fault(sandbox, "create_token", kind="lost_response")
    assert make().campaigns() == []
    assert (calls(sandbox), waited) == (["create_token", "create_token", "list_campaigns"], [0.5])


@pytest.mark.parametrize("body", [{}, {"access_token": "t", "expires_in": "soon"}], ids=str)
def test_an_answer_that_is_no_token_is_none(body: dict[str, Any], make: Make, sandbox: RemoteSandbox) -> None:
    answer(sandbox, "create_token", **body)
    with pytest.raises(Unreadable, match="no access token"):
        make().campaigns()


def test_an_invitation_tells_of_each_candidate(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    tom, uma = client.invite("1", [PEOPLE[0], {**PEOPLE[1], "email": "none"}])
    assert (tom["status"], tom["error_message"], uma["status"], uma["link"]) == ("success", None, "error", None)
    assert "e-mail" in uma["error_message"]
    assert requests.get(tom["link"], timeout=20).status_code == 200
    assert invitations(sandbox) == [TOM.lower()]


@pytest.mark.parametrize("key", ["assessment", "interview"])
def test_a_link_may_have_either_name(key: str, client: Talentsoft, sandbox: RemoteSandbox) -> None:
    sandbox.settings(talentsoft={"invitation_link_key": key})
    assert all("/test/" in each["link"] for each in client.invite("1", PEOPLE))


def test_a_candidate_whom_the_answer_leaves_out_is_not_invited(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    row = {"applicant_id": UMA, "status": "error", "error_message": None, "interview_invitation_link": None}
    answer(sandbox, "invite_applicants", code="200", status="success", message=None, data=[row])
    tom, uma = client.invite("1", PEOPLE)
    assert (tom["applicant_id"], tom["status"], tom["link"]) == (TOM.lower(), "error", None)
    assert (uma["applicant_id"], uma["status"], uma["link"]) == (UMA, "error", None)


@pytest.mark.parametrize("rule", LOST, ids=str)
def test_after_a_lost_answer_it_is_looked_who_is_invited(
    rule: dict[str, Any], client: Talentsoft, sandbox: RemoteSandbox
) -> None:
    fault(sandbox, "invite_applicants", **rule)
    rows = client.invite("1", PEOPLE)
    assert [(each["status"], "/test/" in each["link"]) for each in rows] == [("success", True)] * 2
    assert calls(sandbox, "invite_applicants", "list_assessments") == ["invite_applicants", "list_assessments"]
    assert invitations(sandbox) == [TOM.lower(), UMA]


def test_who_is_not_invited_yet_is_invited_then(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    [tom] = client.invite("1", PEOPLE[:1])
    fault(sandbox, "invite_applicants", kind="status", status=503)
    assert client.invite("1", PEOPLE)[0]["link"] == tom["link"]
    sent = [json.loads(each) for each in bodies(sandbox, "invite_applicants")]
    assert [[one["firstname"] for one in each["invitations"]] for each in sent] == [["Tom"], ["Tom", "Uma"], ["Uma"]]
    assert invitations(sandbox) == [TOM.lower(), UMA]


def bodies(sandbox: RemoteSandbox, operation: str) -> list[str]:
    found = [each["number"] for each in sandbox.journal() if each["operation"] == f"talentsoft.{operation}"]
    return [sandbox.admin("GET", f"/journal/{each}")["request"]["body"] for each in found]


def test_an_invitation_that_has_ended_is_made_again(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    [first] = client.invite("1", PEOPLE[:1])
    sandbox.action("talentsoft.expire", campaign_id="1", applicant_id=TOM.lower())
    fault(sandbox, "invite_applicants", kind="reset", at="before")
    [second] = client.invite("1", PEOPLE[:1])
    assert second["status"] == "success"
    assert first["link"] != second["link"]


def test_a_partner_that_stays_away_is_told(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    fault(sandbox, "invite_applicants", kind="status", status=503, times=2)
    with pytest.raises(Unavailable) as raised:
        client.invite("1", PEOPLE)
    assert raised.value.status == 503
    assert invitations(sandbox) == []


def test_the_pause_that_a_partner_asks_for_is_kept(
    client: Talentsoft, sandbox: RemoteSandbox, waited: list[float]
) -> None:
    fault(sandbox, "invite_applicants", kind="status", status=503, headers={"Retry-After": "17"})
    fault(sandbox, "list_assessments", kind="rate_limit", quota=0, window="40s")
    client.invite("1", PEOPLE)
    client.assessments("1")
    assert waited == [17.0, 23.0]
    assert calls(sandbox, "invite_applicants") == ["invite_applicants"] * 2


def test_a_refusal_is_told_and_not_repeated(client: Talentsoft, sandbox: RemoteSandbox, waited: list[float]) -> None:
    sandbox.action("talentsoft.close_campaign", campaign_id="1")
    with pytest.raises(Refused, match="closed") as raised:
        client.invite("1", PEOPLE)
    assert (raised.value.status, waited) == (409, [])
    assert calls(sandbox) == ["create_token", "invite_applicants"]


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ({"code": "409", "status": "error", "message": "It is closed.", "data": None}, Refused),
        ({"code": 500, "status": "fail", "message": "It broke.", "data": None}, Unavailable),
        ({"code": 201, "status": "success", "message": None, "data": []}, Unreadable),
        ({"code": 200, "status": "success", "message": None, "data": {}}, Unreadable),
        ({"code": 200, "status": "success", "message": None, "data": ["1"]}, Unreadable),
        ({"code": 200, "message": None, "data": []}, Unreadable),
    ],
    ids=str,
)
def test_the_envelope_has_a_say(
    body: dict[str, Any], failure: type[Exception], client: Talentsoft, sandbox: RemoteSandbox
) -> None:
    answer(sandbox, "list_campaigns", **body)
    with pytest.raises(failure):
        client.campaigns()
    assert client.campaigns() != []


def test_a_code_may_be_text(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    answer(sandbox, "list_campaigns", code="200", status="success", message=None, data=[])
    assert client.campaigns() == []


def test_assessments_of_some_and_of_all(client: Talentsoft) -> None:
    client.invite("1", PEOPLE)
    assert [each["applicant_id"] for each in client.assessments("1", [UMA], language="fr-FR")] == [UMA]
    assert [each["status"] for each in client.assessments("1")] == ["waiting", "waiting"]


def test_a_lost_answer_to_an_erasure_erases_once_or_twice(client: Talentsoft, sandbox: RemoteSandbox) -> None:
    client.invite("1", PEOPLE)
    fault(sandbox, "erase_applicant", kind="lost_response")
    client.erase(UMA, "uma@people.example", ["1"])
    assert {each["applicant_id"]: each["status"] for each in client.assessments("1")} == {
        TOM.lower(): "waiting",
        UMA: "deleted",
    }


def candidate(sandbox: RemoteSandbox, verb: str, **arguments: Any) -> None:
    """Have Tom do something, and the partner tell of it."""
    sandbox.action(f"talentsoft.{verb}", campaign_id="1", applicant_id=TOM.lower(), **arguments)
    sandbox.advance("0s")


def test_a_callback_makes_the_application_read(
    client: Talentsoft, sandbox: RemoteSandbox, receiver: Receiver, callbacks: Callbacks
) -> None:
    client.invite("1", PEOPLE, f"{receiver.url}/callback")
    candidate(sandbox, "start")
    assert receiver.wait_for(1) == [200]
    candidate(sandbox, "complete", global_score=82, scores=[{"name": "logic", "value": 75}])
    assert receiver.wait_for(2) == [200, 200]
    scores = [{"name": "logic", "value": "75"}]
    assert callbacks.followed == {
        ("1", TOM.lower()): {"status": "completed", "global_score": "82", "scores": scores},
    }
    assert accesses(sandbox) == {"POST /tests": (True, RECRUITER), "GET /tests": (False, None)}


def test_a_callback_that_comes_twice_updates_once(
    client: Talentsoft, sandbox: RemoteSandbox, receiver: Receiver, updates: list[dict[str, Any]]
) -> None:
    fault(sandbox, "assessment_updated", kind="duplicate", copies=2)
    client.invite("1", PEOPLE, f"{receiver.url}/callback")
    candidate(sandbox, "start")
    assert receiver.wait_for(3) == [200, 200, 200]
    assert [(each["applicant_id"], each["status"]) for each in updates] == [(TOM.lower(), "inProgress")]


def test_what_no_callback_told_the_batch_finds(
    client: Talentsoft,
    sandbox: RemoteSandbox,
    receiver: Receiver,
    callbacks: Callbacks,
    updates: list[dict[str, Any]],
) -> None:
    fault(sandbox, "assessment_updated", kind="dropped")
    client.invite("1", PEOPLE, f"{receiver.url}/callback")
    candidate(sandbox, "start")
    callbacks.refresh("1")
    callbacks.refresh("1")
    assert [each["status"] for each in updates] == ["inProgress", "waiting"]
    assert receiver.statuses == []


def test_the_batch_follows_whom_this_client_invited(client: Talentsoft, make: Make, callbacks: Callbacks) -> None:
    make().invite("1", PEOPLE[:1])
    client.invite("1", PEOPLE[1:])
    callbacks.refresh("1")
    assert list(callbacks.followed) == [("1", UMA)]


def test_a_partner_that_cannot_be_read_after_its_callback_is_read_by_the_batch(
    client: Talentsoft, sandbox: RemoteSandbox, receiver: Receiver, callbacks: Callbacks
) -> None:
    client.invite("1", PEOPLE, f"{receiver.url}/callback")
    fault(sandbox, "list_assessments", kind="status", status=500)
    candidate(sandbox, "start")
    assert receiver.wait_for(1) == [200]
    assert [type(each) for each in receiver.failures] == [Unavailable]
    callbacks.refresh("1")
    assert callbacks.followed["1", TOM.lower()]["status"] == "inProgress"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (f"client_id=ts_other&applicant_id={UMA}&campaign_id=1", FORM, 403),
        (f"client_id={CLIENT_ID}&applicant_id={UMA}&campaign_id=2", FORM, 403),
        (f"client_id={CLIENT_ID}&applicant_id={TOM[:-1]}a&campaign_id=1", FORM, 403),
        (f"client_id={CLIENT_ID}&applicant_id={UMA}", FORM, 400),
        ("", FORM, 400),
        ("&".join(f"field{number}=1" for number in range(30)), FORM, 400),
        (f"client_id=%ff&applicant_id={UMA}&campaign_id=1", FORM, 400),
        (f"client_id={CLIENT_ID}&applicant_id={UMA}&campaign_id=1", "application/json", 400),
    ],
)
def test_other_callbacks_are_refused(
    body: str, kind: str, status: int, client: Talentsoft, sandbox: RemoteSandbox, receiver: Receiver
) -> None:
    client.invite("1", PEOPLE)
    sent = requests.post(f"{receiver.url}/callback", data=body, headers={"Content-Type": kind}, timeout=20)
    assert sent.status_code == status, sent.text
    assert receiver.wait_for(1) == [status]
    assert calls(sandbox, "list_assessments") == []


def test_a_callback_in_a_browsers_form_is_taken(client: Talentsoft, receiver: Receiver, callbacks: Callbacks) -> None:
    client.invite("1", PEOPLE)
    form = {"client_id": CLIENT_ID, "applicant_id": UMA.upper(), "campaign_id": "1"}
    headers = {"Content-Type": f"{FORM}; charset=utf-8"}
    assert requests.post(f"{receiver.url}/callback", data=form, headers=headers, timeout=20).status_code == 200
    receiver.wait_for(1)
    assert callbacks.followed["1", UMA]["status"] == "waiting"
