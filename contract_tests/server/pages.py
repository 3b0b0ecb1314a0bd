"""Pages that people see, opened as a browser would: redirections followed, cookies kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from contract_tests.server.rules import CannotGoOn
from mockserver.contract.bodies import media_type

_LARGEST = 1_000_000
_FRAMERS = re.compile(r"(?:^|[;,])\s*frame-ancestors(?=[\s;,]|$)([^;,]*)", re.IGNORECASE)
_PDF = frozenset({"application/pdf", "application/x-pdf"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_OPAQUE = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/x-download"}
)
"""What says only that there are bytes."""
_WORDS = re.compile(r"[\s,]+")


@dataclass(frozen=True)
class Page:
    """What a browser has in the end; header names are lower-case, the text is no longer than a megabyte."""

    url: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def ok(self) -> bool:
        """Whether there is a page."""
        return self.status < 400

    @property
    def missing(self) -> bool:
        """Whether nobody has the page, or it cannot be made; another refusal may be of who looks."""
        return self.status in {404, 410} or self.status >= 500

    @property
    def kind(self) -> str:
        """PDF or HTML where it evidently is that, another content type as it is; empty where nothing tells."""
        said, begins = media_type(self.headers), self.text[:100].lstrip("\ufeff \t\r\n").lower()
        if begins.startswith("%pdf-") or said in _PDF:
            return "PDF"
        if said in _HTML or (said in _OPAQUE and begins.startswith(("<!doctype html", "<html"))):
            return "HTML"
        return "" if said in _OPAQUE else said


def unframed_by(headers: Mapping[str, str]) -> str:
    """Return the header that keeps a page out of every frame of another site's, empty if there is none.

    Who may frame it otherwise is told by the names of hosts, which are the owner's to know.
    """
    found = _FRAMERS.findall(headers.get("content-security-policy", ""))
    if found:  # which is then all that counts (CSP Level 3, 6.4.2)
        closed = [each for each in found if set(each.lower().split()) <= {"'none'", "'self'"}]
        return f"Content-Security-Policy: frame-ancestors {closed[0].strip()}" if closed else ""
    option = headers.get("x-frame-options", "")
    return f"X-Frame-Options: {option}" if {*_WORDS.split(option.lower())} & {"deny", "sameorigin"} else ""


class Browser:
    """Opens pages; ``timeout`` is the seconds until each begins."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._session = requests.Session()

    def open(self, url: str, method: str = "GET", **parts: Any) -> Page:
        """Return a page, whatever its status; raise ``CannotGoOn`` if there is none to be had."""
        try:
            with self._session.request(method, url.strip(), timeout=self._timeout, stream=True, **parts) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                raw = next(answer.iter_content(_LARGEST), b"")
                return Page(answer.url, answer.status_code, headers, raw.decode(errors="replace"))
        except requests.TooManyRedirects:
            raise CannotGoOn(f"{url} redirects in a circle.") from None
        except (requests.RequestException, ValueError) as error:
            raise CannotGoOn(f"{url} cannot be opened from here ({type(error).__name__}).") from None
