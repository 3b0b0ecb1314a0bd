"""Each scenario of SmarterProctoring is broken by a client with one defect, and says which expectation that is."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from contract_tests.clients.calling import CallFailed, Record, Refused, Unavailable
from contract_tests.clients.smarterproctoring import SmarterProctoring
from contract_tests.players import smarterproctoring as players
from contract_tests.players.world import World
from tests.scenarios.playing import played
from tests.scenarios.test_library import NAMES

VENDOR = "smarterproctoring"


class OnePerCall(SmarterProctoring):
    """Repeats nothing."""

    def __init__(self, *given: str, **manner: Any) -> None:
        super().__init__(*given, **{**manner, "attempts": 1})


class Unassigned(SmarterProctoring):
    """Looks for a session that it did not ask for."""

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        """Do nothing."""


class NewNames(OnePerCall):
    """Makes up other external ids for each attempt."""

    def provision(self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any]) -> Record:
        try:
            return super().provision(course, user, exam)
        except Unavailable:
            return super().provision(course, {**user, "ids": {"external": "second-attempt"}}, exam)


class Blunt(SmarterProctoring):
    """Schedules until there is an answer, and never looks."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        path, wanted = self._session(exam_sid, session_sid), {"appointmentDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        return self._caller.record("POST", path, json=wanted, safe=True)


class Impatient(Blunt):
    """Takes an answer that is not there at once for lost."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        self._caller._timeout = 0.15
        return super().schedule(exam_sid, session_sid, at, **details)


class Trusting(OnePerCall):
    """Takes the appointment for made without an answer."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        with suppress(Unavailable):
            self._caller.send("POST", self._session(exam_sid, session_sid), json={"appointmentDateTime": str(at)})
        return {"sid": session_sid}


class Hammering(OnePerCall):
    """Asks again each second, whatever it was told."""

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        self._insist(lambda: super(OnePerCall, self).assign(course_sid, exam_sid, enrollment_sids))

    def provision(self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any]) -> Record:
        made: Record = self._insist(lambda: super(OnePerCall, self).provision(course, user, exam))
        return made

    def _insist(self, call: Callable[[], Any]) -> Any:
        while True:
            try:
                return call()
            except CallFailed:
                self._caller.wait(1)


class Stubborn(SmarterProctoring):
    """Makes a call three times before it believes the refusal."""

    def status(self, session_sid: str) -> str:
        told: str = self._thrice(lambda: super(Stubborn, self).status(session_sid))
        return told

    def sessions(self, enrollment_sid: str, exam_sid: str) -> list[Record]:
        found: list[Record] = self._thrice(lambda: super(Stubborn, self).sessions(enrollment_sid, exam_sid))
        return found

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        made: Record = self._thrice(lambda: super(Stubborn, self).schedule(exam_sid, session_sid, at, **details))
        return made

    def _thrice(self, call: Callable[[], Any]) -> Any:
        for _ in range(2):
            with suppress(Refused):
                return call()
        return call()


class Unlimited(SmarterProctoring):
    """Provisions exams for everybody in the course."""

    def provision(self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any]) -> Record:
        return super().provision(course, user, {**exam, "limitedScope": False})


class Saving(SmarterProctoring):
    """Keeps an onboarding URL for the next visit."""

    url = ""

    def onboarding_url(self, exam_sid: str, session_sid: str) -> str:
        self.url = self.url or super().onboarding_url(exam_sid, session_sid)
        return self.url


class Hasty(SmarterProctoring):
    """Takes an appointment that waits for approval for made."""

    def wait_for_status(
        self, session_sid: str, statuses: Collection[str], *, every: float = 30.0, within: float = 3600.0
    ) -> str:
        return "Scheduled"


class Restless(SmarterProctoring):
    """Polls without a pause."""

    def wait_for_status(
        self, session_sid: str, statuses: Collection[str], *, every: float = 30.0, within: float = 3600.0
    ) -> str:
        return super().wait_for_status(session_sid, statuses, every=0, within=within)


class Hopeful(SmarterProctoring):
    """Polls on for days after the appointment."""

    def wait_for_status(
        self, session_sid: str, statuses: Collection[str], *, every: float = 30.0, within: float = 3600.0
    ) -> str:
        return super().wait_for_status(session_sid, statuses, every=3600, within=48 * 3600)


@dataclass(frozen=True)
class Defect:
    """A client, and the expectation that it breaks: where it stands, and part of what is said."""

    client: type[SmarterProctoring]
    place: str
    says: str


DEFECTS = {
    "approval-denied": Defect(Hasty, "expect.calls[2]", "get_onboarding_url answered 400: 1 found, expected 0"),
    "candidate-does-not-come": Defect(Hopeful, "expect.time[1]", "more than 3h"),
    "connection-closed-at-schedule": Defect(Trusting, "expect.calls[1]", "1 found, expected 2"),
    "down-for-a-minute": Defect(Hammering, "expect.calls[1]", "60 found, expected 0 to 12"),
    "exam-window-closes": Defect(Stubborn, "expect.calls[3]", '"2026-01-02T10:00:00Z"}: 3 found, expected 1'),
    "forgotten-sids": Defect(Stubborn, "expect.calls[1]", "answered 404: 3 found, expected 1"),
    "happy-path": Defect(Unassigned, "steps[1]", "waits for smarterproctoring.schedule_exam_session"),
    "limited-scope": Defect(Unlimited, "expect.state[2]", "2 found, expected 1"),
    "lost-answer-to-provision": Defect(NewNames, "expect.state[1]", '"Nilsson"}: 2 found, expected 1'),
    "lost-answer-to-schedule": Defect(Blunt, "expect.calls[1]", "schedule_exam_session: 2 found, expected 1"),
    "onboarding-link-used-twice": Defect(Saving, "expect.calls[3]", "open_onboarding answered 410: 1 found"),
    "rate-limited": Defect(Hammering, "expect.calls[2]", "answered 429: 120 found, expected 0 to 4"),
    "slow-to-schedule": Defect(Impatient, "expect.calls[1]", "found, expected 1"),
    "status-after-polls": Defect(Restless, "expect.time[1]", "0s lay between"),
    "token-expires": Defect(Stubborn, "expect.calls[2]", "answered 403: 3 found, expected 1"),
}


@pytest.mark.parametrize("scenario", DEFECTS)
def test_a_defect_breaks_it(world: World, scenario: str) -> None:
    defect = DEFECTS[scenario]
    player = getattr(players, scenario.replace("-", "_"))

    def play(world: World) -> None:
        with suppress(CallFailed, TimeoutError):
            player(world, defect.client)

    broken = played(world, f"{VENDOR}/{scenario}", play)
    assert defect.says in broken.get(defect.place, ""), broken


def test_each_scenario_has_a_client_that_breaks_it() -> None:
    assert sorted(DEFECTS) == [each.partition("/")[2] for each in NAMES if each.startswith(f"{VENDOR}/")]
