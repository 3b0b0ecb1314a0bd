"""Which addresses are a server's own."""

import re
from urllib.parse import urlsplit

_INBOX = re.compile(r"/__admin/sandboxes/[^/]+/inbox/")
_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|(.+\.)?localhost")
_PORTS = {"http": 80, "https": 443}


def is_own(url: str, *origins: str) -> bool:
    """Tell whether an address is the server's, at one of its origins, or an inbox of it by whatever name.

    All names of the loopback interface are the same here.
    """
    there = _host(url)
    return there is not None and (there in map(_host, origins) or bool(_INBOX.search(urlsplit(url).path)))


def _host(url: str) -> tuple[str, int | None] | None:
    """Return host and port of an address, None where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    host = parts.hostname or ""
    return ("localhost" if _LOOPBACK.fullmatch(host) else host, port) if host else None
