"""Strict wire types: JSON's own types and nothing converted into them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, post_load, validate

from mockserver.core.fields import Flag, Instant, Int, Number, Text, WireSchema, one_of, time_zone, web_address

NOON = datetime(2025, 5, 15, 12, tzinfo=UTC)
SAMPLES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    1.0,
    1.5,
    "",
    "1",
    "true",
    "text",
    [],
    ["text"],
    {},
    {"a": 1},
    b"text",
]
HUGE = [2**63, -(2**63), 10**400, -(10**400), 1e300, float("inf"), float("-inf"), float("nan")]


def takes(field: fields.Field[Any], value: Any) -> bool:
    try:
        loaded = field.deserialize(value)
    except ValidationError:
        return False
    assert loaded == value
    assert type(loaded) is type(value)
    return True


@pytest.mark.parametrize(
    ("field", "taken"),
    [
        (Text(), ["", "1", "true", "text"]),
        (Int(), [0, 1, -1]),
        (Number(), [0, 1, -1, 1.0, 1.5]),
        (Flag(), [True, False]),
        (Instant(), []),
    ],
    ids=lambda each: type(each).__name__,
)
def test_each_type_takes_its_own_and_nothing_converted(field: fields.Field[Any], taken: list[Any]) -> None:
    assert [repr(value) for value in SAMPLES if takes(field, value)] == [repr(value) for value in taken]


@pytest.mark.parametrize("field", [Int(), Number()])
@pytest.mark.parametrize("value", HUGE)
def test_numbers_beyond_64_bits_are_refused(field: fields.Field[Any], value: float) -> None:
    assert not takes(field, value)


@pytest.mark.parametrize("field", [Int(), Number()])
@pytest.mark.parametrize("value", [2**63 - 1, -(2**63 - 1)])
def test_numbers_of_64_bits_are_taken(field: fields.Field[Any], value: int) -> None:
    assert takes(field, value)


@pytest.mark.parametrize("kind", [Text, Int, Number, Flag, Instant])
def test_none_is_taken_where_it_is_allowed(kind: Callable[..., fields.Field[Any]]) -> None:
    assert kind(allow_none=True).deserialize(None) is None


def test_a_field_stops_at_the_first_validator_that_refuses() -> None:
    field = Text(validate=[validate.Length(max=1, error="too long"), validate.Equal("a", error="not a")])
    with pytest.raises(ValidationError) as refused:
        field.deserialize("bb")
    assert refused.value.messages == ["too long"]


@pytest.mark.parametrize("text", ["2025-05-15T12:00:00Z", "2025-05-15T14:00:00+02:00"])
def test_an_instant_is_loaded_as_utc(text: str) -> None:
    assert Instant().deserialize(text) == NOON


@pytest.mark.parametrize(
    "text",
    ["", "noon", "2025-05-15", "2025-05-15T12:00:00", "2025-02-30T12:00:00Z", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00", "2025-05-15T12:00:00Z\x00", "1747310400"],
)  # fmt: skip
def test_anything_else_is_no_instant(text: str) -> None:
    with pytest.raises(ValidationError, match="Not a date-time with an offset"):
        Instant().deserialize(text)


@dataclass(frozen=True)
class Thing:
    name: str | None
    at: datetime | None


class ThingSchema(WireSchema):
    wire_name = Text(attribute="name", data_key="wireName")
    at = Instant()
    lacking = Text()


def test_a_schema_dumps_attributes_and_keys_and_leaves_out_what_is_lacking() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=-5)))
    dumped = {"wireName": "a", "at": "2025-05-15T12:00:00Z"}
    assert ThingSchema().dump(Thing(name="a", at=there)) == dumped
    assert ThingSchema().dump({"name": "a", "at": there}) == dumped
    assert ThingSchema().dump(Thing(name=None, at=None)) == {"wireName": None, "at": None}


def test_a_schema_reads_over_unknown_fields() -> None:
    assert ThingSchema().load({"wireName": "a", "name": "b", "unknown": {}}) == {"name": "a"}


def test_one_of_names_the_choices_when_it_refuses() -> None:
    assert one_of("a", "b")("a") == "a"
    with pytest.raises(ValidationError, match=r"Must be one of: a, b\."):
        one_of("a", "b")("c")


@pytest.mark.parametrize(
    "url",
    [
        "http://a",
        "https://a.example/b?c=d#e",
        "HTTP://A:1",
        "http://[::1]:8080/",
        "http://user:pw@a/",
        "https://é.example/ü",
    ],
)
def test_a_web_address_is_an_absolute_http_or_https_url(url: str) -> None:
    web_address(url)


@pytest.mark.parametrize(
    "url",
    ["", "a", "/a", "//a", "ftp://a", "javascript:alert(1)", "http:a", "http://", "http:///a", "http://:80", "http://a:0",
     "http://a:x", "http://a:65536", "http://[::1", "http://a b", "http://a/\n", " http://a", "http://a\x7f", "http://a\x00"],
)  # fmt: skip
def test_anything_else_is_none(url: str) -> None:
    with pytest.raises(ValidationError, match="Not an absolute http or https URL"):
        web_address(url)


@pytest.mark.parametrize("name", ["Europe/Paris", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_is_one_of_ianas(name: str) -> None:
    time_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Paris", "europe/paris", "+01:00", "../etc/passwd", "Europe/Paris\x00", "/Europe/Paris"]
)
def test_anything_else_is_no_time_zone(name: str) -> None:
    with pytest.raises(ValidationError, match="Not an IANA time zone"):
        time_zone(name)


class Inner(WireSchema):
    text = Text(required=True)


class Renamed(WireSchema):
    size = Int(data_key="theSize", attribute="bytes", required=True, validate=validate.Range(1, 9))
    name = Text(allow_none=True, load_default="nobody")
    due = Instant()
    inner = fields.Nested(Inner)
    tags = fields.List(Text(), load_default=list)


class Hooked(WireSchema):
    name = Text()

    @post_load
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {key: value.upper() for key, value in data.items()}


@pytest.mark.parametrize(
    "data",
    [
        {"theSize": 3},
        {"theSize": 3, "name": None, "due": "2026-01-31T09:00:00Z", "tags": ["a"], "unknown": 1},
        {"theSize": 3, "inner": {"text": "a"}, "bytes": 7},
        {"theSize": 0},
        {"theSize": "3", "name": 5, "due": "noon", "tags": "a", "inner": []},
        {"bytes": 3},
        {},
        [],
        None,
    ],
)
def test_the_short_way_gives_what_marshmallow_gives(data: Any) -> None:
    def outcome(load: Callable[[Any], Any]) -> Any:
        try:
            return load(data)
        except ValidationError as error:
            return error.messages

    schema = Renamed()
    assert outcome(schema.load) == outcome(lambda given: Schema.load(schema, given))


def test_hooks_partial_loading_and_lists_are_marshmallows() -> None:
    assert Hooked().load({"name": "ann"}) == {"name": "ANN"}
    assert Renamed(partial=True).load({}) == Schema.load(Renamed(partial=True), {})
    assert Hooked(many=True).load([{"name": "ann"}]) == [{"name": "ANN"}]


class SparseSchema(WireSchema):
    null_is_absent = True
    name = Text(data_key="Name", required=True)
    size = Int()
    colour = Text(allow_none=True)


class BoxSchema(WireSchema):
    inside = fields.Nested(SparseSchema)


def test_a_null_leaves_a_field_out_unless_it_means_something() -> None:
    sparse = {"Name": "a", "size": None, "colour": None}
    assert SparseSchema().load(sparse) == {"name": "a", "colour": None}
    assert BoxSchema().load({"inside": sparse}) == {"inside": {"name": "a", "colour": None}}
    with pytest.raises(ValidationError, match="Missing data"):
        SparseSchema().load({"Name": None})
