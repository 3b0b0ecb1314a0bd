"""Puts a subject before the checks: the same ones, by the same doors, as ``mockserver check`` does."""

import json
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contract_tests.twins.catalogue import Healthy, catalogue, healthy
from contract_tests.twins.proxy import Proxy, Spoil, nothing
from contract_tests.twins.twin import ClientTwin, ServerTwin, Standing, Twin
from mockserver.checks.client_checks import Adapter, check_client
from mockserver.checks.server_checks import Asked, check_server
from mockserver.contract.evidence import Evidence
from mockserver.contract.verdict import Judged, Verdict, verdict
from mockserver.testing.admin import Admin
from mockserver.testing.sandbox import Mockserver

_SECONDS = 20.0
_LIMIT = 120.0


@dataclass(frozen=True)
class Caught:
    """What came of putting a twin before the checks; ``by`` names the finding that counts, empty if there is none."""

    twin: str
    by: str = ""
    clause: str = ""
    weight: str = ""
    """How much the finding weighs: it fails, warns, or is shown."""
    besides: tuple[str, ...] = ()
    """The clauses that were named otherwise."""
    failure: str = ""
    """Why a check came to no end."""
    seconds: float = 0.0


@dataclass(frozen=True)
class Health:
    """What the checks made of a healthy subject; ``against`` are the clauses that they named."""

    name: str
    says: str
    clean: bool
    against: tuple[str, ...] = ()


def quiet() -> None:
    """Let no server of a twin write about callers that hang up, and about callbacks to where nobody listens."""
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the worker ends


def catch(name: str, origin: str) -> Caught:
    """Put a twin of the catalogue before the checks; ``origin`` is that of a running mockserver."""
    began = time.monotonic()
    return replace(_catch(name, catalogue()[name], origin), seconds=time.monotonic() - began)


def _catch(name: str, twin: Twin, origin: str) -> Caught:
    try:
        found = verdict(_evidence(twin, origin))
    except Exception as error:
        return Caught(name, failure=f"{type(error).__name__}: {error}")
    broken = next((each.detail for each in found.evidence.checks if each.outcome == "broken"), "")
    named = [each for each in found.findings if twin.is_named(each.finding.clause)]
    if not named:
        return Caught(name, besides=_named(found), failure=broken)
    return Caught(name, _by(named[0]), named[0].finding.clause, named[0].severity, _named(found), broken)


def examine(kind: str, vendor: str, origin: str) -> Health:
    """Put a healthy subject before the checks: a ``client``, a ``server``, or the one ``instead`` of it."""
    whole = healthy(vendor)
    if kind == "client":
        found = verdict(_of_client(vendor, whole.adapter, origin))
    else:
        instead = whole.instead if kind == "instead" else None
        same = ServerTwin(vendor=vendor, label=f"healthy-{kind}", wrong="nothing", clause="", instead=instead)
        found = verdict(_of_server(same, whole, origin))
    against = _named(found)
    return Health(f"{vendor}.{kind}", found.says, found.ending == "kept" and not against, against)


def _named(found: Verdict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{each.severity} {each.finding.clause}" for each in found.findings))


def _of_client(vendor: str, place: str, origin: str) -> Evidence:
    contract = Mockserver(Admin(origin), {}).contract(vendor)
    return check_client(Adapter(vendor, place=place), contract.document, _SECONDS)


def _evidence(twin: Twin, origin: str) -> Evidence:
    if isinstance(twin, ClientTwin):
        return _of_client(twin.vendor, f"contract_tests.twins.adapters:{twin.name}", origin)
    assert isinstance(twin, ServerTwin)  # noqa: S101 - there are no others
    return _of_server(twin, healthy(twin.vendor), origin)


def _of_server(twin: ServerTwin, whole: Healthy, origin: str) -> Evidence:
    server = Mockserver(Admin(origin), {})
    if twin.instead is not None:
        with twin.instead() as standing:
            return _checked(server, twin.vendor, standing)
    name = f"twin-{twin.name}".replace(".", "-")[:60]
    boot: dict[str, Any] = {"fixtures": whole.fixtures, "settings": {twin.vendor: dict(twin.settings)}}
    spoil: Spoil = twin.spoil() if twin.spoil else nothing()
    with server.sandbox(name, **boot) as sandbox, Proxy(origin, spoil) as proxy:
        vendor = sandbox.vendor(twin.vendor)
        for kind, operation in twin.faults:
            vendor.faults.add(kind, operation)
        credentials = {**vendor.credentials, **whole.credentials}
        capabilities = {"admin_url": f"{origin}/__admin/sandboxes/{name}"}
        standing = Standing(vendor.url.replace(origin, proxy.origin), credentials, capabilities)
        return _checked(server, twin.vendor, standing)


def _checked(server: Mockserver, vendor: str, standing: Standing) -> Evidence:
    with TemporaryDirectory() as folder:
        known, able = Path(folder) / "credentials.json", Path(folder) / "capabilities.json"
        known.write_text(json.dumps({vendor: dict(standing.credentials)}))
        able.write_text(json.dumps({vendor: dict(standing.capabilities)}))
        asked = Asked(
            vendor=vendor,
            url=standing.url,
            credentials=known,
            capabilities=able,
            writes=True,
            timeout=_SECONDS,
            limit=_LIMIT,
        )
        return check_server(asked, server.contract(vendor))


def _by(judged: Judged) -> str:
    return judged.finding.check or f"the judge, {judged.finding.place}"
