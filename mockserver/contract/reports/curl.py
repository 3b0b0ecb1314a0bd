"""An exchange as a command for a POSIX shell that makes the same request again."""

from shlex import quote

from mockserver.contract.observed import Observed

_NOT_SENT = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "user-agent", "accept", "expect"}
)
_LONGEST = 8_000


def curl(seen: Observed) -> str:
    """Return the command; ``$BASE_URL`` stands for a base that is not known, ``@body`` for a body that is too long."""
    words = ["curl", "-i", "--globoff", "--path-as-is"]
    if seen.method == "HEAD":
        words.append("--head")
    elif seen.method != "GET" or seen.body:
        words += ["-X", quote(seen.method)]
    words.append(_address(seen))
    words += [f"-H {quote(f'{name}: {value}')}" for name, value in seen.headers.items() if name not in _NOT_SENT]
    if seen.body:
        text = seen.body.decode(errors="replace")
        whole = len(text) <= _LONGEST and "\0" not in text
        words.append(f"--data-raw {quote(text)}" if whole else "--data-binary @body")
    return " ".join(words)


def _address(seen: Observed) -> str:
    if seen.url:
        return quote(seen.url)
    target = f"{seen.path}?{seen.query}" if seen.query else seen.path
    return f'"$BASE_URL"{quote(target)}'
