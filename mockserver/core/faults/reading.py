"""Turning plain data into settings, with a refusal that names the field."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from mockserver.core.errors import BadRequest
from mockserver.core.faults.kind import WrongSetting

T = TypeVar("T", bound=msgspec.Struct)


def read(data: Mapping[str, Any], of: type[T], *, strict: bool = True) -> T:
    """Return a struct of the data; raise ``BadRequest`` that names the field. Not strict reads texts as numbers."""
    for each in msgspec.structs.fields(of):
        if each.required and each.name not in data:
            raise refused(each.name, "Missing.")
    try:
        return msgspec.convert(data, of, strict=strict)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at ")
        cause = error.__cause__
        name = cause.name if isinstance(cause, WrongSetting) else place.rpartition("$.")[2].strip("`").partition("[")[0]
        raise refused(name or "body", said) from None


def refused(name: str, why: str) -> BadRequest:
    """Return the refusal of one field."""
    return BadRequest(f"{name}: {why}", fields={name: [why]})
