"""What the vendor sends by itself: results, bookings, warnings, the agreement."""

from dataclasses import replace
from uuid import uuid4

import jwt
import pytest

from contract_tests.server.constructor.integration import Data, Integration
from contract_tests.server.replies import Reply
from mockserver.contract.observed import Observed

pytestmark = [pytest.mark.sandbox, pytest.mark.writes]

_WEBHOOKS = {
    "review_url": "session_reviewed",
    "schedule_url": "session_scheduled",
    "warning_url": "warning_raised",
    "agreement_acceptance_url": "agreement_accepted",
}


def _came(integration: Integration, base: str, name: str, count: int = 1, within: float = 2.0) -> list[Observed]:
    """Return what came to an address, judged, each with a token of the vendor's."""
    integration.advance("0s")
    came = integration.receiver.at(f"{base}/{name}", count, within)
    for each in came:
        integration.received(replace(each, webhook=_WEBHOOKS[name]))
        scheme, _, token = each.headers.get("authorization", "").partition(" ")
        told = "A call to the client carries a JWT that is signed with the secret."
        fits = scheme == "JWT" and _signed(integration, token)
        integration.holds("constructor.callback-jwt", fits, told, expected="JWT and a token with exp", got=scheme)
    return came


def _signed(integration: Integration, token: str) -> bool:
    try:
        # The vendor's clock is not this machine's.
        said = jwt.decode(token, integration.secret, algorithms=["HS256"], options={"verify_exp": False})
    except jwt.PyJWTError:
        return False
    return "exp" in said


def _body(seen: Observed) -> Data:
    found = Reply(replace(seen, answer=seen.body), "").json
    return found if isinstance(found, dict) else {}


def _started(integration: Integration, **changes: object) -> tuple[str, str]:
    """Send a test taker in who starts; return the base of the callbacks and the session."""
    base = integration.called_at(f"/{uuid4().hex}")
    claims = integration.taker(**changes)
    integration.needs(integration.start(claims))
    integration.begin(claims["sessionId"])
    return base, claims["sessionId"]


@pytest.mark.clause("constructor.review-repeated", "constructor.conclusion-changes", "constructor.session_reviewed")
def test_results_are_sent_and_sent_again(integration: Integration) -> None:
    """The result is sent when a session finishes and again at each conclusion, which may change."""
    base, session = _started(integration)
    integration.sandbox.action("raise_warning", session_id=session, type="WARNING_AVERT_EYES")
    integration.advance("20m")
    integration.sandbox.action("finish_session", session_id=session)
    integration.advance("0s")
    for conclusion in ("accepted", "rejected"):
        integration.sandbox.action("conclude_session", session_id=session, conclusion=conclusion)
        integration.advance("0s")
    came = _came(integration, base, "review_url", 3)
    told = "One result at the end, and one at each conclusion."
    integration.holds("constructor.review-repeated", len(came) == 3, told, expected="3 results", got=len(came))
    conclusions = [_body(each).get("conclusion") for each in came]
    told = "The last conclusion is the last that is sent."
    fits = len(set(conclusions[1:])) == 2
    integration.holds("constructor.conclusion-changes", fits, told, expected="two different ones", got=conclusions)


@pytest.mark.clause("constructor.review-not-of-trials")
def test_trials_are_not_told(integration: Integration) -> None:
    """The results of trial exams are not sent."""
    base, session = _started(integration, trial=True)
    integration.sandbox.action("finish_session", session_id=session)
    came = _came(integration, base, "review_url", within=0.3)
    integration.holds("constructor.review-not-of-trials", not came, "Nothing is sent of a trial.", got=len(came))


@pytest.mark.clause("constructor.warning_raised", "constructor.live-warnings-cyber")
def test_warnings_are_sent(integration: Integration) -> None:
    """A warning sent during a session is always one of the AI, its cyber true; the result has all of them."""
    base, session = _started(integration)
    types = integration.contract.document["components"]["schemas"]["Warning"]["properties"]["type"]["enum"]
    for each in types:
        integration.sandbox.action("raise_warning", session_id=session, type=each)
    came = [_body(each) for each in _came(integration, base, "warning_url", len(types))]
    told = "Each warning is sent."
    found = sorted(str(each.get("type")) for each in came)
    integration.holds("constructor.warning_raised", found == sorted(types), told, expected=sorted(types), got=found)
    told = "They are of the AI."
    cyber = [each.get("cyber") for each in came]
    integration.holds("constructor.live-warnings-cyber", all(cyber), told, expected="true", got=cyber)
    integration.sandbox.action("finish_session", session_id=session)
    listed = [each.get("type") for each in _result(integration, base).get("warnings") or []]
    told = "The result lists them."
    integration.holds("constructor.session_reviewed", sorted(listed) == found, told, expected=found, got=listed)


def _result(integration: Integration, base: str) -> Data:
    """Return what the last result says, nothing where none came."""
    came = _came(integration, base, "review_url")
    return _body(came[-1]) if came else {}


@pytest.mark.parametrize("level", [0, 35])
@pytest.mark.parametrize("spelling", ["cheaterLevel", "cheater_level"])
@pytest.mark.clause("constructor.threshold-rejected")
def test_the_threshold_of_a_result(integration: Integration, spelling: str, level: int) -> None:
    """The threshold above which a session is rejected is the exam's cheater level; no document says so."""
    base, session = _started(integration, scoreConfig={spelling: level})
    integration.sandbox.action("finish_session", session_id=session)
    found = (_result(integration, base).get("threshold") or {}).get("rejected")
    told = "It is told with the result."
    integration.holds("constructor.threshold-rejected", found == level, told, expected=level, got=found)


@pytest.mark.clause("constructor.session_scheduled", "constructor.scheduling-dates")
def test_bookings_are_sent(integration: Integration) -> None:
    """A booked slot is told with its start, a cancelled one too."""
    base = integration.called_at(f"/{uuid4().hex}")
    claims = integration.taker(schedule=True)
    integration.needs(integration.start(claims))
    for action in ("book_first_slot", "cancel_slot"):
        integration.sandbox.action(action, session_id=claims["sessionId"])
        integration.advance("0s")
    events = [_body(each).get("event") for each in _came(integration, base, "schedule_url", 2)]
    told = "The booking and its end are told."
    fits = sorted(map(str, events)) == ["canceled", "scheduled"]
    integration.holds("constructor.session_scheduled", fits, told, expected="scheduled, canceled", got=events)


@pytest.mark.clause("constructor.agreement_accepted")
def test_the_agreement_is_sent(integration: Integration) -> None:
    """That the test taker accepted the user agreement is told."""
    base = integration.called_at(f"/{uuid4().hex}")
    claims = integration.taker()
    integration.needs(integration.start(claims))
    integration.sandbox.action("accept_agreement", session_id=claims["sessionId"])
    came = _came(integration, base, "agreement_acceptance_url")
    integration.holds("constructor.agreement_accepted", came, "It is told.", expected="a POST", got="nothing")


@pytest.mark.clause("constructor.auto-conclusion")
def test_a_score_above_the_threshold(integration: Integration) -> None:
    """Without a human proctor a score above the cheating threshold makes the result negative."""
    base, session = _started(integration, proctoring="auto", scoreConfig={"cheaterLevel": 5, "phone": 5.0})
    for _ in range(3):
        integration.sandbox.action("raise_warning", session_id=session, type="WARNING_PHONE")
    integration.sandbox.action("finish_session", session_id=session)
    conclusion = _result(integration, base).get("conclusion")
    told = "The result is negative."
    integration.holds(
        "constructor.auto-conclusion", conclusion == "rejected", told, expected="rejected", got=conclusion
    )
