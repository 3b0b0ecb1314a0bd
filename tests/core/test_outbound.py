"""One request to receivers of every kind, over real sockets: what arrives there, and what is told of it."""

import gzip
import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

import mockserver
from mockserver.core.callback_hosts import CallbackHosts
from mockserver.core.outbound import MOST_OF_A_BODY, Sender, Sent
from tests.core.listeners import OK, PATIENCE, Listener, listening, needs_ipv6, read_request
from tests.server import free_port

CERTIFICATE = str(Path(__file__).with_name("receiver.pem"))
SHORT = 0.3
STEP = 0.02
"""Seconds between two bytes of a receiver that drips: each comes long before the time-out, all of them never."""

Behaviour = Callable[[socket.socket, Listener], object]


@pytest.fixture(scope="module")
def sender() -> Sender:
    return Sender(CallbackHosts(), authorities=[CERTIFICATE])


@pytest.fixture(scope="module")
def hasty() -> Sender:
    """For receivers that never come to an end."""
    return Sender(CallbackHosts(), SHORT, authorities=[CERTIFICATE])


@pytest.fixture(scope="module")
def certified() -> ssl.SSLContext:
    """A receiver's TLS, with a certificate that it signed by itself, for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def post(sender: Sender, url: str, body: bytes = b"{}", **headers: str) -> Sent:
    return sender.send("POST", url, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def failure(sent: Sent) -> str:
    """Return why there is no answer."""
    assert sent.status is None
    assert not sent.refused
    assert sent.error.endswith(".")
    assert "\n" not in sent.error
    return sent.error


def named(answer: Callable[[str], Sequence[str]], timeout: float = SHORT) -> Sender:
    """Return a sender for the host lms.example, which is looked up like this."""
    return Sender(CallbackHosts.allowing(["lms.example"]), timeout, resolve=answer)


def drip(data: bytes) -> Behaviour:
    """Send a beginning at once, and then x by x until the test is over."""

    def behave(wire: socket.socket, listener: Listener) -> None:
        wire.sendall(data)
        while not listener.gone.wait(STEP):
            wire.sendall(b"x")

    return behave


def hang(_: socket.socket, listener: Listener) -> None:
    listener.gone.wait(PATIENCE)


def reset(wire: socket.socket, _: Listener) -> None:
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# What arrives.


def test_a_request_arrives_as_it_was_given_with_nothing_but_what_is_necessary(sender: Sender) -> None:
    body = bytes(range(256)) * 5
    with listening() as listener:
        sent = post(
            sender, listener.url("/hook/a%20b?x=1&y=%C3%A9"), body, Content_Type="text/plain", X_Signed="t=1,v=2"
        )
        head, _, arrived = listener.request().partition(b"\r\n\r\n")
    lines = [
        f"Host: 127.0.0.1:{listener.port}",
        f"User-Agent: mockserver/{mockserver.__version__}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
        "Content-Length: 1280",
        "Content-Type: text/plain",
        "X-Signed: t=1,v=2",
    ]
    assert head.decode().split("\r\n") == ["POST /hook/a%20b?x=1&y=%C3%A9 HTTP/1.1", *lines]
    assert arrived == body
    assert sent == Sent(200, "\n".join(lines), "Content-Length: 2", b"ok", "", False)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/"),
        ("?a=b", "/?a=b"),
        ("#x", "/"),
        ("//a//b/../c/./d", "//a//b/../c/./d"),
        ("/a?b?c/d@e:f", "/a?b?c/d@e:f"),
    ],
)
def test_path_and_query_arrive_as_the_url_spells_them(sender: Sender, path: str, target: str) -> None:
    with listening() as listener:
        assert post(sender, listener.url(path)).status == 200
        assert listener.request().startswith(f"POST {target} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(("method", "length"), [("GET", False), ("DELETE", False), ("POST", True), ("PUT", True)])
def test_a_request_without_a_body_has_a_length_where_one_is_expected(sender: Sender, method: str, length: bool) -> None:
    with listening() as listener:
        assert sender.send(method, listener.url(), {}, b"").status == 200
        assert (b"\r\nContent-Length: 0\r\n" in listener.request()) is length


def test_a_large_body_arrives_whole(sender: Sender) -> None:
    body = bytes(range(256)) * 40_000
    with listening() as listener:
        assert post(sender, listener.url(), body).status == 200
        assert listener.request().endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("value", ["", "  a  b  ", "\xe9\xff", '"', "a" * 20_000, "=?utf-8?q?a?=", "\x7f\x01"])
def test_the_bytes_of_a_header_are_those_that_were_given(sender: Sender, value: str) -> None:
    with listening() as listener:
        sent = post(sender, listener.url(), X_Value=value)
        assert f"\r\nX-Value: {value}\r\n".encode("latin-1") in listener.request()
    assert f"\nX-Value: {value}" in sent.request_headers


def test_the_usual_headers_give_way_to_those_given(sender: Sender) -> None:
    given = {"user-agent": "Vendor/2", "ACCEPT": "text/plain", "Accept-encoding": "br", "host": "lms.example"}
    with listening() as listener:
        assert sender.send("POST", listener.url(), given, b"").status == 200
        lines = listener.request().decode().strip().split("\r\n")[1:]
    assert sorted(lines) == sorted(
        [*(f"{name}: {value}" for name, value in given.items()), "Connection: close", "Content-Length: 0"]
    )


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"X-Value": "a\r\nX-Other: b"}, "X-Value"),
        ({"X-Value": "a\nb"}, "X-Value"),
        ({"X-Value": "a\rb"}, "X-Value"),
        ({"X-Value": "a\0b"}, "X-Value"),
        ({"X-Value": "\u20ac"}, "X-Value"),
        ({"": "a"}, "''"),
        ({"X Value": "a"}, "X Value"),
        ({"X-Value:": "a"}, "X-Value:"),
        ({"X-\xe9": "a"}, "X-\xe9"),
        ({"Content-Length": "3"}, "Content-Length"),
        ({"content-length": "2, 2"}, "content-length"),
        ({"Transfer-Encoding": "chunked"}, "Transfer-Encoding"),
        ({"Connection": "keep-alive"}, "Connection"),
    ],
)
def test_a_header_that_cannot_be_sent_is_named_and_nothing_is_sent(
    sender: Sender, headers: dict[str, str], named: str
) -> None:
    with listening() as listener:
        sent = sender.send("POST", listener.url(), headers, b"{}")
        assert named in failure(sent)
        assert sent.request_headers == ""
        assert post(sender, listener.url(), b"after").status == 200
        assert listener.request().endswith(b"after")
        assert listener.connections == 1


@pytest.mark.parametrize("method", ["", "GE T", "GET /x HTTP/1.1\r\nX: y\r\n\r\nPOST", "G\xc9T"])
def test_a_method_that_is_none_is_named(sender: Sender, method: str) -> None:
    assert repr(method) in failure(sender.send(method, "http://127.0.0.1:1/", {}, b""))


def test_framing_headers_that_are_right_are_sent_once(sender: Sender) -> None:
    with listening() as listener:
        assert post(sender, listener.url(), b"{}", content_length="2", connection="close").status == 200
        assert listener.request().lower().count(b"content-length") == 1


def test_no_proxy_or_netrc_is_taken_from_the_environment(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:1")
    with listening() as listener:
        assert post(sender, listener.url()).status == 200
        assert b"Authorization" not in listener.request()


def test_no_cookie_is_kept(sender: Sender) -> None:
    with listening(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n") as listener:
        for _ in range(2):
            assert post(sender, listener.url()).answer_headers.startswith("Set-Cookie: a=b")
            assert b"Cookie" not in listener.request()


# What is told of an answer.


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299, 304, 400, 404, 410, 429, 500, 503, 599, 999])
def test_any_status_is_an_answer(sender: Sender, status: int) -> None:
    length = b"" if status in {204, 304} else b"Content-Length: 0\r\n"
    with listening(b"HTTP/1.1 %d Whatever\r\nRetry-After: 120\r\n%s\r\n" % (status, length)) as listener:
        sent = post(sender, listener.url())
    assert (sent.status, sent.error, sent.answer_body) == (status, "", b"")
    assert "Retry-After: 120" in sent.answer_headers.split("\n")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_never_followed(sender: Sender, status: int) -> None:
    with listening() as elsewhere:
        location = elsewhere.url("/private").encode()
        with listening(
            b"HTTP/1.1 %d Over there\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location)
        ) as listener:
            sent = post(sender, listener.url())
            assert listener.connections == 1
        assert (sent.status, sent.error) == (status, "")
        assert post(sender, elsewhere.url("/after")).status == 200
        assert elsewhere.connections == 1


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1;x=y\r\n!\r\n0\r\nT: 1\r\n\r\n", b"ok!"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\nok", b"ok"),
    ],
)
def test_answers_of_many_forms_are_read(sender: Sender, answer: bytes, body: bytes) -> None:
    with listening(answer) as listener:
        sent = post(sender, listener.url())
    assert (sent.status, sent.answer_body, sent.error) == (200, body, "")


def test_the_headers_of_an_answer_are_lines_as_they_came(sender: Sender) -> None:
    with listening(
        b"HTTP/1.1 200 OK\r\nx-One: 1\r\nSet-Cookie: a=b\r\nX-ONE:  2 \r\nX-Fold: a\r\n  b\r\nX-Byte: a  \xe9\x85b\r\n"
        b"X-Empty:\r\nContent-Length: 0\r\n\r\n"
    ) as listener:
        lines = post(sender, listener.url()).answer_headers.split("\n")
    assert lines == [
        "x-One: 1",
        "Set-Cookie: a=b",
        "X-ONE: 2",
        "X-Fold: a b",
        "X-Byte: a  \xe9\x85b",
        "X-Empty: ",
        "Content-Length: 0",
    ]


def test_a_compressed_answer_is_not_decoded(sender: Sender) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with listening(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(bomb), bomb)
    ) as listener:
        sent = post(sender, listener.url())
    assert (sent.status, sent.answer_body) == (200, bomb)


@pytest.mark.parametrize("framing", [b"Content-Length: 100000000000\r\n", b"", b"Transfer-Encoding: chunked\r\n"])
def test_a_giant_body_is_cut_and_the_rest_is_not_read(sender: Sender, framing: bytes) -> None:
    stopped = Event()

    def behave(wire: socket.socket, _: Listener) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n")
        part = b"x" * 65536
        try:
            while True:
                wire.sendall(b"%x\r\n%s\r\n" % (len(part), part) if b"chunked" in framing else part)
        except OSError:
            stopped.set()

    with listening(behave) as listener:
        sent = post(sender, listener.url())
        assert stopped.wait(PATIENCE)
    assert (sent.status, sent.error, sent.answer_body) == (200, "", b"x" * MOST_OF_A_BODY)


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"\x00" * 100_000,
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 99 Too low\r\n\r\n",
        b"HTTP/1.1 1000 Too high\r\n\r\n",
        b"<html></html>",
        b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Giant: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    ],
)
def test_what_is_not_http_is_said_to_be_none(sender: Sender, garbage: bytes) -> None:
    with listening(garbage) as listener:
        sent = post(sender, listener.url())
    assert failure(sent).startswith("No answer came: what was received is not HTTP")
    assert len(sent.error) < 250
    assert "Content-Length: 2" in sent.request_headers


# No answer.


def test_a_receiver_that_closes_the_connection_sent_no_answer(sender: Sender) -> None:
    with listening(b"") as listener:
        assert failure(post(sender, listener.url())) == "No answer came: the receiver closed the connection."


def test_a_receiver_that_resets_the_connection_sent_no_answer(sender: Sender) -> None:
    with listening(reset) as listener:
        assert failure(post(sender, listener.url())) == "No answer came: the receiver reset the connection."


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\npart",
    ],
)
def test_an_answer_that_breaks_off_is_none(sender: Sender, answer: bytes) -> None:
    with listening(answer) as listener:
        sent = post(sender, listener.url())
    assert failure(sent) == "The receiver answered 200, but not to the end: the receiver closed the connection."
    assert sent.answer_body == b"part"
    assert ": " in sent.answer_headers


def test_an_answer_that_is_reset_within_its_body_is_none(sender: Sender) -> None:
    def behave(wire: socket.socket, listener: Listener) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        reset(wire, listener)

    with listening(behave) as listener:
        assert failure(post(sender, listener.url())).startswith(("The receiver answered 200", "No answer came"))


def test_garbage_among_the_chunks_is_no_answer(sender: Sender) -> None:
    with listening(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\n") as listener:
        assert failure(post(sender, listener.url())).startswith("The receiver answered 200, but not to the end")


def test_a_port_on_which_nobody_listens_is_told(sender: Sender) -> None:
    port = free_port()
    sent = post(sender, f"http://127.0.0.1:{port}/")
    assert failure(sent) == f"Nothing listens at 127.0.0.1:{port}: the connection was refused."
    assert sent.request_headers == ""


def test_a_name_that_is_not_known_is_told() -> None:
    def unknown(host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    sent = post(named(unknown), "http://lms.example/")
    assert failure(sent) == "The name lms.example is not known: Name or service not known."


def test_a_name_without_an_address_is_told() -> None:
    assert failure(post(named(lambda _: []), "http://lms.example/")) == "The name lms.example has no address."


def test_a_defect_in_the_look_up_is_an_error_like_any_other() -> None:
    def broken(host: str) -> Sequence[str]:
        raise LookupError("broken")

    assert "broken" in failure(post(named(broken), "http://lms.example/"))


# The deadline.


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(hang, id="hang"),
        pytest.param(drip(b""), id="status"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), id="header"),
    ],
)
@pytest.mark.parametrize("secure", [False, True])
def test_the_deadline_holds_for_the_head(
    hasty: Sender, certified: ssl.SSLContext, behaviour: Behaviour, secure: bool
) -> None:
    with listening(behaviour, context=certified if secure else None) as listener:
        sent = post(hasty, listener.url(scheme="https" if secure else "http"))
        assert failure(sent) == f"No answer came: {SHORT} s were over."
        assert listener.request().endswith(b"{}")
    assert "Content-Length: 2" in sent.request_headers


@pytest.mark.parametrize("framing", [b"Content-Length: 60000\r\n", b"", b"Transfer-Encoding: chunked\r\n"])
@pytest.mark.parametrize("secure", [False, True])
def test_the_deadline_holds_for_the_body(
    hasty: Sender, certified: ssl.SSLContext, framing: bytes, secure: bool
) -> None:
    start = b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n" + (b"ea60\r\n" if b"chunked" in framing else b"")
    with listening(drip(start), context=certified if secure else None) as listener:
        sent = post(hasty, listener.url(scheme="https" if secure else "http"))
    assert failure(sent) == f"The receiver answered 200, but not to the end: {SHORT} s were over."
    assert sent.answer_body == b"x" * len(sent.answer_body) != b""


def test_the_deadline_holds_for_endless_interim_answers(hasty: Sender) -> None:
    def behave(wire: socket.socket, listener: Listener) -> None:
        while not listener.gone.wait(STEP):
            wire.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with listening(behave) as listener:
        assert failure(post(hasty, listener.url())) == f"No answer came: {SHORT} s were over."


@pytest.mark.parametrize("start", [b"", b"\x16\x03\x03\x40\x00"])
def test_the_deadline_holds_for_a_tls_handshake(hasty: Sender, start: bytes) -> None:
    def behave(wire: socket.socket, listener: Listener) -> None:
        drip(start)(wire, listener) if start else hang(wire, listener)

    listener = Listener(lambda wire: behave(wire, listener), None, "127.0.0.1")
    try:
        sent = post(hasty, listener.url(scheme="https"))
        assert failure(sent) == f"No answer came: {SHORT} s were over."
        assert sent.request_headers == ""
    finally:
        listener.close()


def test_the_deadline_holds_within_one_tls_record(hasty: Sender, certified: ssl.SSLContext) -> None:
    """The receiver sends a whole record byte by byte, so that OpenSSL reads many times for one read of ours."""

    def behave(wire: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secure = certified.wrap_bio(incoming, outgoing, server_side=True)

        def until_done(step: Callable[[], object]) -> None:
            while True:
                try:
                    step()
                except ssl.SSLWantReadError:
                    wire.sendall(outgoing.read())
                    incoming.write(wire.recv(65536))
                else:
                    wire.sendall(outgoing.read())
                    return

        until_done(secure.do_handshake)
        until_done(lambda: secure.read(65536))
        secure.write(OK + b"x" * 10_000)
        for byte in outgoing.read():
            wire.sendall(bytes([byte]))
            if listener.gone.wait(STEP):
                return

    listener = Listener(behave, None, "127.0.0.1")
    try:
        assert failure(post(hasty, listener.url(scheme="https"))) == f"No answer came: {SHORT} s were over."
    finally:
        listener.close()


@pytest.mark.parametrize("slowly", [False, True])
@pytest.mark.parametrize("secure", [False, True])
def test_the_deadline_holds_for_a_body_that_is_taken_slowly_or_never(
    hasty: Sender, certified: ssl.SSLContext, secure: bool, slowly: bool
) -> None:
    def behave(wire: socket.socket) -> None:
        while not listener.gone.wait(STEP if slowly else PATIENCE):
            wire.recv(65536)

    listener = Listener(behave, certified if secure else None, "127.0.0.1")
    try:
        sent = post(hasty, listener.url(scheme="https" if secure else "http"), bytes(50_000_000))
        assert failure(sent) == f"No answer came: {SHORT} s were over."
    finally:
        listener.close()


def test_the_deadline_holds_for_a_look_up(sender: Sender) -> None:
    over = Event()
    try:
        sent = post(named(lambda _: [str(over.wait(PATIENCE))]), "http://lms.example/")
        assert failure(sent) == f"The name lms.example was not resolved within {SHORT} s."
    finally:
        over.set()


# Connections.


@needs_ipv6
@pytest.mark.parametrize("host", ["[::1]", "localhost", "lms.localhost"])
def test_a_receiver_on_ipv6_alone_is_reached(sender: Sender, host: str) -> None:
    with listening(host="::1") as listener:
        assert post(sender, listener.url(host=host)).status == 200
        assert f"\r\nHost: {host}:{listener.port}\r\n".encode() in listener.request()


def test_each_request_has_a_connection_of_its_own_and_arrives_once(sender: Sender) -> None:
    """Also where the receiver would keep the connection, or closes it without having said so."""

    def keep(wire: socket.socket, _: Listener) -> None:
        wire.sendall(OK)
        assert wire.recv(1) == b"", "the sender closes a connection that it does not use again"

    for behaviour in (keep, OK):
        with listening(behaviour) as listener:
            for number in range(20):
                assert post(sender, listener.url(), b"%d" % number).status == 200
            assert [each.rpartition(b"\n")[2] for each in listener.requests()] == [b"%d" % each for each in range(20)]
            assert listener.connections == 20


@pytest.fixture
def one_at_a_time() -> Iterator[HTTPServer]:
    """A receiver without threads that keeps connections: nobody is served beside one that stays open."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = PATIENCE

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    class Server(HTTPServer):
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join(PATIENCE)


def test_a_receiver_that_serves_one_connection_at_a_time_serves_all(sender: Sender, one_at_a_time: HTTPServer) -> None:
    url = f"http://127.0.0.1:{one_at_a_time.server_port}/"
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: post(sender, url), range(40)))
    assert {(each.status, each.error) for each in sent} == {(204, "")}


def test_two_hundred_receivers_that_hang_hold_up_nobody_else(sender: Sender) -> None:
    with listening(hang) as hanging, listening() as listener, ThreadPoolExecutor(200) as pool:
        waiting = [pool.submit(post, sender, hanging.url()) for _ in range(200)]
        for _ in waiting:
            hanging.request()
        assert [post(sender, listener.url()).status for _ in range(20)] == [200] * 20
        assert not any(each.done() for each in waiting)
        hanging.gone.set()
        assert {failure(each.result()) for each in waiting} == {"No answer came: the receiver closed the connection."}


def test_many_threads_get_their_own_answers(sender: Sender) -> None:
    def mirror(wire: socket.socket) -> None:
        body = read_request(wire).partition(b"\r\n\r\n")[2]
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    listener = Listener(mirror, None, "127.0.0.1")
    try:
        bodies = [b"%d" % each * 100 for each in range(300)]
        with ThreadPoolExecutor(50) as pool:
            assert [
                each.answer_body for each in pool.map(lambda body: post(sender, listener.url(), body), bodies)
            ] == bodies
    finally:
        listener.close()


@pytest.mark.parametrize(
    "behaviour",
    [
        OK,
        b"",
        b"garbage",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart",
        b"HTTP/1.0 200 OK\r\n\r\n" + bytes(99_999),
    ],
)
@pytest.mark.parametrize(("scheme", "trusted"), [("http", True), ("https", True), ("https", False)])
def test_no_socket_is_left_behind(
    sender: Sender, certified: ssl.SSLContext, behaviour: bytes, scheme: str, trusted: bool
) -> None:
    process = psutil.Process()

    def open_sockets() -> int:
        return sum(1 for each in process.net_connections("tcp") if each.raddr and each.raddr.port == listener.port)

    using = sender if trusted else Sender(CallbackHosts())
    with listening(behaviour, context=certified if scheme == "https" else None) as listener:
        for _ in range(5):
            post(using, listener.url(scheme=scheme))
    assert open_sockets() == 0
    post(using, listener.url(scheme=scheme))
    assert open_sockets() == 0


# TLS.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", pytest.param("[::1]", marks=needs_ipv6)])
def test_a_receiver_with_a_trusted_certificate_is_sent_to(sender: Sender, certified: ssl.SSLContext, host: str) -> None:
    with listening(context=certified, host="::" if ":" in host else "127.0.0.1") as listener:
        sent = post(sender, listener.url("/hook", host=host, scheme="https"))
        assert (sent.status, sent.answer_body, sent.error) == (200, b"ok", "")
        assert listener.request().startswith(b"POST /hook HTTP/1.1\r\n")


def test_a_certificate_that_nobody_signed_is_told(certified: ssl.SSLContext) -> None:
    with listening(context=certified) as listener:
        sent = post(Sender(CallbackHosts()), listener.url(scheme="https"))
        assert listener.requests() == []
    assert failure(sent) == "No answer came: the receiver's certificate is not trusted: self-signed certificate."
    assert sent.request_headers == ""


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_no_authority_is_taken_from_the_environment(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, CERTIFICATE)
    with listening(context=certified) as listener:
        assert "not trusted" in failure(post(Sender(CallbackHosts()), listener.url(scheme="https")))


def test_a_certificate_for_another_host_is_told(sender: Sender, certified: ssl.SSLContext) -> None:
    with listening(context=certified, host="0.0.0.0") as listener:
        sent = post(sender, listener.url(host="127.0.0.3", scheme="https"))
    assert "not valid for '127.0.0.3'" in failure(sent)


def test_a_receiver_that_speaks_no_tls_is_told(sender: Sender) -> None:
    listener = Listener(lambda wire: wire.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), None, "127.0.0.1")
    try:
        assert (
            failure(post(sender, listener.url(scheme="https"))) == "No answer came: TLS failed, wrong version number."
        )
    finally:
        listener.close()


def test_a_receiver_that_speaks_tls_alone_gives_no_answer_without(sender: Sender, certified: ssl.SSLContext) -> None:
    with listening(context=certified) as listener:
        assert failure(post(sender, listener.url())).startswith("No answer came: ")
