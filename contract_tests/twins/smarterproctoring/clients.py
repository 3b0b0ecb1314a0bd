"""Clients of SmarterProctoring with a defect each."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from contract_tests.clients.answers import CallFailed, Record
from contract_tests.clients.complete import SmarterProctoring
from contract_tests.clients.receiving import Headers
from contract_tests.twins.edits import Edit, having, lacking, renamed, turned
from contract_tests.twins.receiving import Trusting
from contract_tests.twins.sending import (
    as_text,
    at_url,
    calling,
    manners,
    resending,
    saying,
    through,
    with_header,
)
from contract_tests.twins.twin import ClientTwin

_PROVISION = "smarterproctoring.provision.request.body"
_CONFIGURATION = f"{_PROVISION}.exam.configuration"
_SCHEDULE = "smarterproctoring.schedule_exam_session.request.body"
_ONBOARD = "smarterproctoring.get_onboarding_url.request"
_SESSION = "/exams/[^/]+/sessions/[^/]+$"


class _Hoarding(SmarterProctoring):
    """Asks for an onboarding URL once, and hands it out for ever."""

    def onboarding_url(self, exam_sid: str, session_sid: str) -> str:
        kept: dict[str, str] = self.__dict__.setdefault("kept", {})
        if session_sid not in kept:
            kept[session_sid] = super().onboarding_url(exam_sid, session_sid)
        return kept[session_sid]


class _Hasty(SmarterProctoring):
    """Asks for the onboarding URL before there is an appointment."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        with suppress(CallFailed):
            self.onboarding_url(exam_sid, session_sid)
        return super().schedule(exam_sid, session_sid, at, **details)


class _Blithe(SmarterProctoring):
    """Goes on after an assignment that failed."""

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        with suppress(CallFailed):
            super().assign(course_sid, exam_sid, enrollment_sids)


class _Stale(SmarterProctoring):
    """Goes on with the SIDs that it has when provisioning failed."""

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Record:
        try:
            return super().provision(course, user, exam, **more)
        except CallFailed:
            known = course["ids"]["external"], user["ids"]["external"], exam["ids"]["external"]
            if known not in self.sids:
                raise
            return self.sids[known]


class _FirstPage(SmarterProctoring):
    """Reads the first page of a list."""

    def _all_pages(self, path: str, query: Mapping[str, str]) -> list[Record]:
        found: list[Record] = self._caller.record("GET", path, params=query)["results"]
        return found


class _Believing(SmarterProctoring):
    """Takes the news of a changed status from anybody."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._desk.inlets = {path: Trusting(each) for path, each in self._desk.inlets.items()}


class _Forgetful(SmarterProctoring):
    """Acts on the news of a changed status each time that it comes."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        status = super().receive(path, headers, body)
        if status == 200 and self._desk.told:
            self._desk.told.append(self._desk.told[-1])
        return status


_twin = partial(ClientTwin, vendor="smarterproctoring")


def _said(label: str, wrong: str, clause: str, call: str, *edits: Edit) -> ClientTwin:
    method, path = call.split()
    return _twin(
        label=label, wrong=wrong, clause=clause, adapter=through(SmarterProctoring, saying(method, path, *edits))
    )


def _provisioned(label: str, wrong: str, clause: str, *edits: Edit) -> ClientTwin:
    return _said(label, wrong, clause, "POST /provision$", *edits)


TWINS: list[ClientTwin] = [
    _twin(
        label="wrong-path",
        wrong="provisions by /v1 instead of /v2",
        clause="smarterproctoring.paths",
        adapter=through(SmarterProctoring, calling("POST", "/provision$", at_url("/v2/installs", "/v1/installs"))),
    ),
    _twin(
        label="wrong-header",
        wrong="shows its token in Authorization when it assigns",
        clause="smarterproctoring.update_course_exam_assignments.request.security.token",
        adapter=through(SmarterProctoring, calling("PUT", "/assignments$", with_header("token", None))),
    ),
    _twin(
        label="wrong-content-type",
        wrong="provisions with text/plain",
        clause=f"{_PROVISION}.content.application/json",
        adapter=through(SmarterProctoring, calling("POST", "/provision$", as_text)),
    ),
    _provisioned("no-course", "provisions without a course", f"{_PROVISION}.course.required", lacking("course")),
    _provisioned("no-ids", "names a user by nothing", f"{_PROVISION}.user.ids.required", lacking("user", "ids")),
    _provisioned(
        "no-address", "sends an e-mail without @", f"{_PROVISION}.user.email.format", having("tom", "user", "email")
    ),
    _provisioned(
        "unknown-role", "enrolls as student", f"{_PROVISION}.enrollment.role*", having("student", "enrollment", "role")
    ),
    _provisioned(
        "no-password",
        "configures an exam without a password",
        f"{_CONFIGURATION}.password.required",
        lacking("exam", "configuration", "password"),
    ),
    _provisioned(
        "text-for-duration",
        "sends the duration of an exam as a text",
        f"{_CONFIGURATION}.duration.type",
        turned(str, "exam", "configuration", "duration"),
    ),
    _provisioned(
        "day-for-instant",
        "opens an exam on a day, without a time",
        f"{_CONFIGURATION}.access.open.format",
        turned(lambda at: at[:10], "exam", "configuration", "access", "open"),
    ),
    _provisioned(
        "no-iso-date",
        "opens an exam on a date with slashes",
        f"{_CONFIGURATION}.access.open.pattern",
        turned(lambda at: f"{at[5:7]}/{at[8:10]}/{at[:4]}", "exam", "configuration", "access", "open"),
    ),
    _provisioned(
        "no-title",
        "makes a course without a title",
        "smarterproctoring.new-course",
        lacking("course", "title"),
    ),
    _provisioned(
        "own-identifier",
        "names a user by an identifier of its own kind",
        f"{_PROVISION}.user.ids.external.required",
        renamed("uuid", "user", "ids", "external"),
    ),
    _provisioned(
        "no-time-zone",
        "sends an abbreviation as the time zone of a user",
        f"{_PROVISION}.user.timeZone.format",
        having("PDT", "user", "timeZone"),
    ),
    _provisioned(
        "text-for-scope",
        "sends limitedScope as a text",
        f"{_PROVISION}.exam.limitedScope.type",
        turned(str, "exam", "limitedScope"),
    ),
    _said(
        "local-time",
        "makes an appointment in a time without zone",
        f"{_SCHEDULE}.appointmentDateTime*",
        f"POST {_SESSION}",
        turned(lambda at: at.rstrip("Z"), "appointmentDateTime"),
    ),
    _said(
        "unknown-type",
        "makes an appointment of a type that is not documented",
        f"{_SCHEDULE}.type*",
        f"POST {_SESSION}",
        having("robot", "type"),
    ),
    _twin(
        label="made-up-session",
        wrong="makes an appointment for a session that was not listed",
        clause="smarterproctoring.schedule_exam_session.request.path.sessionSid.given",
        adapter=through(
            SmarterProctoring, calling("POST", _SESSION, at_url("/sessions/[^/]+$", f"/sessions/ES{'0' * 32}"))
        ),
    ),
    _twin(
        label="made-up-cancellation",
        wrong="cancels a session that was not listed",
        clause="smarterproctoring.cancel_exam_session.request.path.sessionSid.given",
        adapter=through(
            SmarterProctoring, calling("DELETE", _SESSION, at_url("/sessions/[^/]+$", f"/sessions/ES{'0' * 32}"))
        ),
    ),
    _twin(
        label="made-up-course",
        wrong="assigns to a course whose SID was not given",
        clause="smarterproctoring.update_course_exam_assignments.request.path.courseSid.given",
        adapter=through(
            SmarterProctoring, calling("PUT", "/assignments$", at_url("/courses/[^/]+/", f"/courses/CU{'0' * 32}/"))
        ),
    ),
    _twin(
        label="stored-link",
        wrong="hands out a stored onboarding URL",
        clause=f"{_ONBOARD}.single-use.url",
        adapter=_Hoarding,
    ),
    _twin(
        label="too-early",
        wrong="asks for the onboarding URL before the appointment",
        clause=f"{_ONBOARD}.after.scheduling",
        adapter=_Hasty,
    ),
    _twin(label="blithe", wrong="goes on after an assignment that failed", clause="caller.order", adapter=_Blithe),
    _twin(
        label="stale",
        wrong="assigns by the SIDs of an earlier time when provisioning failed",
        clause="smarterproctoring.step-after-success",
        adapter=_Stale,
    ),
    _twin(
        label="first-page",
        wrong="reads the first page of sessions only",
        clause="smarterproctoring.list_enrollment_exam_sessions.response.200.body.next",
        adapter=_FirstPage,
    ),
    _twin(
        label="scheduled-twice",
        wrong="makes an appointment again when the answer was lost",
        clause="caller.no-second-effect",
        adapter=through(SmarterProctoring, resending("POST", _SESSION)),
    ),
    _twin(
        label="trusting",
        wrong="accepts the news of a changed status from anybody",
        clause="smarterproctoring.status-change-token",
        adapter=_Believing,
    ),
    _twin(label="forgetful", wrong="acts on a duplicate webhook", clause="caller.webhook-once", adapter=_Forgetful),
    *manners(_twin, SmarterProctoring, 400, 403),
]
