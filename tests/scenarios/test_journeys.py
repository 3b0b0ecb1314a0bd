"""Integrators that get one thing wrong break the journey that is about it, at the place that says so."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contract_tests.clients.answers import Record
from contract_tests.players import journeys
from contract_tests.players.integrator import Integrator
from contract_tests.players.partner import Order
from contract_tests.players.world import World
from tests.scenarios.playing import played


class Hasty(Integrator):
    """Certifies whoever has a result, before anybody has looked at the recording."""

    def certify_when_closed(self, order: Order, session: Record) -> None:
        self.certify(order)


class Forgetful(Integrator):
    """Makes a new session at each visit."""

    def visit_proctor(self, order: Order) -> None:
        self.visits = getattr(self, "visits", 0) + 1
        again = f"-{self.visits}" if self.visits > 1 else ""
        super().visit_proctor(replace(order, number=f"{order.number}{again}"))


class Stubborn(Integrator):
    """Takes the first judgement for the last one."""

    def judge(self, order: Order) -> None:
        if order.status != "completed":
            super().judge(order)


class Superficial(Integrator):
    """Takes the end of a permission for an erasure."""

    def erase_at_youtestme(self, order: Order) -> None:
        self.youtestme.deactivate(order.number)


@pytest.mark.parametrize(
    ("journey", "integrator", "broken"),
    [
        (
            journeys.certified_with_smarterproctoring,
            Hasty,
            {"expect.time[1]": "1440s lay between exchanges 28 and 29, less than 1d"},
        ),
        (
            journeys.certified_with_constructor,
            Forgetful,
            {
                "expect.state[2]": ": 2 found, expected 1",
                "expect.state[2].has.conclusion": 'it is "unknown", not "accepted"',
            },
        ),
        (
            journeys.missed_down_and_revised,
            Stubborn,
            {
                "expect.calls[5]": "talentsoft.receive_callback answered 200: 2 found, expected 3",
                "expect.order[10]": "talentsoft.receive_callback did not come after exchange 38",
                "expect.state[3].has.global_score": "it is 90, not 0",
            },
        ),
        (
            journeys.erased_half_way,
            Superficial,
            {
                "expect.state[2]": 'youtestme.users with {"first_name":"Grace"}: 1 found, expected 0',
                "expect.state[3]": 'youtestme.users with {"email":"grace.mensah@people.example"}: 1 found, expected 0',
            },
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_it_breaks_what_it_is_about(
    world: World, journey: Callable[..., None], integrator: type[Integrator], broken: dict[str, str]
) -> None:
    found = played(world, f"journeys/{journey.__name__.replace('_', '-')}", lambda here: journey(here, integrator))
    assert list(found) == list(broken)
    for place, says in broken.items():
        assert found[place].endswith(says)
