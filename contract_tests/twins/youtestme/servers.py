"""Servers of YouTestMe with a defect each."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from contract_tests.twins.edits import having, lacking, turned
from contract_tests.twins.proxy import (
    Answered,
    Asked,
    Forward,
    Spoil,
    answering,
    asking,
    doing_nothing,
    told,
    with_status,
)
from contract_tests.twins.relay import relaying
from contract_tests.twins.twin import ServerTwin

_EVENT = "youtestme.attempt_finished.request.body"
_REFUSED = Answered(400, {"content-type": "application/json"}, b'{"message": "No."}')


def _refusing(path: str, *fields: str) -> Callable[[], Spoil]:
    """Refuse what has all of some fields in its body."""

    def spoil(asked: Asked, forward: Forward) -> Answered:
        if asked.method == "POST" and asked.path.endswith(path):
            try:
                said = json.loads(asked.body)
            except ValueError:
                said = {}
            if isinstance(said, dict) and all(said.get(name) is not None for name in fields):
                return _REFUSED
        return forward(asked)

    return lambda: spoil


_twin = partial(ServerTwin, vendor="youtestme")

TWINS: list[ServerTwin] = [
    _twin(
        label="everybody-exists",
        wrong="answers 200 to a look-up of an unknown user",
        clause="youtestme.lookup-before-create",
        spoil=answering("GET", "externalId=", with_status(200), status="404"),
    ),
    _twin(
        label="no-creation",
        wrong="answers 500 to the creation of a user",
        clause="youtestme.create_user",
        spoil=answering("POST", "/users/$", with_status(500), status="20."),
    ),
    _twin(
        label="no-usernames",
        wrong="does not know candidates by candidateUsername",
        clause="youtestme.identifiers-any",
        spoil=_refusing("/authorizations", "candidateUsername"),
    ),
    _twin(
        label="one-identifier-only",
        wrong="refuses a test that is named by both identifiers",
        clause="youtestme.identifiers-together",
        spoil=_refusing("/authorizations", "testId", "externalTestId"),
    ),
    _twin(
        label="dead-links",
        wrong="mints links that open nothing",
        clause="youtestme.link-opens",
        spoil=answering(
            "POST",
            "/ssoLinks$",
            told(turned(lambda link: f"{link[:-4]}dead", "link"), turned(lambda link: f"{link[:-4]}dead", "url")),
        ),
    ),
    _twin(
        label="lasting-links",
        wrong="overlooks the expiration of a link",
        clause="youtestme.link-over",
        spoil=asking("POST", "/ssoLinks$", lacking("expirationTime")),
    ),
    _twin(
        label="plus-is-space",
        wrong="reads a plus in a path as a space",
        clause="youtestme.path-encoding",
        spoil=lambda: lambda asked, forward: forward(replace(asked, path=asked.path.replace("+", "%20"))),
    ),
    _twin(
        label="redirecting",
        wrong="redirects POST /users to /users/",
        clause="youtestme.trailing-slash",
        spoil=doing_nothing("POST", "/users$", Answered(308, {"location": "/youtestme/users/"}, b"")),
    ),
    _twin(
        label="past-permitted",
        wrong="takes an expiration that has passed",
        clause="youtestme.future-only",
        spoil=asking("POST", "/authorizations$", lacking("expirationDatetime")),
    ),
    _twin(
        label="one-order",
        wrong="turns the pair finish and attempt round",
        clause="youtestme.webhook-pair",
        spoil=asking("POST", "/webhooks$", having("attempt", "event"), having("finish", "resource")),
    ),
    _twin(
        label="shared-ids",
        wrong="takes an external id for two authorizations",
        clause="youtestme.authorization-external-id",
        settings={"allow_duplicate_external_id": True},
    ),
    _twin(
        label="short-links",
        wrong="makes links that are good for an hour",
        clause="youtestme.link-default-expiry",
        settings={"link_hours": 1},
    ),
    _twin(
        label="early-results",
        wrong="tells of an attempt that is not graded yet",
        clause="youtestme.attempt-grading",
        settings={"webhook_at": "submitted"},
    ),
    _twin(
        label="no-webhooks",
        wrong="sends no webhook",
        clause="youtestme.webhook-event",
        faults=(("dropped", "attempt_finished"),),
    ),
    _twin(
        label="text-for-points",
        wrong="sends pointsScored as a text",
        clause=f"{_EVENT}.pointsScored.type",
        spoil=relaying("url", turned(str, "pointsScored")),
    ),
    _twin(
        label="number-for-flag",
        wrong="sends passed as a number",
        clause=f"{_EVENT}.passed.type",
        spoil=relaying("url", turned(int, "passed")),
    ),
    _twin(
        label="number-for-instant",
        wrong="sends the end of an attempt as a Unix time",
        clause=f"{_EVENT}.finished.type",
        spoil=relaying("url", turned(lambda at: 1772442000, "finished")),
    ),
    _twin(
        label="webhook-as-form",
        wrong="calls the JSON of a webhook a form",
        clause=f"{_EVENT}.content.application/json",
        spoil=relaying("url", kind="application/x-www-form-urlencoded"),
    ),
]
