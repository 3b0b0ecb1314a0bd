"""Puts a subject before the checks: the same ones, by the same doors, as ``mockserver check`` does."""

import json
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc
from typing import Any
from uuid import uuid4

from contract_tests.twins.catalogue import Healthy, catalogue, healthy, vendors
from contract_tests.twins.forking import forked
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
    broken: str = ""
    """Why a check came to no end, empty if all did."""
    bug: str = ""
    """The traceback of what went wrong with the checking itself, which says nothing of the twin."""
    seconds: float = 0.0


@dataclass(frozen=True)
class Health:
    """What the checks made of a healthy subject; ``against`` are the clauses that they named, ``bug`` as of a twin."""

    name: str
    says: str
    clean: bool
    against: tuple[str, ...] = ()
    bug: str = ""


def put_before(name: str, origin: str) -> Health | Caught:
    """Put a subject or a twin before the checks; ``origin`` is that of a running mockserver."""
    return examine(name, origin) if name in subjects() else catch(name, origin)


def catch(name: str, origin: str) -> Caught:
    """Put a twin of the catalogue before the checks."""
    began = time.monotonic()
    try:
        evidence = _evidence(catalogue()[name], origin)
        # How much the exchanges cover, which takes long to count, is not asked of a twin.
        caught = _caught(catalogue()[name], verdict(replace(evidence, exchanges=())))
    except Exception:
        caught = Caught(name, bug=format_exc())
    return replace(caught, seconds=time.monotonic() - began)


def _caught(twin: Twin, found: Verdict) -> Caught:
    broken = next((each.detail for each in found.evidence.checks if each.outcome == "broken"), "")
    named = [each for each in found.findings if twin.is_named(each.finding.clause)]
    if not named:
        return Caught(twin.name, besides=_named(found), broken=broken)
    return Caught(twin.name, _by(named[0]), named[0].finding.clause, named[0].severity, _named(found), broken)


@cache
def subjects() -> dict[str, tuple[str, str]]:
    """Return vendor and kind of each healthy subject by its name: ``client``, ``server``, or the one ``instead``."""
    found = {f"{vendor}.{kind}.healthy": (vendor, kind) for vendor in vendors() for kind in ("client", "server")}
    instead = [vendor for vendor in vendors() if healthy(vendor).instead]
    return found | {f"{vendor}.server.healthy-instead": (vendor, "instead") for vendor in instead}


def examine(name: str, origin: str) -> Health:
    """Put a healthy subject before the checks."""
    vendor, kind = subjects()[name]
    whole = healthy(vendor)
    try:
        if kind == "client":
            found = verdict(_of_client(Adapter(vendor, place=whole.adapter), origin))
        else:
            instead = whole.instead if kind == "instead" else None
            same = ServerTwin(vendor=vendor, label="healthy", wrong="nothing", clause="", instead=instead)
            found = verdict(_of_server(same, whole, origin))
    except Exception as error:
        return Health(name, f"{type(error).__name__}: {error}", clean=False, bug=format_exc())
    against = _named(found)
    return Health(name, found.says, found.ending == "kept" and not against, against)


def _named(found: Verdict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{each.severity} {each.finding.clause}" for each in found.findings))


def _evidence(twin: Twin, origin: str) -> Evidence:
    if isinstance(twin, ClientTwin):
        return _of_client(Adapter(twin.vendor, place=f"contract_tests.twins.adapters:{twin.name}"), origin)
    assert isinstance(twin, ServerTwin)  # noqa: S101 - there are no others
    return _of_server(twin, healthy(twin.vendor), origin)


@cache
def _server(origin: str) -> Mockserver:
    return Mockserver(Admin(origin), {})


def _of_client(adapter: Adapter, origin: str) -> Evidence:
    document = _server(origin).contract(adapter.vendor).document
    return check_client(adapter, document, _SECONDS, url=origin, start=forked)


def _of_server(twin: ServerTwin, whole: Healthy, origin: str) -> Evidence:
    server = _server(origin)
    if twin.instead is not None:
        with twin.instead() as standing:
            return _checked(server, twin.vendor, standing)
    name = f"twin-{uuid4().hex}"
    boot: dict[str, Any] = {"fixtures": whole.fixtures, "settings": {twin.vendor: dict(twin.settings)}}
    spoil: Spoil = twin.spoil() if twin.spoil else nothing()
    with server.sandbox(name, **boot) as sandbox, Proxy(origin, spoil) as proxy:
        vendor = sandbox.vendor(twin.vendor)
        for kind, operation in twin.faults:
            vendor.faults.add(kind, operation)
        # Addresses are told besides, and are no credentials.
        known = {each: value for each, value in vendor.credentials.items() if not each.endswith("_url")}
        capabilities = {"admin_url": f"{origin}/__admin/sandboxes/{name}"}
        url = vendor.url.replace(origin, proxy.origin)
        standing = Standing(url, {**known, **whole.credentials}, capabilities)
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
        return check_server(asked, server.contract(vendor), start=forked)


def _by(judged: Judged) -> str:
    return judged.finding.check or f"the judge, {judged.finding.place}"
