"""The admin API's view of faults: the kinds there are, and the rules of a sandbox."""

from flask import Blueprint, Response

from mockserver.admin.access import answer, json_object, the_sandbox
from mockserver.core.faults.catalogue import described
from mockserver.core.faults.rule import shown

faults = Blueprint("faults", __name__)


@faults.get("/faults")
def list_fault_kinds() -> Response:
    """List the kinds of faults, where each strikes, what the other side sees, and its settings."""
    return answer(described())


@faults.get("/sandboxes/<name>/faults")
def list_faults(name: str) -> Response:
    """List the rules, oldest first, those that have ended too."""
    sandbox = the_sandbox(name)
    return answer([shown(each, sandbox.clock.now()) for each in sandbox.faults.rules])


@faults.post("/sandboxes/<name>/faults")
def add_fault(name: str) -> Response:
    """Make a rule."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        made = shown(sandbox.faults.add(json_object()), sandbox.clock.now())
    added = answer(made, 201)
    added.headers["Location"] = f"/__admin/sandboxes/{name}/faults/{made['number']}"
    return added


@faults.get("/sandboxes/<name>/faults/<int:number>")
def read_fault(name: str, number: int) -> Response:
    """Read one rule and what it has done."""
    sandbox = the_sandbox(name)
    return answer(shown(sandbox.faults.get(number), sandbox.clock.now()))


@faults.delete("/sandboxes/<name>/faults/<int:number>")
def remove_fault(name: str, number: int) -> Response:
    """Forget one rule."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        sandbox.faults.remove(number)
    return Response(status=204)


@faults.delete("/sandboxes/<name>/faults")
def clear_faults(name: str) -> Response:
    """Forget all rules."""
    sandbox = the_sandbox(name)
    with sandbox.transaction():
        deleted = sandbox.faults.clear()
    return answer({"deleted": deleted})
