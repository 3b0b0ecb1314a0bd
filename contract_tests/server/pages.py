"""Pages that people see, opened as a browser would: redirections followed, cookies kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from contract_tests.server.rules import CannotGoOn

_LARGEST = 1_000_000


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
