"""One request through an operation, from the wire and back: order of checks, refusals, defects, what is journaled."""

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.core.journal import Exchange
from mockserver.core.pipeline import LARGEST_BODY
from mockserver.core.sandbox import Sandbox
from tests.toy import KEY, Toy

NOBODY = {"X-Toy-Key": ""}
WRONG = {"X-Toy-Key": "wrong"}


def refused(answer: TestResponse) -> tuple[int, list[str]]:
    """Return status and fields of a refusal in the toy's own envelope."""
    assert answer.headers["X-Toy"] == "refusal"
    assert answer.json is not None
    assert answer.json["refused"] == answer.status_code
    return answer.status_code, list(answer.json["fields"])


def last(sandbox: Sandbox) -> Exchange:
    return list(sandbox.journal)[-1]


def test_an_operation_answers_with_its_status_headers_and_dumped_body(client: FlaskClient) -> None:
    answer = client.post("/toy/notes/", json={"title": "new", "secret": "s", "due": "2025-05-15T14:00:00+02:00"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "http://mock.test/toy/notes/3"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == {"id": 3, "title": "new", "owner": None, "code": None, "due": "2025-05-15T12:00:00Z"}


def test_the_caller_is_asked_before_the_body_is_read(client: FlaskClient) -> None:
    assert refused(client.post("/toy/notes/", data=b"{", headers=NOBODY)) == (401, [])
    assert refused(client.post("/toy/notes/", data=b"{", headers=WRONG)) == (403, [])


def test_the_body_is_read_before_the_verb_runs(client: FlaskClient) -> None:
    assert refused(client.patch("/toy/notes/99", json={"title": 5})) == (400, ["title"])
    assert refused(client.patch("/toy/notes/99", json={"title": "a"})) == (404, ["id"])


def test_sources_are_read_in_the_order_that_they_are_declared_in(client: FlaskClient) -> None:
    trace, session = {"X-Trace": "7"}, {"Cookie": "session=s"}
    assert refused(client.post("/toy/all", json={})) == (400, ["x-trace"])
    assert refused(client.post("/toy/all", json={}, headers=trace)) == (400, ["session"])
    assert refused(client.post("/toy/all", json={}, headers={**trace, **session})) == (400, ["title"])
    answer = client.post("/toy/all", json={"title": "a"}, headers={**trace, **session})
    assert answer.json == {"trace": "7", "session": "s", "title": "a", "caller": "fake-toy-key"}


def test_a_refusal_tells_code_message_and_headers_in_the_vendors_envelope(client: FlaskClient) -> None:
    answer = client.get("/toy/notes/1", headers=WRONG)
    assert answer.json == {"refused": 403, "code": "WRONG_KEY", "why": "A wrong key.", "fields": {}}
    assert client.get("/toy/notes/1", headers=NOBODY).headers["WWW-Authenticate"] == "Toy"


def test_a_verb_that_refuses_half_way_has_changed_nothing(client: FlaskClient, toy: Toy) -> None:
    before = list(toy.notes), dict(toy.ids.counters)
    assert refused(client.post("/toy/stumble")) == (409, [])
    assert (list(toy.notes), dict(toy.ids.counters)) == before


def test_a_defect_answers_500_by_name_changes_nothing_and_is_journaled_as_one(
    client: FlaskClient, toy: Toy, local: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    before = list(toy.notes)
    with caplog.at_level(logging.ERROR, "mockserver"):
        answer = client.post("/toy/fail")
    assert answer.status_code == 500
    assert answer.headers["X-Mockserver-Bug"] == "toy.fail"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "slipped" not in answer.text
    assert "RuntimeError: it slipped" in caplog.text
    assert list(toy.notes) == before
    assert (last(local).bug, last(local).operation, last(local).status) == (True, "toy.fail", 500)


def test_an_envelope_that_fails_is_a_defect_too(client: FlaskClient, local: Sandbox) -> None:
    answer = client.get("/toy/refuse-badly")
    assert (answer.status_code, answer.headers["X-Mockserver-Bug"]) == (500, "toy.refuse_badly")
    assert last(local).bug


def test_nothing_else_is_journaled_as_a_defect(client: FlaskClient, local: Sandbox) -> None:
    client.get("/toy/notes/1"), client.get("/toy/notes/9"), client.get("/toy/nowhere"), client.put("/toy/notes/1")
    assert [each.bug for each in local.journal] == [False] * 4


def test_head_answers_as_get_does_without_the_body(client: FlaskClient, local: Sandbox) -> None:
    got, head = client.get("/toy/notes/1"), client.head("/toy/notes/1")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers == got.headers
    assert (last(local).method, last(local).operation) == ("HEAD", "toy.read_note")


def test_no_body_is_no_body(client: FlaskClient) -> None:
    answer = client.delete("/toy/notes/1")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers


def test_a_page_is_html_and_refuses_as_a_page(client: FlaskClient) -> None:
    page = client.get("/toy/hello/Ann", headers=NOBODY)
    assert (page.status_code, page.text) == (200, "<h1>Hello Ann</h1>")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    closed = client.post("/toy/closed")
    assert (closed.status_code, closed.text) == (403, "<h1>403</h1>")
    assert closed.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["a", "a/b", "a//b", "/a", "a/", "https://a.example/b", "é"])
def test_bytes_are_sent_as_they_are_and_a_greedy_parameter_holds_slashes(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/toy/files/{path}")
    assert answer.data == path.encode() + b"\x00\xff"
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("%C3%A9", "é"),
        ("%E2%82%AC", "€"),
        ("a%2Fb", None),
        ("a%3Fb", "a?b"),
        ("%25", "%"),
    ],
)
def test_path_parameters_are_decoded_once(client: FlaskClient, sent: str, name: str | None) -> None:
    answer = client.get(f"/toy/hello/{sent}")
    assert (answer.text if name else answer.status_code) == (f"<h1>Hello {name}</h1>" if name else 404)


@pytest.mark.parametrize("path", ["/toy/notes", "/toy/notes/"])
def test_a_slash_at_the_end_is_never_insisted_on(client: FlaskClient, path: str) -> None:
    assert client.post(path, json={"title": "a"}).status_code == 201


def test_a_known_path_with_another_method_is_refused_in_the_vendors_envelope(
    client: FlaskClient, local: Sandbox
) -> None:
    for method in ("PUT", "OPTIONS", "POST", "TRACE", "BREW"):
        answer = client.open("/toy/notes/1", method=method)
        assert refused(answer) == (405, [])
        assert answer.headers["Allow"] == "DELETE, GET, HEAD, PATCH"
        assert "X-Mockserver-Unmatched" not in answer.headers
    assert (last(local).vendor, last(local).operation, last(local).status) == ("toy", "", 405)


@pytest.mark.parametrize(
    ("path", "vendor", "nearest"),
    [
        ("/toy/note/1", "toy", "/toy/notes/{noteId}"),
        ("/toy/optinal", "toy", "/toy/optional"),
        ("/toy", "toy", "/toy/all"),
        ("/toi/notes/", "", "/toy/notes/"),
        ("/notes/", "", "/toy/notes/"),
        ("/sandbox", "", None),
        ("/toy/" + "x" * 5000, "toy", None),
        ("/toy/%FF", "toy", None),
    ],
)
def test_an_unmatched_path_is_told_as_mockservers_own_with_the_nearest(
    client: FlaskClient, local: Sandbox, path: str, vendor: str, nearest: str | None
) -> None:
    answer = client.post(path)
    assert answer.status_code == 404
    assert answer.headers["X-Mockserver-Unmatched"] == "true"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json is not None
    assert len(answer.json["nearest"]) == 3
    assert nearest is None or nearest in [each["path"] for each in answer.json["nearest"]]
    assert len(answer.json["detail"]) < 400
    assert (last(local).vendor, last(local).operation, last(local).matched) == (vendor, "", False)


@pytest.mark.parametrize(("size", "status"), [(LARGEST_BODY, 400), (LARGEST_BODY + 1, 413), (3 * LARGEST_BODY, 413)])
def test_a_body_over_the_limit_is_refused_in_the_vendors_envelope(client: FlaskClient, size: int, status: int) -> None:
    answer = client.post("/toy/notes/", data=b"x" * size, content_type="application/json")
    assert refused(answer) == (status, ["body"])


def test_a_body_over_the_limit_is_cut_before_it_is_journaled(client: FlaskClient, local: Sandbox) -> None:
    client.post("/toy/notes/", data=b"x" * (3 * LARGEST_BODY))
    client.post("/toy/nowhere", data=b"x" * (3 * LARGEST_BODY))
    assert [len(each.request_body) for each in local.journal] == [LARGEST_BODY + 1] * 2


def test_an_exchange_is_journaled_as_the_client_saw_it(client: FlaskClient, local: Sandbox) -> None:
    answer = client.post("/toy/notes/?a=%20b&c", json={"title": "é"}, headers={"X-Other": "1"})
    seen = last(local)
    assert (seen.number, seen.at, seen.vendor, seen.operation) == (1, local.clock.now(), "toy", "toy.write_note")
    assert (seen.method, seen.target, seen.client) == ("POST", "/toy/notes/?a=%20b&c", "127.0.0.1")
    assert seen.request_body == b'{"title": "\\u00e9"}'
    assert "x-other: 1" in seen.request_headers.split("\n")
    assert (seen.status, seen.answer_body) == (201, answer.data)
    assert "Location: http://mock.test/toy/notes/3" in seen.answer_headers.split("\n")
    assert seen.size > len(seen.request_body) + len(seen.answer_body) + len(seen.request_headers)


SANDBOX_WAYS: list[tuple[str, dict[str, Any]]] = [
    ("/sandbox/one/toy/notes/1", {}),
    ("/toy/notes/1", {"headers": {"X-Mockserver-Sandbox": "one"}}),
    ("/notes/1", {"base_url": "http://toy.localhost:8080", "headers": {"X-Mockserver-Sandbox": "one"}}),
    ("/sandbox/one/notes/1", {"base_url": "http://TOY.localhost"}),
]


@pytest.mark.parametrize(("path", "options"), SANDBOX_WAYS)
def test_a_sandbox_is_named_by_path_or_header_and_a_vendor_by_path_or_host(
    client: FlaskClient, path: str, options: dict[str, Any]
) -> None:
    assert client.get(path, **options).status_code == 200
    journal = client.get("/__admin/sandboxes/one/journal").json
    assert journal is not None
    assert [(each["operation"], each["target"]) for each in journal["exchanges"]] == [("toy.read_note", path)]
    assert client.get("/__admin/sandboxes/default/journal").json["total"] == 0  # type: ignore[index]


def test_the_path_counts_over_the_header(client: FlaskClient) -> None:
    client.get("/sandbox/one/toy/notes/1", headers={"X-Mockserver-Sandbox": "two"})
    found = client.get("/__admin/sandboxes").json
    assert found is not None
    assert {each["name"] for each in found} == {"default", "one"}


@pytest.mark.parametrize("path", ["/toy/notes/1", "/toy/nowhere", "/nowhere"])
@pytest.mark.parametrize("name", ["-", "%20", "é", "x" * 65, "%00", ""])
def test_a_wrong_sandbox_name_is_mockservers_own_refusal(client: FlaskClient, name: str, path: str) -> None:
    answer = client.get(f"/sandbox/{name}{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json is not None
    assert list(answer.json["errors"]) == ["sandbox"]


@pytest.mark.parametrize("mark", [b"\xff", "é".encode("latin-1"), "€".encode(), b"%00"])
def test_header_and_query_bytes_of_any_kind_are_read(client: FlaskClient, mark: bytes) -> None:
    text = mark.decode("latin-1")
    headers = {**KEY, "X-Trace": text, "Cookie": text, "Authorization": f"Basic {text}"}
    assert client.get("/toy/notes/1", headers=headers).status_code == 200
    answer = client.open("/toy/query", method="GET", environ_overrides={"QUERY_STRING": f"name={text}"})
    assert answer.status_code in {200, 400}
    journal = client.get("/__admin/sandboxes/default/journal")
    assert journal.status_code == 200
