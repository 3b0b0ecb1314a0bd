"""Each scenario of Talentsoft is broken by a client with one defect, and says which expectation that is."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contract_tests.clients.calling import CallFailed, Record, Refused, Unavailable
from contract_tests.clients.receiving import Headers, Message, Rejected
from contract_tests.clients.talentsoft import Callbacks, Talentsoft
from contract_tests.players import talentsoft as players
from contract_tests.players.world import World
from tests.scenarios.playing import played
from tests.scenarios.test_library import NAMES

VENDOR = "talentsoft"
People = Collection[Mapping[str, Any]]


class Knowing(Callbacks):
    """Takes a callback for the result."""

    def take(self, message: Message) -> None:
        """Do nothing: it is known that the candidate has gone a step further."""


class GivingUp(Callbacks):
    """Forgets of what it could not ask at once."""

    def take(self, message: Message) -> None:
        with suppress(CallFailed):
            super().take(message)


class OnlyOnce(Callbacks):
    """Refuses a callback that it has had before."""

    def __init__(self, talentsoft: Talentsoft) -> None:
        super().__init__(talentsoft)
        self.had: set[bytes] = set()

    def read(self, headers: Headers, body: bytes) -> Message:
        if body in self.had:
            raise Rejected("This was told already.")
        self.had.add(body)
        return super().read(headers, body)


class Pressing(Callbacks):
    """Invites whoever declines once more."""

    def take(self, message: Message) -> None:
        super().take(message)
        for (campaign, applicant), known in self.followed.items():
            if known["status"] == "applicantDeclined":
                self._talentsoft.invite(campaign, [{**players._GRACE, "applicant_id": applicant}])


class OneToken(Talentsoft):
    """Uses its first token for good."""

    def __init__(self, *given: str, **manner: Any) -> None:
        began = manner["clock"]()
        super().__init__(*given, **{**manner, "clock": lambda: began})
        self._tokens.forget = lambda: None


class AskingAnyway(Talentsoft):
    """Asks for token after token when it is refused."""

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        for _ in range(3):
            with suppress(Refused):
                return super().assessments(campaign_id, applicants, language)
            self._caller.wait(60)
        return []


class OnePerCall(Talentsoft):
    """Repeats nothing."""

    def __init__(self, *given: str, **manner: Any) -> None:
        super().__init__(*given, **{**manner, "attempts": 1})


class Hammering(OnePerCall):
    """Asks again each second, whatever it was told."""

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        while True:
            with suppress(CallFailed):
                return super().assessments(campaign_id, applicants, language)
            self._caller.wait(1)


class NewIds(Talentsoft):
    """Starts over with other ids where an answer is missing."""

    def invite(self, campaign_id: str, applicants: People, callback_url: str | None = None) -> list[Record]:
        try:
            return self._posted(campaign_id, applicants)
        except Unavailable:
            return self._posted(campaign_id, [{**each, "applicant_id": other(each)} for each in applicants])

    def _posted(self, campaign_id: str, applicants: Iterable[Mapping[str, Any]]) -> list[Record]:
        body = {"campaign_id": campaign_id, "invitations": list(applicants)}
        return self._rows("POST", "/assessment/tests", json=body)


class Impatient(NewIds):
    """Takes an answer that is not there at once for lost."""

    def invite(self, campaign_id: str, applicants: People, callback_url: str | None = None) -> list[Record]:
        self._caller._timeout = 0.15
        return super().invite(campaign_id, applicants, callback_url)


class Satisfied(Talentsoft):
    """Takes an answer of success for an invitation of everybody."""

    def invite(self, campaign_id: str, applicants: People, callback_url: str | None = None) -> list[Record]:
        return [{**each, "status": "success"} for each in super().invite(campaign_id, applicants, callback_url)]


class Stubborn(Talentsoft):
    """Makes a call three times before it believes the refusal."""

    def invite(self, campaign_id: str, applicants: People, callback_url: str | None = None) -> list[Record]:
        for _ in range(2):
            with suppress(Refused):
                return super().invite(campaign_id, applicants, callback_url)
        return super().invite(campaign_id, applicants, callback_url)


class OfThreeStatuses(Talentsoft):
    """Knows the mandatory statuses only, and has whoever has another one erased."""

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        found = super().assessments(campaign_id, applicants, language)
        for each in found:
            if each["status"] not in ("waiting", "inProgress", "completed"):
                self.erase(each["applicant_id"], "elena.petrova@people.example", [campaign_id])
        return found


class Sanguine(Talentsoft):
    """Shows where candidates stood when they were invited, and never asks."""

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        return [{"applicant_id": each, "status": "waiting"} for each in applicants]


class ErasingHere(Talentsoft):
    """Has candidates erased in the campaign that is open on the screen."""

    def erase(self, applicant_id: str, email: str, campaigns: Collection[str]) -> None:
        super().erase(applicant_id, email, list(campaigns)[:1])


class Restless(Talentsoft):
    """Asks until the status is final, without a pause."""

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        while True:
            found = super().assessments(campaign_id, applicants, language)
            if all(each["status"] == "completed" for each in found):
                return found


@dataclass(frozen=True)
class Defect:
    """A client, and the expectation that it breaks: where it stands, and part of what is said."""

    play: Callable[[World], None]
    place: str
    says: str


DEFECTS = {
    "callbacks-lost": Defect(
        partial(players.callbacks_lost, make=Sanguine), "steps[5]", "waits for talentsoft.list_assessments"
    ),
    "callbacks-twice-and-out-of-order": Defect(
        partial(players.callbacks_twice_and_out_of_order, inlet=OnlyOnce),
        "expect.deliveries[1]",
        "delivered in 1 attempts: 1 found, expected 3",
    ),
    "campaign-closed-meanwhile": Defect(
        partial(players.campaign_closed_meanwhile, make=Stubborn),
        "expect.calls[1]",
        "answered 409: 3 found, expected 1",
    ),
    "candidate-declines": Defect(
        partial(players.candidate_declines, inlet=Pressing), "expect.calls[1]", "invite_applicants: 2 found, expected 1"
    ),
    "connection-closed": Defect(
        partial(players.connection_closed, make=OnePerCall), "steps[4]", "waits for talentsoft.create_token"
    ),
    "credentials-withdrawn": Defect(
        partial(players.credentials_withdrawn, make=AskingAnyway), "expect.calls[3]", "401: 3 found, expected 1"
    ),
    "down-for-a-minute": Defect(
        partial(players.down_for_a_minute, make=OnePerCall, inlet=GivingUp),
        "expect.order[5]",
        "list_assessments did not come after",
    ),
    "erased-while-testing": Defect(
        partial(players.erased_while_testing, make=ErasingHere), "expect.state[1]", '"deleted"}: 1 found, expected 2'
    ),
    "happy-path": Defect(
        partial(players.happy_path, inlet=Knowing), "expect.order[4]", "talentsoft.list_assessments did not come"
    ),
    "invitation-expires": Defect(
        partial(players.invitation_expires, make=Sanguine), "steps[3]", "waits for talentsoft.invite_applicants"
    ),
    "lost-answer-to-invite": Defect(
        partial(players.lost_answer_to_invite, make=NewIds), "expect.state[1]", "2 found, expected 1"
    ),
    "one-bad-candidate": Defect(
        partial(players.one_bad_candidate, make=Satisfied), "expect.state[2]", "0 found, expected 1"
    ),
    "rate-limited": Defect(
        partial(players.rate_limited, make=Hammering), "expect.calls[2]", "answered 429: 120 found, expected 0 to 4"
    ),
    "results-at-another-customer": Defect(
        partial(players.results_at_another_customer, make=OfThreeStatuses),
        "expect.calls[2]",
        "erase_applicant: 1 found, expected 0",
    ),
    "slow-to-invite": Defect(
        partial(players.slow_to_invite, make=Impatient), "expect.calls[1]", "invite_applicants: 2 found, expected 1"
    ),
    "status-after-polls": Defect(
        partial(players.status_after_polls, make=Restless), "expect.time[1]", "0s lay between"
    ),
    "token-expires": Defect(
        partial(players.token_expires, make=OneToken), "steps[2]", "waits for talentsoft.invite_applicants"
    ),
}


@pytest.mark.parametrize("scenario", DEFECTS)
def test_a_defect_breaks_it(world: World, scenario: str) -> None:
    defect = DEFECTS[scenario]

    def play(world: World) -> None:
        with suppress(CallFailed):
            defect.play(world)

    broken = played(world, f"{VENDOR}/{scenario}", play)
    assert defect.says in broken.get(defect.place, ""), broken


def test_each_scenario_has_a_client_that_breaks_it() -> None:
    assert sorted(DEFECTS) == [each.partition("/")[2] for each in NAMES if each.startswith(f"{VENDOR}/")]


def other(applicant: Mapping[str, Any]) -> str:
    """Return another UUID than an applicant has."""
    return str(UUID(int=UUID(applicant["applicant_id"]).int ^ 1))
