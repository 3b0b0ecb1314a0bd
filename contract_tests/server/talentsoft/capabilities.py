"""What a partner's capabilities and credentials may say, and in a form that the checks can use."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.server.capabilities import ADMIN, RECEIVING, Form, is_id
from contract_tests.server.settings import WrongSetting

_TRIGGER = re.compile(r"[A-Z]+ \S+")
_PREFIX = re.compile(r"(/[^\s?#]+)?")
_OF_A_CANDIDATE = ("applicant_id", "lastname", "firstname", "phone", "email", "language")
_EXAMPLE: Mapping[str, Any] = dict.fromkeys(("link", "campaign_id", *_OF_A_CANDIDATE), "")
_TRIGGERED = frozenset({"start", "complete"})
_LONGEST_WAIT = 600


def _text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _candidate(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= set(_OF_A_CANDIDATE)


def _seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LONGEST_WAIT


def _triggers(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() <= _TRIGGERED:
        return False
    return all(_text(_TRIGGER)(each) and _fillable(each) for each in value.values())


def _fillable(template: str) -> bool:
    try:
        template.format(**_EXAMPLE)
    except (LookupError, ValueError, AttributeError):
        return False
    return True


def other_customer(given: Any) -> Mapping[str, str]:
    """Return what the credentials say of another customer, nothing if they are silent; raise ``WrongSetting``."""
    if given is None:
        return {}
    names = ("client_id", "client_secret")
    if not isinstance(given, dict) or set(given) != set(names) or not all(is_id(each) for each in given.values()):
        told = "The credential other_customer of talentsoft must be a client_id and a client_secret"
        raise WrongSetting(f"{told}, like {{client_id: ..., client_secret: ...}}.")
    return {name: str(given[name]) for name in names}


FORMS: Mapping[str, Form] = {
    **ADMIN,
    **RECEIVING,
    "bad_applicant": Form(
        _candidate, f"a mapping of some of {', '.join(_OF_A_CANDIDATE)} to other values, like {{email: no address}}"
    ),
    "callback": Form(_flag, "true or false"),
    "campaign_id": Form(is_id, "the identifier of a campaign"),
    "creation_link": Form(_flag, "true or false"),
    "prefix": Form(_text(_PREFIX), "a path that begins with a slash, like /assessments/v2, or an empty text"),
    "recruiter_grant": Form(_flag, "true or false"),
    "shared_applicant": Form(_text(re.compile(r"\S+@\S+")), "the e-mail of a candidate"),
    "settled_within": Form(_seconds, f"a number of seconds from 0 to {_LONGEST_WAIT}"),
    "triggers": Form(
        _triggers,
        "a mapping of start and complete to a request for each, like {start: 'POST {link}/start'}, in which "
        "{link}, {campaign_id}, {applicant_id} and the other fields of a candidate are filled in",
    ),
}
