"""Onboarding: the single-use link to it, and the steps that lead a candidate to the exam."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from mockserver.core.clock import format_instant, later
from mockserver.core.errors import Gone, NotFound
from mockserver.vendors.smarterproctoring import proctoring
from mockserver.vendors.smarterproctoring.entities import OnboardingLink, Session
from mockserver.vendors.smarterproctoring.refusals import forbidden_now
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

Step = Literal["system-check", "identity", "room-scan"]

STEPS: Mapping[Step, str] = {
    "system-check": "system_check_end_date",
    "identity": "identity_verified",
    "room-scan": "room_scanned",
}
"""The steps in their order, each with the attribute of a session that says when it was passed."""


def mint_link(state: SmarterProctoring, session: Session) -> OnboardingLink:
    """Return a new link to the onboarding of a session that is scheduled or under way."""
    state.require(session, "onboard")
    now = state.now()
    return state.onboarding_links.add(
        OnboardingLink(
            token=state.next_hex(state.onboarding_links),
            session_sid=session.sid,
            created=now,
            expires=later(now, timedelta(seconds=state.settings.onboarding_seconds)),
        )
    )


def open_link(state: SmarterProctoring, token: str) -> OnboardingLink:
    """Use a link up; raise ``NotFound`` for one that is none, ``Gone`` for one that was opened or has expired."""
    link = state.onboarding_links.find(token=token)
    if link is None:
        raise NotFound("There is no such onboarding link.")
    if link.opened is not None:
        raise Gone(f"This link was opened at {format_instant(link.opened)} and can be used once only.")
    if link.expires <= state.now():
        raise Gone(f"This link expired at {format_instant(link.expires)}.")
    session = state.sessions.get(link.session_sid)
    state.require(session, "onboard")
    if session.system_check_start_date is None:
        state.change(session, system_check_start_date=state.now())
    visit = state.ids.hex("smarterproctoring.visits")
    return state.onboarding_links.save(replace(link, opened=state.now(), visit=visit))


def visited(state: SmarterProctoring, visit: str) -> Session:
    """Return the session that a link was opened for."""
    link = state.onboarding_links.find(visit=visit)
    if link is None:
        raise NotFound("There is no such onboarding.")
    return state.sessions.get(link.session_sid)


def open_onboarding(state: SmarterProctoring, *, session_sid: str) -> Session:
    """Enter the onboarding of a session, as a candidate does with a fresh link."""
    open_link(state, mint_link(state, state.sessions.get(session_sid)).token)
    return state.sessions.get(session_sid)


def pass_step(state: SmarterProctoring, *, session_sid: str, step: Step) -> Session:
    """Pass the next step; raise ``Conflict`` for any other."""
    session = state.sessions.get(session_sid)
    state.require(session, "onboard")
    due = next_step(session)
    if step != due:
        raise forbidden_now("step", f"{step} is not the next step; {due or 'the exam itself'} is.")
    return state.change(session, **{STEPS[step]: state.now()})


def next_step(session: Session) -> Step | None:
    """Return the step that is due, None when all are passed."""
    return next((step for step, passed in STEPS.items() if getattr(session, passed) is None), None)


def enter_exam(state: SmarterProctoring, session: Session) -> Session:
    """Begin the exam at the end of onboarding."""
    due = next_step(session)
    if due is not None:
        raise forbidden_now("step", f"{due} has not been passed.")
    return proctoring.begin(state, session_sid=session.sid)
