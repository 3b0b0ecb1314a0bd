"""The order of calls, each of which follows one whose answer it depends on; and what is asked for anew."""

import json
from itertools import pairwise

import pytest

from contract_tests.client import returned
from contract_tests.client.smarterproctoring.bookings import (
    BOOKING,
    Booked,
    booked_at_once,
    calling,
    needless,
    on_the_way,
    scheduled,
)
from contract_tests.client.stage import Stage
from contract_tests.clients.protocols import SmarterProctoringAdapter

ORDER = [*BOOKING, "get_onboarding_url"]
NAMED = {"courses": "courseSid", "enrollments": "enrollmentSid", "exams": "examSid", "sessions": "sessionSid"}
"""What a path calls the SID that follows a kind of thing."""


def visit(client: SmarterProctoringAdapter, booked: Booked) -> str:
    """Return where the client sends the candidate now."""
    return returned.text("onboarding_url", client.onboarding_url(booked.exam, booked.session))


def onboarding(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Have all of a booking done, and the onboarding URL asked for."""
    booked = booked_at_once(stage, client)
    with on_the_way(stage, "get_onboarding_url"):
        visit(client, booked)
    called = {each.operation for each in stage.calls()} | needless(stage)
    for operation in ORDER:
        with on_the_way(stage, operation):
            stage.expect(operation in called, f"{operation} is called.", got="no call")


@pytest.mark.clause("smarterproctoring.get_onboarding_url", "smarterproctoring.onboard-scheduled")
def test_onboarding(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """The onboarding URL of a scheduled session is an address."""
    booked = scheduled(stage, client)
    with calling(stage, "get_onboarding_url"):
        url = visit(client, booked)
    given = stage.calls("get_onboarding_url")[-1].seen.answer.decode(errors="replace")
    stage.expect(json.dumps(url) in given, "It is the address that the vendor gave.", given, url)


@pytest.mark.clause(
    "smarterproctoring.get_onboarding_url.request.single-use.url",
    "smarterproctoring.onboard-single-use",
    "smarterproctoring.onboard-expires",
)
def test_the_onboarding_url_is_asked_for_anew(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """A URL that opens once and expires is not kept: each visit of the candidate has a new one."""
    booked = scheduled(stage, client)
    with on_the_way(stage, "get_onboarding_url"), calling(stage, "get_onboarding_url"):
        first = visit(client, booked)
    asked = stage.calls("get_onboarding_url")
    different = len({first, visit(client, booked), visit(client, booked)})
    stage.expect(different == 3, "Three visits have three URLs.", "3 different URLs", f"{different} different")
    again = stage.calls("get_onboarding_url")[len(asked) :]
    stage.expect_count(again, 2, "Asking for the onboarding URL at two more visits")


@pytest.mark.clause(
    "smarterproctoring.get_onboarding_url.request.after.scheduling",
    *(f"smarterproctoring.{each}" for each in ORDER),
)
def test_the_documented_order(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Provision, assign, list, schedule, onboard: each call follows the one whose answer it depends on."""
    onboarding(stage, client)
    called = [each.operation for each in stage.calls()]
    wanted = [each for each in ORDER if each not in needless(stage)]
    left = iter(called)
    # In between a client may look as often as it likes.
    stage.expect(all(each in left for each in wanted), "The calls come in the documented order.", wanted, called)


@pytest.mark.clause(
    "smarterproctoring.schedule_exam_session.request.path.sessionSid.given",
    "smarterproctoring.schedule_exam_session.request.path.examSid.given",
    "smarterproctoring.update_course_exam_assignments.request.path.courseSid.given",
    "smarterproctoring.update_course_exam_assignments.request.path.examSid.given",
    "smarterproctoring.list_enrollment_exam_sessions.request.path.enrollmentSid.given",
    "smarterproctoring.list_enrollment_exam_sessions.request.path.examSid.given",
    "smarterproctoring.get_onboarding_url.request.path.examSid.given",
    "smarterproctoring.get_onboarding_url.request.path.sessionSid.given",
    "smarterproctoring.unknown-sid",
)
def test_sids_are_the_vendors(stage: Stage, client: SmarterProctoringAdapter) -> None:
    """Every SID in a call was given by the vendor before; none is invented."""
    onboarding(stage, client)
    known = json.dumps(stage.vendor.credentials)
    for call in stage.calls():
        for kind, sid in pairwise(call.seen.path.split("/")):
            if call.operation in ORDER and kind in NAMED:
                with on_the_way(stage, f"{call.operation}.request.path.{NAMED[kind]}.given"):
                    stage.expect(sid in known, f"{call}: the vendor gave {sid}.", "a SID from an answer", sid)
        known += call.seen.answer.decode(errors="replace")
