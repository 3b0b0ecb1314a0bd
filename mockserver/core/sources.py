"""Reading a request strictly: JSON, forms, query strings, headers and cookies through marshmallow schemas."""

from collections.abc import Iterable, Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

import msgspec
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from mockserver.core.errors import BadRequest, MalformedBody, UnsupportedMediaType
from mockserver.core.operation import Request

_MOST_FIELDS = 1000
_DEEPEST = 64
_TOO_DEEP = f"it is nested too deep, over {_DEEPEST} levels"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


def flatten(messages: Any, schema: Schema) -> dict[str, list[str]]:
    """Return a schema's nested messages by place: ``{"user.email": [...], "invitations[0].phone": [...]}``."""
    found: dict[str, list[str]] = {}
    for place, said in _leaves(messages, schema, ""):
        found.setdefault(place, []).extend(said)
    return found


def _leaves(messages: Any, of: Schema | fields.Field[Any] | None, place: str) -> Iterator[tuple[str, list[str]]]:
    """Yield messages with their places; ``of`` is what they are about, None where only marshmallow knows."""
    if not isinstance(messages, Mapping):
        yield place, [str(each) for each in messages] if isinstance(messages, list) else [str(messages)]
        return
    for key, inner in messages.items():
        step = _step(place, key)
        if isinstance(of, fields.Dict) and isinstance(inner, Mapping):
            for half, said in inner.items():
                yield from _leaves(said, of.value_field if half == "value" else of.key_field, step)
        else:
            yield from _leaves(inner, _inside(of, key), step)


def _step(place: str, key: Any) -> str:
    if key == "_schema":
        return place
    if isinstance(key, int):
        return f"{place}[{key}]"
    return f"{place}.{key}" if place else str(key)


def _inside(of: Schema | fields.Field[Any] | None, key: Any) -> Schema | fields.Field[Any] | None:
    if isinstance(of, fields.List):
        return of.inner
    schema = of.schema if isinstance(of, fields.Nested) else of
    if not isinstance(schema, Schema) or isinstance(key, int):
        return schema
    return next((each for name, each in schema.load_fields.items() if (each.data_key or name) == key), None)


def load(schema: Schema, data: Any, where: str) -> dict[str, Any]:
    """Load with a schema; raise ``BadRequest`` that names each field at fault, or ``where`` for the whole."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        refuse(flatten(error.messages, schema), where)
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
        value = msgspec.json.decode(body)
    except RecursionError:
        reason = _TOO_DEEP
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 ({error.reason})"
    except msgspec.MsgspecError as error:
        reason = str(error)
    else:
        if not _is_deep(body, value):
            return value
        reason = _TOO_DEEP
    raise MalformedBody(f"The body is not valid JSON: {reason}.", fields={"body": [reason]})


def _is_deep(body: bytes, value: Any) -> bool:
    """Tell whether a value is nested deeper than whatever handles it later could follow."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return False
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


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
    """The body as a form: URL-encoded, or ``multipart/form-data`` where that is accepted too."""

    where = "form"

    def __init__(self, schema: Schema, *, multipart: bool = False) -> None:
        super().__init__(schema)
        self._multipart = multipart

    def load(self, request: Request) -> dict[str, Any]:
        """Read it as UTF-8 pairs, of one of the content types that a form has."""
        kind = media_type(request)
        if kind == _MULTIPART and self._multipart:
            return load(self.schema, self._collect(_multipart_pairs(request)), self.where)
        if kind != _FORM:
            wanted = f"{_FORM} or {_MULTIPART}" if self._multipart else _FORM
            raise UnsupportedMediaType(
                f"The body must be {wanted}, not {kind or 'without a content type'}.",
                fields={"Content-Type": [f"Must be {wanted}."]},
            )
        try:
            text = request.body.decode("ascii")
        except UnicodeDecodeError:
            raise MalformedBody(
                "The form has bytes outside ASCII that are not percent-encoded.",
                fields={"form": ["Must be percent-encoded."]},
            ) from None
        return load(self.schema, self._collect(text), self.where)


def _multipart_pairs(request: Request) -> str:
    """Return the fields of a multipart form as a URL-encoded one says them; files are read over."""
    parser = FormDataParser(silent=False, max_form_parts=_MOST_FIELDS, stream_factory=lambda *_, **__: BytesIO())
    _, options = parse_options_header(request.headers["content-type"])
    try:
        _, fields_, _ = parser.parse(BytesIO(request.body), _MULTIPART, len(request.body), options)
    except (ValueError, HTTPException) as error:
        reason = f"It is no multipart form: {error}"
        raise MalformedBody(reason, fields={"form": [reason]}) from None
    return urlencode(list(fields_.items(multi=True)))


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
