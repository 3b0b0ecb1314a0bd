"""How verbs refuse: every reason begins with the field at fault, since the vendor's envelope has no place for it."""

from mockserver.core.errors import BadRequest, Conflict, NotFound


def invalid(field: str, reason: str) -> BadRequest:
    """Return the refusal of a value."""
    return BadRequest(f"{field}: {reason}", fields={field: [reason]})


def unknown(field: str, sid: str) -> NotFound:
    """Return the refusal of a SID that nothing has."""
    return NotFound(f"{field}: {sid!r} does not exist.", field=field)


def forbidden_now(field: str, reason: str) -> Conflict:
    """Return the refusal of what is right in itself and not possible as things stand."""
    return Conflict(f"{field}: {reason}", fields={field: [reason]})
