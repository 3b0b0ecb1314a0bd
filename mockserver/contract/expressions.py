"""Values out of an exchange, by the runtime expressions of OpenAPI and a little more.

Besides ``$request.path.x``, ``$request.query.x``, ``$request.header.x``, ``$request.body#/a/b``, ``$response.header.x``
and ``$response.body#/a/b`` there is ``$request.security.x``, the credentials of a scheme. A pointer may follow any of
them; its step ``*`` is every item of a list, and ``content`` what a text that is a JWT says.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from mockserver.contract.bodies import Unreadable, jwt_payload, media_type, read_body
from mockserver.contract.places import Situated
from mockserver.contract.pointers import unescaped

EXPRESSION = re.compile(r"\$(request|response)\.(path|query|header|security|body)(?:\.([^#]+))?(?:#(/.*))?")


class Reading:
    """An exchange whose bodies are read once, and only when somebody asks."""

    def __init__(self, where: Situated) -> None:
        self.where = where

    def values(self, expression: str) -> list[str]:
        """Return what is at an expression, as texts; raise ``ValueError`` for what is none."""
        found = EXPRESSION.fullmatch(expression)
        if found is None:
            raise ValueError(f"{expression!r} is no expression.")
        side, kind, name, pointer = found.groups()
        steps = (pointer or "").strip("/").split("/") if pointer else []
        roots = self._roots(side, kind, name or "")
        return [as_text(value) for root in roots for value in _at(root, steps) if is_plain(value)]

    @cached_property
    def _asked(self) -> Any:
        return _read(self.where.seen.headers, self.where.seen.body)

    @cached_property
    def _answered(self) -> Any:
        return _read(self.where.seen.answer_headers, self.where.seen.answer)

    def _roots(self, side: str, kind: str, name: str) -> list[Any]:
        seen = self.where.seen
        headers = seen.headers if side == "request" else seen.answer_headers
        if kind == "body":
            return [self._asked if side == "request" else self._answered]
        if kind == "path":
            return [self.where.in_path[name]] if name in self.where.in_path else []
        if kind == "query":
            return [value for key, value in parse_qsl(seen.query, keep_blank_values=True) if key == name]
        if kind == "security":
            return self._credentials(name)
        return [headers[name.lower()]] if name.lower() in headers else []

    def _credentials(self, scheme: str) -> list[Any]:
        secret = self.where.secret(scheme)
        return [] if secret is None else [secret]


def scalars(value: Any) -> Iterator[str]:
    """Yield every plain value in some data, at any depth, as text."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif is_plain(each):
            yield as_text(each)


def is_plain(value: Any) -> bool:
    """Tell whether a value can be an id: a text that is not empty, or a number."""
    return (isinstance(value, str) and value != "") or (isinstance(value, int | float) and not isinstance(value, bool))


def as_text(value: Any) -> str:
    """Return a plain value as a path would carry it."""
    return value if isinstance(value, str) else str(value)


def _read(headers: Mapping[str, str], raw: bytes) -> Any:
    try:
        return read_body(media_type(headers), headers, raw) if raw else None
    except Unreadable:
        return None


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = unescaped(steps[0]), steps[1:]
    if isinstance(value, list):
        for item in value if step == "*" else value[int(step) :][:1] if step.isdigit() else ():
            yield from _at(item, rest)
    elif isinstance(value, dict) and step in value:
        yield from _at(value[step], rest)
    elif isinstance(value, str) and step == "content":
        try:
            payload = jwt_payload(value)
        except Unreadable:
            return
        yield from _at(payload, rest)
