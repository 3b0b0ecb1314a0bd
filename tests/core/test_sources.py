"""Reading a request strictly: what is refused, and how the fields at fault are named."""

from collections.abc import Mapping
from typing import Any

import pytest
from marshmallow import fields

from mockserver.core.errors import ApiError, BadRequest, MalformedBody, UnsupportedMediaType
from mockserver.core.fields import Text, WireSchema
from mockserver.core.operation import Request, Source
from mockserver.core.sources import Cookies, Form, Headers, Json, Query, load
from tests.toy import CookieSchema, DeepSchema, HeaderSchema, NoteSchema, PickSchema

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def request(body: bytes = b"", kind: str = JSON, *, query: str = "", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "/", query=query, headers={"content-type": kind, **named} if kind else named, body=body)


def refusal(source: Source, asked: Request) -> ApiError:
    with pytest.raises(ApiError) as caught:
        source.load(asked)
    return caught.value


@pytest.mark.parametrize(
    "kind", [JSON, "application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]
)
def test_a_json_body_is_read(kind: str) -> None:
    assert Json(NoteSchema()).load(request(b' {"title": "\xc3\xa9", "unknown": 1} \n', kind)) == {"title": "é"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "truncated"),
        (b"{'title': 1}", "malformed"),
        (b'{"title": "a",}', "malformed"),
        (b'{"title": NaN}', "malformed"),
        (b'{"title": Infinity}', "malformed"),
        (b'{"title": -Infinity}', "malformed"),
        (b'{"title": 01}', "malformed"),
        (b'{"title": 1e400}', "out of range"),
        (b'{"title": 1' + b"0" * 5000 + b"}", "out of range"),
        (b'{"title": "a\x01"}', "invalid character"),
        (b'{"title": "\xff"}', "not UTF-8"),
        (b'{"title": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"title": "\\ud800"}', "not valid JSON"),
        (b'{"title": "\\udc00\\ud800"}', "surrogate"),
        (b"\xff\xfe{\x00}\x00", "malformed"),
        (b"\xef\xbb\xbf{}", "malformed"),
        (b"{} {}", "trailing"),
        (b'{"title": "a"}x', "trailing"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deep"),
        (b"\x00", "malformed"),
    ],
)
@pytest.mark.parametrize("optional", [False, True])
def test_a_body_that_is_no_json_is_malformed_and_the_reason_told(body: bytes, reason: str, optional: bool) -> None:
    refused = refusal(Json(NoteSchema(), optional=optional), request(body))
    assert type(refused) is MalformedBody
    assert reason in refused.message
    assert list(refused.fields) == ["body"]


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"1.5", b"true", b"null", b'[{"title": "a"}]'])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    refused = refusal(Json(NoteSchema()), request(body))
    assert (type(refused), list(refused.fields)) == (BadRequest, ["body"])


@pytest.mark.parametrize(
    "kind", ["", "text/plain", FORM, "application/jsonp", "json", "application/json, text/plain", "é"]
)
def test_a_body_of_another_content_type_is_refused(kind: str) -> None:
    refused = refusal(Json(NoteSchema()), request(b'{"title": "a"}', kind))
    assert type(refused) is UnsupportedMediaType
    assert list(refused.fields) == ["Content-Type"]


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
@pytest.mark.parametrize("kind", ["", JSON, "text/plain"])
def test_no_body_is_refused_unless_it_is_optional_whatever_its_content_type(body: bytes, kind: str) -> None:
    assert type(refusal(Json(NoteSchema()), request(body, kind))) is MalformedBody
    assert Json(NoteSchema(partial=True), optional=True).load(request(body, kind)) == {}


def test_an_optional_body_that_is_there_is_read_and_the_schema_says_what_must_be_in_it() -> None:
    assert Json(NoteSchema(), optional=True).load(request(b'{"title": "a"}')) == {"title": "a"}
    assert list(refusal(Json(NoteSchema(), optional=True), request()).fields) == ["title"]


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert Json(NoteSchema()).load(request(b'{"title": 5, "title": "a"}')) == {"title": "a"}


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"part": {}}, ["part.name"]),
        ({"part": {"name": 5, "partSize": "1"}}, ["part.name", "part.partSize"]),
        ({"part": 5}, ["part"]),
        ({"parts": [{"name": "a"}, {"name": 5}, 7]}, ["parts[1].name", "parts[2]"]),
        ({"parts": {"name": "a"}}, ["parts"]),
        ({"value": 5}, ["value"]),
        ({"pairs": {"a": 1, "b": "2"}}, ["pairs.b"]),
        ({"pairs": 5}, ["pairs"]),
    ],
)
def test_fields_at_fault_are_named_by_their_place(body: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(BadRequest) as caught:
        load(DeepSchema(), body, "body")
    assert sorted(caught.value.fields) == places
    assert caught.value.message.startswith(f"{next(iter(caught.value.fields))}: ")


class KeySchema(WireSchema):
    key = Text(required=True)
    value = Text(required=True)


class HolderSchema(WireSchema):
    inner = fields.Nested(KeySchema)
    listed = fields.List(fields.Nested(KeySchema))
    by_name = fields.Dict(keys=Text(), values=fields.Nested(KeySchema))


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"inner": {}}, ["inner.key", "inner.value"]),
        ({"inner": {"key": "a"}}, ["inner.value"]),
        ({"listed": [{"value": "a"}]}, ["listed[0].key"]),
        ({"by_name": {"a": {"key": "b"}}}, ["by_name.a.value"]),
        ({"by_name": {"a": 5}}, ["by_name.a"]),
    ],
)
def test_fields_called_key_and_value_keep_their_names(body: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(BadRequest) as caught:
        load(HolderSchema(), body, "body")
    assert sorted(caught.value.fields) == places


def test_the_message_names_the_first_field_and_counts_the_others() -> None:
    with pytest.raises(BadRequest, match=r"^part\.name: Missing data for required field\. \(and 1 more\)$"):
        load(DeepSchema(), {"part": {}, "value": 5}, "body")


PAIRS: list[tuple[str, Mapping[str, Any]]] = [
    ("name=ann", {"name": "ann"}),
    ("name=", {"name": ""}),
    ("name=a+b%20c%2Bd", {"name": "a b c+d"}),
    ("name=%C3%A9", {"name": "é"}),
    ("name=a=b", {"name": "a=b"}),
    ("name=a&pickSize=5", {"name": "a", "size": 5}),
    ("name=a&tag=x", {"name": "a", "tags": ["x"]}),
    ("name=a&tag=x&tag=y", {"name": "a", "tags": ["x", "y"]}),
    ("name=a&other=1&other=2", {"name": "a"}),
    ("&&name=a&", {"name": "a"}),
]
BAD_PAIRS = [
    ("", "name"),
    ("pickSize=5", "name"),
    ("name=a&name=b", "name"),
    ("name=a&pickSize=5&pickSize=5", "pickSize"),
    ("name=a&pickSize=five", "pickSize"),
    ("name=a&pickSize=", "pickSize"),
    ("name=a&pickSize=1.5", "pickSize"),
    (f"name=a&pickSize={'9' * 5000}", "pickSize"),
]


@pytest.mark.parametrize(("text", "loaded"), PAIRS)
def test_a_query_and_a_form_are_read_as_pairs(text: str, loaded: Mapping[str, Any]) -> None:
    assert Query(PickSchema()).load(request(query=text)) == loaded
    assert Form(PickSchema()).load(request(text.encode(), FORM)) == loaded


@pytest.mark.parametrize(("text", "field"), BAD_PAIRS)
def test_a_field_missing_repeated_or_wrong_is_named(text: str, field: str) -> None:
    assert list(refusal(Query(PickSchema()), request(query=text)).fields) == [field]
    assert list(refusal(Form(PickSchema()), request(text.encode(), FORM)).fields) == [field]


@pytest.mark.parametrize("text", ["name=%FF", "name=%ED%A0%80", "%C3=1&name=a", "name=a&" + "&".join(["x=1"] * 1000)])
def test_a_query_or_form_that_cannot_be_read_is_refused_as_a_whole(text: str) -> None:
    assert list(refusal(Query(PickSchema()), request(query=text)).fields) == ["query"]
    assert list(refusal(Form(PickSchema()), request(text.encode(), FORM)).fields) == ["form"]


def test_a_form_with_bytes_outside_ascii_is_malformed() -> None:
    assert type(refusal(Form(PickSchema()), request("name=é".encode(), FORM))) is MalformedBody


@pytest.mark.parametrize("kind", ["", JSON, "multipart/form-data; boundary=x", "text/plain"])
def test_a_form_of_another_content_type_is_refused(kind: str) -> None:
    assert type(refusal(Form(PickSchema()), request(b"name=a", kind))) is UnsupportedMediaType


def test_a_form_may_say_its_charset() -> None:
    assert Form(PickSchema()).load(request(b"name=a", f"{FORM}; charset=UTF-8")) == {"name": "a"}


def test_headers_are_read_by_their_lower_case_names() -> None:
    assert Headers(HeaderSchema()).load(request(x_trace="7", x_other="8")) == {"trace": "7"}
    assert list(refusal(Headers(HeaderSchema()), request()).fields) == ["x-trace"]


@pytest.mark.parametrize(
    ("header", "loaded"), [("session=a", "a"), ('a=1; session="b c"; z=2', "b c"), ("session=", "")]
)
def test_cookies_are_read_by_name(header: str, loaded: str) -> None:
    assert Cookies(CookieSchema()).load(request(cookie=header)) == {"session": loaded}


@pytest.mark.parametrize("header", ["", ";;;", "session", "=a", "a\x00b=c", "\xff=1", "other=1", "[]=1; session=a"])
def test_a_broken_cookie_header_is_no_cookies(header: str) -> None:
    assert list(refusal(Cookies(CookieSchema()), request(cookie=header)).fields) == ["session"]


@pytest.mark.parametrize(("depth", "fine"), [(64, True), (65, False), (900, False)])
def test_json_may_be_nested_as_deep_as_everything_here_can_follow(depth: int, fine: bool) -> None:
    body = b'{"unknown":' * (depth - 1) + b"{}" + b"}" * (depth - 1)
    if fine:
        assert Json(NoteSchema(partial=True)).load(request(body)) == {}
    else:
        assert "nested too deep" in refusal(Json(NoteSchema(partial=True)), request(body)).message


MULTIPART = "multipart/form-data; boundary=b"


def part(name: str, value: bytes = b"a", more: str = "") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


@pytest.mark.parametrize(
    ("parts", "loaded"),
    [
        ([part("name")], {"name": "a"}),
        ([part("name", "é & +=%41".encode())], {"name": "é & +=%41"}),
        ([part("name"), part("pickSize", b"5")], {"name": "a", "size": 5}),
        ([part("name"), part("tag", b"x"), part("tag", b"y")], {"name": "a", "tags": ["x", "y"]}),
        ([part("name"), part("file", b"\xff\x00", '; filename="f"')], {"name": "a"}),
    ],
)
def test_a_multipart_form_is_read_where_it_is_accepted(parts: list[bytes], loaded: dict[str, Any]) -> None:
    body = b"".join(parts) + b"--b--\r\n"
    assert Form(PickSchema(), multipart=True).load(request(body, MULTIPART)) == loaded
    assert type(refusal(Form(PickSchema()), request(body, MULTIPART))) is UnsupportedMediaType


def test_a_form_that_may_be_multipart_may_be_urlencoded_too() -> None:
    assert Form(PickSchema(), multipart=True).load(request(b"name=a", FORM)) == {"name": "a"}
    assert "multipart/form-data" in refusal(Form(PickSchema(), multipart=True), request(b"{}", JSON)).message


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        (b"", MULTIPART, "form"),
        (b"name=a", MULTIPART, "form"),
        (part("name"), MULTIPART, "form"),
        (part("name") + b"--b--\r\n", "multipart/form-data", "form"),
        (part("name") + b"--b--\r\n", "multipart/form-data; boundary=é", "form"),
        (part("name") + b"--b--\r\n", "multipart/form-data; boundary=c", "form"),
        (b"--b\r\nno headers\r\n\r\na\r\n--b--\r\n", MULTIPART, "form"),
        (part("x") * 1001 + b"--b--\r\n", MULTIPART, "form"),
        (b"--b--\r\n", MULTIPART, "name"),
        (part("name") * 2 + b"--b--\r\n", MULTIPART, "name"),
        (part("name") + part("pickSize", b"five") + b"--b--\r\n", MULTIPART, "pickSize"),
    ],
)
def test_a_multipart_form_that_is_broken_or_wrong_is_refused(body: bytes, kind: str, field: str) -> None:
    assert list(refusal(Form(PickSchema(), multipart=True), request(body, kind)).fields) == [field]
