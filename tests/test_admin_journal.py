"""The journal over the admin API: filters, waiting, verification and near misses, on a real server.

Where a vendor is needed the calls go to YouTestMe; nothing here depends on what it does.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from mockserver import create_app
from tests.core.test_journal import exchange
from tests.server import RemoteSandbox, running_server
from tests.test_admin import FROZEN, KEY, ask, everything, problem

frozen = pytest.mark.boot(**FROZEN)
START = "2026-01-31T09:00:00Z"
USER = {"username": "tom", "roleCode": "STU", "firstName": "Tom", "lastName": "Palmer", "email": "tom@example.com"}
CREATE, READ = "youtestme.create_user", "youtestme.get_user*"


def listed(sandbox: RemoteSandbox, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.admin("GET", "/journal", params=params)
    return found


def numbers(sandbox: RemoteSandbox, **params: Any) -> list[int]:
    return [each["number"] for each in listed(sandbox, **params)["exchanges"]]


def verify(sandbox: RemoteSandbox, **said: Any) -> dict[str, Any]:
    verdict: dict[str, Any] = sandbox.admin("POST", "/journal/verify", json=said)
    return verdict


@pytest.fixture
def traffic(sandbox: RemoteSandbox) -> RemoteSandbox:
    """A sandbox in which a user was looked up, created and looked up again, an hour between each."""
    sandbox.get("/youtestme/users/externalId=ext-1", headers=KEY)
    sandbox.advance("1h")
    sandbox.post("/youtestme/users/", headers=KEY, json={**USER, "externalId": "ext-1"})
    sandbox.advance("1h")
    sandbox.get("/youtestme/users/externalId=ext-1", headers=KEY)
    sandbox.get("/nowhere")
    return sandbox


@frozen
def test_exchanges_are_filtered_by_everything_that_they_are(traffic: RemoteSandbox) -> None:
    assert listed(traffic)["last"] == 4
    assert numbers(traffic, operation="youtestme.*") == [1, 2, 3]
    assert numbers(traffic, status="4xx") == [1, 4]
    assert numbers(traffic, status="404") == [1, 4]
    assert numbers(traffic, status="2xx", method="get") == [3]
    assert numbers(traffic, vendor="") == [4]
    assert numbers(traffic, path="externalId=") == [1, 3]
    assert numbers(traffic, path=f"/sandbox/{traffic.name}/youtestme") == [1, 2, 3]
    assert numbers(traffic, direction="in") == [1, 2, 3, 4]
    assert numbers(traffic, direction="out") == []
    assert numbers(traffic, fault="true") == []
    assert numbers(traffic, fault="false", matched="true") == [1, 2, 3]
    assert numbers(traffic, since="2026-01-31T10:00:00Z") == [2, 3, 4]
    assert numbers(traffic, until="2026-01-31T11:00:00+01:00") == [1, 2]
    assert numbers(traffic, order="newest", limit=2) == [4, 3]


def test_what_was_lost_and_what_comes_next_is_told(sandbox: RemoteSandbox) -> None:
    sandbox.get("/nowhere")
    sandbox.get("/nowhere")
    sandbox.admin("DELETE", "/journal")
    sandbox.get("/nowhere")
    found = listed(sandbox)
    assert [found[each] for each in ("kept", "evicted", "cleared", "lost", "last")] == [1, 0, 2, 2, 3]
    assert "reached" not in found


def test_a_reset_leaves_nothing_but_how_much_there_was(sandbox: RemoteSandbox) -> None:
    first = listed(sandbox)["past"]
    assert {**first, "sandbox": 0} == {"sandbox": 0, "resets": 0, "exchanges": 0}
    for path in ("/nowhere", "/nowhere/else"):
        sandbox.get(path)
        sandbox.admin("PUT")
    assert listed(sandbox)["past"] == {**first, "resets": 2, "exchanges": 2}
    sandbox.admin("DELETE")
    sandbox.admin("PUT")
    anew = listed(sandbox)["past"]
    assert anew == {**anew, "resets": 0, "exchanges": 0}
    assert anew["sandbox"] != first["sandbox"]


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def waiting(aside: ThreadPoolExecutor, sandbox: RemoteSandbox, **params: Any) -> "Future[requests.Response]":
    """Ask in a thread of its own, over a connection of its own."""
    return aside.submit(requests.get, f"{sandbox.admin_url}/journal", params=params, timeout=30)


def test_waiting_ends_with_the_exchange_that_was_waited_for(sandbox: RemoteSandbox, aside: ThreadPoolExecutor) -> None:
    answer = waiting(aside, sandbox, wait="20s", count=2, method="GET", vendor="")
    for method in ("GET", "POST", "GET"):
        sandbox.request(method, "/nowhere")
    found = answer.result().json()
    assert found["reached"] is True
    assert [each["number"] for each in found["exchanges"]] == [1, 3]


def test_waiting_ends_after_its_time_with_what_there_is(sandbox: RemoteSandbox) -> None:
    sandbox.get("/nowhere")
    found = listed(sandbox, wait="20ms", count=2)
    assert (found["reached"], found["total"]) == (False, 1)
    assert listed(sandbox, wait="0s", count=1)["reached"] is True


def test_waiting_for_what_comes_next_starts_after_the_last(sandbox: RemoteSandbox, aside: ThreadPoolExecutor) -> None:
    sandbox.get("/nowhere")
    answer = waiting(aside, sandbox, wait="20s", after=listed(sandbox)["last"])
    sandbox.get("/nowhere")
    assert [each["number"] for each in answer.result().json()["exchanges"]] == [2]


def test_a_reset_ends_waiting(sandbox: RemoteSandbox, aside: ThreadPoolExecutor) -> None:
    """It may come before the server has begun to wait, so it is repeated until the waiting has ended."""
    answer = waiting(aside, sandbox, wait="20s")
    while not answer.done():
        sandbox.boot()
    assert problem(answer.result()) == (410, ["sandbox"])


def test_so_many_wait_that_others_are_still_answered() -> None:
    app = create_app()
    client: FlaskClient = app.test_client()
    url = "/__admin/sandboxes/default/journal?wait=10ms"
    turns = app.extensions["mockserver.waits"]
    taken = 0
    while turns.acquire(blocking=False):
        taken += 1
    assert taken >= 1
    refused = client.get(url)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json is not None
    assert list(refused.json["errors"]) == ["wait"]
    turns.release()
    for _ in range(2):
        assert client.get(url).status_code == 200


@frozen
def test_a_statement_about_a_count_is_judged(traffic: RemoteSandbox) -> None:
    def holds(**said: Any) -> bool:
        return bool(verify(traffic, **said)["holds"])

    assert verify(traffic, matches={"operation": READ}) == {"holds": True, "numbers": [1, 3], "why": None}
    assert holds(matches={"operation": READ}, count=2)
    assert holds(matches={"operation": READ}, at_least=1, at_most=2)
    assert not holds(matches={"operation": READ}, at_most=1)
    assert not holds(matches={"operation": READ}, count=2, after=1)
    assert holds(matches={"operation": READ}, count=1, after=1)
    assert holds(matches={"operation": READ}, count=1, until=START)
    assert holds(matches={"operation": READ}, count=1, among={"status": 200})
    assert holds(matches={"status": "4xx", "matched": False}, count=1)
    assert holds(matches={"operation": CREATE, "body": {"externalId": "ext-1"}}, count=1)
    assert holds(matches={"operation": CREATE, "body": {"externalId": "ext-2"}}, count=0)
    short = verify(traffic, matches={"operation": CREATE, "body": {"externalId": "ext-2"}})
    assert (short["holds"], short["numbers"]) == (False, [])
    assert short["why"] == "0 found, at least 1 expected. By body alone, these do not fit: 2."


@frozen
def test_a_statement_about_an_order_is_judged(traffic: RemoteSandbox) -> None:
    look, create, found = {"operation": READ, "status": 404}, {"operation": CREATE}, {"operation": READ, "status": 200}
    assert verify(traffic, order=[look, create, found]) == {"holds": True, "numbers": [1, 2, 3], "why": None}
    assert verify(traffic, order=[look, found], strict=False)["holds"]
    wrong = verify(traffic, order=[look, found], strict=True)
    assert (wrong["holds"], wrong["numbers"]) == (False, [1])
    assert "Step 2" in wrong["why"]
    assert "right after number 1" in wrong["why"]
    assert verify(traffic, order=[look, found], strict=True, among={"method": "GET"})["holds"]
    assert not verify(traffic, order=[look, create], after=1)["holds"]


def test_nothing_is_counted_over_a_window_that_was_cleared(sandbox: RemoteSandbox) -> None:
    sandbox.get("/nowhere")
    sandbox.admin("DELETE", "/journal")
    sandbox.get("/nowhere")
    statement = {"matches": {"path": "/nowhere"}, "count": 1}
    assert problem(ask(sandbox, "POST", "/journal/verify", json=statement)) == (409, ["after"])
    assert problem(ask(sandbox, "GET", "/journal?wait=1s")) == (409, ["after"])
    assert verify(sandbox, **statement, after=1)["holds"]
    assert listed(sandbox, wait="1s", after=1)["reached"]


def test_nothing_is_counted_over_a_window_from_which_something_was_evicted(http: requests.Session) -> None:
    with running_server("--journal-exchanges", "3") as (origin, _):
        sandbox = RemoteSandbox(origin, "default", http)
        for _ in range(5):
            sandbox.get("/nowhere")
        answer = ask(sandbox, "POST", "/journal/verify", json={"order": [{}, {}]})
        assert problem(answer) == (409, ["after"])
        assert "2 evicted" in answer.json()["detail"]
        assert "after=2" in answer.json()["detail"]
        assert verify(sandbox, matches={}, count=3, after=2)["holds"]
        assert listed(sandbox)["total"] == 3


@pytest.mark.parametrize(
    ("method", "path", "vendor", "operation", "parts"),
    [
        ("GET", "/youtestme/user/1", "youtestme", "youtestme.get_user", ["segment 2"]),
        ("GET", "/yuotestme/users/1", None, "youtestme.get_user", ["vendor"]),
        ("DELETE", "/youtestme/ssoLinks", "youtestme", "youtestme.create_sso_link", ["method"]),
    ],
)
def test_near_misses_tell_what_to_change(
    sandbox: RemoteSandbox, method: str, path: str, vendor: str | None, operation: str, parts: list[str]
) -> None:
    sandbox.request(method, path, headers=KEY)
    assert listed(sandbox)["exchanges"][0]["vendor"] == vendor
    found = sandbox.admin("GET", "/journal/1/near-misses")
    assert (found["number"], found["method"], found["path"], found["operation"]) == (1, method, path, None)
    first = found["nearest"][0]
    assert first["operation"].startswith(operation)
    assert [each["part"] for each in first["differences"]] == parts
    assert first["path"].startswith("/youtestme/")
    assert found["refused"] == {}


def test_what_went_out_is_told_apart_and_misses_no_operation() -> None:
    app = create_app()
    client: FlaskClient = app.test_client()
    went = {"direction": "out", "target": "https://hook.example/", "status": 0, "fault": "late", "error": "Refused."}
    local = app.extensions["mockserver"].get("default").journal
    local.record(lambda number: exchange(number, vendor="youtestme", operation="youtestme.told", **went))
    client.get("/nowhere")
    journal = "/__admin/sandboxes/default/journal"
    for query in ("direction=out", "status=0", "fault=late", "fault=true", "path=hook.example"):
        listing = client.get(f"{journal}?{query}").json
        assert listing is not None
        [found] = listing["exchanges"]
        assert {name: found[name] for name in went} == went
    refused = client.get(f"{journal}/1/near-misses")
    assert refused.status_code == 409
    assert refused.json is not None
    assert list(refused.json["errors"]) == ["number"]
    assert "https://hook.example/" in client.get(f"{journal}/1/curl").text


def test_a_refused_request_tells_its_fields_instead(sandbox: RemoteSandbox) -> None:
    sandbox.post("/youtestme/users/", headers=KEY, json={**USER, "email": 5})
    sandbox.post("/youtestme/users/", headers=KEY, json=USER)
    found = sandbox.admin("GET", "/journal/1/near-misses")
    assert (found["operation"], found["nearest"]) == (CREATE, [])
    assert list(found["refused"]["body"]) == ["email"]
    assert sandbox.admin("GET", "/journal/2/near-misses")["refused"] == {}


Q = "/journal?"
V = "/journal/verify"
WRONG: list[tuple[str, str, Any, int, list[str]]] = [
    ("GET", Q + "direction=both", None, 400, ["direction"]),
    ("GET", Q + "vendor=nobody", None, 400, ["vendor"]),
    ("GET", Q + "operation=youtestme.creat_user", None, 400, ["operation"]),
    ("GET", Q + "operation=", None, 400, ["operation"]),
    ("GET", Q + "status=6xx", None, 400, ["status"]),
    ("GET", Q + "status=-1", None, 400, ["status"]),
    ("GET", Q + "fault=", None, 400, ["fault"]),
    ("GET", Q + "path=", None, 400, ["path"]),
    ("GET", Q + "path=" + "x" * 201, None, 400, ["path"]),
    ("GET", Q + "since=noon", None, 400, ["since"]),
    ("GET", Q + "since=2026-01-31T09:00:00", None, 400, ["since"]),
    ("GET", Q + "since=2026-01-31T09:00:00Z&until=2026-01-31T08:00:00Z", None, 400, ["until"]),
    ("GET", Q + "order=random", None, 400, ["order"]),
    ("GET", Q + "body=1", None, 400, ["body"]),
    ("GET", Q + "wait=61s", None, 400, ["wait"]),
    ("GET", Q + "wait=soon", None, 400, ["wait"]),
    ("GET", Q + "wait=", None, 400, ["wait"]),
    ("GET", Q + "count=2", None, 400, ["count"]),
    ("GET", Q + "wait=1s&count=0", None, 400, ["count"]),
    ("POST", V, None, 400, ["body"]),
    ("POST", V, {}, 400, ["body"]),
    ("POST", V, [], 400, ["body"]),
    ("POST", V, {"matches": {}, "order": [{}]}, 400, ["body"]),
    ("POST", V, {"matches": []}, 400, ["matches"]),
    ("POST", V, {"matches": {"staus": 200}}, 400, ["matches.staus"]),
    ("POST", V, {"matches": {"status": True}}, 400, ["matches.status"]),
    ("POST", V, {"matches": {"status": 2.0}}, 400, ["matches.status"]),
    ("POST", V, {"matches": {"matched": "true"}}, 400, ["matches.matched"]),
    ("POST", V, {"matches": {"fault": 1}}, 400, ["matches.fault"]),
    ("POST", V, {"matches": {"method": 5}}, 400, ["matches.method"]),
    ("POST", V, {"matches": {"body": "text"}}, 400, ["matches.body"]),
    ("POST", V, {"matches": {"body": None}}, 400, ["matches.body"]),
    ("POST", V, {"matches": {"operation": "youtestme.nothing"}, "count": 0}, 400, ["matches.operation"]),
    ("POST", V, {"matches": {"vendor": "nobody"}, "count": 0}, 400, ["matches.vendor"]),
    ("POST", V, {"matches": {}, "count": -1}, 400, ["count"]),
    ("POST", V, {"matches": {}, "count": "1"}, 400, ["count"]),
    ("POST", V, {"matches": {}, "count": 1, "at_least": 1}, 400, ["at_least"]),
    ("POST", V, {"matches": {}, "at_least": 2, "at_most": 1}, 400, ["at_most"]),
    ("POST", V, {"matches": {}, "strict": True}, 400, ["strict"]),
    ("POST", V, {"order": []}, 400, ["order"]),
    ("POST", V, {"order": [{}] * 51}, 400, ["order"]),
    ("POST", V, {"order": [{}, 5]}, 400, ["order[1]"]),
    ("POST", V, {"order": [{}, {"operation": "nobody.x"}]}, 400, ["order[1].operation"]),
    ("POST", V, {"order": [{}], "count": 1}, 400, ["count"]),
    ("POST", V, {"order": [{}], "strict": "yes"}, 400, ["strict"]),
    ("POST", V, {"order": [{}], "among": {"operation": "nobody.x"}}, 400, ["among.operation"]),
    ("POST", V, {"matches": {}, "after": -1}, 400, ["after"]),
    ("POST", V, {"matches": {}, "since": 5}, 400, ["since"]),
    ("POST", V, {"matches": {}, "since": START, "until": "2026-01-31T08:59:59Z"}, 400, ["until"]),
    ("GET", "/journal/export?format=xml", None, 400, ["format"]),
    ("GET", "/journal/export?secrets=yes", None, 400, ["secrets"]),
    ("GET", "/journal/export?limit=0", None, 400, ["limit"]),
    ("GET", "/journal/export?wait=1s", None, 400, ["wait"]),
    ("GET", "/journal/1/curl?secrets=yes", None, 400, ["secrets"]),
    ("GET", "/journal/9/curl", None, 404, ["number"]),
    ("GET", "/journal/9/near-misses", None, 404, ["number"]),
    ("DELETE", V, None, 405, []),
]


@frozen
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "fields"),
    WRONG,
    ids=[f"{method} {path[:60]} {str(body)[:60]}" for method, path, body, *_ in WRONG],
)
def test_a_wrong_question_is_a_problem_that_names_the_field_and_changes_nothing(
    sandbox: RemoteSandbox, method: str, path: str, body: Any, status: int, fields: list[str]
) -> None:
    sandbox.get("/nowhere")
    before = everything(sandbox)
    assert problem(ask(sandbox, method, path, json=body)) == (status, fields)
    assert everything(sandbox) == before


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"matches": {"body": ' + b"[" * 100_000])
def test_a_malformed_statement_is_a_problem(sandbox: RemoteSandbox, raw: bytes) -> None:
    assert problem(ask(sandbox, "POST", V, data=raw)) == (400, ["body"])


@pytest.mark.parametrize(("method", "path"), [("POST", V), ("GET", "/journal/export"), ("GET", "/journal?wait=1s")])
def test_an_unknown_sandbox_has_no_journal(sandbox: RemoteSandbox, method: str, path: str) -> None:
    answer = ask(sandbox, method, f"../sandboxes/u{sandbox.name}{path}", json={"matches": {}})
    assert problem(answer) == (404, ["sandbox"])


def test_a_misspelt_operation_is_told_its_neighbours(sandbox: RemoteSandbox) -> None:
    answer = ask(sandbox, "GET", "/journal?operation=youtestme.creat_user")
    assert "youtestme.create_user" in answer.json()["detail"]
