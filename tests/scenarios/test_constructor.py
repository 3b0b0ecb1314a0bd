"""Each scenario of Constructor Proctor fails for a client with one defect, and says which expectation is broken."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Unpack

import pytest
import requests

from contract_tests.clients.answers import CallFailed, Record
from contract_tests.clients.calling import Manner
from contract_tests.clients.constructor import Callbacks, Constructor
from contract_tests.clients.receiving import Inlet, Message
from contract_tests.players import constructor as players
from contract_tests.players.world import World
from tests.scenarios.playing import played

Broken = tuple[str, str]


class WithoutWarnings(Callbacks):
    """Has no address for warnings."""

    @property
    def inlets(self) -> dict[str, Inlet]:
        return {path: inlet for path, inlet in super().inlets.items() if path != "/warnings"}


class FirstJudgement(Callbacks):
    """Takes the first judgement for the last."""

    def _keep_review(self, told: Record) -> bool:
        kept = self.reviews.get(told["sessionId"], {})
        return kept.get("conclusion") not in {"accepted", "rejected"} and super()._keep_review(told)


class LastToArrive(Callbacks):
    """Takes the last review to arrive for the last word."""

    def _keep_review(self, told: Record) -> bool:
        self.reviews[told["sessionId"]] = told
        return True


class NotLookingAtExpiry(Callbacks):
    """Verifies tokens as of long ago."""

    def __init__(self, secret: str, **options: Any) -> None:
        super().__init__(secret, clock=lambda: 0.0, on_change=options["on_change"])


class OneToken(Constructor):
    """Signs once and uses that for every call."""

    kept = ""

    def _token(self, claims: Mapping[str, Any], seconds: int) -> str:
        if claims:
            return super()._token(claims, seconds)
        self.kept = self.kept or super()._token(claims, seconds)
        return self.kept


class UntilFinished(Constructor):
    """Finishes until it is told that it has."""

    def finish(self, session_id: str, finish_url: str | None = None) -> str:
        for _ in range(5):
            if super().finish(session_id, finish_url) == "finished":
                break
        return "finished"


class WithoutPause(Constructor):
    """Asks again at once."""

    def wait_for(self, session_id: str, statuses: Collection[str], **_: Any) -> Record:
        for _attempt in range(100):
            found = self.status(session_id)
            if found is not None and found["status"] in statuses:
                return found
        raise TimeoutError


class AnotherSession(Constructor):
    """Makes a session of each visit."""

    visits = 0

    def start(self, parameters: Mapping[str, Any]) -> str:
        self.visits += 1
        number = "" if self.visits == 1 else f"-{self.visits}"
        return super().start({**parameters, "sessionId": f"{parameters['sessionId']}{number}"})


class SentInOnce(Constructor):
    """Sends nobody in twice, since the session is there."""

    sent = False

    def start(self, parameters: Mapping[str, Any]) -> str:
        if self.sent:
            return ""
        self.sent = True
        return super().start(parameters)


class OnlyCreated(Constructor):
    """Takes 201 alone for success, and tries another id."""

    def put_exam(self, exam: Mapping[str, Any]) -> Record:
        answer = self._api.send("POST", "/exams/", json=exam)
        if answer.status_code == 201:
            return dict(answer.json())
        return self.put_exam({**exam, "examId": f"{exam['examId']}-2"})


class NotLookingAtRefusals(Constructor):
    """Goes on whatever became of the exam."""

    def put_exam(self, exam: Mapping[str, Any]) -> Record:
        with suppress(CallFailed):
            return super().put_exam(exam)
        return {}


class EachForNews(LastToArrive):
    """Tells whatever is sent, as often as it is sent."""

    def _take(self, path: str, keep: Callable[[Record], bool], message: Message) -> None:
        self._on_change(path, message.content)


def trying_once(base_url: str, integration: str, secret: str, **manner: Unpack[Manner]) -> Constructor:
    """Return a client that repeats nothing."""
    hasty: Manner = {**manner, "attempts": 1}
    return Constructor(base_url, integration, secret, **hasty)


def every_second(base_url: str, integration: str, secret: str, **manner: Unpack[Manner]) -> Constructor:
    """Return a client that asks again each second, whatever it is told."""
    session = requests.Session()
    session.hooks["response"].append(lambda response, **_: response.headers.pop("Retry-After", None) and None)
    wait = manner["wait"]
    impatient: Manner = {**manner, "session": session, "attempts": 100, "wait": lambda _: wait(1)}
    return Constructor(base_url, integration, secret, **impatient)


FAILING: dict[str, tuple[Callable[[World], None], Broken]] = {
    "happy-path": (
        partial(players.happy_path, callbacks=WithoutWarnings),
        ("expect.deliveries[3]", "is failed after 4 attempts"),
    ),
    "token-expires-between-calls": (
        partial(players.token_expires_between_calls, make=OneToken),
        ("expect.calls[1]", "put_exam answered 401: 1 found, expected 0"),
    ),
    "down-for-a-minute": (
        partial(players.down_for_a_minute, make=trying_once),
        ("expect.deliveries[1]", "session_reviewed delivered: 0 found, expected 1"),
    ),
    "connection-closed": (
        partial(players.connection_closed, make=trying_once),
        ("expect.calls[2]", "start_session answered 200: 0 found, expected 1"),
    ),
    "lost-answer-to-finish": (
        partial(players.lost_answer_to_finish, make=UntilFinished),
        ("expect.calls[1]", "finish_session: 6 found, expected 1 to 2"),
    ),
    "status-after-polls": (
        partial(players.status_after_polls, make=WithoutPause),
        ("expect.time[1]", "less than 30s"),
    ),
    "rate-limited-polling": (
        partial(players.rate_limited_polling, make=every_second),
        ("expect.calls[2]", "answered 429: "),
    ),
    "slot-missed": (
        partial(players.slot_missed, make=AnotherSession),
        ("expect.state[1]", "2 found, expected 1"),
    ),
    "exam-window-closes": (
        partial(players.exam_window_closes, make=SentInOnce),
        ("steps[2]", "waits for constructor.start_session"),
    ),
    "review-revised": (
        partial(players.review_revised, callbacks=FirstJudgement),
        ("expect.calls[1]", "start_session answered 200: 1 found, expected 2"),
    ),
    "reviews-out-of-order": (
        partial(players.reviews_out_of_order, callbacks=LastToArrive),
        ("expect.calls[1]", "open_archive_by_link: 1 found, expected 0"),
    ),
    "duplicate-review": (
        partial(players.duplicate_review, callbacks=EachForNews),
        ("expect.calls[1]", "start_session answered 200: 4 found, expected 2"),
    ),
    "forged-callback": (
        partial(players.forged_callback, callbacks=NotLookingAtExpiry),
        ("expect.deliveries[1]", "2 is delivered after 1 attempts"),
    ),
    "exam-known-already": (
        partial(players.exam_known_already, make=OnlyCreated),
        ("expect.state[1]", "3 found, expected 2"),
    ),
    "refused-exam": (
        partial(players.refused_exam, make=NotLookingAtRefusals),
        ("expect.calls[2]", "start_session: 1 found, expected 0"),
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_it_fails_for_a_client_with_a_defect(world: World, name: str) -> None:
    def giving_up(world: World) -> None:
        with suppress(CallFailed, TimeoutError):
            player(world)

    player, (place, said) = FAILING[name]
    broken = played(world, f"constructor/{name}", giving_up)
    assert said in broken.get(place, ""), broken


def test_each_scenario_has_a_client_that_fails_it(http: requests.Session, origin: str) -> None:
    listed = {each["name"] for each in http.get(f"{origin}/__admin/scenarios", timeout=20).json()}
    assert {f"constructor/{name}" for name in FAILING} == {each for each in listed if each.startswith("constructor/")}
