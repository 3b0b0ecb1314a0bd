"""Webhooks in recordings that do not name them: what a proxy in front of a client's receiver writes."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.evidence import Evidence
from mockserver.contract.har import read_har
from mockserver.contract.recording import evidence_of
from tests.contract.small import contract_of

Data = dict[str, Any]
HOOK = "https://client.example/hooks"
API = "https://vendor.example/v1"
ATTEMPT = {
    "id": 100001,
    "attemptNumber": 1,
    "candidateId": 100001,
    "candidate": {
        "id": 1,
        "username": "t",
        "email": "t@x.example",
        "firstName": "T",
        "lastName": "P",
        "externalId": "u",
    },
    "testName": "Geography",
    "maxPoints": 120,
    "pointsScored": 60,
    "percentScored": 50,
    "testingSessionId": 5033,
    "testVersionId": 10004,
    "passed": True,
    "status": "not_attempted",
    "started": "2020-01-01T12:00:00Z",
    "finished": "2020-01-01T12:00:00Z",
    "authorization": {"id": 100002, "externalId": "assignment-12345"},
}
SUBSCRIPTION = {"event": "attempt", "resource": "finish", "url": HOOK, "secret": "fake-shared-secret", "active": True}
SCHEDULED = {"accountId": "1", "sessionId": "s-1", "event": "scheduled", "start": "2026-03-02T09:00:00Z"}
AGREED = {"accountId": "1", "sessionId": "s-1", "timestamp": "2026-03-02T09:00:00Z"}
CALLBACK = {"client_id": "ts", "applicant_id": "dabe28c0-7f0b-470a-8c5b-27bc59092001", "campaign_id": "1"}
TWINS = yaml.safe_load("""
openapi: 3.1.0
info: {title: Twins, version: "1"}
components:
  securitySchemes: {signed: {type: apiKey, in: header, name: X-Signature}}
paths:
  /made: {post: {operationId: make, requestBody: {content: {application/json: {schema: {type: object}}}}}}
webhooks:
  opened: &hook
    post:
      operationId: opened
      security: [{signed: []}]
      parameters: [{name: X-Topic, in: header, required: true, schema: {type: string}}]
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [kind, id], properties: {kind: {const: opened}, id: {type: integer}}}
      responses: {"200": {description: Taken.}}
  closed:
    post:
      operationId: closed
      security: [{signed: []}]
      requestBody:
        content:
          application/json:
            schema: {type: object, required: [kind, id], properties: {kind: {const: closed}, id: {type: integer}}}
      responses: {"200": {description: Taken.}}
  bare:
    put: {operationId: bare, responses: {"204": {description: Taken.}}}
""")
TWINS_CONTRACT = Contract("twins", TWINS)


def sent(url: str, body: Any = None, method: str = "POST", status: int = 200, **headers: str) -> Data:
    """Return an entry as a proxy writes it; a body that is a text is a form."""
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
    named = {"content-type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {
        "request": {
            "method": method,
            "url": url,
            "headers": [{"name": name, "value": value} for name, value in named.items()],
            **({} if body is None else {"postData": {"mimeType": kind, "text": text}}),
        },
        "response": {"status": status, "headers": [], "content": {"size": 0, "text": ""}},
    }


def archive(*entries: Data) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "mitmproxy"}, "entries": entries}}).encode()


def judged(vendor: str | Contract, *entries: Data, **told: tuple[str, ...]) -> Evidence:
    contract = contract_of(vendor) if isinstance(vendor, str) else vendor
    return evidence_of(contract, read_har(archive(*entries)), "made.har", **told)


def placed(evidence: Evidence) -> dict[int, str]:
    """Return what each exchange was taken for, by its number: a webhook by name, a call by path."""
    return {each.number: each.webhook or each.path for each in evidence.exchanges}


def failing(evidence: Evidence) -> set[tuple[str, str]]:
    """Return side and clause of the findings that are not inferred."""
    return {(each.side, each.clause) for each in evidence.findings if each.confidence in {"documented", "example"}}


def test_a_webhook_is_found_by_its_body_and_said_to_be() -> None:
    found = judged("youtestme", sent(HOOK, ATTEMPT), sent("https://client.example/login", "user=tom"))
    assert placed(found) == {1: "attempt_finished"}
    assert f"The address of webhooks was taken to be {HOOK}; --webhook-url says otherwise." in found.notes
    assert failing(found) == set()


def test_what_is_wrong_with_a_webhook_is_the_servers_and_with_its_answer_the_clients() -> None:
    bad = {**ATTEMPT, "maxPoints": "120"}
    found = judged("youtestme", sent(HOOK, ATTEMPT), sent(HOOK, bad, status=500))
    assert placed(found) == {1: "attempt_finished", 2: "attempt_finished"}
    assert failing(found) == {("server", "youtestme.attempt_finished.request.body.maxPoints.type")}
    answered = [each for each in found.findings if each.clause == "youtestme.attempt_finished"]
    assert [(each.side, each.exchange, each.got) for each in answered] == [("client", 2, "500")]


def test_no_webhook_is_found_by_a_body_that_does_not_keep_to_one() -> None:
    assert placed(judged("youtestme", sent(HOOK, {**ATTEMPT, "maxPoints": "120"}))) == {}
    assert placed(judged("youtestme", sent(HOOK, ATTEMPT, method="PUT"))) == {}
    assert placed(judged("youtestme", sent(HOOK, json.dumps(ATTEMPT)))) == {}
    mostly_other = {**AGREED, **dict.fromkeys("abc", 1)}
    assert placed(judged("constructor", sent(HOOK, mostly_other))) == {}


def test_an_address_that_a_call_told_the_vendor_is_one_of_webhooks() -> None:
    """None of the bodies keeps to the contract; what does not even resemble a webhook is the client's own."""
    found = judged(
        "youtestme",
        sent(f"{API}/users/", {}, x_api_key="k"),
        sent(f"{API}/webhooks", SUBSCRIPTION, x_api_key="k"),
        sent(f"{HOOK}/?source=ytm", {**ATTEMPT, "maxPoints": "120"}),
        sent(HOOK, {"status": "ok"}),
        sent(HOOK, None, method="GET"),
    )
    assert placed(found) == {1: "/users/", 2: "/webhooks", 3: "attempt_finished"}
    assert f"The address of webhooks was taken to be {HOOK}; --webhook-url says otherwise." in found.notes


def test_a_receiver_at_a_path_of_the_api_is_none_of_its_bases() -> None:
    """``POST /webhooks`` is documented: it subscribes."""
    receiver = "https://client.example/webhooks"
    calls = sent(f"{API}/webhooks", {**SUBSCRIPTION, "url": receiver}, x_api_key="k"), sent(receiver, ATTEMPT)
    found = judged("youtestme", *calls, sent(receiver, ATTEMPT))
    assert placed(found) == {1: "/webhooks", 2: "attempt_finished", 3: "attempt_finished"}
    assert f"The base URL was taken to be {API}; --base-url says otherwise." in found.notes
    alone = judged("youtestme", sent(receiver, ATTEMPT))
    assert (placed(alone), alone.notes) == (
        {1: "attempt_finished"},
        [f"The address of webhooks was taken to be {receiver}; --webhook-url says otherwise."],
    )


def test_one_host_may_be_the_vendors_and_the_receivers() -> None:
    base, receiver = "https://proxy.example", "https://proxy.example/webhooks"
    entries = (
        sent(receiver, SUBSCRIPTION, x_api_key="k"),
        sent(receiver, ATTEMPT),
        sent(f"{base}/users/1", method="GET"),
    )
    expected = {1: "/webhooks", 2: "attempt_finished", 3: "/users/1"}
    assert placed(judged("youtestme", *entries, bases=(base,))) == expected
    assert placed(judged("youtestme", *entries, bases=(base,), receivers=(receiver,))) == expected
    below = "https://proxy.example/webhooks/api"
    nested = (
        sent(f"{below}/users/", {}, x_api_key="k"),
        sent(f"{receiver}/5", ATTEMPT),
        sent(f"{receiver}/up", method="HEAD"),
    )
    told = judged("youtestme", *nested, bases=(base, below), receivers=(f"{receiver}/5", receiver))
    assert placed(told) == {1: "/users/", 2: "attempt_finished"}


def test_all_at_an_address_that_is_named_are_webhooks() -> None:
    entries = sent(f"{HOOK}/a", {}), sent(f"{HOOK}?b", "no json"), sent(f"{HOOK}s", ATTEMPT), sent(HOOK, method="GET")
    found = judged("youtestme", *entries, receivers=(f"{HOOK}/", "https://nobody.example/"))
    assert placed(found) == {1: "attempt_finished", 2: "attempt_finished"}
    assert {("server", "youtestme.attempt_finished.request.body.content.application/json")} <= failing(found)
    assert found.notes == [
        "2 of 4 entries are of other hosts, paths or pages.",
        "Nothing went to https://nobody.example/.",
    ]


def test_the_webhook_at_a_shared_address_is_the_one_that_the_body_is_likest() -> None:
    moved = {**SCHEDULED, "event": "moved"}
    half = {"accountId": "1", "timestamp": "2026-03-02T09:00:00Z"}
    entries = [sent(HOOK, each) for each in (SCHEDULED, AGREED, moved, half, {}, {"accountId": "1", "sessionId": "s"})]
    found = judged("constructor", *entries, sent(HOOK, "x=1"), receivers=(HOOK,))
    assert placed(found) == {
        1: "session_scheduled",
        2: "agreement_accepted",
        3: "session_scheduled",
        4: "agreement_accepted",
    }
    assert "Not judged, for nothing tells which webhook it is: entry 5, 6, 7." in found.notes
    assert "constructor.session_scheduled.request.body.event" in {each.clause for each in found.findings}
    guessed = judged("constructor", *entries)
    assert placed(guessed) == placed(found)
    assert not [each for each in guessed.notes if "Not judged" in each]


def test_a_value_of_a_field_tells_webhooks_of_the_same_fields_apart() -> None:
    by = {"x_signature": "s", "x_topic": "t"}
    entries = sent(HOOK, {"kind": "closed", "id": 1}, **by), sent(HOOK, {"kind": "opened", "id": 1}, **by)
    assert placed(judged(TWINS_CONTRACT, *entries)) == {1: "closed", 2: "opened"}
    assert placed(judged(TWINS_CONTRACT, sent(HOOK, {"kind": "other", "id": 1}, **by), receivers=(HOOK,))) == {}


def test_headers_that_are_documented_have_to_be_there_where_nobody_names_the_address() -> None:
    opened = {"kind": "opened", "id": 1}
    assert placed(judged(TWINS_CONTRACT, sent(HOOK, opened, x_signature="s"))) == {}
    assert placed(judged(TWINS_CONTRACT, sent(HOOK, opened, x_topic="t"))) == {}
    named = judged(TWINS_CONTRACT, sent(HOOK, opened), sent(HOOK, "no json"), receivers=(HOOK,))
    assert placed(named) == {1: "opened"}


def test_a_webhook_without_a_body_is_known_by_an_address_that_is_named() -> None:
    assert placed(judged(TWINS_CONTRACT, sent(HOOK, method="PUT"))) == {}
    assert placed(judged(TWINS_CONTRACT, sent(HOOK, method="PUT"), receivers=(HOOK,))) == {1: "bare"}


def test_a_body_that_keeps_to_an_operation_of_its_address_is_a_call() -> None:
    made = sent("https://vendor.example/made", {"kind": "opened", "id": 1}, x_signature="s", x_topic="t")
    assert placed(judged(TWINS_CONTRACT, made)) == {1: "/made"}


@pytest.mark.parametrize("path", ["/api/v1/assessmentcallback", "/customers/7/notify"])
def test_the_callback_of_a_partner_is_no_call_of_its_base(path: str) -> None:
    """With roles swapped most calls can be callbacks, at the caller's own host."""
    calls = [sent("https://partner.example/api/v1/assessment/tests", {"campaign_id": "1"}, authorization="Bearer t")]
    calls += [sent(f"https://talentsoft.example{path}", urlencode(CALLBACK)) for _ in range(3)]
    found = judged("talentsoft", *calls)
    assert placed(found) == {1: "/api/v1/assessment/tests", **dict.fromkeys((2, 3, 4), "assessment_updated")}
    assert "The base URL was taken to be https://partner.example; --base-url says otherwise." in found.notes


def test_a_callback_is_found_by_the_address_in_the_invitation() -> None:
    where = "https://talentsoft.example/customers/7/notify"
    invitation = {"campaign_id": "1", "callback_url": where, "invitations": []}
    short = {name: value for name, value in CALLBACK.items() if name != "campaign_id"}
    found = judged(
        "talentsoft",
        sent("https://partner.example/api/v1/assessment/tests", invitation, authorization="Bearer t"),
        sent(where, urlencode(short), status=204),
    )
    assert placed(found)[2] == "assessment_updated"
    assert ("server", "talentsoft.assessment_updated.request.body.campaign_id.required") in failing(found)


def test_of_a_vendor_that_was_not_called_where_it_is_said_to_be_webhooks_are_too_little() -> None:
    found = judged("youtestme", sent(HOOK, ATTEMPT), bases=("https://other.example",), receivers=(HOOK,))
    assert placed(found) == {1: "attempt_finished"}
    assert found.cut_short == "nothing went to https://other.example"
    assert "Nothing went to https://other.example." in found.notes
    reached = judged("youtestme", sent(HOOK, ATTEMPT), sent("https://a.example/x"), bases=("https://a.example",))
    assert reached.cut_short == ""
