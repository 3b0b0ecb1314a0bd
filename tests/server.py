"""A real mockserver in a process of its own, and sandboxes on it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from urllib3.util import Retry

Data = dict[str, Any]

# Parallel workers, whose process ids are neighbours, look for their ports a hundred apart.
_PORTS = iter(range(20_000 + os.getpid() * 100 % 10_000, 32_000))


class RemoteSandbox:
    """One sandbox of a running server, for one test."""

    def __init__(self, origin: str, name: str, session: requests.Session) -> None:
        self.origin = origin
        self.name = name
        self.http = session
        self.admin_url = f"{origin}/__admin/sandboxes/{name}"

    def url(self, path: str) -> str:
        return f"{self.origin}/sandbox/{self.name}{path}"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.http.request(method, self.url(path), timeout=20, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.request("DELETE", path, **options)

    def admin(self, method: str, path: str = "", **options: Any) -> Any:
        """Call the admin API of this sandbox, which must not refuse, and return its JSON."""
        answer = self.http.request(method, self.admin_url + path, timeout=20, **options)
        assert answer.ok, f"{answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    @property
    def credentials(self) -> dict[str, dict[str, str]]:
        credentials: dict[str, dict[str, str]] = self.admin("GET", "/credentials")
        return credentials

    def boot(self, **boot: Any) -> Data:
        described: Data = self.admin("PUT", json=boot)
        return described

    def advance(self, duration: str) -> Data:
        clock: Data = self.admin("POST", "/clock", json={"advance": duration})
        return clock

    def freeze(self, instant: str) -> Data:
        clock: Data = self.admin("POST", "/clock", json={"freeze": instant})
        return clock

    def settings(self, **settings: Any) -> Data:
        changed: Data = self.admin("PATCH", "/settings", json=settings)
        return changed

    def action(self, action: str, **arguments: Any) -> Data:
        result: Data = self.admin("POST", "/actions", json={"action": action, "arguments": arguments})["result"]
        return result

    def entities(self, vendor: str, collection: str) -> list[Data]:
        found: list[Data] = self.admin("GET", f"/state/{vendor}/{collection}", params={"limit": 1000})["entities"]
        return found

    def journal(self) -> list[Data]:
        exchanges: list[Data] = self.admin("GET", "/journal", params={"limit": 1000})["exchanges"]
        return exchanges


def free_port() -> int:
    """Return a port that nobody listens on, below those that the system gives to clients."""
    for port in _PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("No port is free.")


def patient_session() -> requests.Session:
    """Return a session that waits some seconds for a server which is still starting."""
    session = requests.Session()
    retry = Retry(total=None, connect=9, read=0, redirect=0, status=0, other=0, backoff_factor=0.02)
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry, pool_maxsize=32))
    return session


@contextmanager
def running_server(
    *options: str, program: Sequence[str] = ("-m", "mockserver")
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run ``mockserver serve`` on a free port; give its origin and process, and stop it at the end."""
    port = free_port()
    command = [sys.executable, *program, "serve", "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    origin = f"http://127.0.0.1:{port}"
    try:
        patient_session().get(f"{origin}/__admin/", timeout=20).raise_for_status()
        yield origin, process
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()
