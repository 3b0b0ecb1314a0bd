"""The order of calls: what comes from an answer, what comes first, what is used once; and what proves nothing."""

import json
from collections.abc import Collection
from itertools import count
from typing import Any

import jwt
import pytest
import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.dependencies import After, Link, Once, dependencies
from mockserver.contract.expressions import EXPRESSION
from mockserver.contract.observed import Observed
from mockserver.contract.order import judge_order
from tests.contract.small import contract_of

DOCUMENT = """
x-source: guide
x-confidence: documented
x-sources: {guide: {title: The Toy Guide}}
components: {securitySchemes: {bearer: {type: http, scheme: bearer}}}
security: [{bearer: []}]
paths:
  /token:
    post:
      operationId: get_token
      security: []
      responses:
        "200":
          description: A token.
          links:
            use: {operationId: use_room, x-security: {bearer: $response.body#/token}, x-confidence: example}
  /users/{name}:
    get: {operationId: find_user, responses: {}}
  /users:
    post:
      operationId: make_user
      x-after:
        look-up:
          description: A user is looked for before it is made.
          any: [{operation: find_user, same: {$request.path.name: "$request.body#/name"}}]
          outcome: any
          x-source: guide
          x-confidence: documented
      responses: {}
  /rooms:
    post:
      operationId: make_room
      responses:
        "201":
          description: A room with seats.
          links:
            use:
              operationId: use_room
              description: A room is used by the id that its making has answered.
              parameters: {path.room: $response.body#/id}
              x-fields: {/seats/*/id: $response.body#/seats/*/id}
              x-source: guide
              x-confidence: documented
            empty:
              operationId: use_room
              parameters: {query.key: $request.body#/key/content/sub}
              x-confidence: inferred
  /rooms/{room}:
    put:
      operationId: open_room
      responses: {}
    post:
      operationId: use_room
      x-after:
        opening:
          description: A room is used once it is open.
          any: [{operation: open_room, same: {$request.path.room: $request.path.room}}]
          x-source: guide
          x-confidence: public
      x-single-use:
        door:
          description: The address of the door is good for one use.
          value: $response.body#/door
          x-source: guide
          x-confidence: example
      responses: {}
"""
TOY = Contract("toy", yaml.safe_load(DOCUMENT))
USE = "toy.use_room.request"
NUMBERS = count(1)


def call(
    method: str, path: str, status: int = 200, body: Any = None, answer: Any = None, token: str = "", query: str = ""
) -> Observed:
    return Observed(
        method=method,
        path=path,
        query=query,
        headers={"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})},
        body=b"" if body is None else json.dumps(body).encode(),
        status=status,
        answer_headers={"content-type": "application/json"},
        answer=b"" if answer is None else json.dumps(answer).encode(),
        number=next(NUMBERS),
        url=f"https://toy.example/v1{path}",
    )


def make_room(status: int = 201) -> Observed:
    made = {"id": 7, "seats": [{"id": "seat-one"}, {"id": "seat-two"}]}
    return call("POST", "/rooms", status, {"size": 2}, made if status == 201 else {"error": "no"})


def use_room(room: object = 7, status: int = 200, **more: Any) -> Observed:
    return call("POST", f"/rooms/{room}", status, **more)


def open_room(room: object = 7, status: int = 200) -> Observed:
    return call("PUT", f"/rooms/{room}", status)


def clauses(
    *exchanges: Observed, given: Collection[str] | None = (), whole: bool = False, contract: Contract = TOY
) -> list[str]:
    """Return the clauses that are broken by a story that is known from its beginning, unless ``given`` is None."""
    return [each.clause for each in judge_order(contract, exchanges, given, whole=whole).findings]


# Where ids come from


def test_an_id_that_an_answer_had_is_no_invention() -> None:
    assert clauses(make_room(), open_room(), use_room(body={"seats": [{"id": "seat-two"}]})) == []


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422])
def test_an_id_that_no_answer_had_and_that_is_refused_is_invented(status: int) -> None:
    [finding] = judge_order(TOY, [make_room(), use_room("my-room", status)], ()).findings
    assert (finding.clause, finding.confidence, finding.source) == (
        f"{USE}.path.room.given",
        "documented",
        "The Toy Guide",
    )
    assert finding.says == "A room is used by the id that its making has answered."
    assert finding.place == "request.path.room"
    assert finding.expected == "the id that make_room has answered"
    assert finding.got == "'my-room', which no answer before had"


@pytest.mark.parametrize("status", [0, 200, 401, 403, 429, 500, 503])
def test_a_call_that_was_accepted_or_not_looked_at_proves_no_invention(status: int) -> None:
    assert clauses(use_room("my-room", status)) == []


def test_what_was_called_although_a_call_failed_names_the_failure() -> None:
    failed = make_room(400)
    [finding] = judge_order(TOY, [failed, use_room("undefined", 404)], ()).findings
    assert (
        finding.got == f"'undefined', which no answer before had; make_room (exchange {failed.number}) was answered 400"
    )


def test_an_id_inside_of_a_body_is_judged_too() -> None:
    [finding] = judge_order(
        TOY, [make_room(), use_room(status=404, body={"seats": [{"id": "seat-one"}, {"id": "x"}]})], ()
    ).findings
    assert finding.clause == f"{USE}.body.seats.[].id.given"
    assert "'x'" in finding.got


@pytest.mark.parametrize(
    "source",
    [
        call("GET", "/users/tom", answer={"deep": [{"room": "room-from-elsewhere"}]}),
        call("GET", "/users/tom", answer={"link": "https://toy.example/rooms/room-from-elsewhere/"}),
        call("GET", "/page", answer="<a href=/rooms/room-from-elsewhere>"),
        open_room("room-from-elsewhere"),
    ],
)
def test_an_id_that_any_answer_had_or_that_was_accepted_before_is_no_invention(source: Observed) -> None:
    assert f"{USE}.path.room.given" not in clauses(source, use_room("room-from-elsewhere", 404))


def test_an_id_that_a_webhook_told_is_no_invention() -> None:
    webhook = Observed(
        method="POST", path="", headers={}, answer_headers={}, body=b'{"id": 70}', webhook="told", number=1
    )
    assert f"{USE}.path.room.given" not in clauses(webhook, use_room(70, 404))


def test_an_answer_that_comes_later_proves_nothing() -> None:
    assert f"{USE}.path.room.given" in clauses(use_room(7, 404), make_room())


def test_an_id_that_the_caller_was_told_beforehand_is_no_invention() -> None:
    assert clauses(use_room("r1", 404), given={"r1"}) == []


@pytest.mark.parametrize(("status", "found"), [(404, True), (410, True), (400, False), (409, False)])
def test_where_ids_may_be_handed_over_only_one_that_is_not_known_is_an_invention(status: int, found: bool) -> None:
    """A refusal for any other reason leaves open where the id is from."""
    assert bool(clauses(use_room("r1", status), given=None, whole=True)) is found


def test_in_a_recording_an_id_may_be_from_before_unless_its_caller_went_on_after_a_failure() -> None:
    assert clauses(use_room("r1", 404), make_room(), given=None) == []
    assert clauses(make_room(), use_room("r1", 404), given=None) == []
    assert clauses(make_room(500), use_room("r1", 404), given=None) == [f"{USE}.path.room.given"]


def test_a_token_that_no_answer_had_is_found_where_the_story_is_known_and_never_shown() -> None:
    story = [make_room(), use_room(status=401, token="fake-stale-token")]
    [finding] = judge_order(TOY, story, ()).findings
    assert (finding.clause, finding.confidence) == (f"{USE}.security.bearer.given", "example")
    assert "fake-stale-token" not in finding.got
    assert clauses(*story, given=None) == []
    got = call("POST", "/token", answer={"token": "fake-stale-token"})
    assert clauses(got, *story) == []


def test_a_token_holds_what_a_link_comes_from() -> None:
    made = call("POST", "/rooms", 201, {"key": jwt.encode({"sub": "my-key"}, "s" * 32)}, {"id": 7, "seats": []})
    story = [made, use_room(status=404, query="key=my-key")]
    [passed] = [each for each in judge_order(TOY, story, ()).checks if each.id.endswith("query.key.given")]
    assert passed.outcome == "passed"


# What comes after what


def test_a_call_before_the_one_that_it_depends_on_is_early_if_it_is_refused() -> None:
    [finding] = judge_order(TOY, [make_room(), use_room(status=409)], ()).findings
    assert (finding.clause, finding.confidence, finding.place) == (f"{USE}.after.opening", "public", "request")
    assert finding.expected == "a success of open_room before it"
    assert clauses(make_room(), use_room(status=200)) == []
    assert clauses(make_room(), open_room(), use_room(status=409)) == []


def test_a_call_that_builds_on_a_failed_one_names_it() -> None:
    failed = open_room(status=503)
    [finding] = judge_order(TOY, [make_room(), failed, use_room(status=409)], ()).findings
    assert finding.got == f"open_room (exchange {failed.number}) was answered 503"
    assert clauses(make_room(), failed, open_room(), use_room(status=409)) == []


def test_what_another_entity_went_through_does_not_count() -> None:
    assert clauses(make_room(), open_room(8), use_room(7, 409)) == [f"{USE}.after.opening"]


def test_where_ids_may_be_handed_over_the_order_is_judged_of_those_that_are_known() -> None:
    assert clauses(use_room(status=409), given=None, whole=True) == []
    assert clauses(make_room(), use_room(status=409), given=None, whole=True) == [f"{USE}.after.opening"]
    assert clauses(use_room(status=409), open_room(), given=None, whole=True) == [f"{USE}.after.opening"]


def test_in_a_recording_what_a_call_depends_on_may_lie_before_unless_it_is_seen_to_fail() -> None:
    assert clauses(use_room(status=409), open_room(), use_room(status=200), given=None) == []
    assert clauses(make_room(), use_room(status=409), given=None) == []
    assert clauses(open_room(status=503), use_room(status=409), given=None) == [f"{USE}.after.opening"]


def test_an_order_that_holds_however_calls_are_answered_is_judged_of_successes_too() -> None:
    make = call("POST", "/users", 201, {"name": "tom"})
    assert clauses(make) == ["toy.make_user.request.after.look-up"]
    assert clauses(call("GET", "/users/tom", 404), make) == []
    assert clauses(call("GET", "/users/ann", 404), make) == ["toy.make_user.request.after.look-up"]
    assert clauses(call("POST", "/users", 400, {"nick": "tom"})) == []


@pytest.mark.parametrize(("status", "found"), [(201, False), (409, True)])
def test_a_missing_look_up_shows_where_it_would_have_helped(status: int, found: bool) -> None:
    make = call("POST", "/users", status, {"name": "tom"})
    assert bool(clauses(make, given=None, whole=True)) is found
    assert clauses(make, call("GET", "/users/tom"), given=None) == []


@pytest.mark.parametrize(
    ("looked_up", "kept"), [((404,), True), ((200, 404), True), ((404, 200), False), ((503,), False), ((401,), False)]
)
@pytest.mark.parametrize("given", [(), None])
def test_a_look_up_that_has_to_find_nothing(looked_up: tuple[int, ...], kept: bool, given: Any) -> None:
    """The last one counts, and a recording is judged by it too."""
    contract = Contract("toy", yaml.safe_load(DOCUMENT.replace("outcome: any", "outcome: refused")))
    story = [call("GET", "/users/tom", status, answer={"id": 1}) for status in looked_up]
    found = clauses(*story, call("POST", "/users", 201, {"name": "tom"}), given=given, contract=contract)
    assert found == ([] if kept else ["toy.make_user.request.after.look-up"])


def test_a_look_up_may_find_nothing_in_a_success_too() -> None:
    contract = Contract("toy", yaml.safe_load(DOCUMENT.replace("outcome: any", "outcome: refused")))
    make = call("POST", "/users", 201, {"name": "tom"})
    assert clauses(call("GET", "/users/tom", 200, answer=[]), make, contract=contract) == []
    assert clauses(call("GET", "/users/tom", 200, answer=[{"id": 1}]), make, contract=contract) != []


# What is used once


def open_door(status: int = 302) -> Observed:
    return call("GET", "/doors/d1", status)


def test_an_address_for_one_use_that_is_opened_again_is_found() -> None:
    made = use_room(answer={"door": "https://toy.example/v1/doors/d1"})
    story = [make_room(), made, open_door(), open_door(410)]
    [finding] = judge_order(TOY, story, ()).findings
    assert (finding.clause, finding.confidence) == (f"{USE}.single-use.door", "example")
    assert finding.got == f"the address that exchange {story[2].number} has opened already"
    assert (finding.exchange, finding.place) == (story[3].number, "request.url")


def test_an_address_that_is_made_anew_or_opens_again_is_right() -> None:
    made = use_room(answer={"door": "https://toy.example/v1/doors/d1"})
    assert clauses(make_room(), made, open_door(), made, open_door()) == []
    assert clauses(make_room(), made, open_door(), open_door(200)) == []


# What was put to the test


def test_each_claim_that_was_put_to_the_test_is_a_check() -> None:
    story = [make_room(), use_room(status=409), use_room("x", 404)]
    told = {each.id: (each.outcome, each.clauses, each.exchanges) for each in judge_order(TOY, story, ()).checks}
    early, given = f"{USE}.after.opening", f"{USE}.path.room.given"
    assert told == {
        early: ("failed", (early,), (story[1].number,)),
        given: ("failed", (given,), (story[2].number,)),
    }
    [passed] = judge_order(TOY, [make_room(), use_room()], ()).checks
    assert (passed.id, passed.outcome) == (given, "passed")


def test_odd_exchanges_break_nothing() -> None:
    odd = [
        call("POST", "/rooms/7", 404, body=[1, {"seats": "none"}]),
        call("POST", "/rooms", 201, answer=["no object"]),
        Observed(method="POST", path="/rooms/1", headers={}, answer_headers={}, body=b"\xff{", status=404),
        Observed(method="POST", path="/rooms", headers={}, answer_headers={}, answer=b"[" * 100_000, status=201),
    ]
    assert clauses(*odd, given=None, whole=True) == [f"{USE}.path.room.given"] * 2


# The contracts of the vendors


VENDORS = ("constructor", "smarterproctoring", "talentsoft", "youtestme")


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_contracts_say_of_order_names_what_there_is(vendor: str) -> None:
    contract = contract_of(vendor)
    entries = {each.name: each for each in contract.operations}
    found = list(dependencies(vendor, contract.document))
    assert found
    expressions = []
    for each in found:
        assert contract.sides(each.clause) == {"client"}
        if isinstance(each, Link):
            assert each.status in {str(status) for status in entries[each.giver].node["responses"]}
            known = {f"$request.{one['in']}.{one['name']}" for one in entries[each.taker].parameters.values()}
            assert each.into in known or each.into.startswith(("$request.body#/", "$request.security."))
            expressions += [each.into, each.value]
        if isinstance(each, After):
            assert {each.operation, *(one.operation for one in each.before)} <= set(entries)
            expressions += [one for before in each.before for pair in before.same for one in pair]
        if isinstance(each, Once):
            expressions.append(each.value)
    assert [each for each in expressions if not EXPRESSION.fullmatch(each)] == []


def test_talentsoft_is_called_with_a_token_and_campaigns_of_its_answers() -> None:
    contract = contract_of("talentsoft")
    invite = {"campaign_id": "9", "invitations": []}
    story = [
        call("POST", "/api/v1/token", 200, answer={"access_token": "fake-token-one"}),
        call(
            "GET", "/api/v1/assessment/campaigns", 200, token="fake-token-one", answer={"data": [{"campaign_id": "1"}]}
        ),
        call("POST", "/api/v1/assessment/tests", 404, invite, token="fake-token-one"),
        call("GET", "/api/v1/assessment/campaigns", 401, token="fake-token-two"),
    ]
    assert clauses(*story, contract=contract) == [
        "talentsoft.invite_applicants.request.body.campaign_id.given",
        "talentsoft.list_campaigns.request.security.bearer.given",
    ]


def test_constructor_finishes_and_asks_for_sessions_that_a_start_token_began() -> None:
    contract = contract_of("constructor")
    token = jwt.encode({"sessionId": "s-1"}, "s" * 32)
    start = call("GET", "/integration/simple/demo/start/", query=f"token={token}")
    finish = "/api/v2/integration/simple/demo/sessions/{}/finish/"
    status = "/api/v2/integration/simple/demo/sessions/{}/status/"
    assert clauses(start, call("POST", finish.format("s-1")), contract=contract) == []
    found = judge_order(
        contract, [start, call("POST", finish.format("s-2"), 404), call("GET", status.format("s-2"), 404)], whole=True
    ).findings
    assert [(each.clause, each.confidence) for each in found] == [
        ("constructor.finish_session.request.path.session_id.given", "public"),
        ("constructor.get_session_status.request.path.session_id.given", "inferred"),
    ]
