"""The two fronts answer the same: byte for byte, whatever is asked."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.raw import Received, send
from tests.server import free_port, patient_session, running_server
from tests.test_determinism import Call, calls

BOOT = {"seed": "7", "clock": "2025-05-15T10:00:00Z", "public_url": "http://mock.test"}
KEY = b"X-API-Key: fake-youtestme-key\r\n"
JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
USERS = b"/youtestme/users/"
PERSON = b'{"username":"tom","roleCode":"STU","firstName":"Tom","lastName":"Palmer","email":"t@example.com"}'
OF_THE_CONNECTION = {"date", "server", "connection", "keep-alive"}
Origins = tuple[str, str]


def ask(
    method: bytes,
    path: bytes,
    head: bytes = b"",
    body: bytes = b"",
    *,
    host: bytes = b"localhost",
    version: bytes = b"1.1",
) -> bytes:
    """Return a request that has the length of its body unless the head says something of it."""
    told = b"-length:" in head.lower() or b"transfer-encoding:" in head.lower()
    length = b"Content-Length: %d\r\n" % len(body) if body and not told else b""
    start = method + b" " + path + b" HTTP/" + version + b"\r\nHost: " + host + b"\r\nConnection: close\r\n"
    return start + head + length + b"\r\n" + body


def get(path: bytes, head: bytes = KEY, **options: Any) -> bytes:
    return ask(b"GET", path, head, **options)


def post(path: bytes, head: bytes, body: bytes = b"") -> bytes:
    return ask(b"POST", path, KEY + head, body)


TRAFFIC = {
    "found": get(b"/youtestme/users/externalId=cand-1001"),
    "created": post(USERS, JSON, PERSON),
    "conflict": post(USERS, JSON, PERSON),
    "no key": get(b"/youtestme/users/1", b""),
    "page": get(b"/youtestme/nowhere.xhtml?a=1"),
    "unmatched": get(b"/youtestme/nowhere"),
    "unmatched outside": get(b"/nowhere"),
    "unmatched with a body": post(b"/constructor/nowhere", JSON, b"{}"),
    "no slash at the end": post(USERS.rstrip(b"/"), JSON, b"{}"),
    "not allowed": ask(b"DELETE", USERS, KEY),
    "options": ask(b"OPTIONS", USERS),
    "unknown method": ask(b"BREW", USERS),
    "small method": ask(b"get", USERS),
    "head": ask(b"HEAD", b"/youtestme/users/externalId=cand-1001", KEY),
    "head of nothing": ask(b"HEAD", b"/youtestme/nowhere"),
    "http 1.0": get(b"/youtestme/users/externalId=cand-1001", version=b"1.0"),
    "get with a body": ask(b"GET", b"/youtestme/users/1", KEY + JSON, b"{}"),
    "delete": ask(b"DELETE", b"/youtestme/users/100002", KEY),
    "host": get(b"/users/externalId=cand-1001", host=b"youtestme.localhost"),
    "host with a port": get(b"/users/externalId=cand-1001", host=b"YouTestMe.localhost:8080"),
    "two hosts": get(b"/users/1", KEY + b"Host: youtestme.localhost\r\n"),
    "no host": b"GET /youtestme/users/1 HTTP/1.1\r\nConnection: close\r\n\r\n",
    "whole address": get(b"http://elsewhere.example/youtestme/users/1"),
    "address without a path": get(b"http://elsewhere.example"),
    "asterisk": ask(b"OPTIONS", b"*"),
    "no slash at all": get(b"youtestme"),
    "sandbox in the path": get(b"/sandbox/one/youtestme/users/externalId=cand-1001"),
    "sandbox in the header": get(b"/youtestme/users/1", KEY + b"X-Mockserver-Sandbox: two\r\n"),
    "sandbox in both": get(b"/sandbox/one/youtestme/users/1", KEY + b"X-Mockserver-Sandbox: bad name\r\n"),
    "bad sandbox": get(b"/sandbox/bad%20name/youtestme/users/1"),
    "bad sandbox head": ask(b"HEAD", b"/sandbox/bad%20name/youtestme/users/1"),
    "no sandbox": get(b"/sandbox/"),
    "sandbox and nothing": get(b"/sandbox/one"),
    "fault": get(b"/youtestme/users/1", KEY + b"X-Mockserver-Fault: status=503\r\n"),
    "truncated": get(b"/youtestme/users/externalId=cand-1001", KEY + b"X-Mockserver-Fault: truncated=7\r\n"),
    "drip": get(b"/youtestme/users/externalId=cand-1001", KEY + b"X-Mockserver-Fault: drip=90;seconds=0.01\r\n"),
    "delay": get(b"/youtestme/users/externalId=cand-1001", KEY + b"X-Mockserver-Fault: delay=0.01\r\n"),
    "bytes that are no UTF-8": get(b"/youtestme/users/%FF%E2%82x"),
    "UTF-8": get("/youtestme/users/externalId=é%C3%A9".encode()),
    "bytes that are no URI": get(b"/youtestme/users/\xff"),
    "nul": get(b"/youtestme/users/%00%0A"),
    "encoded slash": get(b"/youtestme/users%2F1"),
    "encoded question": get(b"/youtestme/users/a%3Fb?c=d"),
    "half an escape": get(b"/youtestme/users/%zz%"),
    "plus": get(b"/youtestme/users/externalId=a+b%20c"),
    "two slashes": get(b"/youtestme//users/1"),
    "dots": get(b"/youtestme/../youtestme/users/1"),
    "long": get(b"/youtestme/users/" + b"9" * 5000),
    "query": get(b"/talentsoft/api/v1/assessment/tests?campaign_id=1&a=%FF&&=&b", b""),
    "query of UTF-8": get("/youtestme/users/1?q=é€&p=%2".encode()),
    "fragment": get(b"/youtestme/users/1#part"),
    "repeated headers": get(b"/youtestme/users/1", KEY + b"X-A: 1\r\nX-A:\r\nX-A: 2\r\n" + KEY),
    "cookies": get(b"/youtestme/users/1", KEY + b"Cookie: a=1\r\nCookie: b=2\r\n"),
    "two content types": post(USERS, JSON + b"Content-Type: text/plain\r\n", b"{}"),
    "headers of any bytes": get(b"/youtestme/users/1", KEY + b"X-B: \xff\r\nX-C: \xc3\xa9\r\nX-D:\r\n"),
    "key of any bytes": get(b"/youtestme/users/1", b"X-API-Key: \xff\r\n"),
    "empty body": post(USERS, JSON),
    "body of no length": post(USERS, JSON + b"Content-Length: 0\r\n"),
    "two lengths": post(USERS, JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
    "length that is none": post(USERS, JSON + b"Content-Length: x\r\n", b"{}"),
    "chunked": post(USERS, JSON + CHUNKED, b'5\r\n{"use\r\n8\r\nrname":1\r\n1\r\n}\r\n0\r\n\r\n'),
    "chunks that are none": post(USERS, JSON + CHUNKED, b"3\r\n{}}\r\nzz\r\n"),
    "expect": post(USERS, JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n", b"{}"),
    "expect nonsense": post(USERS, JSON + b"Expect: wonders\r\nContent-Length: 2\r\n", b"{}"),
    "over the limit": post(USERS, JSON, b"x" * (1024 * 1024 + 1)),
    "far over the limit": post(USERS, JSON, b"x" * (3 * 1024 * 1024)),
    "chunked over the limit": post(USERS, JSON + CHUNKED, b"200000\r\n" + b"x" * 0x200000 + b"\r\n0\r\n\r\n"),
    "at the limit": post(USERS, JSON, b"[" + b" " * (1024 * 1024 - 2) + b"]"),
    "no HTTP": b"hello\r\n\r\n",
    "header without a name": get(b"/youtestme/users/1", b": x\r\n"),
    "websocket": get(
        b"/youtestme/users/1",
        KEY + b"Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n",
    ),
    "index": get(b"/"),
    "admin": get(b"/__admin/"),
    "admin head": ask(b"HEAD", b"/__admin/"),
    "admin nowhere": get(b"/__admin/nowhere%FF?x=%FF"),
    "admin not allowed": ask(b"BREW", b"/__admin/"),
    "admin options": ask(b"OPTIONS", b"/__admin/"),
    "admin of a stranger": get(b"/__admin/", b"Origin: http://elsewhere.example\r\n"),
    "admin of nobody": get(b"/__admin/", b"Origin:\r\n"),
    "admin of any bytes": get(b"/__admin/", b"Origin: http://\xff.example\r\n"),
    "admin of two": get(b"/__admin/", b"Origin:\r\nOrigin: http://localhost\r\n"),
    "admin for another host": get(b"/__admin/", host=b"attacker.example"),
    "admin for a host of any bytes": get(b"/__admin/", host=b"\xff.example"),
    "admin for no host": b"GET /__admin/ HTTP/1.1\r\nConnection: close\r\n\r\n",
    "admin in a sandbox": get(b"/sandbox/one/__admin/sandboxes/default/clock"),
    "admin page": get(b"/__admin/docs/"),
    "admin put": ask(b"PUT", b"/__admin/sandboxes/three", JSON, b'{"seed": 3}'),
    "admin put chunked": ask(b"PUT", b"/__admin/sandboxes/four", CHUNKED, b'b\r\n{"seed": 3}\r\n0\r\n\r\n'),
    "admin put badly": ask(b"PUT", b"/__admin/sandboxes/five", JSON, b'{"seed": '),
    "admin delete": ask(b"DELETE", b"/__admin/sandboxes/three"),
}


@contextmanager
def wsgi_server() -> Iterator[str]:
    """Run the Flask application under a WSGI server."""
    port = free_port()
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "wsgi", "--http", "1", "--blocking-threads", "4", "--log-level", "error", "--factory"]
    environment = {**os.environ, **{f"MOCKSERVER_{name.upper()}": value for name, value in BOOT.items()}}
    process = subprocess.Popen([granian, *options, "--port", str(port), "mockserver:create_app"], env=environment)
    try:
        patient_session().get(f"http://127.0.0.1:{port}/__admin/", timeout=20).raise_for_status()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def origins() -> Iterator[Origins]:
    """The same server twice: as ``mockserver serve`` runs it, and over WSGI."""
    options = [text for name, value in BOOT.items() for text in (f"--{name.replace('_', '-')}", value)]
    with running_server(*options) as (rsgi, _), wsgi_server() as wsgi:
        yield rsgi, wsgi


def lasting(received: Received) -> tuple[int, list[tuple[str, str]], bytes] | bytes:
    """Return what of an answer is not about the connection; all of it if it is none."""
    if not received.final.startswith(b"HTTP/"):
        return received.final
    headers = [(name, value) for name, value in received.headers if name not in OF_THE_CONNECTION]
    # Flask takes the methods of an answer to OPTIONS from a set.
    headers = [(name, ", ".join(sorted(value.split(", "))) if name == "allow" else value) for name, value in headers]
    return received.status, sorted(headers), received.body


@pytest.mark.parametrize("name", TRAFFIC)
def test_both_fronts_answer_the_same_bytes(origins: Origins, name: str) -> None:
    one, other = (send(origin, TRAFFIC[name]) for origin in origins)
    assert lasting(one) == lasting(other)
    assert (b"100 Continue" in one.data) == (b"100 Continue" in other.data)


def test_both_fronts_show_the_pipeline_the_same_requests(origins: Origins) -> None:
    """What is journaled is what a vendor was told: headers, target, body, client."""
    journals = []
    for origin in origins:
        sandbox = f"{origin}/__admin/sandboxes/default"
        requests.put(sandbox, timeout=20).raise_for_status()
        for request in TRAFFIC.values():
            send(origin, request)
        journals.append(requests.get(f"{sandbox}/journal", params={"limit": 1000}, timeout=20).json()["exchanges"])
    assert len(journals[0]) > 40
    for one, other in zip(*journals, strict=True):
        assert one == other


@pytest.mark.parametrize("call", calls(), ids=lambda call: f"{call[0]} {call[1]}")
def test_both_fronts_serve_a_client_library_alike(origins: Origins, call: Call) -> None:
    method, path, headers, options = call
    with patient_session() as http:
        one, other = (http.request(method, o + path, headers=headers, timeout=20, **options) for o in origins)
    for each in (one, other):
        for name in OF_THE_CONNECTION:
            each.headers.pop(name, None)
    assert (one.status_code, one.content, one.headers) == (other.status_code, other.content, other.headers)


@pytest.mark.parametrize("name", ["of a stranger", "of nobody", "of any bytes", "for another host"])
def test_both_fronts_show_the_admin_api_whom_to_refuse(origins: Origins, name: str) -> None:
    """A header that is empty or unreadable is not one that was not sent."""
    assert [send(origin, TRAFFIC[f"admin {name}"]).status for origin in origins] == [403, 403]


def test_only_over_wsgi_is_an_underscore_a_hyphen(origins: Origins) -> None:
    """WSGI cannot tell the two apart; a client that writes the header wrongly should hear of it."""
    asked = get(b"/youtestme/users/externalId=cand-1001", b"X_API_Key: fake-youtestme-key\r\n")
    assert [send(origin, asked).status for origin in origins] == [401, 200]


def test_the_largest_body_is_refused_before_it_is_read_whole(origins: Origins) -> None:
    """A snapshot goes through the admin API: what is beyond any of them is refused in mockserver's own words."""
    body = b"x" * (64 * 1024 * 1024 + 1)
    refused = send(origins[0], ask(b"PUT", b"/__admin/sandboxes/six", JSON, body))
    assert refused.status == 413
    assert ("content-type", "application/problem+json") in refused.headers
