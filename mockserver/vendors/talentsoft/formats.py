"""How applicant ids, e-mail addresses and cultures are written."""

import re

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")
_CULTURE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|[0-9]{3})")
_LIKE_CULTURE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3})|[A-Z]{2})?(-[A-Za-z0-9]{2,8})*")


def is_uuid(text: str) -> bool:
    """Tell whether it is a UUID with its hyphens."""
    return _UUID.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Tell whether it looks like an e-mail address: one @ and a dot in the domain."""
    return _EMAIL.fullmatch(text) is not None


def is_culture(text: str) -> bool:
    """Tell whether it is a culture name written like fr-FR."""
    return _CULTURE.fullmatch(text) is not None


def looks_like_culture(text: str) -> bool:
    """Tell whether it may be a culture name, one without a region too, or one that has lost its hyphen: frFR."""
    return _LIKE_CULTURE.fullmatch(text) is not None


def culture_key(text: str) -> str:
    """Return what fr-FR, fr_fr and frFR have in common."""
    return text.replace("-", "").replace("_", "").lower()
