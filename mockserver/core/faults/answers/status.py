"""Another status, in the vendor's own words or in given ones."""

import re
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, field

from mockserver.core.faults.kind import AnswerKind, Case, WrongSetting, with_headers
from mockserver.core.outcome import Outcome

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_FRAMING = frozenset({"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})
_BODILESS = frozenset({204, 205, 304})
_MOST_HEADERS, _LONGEST_VALUE, _LARGEST_BODY = 50, 4096, 64 * 1024


class Status(AnswerKind, frozen=True):
    """The answer has this status.

    Without a body it is the vendor's own error of that status; below 400 there is none.
    """

    seen: ClassVar[str] = "A whole answer with this status."

    status: Annotated[int, Meta(ge=200, le=599, description="The status code.")]
    body: Annotated[
        str | dict[str, Any] | list[Any] | None,
        Meta(description="A text, sent as it is, or JSON; null for the vendor's own error of that status."),
    ] = None
    headers: Annotated[dict[str, str], Meta(description="Headers of the answer, in place of any of the same name.")] = (
        field(default_factory=dict)
    )

    def __post_init__(self) -> None:
        if self.body is not None and self.status in _BODILESS:
            raise WrongSetting("body", f"An answer with status {self.status} has no body.")
        if len(self._encoded()) > _LARGEST_BODY:
            raise WrongSetting("body", f"Longer than {_LARGEST_BODY} bytes.")
        _check_headers(self.headers)

    def _encoded(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else msgspec.json.encode(self.body)

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Answer as the settings say."""
        if self.body is not None:
            kind = "text/plain; charset=utf-8" if isinstance(self.body, str) else "application/json"
            return Outcome(self.status, with_headers({"Content-Type": kind}, self.headers), self._encoded())
        if self.status < 400:
            return Outcome(self.status, self.headers, b"")
        own = case.refuse(self.status)
        return Outcome(self.status, with_headers(own.headers, self.headers), own.body)


def _check_headers(headers: dict[str, str]) -> None:
    """Refuse what could not be sent, or would say another length than the body has."""
    if len(headers) > _MOST_HEADERS:
        raise WrongSetting("headers", f"More than {_MOST_HEADERS} headers.")
    if len({name.lower() for name in headers}) < len(headers):
        raise WrongSetting("headers", "One name is given twice, in different case.")
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise WrongSetting("headers", f"{name[:100]!r} is no header name.")
        if name.lower() in _FRAMING:
            raise WrongSetting("headers", f"{name} is the server's own to set.")
        if not _VALUE.fullmatch(value) or len(value) > _LONGEST_VALUE:
            raise WrongSetting(
                "headers",
                f"The value of {name} must be at most {_LONGEST_VALUE} printable ASCII characters, "
                "without spaces at its ends.",
            )
