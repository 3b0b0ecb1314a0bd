"""One sandbox of a running mockserver, as a player sees it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from contract_tests.clients.calling import Manner
from contract_tests.clients.receiving import Inlet, Receiver

_PATIENCE = 70.0


class World:
    """Where the vendors are, what time it is there, and how it passes.

    Time passes by the sandbox's clock alone: a client that waits moves it, so that days take no real time and every
    playing is the same.
    """

    def __init__(self, origin: str, sandbox: str) -> None:
        self.session = requests.Session()
        self.sandbox = sandbox
        self._origin = origin.rstrip("/")
        self._admin = f"{self._origin}/__admin/sandboxes/{sandbox}"

    def play(self, scenario: str) -> None:
        """Boot the sandbox as a scenario of the library says, and begin it."""
        self.admin("POST", "/run", {"scenario": scenario})

    def verdict(self) -> dict[str, str]:
        """Return which expectations of the scenario are broken, by their places; none if it holds."""
        return {each["place"]: each["says"] for each in self.admin("GET", "/run/verdict")["broken"]}

    def url(self, vendor: str) -> str:
        """Return a vendor's base URL."""
        return f"{self._origin}/sandbox/{self.sandbox}/{vendor}"

    def credentials(self, vendor: str) -> Mapping[str, str]:
        """Return what a client needs to call a vendor."""
        credentials: Mapping[str, str] = self.admin("GET", "/credentials")[vendor]
        return credentials

    def now(self) -> float:
        """Return sandbox time, as a Unix time."""
        return datetime.fromisoformat(self.admin("GET", "/clock")["now"]).timestamp()

    def wait(self, seconds: float) -> None:
        """Let sandbox time pass, with all that falls due on the way."""
        self.admin("POST", "/clock", {"advance": f"{round(seconds * 1000)}ms"})

    def settle(self) -> None:
        """Wait until everything that was sent has arrived; no time passes."""
        self.wait(0)

    def until_idle(self) -> None:
        """Let time pass until nothing is planned any more."""
        self.admin("POST", "/clock", {"until": "idle"})

    @property
    def manner(self) -> Manner:
        """How clients call here: on sandbox time."""
        return {"session": self.session, "wait": self.wait, "clock": self.now}

    @contextmanager
    def receiving(self, inlets: Mapping[str, Inlet]) -> Iterator[Receiver]:
        """Serve inlets by path; before the receiver closes, all that was sent to it has arrived."""
        with Receiver(inlets) as receiver:
            yield receiver
            self.settle()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API of this sandbox, which must not refuse, and return its JSON."""
        answer = self.session.request(method, self._admin + path, json=body, timeout=_PATIENCE)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None
