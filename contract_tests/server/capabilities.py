"""What the capabilities of a server may say: the forms that they have with several vendors."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_ADDRESS = re.compile(r"https?://\S+")
_LISTEN = re.compile(r"[^\s:]*:(\d{1,5})")
_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class Form:
    """What a capability must be like: whether a value ``fits``, and what is ``wanted``, in words."""

    fits: Callable[[Any], bool]
    wanted: str


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def _can_be_listened_at(value: Any) -> bool:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    return found is not None and int(found[1]) <= _LARGEST_PORT


def is_id(value: Any) -> bool:
    """Tell whether a value can name something: a text or a whole number."""
    return isinstance(value, str | int) and not isinstance(value, bool)


ADDRESS = Form(_is_address, "an http address")
LISTEN = Form(_can_be_listened_at, f"a host and a port of at most {_LARGEST_PORT}, like 0.0.0.0:9100")
ADMIN: Mapping[str, Form] = {"admin_url": ADDRESS}
RECEIVING: Mapping[str, Form] = {"callback_listen": LISTEN, "callback_url": ADDRESS}
