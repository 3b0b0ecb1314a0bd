"""The shape of SmarterProctoring's identifiers: two letters for the kind of resource, then 32 hex digits."""

import re

from mockserver.vendors.smarterproctoring.refusals import invalid

_STRICT = re.compile(r"[A-Z]{2}[a-f0-9]{32}")
# The samples of the documents have 30 characters and letters beyond f; a client's tests may be full of them.
_LENIENT = re.compile(r"[A-Z]{2}[0-9A-Za-z]{30,34}")


def check_sid(field: str, sid: str, prefixes: tuple[str, ...], *, strict: bool) -> None:
    """Raise ``BadRequest`` unless this is a SID of one of the kinds; lenient takes 30 to 34 letters and digits."""
    shape = _STRICT if strict else _LENIENT
    if not (sid.startswith(prefixes) and shape.fullmatch(sid)):
        raise invalid(field, f"Not a SID: {' or '.join(prefixes)} and 32 hex digits are expected.")
