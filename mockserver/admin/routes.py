"""The admin API's entry, its sandboxes, their settings and their clocks."""

from dataclasses import replace
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, g, request

from mockserver.admin.access import all_sandboxes, answer, body, json_object, the_sandbox, the_vendor
from mockserver.admin.faults import faults
from mockserver.admin.inbox import inbox
from mockserver.admin.journal import journal
from mockserver.admin.outbox import outbox
from mockserver.admin.scenarios import scenarios
from mockserver.admin.schemas import BootSchema
from mockserver.admin.snapshots import snapshots
from mockserver.admin.state import state
from mockserver.admin.time import clock_of, time
from mockserver.core.errors import Forbidden, NotFound
from mockserver.core.recording import Turn, record
from mockserver.core.sandbox import Sandbox

admin = Blueprint("admin", __name__)
admin.register_blueprint(state)
admin.register_blueprint(journal)
admin.register_blueprint(faults)
admin.register_blueprint(inbox)
admin.register_blueprint(outbox)
admin.register_blueprint(scenarios)
admin.register_blueprint(snapshots)
admin.register_blueprint(time)


@admin.before_request
def refuse_other_sites() -> None:
    """Keep web pages from steering a server that listens on their visitor's own machine.

    A page of another origin says so in ``Origin``; one whose name was made to lead here says so in ``Host``.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"http://{request.host}", f"https://{request.host}"}:
        raise Forbidden(f"The admin API answers no page of another origin ({origin[:100]}).")
    if not _is_own(urlsplit(f"//{request.host}").hostname or ""):
        raise Forbidden(f"The admin API is not reached as {request.host[:100]!r}; set --public-url if it should be.")


def _is_own(host: str) -> bool:
    """Tell whether a host name can only mean this server: no public name does unless it was configured."""
    if "." not in host or host.endswith(".localhost") or host == urlsplit(all_sandboxes().origin).hostname:
        return True
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


@admin.before_request
def look_at_the_clock() -> None:
    """Note when a change begins, for the recording: it may move the clock itself."""
    g.sandbox = _sandbox_of_request()
    g.began = (g.sandbox.clock.now(), g.sandbox.journal.kept().last) if g.sandbox else None


@admin.after_request
def let_leave(answer: Response) -> Response:
    """Remember a change, and have sent what it brought about, when its answer has left."""
    sandbox = _sandbox_of_request()
    if sandbox is not None:
        _remember(sandbox, answer)
        answer.call_on_close(sandbox.dispatch)
    return answer


def _sandbox_of_request() -> Sandbox | None:
    name = (request.view_args or {}).get("name")
    return all_sandboxes().find(name) if name else None


def _remember(sandbox: Sandbox, answer: Response) -> None:
    received = (request.endpoint or "").rpartition(".")[2].startswith("take_")
    if request.method == "GET" or answer.status_code >= 400 or received:
        return
    if request.endpoint == f"admin.{put_sandbox.__name__}":
        return  # the recording says how the sandbox was booted; doing that again would boot as another process does
    # What else put this sandbox in another's place, or made it, is the first of its own turns.
    at, after = g.began if sandbox is g.sandbox else (sandbox.began, 0)
    path = request.path.partition(f"/sandboxes/{sandbox.name}")[2]
    kind = request.content_type or ""
    turn = Turn(at=at, after=after, method=request.method, path=path, body=request.get_data(), content_type=kind)
    sandbox.turns.add(turn)


@admin.get("/")
def read_index() -> Response:
    """Say what this is and where things are."""
    return answer(
        {
            "name": "mockserver",
            "version": version("mockserver"),
            "documents": "/__admin/docs/",
            "vendors": {vendor.name: f"{all_sandboxes().origin}/{vendor.name}" for vendor in all_sandboxes().vendors},
        }
    )


@admin.get("/operations")
def list_operations() -> Response:
    """List every operation of every vendor."""
    operations = [each for vendor in all_sandboxes().vendors for each in vendor.api.operations]
    return answer(
        [
            {
                "id": each.id,
                "method": each.method,
                "path": f"/{each.vendor}{each.path}",
                "says": each.says,
                "page": each.page,
            }
            for each in operations
        ]
    )


@admin.get("/fixtures")
def list_fixtures() -> Response:
    """List the fixture sets."""
    return answer(
        [
            {"name": each.name, "title": each.about.title, "clock": each.about.clock, "seed": each.about.seed}
            for each in all_sandboxes().fixtures
        ]
    )


@admin.get("/sandboxes")
def list_sandboxes() -> Response:
    """List the sandboxes."""
    return answer([_described(each) for each in all_sandboxes()])


@admin.put("/sandboxes/<name>")
def put_sandbox(name: str) -> Response:
    """Create a sandbox, or reset it; without a body it boots as it did before."""
    data = body(BootSchema())
    boot = replace(all_sandboxes().boot, **data) if data else None
    sandbox, created = all_sandboxes().put(name, boot)
    return answer(_described(sandbox), 201 if created else 200)


@admin.get("/sandboxes/<name>")
def read_sandbox(name: str) -> Response:
    """Describe one sandbox."""
    return answer(_described(the_sandbox(name)))


@admin.delete("/sandboxes/<name>")
def delete_sandbox(name: str) -> Response:
    """Forget a sandbox."""
    all_sandboxes().delete(name)
    return Response(status=204)


@admin.get("/sandboxes/<name>/recording")
def read_recording(name: str) -> Response:
    """Give all that was done to a sandbox, in order, and what came of it, its secrets readable."""
    return answer(record(the_sandbox(name), all_sandboxes().origin))


@admin.get("/sandboxes/<name>/credentials")
def read_credentials(name: str) -> Response:
    """Give what a client needs to call each vendor."""
    sandbox = the_sandbox(name)
    return answer(
        {
            vendor.name: {
                "base_url": sandbox.url(f"/{vendor.name}"),
                **vendor.credentials(sandbox.states[vendor.name]),
            }
            for vendor in all_sandboxes().vendors
        }
    )


@admin.post("/sandboxes/<name>/tokens/<vendor>")
def sign_token(name: str, vendor: str) -> Response:
    """Sign a token as a client of a vendor would, with the claims in the body besides its own."""
    sandbox = the_sandbox(name)
    sign = the_vendor(vendor).token
    if sign is None:
        raise NotFound(f"{vendor} takes its credentials as they are; it has no token to sign.", field="vendor")
    return answer({"token": sign(sandbox.state(vendor), json_object())}, 201)


@admin.get("/sandboxes/<name>/settings")
def read_settings(name: str) -> Response:
    """Give the settings of each vendor."""
    return answer(_settings(the_sandbox(name)))


@admin.patch("/sandboxes/<name>/settings")
def change_settings(name: str) -> Response:
    """Change settings, ``{vendor: {name: value}}``; all of them or none."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        sandbox.change_settings(json_object())
    return answer(_settings(sandbox))


def _described(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "name": sandbox.name,
        "fixtures": sandbox.boot.fixtures,
        "seed": sandbox.seed,
        "clock": clock_of(sandbox),
        "vendors": {vendor: sandbox.url(f"/{vendor}") for vendor in sandbox.states},
        "journal": {
            "kept": len(sandbox.journal),
            "bytes": sandbox.journal.bytes,
            "evicted": sandbox.journal.evicted,
        },
        "outbox": {"waiting": sandbox.outbox.count("waiting"), "sending": sandbox.outbox.count("sending")},
        "agenda": {"next_due": sandbox.next_due()},
    }


def _settings(sandbox: Sandbox) -> dict[str, Any]:
    return {vendor: msgspec.to_builtins(sandbox.settings_of(vendor)) for vendor in sandbox.states}
