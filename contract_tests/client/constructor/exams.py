"""What the checks of Constructor Proctor are about: an exam, who sits it, and where the vendor calls back.

A check begins where some of it is done already. What is done on the way to there is looked at as the vendor has it, and
a step that failed is a failure of its own clause.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import requests

from contract_tests.client import returned
from contract_tests.client.mailbox import Mailbox
from contract_tests.client.stage import Call, Stage
from contract_tests.clients.answers import Record
from contract_tests.clients.driving import NotKept
from mockserver.contract.bodies import Unreadable, jwt_payload, media_type, read_body
from mockserver.contract.observed import Observed

ADDRESSES = {
    "/reviews": "review_url",
    "/bookings": "schedule_url",
    "/warnings": "warning_url",
    "/agreements": "agreement_acceptance_url",
}


def instant(at: datetime) -> str:
    """Return an instant as JSON has it."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def exam(stage: Stage, **changes: Any) -> dict[str, Any]:
    """Return the parameters of an exam that is open now."""
    return {
        "accountId": "acme",
        "accountName": "Acme Training",
        "examId": "geo-1",
        "examName": "Geography",
        "duration": 60,
        "schedule": False,
        "proctoring": "offline",
        "startDate": instant(stage.now() - timedelta(days=1)),
        "endDate": instant(stage.now() + timedelta(days=30)),
        **changes,
    }


def whole_exam(stage: Stage) -> dict[str, Any]:
    """Return the parameters of an exam, with all that the guide's sample has."""
    return exam(
        stage,
        courseName="Earth sciences",
        userAgreementUrl="https://lms.example/agreement",
        proctoring="online",
        schedule=True,
        identification="passport",
        trial=False,
        auxiliaryCamera=False,
        rules={"allow_to_use_paper": True, "allow_to_use_calculator": False},
        scoreConfig={
            "cheaterLevel": 60,
            "extraUserInFrame": 1.5,
            "substitutionUser": 2.0,
            "noUserInFrame": 1.0,
            "avertEyes": 0.5,
            "changeActiveWindowOnComputer": 1.0,
            "forbiddenDevice": 2.0,
            "voiceDetected": 0.5,
            "phone": 3.0,
        },
        visibleWarnings={"warning_extra_user_in_frame": True, "warning_timeout": False},
    )


def sitting(session_id: str = "s-1") -> dict[str, Any]:
    """Return who sits an exam, under which id of the client's own."""
    return {
        "userId": "u-1",
        "firstName": "Tom",
        "lastName": "Palmer",
        "sessionId": session_id,
        "sessionUrl": "https://lms.example/exams/geo-1",
    }


# What the client does on the way


def announce(stage: Stage) -> None:
    """Have the exam made."""
    with on_the_way(stage, "put_exam"):
        stage.client.put_exam(exam(stage))
        stage.the_only(stage.vendor.entities("exams"), "One exam is made")


def send_in(stage: Stage, session_id: str = "s-1", **changes: Any) -> None:
    """Have the test taker sent in, to an exam with some parameters changed; he has a session then."""
    with on_the_way(stage, "start_session"):
        stage.client.start({**exam(stage, **changes), **sitting(session_id)})
        only_session(stage, session_id)


def begin(stage: Stage) -> None:
    """Have the exam made and the test taker sent in, who starts."""
    announce(stage)
    enter(stage)


def enter(stage: Stage) -> None:
    """Have the test taker sent in, who starts."""
    send_in(stage)
    with on_the_way(stage, "start_session"):
        stage.act("start_session", session_id="s-1")


def finish(stage: Stage) -> None:
    """Have the session finished that has begun."""
    with on_the_way(stage, "finish_session"):
        stage.client.finish("s-1")
        expect_finished(stage)


@contextmanager
def on_the_way(stage: Stage, operation: str) -> Iterator[None]:
    """Do what a check needs by an operation before it comes to its point."""
    with stage.on_the_way(f"constructor.{operation}"):
        yield


# What the vendor does, and what it has


def called_back(stage: Stage) -> Mailbox:
    """Have the vendor call a mailbox back."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    urls = {name: f"{mailbox.url}{path}" for path, name in ADDRESSES.items()}
    stage.act("change_urls", integration_name=stage.vendor.credentials["integration"], **urls)
    return mailbox


def only_session(stage: Stage, session_id: str = "s-1") -> Record:
    """Return the session of an id at the vendor; fail the check if there is none, or are more."""
    return stage.the_only(stage.vendor.entities("sessions", session_id=session_id), "One session is made")


def expect_finished(stage: Stage) -> None:
    """Fail the check unless the vendor has the session as finished."""
    ended = only_session(stage)["session_end"]
    stage.expect(ended, "The session is finished at the vendor.", "an end", ended)


# What the client says


def status_of(stage: Stage, session_id: str = "s-1") -> Any:
    """Return what the client says of where a session stands, None where it knows none."""
    found = stage.client.status(session_id)
    return None if found is None else returned.record("status", found).get("status")


def taken(stage: Stage) -> list[Record]:
    """Return what the client has taken."""
    return returned.records("taken", stage.receiving.taken())


def opened(verb: str, link: Any) -> int:
    """Open a link that a verb returned, as a browser does, and return the status; fail the check if it is no link."""
    address = returned.text(verb, link)
    try:
        return requests.get(address, timeout=10).status_code
    except (requests.RequestException, ValueError) as error:  # of some addresses it says that they are no value
        raise NotKept("The link can be opened.", "an address", f"{address!r}, {type(error).__name__}") from None


def expect_life(stage: Stage, call: Call, most: float | None = None) -> None:
    """Fail the check unless the token of a call expires after the call, and after ``most`` seconds at the latest."""
    exp = _expiry(call.seen.headers.get("authorization", "").removeprefix("JWT "))
    if exp is None:
        raise NotKept(f"{call}: the token says when it expires.", "a number as exp", "none", (call.number,))
    ahead = exp - call.at.timestamp()
    if most is None:
        stage.expect(ahead > 0, f"{call}: exp lies ahead.", "a time ahead", f"{ahead:g} s from now", [call])
    else:
        stage.expect(ahead <= most, f"{call}: exp is near.", "about 30 s", f"{ahead:g} s", [call])


def _expiry(token: str) -> float | None:
    try:
        exp = jwt_payload(token).get("exp")
        return float(exp) if isinstance(exp, int | float) and not isinstance(exp, bool) else None
    except (Unreadable, AttributeError, OverflowError):
        return None


def said_in(seen: Observed) -> dict[str, Any]:
    """Return what the body of a call says, JSON or a form; nothing where it cannot be read."""
    try:
        found = read_body(media_type(seen.headers), seen.headers, seen.body)
    except Unreadable:
        return {}
    return found if isinstance(found, dict) else {}


def token_of(seen: Observed) -> str:
    """Return the token that a page was opened with, in its query or in the form; empty if there is none."""
    return str({**said_in(seen), **dict(parse_qsl(seen.query))}.get("token", ""))


def claims_of(seen: Observed) -> dict[str, Any]:
    """Return what the token of a page says; nothing where it cannot be read."""
    try:
        found = jwt_payload(token_of(seen))
    except Unreadable:
        return {}
    return found if isinstance(found, dict) else {}
