"""The client's side of Talentsoft's scenarios: Talentsoft calls an assessment partner and takes its callbacks.

Each player takes what makes the client, and where callbacks matter what makes its receiving side, so that another
client can be put in the reference's place. What a client decides by its own rules, such as inviting once more whose
invitation has expired, is done here.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, Unpack

from contract_tests.clients.calling import Manner, Record, Refused
from contract_tests.clients.protocols import TalentsoftAdapter
from contract_tests.clients.receiving import Headers, Inlet, Message, Receiver
from contract_tests.clients.talentsoft import Callbacks, Talentsoft
from contract_tests.players.world import World

_CAMPAIGN, _OTHER_CAMPAIGN = "1", "2"
_RECRUITER = "recruiter@meridian.example"
_GRACE = {
    "applicant_id": "0c7b6f4e-5a0d-4d0e-9a43-6a1f2b3c4d01",
    "firstname": "Grace",
    "lastname": "Lindqvist",
    "email": "grace.lindqvist@people.example",
    "language": "en-GB",
}
_HUGO = {
    "applicant_id": "0c7b6f4e-5a0d-4d0e-9a43-6a1f2b3c4d02",
    "firstname": "Hugo",
    "lastname": "Marchetti",
    "email": "hugo.marchetti@people.example",
    "language": "fr-FR",
}
_IDRIS = {
    "applicant_id": "0c7b6f4e-5a0d-4d0e-9a43-6a1f2b3c4d03",
    "firstname": "Idris",
    "lastname": "Adeyemi",
    "email": "idris.adeyemi@people.example",
    "language": "en-GB",
}
_ELENA = {
    "applicant_id": "0c7b6f4e-5a0d-4d0e-9a43-6a1f2b3c4d04",
    "firstname": "Elena",
    "lastname": "Petrova",
    "email": "elena.petrova@people.example",
    "language": "en-GB",
}
"""Somebody whose results another customer has."""

_OPEN = ("waiting", "awaitingSharing", "inProgress")
_DAY = 86_400.0


class Make(Protocol):
    """Makes a client of a partner."""

    def __call__(
        self, base_url: str, client_id: str, client_secret: str, *, recruiter: str | None, **manner: Unpack[Manner]
    ) -> TalentsoftAdapter:
        """Return a client that calls this address for a recruiter, or as the application for None."""


MakeInlet = Callable[[Any], Inlet]
"""Makes the receiving side of a client's callbacks."""


def happy_path(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Choose a campaign, invite a candidate, and follow the callbacks."""
    with _desk(world, make, inlet) as desk:
        campaigns = desk.client.campaigns("Data Analyst")
        desk.client.invite(campaigns[0]["campaign_id"], [_GRACE], desk.url)
        desk.live()


def token_expires(world: World, make: Make = Talentsoft) -> None:
    """Take five minutes to choose a campaign."""
    client = _client(world, make)
    client.campaigns()
    world.wait(300)
    client.invite(_CAMPAIGN, [_GRACE])
    client.assessments(_CAMPAIGN, [_GRACE["applicant_id"]])


def credentials_withdrawn(world: World, make: Make = Talentsoft) -> None:
    """Invite, and stop when a day later nothing is answered any more."""
    client = _client(world, make)
    client.invite(_CAMPAIGN, [_GRACE])
    world.wait(_DAY)
    try:
        client.assessments(_CAMPAIGN, [_GRACE["applicant_id"]])
    except Refused as refused:
        if refused.status != 401:
            raise


def connection_closed(world: World, make: Make = Talentsoft) -> None:
    """Choose a campaign and invite; the client itself sees to broken connections."""
    client = _client(world, make)
    client.invite(client.campaigns()[0]["campaign_id"], [_GRACE])


def down_for_a_minute(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite, and follow the callbacks with more patience than usual."""
    with _desk(world, make, inlet, attempts=9, backoff=1.0) as desk:
        desk.client.invite(_CAMPAIGN, [_GRACE], desk.url)
        desk.live()


def rate_limited(world: World, make: Make = Talentsoft) -> None:
    """Read where everybody in every campaign stands."""
    application = _client(world, make, recruiter=None)
    for campaign in application.campaigns():
        application.assessments(campaign["campaign_id"])


def slow_to_invite(world: World, make: Make = Talentsoft) -> None:
    """Invite, and wait for the answer."""
    _client(world, make).invite(_CAMPAIGN, [_GRACE])


def lost_answer_to_invite(world: World, make: Make = Talentsoft) -> None:
    """Invite two; the client itself sees to what is lost."""
    _client(world, make).invite(_CAMPAIGN, [_GRACE, _HUGO])


def one_bad_candidate(world: World, make: Make = Talentsoft) -> None:
    """Invite three, one of them with a mistyped address; invite whom that failed for again, with the right one."""
    client = _client(world, make)
    for result in client.invite(_CAMPAIGN, [_GRACE, {**_HUGO, "email": "hugo.marchetti@people"}, _IDRIS]):
        if result["status"] == "error":
            client.invite(_CAMPAIGN, [{**_HUGO, "applicant_id": result["applicant_id"]}])


def campaign_closed_meanwhile(world: World, make: Make = Talentsoft) -> None:
    """Invite to the first campaign of the list, and to that of a new list if it is closed."""
    client = _client(world, make)
    try:
        client.invite(client.campaigns()[0]["campaign_id"], [_GRACE])
    except Refused:
        client.invite(client.campaigns()[0]["campaign_id"], [_GRACE])


def candidate_declines(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite, and follow the callbacks."""
    with _desk(world, make, inlet) as desk:
        desk.client.invite(_CAMPAIGN, [_GRACE], desk.url)
        desk.live()


def results_at_another_customer(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite, have a look, and follow the callbacks."""
    with _desk(world, make, inlet) as desk:
        desk.client.invite(_CAMPAIGN, [_ELENA], desk.url)
        desk.client.assessments(_CAMPAIGN, [_ELENA["applicant_id"]])
        desk.live()


def invitation_expires(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite, and once more when that has expired."""
    with _desk(world, make, inlet) as desk:
        desk.client.invite(_CAMPAIGN, [_GRACE], desk.url)
        desk.live()
        (found,) = desk.client.assessments(_CAMPAIGN, [_GRACE["applicant_id"]])
        if found["status"] == "expired":
            desk.client.invite(_CAMPAIGN, [_GRACE], desk.url)
            desk.live()


def erased_while_testing(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite to two campaigns, and have the candidate erased in both while one test is under way."""
    with _desk(world, make, inlet) as desk:
        for campaign in (_CAMPAIGN, _OTHER_CAMPAIGN):
            desk.client.invite(campaign, [_GRACE], desk.url)
        world.wait(_DAY + 600)
        desk.client.erase(_GRACE["applicant_id"], _GRACE["email"], [_CAMPAIGN, _OTHER_CAMPAIGN])
        desk.live()


def callbacks_twice_and_out_of_order(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite, and follow the callbacks."""
    with _desk(world, make, inlet) as desk:
        desk.client.invite(_CAMPAIGN, [_GRACE], desk.url)
        desk.live()


def callbacks_lost(world: World, make: Make = Talentsoft, inlet: MakeInlet = Callbacks) -> None:
    """Invite, expect callbacks, and read once a day all the same."""
    with _desk(world, make, inlet) as desk:
        desk.client.invite(_CAMPAIGN, [_GRACE], desk.url)
        _read_daily(world, make, [_GRACE["applicant_id"]])


def status_after_polls(world: World, make: Make = Talentsoft) -> None:
    """Invite without an address for callbacks, and read once a day."""
    _client(world, make).invite(_CAMPAIGN, [_GRACE])
    _read_daily(world, make, [_GRACE["applicant_id"]])


class _Queue:
    """An inlet whose work is left until somebody asks for it.

    A callback is answered at once and its work done when the sender has had the answer: no two things happen at one
    time, and every playing is the same.
    """

    def __init__(self, inlet: Inlet) -> None:
        self._inlet = inlet
        self._left: deque[Message] = deque()

    def read(self, headers: Headers, body: bytes) -> Message:
        return self._inlet.read(headers, body)

    def take(self, message: Message) -> None:
        self._left.append(message)

    def work(self) -> bool:
        """Do the work that is left; tell whether there was any."""
        had_some = bool(self._left)
        while self._left:
            self._inlet.take(self._left.popleft())
        return had_some


class _Desk:
    """A recruiter with a client, and the server that callbacks arrive at, whose address is ``url``."""

    def __init__(self, world: World, client: TalentsoftAdapter, queue: _Queue, receiver: Receiver) -> None:
        self.client = client
        self.url = f"{receiver.url}/assessmentcallback"
        self._world = world
        self._queue = queue
        self._receiver = receiver

    def live(self) -> None:
        """Let time pass until nothing is planned any more, and work off each callback at its instant."""
        while True:
            due = self._world.admin("POST", "/clock", {"advance": "0s"})["next_due"]
            self._receiver.wait_for(len(self._receiver.statuses))
            if self._queue.work():
                continue
            if due is None:
                return
            self._world.admin("POST", "/clock", {"freeze": due})


@contextmanager
def _desk(world: World, make: Make, inlet: MakeInlet, **manner: Unpack[Manner]) -> Iterator[_Desk]:
    client = _client(world, make, **manner)
    queue = _Queue(inlet(client))
    with world.receiving({"/assessmentcallback": queue}) as receiver:
        yield _Desk(world, client, queue, receiver)


def _client(
    world: World, make: Make, *, recruiter: str | None = _RECRUITER, **manner: Unpack[Manner]
) -> TalentsoftAdapter:
    known = world.credentials("talentsoft")
    url = f"{world.url('talentsoft')}/api/v1"
    how: Manner = {**world.manner, **manner}
    return make(url, known["client_id"], known["client_secret"], recruiter=recruiter, **how)


def _read_daily(world: World, make: Make, applicants: Sequence[str]) -> None:
    """Ask as the application once a day, until nobody's assessment is open any more or two weeks have passed."""
    application = _client(world, make, recruiter=None)
    for _ in range(14):
        world.wait(_DAY)
        found: list[Record] = application.assessments(_CAMPAIGN, applicants)
        if all(each["status"] not in _OPEN for each in found):
            return
