"""Each scenario of YouTestMe fails for a client with one defect, and says which expectation is broken."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Unpack

import pytest
import requests

from contract_tests.clients.answers import CallFailed, Record, Unavailable
from contract_tests.clients.calling import Manner
from contract_tests.clients.receiving import Headers, Message, content_of
from contract_tests.clients.youtestme import Result, Results, YouTestMe
from contract_tests.players import youtestme as players
from contract_tests.players.world import World
from tests.scenarios.playing import played

Broken = tuple[str, str]


class NotVerifying(Results):
    """Takes whatever comes."""

    def read(self, headers: Headers, body: bytes) -> Message:
        return Message(None, content_of(body))


class Forgetful(NotVerifying):
    """Takes each request for news."""

    def take(self, message: Message) -> None:
        self._on_result(Result.of(message.content))


class NotCheckingTime(Results):
    """Believes any time that the signature covers."""

    def read(self, headers: Headers, body: bytes) -> Message:
        self._clock = lambda: float(headers["webhook-timestamp"])
        return super().read(headers, body)


class CallingAgain(YouTestMe):
    """Repeats what creates as if it were a look-up."""

    def authorize(self, external_id: str, *, test: str, candidate: str, expires: datetime | None = None) -> Record:
        wanted = {"authorizationExternalId": external_id, "externalTestId": test, "candidateExternalId": candidate}
        return self._caller.record("POST", "/authorizations", json=wanted, safe=True)


class GoingOnAfterSilence(YouTestMe):
    """Takes a user who may have been made for one who was."""

    def ensure_user(self, external_id: str, **account: str) -> Record:
        found = self.find_user(external_id=external_id)
        with suppress(Unavailable):
            return found or self._caller.record("POST", "/users/", json=on_the_wire(external_id, **account))
        return {}


class StartingOver(YouTestMe):
    """Makes the account under another name where the first did not work out."""

    def ensure_user(self, external_id: str, **account: str) -> Record:
        wanted = on_the_wire(external_id, **account)
        try:
            return self._caller.record("POST", "/users/", json=wanted)
        except CallFailed:
            second = {"username": f"2-{wanted['username']}", "externalId": f"{external_id}-2"}
            return self._caller.record("POST", "/users/", json={**wanted, **second})


def on_the_wire(external_id: str, *, username: str, first_name: str, last_name: str, email: str) -> Record:
    """Return an account as the vendor reads it."""
    name = {"username": username, "firstName": first_name, "lastName": last_name}
    return {"externalId": external_id, **name, "email": email, "roleCode": "STU"}


class KeepingTheLink(YouTestMe):
    """Stores the link that it was given."""

    link = ""

    def sso_link(self, user_external_id: str, *args: Any, **options: Any) -> str:
        self.link = self.link or super().sso_link(user_external_id, *args, **options)
        return self.link


class KeepingTheAuthorization(YouTestMe):
    """Believes that an authorization stands as it did when it was made."""

    kept: Record | None = None

    def authorize(self, external_id: str, **wanted: Any) -> Record:
        self.kept = super().authorize(external_id, **wanted)
        return self.kept

    def authorization(self, external_id: str) -> Record | None:
        return self.kept or super().authorization(external_id)


def every_second(base_url: str, api_key: str, **manner: Unpack[Manner]) -> YouTestMe:
    """Return a client that asks again each second, whatever it is told."""
    session = requests.Session()
    session.hooks["response"].append(lambda response, **_: response.headers.pop("Retry-After", None) and None)
    wait = manner["wait"]
    impatient: Manner = {**manner, "session": session, "attempts": 100, "wait": lambda _: wait(1)}
    return YouTestMe(base_url, api_key, **impatient)


def with_another_secret(secret: str, **options: Any) -> Results:
    """Return an inlet that was set up with the secret of somewhere else."""
    return Results(f"{secret}-of-staging", **options)


def permitting_again_after_a_day(world: World) -> None:
    """Order an attempt, and permit another since no result has come by the next day."""
    client = YouTestMe(world.url("youtestme"), world.credentials("youtestme")["api_key"], **world.manner)
    with world.receiving({"/results": Results("fake-shared-secret", clock=world.now)}) as receiver:
        client.subscribe(f"{receiver.url}/results", "fake-shared-secret")
        client.ensure_user("u-1", username="tom", first_name="Tom", last_name="Palmer", email="tom@people.example")
        client.authorize("order-1", test="EXT_TEST_001", candidate="u-1")
        world.wait(24 * 60 * 60)
        client.authorize("order-1-again", test="EXT_TEST_001", candidate="u-1")
        world.until_idle()


def not_looking_at_statuses(world: World) -> None:
    """Look up, create, permit and invite, as if each had succeeded."""
    key = {"Authorization": f"Bearer {world.credentials('youtestme')['api_key']}"}
    for method, path in [
        ("GET", "/users/externalId=user-5678"),
        ("POST", "/users/"),
        ("POST", "/authorizations"),
        ("POST", "/ssoLinks"),
    ]:
        world.session.request(method, world.url("youtestme") + path, json={}, headers=key, timeout=10)


FAILING: dict[str, tuple[Callable[[World], None], Broken]] = {
    "happy-path": (
        partial(players.happy_path, inlet=with_another_secret),
        ("expect.deliveries[1]", "0 found, expected 1; delivery 1 is failed after 3 attempts"),
    ),
    "lost-answer-to-create": (
        partial(players.lost_answer_to_create, make=CallingAgain),
        ("expect.state[2]", '"order-1"}: 2 found, expected 1'),
    ),
    "slow-to-answer": (
        partial(players.slow_to_answer, make=StartingOver),
        ("expect.state[1]", "2 found, expected 1"),
    ),
    "down-for-a-minute": (
        partial(players.down_for_a_minute, make=every_second),
        ("expect.calls[1]", "answered 503: 60 found, expected 1 to 12"),
    ),
    "rate-limited": (
        partial(players.rate_limited, make=every_second),
        ("expect.calls[2]", "answered 429: 120 found, expected 1 to 3"),
    ),
    "connection-closed": (
        partial(players.connection_closed, make=GoingOnAfterSilence),
        ("expect.state[1]", "0 found, expected 1"),
    ),
    "duplicate-result": (
        partial(players.duplicate_result, inlet=Forgetful),
        ("expect.calls[1]", "create_authorization: 4 found, expected 2"),
    ),
    "forged-result": (
        partial(players.forged_result, inlet=NotVerifying),
        ("expect.deliveries[1]", "delivery 1 is delivered after 1 attempts, 2 is delivered after 1 attempts"),
    ),
    "stale-result": (
        partial(players.stale_result, inlet=NotCheckingTime),
        ("expect.deliveries[1]", "delivery 1 is delivered after 1 attempts"),
    ),
    "earlier-result-arrives-last": (
        partial(players.earlier_result_arrives_last, inlet=Forgetful),
        ("expect.calls[1]", "create_authorization: 2 found, expected 1"),
    ),
    "graded-days-later": (
        permitting_again_after_a_day,
        ("expect.calls[1]", "create_authorization: 2 found, expected 1"),
    ),
    "single-use-link-opened-twice": (
        partial(players.single_use_link_opened_twice, make=KeepingTheLink),
        ("expect.state[1]", "youtestme.logins: 1 found, expected 2"),
    ),
    "user-exists-already": (
        partial(players.user_exists_already, make=StartingOver),
        ("expect.state[1]", "2 found, expected 1"),
    ),
    "authorization-used-up": (
        partial(players.authorization_used_up, make=KeepingTheAuthorization),
        ("steps[4]", "waits for youtestme.create_authorization"),
    ),
    "module-not-enabled": (
        not_looking_at_statuses,
        ("expect.calls[4]", "create_sso_link: 1 found, expected 0"),
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_it_fails_for_a_client_with_a_defect(world: World, name: str) -> None:
    def giving_up(world: World) -> None:
        with suppress(CallFailed):
            player(world)

    player, (place, said) = FAILING[name]
    broken = played(world, f"youtestme/{name}", giving_up)
    assert said in broken.get(place, ""), broken


def test_each_scenario_has_a_client_that_fails_it(http: requests.Session, origin: str) -> None:
    listed = {each["name"] for each in http.get(f"{origin}/__admin/scenarios", timeout=20).json()}
    assert {f"youtestme/{name}" for name in FAILING} == {each for each in listed if each.startswith("youtestme/")}
