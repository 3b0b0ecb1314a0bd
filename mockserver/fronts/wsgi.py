"""From a WSGI environment to a sandbox's name and a plain request."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wsgi import get_input_stream

from mockserver.core.operation import Request
from mockserver.core.pipeline import LARGEST_BODY
from mockserver.core.sandbox import DEFAULT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SANDBOX = "mockserver.sandbox"
_TARGET = "mockserver.target"
_PREFIX = "/sandbox/"
_SAFE = "/:@!$&'()*+,;=~-._?"


class SandboxPath:
    """Takes ``/sandbox/<name>`` or the header off a request, and puts ``/<vendor>`` on for ``<vendor>.localhost``.

    Paths that start with ``admin`` are left alone on every host.
    """

    def __init__(self, inner: "WSGIApplication", vendors: Iterable[str], admin: str) -> None:
        self._inner = inner
        self._hosts = {f"{name}.localhost": name for name in vendors}
        self._admin = admin

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Hand the request on, its path as the routes know it."""
        path: str = environ.get("PATH_INFO", "")
        name = environ.get("HTTP_X_MOCKSERVER_SANDBOX") or DEFAULT
        environ[_TARGET] = _target(environ, path)
        if path.startswith(_PREFIX):
            name, _, rest = path[len(_PREFIX) :].partition("/")
            path = f"/{rest}"
        host = environ.get("HTTP_HOST", "").partition(":")[0].lower()
        if host in self._hosts and not path.startswith(self._admin):
            path = f"/{self._hosts[host]}{path}"
        environ[SANDBOX] = name
        environ["PATH_INFO"] = path
        return self._inner(environ, start_response)


def read_request(environ: "WSGIEnvironment", vendor: str) -> Request:
    """Return the request below a vendor's mount, none for an empty name; at most one byte over the limit is read."""
    named = ((_header_name(variable), value) for variable, value in environ.items())
    headers = {name: value for name, value in named if name and value}
    query: str = environ.get("QUERY_STRING", "")
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    path: str = environ["PATH_INFO"]
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path[len(vendor) + 1 :] if vendor else path,
        query=query if query.isascii() else quote(query.encode("latin-1"), safe=_SAFE + "%"),
        headers=headers,
        body=get_input_stream(environ).read(LARGEST_BODY + 1) if has_body else b"",
        client=environ.get("REMOTE_ADDR") or "",
        scheme=environ["wsgi.url_scheme"],
        target=environ[_TARGET],
    )


def _target(environ: "WSGIEnvironment", path: str) -> str:
    """Return the request's path and query, percent-encoded again: WSGI hands the path over decoded as Latin-1."""
    raw = quote(path.encode("latin-1"), safe=_SAFE)
    query = environ.get("QUERY_STRING", "")
    return f"{raw}?{query}" if query else raw


@lru_cache(maxsize=1024)
def _header_name(variable: str) -> str:
    """Return the lower-case header of a WSGI variable, empty for one that is none."""
    if variable.startswith("HTTP_"):
        return variable[5:].replace("_", "-").lower()
    return {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}.get(variable, "")
