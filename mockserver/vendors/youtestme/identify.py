"""Finding what a caller means by any of its identifiers."""

from collections.abc import Mapping
from typing import Any, TypeVar

from mockserver.core.collection import Collection
from mockserver.core.errors import BadRequest, NotFound

E = TypeVar("E")

_LONGEST_NUMBER = 18


def named(collection: Collection[E], attribute: str, value: object, field: str = "") -> E:
    """Return the entity whose attribute has the value; raise ``NotFound`` for the field, by default the attribute."""
    found = collection.find(**{attribute: value})
    if found is None:
        raise _missing(collection, value, field or attribute)
    return found


def numbered(collection: Collection[E], text: str, field: str) -> E:
    """Return the entity of an id that stood in a path; raise ``NotFound``, for what is no number too."""
    numeric = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    found = collection.find(id=int(text)) if numeric else None
    if found is None:
        raise _missing(collection, text, field)
    return found


def agreed(collection: Collection[E], given: Mapping[str, Any], identifiers: Mapping[str, str]) -> E:
    """Return the one entity that all given identifiers name.

    ``identifiers`` maps the fields of ``given`` to attributes; None is as good as absent. Raises ``BadRequest`` if
    there is none or they name different entities, ``NotFound`` for the first that names nothing.
    """
    found = {
        field: named(collection, attribute, given[field], field)
        for field, attribute in identifiers.items()
        if given.get(field) is not None
    }
    if not found:
        reason = f"At least one identifier of the {_kind(collection)} is required."
        raise BadRequest(reason, fields={field: [reason] for field in identifiers})
    first, *others = found.values()
    if any(other is not first for other in others):
        reason = f"The identifiers name more than one {_kind(collection)}."
        raise BadRequest(reason, code="IDENTIFIER_MISMATCH", fields={field: [reason] for field in found})
    return first


def _missing(collection: Collection[Any], value: object, field: str) -> NotFound:
    shown = value[:200] if isinstance(value, str) else value
    return NotFound(f"There is no {_kind(collection)} {shown!r}.", collection=collection.name, field=field)


def _kind(collection: Collection[Any]) -> str:
    return collection.name.removesuffix("s").replace("_", " ")
