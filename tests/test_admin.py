"""The admin API over a real server: each route, and each refusal, which names the field and changes nothing.

Where a vendor is needed the calls go to YouTestMe; nothing here depends on what it does.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

from tests.server import RemoteSandbox

FROZEN = {"fixtures": "demo", "clock": "2026-01-31T09:00:00Z", "seed": 5}
frozen = pytest.mark.boot(**FROZEN)
KEY = {"X-API-Key": "fake-youtestme-key"}
USERS = "/state/youtestme/users"
TEST = {"action": "youtestme.create_test", "arguments": {"name": "A test"}}


def ask(sandbox: RemoteSandbox, method: str, path: str, **options: Any) -> requests.Response:
    """Call the admin API of a sandbox, whatever it answers; ``..`` at the start leads out of the sandbox."""
    url = sandbox.admin_url + path
    if path.startswith("../"):
        url = f"{sandbox.origin}/__admin/{path[3:]}"
    return sandbox.http.request(method, url, timeout=20, **options)


def problem(answer: requests.Response) -> tuple[int, list[str]]:
    """Return status and fields at fault of a refusal, which must be a problem document."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    return answer.status_code, list(body.get("errors", {}))


def everything(sandbox: RemoteSandbox) -> list[Any]:
    """Return all that the admin API shows of a sandbox with a frozen clock."""
    paths = ["", "/settings", "/clock", "/credentials", "/state", USERS, "/journal"]
    shown = {path: ask(sandbox, "GET", path).json() for path in paths}
    # That there was a reset is all that may be told of what was there before.
    del shown["/journal"]["past"]
    return [*shown.values()]


def test_the_index_says_what_this_is_and_where_things_are(sandbox: RemoteSandbox) -> None:
    index = ask(sandbox, "GET", "../").json()
    assert index["name"] == "mockserver"
    assert index["vendors"]["youtestme"] == f"{sandbox.origin}/youtestme"
    assert sandbox.http.get(sandbox.origin + index["documents"], timeout=20).status_code == 200


def test_the_root_leads_to_the_documents(sandbox: RemoteSandbox) -> None:
    answer = sandbox.http.get(f"{sandbox.origin}/", timeout=20, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/__admin/docs/")


def test_operations_are_listed_with_vendor_and_path(sandbox: RemoteSandbox) -> None:
    operations = ask(sandbox, "GET", "../operations").json()
    ids = [each["id"] for each in operations]
    assert len(set(ids)) == len(ids)
    for each in operations:
        assert each["path"].startswith(f"/{each['id'].partition('.')[0]}/")
        assert each["says"]


def test_fixture_sets_are_listed_with_their_wishes(sandbox: RemoteSandbox) -> None:
    sets = {each["name"]: each for each in ask(sandbox, "GET", "../fixtures").json()}
    assert {"demo", "documented", "empty"} <= set(sets)
    assert sets["documented"]["clock"] == "live@2020-01-01T12:00:00Z"
    assert all(each["title"] for each in sets.values())


@frozen
def test_a_sandbox_is_created_described_listed_and_deleted(sandbox: RemoteSandbox) -> None:
    name = f"n{uuid4().hex}"
    created = ask(sandbox, "PUT", f"../sandboxes/{name}", json=FROZEN)
    read = ask(sandbox, "GET", f"../sandboxes/{name}")
    assert (created.status_code, read.status_code) == (201, 200)
    assert created.json() == read.json()
    described = read.json()
    assert described["clock"] == {"now": "2026-01-31T09:00:00Z", "mode": "frozen"}
    assert (described["fixtures"], described["seed"]) == ("demo", 5)
    assert described["vendors"]["youtestme"] == f"{sandbox.origin}/sandbox/{name}/youtestme"
    assert described["journal"] == {"kept": 0, "bytes": 0, "evicted": 0}
    assert described in ask(sandbox, "GET", "../sandboxes").json()
    assert ask(sandbox, "DELETE", f"../sandboxes/{name}").status_code == 204
    assert problem(ask(sandbox, "GET", f"../sandboxes/{name}")) == (404, ["sandbox"])


@frozen
def test_a_put_without_a_body_resets_to_the_same_boot(sandbox: RemoteSandbox) -> None:
    fresh = everything(sandbox)
    sandbox.action(TEST["action"], **TEST["arguments"])  # type: ignore[arg-type]
    sandbox.advance("1d")
    sandbox.settings(youtestme={"single_use": True})
    sandbox.get("/youtestme/users/1", headers=KEY)
    assert everything(sandbox) != fresh
    bodies: list[dict[str, Any] | None] = [None, {}]
    for body in bodies:
        assert ask(sandbox, "PUT", "", json=body).status_code == 200
        assert everything(sandbox) == fresh


def test_credentials_let_a_client_in_at_their_base_url(sandbox: RemoteSandbox) -> None:
    found = sandbox.credentials
    assert found["youtestme"]["base_url"] == sandbox.url("/youtestme")
    assert all(value for each in found.values() for value in each.values())
    answer = sandbox.get("/youtestme/users/1", headers={"X-API-Key": found["youtestme"]["api_key"]})
    assert answer.status_code == 404


def test_settings_are_shown_and_changed_and_the_others_stay(sandbox: RemoteSandbox) -> None:
    before = ask(sandbox, "GET", "/settings").json()
    changed = sandbox.settings(youtestme={"single_use": True})
    assert changed == ask(sandbox, "GET", "/settings").json()
    assert changed == {**before, "youtestme": {**before["youtestme"], "single_use": True}}


@frozen
def test_the_clock_is_advanced_frozen_and_thawed(sandbox: RemoteSandbox) -> None:
    quiet = {"mode": "frozen", "fired": [], "next_due": None}
    assert sandbox.advance("1d12h") == {"now": "2026-02-01T21:00:00Z", **quiet}
    assert sandbox.freeze("2026-02-02T00:00:00+02:00") == {"now": "2026-02-01T22:00:00Z", **quiet}
    assert ask(sandbox, "POST", "/clock", json={"thaw": True}).json()["mode"] == "live"
    stopped = ask(sandbox, "POST", "/clock", json={"freeze": True}).json()
    assert stopped == {**ask(sandbox, "GET", "/clock").json(), **quiet}


def test_state_is_counted_listed_in_pages_filtered_and_read_by_key(sandbox: RemoteSandbox) -> None:
    users = ask(sandbox, "GET", USERS).json()
    assert users["total"] == len(users["entities"]) == ask(sandbox, "GET", "/state").json()["youtestme"]["users"]
    page = ask(sandbox, "GET", USERS, params={"offset": 2, "limit": 3}).json()
    assert page == {"total": users["total"], "offset": 2, "limit": 3, "entities": users["entities"][2:5]}
    one = users["entities"][1]
    assert ask(sandbox, "GET", f"{USERS}/{one['id']}").json() == one
    assert ask(sandbox, "GET", USERS, params={"id": one["id"], "username": one["username"]}).json()["entities"] == [one]
    assert ask(sandbox, "GET", USERS, params={"username": "nobody"}).json()["total"] == 0
    assert ask(sandbox, "GET", USERS, params={"offset": 99999}).json()["entities"] == []


def test_actions_are_listed_with_their_arguments_and_carried_out(sandbox: RemoteSandbox) -> None:
    actions = {each["action"]: each for each in ask(sandbox, "GET", "/actions").json()}
    listed = actions[str(TEST["action"])]
    assert listed["says"]
    assert listed["arguments"]["name"] == {"type": "text", "required": True}
    done = ask(sandbox, "POST", "/actions", json=TEST).json()
    assert done["action"] == TEST["action"]
    assert done["result"] in sandbox.entities("youtestme", "tests")


def test_the_journal_is_listed_filtered_read_and_cleared(sandbox: RemoteSandbox) -> None:
    for path in ("/youtestme/users/1", "/youtestme/users/2", "/youtestme/nowhere", "/nowhere"):
        sandbox.get(path, headers=KEY)
    sandbox.request("DELETE", "/youtestme/users/")
    listed = ask(sandbox, "GET", "/journal").json()
    assert [listed[each] for each in ("total", "kept", "evicted")] == [5, 5, 0]
    assert [each["number"] for each in listed["exchanges"]] == [1, 2, 3, 4, 5]

    def numbers(**query: Any) -> list[int]:
        return [each["number"] for each in ask(sandbox, "GET", "/journal", params=query).json()["exchanges"]]

    assert numbers(after=3) == [4, 5]
    assert numbers(limit=2) == [1, 2]
    assert numbers(vendor="youtestme", after=1, limit=1) == [2]
    assert numbers(operation=listed["exchanges"][0]["operation"]) == [1, 2]
    assert numbers(method="DELETE") == numbers(status=405) == [5]
    assert numbers(matched="true") == [1, 2]
    assert numbers(matched="false") == [3, 4, 5]
    one = ask(sandbox, "GET", "/journal/1").json()
    assert one["request"]["headers"]["x-api-key"] == "***"
    assert one["target"] == f"/sandbox/{sandbox.name}/youtestme/users/1"
    assert ask(sandbox, "DELETE", "/journal").json() == {"deleted": 5}
    sandbox.get("/nowhere")
    assert numbers() == [6]
    assert problem(ask(sandbox, "GET", "/journal/1")) == (404, ["number"])


LOOKS = ["", "/credentials", "/settings", "/clock", "/state", USERS, f"{USERS}/1", "/actions", "/journal", "/journal/1"]
CHANGES = [
    ("DELETE", "", None),
    ("PATCH", "/settings", {}),
    ("POST", "/clock", {"thaw": True}),
    ("POST", "/actions", TEST),
    ("DELETE", "/journal", None),
]


@pytest.mark.parametrize(("method", "path", "body"), [*(("GET", path, None) for path in LOOKS), *CHANGES])
def test_an_unknown_sandbox_is_refused_and_not_created(
    sandbox: RemoteSandbox, method: str, path: str, body: object
) -> None:
    name = f"u{uuid4().hex}"
    assert problem(ask(sandbox, method, f"../sandboxes/{name}{path}", json=body)) == (404, ["sandbox"])
    assert name not in [each["name"] for each in ask(sandbox, "GET", "../sandboxes").json()]


WRONG: list[tuple[str, str, Any, int, list[str]]] = [
    ("PUT", "", {"fixtures": "nowhere"}, 400, ["fixtures"]),
    ("PUT", "", {"fixtures": 5}, 400, ["fixtures"]),
    ("PUT", "", {"fixtures": None}, 400, ["fixtures"]),
    ("PUT", "", {"fixtures": ""}, 400, ["fixtures"]),
    ("PUT", "", {"fixtures": "../demo"}, 400, ["fixtures"]),
    ("PUT", "", {"fixture": "demo"}, 400, ["fixture"]),
    ("PUT", "", {"seed": "5"}, 400, ["seed"]),
    ("PUT", "", {"seed": 1.0}, 400, ["seed"]),
    ("PUT", "", {"seed": True}, 400, ["seed"]),
    ("PUT", "", {"seed": 10**400}, 400, ["seed"]),
    ("PUT", "", {"clock": "noon"}, 400, ["clock"]),
    ("PUT", "", {"clock": 5}, 400, ["clock"]),
    ("PUT", "", {"clock": "2026-01-31T09:00:00"}, 400, ["clock"]),
    ("PUT", "", {"settings": []}, 400, ["settings"]),
    ("PUT", "", {"settings": {"youtestme": 5}}, 400, ["settings.youtestme"]),
    ("PUT", "", {"settings": {"nobody": {}}}, 400, ["nobody"]),
    ("PUT", "", {"settings": {"youtestme": {"single_uses": True}}}, 400, ["youtestme.single_uses"]),
    ("PUT", "", [], 400, ["body"]),
    ("PUT", "", "demo", 400, ["body"]),
    ("PATCH", "/settings", {"nobody": {}}, 400, ["nobody"]),
    ("PATCH", "/settings", {"youtestme": []}, 400, ["youtestme"]),
    ("PATCH", "/settings", {"youtestme": {"single_uses": True}}, 400, ["youtestme.single_uses"]),
    ("PATCH", "/settings", {"youtestme": {"single_use": "yes"}}, 400, ["youtestme.single_use"]),
    ("PATCH", "/settings", {"youtestme": {"single_use": True, "link_hours": 0}}, 400, ["youtestme.link_hours"]),
    ("PATCH", "/settings", [], 400, ["body"]),
    ("POST", "/clock", {}, 400, ["body"]),
    ("POST", "/clock", None, 400, ["body"]),
    ("POST", "/clock", {"advance": "1d", "thaw": True}, 400, ["body"]),
    ("POST", "/clock", {"freeze": True, "thaw": True}, 400, ["body"]),
    ("POST", "/clock", {"advance": 60}, 400, ["advance"]),
    ("POST", "/clock", {"advance": "soon"}, 400, ["advance"]),
    ("POST", "/clock", {"advance": "-1d"}, 400, ["advance"]),
    ("POST", "/clock", {"advance": "9" * 190 + "w"}, 400, ["advance"]),
    ("POST", "/clock", {"advanced": "1d"}, 400, ["advanced"]),
    ("POST", "/clock", {"thaw": False}, 400, ["thaw"]),
    ("POST", "/clock", {"freeze": False}, 400, ["freeze"]),
    ("POST", "/clock", {"freeze": None}, 400, ["freeze"]),
    ("POST", "/clock", {"freeze": 5}, 400, ["freeze"]),
    ("POST", "/clock", {"freeze": "noon"}, 400, ["freeze"]),
    ("POST", "/clock", {"freeze": "2026-01-31T08:59:59Z"}, 409, []),
    ("POST", "/actions", {}, 400, ["action"]),
    ("POST", "/actions", {"action": "youtestme.nothing"}, 400, ["action"]),
    ("POST", "/actions", {"action": "nobody.create_test"}, 400, ["action"]),
    ("POST", "/actions", {"action": 5}, 400, ["action"]),
    ("POST", "/actions", {**TEST, "argument": {}}, 400, ["argument"]),
    ("POST", "/actions", {**TEST, "arguments": []}, 400, ["arguments"]),
    ("POST", "/actions", {**TEST, "arguments": {}}, 400, ["name"]),
    ("POST", "/actions", {**TEST, "arguments": {"name": 5}}, 400, ["name"]),
    ("POST", "/actions", {**TEST, "arguments": {"name": "a", "naem": "b"}}, 400, ["naem"]),
    ("POST", "/actions", {"action": "youtestme.start", "arguments": {"attempt_id": 1}}, 404, ["id"]),
    ("GET", "/state/nobody/users", None, 404, ["vendor"]),
    ("GET", "/state/nobody/users/1", None, 404, ["vendor"]),
    ("GET", "/state/youtestme/nothings", None, 404, ["collection"]),
    ("GET", "/state/youtestme/nothings/1", None, 404, ["collection"]),
    ("GET", "/state/youtestme/users/1", None, 404, ["id"]),
    ("GET", "/state/youtestme/users/" + "9" * 5000, None, 404, ["id"]),
    ("GET", f"{USERS}?offset=-1", None, 400, ["offset"]),
    ("GET", f"{USERS}?limit=0", None, 400, ["limit"]),
    ("GET", f"{USERS}?limit=1001", None, 400, ["limit"]),
    ("GET", f"{USERS}?limit=many", None, 400, ["limit"]),
    ("GET", f"{USERS}?usrname=a", None, 400, ["usrname"]),
    ("GET", f"{USERS}?username=a&username=b", None, 400, ["username"]),
    ("GET", "/journal?after=-1", None, 400, ["after"]),
    ("GET", "/journal?limit=0", None, 400, ["limit"]),
    ("GET", "/journal?limit=" + "9" * 5000, None, 400, ["limit"]),
    ("GET", "/journal?status=ok", None, 400, ["status"]),
    ("GET", "/journal?matched=maybe", None, 400, ["matched"]),
    ("GET", "/journal?operatoin=a", None, 400, ["operatoin"]),
    ("GET", "/journal?limit=1&limit=2", None, 400, ["limit"]),
    ("GET", "/journal/99", None, 404, ["number"]),
    ("GET", "/journal/one", None, 404, []),
    ("GET", "/nothing", None, 404, []),
    ("POST", "", None, 405, []),
    ("PUT", "/settings", {}, 405, []),
    ("GET", "../nothing", None, 404, []),
    ("PUT", "../sandboxes/-", {}, 400, ["sandbox"]),
    ("PUT", "../sandboxes/" + "x" * 65, {}, 400, ["sandbox"]),
    ("DELETE", "../sandboxes/default", None, 400, ["sandbox"]),
    ("GET", "../documents/nobody.json", None, 404, ["name"]),
]


@frozen
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "fields"),
    WRONG,
    ids=[f"{method} {path[:40]} {str(body)[:60]}" for method, path, body, *_ in WRONG],
)
def test_a_wrong_call_is_a_problem_that_names_the_field_and_changes_nothing(
    sandbox: RemoteSandbox, method: str, path: str, body: Any, status: int, fields: list[str]
) -> None:
    before = everything(sandbox)
    assert problem(ask(sandbox, method, path, json=body)) == (status, fields)
    assert everything(sandbox) == before


@frozen
@pytest.mark.parametrize("raw", [b"{", b"\xff", b"NaN", b'{"a": NaN}', b"[" * 100_000, b'{"a": "\\ud800"}', b"{} x"])
@pytest.mark.parametrize(
    ("method", "path"), [("PUT", ""), ("PATCH", "/settings"), ("POST", "/clock"), ("POST", "/actions")]
)
def test_a_malformed_body_is_a_problem(sandbox: RemoteSandbox, method: str, path: str, raw: bytes) -> None:
    assert problem(ask(sandbox, method, path, data=raw)) == (400, ["body"])


def test_a_refusal_of_a_method_names_the_allowed_ones(sandbox: RemoteSandbox) -> None:
    allowed = ask(sandbox, "POST", "").headers["Allow"].split(", ")
    assert {"GET", "PUT", "DELETE"} <= set(allowed)


@pytest.mark.parametrize(
    "page", ["https://attacker.example", "null", "", "http://127.0.0.1:1", "file://", ", http://127.0.0.1", "x://own"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/credentials"), ("PUT", ""), ("DELETE", "")])
def test_a_page_of_another_origin_is_refused(sandbox: RemoteSandbox, method: str, path: str, page: str) -> None:
    assert problem(ask(sandbox, method, path, headers={"Origin": page})) == (403, [])
    assert ask(sandbox, "GET", "").status_code == 200


def test_a_page_of_this_origin_is_answered(sandbox: RemoteSandbox) -> None:
    assert ask(sandbox, "GET", "", headers={"Origin": sandbox.origin}).status_code == 200


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:80", "127.0.0.1.attacker.example"])
def test_a_name_that_was_made_to_lead_here_is_refused(sandbox: RemoteSandbox, host: str) -> None:
    assert problem(ask(sandbox, "GET", "", headers={"Host": host})) == (403, [])
    assert problem(ask(sandbox, "PUT", "", headers={"Host": host, "Origin": f"http://{host}"})) == (403, [])


@pytest.mark.parametrize("host", ["localhost", "mockserver", "youtestme.localhost", "[::1]", "192.168.1.5"])
def test_a_name_that_can_only_mean_this_server_is_answered(sandbox: RemoteSandbox, host: str) -> None:
    port = urlsplit(sandbox.origin).port
    assert ask(sandbox, "GET", "", headers={"Host": f"{host}:{port}"}).status_code == 200


def test_the_admin_api_is_the_same_inside_a_sandboxs_path(sandbox: RemoteSandbox) -> None:
    inside = sandbox.get(f"/__admin/sandboxes/{sandbox.name}/settings")
    assert inside.json() == ask(sandbox, "GET", "/settings").json()
