"""What a verb returned, looked at before a check reads it: a check that fails for it says which verb returned what."""

from collections.abc import Mapping, Sequence
from reprlib import repr as shown
from typing import Any

from contract_tests.clients.answers import Record
from contract_tests.clients.driving import NotKept


def text(verb: str, found: Any) -> str:
    """Return the text that a verb returned; raise ``NotKept``, as all here do."""
    if not isinstance(found, str) or not found:
        raise _other(verb, "a text", found)
    return found


def record(verb: str, found: Any, *texts: str) -> Record:
    """Return the object that a verb returned, in which these fields are texts."""
    plain = _plain(found, texts)
    if plain is None:
        raise _other(verb, f"an object{_having(texts)}", found)
    return plain


def records(verb: str, found: Any, *texts: str) -> list[Record]:
    """Return the list of such objects that a verb returned."""
    plain = [_plain(each, texts) for each in found] if isinstance(found, list | tuple) else [None]
    if None in plain:
        raise _other(verb, f"a list of objects{_having(texts)}", found)
    return [each for each in plain if each is not None]


def _plain(found: Any, texts: Sequence[str]) -> Record | None:
    """Return an object whose fields are texts, None for what is none."""
    if not isinstance(found, Mapping):
        return None
    try:
        plain = dict(found)
    except Exception:  # a mapping of the client's own
        return None
    return plain if all(_is_text(plain.get(each)) for each in texts) else None


def _is_text(found: Any) -> bool:
    return isinstance(found, str) and found != ""


def _other(verb: str, what: str, found: Any) -> NotKept:
    return NotKept(f"The adapter's {verb} returns {what}.", got=shown(found))


def _having(texts: Sequence[str]) -> str:
    return f" with the text{'s' * (len(texts) != 1)} {', '.join(texts)}" if texts else ""
