"""Reading a request strictly: JSON, forms, query strings, headers and cookies through marshmallow schemas."""

from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import msgspec
from marshmallow import Schema, ValidationError, fields

from mockserver.core.errors import BadRequest, MalformedBody, UnsupportedMediaType
from mockserver.core.operation import Request

_MOST_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"


def flatten(messages: Any, place: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages by place: ``{"user.email": [...], "invitations[0].phone": [...]}``."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, inner in messages.items():
            if (key in ("_schema", "key", "value") and not isinstance(inner, Mapping)) or key in (
                "key",
                "value",
            ):
                step = place
            elif isinstance(key, int):
                step = f"{place}[{key}]"
            else:
                step = f"{place}.{key}" if place else str(key)
            for where, said in flatten(inner, step).items():
                found.setdefault(where, []).extend(said)
        return found
    return {place: [str(each) for each in messages] if isinstance(messages, list) else [str(messages)]}


def load(schema: Schema, data: Any, where: str) -> dict[str, Any]:
    """Load with a schema; raise ``BadRequest`` that names each field at fault, or ``where`` for the whole."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        refuse(flatten(error.messages), where)
    return loaded


def refuse(found: Mapping[str, list[str]], where: str) -> NoReturn:
    """Raise ``BadRequest`` for the fields at fault, its message the first of them."""
    named = {place or where: said for place, said in found.items()}
    place, said = next(iter(named.items()))
    more = f" (and {len(named) - 1} more)" if len(named) > 1 else ""
    raise BadRequest(f"{place}: {said[0]}{more}", fields=named)


def media_type(request: Request) -> str:
    """Return the content type without its parameters, lower-case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


class Json:
    """The body as one JSON object. Optional means that no body at all is as good as ``{}``."""

    where = "body"

    def __init__(self, schema: Schema, *, optional: bool = False) -> None:
        self.schema = schema
        self.optional = optional

    def load(self, request: Request) -> dict[str, Any]:
        """Read it strictly: UTF-8, no NaN, no endless nesting, an object at the top."""
        if not request.body.strip():
            if self.optional:
                return load(self.schema, {}, self.where)
            raise MalformedBody("The body is empty; a JSON object is expected.", fields={"body": ["Missing."]})
        kind = media_type(request)
        if kind != "application/json" and not kind.endswith("+json"):
            raise UnsupportedMediaType(
                f"The body must be application/json, not {kind or 'without a content type'}.",
                fields={"Content-Type": ["Must be application/json."]},
            )
        return load(self.schema, decode_json(request.body), self.where)


def decode_json(body: bytes) -> Any:
    """Return what strict JSON says; raise ``MalformedBody`` with the reason and where it was."""
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        reason = "it is nested too deep"
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 ({error.reason})"
    except msgspec.MsgspecError as error:
        reason = str(error)
    raise MalformedBody(f"The body is not valid JSON: {reason}.", fields={"body": [reason]})


class _Pairs:
    """Names with text values. A name repeated is a list where the schema wants one, an error elsewhere."""

    where = "query"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._lists = {
            each.data_key or name for name, each in schema.load_fields.items() if isinstance(each, fields.List)
        }
        self._known = {each.data_key or name for name, each in schema.load_fields.items()}

    def _collect(self, text: str) -> dict[str, Any]:
        if not text:
            return {}
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
        except UnicodeDecodeError:
            raise BadRequest(
                f"The {self.where} is not UTF-8.", fields={self.where: ["Must be UTF-8, percent-encoded."]}
            ) from None
        except ValueError:
            raise BadRequest(
                f"The {self.where} has more than {_MOST_FIELDS} fields.",
                fields={self.where: ["Too many fields."]},
            ) from None
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return {name: self._single(name, given) for name, given in values.items()}

    def _single(self, name: str, given: list[str]) -> Any:
        if name in self._lists or (len(given) > 1 and name not in self._known):
            return given
        if len(given) > 1:
            raise BadRequest(f"{name} is given {len(given)} times.", fields={name: ["Must be given once."]})
        return given[0]


class Query(_Pairs):
    """The query string."""

    def load(self, request: Request) -> dict[str, Any]:
        """Read it as UTF-8 pairs."""
        return load(self.schema, self._collect(request.query), self.where)


class Form(_Pairs):
    """The body as a URL-encoded form."""

    where = "form"

    def load(self, request: Request) -> dict[str, Any]:
        """Read it as UTF-8 pairs, of the one content type that a form has."""
        if media_type(request) != _FORM:
            raise UnsupportedMediaType(
                f"The body must be {_FORM}, not {media_type(request) or 'without a content type'}.",
                fields={"Content-Type": [f"Must be {_FORM}."]},
            )
        try:
            text = request.body.decode("ascii")
        except UnicodeDecodeError:
            raise MalformedBody(
                "The form has bytes outside ASCII that are not percent-encoded.",
                fields={"form": ["Must be percent-encoded."]},
            ) from None
        return load(self.schema, self._collect(text), self.where)


class Headers:
    """Request headers; the schema's fields are named by the lower-case header (``data_key``)."""

    where = "headers"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._names = [each.data_key or name for name, each in schema.load_fields.items()]

    def load(self, request: Request) -> dict[str, Any]:
        """Read those that the schema names."""
        return load(self.schema, _chosen(self._names, request.headers), self.where)


class Cookies:
    """Cookies by name."""

    where = "cookies"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._names = [each.data_key or name for name, each in schema.load_fields.items()]

    def load(self, request: Request) -> dict[str, Any]:
        """Read those that the schema names; a broken Cookie header is no cookies."""
        try:
            jar = {name: morsel.value for name, morsel in SimpleCookie(request.headers.get("cookie", "")).items()}
        except CookieError:
            jar = {}
        return load(self.schema, _chosen(self._names, jar), self.where)


def _chosen(names: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name in names if name in given}
