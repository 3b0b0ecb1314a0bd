"""Servers of SmarterProctoring with a defect each."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

from contract_tests.twins.edits import edited, having, lacking, turned
from contract_tests.twins.proxy import (
    Answered,
    Asked,
    Forward,
    Spoil,
    answering,
    as_page,
    asking,
    told,
    with_status,
)
from contract_tests.twins.twin import ServerTwin

_PROVISION = "/provision$"
_SESSION = "/exams/[^/]+/sessions/[^/]+$"
_ONBOARD = "/onboard$"
_TOKEN = "fake-smarterproctoring-token"  # noqa: S105 - of the documented fixtures
_URL = b'{"url": "https://onboarding.example/1"}'


def _duplicating() -> Spoil:
    """Take what is provisioned for new each time."""
    numbers = count(1)

    def spoil(asked: Asked, forward: Forward) -> Answered:
        if not asked.path.endswith("/provision"):
            return forward(asked)
        number = next(numbers)
        edits = tuple(
            turned(lambda known: f"{known}-{number}", kind, "ids", "external") for kind in ("course", "user", "exam")
        )
        return forward(replace(asked, body=edited(asked.body, edits)))

    return spoil


def _open() -> Spoil:
    """Look at no token."""
    return lambda asked, forward: forward(replace(asked, headers={**asked.headers, "token": _TOKEN}))


def _taking_bearers() -> Spoil:
    """Take the token from the Authorization header as well."""

    def spoil(asked: Asked, forward: Forward) -> Answered:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        return forward(replace(asked, headers={**asked.headers, "token": token}) if scheme == "Bearer" else asked)

    return spoil


def _listing_all() -> Spoil:
    """Overlook that only the active sessions are asked for."""
    return lambda asked, forward: forward(
        replace(asked, path=asked.path.replace("status=active", "includeActive=true"))
    )


def _onboarding_anybody() -> Spoil:
    """Give an onboarding URL for whatever session."""

    def spoil(asked: Asked, forward: Forward) -> Answered:
        answered = forward(asked)
        refused = asked.path.endswith("/onboard") and answered.status == 400
        return Answered(200, {"content-type": "application/json"}, _URL) if refused else answered

    return spoil


_twin = partial(ServerTwin, vendor="smarterproctoring")


def _spoilt(label: str, wrong: str, clause: str, spoil: Callable[[], Spoil]) -> ServerTwin:
    return _twin(label=label, wrong=wrong, clause=clause, spoil=spoil)


TWINS: list[ServerTwin] = [
    _spoilt(
        "duplicating",
        "makes everything anew when it is provisioned again",
        "smarterproctoring.provision-again",
        _duplicating,
    ),
    _spoilt("open", "looks at no token", "smarterproctoring.token", _open),
    _spoilt("bearer", "takes the token from Authorization too", "smarterproctoring.token", _taking_bearers),
    _spoilt(
        "unauthorized",
        "answers 401 instead of 403 to a wrong token",
        "smarterproctoring.token",
        answering("*", "", with_status(401), status="403"),
    ),
    _spoilt(
        "unknown-code",
        "has a code of its own in a refusal",
        "smarterproctoring.*.response.400.body.code*",
        answering("*", "", told(having("BADREQUEST", "code")), status="400"),
    ),
    _spoilt(
        "number-for-code",
        "has a number as code in a refusal",
        "smarterproctoring.*.response.404.body.code*",
        answering("*", "", told(having(404, "code")), status="404"),
    ),
    _spoilt(
        "page",
        "refuses with a page",
        "smarterproctoring.*.response.404.body.content.application/json",
        answering("*", "", as_page, status="404"),
    ),
    _spoilt(
        "unknown-sid-is-new",
        "answers 200 to a SID that names nothing",
        "smarterproctoring.unknown-sid",
        answering("*", "", with_status(200), status="404"),
    ),
    _spoilt(
        "code-of-another-status",
        "says INVALIDINPUT of a SID that names nothing",
        "smarterproctoring.unknown-sid",
        answering("*", "", told(having("INVALIDINPUT", "code")), status="404"),
    ),
    _spoilt(
        "nothing-needed",
        "answers 200 to the provisioning of entities that lack what is needed",
        "smarterproctoring.new-user",
        answering("POST", _PROVISION, with_status(200), status="400"),
    ),
    _spoilt(
        "no-scope",
        "overlooks limitedScope",
        "smarterproctoring.limited-scope",
        asking("POST", _PROVISION, having(False, "exam", "limitedScope")),
    ),
    _spoilt(
        "always-scoped",
        "gives no learner a session by itself",
        "smarterproctoring.every-learner-a-session",
        asking("POST", _PROVISION, having(True, "exam", "limitedScope")),
    ),
    _spoilt(
        "no-access-window",
        "makes appointments outside of the access",
        "smarterproctoring.access-window",
        answering("POST", _SESSION, with_status(200), status="400"),
    ),
    _spoilt(
        "no-scheduling-window",
        "makes appointments outside of the scheduling",
        "smarterproctoring.scheduling-window",
        asking("POST", _PROVISION, lacking("exam", "configuration", "scheduling")),
    ),
    _spoilt(
        "long-appointments",
        "ends every appointment at the end of the year",
        "smarterproctoring.appointment-end",
        answering("*", _SESSION, told(having("2037-12-31T00:00:00Z", "appointmentEndDate")), status="200"),
    ),
    _spoilt(
        "one-page",
        "leads to no second page",
        "smarterproctoring.list_enrollment_exam_sessions.response.200.body.next",
        answering("GET", "/sessions$", told(having(None, "next")), status="200"),
    ),
    _spoilt(
        "nothing-changed",
        "says that it found what it has changed",
        "smarterproctoring.provision.response.200.body.user.result",
        answering("POST", _PROVISION, told(having("Found Existing", "user", "result")), status="200"),
    ),
    _spoilt("lists-all", "lists sessions that are over as active", "smarterproctoring.list-active", _listing_all),
    _spoilt(
        "relative-link",
        "answers an onboarding URL without host",
        "smarterproctoring.get_onboarding_url.response.200.body.url.format",
        answering("GET", _ONBOARD, told(having("/onboarding/1", "url")), status="200"),
    ),
    _spoilt(
        "number-for-link",
        "answers a number as onboarding URL",
        "smarterproctoring.get_onboarding_url.response.200.body.url.type",
        answering("GET", _ONBOARD, told(having(1, "url")), status="200"),
    ),
    _spoilt(
        "onboards-anybody",
        "gives an onboarding URL without an appointment",
        "smarterproctoring.onboard-unscheduled",
        _onboarding_anybody,
    ),
    _spoilt(
        "no-enrollment",
        "does not enroll whom it makes",
        "smarterproctoring.enrolled",
        answering("POST", _PROVISION, told(lacking("enrollment")), status="200"),
    ),
]
