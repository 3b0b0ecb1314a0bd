"""Clients of Constructor Proctor with a defect each."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import jwt

from contract_tests.clients import constructor
from contract_tests.clients.complete import Constructor
from contract_tests.clients.receiving import Headers, content_of
from contract_tests.twins.edits import having, lacking, turned
from contract_tests.twins.receiving import Trusting, TrustingUnsigned
from contract_tests.twins.sending import (
    as_text,
    at_url,
    calling,
    first_forever,
    manners,
    saying,
    through,
)
from contract_tests.twins.twin import ClientTwin

_EXAM = "constructor.put_exam.request.body"
_START = "constructor.start_session.request.body.token.content"


class _Longlived(Constructor):
    """Makes tokens that live for an hour."""

    def _token(self, claims: Mapping[str, Any], seconds: int) -> str:
        return super()._token(claims, 3600)


class _Wordy(Constructor):
    """Sends the duration of an exam as a text when a test taker begins."""

    def start_form(self, parameters: Mapping[str, Any]) -> constructor.Form:
        return super().start_form({**parameters, "duration": str(parameters["duration"])})


class _Undated(Constructor):
    """Sends the end of an exam as a day when a test taker begins."""

    def start_form(self, parameters: Mapping[str, Any]) -> constructor.Form:
        return super().start_form({**parameters, "endDate": str(parameters["endDate"])[:10]})


class _Curt(Constructor):
    """Cuts the last name of a test taker at twenty letters."""

    def start_form(self, parameters: Mapping[str, Any]) -> constructor.Form:
        last = parameters.get("lastName")
        return super().start_form({**parameters, "lastName": last[:20] if last else last})


class _Hoarding(Constructor):
    """Makes one link to a session's video and hands it out for ever."""

    def archive_link(self, session_id: str, proctor: str, **more: Any) -> str:
        kept: dict[str, str] = self.__dict__.setdefault("kept", {})
        if session_id not in kept:
            kept[session_id] = super().archive_link(session_id, proctor, **more)
        return kept[session_id]


class _Stranding(Constructor):
    """Tells the archive of no way back."""

    def archive_link(self, session_id: str, proctor: str, **more: Any) -> str:
        return super().archive_link(session_id, proctor, **{**more, "return_url": None})


class _Stronger(Constructor):
    """Signs the tokens of calls with HS512."""

    def _token(self, claims: Mapping[str, Any], seconds: int) -> str:
        if seconds > constructor._CALL_SECONDS:
            return super()._token(claims, seconds)
        return jwt.encode({**claims, "exp": int(self._api.clock()) + seconds}, self._secret, algorithm="HS512")


class _Deaf(Constructor):
    """Takes no agreements."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._desk.inlets = {path: each for path, each in self._desk.inlets.items() if path != "/agreements"}


class _Endless(Constructor):
    """Makes tokens for calls that never expire."""

    def _token(self, claims: Mapping[str, Any], seconds: int) -> str:
        if seconds > constructor._CALL_SECONDS:
            return super()._token(claims, seconds)
        return jwt.encode(dict(claims), self._secret, algorithm="HS256")


class _Believing(Constructor):
    """Takes every call back for genuine."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._desk.inlets = {path: Trusting(each) for path, each in self._desk.inlets.items()}


class _BelievingUnsigned(Constructor):
    """Takes a call back without token for genuine."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._desk.inlets = {path: TrustingUnsigned(each, "authorization") for path, each in self._desk.inlets.items()}


class _Timeless(Constructor):
    """Looks at the signature of a token, and not at its expiry."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        try:
            known = jwt.decode(
                headers.get("authorization", "").partition(" ")[2],
                self._secret,
                algorithms=["HS256"],
                options=constructor._NO_TIMES,
            )
        except jwt.PyJWTError:
            return super().receive(path, headers, body)
        fresh = jwt.encode({**known, "exp": 4_000_000_000}, self._secret, algorithm="HS256")
        return super().receive(path, {**headers, "authorization": f"JWT {fresh}"}, body)


class _Forgetful(Constructor):
    """Acts on a call back each time that it comes."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        before = len(self._desk.told)
        status = super().receive(path, headers, body)
        if status == 200 and len(self._desk.told) == before:
            self._desk.told.append(content_of(body))
        return status


_twin = partial(ClientTwin, vendor="constructor")


def _said(label: str, wrong: str, clause: str, *edits: Any) -> ClientTwin:
    return _twin(
        label=label, wrong=wrong, clause=clause, adapter=through(Constructor, saying("POST", "/exams/$", *edits))
    )


def _as_bearer(request: Any) -> None:
    request.headers["Authorization"] = request.headers["Authorization"].replace("JWT ", "Bearer ")


def _unsigned(request: Any) -> None:
    request.headers["Authorization"] = request.headers["Authorization"].rpartition(".")[0] + "."


TWINS: list[ClientTwin] = [
    _twin(
        label="wrong-path",
        wrong="creates exams at /exam/",
        clause="constructor.paths",
        adapter=through(Constructor, calling("POST", "/exams/$", at_url("/exams/$", "/exam/"))),
    ),
    _twin(
        label="wrong-content-type",
        wrong="sends an exam as text/plain",
        clause=f"{_EXAM}.content.application/json",
        adapter=through(Constructor, calling("POST", "/exams/$", as_text)),
    ),
    _twin(
        label="wrong-scheme",
        wrong="shows its token as Bearer instead of JWT",
        clause="constructor.put_exam.request.security.jwt",
        adapter=through(Constructor, calling("POST", "/exams/$", _as_bearer)),
    ),
    _twin(
        label="unsigned",
        wrong="shows a token without signature",
        clause="constructor.put_exam.request.security.jwt.pattern",
        adapter=through(Constructor, calling("POST", "/exams/$", _unsigned)),
    ),
    _twin(
        label="endless-token",
        wrong="makes tokens without exp",
        clause="constructor.put_exam.request.security.jwt.content.exp.required",
        adapter=_Endless,
    ),
    _twin(
        label="stale-token",
        wrong="shows its first token at every call",
        clause="constructor.api-jwt-fresh",
        adapter=through(Constructor, first_forever("Authorization", "/api/")),
    ),
    _twin(label="long-token", wrong="makes tokens for an hour", clause="constructor.api-jwt-fresh", adapter=_Longlived),
    _said("text-for-duration", "sends duration as a text", f"{_EXAM}.duration.type", turned(str, "duration")),
    _said("text-for-flag", "sends schedule as a text", f"{_EXAM}.schedule.type", having("no", "schedule")),
    _said(
        "day-for-instant",
        "sends startDate as a day",
        f"{_EXAM}.startDate.format",
        turned(lambda at: at[:10], "startDate"),
    ),
    _said("number-for-name", "sends examName as a number", f"{_EXAM}.examName.type", having(7, "examName")),
    _said(
        "text-for-level",
        "sends cheaterLevel as a text",
        f"{_EXAM}.scoreConfig.cheaterLevel.type",
        turned(str, "scoreConfig", "cheaterLevel"),
    ),
    _said(
        "text-for-rule",
        "sends a rule as a text",
        f"{_EXAM}.rules.allow_to_use_paper.type",
        turned(str, "rules", "allow_to_use_paper"),
    ),
    _said("no-duration", "leaves out duration", f"{_EXAM}.duration.required", lacking("duration")),
    _said(
        "unknown-proctoring",
        "asks for a proctoring that is not documented",
        f"{_EXAM}.proctoring*",
        having("strict", "proctoring"),
    ),
    _said("no-calculator", "leaves out calculator", f"{_EXAM}.calculator", lacking("calculator")),
    _said(
        "whole-weights",
        "sends the weights of warnings as whole numbers",
        f"{_EXAM}.scoreConfig.phone",
        turned(int, "scoreConfig", "phone"),
    ),
    _said(
        "number-for-rules",
        "sends custom_rules as a number",
        f"{_EXAM}.rules.custom_rules.type",
        having(7, "rules", "custom_rules"),
    ),
    _twin(label="curt", wrong="cuts last names at twenty letters", clause=f"{_START}.lastName", adapter=_Curt),
    _twin(
        label="stored-link",
        wrong="hands out a stored link to the archive",
        clause="caller.links-not-stored",
        adapter=_Hoarding,
    ),
    _twin(
        label="no-way-back",
        wrong="tells the archive of no way back",
        clause="constructor.open_archive_by_link.request.query.token.content.returnUrl",
        adapter=_Stranding,
    ),
    _twin(label="hs512", wrong="signs its calls with HS512", clause="constructor.hs256", adapter=_Stronger),
    _twin(
        label="no-agreements",
        wrong="answers 404 when an agreement is told",
        clause="constructor.agreement_accepted",
        adapter=_Deaf,
    ),
    _twin(
        label="text-for-duration-at-start",
        wrong="sends duration as a text when a test taker begins",
        clause=f"{_START}.duration.type",
        adapter=_Wordy,
    ),
    _twin(
        label="day-for-instant-at-start",
        wrong="sends endDate as a day when a test taker begins",
        clause=f"{_START}.endDate.format",
        adapter=_Undated,
    ),
    _twin(label="trusting", wrong="accepts a forged call back", clause="constructor.callback-jwt", adapter=_Believing),
    _twin(
        label="trusting-unsigned",
        wrong="accepts a call back without token",
        clause="constructor.callback-jwt",
        adapter=_BelievingUnsigned,
    ),
    _twin(
        label="timeless",
        wrong="accepts a call back whose token has expired",
        clause="constructor.callback-jwt",
        adapter=_Timeless,
    ),
    _twin(label="forgetful", wrong="acts on a duplicate call back", clause="caller.webhook-once", adapter=_Forgetful),
    *manners(_twin, Constructor, 400, 404, 409, 422),
]
