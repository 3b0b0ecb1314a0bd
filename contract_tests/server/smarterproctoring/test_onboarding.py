"""Onboarding: when its URL can be had, how often and how long it opens, and where it leads."""

import pytest

from contract_tests.server.smarterproctoring.install import Install

pytestmark = pytest.mark.writes


@pytest.mark.clause("smarterproctoring.onboard-scheduled", "smarterproctoring.get_onboarding_url")
def test_onboarding_of_a_scheduled_session(install: Install) -> None:
    """The onboarding URL can be asked for at any time after a session is scheduled."""
    who, session = install.scheduled()
    reply = install.api("GET", install.session_path(who, session, "onboard"))
    install.needs(reply, clause="smarterproctoring.onboard-scheduled")
    again = install.api("GET", install.session_path(who, session, "onboard"))
    install.needs(again, clause="smarterproctoring.onboard-scheduled")
    told = "Each URL is for a single use, so each is another."
    fresh = reply.at("url") != again.at("url")
    install.holds("smarterproctoring.onboard-single-use", fresh, told, expected="two URLs", got=again.told)


@pytest.mark.clause("smarterproctoring.onboard-unscheduled")
def test_no_onboarding_without_appointment(install: Install) -> None:
    """Before a session is scheduled there is no onboarding; no document says so."""
    who = install.enrolled()
    reply = install.api("GET", install.session_path(who, install.session(who), "onboard"))
    install.refuses(reply, "smarterproctoring.onboard-unscheduled", "There is nothing to onboard to.")


@pytest.mark.clause("smarterproctoring.onboard-single-use")
def test_an_onboarding_url_opens_once(install: Install) -> None:
    """An onboarding URL can be opened once."""
    who, session = install.scheduled()
    url = install.onboarding_url(who, session)
    first, second = install.browser().open(url), install.browser().open(url)
    told = "It opens."
    install.holds("smarterproctoring.onboard-single-use", first.ok, told, expected="a page", got=first.status)
    told = "It does not open for somebody who comes second."
    install.holds("smarterproctoring.onboard-single-use", not second.ok, told, expected="a refusal", got=second.status)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.onboard-expires")
def test_an_onboarding_url_expires(install: Install) -> None:
    """An onboarding URL expires."""
    who, session = install.scheduled()
    url = install.onboarding_url(who, session)
    install.sandbox.advance("2d")
    page = install.browser().open(url)
    told = "Two days later it opens no more."
    install.holds("smarterproctoring.onboard-expires", not page.ok, told, expected="a refusal", got=page.status)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.onboard-steps")
def test_the_steps_of_the_onboarding(install: Install) -> None:
    """Onboarding walks the candidate through steps before the exam, such as system check, identity and room scan."""
    who, session = install.scheduled()
    text = install.browser().open(install.onboarding_url(who, session)).text.lower()
    told = "The onboarding shows its steps."
    there = all(word in text for word in ("system", "identity", "room"))
    wanted = "system check, identity, room scan"
    install.holds("smarterproctoring.onboard-steps", there, told, expected=wanted, got=text)
    for step in ("system-check", "identity", "room-scan"):
        install.sandbox.action("pass_onboarding_step", session_sid=session, step=step)
    install.sandbox.action("begin", session_sid=session)
    status = install.status(session)
    told = "After them the exam begins."
    install.holds("smarterproctoring.onboard-steps", status == "In Progress", told, expected="In Progress", got=status)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.moves")
def test_no_onboarding_to_what_is_over(install: Install) -> None:
    """Who has taken an exam cannot begin it again; no document says so."""
    who, session = install.scheduled()
    for action in ("begin", "end", "close"):
        install.sandbox.action(action, session_sid=session)
    reply = install.api("GET", install.session_path(who, session, "onboard"))
    install.refuses(reply, "smarterproctoring.moves", "There is nothing to onboard to any more.")
