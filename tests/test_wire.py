"""What arrives byte by byte: requests that no well-behaved client library would send."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.server import RemoteSandbox

LIMIT = 1024 * 1024
LINES = b"Host: localhost\r\nConnection: close\r\nX-API-Key: fake-youtestme-key\r\n"
JSON = b"Content-Type: application/json\r\n"


def exchange(sandbox: RemoteSandbox, start: str | bytes, head: bytes = b"", body: bytes = b"") -> tuple[int, bytes]:
    """Send a request as it is, its path inside the sandbox, and return the final status and all that was received."""
    line = start.encode() if isinstance(start, str) else start
    line = line.replace(b" /", f" /sandbox/{sandbox.name}/".encode(), 1)
    port = urlsplit(sandbox.origin).port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(line + b"\r\n" + LINES + head + b"\r\n" + body)
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    final = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    return int(final.split(b" ", 2)[1]), received


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_head_has_the_headers_of_get_and_no_body(sandbox: RemoteSandbox, version: str) -> None:
    got, head = (
        exchange(sandbox, f"{method} /youtestme/authorizations HTTP/{version}")[1] for method in ("GET", "HEAD")
    )
    length = next(line for line in got.lower().split(b"\r\n") if line.startswith(b"content-length"))
    assert head.endswith(b"\r\n\r\n")
    assert length in head.lower()


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        (b"/youtestme/users/%FF", {404}),
        (b"/youtestme/users/%00", {404}),
        (b"/youtestme/users/%0A", {404}),
        (b"/youtestme/users/%E2%82%AC", {404}),
        (b"/youtestme/users/" + "€".encode(), {404}),
        (b"/youtestme/users/\xff", {400, 404}),
        (b"/youtestme/users/" + b"9" * 5000, {404}),
        (b"/youtestme/users/1?a=%FF&b=\xe2\x82\xac&=&&%", {404}),
        (b"/youtestme//users/1", {404}),
        (b"/youtestme/../users/1", {404}),
        (b"/%79outestme/users/1", {404}),
    ],
)
def test_a_path_of_any_bytes_is_no_defect(sandbox: RemoteSandbox, path: bytes, statuses: set[int]) -> None:
    assert exchange(sandbox, b"GET " + path + b" HTTP/1.1")[0] in statuses


@pytest.mark.parametrize("value", [b"\xff", "é€".encode(), b"", b"a" * 8000, b'"', b"a;b=c,d"])
@pytest.mark.parametrize("header", [b"Cookie", b"X-Other", b"X-API-Key", b"Content-Type", b"Accept"])
def test_a_header_of_any_bytes_is_no_defect(sandbox: RemoteSandbox, header: bytes, value: bytes) -> None:
    status, _ = exchange(sandbox, "GET /youtestme/users/1 HTTP/1.1", header + b": " + value + b"\r\n")
    assert status in {401, 404}


def test_a_chunked_body_is_read(sandbox: RemoteSandbox) -> None:
    chunks = b'5\r\n{"use\r\n8\r\nrname":1\r\n1\r\n}\r\n0\r\n\r\n'
    status, said = exchange(
        sandbox, "POST /youtestme/users/ HTTP/1.1", JSON + b"Transfer-Encoding: chunked\r\n", chunks
    )
    assert status == 400
    assert b"Not a valid string" in said


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(sandbox: RemoteSandbox) -> None:
    head = JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n"
    status, said = exchange(sandbox, "POST /youtestme/users/ HTTP/1.1", head, b"{}")
    assert status == 400
    assert said.startswith(b"HTTP/1.1 100 Continue\r\n")


@pytest.mark.parametrize("head", [b"", b"Content-Length: 0\r\n"])
def test_no_body_is_an_empty_one(sandbox: RemoteSandbox, head: bytes) -> None:
    status, said = exchange(sandbox, "POST /youtestme/users/ HTTP/1.1", JSON + head)
    assert status == 400
    assert b"empty" in said


@pytest.mark.parametrize("path", ["/youtestme/users/", "/constructor/nowhere", "/nowhere"])
def test_a_body_over_the_limit_is_answered_and_not_kept(sandbox: RemoteSandbox, path: str) -> None:
    body = b"x" * (3 * LIMIT)
    head = JSON + b"Content-Length: %d\r\n" % len(body)
    status, _ = exchange(sandbox, f"POST {path} HTTP/1.1", head, body)
    assert status == (413 if path.endswith("users/") else 404)
    assert sandbox.admin("GET")["journal"]["bytes"] < LIMIT + 10_000


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_a_method_that_is_unknown_is_not_allowed(sandbox: RemoteSandbox, method: str) -> None:
    status, said = exchange(sandbox, f"{method} /youtestme/users/1 HTTP/1.1")
    assert status == 405
    assert b"allow: " in said.lower()
