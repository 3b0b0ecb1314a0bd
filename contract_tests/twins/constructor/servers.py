"""Servers of Constructor Proctor with a defect each."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import jwt

from contract_tests.twins.edits import Edit, having, lacking, turned
from contract_tests.twins.proxy import (
    Answered,
    Asked,
    Change,
    Forward,
    Spoil,
    answering,
    as_page,
    asking,
    doing_nothing,
    told,
    with_status,
    with_type,
)
from contract_tests.twins.twin import ServerTwin

_CREATED = "constructor.put_exam.response.201.body"
_UPDATED = "constructor.put_exam.response.200.body"
_EXAMS = "/exams/$"
_SECRET = "fake-constructor-secret-0123456789abcdef"  # noqa: S105 - of the documented fixtures


def _forgiving(which: Callable[[str], bool]) -> Callable[[], Spoil]:
    """Take a token for good that is not, if it fits."""

    def spoil(asked: Asked, forward: Forward) -> Answered:
        token = asked.headers.get("authorization", "")
        if "/api/" not in asked.path or not which(token):
            return forward(asked)
        good = jwt.encode({"exp": int(time.time()) + 20}, _SECRET, algorithm="HS256")
        return forward(replace(asked, headers={**asked.headers, "authorization": f"JWT {good}"}))

    return lambda: spoil


def _paging(path: str, old: bytes, new: bytes) -> Callable[[], Spoil]:
    """Write something else into some pages."""
    return answering("*", path, lambda answered: replace(answered, body=answered.body.replace(old, new)))


def _has_expired(shown: str) -> bool:
    try:
        claims = jwt.decode(shown.removeprefix("JWT "), options={"verify_signature": False})
    except jwt.PyJWTError:
        return False
    return isinstance(claims.get("exp"), int) and claims["exp"] < time.time()


_twin = partial(ServerTwin, vendor="constructor")


def _answer(label: str, wrong: str, clause: str, status: str, *changes: Change) -> ServerTwin:
    return _twin(label=label, wrong=wrong, clause=clause, spoil=answering("POST", _EXAMS, *changes, status=status))


def _edit(label: str, wrong: str, clause: str, status: str, *edits: Edit) -> ServerTwin:
    return _answer(label, wrong, clause, status, told(*edits))


TWINS: list[ServerTwin] = [
    _answer("always-200", "answers 200 to an exam that it creates", "constructor.exam-upsert", "201", with_status(200)),
    _answer("always-201", "answers 201 to an exam that it knows", "constructor.exam-upsert", "200", with_status(201)),
    _edit(
        "text-for-duration", "answers duration as a text", f"{_CREATED}.duration.type", "201", turned(str, "duration")
    ),
    _edit("number-for-name", "answers examName as a number", f"{_CREATED}.examName.type", "201", having(7, "examName")),
    _edit(
        "day-for-instant",
        "answers startDate as a day",
        f"{_CREATED}.startDate.format",
        "201",
        turned(lambda at: at[:10], "startDate"),
    ),
    _edit(
        "text-for-flag",
        "answers schedule as a text when it updates",
        f"{_UPDATED}.schedule.type",
        "200",
        turned(str, "schedule"),
    ),
    _edit("list-of-exams", "answers a list instead of the exam", f"{_CREATED}.type", "201", lambda exam: [exam]),
    _edit("nothing", "answers an object without the exam", f"{_CREATED}.*.required", "201", lambda exam: {}),
    _edit(
        "in-an-envelope", "puts the exam in an envelope", f"{_CREATED}.*.required", "201", lambda exam: {"exam": exam}
    ),
    _answer(
        "as-text", "calls its JSON plain text", f"{_CREATED}.content.application/json", "201", with_type("text/plain")
    ),
    _answer("page", "answers a page instead of the exam", f"{_UPDATED}.content.application/json", "200", as_page),
    _edit(
        "no-calculator",
        "keeps to itself which calculator is allowed",
        f"{_CREATED}.calculator*",
        "201",
        lacking("calculator"),
    ),
    _edit(
        "capped-level",
        "caps the cheater level at 90",
        f"{_UPDATED}.scoreConfig.cheaterLevel.maximum",
        "200",
        turned(lambda level: min(level, 90), "scoreConfig", "cheaterLevel"),
    ),
    _edit(
        "books-by-default",
        "allows books where nothing is said of them",
        f"{_CREATED}.rules.allow_to_use_books.default",
        "201",
        having(True, "rules", "allow_to_use_books"),
    ),
    _twin(
        label="lenient",
        wrong="takes a calculator that no list has",
        clause="constructor.put_exam.response.400",
        spoil=asking("POST", _EXAMS, turned(lambda said: None if said == "not-in-the-list" else said, "calculator")),
    ),
    _twin(
        label="own-address",
        wrong="overlooks the address that is given when finishing",
        clause="constructor.finish-address",
        spoil=asking("POST", "/finish/$", lacking("sessionFinishUrl")),
    ),
    _twin(
        label="no-origin",
        wrong="does not tell the frame its origin",
        clause="constructor.client-origin",
        spoil=_paging("/start/$", b"examus-client-origin", b"origin"),
    ),
    _twin(
        label="silent-frame",
        wrong="does not tell the frame that proctoring runs",
        clause="constructor.proctoring-ready",
        spoil=_paging("/start/$", b"proctoringReady_n6EY", b"ready"),
    ),
    _twin(
        label="never-late",
        wrong="calls a session whose time has passed ready to start",
        clause="constructor.get_session_status.response.200.body.status.enum.late_to_start",
        spoil=answering(
            "GET",
            "/status/$",
            told(turned(lambda status: "ready_to_start" if status == "late_to_start" else status, "status")),
            status="200",
        ),
    ),
    _twin(
        label="once",
        wrong="calls back once, whatever is answered",
        clause="constructor.callback-retries",
        settings={"callback_retries": []},
    ),
    _twin(
        label="long-callback-token",
        wrong="calls back with tokens for an hour",
        clause="constructor.callback-jwt-fresh",
        settings={"callback_token_seconds": 3600},
    ),
    _twin(
        label="trials-told",
        wrong="sends the results of trial exams",
        clause="constructor.review-not-of-trials",
        settings={"review_trial_exams": True},
    ),
    _twin(
        label="no-implicit-exam",
        wrong="sends nobody in whose exam was not created ahead",
        clause="constructor.exam-implicit",
        spoil=doing_nothing("POST", "/start/$", Answered(404, {"content-type": "text/html"}, b"<p>No such exam.</p>")),
    ),
    _twin(label="open", wrong="looks at no token", clause="constructor.api-jwt", spoil=_forgiving(lambda token: True)),
    _twin(
        label="timeless",
        wrong="accepts a token that has expired",
        clause="constructor.api-jwt",
        spoil=_forgiving(_has_expired),
    ),
    _twin(
        label="unknown-status",
        wrong="answers a session status that is not documented",
        clause="constructor.get_session_status.response.200.body.status*",
        spoil=answering("GET", "/status/$", told(having("somewhere", "status")), status="200"),
    ),
    _twin(
        label="unchanged-finish",
        wrong="says not_changed when it has finished a session",
        clause="constructor.finish-started",
        spoil=answering("POST", "/finish/$", told(having("not_changed", "message")), status="200"),
    ),
    _twin(
        label="no-reviews",
        wrong="does not call back with results",
        clause="constructor.review-repeated",
        faults=(("dropped", "session_reviewed"),),
    ),
]
