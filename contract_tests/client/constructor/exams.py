"""What the checks of Constructor Proctor are about: an exam, who sits it, and where the vendor calls back."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import requests

from contract_tests.client.mailbox import Mailbox
from contract_tests.client.stage import Stage
from contract_tests.clients.driving import NotKept
from contract_tests.clients.protocols import ConstructorAdapter
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


def send_in(stage: Stage, client: ConstructorAdapter) -> None:
    """Announce the exam and send the test taker in, who starts."""
    client.put_exam(exam(stage))
    client.start({**exam(stage), **sitting()})
    stage.act("start_session", session_id="s-1")


def called_back(stage: Stage) -> Mailbox:
    """Have the vendor call a mailbox back."""
    _ = stage.receiving
    mailbox = stage.mailbox()
    urls = {name: f"{mailbox.url}{path}" for path, name in ADDRESSES.items()}
    stage.act("change_urls", integration_name=stage.vendor.credentials["integration"], **urls)
    return mailbox


def opened(link: str) -> int:
    """Open a link as a browser does and return the status; fail the check if it leads nowhere."""
    try:
        return requests.get(link, timeout=10).status_code
    except requests.RequestException as error:
        raise NotKept(f"{link!r} cannot be opened: {type(error).__name__}.", "an address", str(link)) from None


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
