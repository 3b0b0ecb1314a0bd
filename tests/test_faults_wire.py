"""Faults on the wire: what a raw socket sees of each, what it leaves behind, and what the journal tells of it."""

import json
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.server import RemoteSandbox

LINES = b"Host: localhost\r\nConnection: close\r\nX-API-Key: fake-youtestme-key\r\n"
PERSON = {
    "username": "tom",
    "firstName": "Tom",
    "lastName": "Palmer",
    "email": "tom@example.com",
    "roleCode": "STU",
    "externalId": "t-1",
}
KEY = {"X-API-Key": "fake-youtestme-key"}
frozen = pytest.mark.boot(fixtures="demo", clock="2026-01-31T09:00:00Z", seed=5)


@dataclass(frozen=True)
class Seen:
    """All that came on a connection: the bytes, how it ended, and after how long the first and the last of them."""

    received: bytes
    reset: bool
    first: float
    last: float

    @property
    def status(self) -> int:
        return int(self.received.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.received.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}

    @property
    def body(self) -> bytes:
        return self.received.partition(b"\r\n\r\n")[2]


def see(sandbox: RemoteSandbox, method: str, path: str, body: Any = None, *, fault: str | None = None) -> Seen:
    """Send one request on a connection of its own and look until it ends."""
    sent = b"" if body is None else json.dumps(body).encode()
    head = b"" if body is None else b"Content-Type: application/json\r\n"
    if fault is not None:
        head += f"X-Mockserver-Fault: {fault}\r\n".encode()
    start = f"{method} /sandbox/{sandbox.name}{path} HTTP/1.1\r\n".encode()
    length = b"Content-Length: %d\r\n\r\n" % len(sent)
    received, reset, times = b"", False, []
    with socket.create_connection(("127.0.0.1", urlsplit(sandbox.origin).port), timeout=20) as wire:
        wire.sendall(start + LINES + head + length + sent)
        begun = time.monotonic()
        try:
            while piece := wire.recv(65536):
                received += piece
                times.append(time.monotonic() - begun)
        except ConnectionResetError:
            reset = True
    ended = time.monotonic() - begun
    return Seen(received, reset, times[0] if times else ended, times[-1] if times else ended)


def users(sandbox: RemoteSandbox) -> list[str]:
    return [each["username"] for each in sandbox.entities("youtestme", "users")]


def create(sandbox: RemoteSandbox, *, fault: str | None = None) -> Seen:
    return see(sandbox, "POST", "/youtestme/users/", PERSON, fault=fault)


def read(sandbox: RemoteSandbox, *, fault: str | None = None) -> Seen:
    return see(sandbox, "GET", "/youtestme/authorizations", fault=fault)


def rule(sandbox: RemoteSandbox, kind: str, **wishes: Any) -> dict[str, Any]:
    made: dict[str, Any] = sandbox.admin("POST", "/faults", json={"kind": kind, **wishes})
    return made


def journaled(sandbox: RemoteSandbox) -> tuple[str, str, int]:
    """Return kind, operation and status of the newest exchange."""
    newest = sandbox.journal()[-1]
    return newest["fault"], newest["operation"], newest["status"]


def test_status_is_the_vendors_own_error(sandbox: RemoteSandbox) -> None:
    rule(sandbox, "status", status=503, operation="youtestme.*")
    seen = create(sandbox)
    assert (seen.status, seen.headers["content-type"]) == (503, "application/json")
    assert json.loads(seen.body) == {
        "status": 503,
        "error": "ERROR",
        "message": "Service Unavailable.",
        "errors": [],
        "path": "/users/",
    }
    assert "tom" not in users(sandbox)
    assert journaled(sandbox) == ("status", "youtestme.create_user", 503)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/smarterproctoring/v2/installs/x/provision", {"code", "message", "status"}),
        ("/constructor/api/v2/integration/simple/demo/exams/", {"detail"}),
        ("/talentsoft/api/v1/assessment/campaigns", {"code", "status", "message", "data"}),
    ],
)
@pytest.mark.parametrize("status", [409, 503])
def test_each_vendor_words_its_errors_itself(sandbox: RemoteSandbox, path: str, shape: set[str], status: int) -> None:
    method = "GET" if path.endswith("campaigns") else "POST"
    seen = see(sandbox, method, path, fault=f"status={status}")
    assert (seen.status, set(json.loads(seen.body))) == (status, shape)


def test_status_with_a_body_is_exactly_that(sandbox: RemoteSandbox) -> None:
    rule(
        sandbox,
        "status",
        status=599,
        body="<h1>Bad gateway</h1>",
        headers={"Content-Type": "text/html", "Via": "1.1 x"},
    )
    seen = read(sandbox)
    assert (seen.status, seen.body) == (599, b"<h1>Bad gateway</h1>")
    assert (seen.headers["content-type"], seen.headers["via"]) == ("text/html", "1.1 x")


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_that_has_no_body_has_none(sandbox: RemoteSandbox, status: int) -> None:
    seen = read(sandbox, fault=f"status={status}")
    assert (seen.status, seen.body) == (status, b"")


@frozen
def test_rate_limit_tells_when_to_come_back(sandbox: RemoteSandbox) -> None:
    rule(sandbox, "rate_limit", quota=1, window="1m")
    passed, refused = read(sandbox), read(sandbox)
    assert (passed.status, passed.headers["x-ratelimit-remaining"], passed.headers["x-ratelimit-reset"]) == (
        200,
        "0",
        "60",
    )
    assert (refused.status, refused.headers["retry-after"], refused.headers["x-ratelimit-limit"]) == (429, "60", "1")
    sandbox.advance("60s")
    assert read(sandbox).status == 200


def test_delay_is_a_wait_before_the_first_byte(sandbox: RemoteSandbox) -> None:
    seen = read(sandbox, fault="delay=0.4")
    assert seen.first >= 0.4
    assert (seen.status, seen.body) == (200, read(sandbox).body)
    assert sandbox.journal()[0]["fault"] == "delay"


def test_hang_says_nothing_and_ends(sandbox: RemoteSandbox) -> None:
    seen = create(sandbox, fault="hang=0.4")
    assert (seen.received, seen.reset) == (b"", False)
    assert seen.last >= 0.4
    assert "tom" not in users(sandbox)
    assert journaled(sandbox) == ("hang", "youtestme.create_user", 0)


def test_empty_is_an_end_without_a_byte(sandbox: RemoteSandbox) -> None:
    seen = create(sandbox, fault="empty")
    assert (seen.received, seen.reset) == (b"", False)
    assert "tom" not in users(sandbox)
    assert journaled(sandbox) == ("empty", "youtestme.create_user", 0)


def test_reset_is_a_reset_without_a_byte(sandbox: RemoteSandbox) -> None:
    seen = create(sandbox, fault="reset")
    assert (seen.received, seen.reset) == (b"", True)
    assert "tom" not in users(sandbox)
    assert journaled(sandbox) == ("reset", "youtestme.create_user", 0)


@pytest.mark.parametrize("by", ["close", "reset"])
def test_lost_response_does_the_work_once_and_tells_nobody(sandbox: RemoteSandbox, by: str) -> None:
    number = rule(sandbox, "lost_response", by=by, operation="youtestme.create_user", times=1)["number"]
    seen = create(sandbox)
    assert (seen.received, seen.reset) == (b"", by == "reset")
    assert users(sandbox).count("tom") == 1
    assert journaled(sandbox) == ("lost_response", "youtestme.create_user", 0)
    again = create(sandbox)
    assert again.status == 409
    assert users(sandbox).count("tom") == 1
    assert sandbox.admin("GET", f"/faults/{number}")["ended"] == "times"


@pytest.mark.parametrize("kind", ["empty", "reset", "hang;seconds=0.1", "status=503"])
def test_after_the_work_it_is_done_whatever_the_client_sees(sandbox: RemoteSandbox, kind: str) -> None:
    seen = create(sandbox, fault=f"{kind};at=after")
    assert seen.received == b"" or seen.status == 503
    assert users(sandbox).count("tom") == 1


@pytest.mark.parametrize("size", [0, 1, 25])
def test_truncated_declares_the_whole_and_breaks_off(sandbox: RemoteSandbox, size: int) -> None:
    whole = see(sandbox, "GET", "/youtestme/users/externalId=cand-1001")
    seen = see(sandbox, "GET", "/youtestme/users/externalId=cand-1001", fault=f"truncated={size}")
    assert (seen.status, int(seen.headers["content-length"])) == (200, len(whole.body))
    assert seen.body == whole.body[:size]
    assert sandbox.journal()[-1]["answer"]["body"] == whole.body[:size].decode()


def test_a_client_library_notices_that_a_body_broke_off(sandbox: RemoteSandbox) -> None:
    rule(sandbox, "truncated")
    with pytest.raises(requests.exceptions.RequestException):
        _ = sandbox.get("/youtestme/users/externalId=cand-1001", headers=KEY).content


def test_malformed_json_has_the_right_length(sandbox: RemoteSandbox) -> None:
    seen = read(sandbox, fault="malformed_json")
    assert int(seen.headers["content-length"]) == len(seen.body)
    assert seen.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"."):
        json.loads(seen.body)


def test_wrong_content_type_leaves_the_body(sandbox: RemoteSandbox) -> None:
    seen = read(sandbox, fault="wrong_content_type")
    assert seen.headers["content-type"] == "text/html; charset=utf-8"
    assert seen.body == read(sandbox).body


def test_drip_comes_piece_by_piece_and_whole(sandbox: RemoteSandbox) -> None:
    whole = see(sandbox, "GET", "/youtestme/users/externalId=cand-1001").body
    seen = see(sandbox, "GET", "/youtestme/users/externalId=cand-1001", fault=f"drip={len(whole) // 4};seconds=0.1")
    assert seen.body == whole
    assert seen.last - seen.first >= 0.3
    assert int(seen.headers["content-length"]) == len(whole)


@pytest.mark.parametrize("kind", ["empty", "reset", "truncated=5"])
def test_only_the_connection_that_is_struck_suffers(sandbox: RemoteSandbox, kind: str) -> None:
    """A connection that another client keeps open goes on to be answered."""
    with requests.Session() as other:
        url = sandbox.url("/youtestme/users/externalId=cand-1001")
        assert other.get(url, headers=KEY, timeout=20).status_code == 200
        for _ in range(10):
            see(sandbox, "GET", "/youtestme/users/externalId=cand-1001", fault=kind)
        assert other.get(url, headers=KEY, timeout=20).status_code == 200


def test_a_wrong_header_is_mockservers_own_refusal(sandbox: RemoteSandbox) -> None:
    seen = create(sandbox, fault="statsu=503")
    assert (seen.status, seen.headers["content-type"]) == (400, "application/problem+json")
    assert "lost_response" in json.loads(seen.body)["detail"]
    assert "tom" not in users(sandbox)
    newest = sandbox.journal()[-1]
    assert (newest["status"], newest["matched"], newest["fault"]) == (400, False, None)


def test_a_path_that_no_operation_has_suffers_nothing(sandbox: RemoteSandbox) -> None:
    rule(sandbox, "status", status=503)
    for fault in (None, "status=503", "nonsense"):
        seen = see(sandbox, "GET", "/youtestme/nowhere", fault=fault)
        assert (seen.status, seen.headers["x-mockserver-unmatched"]) == (404, "true")


def test_the_same_seed_and_requests_get_the_same_bytes_through_failures_and_retries(sandbox: RemoteSandbox) -> None:
    def play() -> list[bytes]:
        sandbox.boot(fixtures="demo", clock="2026-01-31T09:00:00Z", seed=11)
        rule(sandbox, "status", status=503, probability=0.4)
        rule(sandbox, "lost_response", probability=0.4)
        rule(sandbox, "malformed_json", probability=0.3)
        taken = []
        for number in range(12):
            for _ in range(4):
                person = {**PERSON, "username": f"u{number}", "externalId": f"e{number}"}
                seen = see(sandbox, "POST", "/youtestme/users/", person)
                taken.append(b"\r\n".join(line for line in seen.received.split(b"\r\n") if b"date: " not in line))
                if seen.received.startswith(b"HTTP/1.1 2"):
                    break
        return taken

    first = play()
    assert play() == first
    assert {each[:12] for each in first} == {b"HTTP/1.1 201", b"HTTP/1.1 409", b"HTTP/1.1 503", b""}
