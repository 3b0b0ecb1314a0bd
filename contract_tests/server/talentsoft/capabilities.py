"""What a partner's capabilities may say, and that they say it in a form that the checks can use."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.server.settings import WrongSetting

_ADDRESS = re.compile(r"https?://\S+")
_LISTEN = re.compile(r"[^\s:]*:\d{1,5}")
_TRIGGER = re.compile(r"[A-Z]+ \S+")
_PREFIX = re.compile(r"(/[^\s?#]+)?")
_EXAMPLE: Mapping[str, Any] = dict.fromkeys(
    ("link", "campaign_id", "applicant_id", "lastname", "firstname", "phone", "email", "language"), ""
)


def checked(capabilities: Mapping[str, Any]) -> None:
    """Raise ``WrongSetting`` for a capability that nobody knows, or one that cannot be used as it is."""
    for name, value in capabilities.items():
        if name not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            raise WrongSetting(f"The capabilities of talentsoft have {name!r}; known are {known}.")
        fits, wanted = _KNOWN[name]
        if not fits(value):
            raise WrongSetting(f"The capability {name} of talentsoft must be {wanted}; it is {value!r}.")


def _text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _triggers(value: Any) -> bool:
    return isinstance(value, dict) and all(_text(_TRIGGER)(each) and _fillable(each) for each in value.values())


def _fillable(template: str) -> bool:
    try:
        template.format(**_EXAMPLE)
    except (LookupError, ValueError, AttributeError):
        return False
    return True


_KNOWN: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "admin_url": (_text(_ADDRESS), "an http address"),
    "bad_applicant": (_mapping, "a mapping of fields of a candidate, like {email: no address}"),
    "callback": (_flag, "true or false"),
    "callback_listen": (_text(_LISTEN), "a host and a port, like 0.0.0.0:9100"),
    "callback_url": (_text(_ADDRESS), "an http address"),
    "campaign_id": (_id, "the identifier of a campaign"),
    "creation_link": (_flag, "true or false"),
    "prefix": (_text(_PREFIX), "a path that begins with a slash, like /assessments/v2, or an empty text"),
    "recruiter_grant": (_flag, "true or false"),
    "shared_applicant": (_text(re.compile(r"\S+@\S+")), "the e-mail of a candidate"),
    "triggers": (
        _triggers,
        "a mapping of what a candidate does to a request for it, like {start: 'POST {link}/start'}, in which "
        "{link}, {campaign_id}, {applicant_id} and the other fields of a candidate are filled in",
    ),
}
