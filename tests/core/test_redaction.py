"""Secrets out of what is listed: headers, queries, JSON and forms of exchanges, attributes of entities."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from mockserver.admin.redaction import describe, in_urls, names_of, redacted
from mockserver.core.journal import Exchange
from tests.core.test_journal import exchange
from tests.toy import vendor

SECRETS = names_of(replace(vendor, secrets=frozenset({"Authorization", "client_secret", "apiKey", "keys.id"})))
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def shown(exchange: Exchange, **options: Any) -> dict[str, Any]:
    return describe(exchange, SECRETS, **options)


def body(raw: bytes, kind: str = JSON, **options: Any) -> Any:
    """Return how a body is shown, the same in both directions."""
    header = f"Content-Type: {kind}" if kind else ""
    one = exchange(1, request_headers=header, request_body=raw, answer_headers=header, answer_body=raw)
    seen = shown(one, **options)
    assert seen["request"] == seen["answer"]
    return seen["request"].get("body")


@pytest.mark.parametrize(
    "name", ["Authorization", "authorization", "AUTHORIZATION", "Client-Secret", "client_secret", "apikey"]
)
def test_a_secret_header_is_masked_however_it_is_spelt(name: str) -> None:
    seen = shown(exchange(1, request_headers=f"X-Other: a: b\n{name}: fake: secret"))
    assert seen["request"]["headers"] == {"X-Other": "a: b", name: "***"}


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("/a?client_secret=s&b=1", "/a?client_secret=***&b=1"),
        ("/a?b=1&apiKey=x&apiKey=y", "/a?b=1&apiKey=***&apiKey=***"),
        ("/a?client%5Fsecret=s", "/a?client_secret=***"),
        ("/a?b=%20+c", "/a?b=%20+c"),
        ("/a?", "/a?"),
        ("/a", "/a"),
    ],
)
def test_a_secret_of_the_query_is_masked_and_any_other_query_stays_as_it_was(target: str, seen: str) -> None:
    assert shown(exchange(1, target=target))["target"] == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ({"client_secret": "s", "a": 1}, {"client_secret": "***", "a": 1}),
        ({"a": [{"b": {"clientSecret": "s"}}]}, {"a": [{"b": {"clientSecret": "***"}}]}),
        ([{"apiKey": "s"}], [{"apiKey": "***"}]),
        ({"apiKey": {"inner": "s"}}, {"apiKey": "***"}),
        ({"apiKey": ["s"]}, {"apiKey": "***"}),
        ({"apiKey": 5, "api_key": False, "API-KEY": ""}, {"apiKey": "***", "api_key": "***", "API-KEY": "***"}),
        ({"apiKey": None}, {"apiKey": None}),
        ({"id": "x", "key": "apiKey"}, {"id": "x", "key": "apiKey"}),
        ("apiKey", "apiKey"),
    ],
)
@pytest.mark.parametrize("kind", [JSON, "application/problem+json", "APPLICATION/JSON; charset=utf-8"])
def test_a_secret_field_of_json_is_masked_at_any_depth(value: Any, seen: Any, kind: str) -> None:
    assert json.loads(body(json.dumps(value).encode(), kind)) == seen


def test_json_nested_too_deep_to_follow_is_masked_all_the_same() -> None:
    text = body(b'{"a":' * 5000 + b'{"apiKey": "fake-secret"}' + b"}" * 5000, whole=True)
    assert "fake-secret" not in text
    assert "***" in text


@pytest.mark.parametrize(
    "raw",
    [
        '{"apiKey": "fake-secret"',
        '{"apiKey" : "fake-secret',
        '{"a": {"apiKey":"fake-secret"}, }',
        '{"apiKey": "a\\"fake-secret"',
        "{'apiKey': 'fake-secret'}",
        '{"apiKey": 1234567890, "a": "fake-secre',
        '{"apiKey": ["fake-secret"]',
        '{"apiKey": {"b": "fake-secret"}',
        'x{"apiKey": "fake-secret"}',
    ],
)
def test_a_secret_in_broken_json_is_masked(raw: str) -> None:
    text = body(raw.encode())
    assert "fake-secret" not in text
    assert "1234567890" not in text


@pytest.mark.parametrize("kind", ["", "text/plain", FORM, "multipart/form-data", JSON])
@pytest.mark.parametrize(
    "raw", [b'{"apiKey": "fake-secret"}', b' [{"apiKey": "fake-secret"', b"a=b&client_secret=fake-secret"]
)
def test_a_secret_sent_with_a_wrong_content_type_is_masked(raw: bytes, kind: str) -> None:
    assert "fake-secret" not in body(raw, kind)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("https://a.example/b?apiKey=s", "https://a.example/b?apiKey=***"),
        ("/b?a=1&apiKey=s&c=%20+d", "/b?a=1&apiKey=***&c=%20+d"),
        ("/b?api%5Fkey=s#top", "/b?api%5Fkey=***#top"),
        ("/b#apiKey=s&a=1", "/b#apiKey=***&a=1"),
        ("/b?apiKey=s?t&a=1", "/b?apiKey=***&a=1"),
        ("/b?apiKey=&a=1", "/b?apiKey=***&a=1"),
        ("/b?a=/c?apiKey=s", "/b?a=/c?apiKey=***"),
        ("/b?a=https%3A%2F%2Fc.example%2F%3FapiKey%3Ds&d=1", "/b?a=https%3A%2F%2Fc.example%2F%3FapiKey%3D***&d=1"),
        ("go to <a href='/b?a=1&amp;apiKey=s'>/b?c</a> now", "go to <a href='/b?a=1&amp;apiKey=***'>/b?c</a> now"),
        ("/b?apiKey=s /c?apiKey=t", "/b?apiKey=*** /c?apiKey=***"),
    ],
)
def test_a_secret_parameter_of_a_url_inside_of_a_text_is_masked(text: str, seen: str) -> None:
    assert in_urls(text, SECRETS) == seen
    assert redacted({"link": [text]}, SECRETS) == {"link": [seen]}
    assert json.loads(body(json.dumps({"link": text}).encode())) == {"link": seen}
    assert body(f"Look: {text} ".encode(), "text/plain") == f"Look: {seen} "
    headers = shown(exchange(1, answer_headers=f"Location: {text}"))["answer"]["headers"]
    assert headers == {"Location": seen}


def test_a_secret_parameter_of_a_url_inside_of_a_form_or_a_query_is_masked() -> None:
    given, seen = "next=%2Fb%3FapiKey%3Ds&a=1", "next=%2Fb%3FapiKey%3D***&a=1"
    assert body(given.encode(), FORM) == seen
    assert shown(exchange(1, target=f"/a?{given}"))["target"] == f"/a?{seen}"
    whole = "https://a.example/b?apiKey=s&c=1"
    assert shown(exchange(1, target=whole, direction="out"))["target"] == "https://a.example/b?apiKey=***&c=1"


@pytest.mark.parametrize(
    "text",
    [
        "apiKey=s",
        "a?apiKey=s",
        "what is /b? apiKey=s",
        "a/b&apiKey=s",
        "/b?apiKeys=s",
        "/b?key=apiKey",
        "/b?a=%2",
        "/b?a=%3D%3F&b=%25",
        "1/2=0.5?",
        "a=b#c",
        "é/?ü=ö",
    ],
)
def test_a_text_without_such_a_parameter_stays_as_it_was(text: str) -> None:
    assert in_urls(text, SECRETS) == text


@pytest.mark.parametrize(
    "text",
    [
        "/" * 300_000 + "?=",
        "/?" + "&apiKey=a" * 50_000,
        "/?=" * 100_000,
        "/?a=1" * 100_000,
        "/?a=" + "%253F%3D" * 50_000,
    ],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    """The test's own time limit would end what takes a time that grows with the square of the length."""
    assert len(in_urls(text, SECRETS)) <= 2 * len(text)


def test_without_secrets_everything_is_shown_byte_by_byte() -> None:
    raw = b' {"apiKey": 1.50, "a": "/b?apiKey=s", "a": 1e2} '
    seen = describe(exchange(1, request_body=raw, request_headers="Authorization: s", target="/?apiKey=s"), frozenset())
    assert seen["request"] == {"headers": {"Authorization": "s"}, "body": raw.decode()}
    assert seen["target"] == "/?apiKey=s"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("in", None, None)),
        ({"direction": "out", "fault": "late", "error": "No route."}, ("out", "late", "No route.")),
    ],
)
def test_direction_fault_and_error_are_shown(
    changes: dict[str, Any], expected: tuple[str, str | None, str | None]
) -> None:
    seen = shown(exchange(1, **changes))
    assert (seen["direction"], seen["fault"], seen["error"]) == expected


def test_what_holds_no_secret_is_shown_as_it_was() -> None:
    for raw in (b"", b"apiKey", b"a: b", b"<p title='a'>apiKey: b</p>", b"a=%20+b", b"{'a': 'b'}"):
        assert body(raw, "text/plain") == raw.decode()


@pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=utf-8", "Application/X-WWW-Form-Urlencoded"])
def test_a_secret_field_of_a_form_is_masked(kind: str) -> None:
    assert body(b"grant=x&client_secret=fake-secret", kind) == "grant=x&client_secret=***"
    assert body(b"grant=%20+x", kind) == "grant=%20+x"


@pytest.mark.parametrize("spelt", ['name="client_secret"', "name=client_secret", 'NAME="Client-Secret"; filename="a"'])
@pytest.mark.parametrize("end", ["\r\n--b--\r\n", "\r\n--b\r\n", ""])
def test_a_secret_field_of_a_multipart_form_is_masked(spelt: str, end: str) -> None:
    before = '--b\r\nContent-Disposition: form-data; name="grant"\r\n\r\ncode\r\n'
    head = f"--b\r\nContent-Disposition: form-data; {spelt}\r\nContent-Type: text/plain\r\n\r\n"
    raw = f"{before}{head}fake-\r\nsecret{end}".encode()
    assert body(raw, "multipart/form-data; boundary=b") == f"{before}{head}***{end}"


@pytest.mark.parametrize("raw", [b"\xff\x00", b"\xed\xa0\x80"])
def test_a_body_that_is_not_utf8_is_shown_as_base64(raw: bytes) -> None:
    seen = shown(exchange(1, answer_body=raw))["answer"]
    assert "body" not in seen
    assert msgspec.convert(seen["body_base64"], bytes) == raw


def test_a_long_body_is_cut_unless_it_is_asked_for_whole() -> None:
    raw = b"x" * 100_000
    one = exchange(1, answer_body=raw)
    assert (len(shown(one)["answer"]["body"]), shown(one)["answer"]["cut"]) == (64 * 1024, True)
    assert (len(shown(one, whole=True)["answer"]["body"]), shown(one, whole=True)["answer"].get("cut")) == (
        100_000,
        None,
    )


def test_an_attribute_of_one_collection_is_masked_there_only() -> None:
    assert redacted({"id": "s", "name": "n"}, SECRETS, "keys") == {"id": "***", "name": "n"}
    assert redacted([{"id": "s"}], SECRETS, "keys") == [{"id": "***"}]
    assert redacted({"id": "s", "keys": {"id": "t"}}, SECRETS, "notes") == {"id": "s", "keys": {"id": "t"}}


def test_listings_show_no_secret_of_the_vendor(client: FlaskClient) -> None:
    client.post("/toy/notes/?secret=fake-secret", json={"title": "a", "secret": "fake-secret"})
    client.post("/nowhere?secret=fake-secret", json={"secret": "fake-secret"})
    admin = "/__admin/sandboxes/default"
    paths = ["/journal", "/journal/1", "/journal/2", "/state/toy/notes", "/state/toy/notes/3", "/state/toy/keys"]
    for path in paths:
        answer = client.get(admin + path)
        assert answer.status_code == 200
        assert "fake-secret" not in answer.text
        assert "fake-toy-key" not in answer.text
        assert "***" in answer.text
