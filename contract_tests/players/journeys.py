"""The client's side of the journeys: an assessment partner of Talentsoft's, and what it buys from the other vendors.

Each player takes what makes the integrator, so that another one can be put in the reference's place.
"""

from collections.abc import Callable
from datetime import datetime

from contract_tests.players.integrator import Integrator
from contract_tests.players.partner import Order
from contract_tests.players.world import World

Make = Callable[[World], Integrator]

SHOWN = "journeys/certified-with-smarterproctoring"
"""The journey that shows most, for who wants to see one."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def certified_with_smarterproctoring(world: World, make: Make = Integrator) -> None:
    """Have an order watched by SmarterProctoring, and certify it once the recording was reviewed."""
    with make(world).at_work() as us:
        order = us.next_order()
        us.authorize(order)
        session = us.make_appointment(order, datetime.fromisoformat("2026-03-05T09:00:00Z"))
        _wait_until(us, "2026-03-05T09:00:00Z")
        us.lead_to_onboarding(order, session)
        us.wait(10 * _MINUTE)
        us.let_in(order)
        us.wait(2 * _HOUR)
        us.certify_when_closed(order, session)


def certified_with_constructor(world: World, make: Make = Integrator) -> None:
    """Have an order watched by Constructor Proctor, and certify it once a proctor has accepted it."""
    with make(world).at_work() as us:
        order = us.next_order()
        us.authorize(order)
        us.visit_proctor(order)
        _wait_until(us, "2026-03-04T10:00:00Z")
        _sit(us, order)
        _follow(us, order, days=3)


def missed_down_and_revised(world: World, make: Make = Integrator) -> None:
    """Keep an order through an outage and a missed slot, and follow every word of the proctor's."""
    with make(world).at_work() as us:
        order = us.next_order()
        us.authorize(order)
        us.visit_proctor(order)
        _wait_until(us, "2026-03-04T10:30:00Z")
        if us.has_missed(order):
            us.visit_proctor(order)
        _wait_until(us, "2026-03-06T10:00:00Z")
        _sit(us, order)
        _follow(us, order, days=7)


def erased_half_way(world: World, make: Make = Integrator) -> None:
    """Have an order watched by SmarterProctoring, and erase it everywhere before it comes to that."""
    with make(world).at_work() as us:
        order = us.next_order()
        us.authorize(order)
        us.make_appointment(order, datetime.fromisoformat("2026-03-05T09:00:00Z"))
        for _ in range(3 * 24):
            us.wait(_HOUR)
            if order.status == "deleted":
                us.erase(order)
                break


def _sit(us: Integrator, order: Order) -> None:
    """Send the candidate to the proctor and into the test, and end the watching when the result is there."""
    us.visit_proctor(order)
    us.let_in(order)
    us.wait(2 * _HOUR)
    us.end_watching(order)


def _follow(us: Integrator, order: Order, days: int) -> None:
    """Look every day what the proctor says."""
    for _ in range(days):
        us.wait(_DAY)
        us.judge(order)


def _wait_until(us: Integrator, instant: str) -> None:
    us.wait(datetime.fromisoformat(instant).timestamp() - us.world.now())
