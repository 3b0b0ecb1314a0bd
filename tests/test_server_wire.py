"""When a server under check is given up: after a failure that would be the same again, or two in a row."""

from collections.abc import Iterator
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from contract_tests.server.wire import Silent, Wire


class _HangsUp(StreamRequestHandler):
    def handle(self) -> None:
        """End the connection in the middle of a TLS handshake."""
        self.request.recv(1000)


@pytest.fixture
def hanging_up() -> Iterator[int]:
    """Give the port of a server that ends every connection."""
    with ThreadingTCPServer(("127.0.0.1", 0), _HangsUp) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("path", ["/resolve", "/refused", "/users"])
def test_an_address_does_not_decide_whether_a_server_is_given_up(hanging_up: int, path: str) -> None:
    wire = Wire(5)
    with pytest.raises(Silent, match=path):
        wire.send("GET", f"https://127.0.0.1:{hanging_up}{path}", path)
    assert wire.gone == ""
    with pytest.raises(Silent):
        wire.send("GET", f"https://127.0.0.1:{hanging_up}{path}", path)
    assert wire.gone.startswith("The server does not answer: ")


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("127.0.0.1:9", "the connection is refused"),
        ("no.such.host.invalid", "its name cannot be resolved"),
    ],
)
def test_a_server_that_is_not_there_is_given_up_at_once(host: str, says: str) -> None:
    wire = Wire(5)
    with pytest.raises(Silent, match=f"^{says}$"):
        wire.send("GET", f"http://{host}/users", "/users")
    assert wire.gone == f"The server does not answer: {says}."
