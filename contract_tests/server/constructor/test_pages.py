"""What a test taker's browser is shown: the exam in its frame, and where it goes at the end."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

from contract_tests.server.constructor.integration import Data, Integration

pytestmark = [pytest.mark.sandbox, pytest.mark.writes]

_READY = "proctoringReady_n6EY"
_AT_THE_START, _AT_THE_END = "https://lms.example/given/at/start", "https://lms.example/given/at/end"


class _Frames(HTMLParser):
    """Keeps where the frames of a page lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.found += [value for name, value in attrs if name == "src" and value]


def _begun(integration: Integration, **changes: object) -> tuple[Data, str]:
    """Let a test taker come and start; return the claims, and the page that is shown then."""
    claims = integration.taker(**changes)
    integration.needs(integration.start(claims))
    integration.begin(claims["sessionId"])
    return claims, integration.needs(integration.start(claims)).text


def _leads(integration: Integration, claims: Data) -> str:
    """Return what a test taker who comes again is shown, and where to he or she is sent."""
    reply = integration.start(claims)
    return f"{reply.headers.get('location', '')} {reply.text}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@pytest.mark.parametrize("query", ["", "?attempt=7&page=first"], ids=["plain", "with a query"])
@pytest.mark.clause("constructor.client-origin")
def test_the_exam_is_framed(integration: Integration, query: str) -> None:
    """The exam page is opened in a frame, with the proctoring page's origin as examus-client-origin in its query."""
    address = f"https://lms.example/exams/geo-1{query}"
    frames = _Frames(_begun(integration, sessionUrl=address)[1]).found
    told = "There is a frame with the exam page."
    there = [each for each in frames if each.startswith(f"{address}{'&' if query else '?'}")]
    integration.holds("constructor.client-origin", there, told, expected=f"{address} and more", got=frames)
    said = dict(parse_qsl(urlsplit(there[0]).query)) if there else {}
    # A proxy may stand before the server; then the page has another origin than the one that was asked.
    known = {_origin(integration.target.url), _origin(str(integration.capability("admin_url")))}
    told = "Its query has the origin of the page around it, and what the client said."
    kept = parse_qsl(query[1:])
    fits = said.get("examus-client-origin") in known and all(said.get(name) == value for name, value in kept)
    integration.holds("constructor.client-origin", fits, told, expected=" or ".join(sorted(known)), got=frames)


@pytest.mark.clause("constructor.proctoring-ready")
def test_the_frame_is_told_that_proctoring_runs(integration: Integration) -> None:
    """The frame is sent the message proctoringReady_n6EY once proctoring runs, and not before."""
    claims = integration.taker()
    before = integration.needs(integration.start(claims)).text
    integration.begin(claims["sessionId"])
    after = integration.needs(integration.start(claims)).text
    told = "The page sends the message once the session has started."
    fits = _READY not in before and _READY in after and "postMessage" in after
    integration.holds("constructor.proctoring-ready", fits, told, expected=f"postMessage of {_READY}", got=after)


@pytest.mark.parametrize("given", [None, _AT_THE_END], ids=["at the start", "at the end"])
@pytest.mark.clause("constructor.finish-address")
def test_the_address_at_the_end(integration: Integration, given: str | None) -> None:
    """The address given when finishing counts before the one given at the start."""
    claims, _ = _begun(integration, sessionFinishUrl=_AT_THE_START)
    said = {} if given is None else {"sessionFinishUrl": given}
    integration.needs(integration.finish(claims["sessionId"], **said))
    shown = _leads(integration, claims)
    wanted, other = (_AT_THE_START, _AT_THE_END) if given is None else (_AT_THE_END, _AT_THE_START)
    told = "The test taker who comes again is led there, and not to the other address."
    fits = wanted in shown and other not in shown
    integration.holds("constructor.finish-address", fits, told, expected=wanted, got=shown)


@pytest.mark.clause("constructor.finish-address")
def test_an_address_that_is_given_at_the_end_alone(integration: Integration) -> None:
    """An address given when finishing needs none that was given at the start."""
    claims, _ = _begun(integration, sessionFinishUrl=None)
    integration.needs(integration.finish(claims["sessionId"], sessionFinishUrl=_AT_THE_END))
    shown = _leads(integration, claims)
    told = "The test taker who comes again is led there."
    integration.holds("constructor.finish-address", _AT_THE_END in shown, told, expected=_AT_THE_END, got=shown)
