"""A fault that a request names for itself, in the header ``X-Mockserver-Fault``."""

from datetime import timedelta

from mockserver.core.errors import BadRequest
from mockserver.core.faults.catalogue import kinds, make
from mockserver.core.faults.kind import AnswerKind, Case, Point
from mockserver.core.faults.reading import refused
from mockserver.core.faults.rules import Refuse, Struck
from mockserver.core.operation import Request
from mockserver.core.state import Surroundings

HEADER = "X-Mockserver-Fault"
_LONGEST = 2000


class NoSuchFault(BadRequest):
    """The request names its own fault wrongly."""


def one_off(text: str, request: Request, refuse: Refuse, sandbox: Surroundings) -> tuple[Struck, Point]:
    """Return the fault that a header's value stands for, and where it strikes.

    The value is ``kind``, ``kind=value`` for the kind's first setting, and any number of ``;name=value`` behind it,
    ``at`` among them. Raises ``NoSuchFault``.
    """
    try:
        kind, fault, at = _read(text)
    except BadRequest as error:
        kinds_of_answers = ", ".join(name for name, each in kinds().items() if issubclass(each, AnswerKind))
        why = f"{error.message} Write {HEADER} like status=503 or status=503;at=after; kinds are {kinds_of_answers}."
        raise NoSuchFault(why, fields={HEADER: [error.message]}) from None
    number = sandbox.ids.number("faults.header")
    case = Case(
        request=request,
        refuse=refuse,
        now=sandbox.clock.now(),
        age=timedelta(0),
        chance=sandbox.ids.chance("faults.header", number),
        memory={},
    )
    return Struck(kind, fault, case), at


def _read(text: str) -> tuple[str, AnswerKind, Point]:
    if len(text) > _LONGEST:
        raise refused(HEADER, f"Longer than {_LONGEST} characters.")
    first, *rest = [each.strip() for each in text.split(";")]
    kind, has_value, value = (each.strip() for each in first.partition("="))
    of = kinds().get(kind)
    settings: dict[str, str] = {}
    if has_value:
        if of is not None and not of.__struct_fields__:
            raise refused(kind, "It has no settings.")
        settings[of.__struct_fields__[0] if of else "value"] = value
    for each in rest:
        name, equals, value = (part.strip() for part in each.partition("="))
        if not equals or name in settings:
            raise refused(name or HEADER, "Must be given once, as name=value.")
        settings[name] = value
    at = settings.pop("at", "")
    fault = make(kind, settings, strict=False)
    if not isinstance(fault, AnswerKind):
        raise refused("kind", f"{kind} strikes deliveries, which belong to no request; make a rule.")
    for point in fault.points:
        if at in ("", point):
            return kind, fault, point
    raise refused("at", f"{kind} strikes {' or '.join(fault.points)}, not {at[:20]}.")
