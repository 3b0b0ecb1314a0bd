"""Judges one exchange against a contract: what was asked, what was answered, what was sent by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mockserver.contract.bodies import Unreadable, media_type, read_body
from mockserver.contract.clauses import CONFIDENCES, Clause
from mockserver.contract.contract import Contract, Entry, escaped
from mockserver.contract.shapes import Wrong, wrong_with

_WEAKEST = len(CONFIDENCES) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One exchange, as anybody may have seen it. ``path`` is below the vendor's base; header names are lower-case.

    ``webhook`` names what the vendor sent by itself, and is empty for a call of the vendor; ``status`` is 0 where no
    answer came.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str]
    body: bytes = b""
    status: int = 0
    answer_headers: Mapping[str, str]
    answer: bytes = b""
    webhook: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as a clause has it; ``place`` is where, in the exchange."""

    clause: str
    says: str
    confidence: str
    source: str | None
    place: str
    expected: str
    got: str
    exchange: int = 0


def judge_call(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with a call of the vendor: the client's side of an exchange."""
    found = contract.operation(seen.method, seen.path)
    if found is None:
        return [_nowhere(contract, seen)]
    entry, parameters = found
    return [
        *_parameters(contract, entry, seen, parameters),
        *_security(contract, entry, seen),
        *_asked(contract, entry, seen),
    ]


def judge_answer(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with the vendor's answer; nothing for a path that it does not document."""
    found = contract.operation(seen.method, seen.path)
    if found is None or not seen.status:
        return []
    entry, _ = found
    responses = {str(status): node for status, node in entry.node.get("responses", {}).items()}
    listed = next(
        (each for each in (str(seen.status), f"{seen.status // 100}XX", "default") if each in responses), None
    )
    base = f"{contract.vendor}.{entry.name}"
    if listed is None:
        return [_finding(contract, base, seen, "answer.status", f"one of {', '.join(responses)}", str(seen.status))]
    pointer = contract.place(responses[listed], f"{entry.pointer}/responses/{listed}")
    return list(_content(contract, f"{base}.response.{listed}.body", pointer, seen, side="answer"))


def judge_webhook(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with what the vendor sent by itself."""
    entry = contract.webhooks.get(seen.webhook)
    return [] if entry is None else list(_asked(contract, entry, seen))


def _nowhere(contract: Contract, seen: Observed) -> Finding:
    methods = contract.methods(seen.path)
    expected = f"one of {', '.join(methods)}" if methods else "a path that is documented"
    return Finding(
        clause=f"{contract.vendor}.paths",
        says="Only what is documented can be called.",
        confidence=CONFIDENCES[0],
        source=None,
        place="request.method" if methods else "request.path",
        expected=expected,
        got=f"{seen.method} {seen.path}",
        exchange=seen.number,
    )


def _parameters(contract: Contract, entry: Entry, seen: Observed, in_path: Mapping[str, str]) -> Iterator[Finding]:
    given = {"path": in_path, "query": dict(parse_qsl(seen.query, keep_blank_values=True)), "header": seen.headers}
    for parameter in entry.parameters:
        name, where = parameter["name"], parameter["in"]
        base = f"{contract.vendor}.{entry.name}.request.{where}.{name}"
        values = given.get(where, {})
        value = values.get(name.lower() if where == "header" else name)
        if value is None:
            if parameter.get("required") and where != "path":
                yield _finding(contract, f"{base}.required", seen, f"request.{where}.{name}", "it is there", "nothing")
            continue
        schema = parameter.get("schema", {})
        for wrong in wrong_with(contract, schema, None, _typed(value, contract.resolved(schema))):
            yield _of_shape(contract, base, seen, f"request.{where}.{name}", wrong)


def _security(contract: Contract, entry: Entry, seen: Observed) -> Iterator[Finding]:
    """Yield nothing if any of the documented ways to say who is calling is used, else that none is."""
    choices = [list(each) for each in entry.node["security"]]
    names = sorted({name for choice in choices for name in choice})
    if not names or any(all(_shows(contract, name, seen) for name in choice) for choice in choices):
        return
    bases = [f"{contract.vendor}.{entry.name}.request.security.{name}" for name in names]
    best = min(bases, key=lambda base: _rank(contract.clauses.get(base)))
    yield _finding(contract, best, seen, "request.headers", f"{' or '.join(names)}", "none of them")


def _shows(contract: Contract, name: str, seen: Observed) -> bool:
    scheme = contract.document.get("components", {}).get("securitySchemes", {}).get(name, {})
    if scheme.get("type") == "apiKey":
        return bool(seen.headers.get(str(scheme.get("name", "")).lower()))
    return seen.headers.get("authorization", "").lower().startswith(f"{scheme.get('scheme', '')} ")


def _asked(contract: Contract, entry: Entry, seen: Observed) -> Iterator[Finding]:
    node = entry.node.get("requestBody")
    if node is None:
        return
    base = f"{contract.vendor}.{entry.name}.request.body"
    if not seen.body:
        if contract.resolved(node).get("required"):
            yield _finding(contract, base, seen, "request.body", "a body", "none")
        return
    pointer = contract.place(node, f"{entry.pointer}/requestBody")
    yield from _content(contract, base, pointer, seen, side="request")


def _content(contract: Contract, base: str, pointer: str, seen: Observed, *, side: str) -> Iterator[Finding]:
    """Yield what is wrong with a body: its content type, its form, its shape."""
    headers, raw = (seen.headers, seen.body) if side == "request" else (seen.answer_headers, seen.answer)
    content = contract.resolved({"$ref": f"#{pointer}"}).get("content", {})
    kind = media_type(headers)
    if not content or (side == "answer" and not raw and seen.method == "HEAD"):
        return
    if kind not in content:
        clause = f"{base}.content.{next(iter(content))}"
        yield _finding(contract, clause, seen, f"{side}.headers.content-type", " or ".join(content), kind or "none")
        return
    try:
        value = read_body(kind, headers, raw)
    except Unreadable as error:
        yield _finding(contract, f"{base}.content.{kind}", seen, f"{side}.body", kind, str(error))
        return
    schema = content[kind].get("schema")
    if schema is not None:
        for wrong in wrong_with(contract, schema, f"{pointer}/content/{escaped(kind)}/schema", value):
            yield _of_shape(contract, base, seen, f"{side}.body", wrong)


def _of_shape(contract: Contract, base: str, seen: Observed, place: str, wrong: Wrong) -> Finding:
    clause = _clause_of(contract, base, wrong)
    where = "".join(f"/{escaped(str(step))}" for step in wrong.path)
    return _finding(contract, clause, seen, f"{place}{where}", wrong.expected, wrong.got)


def _clause_of(contract: Contract, base: str, wrong: Wrong) -> str:
    """Return the id of the clause that is broken, the nearest outer one where the contract has none for it."""
    step = base
    for part in wrong.path:
        named = f"{step}.{part}"
        step = f"{step}.[]" if isinstance(part, int) else named if _known(contract, named) else f"{step}.*"
    for candidate in (f"{step}.{wrong.keyword}", f"{step}.({wrong.keyword})", step):
        if candidate in contract.clauses:
            return candidate
    return step


def _known(contract: Contract, prefix: str) -> bool:
    return prefix in contract.clauses or any(each.startswith(f"{prefix}.") for each in contract.clauses)


def _finding(contract: Contract, clause_id: str, seen: Observed, place: str, expected: str, got: str) -> Finding:
    clause = contract.clauses.get(clause_id) or _outer(contract, clause_id)
    allowed = [each for name, each in contract.clauses.items() if name.startswith(f"{clause_id}.enum.")]
    # A closed list is as certain as the least certain of its values: another may be missing as well.
    rank = max([_rank(clause), *(_rank(each) for each in allowed)]) if allowed else _rank(clause)
    return Finding(
        clause=clause_id,
        says=clause.says if clause else "",
        confidence=CONFIDENCES[rank],
        source=contract.source(clause.source if clause else None),
        place=place,
        expected=expected,
        got=got,
        exchange=seen.number,
    )


def _outer(contract: Contract, clause_id: str) -> Clause | None:
    """Return the nearest clause around a place that is none itself."""
    while "." in clause_id:
        clause_id = clause_id.rpartition(".")[0]
        if clause_id in contract.clauses:
            return contract.clauses[clause_id]
    return None


def _rank(clause: Clause | None) -> int:
    confidence = clause.confidence if clause else None
    return CONFIDENCES.index(confidence) if confidence in CONFIDENCES else _WEAKEST


def _typed(value: str, schema: Mapping[str, Any]) -> Any:
    """Return the text of a parameter as the type that its schema asks for, if it can be read so."""
    kinds = schema.get("type", "string")
    wanted = kinds if isinstance(kinds, list) else [kinds]
    if "array" in wanted:
        return value.split(",")
    if "boolean" in wanted and value in {"true", "false"}:
        return value == "true"
    try:
        return int(value) if "integer" in wanted else float(value) if "number" in wanted else value
    except ValueError:
        return value
