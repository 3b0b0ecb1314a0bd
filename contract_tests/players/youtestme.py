"""The client's side of YouTestMe's scenarios.

Each player takes what makes the client, and where webhooks matter what makes its receiving side, so that another
client can be put in the reference's place. What a client decides by its own rules, such as a retake for whoever failed,
is done here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, Unpack

import requests

from contract_tests.clients.calling import CallFailed, Manner
from contract_tests.clients.protocols import YouTestMeAdapter
from contract_tests.clients.receiving import Inlet, Receiver
from contract_tests.clients.youtestme import Result, Results, YouTestMe
from contract_tests.players.world import World

_SIGNED_WITH = "fake-shared-secret"
_TOM = "user-5678"
_TEST = "EXT_TEST_001"
_DAY = 24 * 60 * 60


class Make(Protocol):
    """Makes a client of a tenant."""

    def __call__(self, base_url: str, api_key: str, **manner: Unpack[Manner]) -> YouTestMeAdapter:
        """Return a client that calls this address with this key."""


class MakeInlet(Protocol):
    """Makes the receiving side of webhooks."""

    def __call__(self, secret: str, *, clock: Callable[[], float], on_result: Callable[[Result], object]) -> Inlet:
        """Return an inlet that tells every result that is new to it."""


def happy_path(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Subscribe, order an attempt, and wait for its result."""
    _hear_of_an_order(world, make, inlet)


def lost_answer_to_create(world: World, make: Make = YouTestMe) -> None:
    """Order an attempt and invite to it."""
    _invite(_client(world, make))


def slow_to_answer(world: World, make: Make = YouTestMe) -> None:
    """Order an attempt with little patience."""
    _order(_client(world, make, timeout=0.1))


def down_for_a_minute(world: World, make: Make = YouTestMe) -> None:
    """Order an attempt with much perseverance."""
    _order(_client(world, make, attempts=10, backoff=1.0))


def rate_limited(world: World, make: Make = YouTestMe) -> None:
    """Permit five known candidates a test, one after the other."""
    client = _client(world, make)
    for candidate in ("cand-1001", "cand-1002", "cand-1003", "cand-1004", "cand-1005"):
        client.authorize(f"safety-{candidate}", test="cert-safety", candidate=candidate)


def connection_closed(world: World, make: Make = YouTestMe) -> None:
    """Order an attempt and invite to it."""
    _invite(_client(world, make))


def duplicate_result(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Permit one retake for each failed result that is told."""
    client, told = _hear_of_an_order(world, make, inlet)
    failed = [each for each in told if not each.passed]
    for number, _ in enumerate(failed, 1):
        client.authorize(f"order-1-retake-{number}", test=_TEST, candidate=_TOM)


def forged_result(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Wait for the result."""
    _hear_of_an_order(world, make, inlet)


def stale_result(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Wait for the result."""
    _hear_of_an_order(world, make, inlet)


def earlier_result_arrives_last(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Permit a retake if the last word on the attempt is that it failed."""
    client, told = _hear_of_an_order(world, make, inlet)
    if told and not told[-1].passed:
        client.authorize("order-1-retake", test=_TEST, candidate=_TOM)


def graded_days_later(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Look every day for two weeks whether the result has come."""
    told: list[Result] = []
    client = _client(world, make)
    with _heard(world, client, inlet, told) as receiver:
        _order(client)
        for _ in range(14):
            world.wait(_DAY)
            receiver.wait_for(len(receiver.statuses))
            if told:
                return


def single_use_link_opened_twice(world: World, make: Make = YouTestMe) -> None:
    """Send the candidate to his tests today and tomorrow."""
    client = _client(world, make)
    _order(client)
    for _ in range(2):
        requests.get(client.sso_link(_TOM), timeout=10)
        world.wait(_DAY)


def user_exists_already(world: World, make: Make = YouTestMe) -> None:
    """Provision a candidate who is known to the vendor, and permit a test."""
    client = _client(world, make)
    client.ensure_user(
        "cand-1001",
        username="amara.okafor@people.example",
        first_name="Amara",
        last_name="Okafor",
        email="amara.okafor@people.example",
    )
    client.authorize("order-2001", test="cert-safety", candidate="cand-1001")


def authorization_used_up(world: World, make: Make = YouTestMe, inlet: MakeInlet = Results) -> None:
    """Permit another attempt after a failed one, under a new id unless the permission is good for it still."""
    told: list[Result] = []
    client = _client(world, make)
    with _heard(world, client, inlet, told) as receiver:
        _order(client)
        world.until_idle()
        receiver.wait_for(len(receiver.statuses))
        standing = client.authorization("order-1")
        if told and not told[-1].passed and not (standing and standing["active"]):
            client.authorize("order-1-again", test=_TEST, candidate=_TOM)
        world.until_idle()


def module_not_enabled(world: World, make: Make = YouTestMe) -> None:
    """Try to order an attempt, and let the refusal be seen."""
    try:
        _invite(_client(world, make))
    except CallFailed:
        return


def _client(world: World, make: Make, **manner: Unpack[Manner]) -> YouTestMeAdapter:
    all_of_it: Manner = {**world.manner, **manner}
    return make(world.url("youtestme"), world.credentials("youtestme")["api_key"], **all_of_it)


def _order(client: YouTestMeAdapter) -> None:
    """Make the user and permit one attempt."""
    client.ensure_user(
        _TOM, username="tom.palmer@example.com", first_name="Tom", last_name="Palmer", email="tom.palmer@example.com"
    )
    client.authorize("order-1", test=_TEST, candidate=_TOM)


def _invite(client: YouTestMeAdapter) -> None:
    """Order an attempt and make the link to it."""
    _order(client)
    client.sso_link(_TOM)


def _hear_of_an_order(world: World, make: Make, inlet: MakeInlet) -> tuple[YouTestMeAdapter, list[Result]]:
    """Order an attempt and let time pass until nothing more happens; return the results that were told as new."""
    told: list[Result] = []
    client = _client(world, make)
    with _heard(world, client, inlet, told):
        _order(client)
        world.until_idle()
    return client, told


@contextmanager
def _heard(world: World, client: YouTestMeAdapter, inlet: MakeInlet, told: list[Result]) -> Iterator[Receiver]:
    """Subscribe to results, which are all taken when the block is left."""
    results = inlet(_SIGNED_WITH, clock=world.now, on_result=told.append)
    with world.receiving({"/results": results}) as receiver:
        client.subscribe(f"{receiver.url}/results", _SIGNED_WITH)
        yield receiver
