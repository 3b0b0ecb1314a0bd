"""What the checks of servers see besides answers: pages in frames, and what a server sends by itself."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from contract_tests.server.pages import Page, unframed_by
from contract_tests.server.receiver import Receiver

POLICY = "content-security-policy"
FRAME = "x-frame-options"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {POLICY: "default-src 'none'"},
        {POLICY: "frame-ancestors https://customer.talentsoft.com"},
        {POLICY: "frame-ancestors 'self' https://customer.talentsoft.com"},
        {POLICY: "default-src 'self'; frame-ancestors *"},
        {POLICY: "frame-ancestors *", FRAME: "DENY"},
        {FRAME: "ALLOW-FROM https://customer.talentsoft.com"},
    ],
)
def test_a_page_that_somebody_may_frame(headers: dict[str, str]) -> None:
    assert unframed_by(headers) == ""


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({POLICY: "default-src *; frame-ancestors 'none'"}, "Content-Security-Policy: frame-ancestors 'none'"),
        ({POLICY: "Frame-Ancestors 'SELF'; img-src *"}, "Content-Security-Policy: frame-ancestors 'SELF'"),
        ({POLICY: "frame-ancestors *, frame-ancestors 'none'"}, "Content-Security-Policy: frame-ancestors 'none'"),
        ({POLICY: "frame-ancestors"}, "Content-Security-Policy: frame-ancestors"),
        ({FRAME: "deny"}, "X-Frame-Options: deny"),
        ({FRAME: "SAMEORIGIN, SAMEORIGIN"}, "X-Frame-Options: SAMEORIGIN, SAMEORIGIN"),
    ],
)
def test_a_page_that_nobody_else_may_frame(headers: dict[str, str], why: str) -> None:
    assert unframed_by(headers).strip() == why


@pytest.mark.parametrize(
    ("said", "text", "kind"),
    [
        ("application/pdf", "", "PDF"),
        ("Application/X-PDF; a=b", "", "PDF"),
        ("application/octet-stream", "%PDF-1.4", "PDF"),
        ("text/html", "\n%PDF-1.4", "PDF"),
        ("text/html; charset=utf-8", "", "HTML"),
        ("application/xhtml+xml", "<?xml version='1.0'?>", "HTML"),
        ("application/octet-stream", "\ufeff <!DOCTYPE html>", "HTML"),
        ("application/octet-stream", "\0", ""),
        ("", "", ""),
        ("image/png", "PNG", "image/png"),
    ],
)
def test_a_page_is_what_it_evidently_is(said: str, text: str, kind: str) -> None:
    assert Page("https://partner.example", 200, {"content-type": said}, text).kind == kind


@pytest.mark.parametrize(("status", "missing"), [(200, False), (401, False), (403, False), (404, True), (503, True)])
def test_a_page_that_is_missing_is_not_one_that_is_for_others(status: int, missing: bool) -> None:
    assert Page("https://partner.example", status, {}, "").missing is missing


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver().start()
    yield made
    made.stop()


def post(receiver: Receiver, path: str, body: Any, headers: dict[str, str] | None = None) -> int:
    with closing(http.client.HTTPConnection(urlsplit(receiver.url).netloc, timeout=10)) as connection:
        connection.request("POST", path, body, headers or {}, encode_chunked=True)
        return connection.getresponse().status


@pytest.mark.parametrize("path", ["/callback/read", "/hooks/callback/read"])
def test_what_comes_is_found_by_the_end_of_its_path(path: str, receiver: Receiver) -> None:
    post(receiver, "/callback/hint", b"a=1")
    post(receiver, path, b"b=2")
    assert [each.body for each in receiver.at("/callback/read")] == [b"b=2"]


def test_a_body_in_chunks_is_read(receiver: Receiver) -> None:
    post(receiver, "/read", iter([b"client_id=1&", b"applicant_id=2"]), {"Transfer-Encoding": "chunked"})
    assert [each.body for each in receiver.at("/read")] == [b"client_id=1&applicant_id=2"]


@pytest.mark.parametrize("chunks", [b"no size\r\n", b"FFFFFFFFFFFFFFF\r\nabc"])
def test_chunks_that_are_none_are_left_out(chunks: bytes, receiver: Receiver) -> None:
    with closing(http.client.HTTPConnection(urlsplit(receiver.url).netloc, timeout=10)) as connection:
        connection.putrequest("POST", "/read")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders(b"2\r\na=\r\n" + chunks)
        assert connection.getresponse().status == 200
    assert [each.body for each in receiver.at("/read")] == [b"a="]
