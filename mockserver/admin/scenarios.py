"""The admin API's view of scenarios: the library, what is wrong with one, and the run of a sandbox."""

from typing import TYPE_CHECKING, Any

import msgspec
from flask import Blueprint, Response, request

from mockserver.admin.access import all_sandboxes, answer, body, the_sandbox
from mockserver.admin.redaction import all_names_of, redacted
from mockserver.admin.schemas import RunSchema
from mockserver.core.errors import BadRequest
from mockserver.core.sandbox import DEFAULT, Sandbox
from mockserver.core.scenario.checking import problems
from mockserver.core.scenario.language import language
from mockserver.core.scenario.run import Run
from mockserver.core.scenario.verdict import Broken, verdict, waiting
from mockserver.plain_yaml import read_yaml

if TYPE_CHECKING:
    from mockserver.contract.observed import Finding

scenarios = Blueprint("scenarios", __name__)

_LARGEST = 256 * 1024
_YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})


@scenarios.get("/scenarios")
def list_scenarios() -> Response:
    """List the library."""
    library = all_sandboxes().library
    return answer([_listed(name, library.text(name)) for name in library])


@scenarios.get("/scenario-schema")
def read_language() -> Response:
    """Give the language as a JSON Schema, for editors."""
    return answer(language(all_sandboxes().get(DEFAULT), _fixtures()))


@scenarios.post("/scenario-problems")
def list_problems() -> Response:
    """Tell everything that is wrong with a scenario, each with its line."""
    found = problems(_text(), all_sandboxes().get(DEFAULT), _fixtures())
    return answer([{"line": each.line, "place": each.place, "says": each.says} for each in found])


@scenarios.post("/sandboxes/<name>/run")
def start_run(name: str) -> Response:
    """Boot the sandbox as a scenario says, and play it there."""
    if request.mimetype in _YAML:
        text = _text()
    else:
        data = body(RunSchema())
        document, library = data.get("document"), all_sandboxes().library
        text = library.text(data["scenario"]) if document is None else msgspec.json.encode(document).decode()
    sandbox = all_sandboxes().play(name, all_sandboxes().understand(text))
    return answer(_progress(sandbox, sandbox.runs.current()), 201)


@scenarios.get("/sandboxes/<name>/run")
def read_run(name: str) -> Response:
    """Tell where the run stands, and what it waits for."""
    sandbox = the_sandbox(name)
    return answer(_progress(sandbox, sandbox.runs.current()))


@scenarios.get("/sandboxes/<name>/run/verdict")
def read_verdict(name: str) -> Response:
    """Tell whether what the scenario expects holds, and if not which expectations are broken."""
    sandbox = the_sandbox(name)
    broken = verdict(sandbox)
    if sandbox.runs.current().script.expect.findings == "none":
        # The validator that it brings takes longer to load than all else of the admin API.
        from mockserver.admin.judging import findings_of

        broken += [Broken("expect.findings", _told(each)) for each in findings_of(sandbox)]
    listed = [{"place": each.place, "says": each.says} for each in broken]
    return answer({"holds": not broken, "broken": listed})


def _told(finding: "Finding") -> str:
    what = f"{finding.clause} ({finding.confidence}) in exchange {finding.exchange}, {finding.place}"
    return f"{what}: expected {finding.expected}, got {finding.got}"


def _fixtures() -> list[str]:
    return [each.name for each in all_sandboxes().fixtures]


def _text() -> str:
    raw = request.get_data()
    if len(raw) > _LARGEST:
        raise BadRequest(f"A scenario has at most {_LARGEST} bytes.", fields={"body": ["Too long."]})
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        message = f"The body is no UTF-8: {error.reason} at byte {error.start}."
        raise BadRequest(message, fields={"body": [message]}) from None


def _listed(name: str, text: str) -> dict[str, Any]:
    plain = read_yaml(text)
    head = plain if isinstance(plain, dict) else {}
    return {"name": name, "title": head.get("title"), "vendors": head.get("vendors"), "says": head.get("says")}


def _captured(run: Run) -> dict[str, Any]:
    """Return what was captured; what a secret is called where it came from counts, not what the scenario calls it."""
    secrets = all_names_of(all_sandboxes().vendors)
    places = {name: place for step in run.script.steps for name, place in step.capture.items()}
    shown: dict[str, Any] = {}
    for name, value in run.captured.items():
        last = places.get(name, name).rpartition(".")[2]
        shown[name] = redacted({last: value}, secrets)[last]
    return shown


def _progress(sandbox: Sandbox, run: Run) -> dict[str, Any]:
    steps = run.script.steps
    done = {each.step: each for each in run.done}
    return {
        "title": run.script.title,
        "stage": run.stage,
        "begun": run.begun,
        "waiting": waiting(run) or None,
        "captured": _captured(run),
        "steps": [
            {
                "step": number + 1,
                "says": step.says or None,
                "done": done[number].at if number in done else None,
                "exchange": done[number].exchange if number in done else None,
            }
            for number, step in enumerate(steps)
        ],
        "url": sandbox.url("/"),
    }
