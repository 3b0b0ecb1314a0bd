"""How often the vendor calls, and with which token: a receiver that refuses is called again."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest

from contract_tests.server.constructor.integration import CALLED, Integration
from contract_tests.server.sandbox import Sandbox

pytestmark = [pytest.mark.sandbox, pytest.mark.writes]

_LIFETIME = timedelta(seconds=30)
_ABOUT = timedelta(seconds=5)


@dataclass
class Busy:
    """A receiver that answers 503 so many times; ``tokens`` are those that it was shown, with the sandbox's time."""

    integration: Integration
    clock: Sandbox
    """Another one than the integration's: calls come while that is at work."""
    refusals: int = 0
    tokens: list[tuple[str, datetime]] = field(default_factory=list)

    def answer(self, shown: str) -> int:
        """Return the status to answer a call that shows this."""
        self.tokens.append((shown.removeprefix("JWT "), datetime.fromisoformat(self.clock.now_afresh())))
        return 503 if len(self.tokens) <= self.refusals else 200

    def came(self, count: int) -> bool:
        """Tell whether so many calls have come, or come within the next hours."""
        for _ in range(8):
            self.integration.advance("0s")
            if len(self.tokens) >= count:
                return True
            self.integration.advance("30m")
        return False


@pytest.fixture
def busy(integration: Integration) -> Iterator[Busy]:
    """Give a receiver that everything is sent to."""
    receiver = Busy(integration, Sandbox(str(integration.capability("admin_url")), integration.vendor))

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(receiver.answer(self.headers.get("Authorization", "")))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    integration.sandbox.action("change_urls", integration_name=integration.name, **dict.fromkeys(CALLED, url))
    try:
        yield receiver
    finally:
        integration.sandbox.action("change_urls", integration_name=integration.name, **dict.fromkeys(CALLED))
        server.shutdown()
        server.server_close()


def _agreed(integration: Integration) -> None:
    """Have one call leave."""
    claims = integration.taker()
    integration.needs(integration.start(claims))
    integration.sandbox.action("accept_agreement", session_id=claims["sessionId"])
    integration.advance("0s")


def _expiry(integration: Integration, token: str) -> datetime:
    # The vendor's clock is not this machine's.
    said = jwt.decode(token, integration.secret, algorithms=["HS256"], options={"verify_exp": False})
    return datetime.fromtimestamp(said["exp"], UTC)


@pytest.mark.parametrize("refusals", [1, 2])
@pytest.mark.clause("constructor.callback-retries")
def test_a_refused_call_is_repeated(integration: Integration, busy: Busy, refusals: int) -> None:
    """A call that is not answered with a status of 200 to 299 is repeated; no document says so."""
    busy.refusals = refusals
    _agreed(integration)
    again = busy.came(refusals + 1)
    told = "The call comes again, until it is taken."
    integration.holds("constructor.callback-retries", again, told, expected=refusals + 1, got=len(busy.tokens))
    more = busy.came(refusals + 2)
    told = "A call that was taken does not come again."
    integration.holds("constructor.callback-retries", not more, told, expected=refusals + 1, got=len(busy.tokens))


@pytest.mark.clause("constructor.callback-jwt-fresh")
def test_each_attempt_has_a_token_of_its_own(integration: Integration, busy: Busy) -> None:
    """The token of a call is made for each attempt and expires 30 seconds later; no document says when."""
    busy.refusals = 1
    _agreed(integration)
    busy.came(2)
    for token, at in busy.tokens:
        left = _expiry(integration, token) - at
        told = "The token expires 30 seconds after the attempt."
        fits = abs(left - _LIFETIME) <= _ABOUT
        integration.holds("constructor.callback-jwt-fresh", fits, told, expected="about 30 s", got=f"{left}")
    shown = [token for token, _ in busy.tokens]
    told = "No two attempts show the same token."
    fits = len(set(shown)) == len(shown) > 1
    integration.holds("constructor.callback-jwt-fresh", fits, told, expected="2 tokens", got=len(set(shown)))
