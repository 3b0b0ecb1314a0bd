"""What one process is told: the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mockserver.core.errors import BadRequest

_PACKAGE = Path(__file__).parent
_Positive = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Config:
    """Every knob, each also an option of ``mockserver serve`` and a variable ``MOCKSERVER_<NAME>``."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8080
    public_url: str = ""
    """Where clients reach the server, for the links that it mints; by default http://host:port."""
    fixtures: str = "demo"
    """The name of a fixture set, or the path (with a slash in it) of a folder that is one."""
    seed: int | None = None
    clock: str | None = None
    threads: Annotated[int, Meta(ge=1, le=512)] = 64
    max_sandboxes: _Positive = 256
    journal_exchanges: _Positive = 10_000
    journal_bytes: _Positive = 32 * 1024 * 1024
    allow_callback_host: tuple[str, ...] = ()
    """Receivers of webhooks and callbacks besides loopback; in the environment separated by commas."""
    callback_timeout: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """For how many real seconds a receiver may take."""
    fault_header: bool = True
    """Whether a client may ask for a fault with the header X-Mockserver-Fault."""

    @property
    def origin(self) -> str:
        """The public address without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - to be replaced
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **changes: Any) -> "Config":
        """Return the defaults, changed by ``MOCKSERVER_*`` variables, changed by what is given here and not None."""
        names = [each.name for each in fields(cls)]
        told: dict[str, Any] = {
            name: environ[f"MOCKSERVER_{name.upper()}"] for name in names if f"MOCKSERVER_{name.upper()}" in environ
        }
        if "allow_callback_host" in told:
            hosts = told["allow_callback_host"].split(",")
            told["allow_callback_host"] = [host.strip() for host in hosts if host.strip()]
        told.update({name: value for name, value in changes.items() if value not in (None, ())})
        try:
            return msgspec.convert(told, cls, strict=False)
        except msgspec.ValidationError as error:
            raise BadRequest(f"The configuration is wrong: {error} (MOCKSERVER_* variables).") from None


def data_folder(name: str) -> Path:
    """Return a top-level data folder, beside the package in a checkout, inside it when installed."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
