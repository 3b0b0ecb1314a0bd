"""Near misses: which operations are nearest to a request, and what keeps it from each of them."""

from typing import Any

import pytest

from mockserver.core.near_misses import asked, near_misses, refused_fields
from mockserver.core.operation import Operation, Request
from tests.core.test_journal import exchange
from tests.toy import api

OPERATIONS = api.operations
Parts = list[tuple[str, str | None, str | None]]


def operation(name: str) -> Operation:
    return next(each for each in OPERATIONS if each.name == name)


def missed(method: str, path: str) -> list[tuple[str, Parts]]:
    """Return the names of the nearest operations, and the parts of the request that differ."""
    return [
        (each.operation.name, [(one.part, one.expected, one.got) for one in each.differences])
        for each in near_misses(OPERATIONS, method, path)
    ]


@pytest.mark.parametrize(
    ("method", "path", "name", "parts"),
    [
        ("POST", "/toy/notes/1", "read_note", [("method", "GET", "POST")]),
        ("PUT", "/toy/form/", "read_form", [("method", "POST", "PUT")]),
        ("GET", "/toy/note/1", "read_note", [("segment 2", "notes", "note")]),
        ("HEAD", "/toy/Notes/1", "read_note", [("segment 2", "notes", "Notes")]),
        ("POST", "/toy/note/1", "read_note", [("method", "GET", "POST"), ("segment 2", "notes", "note")]),
        ("GET", "/toys/notes/1", "read_note", [("vendor", "toy", "toys")]),
        ("GET", "/notes/1", "read_note", [("vendor", "toy", None)]),
        ("PATCH", "/toy/v1/notes/1", "change_note", [("segment 2", None, "v1")]),
        ("DELETE", "/toy/notes/1/2", "remove_note", [("segment 4", None, "2")]),
        ("DELETE", "/toy/notes", "write_note", [("method", "POST", "DELETE")]),
        ("GET", "/toy/hello", "hello_page", [("segment 3", "{name}", None)]),
        ("PATCH", "/toy/notes//1", "change_note", [("segment 3", None, "")]),
        ("PATCH", "//toy/notes/1", "change_note", [("segment 1", None, "")]),
        ("GET", "/toy/file/a/b/c", "read_file", [("segment 2", "files", "file")]),
        ("GET", "/files/a/b", "read_file", [("vendor", "toy", None)]),
        ("GET", "/toy/files", "read_file", [("segment 3", "{path}", None)]),
    ],
)
def test_the_nearest_operation_comes_first_with_what_differs(method: str, path: str, name: str, parts: Parts) -> None:
    assert missed(method, path)[0] == (name, parts)


def test_all_operations_of_a_path_that_differ_by_their_method_come_first() -> None:
    found = missed("PUT", "/toy/notes/1")
    assert {name for name, _ in found[:3]} == {"read_note", "change_note", "remove_note"}
    assert all([part for part, *_ in parts] == ["method"] for _, parts in found[:3])
    assert len(found[3][1]) > 1


@pytest.mark.parametrize(
    ("method", "path", "says"),
    [
        ("PUT", "/toy/form", "The method is PUT; POST is expected."),
        ("GET", "/toy/hallo/Ann", "Segment 2 is 'hallo'; 'hello' is expected."),
        ("GET", "/toy/hello", "Segment 3 is missing; a value for {name} is expected."),
        ("GET", "/toy/hello/Ann/Lee", "Segment 4, 'Lee', is one too many."),
        ("GET", "/toy//hello/Ann", "Segment 2 is empty: two slashes follow each other."),
        ("GET", "/hello/Ann", "The vendor is missing; 'toy' is expected."),
    ],
)
def test_a_difference_is_told_in_a_sentence(method: str, path: str, says: str) -> None:
    assert [each.says for each in near_misses(OPERATIONS, method, path)[0].differences] == [says]


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/toy", "/" * 5000, "/toy/" + "x" * 100_000, "/toy" + "/a" * 5000, "/\x00é"]
)
def test_any_path_is_answered_in_short(path: str) -> None:
    found = near_misses(OPERATIONS, "X" * 5000, path)
    assert len(found) == 5
    shown = [text for each in found for one in each.differences for text in (one.says, one.got) if text]
    assert all(len(text) < 700 for text in shown)
    assert sum(map(len, shown)) < 100_000


def test_no_operations_are_no_near_misses() -> None:
    assert near_misses([], "GET", "/toy") == []


@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        ("/toy/notes/1", "localhost", "/toy/notes/1"),
        ("/toy/notes/1?a=b", "localhost", "/toy/notes/1"),
        ("/sandbox/one/toy/notes/%C3%A9", "localhost", "/toy/notes/é"),
        ("/sandbox/one", "localhost", "/"),
        ("/notes/1", "toy.localhost:8080", "/toy/notes/1"),
        ("/sandbox/one/notes/1", "TOY.localhost", "/toy/notes/1"),
        ("/notes/1", "other.localhost", "/notes/1"),
        ("/notes/1", "toy.example", "/notes/1"),
        ("/notes/1", "", "/notes/1"),
    ],
)
def test_the_path_that_was_asked_for_is_the_one_inside_the_sandbox(target: str, host: str, path: str) -> None:
    headers = f"x-other: 1\nhost: {host}" if host else "x-other: 1"
    request = asked(exchange(1, target=target, request_headers=headers), ["toy"])
    assert (request.path, request.headers["x-other"]) == (path, "1")
    assert request.query == ("a=b" if "?" in target else "")


def sent(**values: Any) -> Request:
    return Request("POST", "/toy/all", **values)


def test_what_sources_refuse_is_told_by_source_and_field() -> None:
    json = {"content-type": "application/json"}
    found = refused_fields(operation("read_all"), sent(headers=json, body=b'{"title": 5}'))
    assert {where: list(fields) for where, fields in found.items()} == {
        "headers": ["x-trace"],
        "cookies": ["session"],
        "body": ["title"],
    }
    good = sent(headers={**json, "x-trace": "1", "cookie": "session=s"}, body=b'{"title": "a"}')
    assert refused_fields(operation("read_all"), good) == {}
    assert refused_fields(operation("write_note"), sent(body=b"{}"))["body"].keys() == {"Content-Type"}
    assert refused_fields(operation("write_note"), sent(headers=json, body=b"{"))["body"].keys() == {"body"}
    assert refused_fields(operation("stumble"), sent()) == {}


def test_a_body_that_was_cut_when_it_was_journaled_is_not_read_again() -> None:
    assert refused_fields(operation("write_note"), sent(body=b"x" * (1024 * 1024 + 1))) == {}
