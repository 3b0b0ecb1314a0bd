"""One answer of a server under check."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.server.rules import CannotGoOn, shortened
from mockserver.contract.observed import Observed


@dataclass(frozen=True)
class Reply:
    """An answer that came and was read to its end; ``operation`` is empty where the contract knows none."""

    seen: Observed
    operation: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.seen.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""
        return self.seen.answer_headers

    @property
    def body(self) -> bytes:
        """The body, decoded as its content encoding says."""
        return self.seen.answer

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def call(self) -> str:
        """Method and path, for messages."""
        return f"{self.seen.method} {self.seen.path}"

    @property
    def told(self) -> str:
        """Status and beginning of the body, for messages; where a redirection leads."""
        leads = f" to {self.headers['location']}" if "location" in self.headers else ""
        return f"{self.status}{leads} {shortened(self.text, 200)}".strip()

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The JSON that the body is; raise ``CannotGoOn`` if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise CannotGoOn(f"The answer to {self.call} is no JSON: {self.told}") from None

    def get(self, name: str) -> Any:
        """Return what the JSON has under a name, None if it has nothing there or is no object."""
        return self.json.get(name) if isinstance(self.json, dict) else None

    def at(self, *path: str | int) -> Any:
        """Return what the JSON has at a path; raise ``CannotGoOn`` if it has nothing there."""
        found = self.json
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                where = "/".join(map(str, path))
                raise CannotGoOn(f"The answer to {self.call} has no {where}: {self.told}") from None
        return found

    def records(self, *path: str | int) -> list[dict[str, Any]]:
        """Return the list of JSON objects at a path; raise ``CannotGoOn`` if there is none."""
        found = self.at(*path)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            where = f" at {'/'.join(map(str, path))}" if path else ""
            raise CannotGoOn(f"The answer to {self.call} has no list of objects{where}.")
        return found
