"""Switches of vendors: frozen dataclasses, changed by name and checked by their types."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mockserver.core.clock import parse_duration
from mockserver.core.errors import BadRequest

Settings = Mapping[str, Mapping[str, Any]]
Ladder = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^(?=.)(\d{1,4}d)?(\d{1,4}h)?(\d{1,5}m)?(\d{1,6}s)?$")], ...],
    Meta(max_length=50),
]
"""Waits between attempts, each like ``5s``, ``30m`` or ``1d12h``; their number is that of the retries."""


def changed(settings: Mapping[str, Any], changes: Settings) -> dict[str, Any]:
    """Return settings by vendor with changes, ``{vendor: {name: value}}``; raise ``BadRequest`` if one is wrong."""
    return {**settings, **{vendor: _changed(settings, vendor, values) for vendor, values in changes.items()}}


def _changed(settings: Mapping[str, Any], vendor: str, values: Mapping[str, Any]) -> Any:
    current = settings.get(vendor)
    if current is None:
        raise BadRequest(
            f"There is no vendor {vendor!r}; known are {', '.join(settings)}.",
            fields={vendor: ["No such vendor."]},
        )
    if not isinstance(values, Mapping):
        raise BadRequest(f"{vendor}: an object of settings is expected.", fields={vendor: ["Must be an object."]})
    known = [each.name for each in fields(current)]
    for name in values:
        if name not in known:
            raise BadRequest(
                f"{vendor} has no setting {name!r}; known are {', '.join(known) or 'none'}.",
                fields={f"{vendor}.{name}": ["No such setting."]},
            )
    try:
        return msgspec.convert({**msgspec.to_builtins(current), **values}, type(current))
    except msgspec.ValidationError as error:
        place = str(error).rpartition("$.")[2].strip("`") if "$." in str(error) else ""
        raise BadRequest(f"{vendor}: {error}", fields={f"{vendor}.{place}".rstrip("."): [str(error)]}) from None


def steps(ladder: Sequence[str]) -> list[timedelta]:
    """Return the waits of a ladder."""
    return [parse_duration(each) for each in ladder]
