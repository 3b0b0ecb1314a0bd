"""The integrator of the journeys: Talentsoft's partner on one side, the other vendors' client on the other.

Talentsoft calls the partner and knows nothing of what is behind it: the test at YouTestMe, and SmarterProctoring or
Constructor Proctor who watch it being taken. One person has two ids here. The applicant's UUID is Talentsoft's and goes
nowhere else; the vendors know the partner's own ids of candidate and order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from contract_tests.clients.answers import Record, Unavailable
from contract_tests.clients.constructor import Callbacks, Constructor
from contract_tests.clients.smarterproctoring import SmarterProctoring
from contract_tests.clients.youtestme import Results, YouTestMe
from contract_tests.players.partner import Order, Partner
from contract_tests.players.world import World

EXAM = "cert-data-analyst"
"""The certification's id, the same everywhere: Talentsoft's campaign, YouTestMe's test, the proctors' exam."""

_TITLE = "Data Analyst Certification"
_PAGES = "https://exams.meridian.example"
_OPENS, _CLOSES = "2026-03-01T00:00:00Z", "2026-06-30T00:00:00Z"
_REVIEWED = "TS9531c6b112f145018dae3cd2a9f60c4c"
_REVIEWED_AT = "PT5a1e0000000000000000000000000002"
_COURSE: Record = {"ids": {"external": "meridian"}, "title": "Meridian Learning"}
_WATCHED: Record = {
    "ids": {"external": EXAM},
    "title": _TITLE,
    "configuration": {
        "url": f"{_PAGES}/{EXAM}",
        "access": {"open": _OPENS, "close": _CLOSES},
        "duration": 120,
        "password": "fake-exam-password",
        "proctorTypes": {_REVIEWED: {}},
    },
}
_PROCTORED: Record = {
    "accountId": "meridian",
    "accountName": "Meridian Learning",
    "examId": EXAM,
    "examName": _TITLE,
    "duration": 120,
    "schedule": True,
    "proctoring": "online",
    "startDate": _OPENS,
    "endDate": _CLOSES,
}
_HOUR, _DAY = 3600, 86_400


class Integrator:
    """Takes orders, has them tested and watched, and tells how they went."""

    def __init__(self, world: World) -> None:
        youtestme, smarterproctoring, constructor = map(
            world.credentials, ("youtestme", "smarterproctoring", "constructor")
        )
        manner = world.manner
        self.world = world
        self.partner = Partner({EXAM: _TITLE}, "ts_certify", "fake-certify-secret-0123456789abcdef", **manner)
        self.youtestme = YouTestMe(world.url("youtestme"), youtestme["api_key"], **manner)
        self.smarterproctoring = SmarterProctoring(
            world.url("smarterproctoring"), smarterproctoring["token"], smarterproctoring["install_sid"], **manner
        )
        self.constructor = Constructor(
            world.url("constructor"), constructor["integration"], constructor["secret"], **manner
        )
        self._hook_secret = "fake-hook-secret"  # noqa: S105 - of a mock
        self._integration = constructor["integration"]
        self._results = Results(self._hook_secret, clock=world.now)
        self._callbacks = Callbacks(constructor["secret"], clock=world.now)

    @contextmanager
    def at_work(self) -> Iterator["Integrator"]:
        """Be Talentsoft's partner and take webhooks, until nothing is left to happen."""
        inlets = {"/results": self._results, **self._callbacks.inlets}
        with self.partner, self.world.receiving(inlets) as receiver:
            recruiter = {"recruiter": "recruiter@meridian.example", "grant": "jwt-bearer"}
            self._set_up(
                "talentsoft.connect_partner", base_url=self.partner.base_url, **self.partner.client, **recruiter
            )
            urls = {"review_url": f"{receiver.url}/reviews", "schedule_url": f"{receiver.url}/bookings"}
            self._set_up("constructor.change_urls", integration_name=self._integration, **urls)
            self.youtestme.subscribe(f"{receiver.url}/results", self._hook_secret)
            self._receiver = receiver
            yield self
            self.world.until_idle()

    def wait(self, seconds: float) -> None:
        """Let time pass, and take in what was told meanwhile."""
        self.world.wait(seconds)
        self._receiver.wait_for(len(self._receiver.statuses))

    def next_order(self) -> Order:
        """Wait for the order that Talentsoft is about to give; raise ``TimeoutError`` after a day."""
        for _ in range(_DAY // 300):
            if self.partner.orders:
                return self.partner.orders[-1]
            self.wait(300)
        raise TimeoutError("Talentsoft has ordered nothing for a day.")

    def authorize(self, order: Order) -> None:
        """Permit the candidate one attempt; an order that YouTestMe cannot take now is kept and tried again."""
        name = {"first_name": order.first_name, "last_name": order.last_name, "email": order.email}
        for _ in range(10):
            try:
                self.youtestme.ensure_user(order.candidate, username=order.candidate, **name)
                self.youtestme.authorize(order.number, test=EXAM, candidate=order.candidate)
            except Unavailable:
                self.wait(30)
            else:
                return
        raise Unavailable(f"authorizing {order.number}", "YouTestMe is down for too long")

    def let_in(self, order: Order) -> None:
        """Sign the candidate in at YouTestMe, and tell Talentsoft that the test has begun."""
        _browse(self.youtestme.sso_link(order.candidate))
        self.partner.tell(order, "inProgress")
        self.wait(0)

    def certify(self, order: Order) -> None:
        """Tell Talentsoft the result that YouTestMe has told."""
        told = [each for each in self._results.newest.values() if each.authorization == order.number]
        if told:
            self.partner.tell(order, "completed", round(told[-1].content["percentScored"]))
            self.wait(0)

    # Watched by SmarterProctoring

    def make_appointment(self, order: Order, at: datetime) -> Record:
        """Have an order watched at an instant; return the session once somebody has approved it."""
        user = _person(order.candidate, order.first_name, order.last_name, order.email)
        session = self.smarterproctoring.book(_COURSE, user, _WATCHED, at, proctorLocationSid=_REVIEWED_AT)
        self.smarterproctoring.wait_for_status(session["sid"], ["Scheduled"], every=_HOUR, within=_DAY)
        return session

    def lead_to_onboarding(self, order: Order, session: Record) -> None:
        """Send the candidate's browser to where it is checked; that ends on our page, which lets the candidate in."""
        _browse(self.smarterproctoring.onboarding_url(self._exam_sid(order), session["sid"]))

    def certify_when_closed(self, order: Order, session: Record) -> None:
        """Wait until the recording was looked at; before that a result is worth nothing."""
        self.smarterproctoring.wait_for_status(session["sid"], ["Closed"], every=6 * _HOUR, within=14 * _DAY)
        self.certify(order)

    def erase(self, order: Order) -> None:
        """Carry an erasure on. No vendor has a call that deletes a person, so the name is overwritten."""
        self.erase_at_youtestme(order)
        self.erase_at_smarterproctoring(order)

    def erase_at_youtestme(self, order: Order) -> None:
        """End the permission, and overwrite who had it."""
        self.youtestme.deactivate(order.number)
        nobody = _nobody(order)
        del nobody["ids"]
        self.youtestme.change_user(order.candidate, **nobody)

    def erase_at_smarterproctoring(self, order: Order) -> None:
        """Overwrite who was to come, and cancel the appointment."""
        sids = self.smarterproctoring.provision(_COURSE, _nobody(order), _WATCHED)
        for session in self.smarterproctoring.sessions(sids["enrollment"], sids["exam"]):
            if session["status"] in ("Pending Approval", "Scheduled"):
                self.smarterproctoring.cancel(sids["exam"], session["sid"], "The candidate was erased.")

    # Watched by Constructor Proctor

    def visit_proctor(self, order: Order) -> None:
        """Send the candidate's browser to the proctor: to book, to book again, or to start, the same session always."""
        name = {"firstName": order.first_name, "lastName": order.last_name, "email": order.email}
        attempt = {"sessionId": order.number, "sessionUrl": order.page}
        self.constructor.start({**_PROCTORED, **attempt, "userId": order.candidate, **name})
        self.wait(0)

    def has_missed(self, order: Order) -> bool:
        """Tell whether the candidate let the booked slot pass."""
        found = self.constructor.status(order.number)
        return found is not None and found["status"] == "late_to_start"

    def end_watching(self, order: Order) -> None:
        """End the session of a candidate who has handed the test in."""
        self.constructor.finish(order.number)
        self.wait(0)

    def judge(self, order: Order) -> None:
        """Tell Talentsoft what the newest review makes of the result, if it says anything new."""
        review = self._callbacks.reviews.get(order.number, {})
        if review.get("conclusion") == "accepted" and order.status != "completed":
            self.certify(order)
        elif review.get("conclusion") == "rejected" and order.score != 0:
            self.partner.tell(order, "completed", 0, f"Not valid: {review.get('comment')}")
            self.wait(0)

    def _exam_sid(self, order: Order) -> str:
        sids = self.smarterproctoring.sids[_COURSE["ids"]["external"], order.candidate, EXAM]
        return str(sids["exam"])

    def _set_up(self, action: str, **arguments: Any) -> None:
        """Have a vendor's staff set something up, which no API does."""
        self.world.admin("POST", "/actions", {"action": action, "arguments": arguments})


def _person(candidate: str, first_name: str, last_name: str, email: str) -> Record:
    return {"ids": {"external": candidate}, "firstName": first_name, "lastName": last_name, "email": email}


def _nobody(order: Order) -> Record:
    return _person(order.candidate, "Erased", "Erased", f"{order.candidate}@erased.example")


def _browse(url: str) -> None:
    """Open a link as the candidate's browser does, which has cookies of its own."""
    requests.get(url, timeout=10).raise_for_status()
