"""Judges one exchange against a contract: what was asked, what was answered, what was sent by itself."""

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any

from mockserver.contract.bodies import Coded, Unreadable, read_body
from mockserver.contract.clauses import CONFIDENCES, Clause
from mockserver.contract.contract import BOTH, Contract, Side, escaped
from mockserver.contract.observed import MASK, UNDOCUMENTED, Finding, Observed
from mockserver.contract.places import Body, Situated, situated, uncertainty
from mockserver.contract.shapes import Wrong, short, wrong_with
from mockserver.contract.undocumented import undocumented

_WEAKEST = len(CONFIDENCES) - 1
_NOT_THERE = frozenset({404, 405, 501})
"""Statuses of a server that has not what is called."""


def judge(contract: Contract, seen: Observed, sides: Set[Side] = BOTH) -> list[Finding]:
    """Return what is wrong with an exchange, of the doings of these sides; nothing for an unknown webhook."""
    where = situated(contract, seen)
    if where is None:
        return [] if seen.webhook or "client" not in sides else _nowhere(contract, seen)
    found: list[Finding] = []
    if where.entry.caller in sides:
        found += _judge_request(where)
    if sides - {where.entry.caller}:
        found += _judge_answer(where)
    return found


def judge_call(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with a call of the vendor: the request of an exchange."""
    where = situated(contract, seen)
    return list(_judge_request(where)) if where else _nowhere(contract, seen)


def judge_answer(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with an answer; nothing where it says nothing or nobody documents the path."""
    where = situated(contract, seen)
    return list(_judge_answer(where)) if where else []


def _judge_request(where: Situated) -> Iterator[Finding]:
    judging = _Judging(where, where.entry.caller)
    yield from judging.parameters()
    yield from judging.security()
    yield from judging.asked()


def _judge_answer(where: Situated) -> Iterator[Finding]:
    if where.seen.status and not where.seen.spoiled:
        yield from _Judging(where, "server" if where.entry.caller == "client" else "client").answer()


class _Judging:
    """The judging of one message of an exchange, which is one side's doing."""

    def __init__(self, where: Situated, side: Side) -> None:
        self._where = where
        self._contract = where.contract
        self._side = side

    def parameters(self) -> Iterator[Finding]:
        for each in self._where.parameters():
            if each.value is None:
                if each.node.get("required") and each.node["in"] != "path":
                    yield self._finding(f"{each.base}.required", each.place, "a value", "nothing")
                continue
            for wrong in wrong_with(self._contract, each.pointer, each.value):
                yield self._of_shape(each.base, each.place, wrong)
        for name, value in self._where.unknown_parameters():
            yield self._unknown(f"{self._where.base}.request.query.{name}", f"request.query.{name}", short(value))

    def security(self) -> Iterator[Finding]:
        """Yield nothing if any of the documented ways to say who is calling is used, else that none is."""
        choices = self._where.schemes()
        names = sorted({name for choice in choices for name in choice})
        used = [choice for choice in choices if all(self._where.secret(name) is not None for name in choice)]
        for name in used[0] if used else ():
            yield from self._secret(name)
        if used or not names:
            return
        bases = [f"{self._where.base}.request.security.{name}" for name in names]
        best = min(bases, key=lambda base: uncertainty(self._contract.clauses.get(base)))
        yield self._finding(best, "request.headers", " or ".join(names), "none of them")

    def _secret(self, scheme: str) -> Iterator[Finding]:
        """Yield what is wrong with what a request shows of its caller; the secret itself is not told."""
        secret, pointer = self._where.secret(scheme) or "", self._where.secret_pointer(scheme)
        if not pointer or MASK in secret:
            return
        for wrong in wrong_with(self._contract, pointer, secret):
            told = wrong if wrong.path or wrong.keyword == "contentMediaType" else replace(wrong, got="something else")
            yield self._of_shape(f"{self._where.base}.request.security.{scheme}", "request.headers", told)

    def asked(self) -> Iterator[Finding]:
        body = self._where.asked()
        if body is None:
            return
        if body.raw:
            yield from self._body(body)
        elif self._contract.resolved(self._where.entry.node["requestBody"]).get("required"):
            yield self._finding(f"{body.base}.(required)", body.place, "a body", "none")

    def answer(self) -> Iterator[Finding]:
        listed, seen = self._where.listed(), self._where.seen
        if listed is None:
            yield self._unlisted()
            return
        for each in self._where.headers(listed):
            if each.value is None and each.node.get("required"):
                yield self._finding(each.base, each.place, "a value", "nothing")
            elif each.value is not None:
                for wrong in wrong_with(self._contract, each.pointer, each.value):
                    yield self._of_shape(each.base, each.place, wrong)
        body = self._where.answered(listed)
        if body.raw or seen.method != "HEAD":
            yield from self._body(body)

    def _unlisted(self) -> Finding:
        """Return the finding about a status that nobody documents.

        A list is as certain as the least certain of its class (2xx, 4xx): who left one refusal out may have left out
        another. Where it has none of the class, nobody has spoken of it.
        """
        status, listed = str(self._where.seen.status), list(self._where.responses())
        ranks = {
            each: uncertainty(self._contract.clauses.get(f"{self._where.base}.response.{each}")) for each in listed
        }
        alike = [rank for each, rank in ranks.items() if each[0] == status[0]]
        rank = max(alike, default=_WEAKEST)
        made = self._finding(self._where.base, "answer.status", f"one of {', '.join(listed)}", status)
        return replace(made, confidence=CONFIDENCES[max(rank, CONFIDENCES.index(made.confidence))])

    def _body(self, body: Body) -> Iterator[Finding]:
        """Yield what is wrong with a body: its content type, its form, its shape."""
        if not body.content:
            return
        kind, headers = body.read_as, f"{body.place.partition('.')[0]}.headers.content-type"
        if not kind:
            yield self._finding(self._where.misread(body), headers, " or ".join(body.content), body.kind or "none")
            return
        if kind != body.kind:
            yield self._finding(f"{body.base}.content.{kind}", headers, kind, body.kind or "none")
        try:
            value = read_body(kind, body.headers, body.raw)
        except Coded:
            return
        except Unreadable as error:
            yield self._finding(self._where.misread(body), body.place, kind, str(error))
            return
        if "schema" in body.content[kind]:
            yield from self._shape(body, body.schema_pointer(kind), value)

    def _shape(self, body: Body, pointer: str, value: Any) -> Iterator[Finding]:
        """Yield what is wrong with a body by its schema, and with the status in it that no schema of another knows."""
        field, status = body.status_field, str(self._where.seen.status)
        told = field if isinstance(value, dict) and field in value else ""
        for wrong in wrong_with(self._contract, pointer, value):
            if not told or wrong.path != (told,):
                yield self._of_shape(body.base, body.place, wrong)
        if told and str(value[told]) != status:
            yield self._of_shape(body.base, body.place, Wrong((told,), "const", f"const: {status}", short(value[told])))
        for path, got in undocumented(self._contract, pointer, value):
            steps = ".".join("[]" if isinstance(step, int) else step for step in path)
            yield self._unknown(f"{body.base}.{steps}", f"{body.place}{_pointer(path)}", got)

    def _of_shape(self, base: str, place: str, wrong: Wrong) -> Finding:
        clause = _clause_of(self._contract, base, wrong)
        return self._finding(clause, f"{place}{_pointer(wrong.path)}", wrong.expected, wrong.got)

    def _unknown(self, clause: str, place: str, got: str) -> Finding:
        return Finding(
            clause=clause,
            says="Nothing is documented of it.",
            confidence=UNDOCUMENTED,
            source=None,
            place=place,
            expected="only what is documented",
            got=got,
            exchange=self._where.seen.number,
            side=self._side,
        )

    def _finding(self, clause_id: str, place: str, expected: str, got: str) -> Finding:
        contract = self._contract
        clause = contract.clauses.get(clause_id) or _outer(contract, clause_id)
        # A closed list is as certain as the least certain of its values: another may be missing as well.
        weakest = max([clause, *contract.allowed(clause_id)], key=uncertainty)
        return Finding(
            clause=clause_id,
            says=clause.says if clause else "",
            confidence=CONFIDENCES[uncertainty(weakest)],
            source=contract.source(weakest.source if weakest else None),
            place=place,
            expected=expected,
            got=got,
            exchange=self._where.seen.number,
            side=self._side,
        )


def _nowhere(contract: Contract, seen: Observed) -> list[Finding]:
    """Return what is wrong with a call of nothing that is documented.

    Who has it answers for it; else that is as certain as the most certain operation. What HTTP has for every address,
    as browsers ask before they call, is nobody's mistake.
    """
    methods = contract.methods(seen.path)
    if seen.method == "OPTIONS" or (seen.method == "HEAD" and "GET" in methods):
        return []
    best = min(
        (uncertainty(contract.clauses.get(f"{contract.vendor}.{each.name}")) for each in contract.operations), default=0
    )
    found = Finding(
        clause=f"{contract.vendor}.paths",
        says="Only what is documented can be called.",
        confidence=CONFIDENCES[best] if seen.status in _NOT_THERE else UNDOCUMENTED,
        source=None,
        place="request.method" if methods else "request.path",
        expected=f"one of {', '.join(methods)}" if methods else "a path that is documented",
        got=f"{seen.method} {seen.path}",
        exchange=seen.number,
    )
    return [found]


def _clause_of(contract: Contract, base: str, wrong: Wrong) -> str:
    """Return the id of the clause that is broken, the nearest outer one where the contract has none for it."""
    step = base
    for part in wrong.path:
        named = f"{step}.{part}"
        step = f"{step}.[]" if isinstance(part, int) else named if contract.speaks_of(named) else f"{step}.*"
    # A keyword in brackets has stepped aside for a field of its name.
    for candidate in (f"{step}.({wrong.keyword})", f"{step}.{wrong.keyword}", step):
        if candidate in contract.clauses:
            return candidate
    return step


def _pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{escaped(str(step))}" for step in path)


def _outer(contract: Contract, clause_id: str) -> Clause | None:
    """Return the nearest clause around a place that is none itself."""
    while "." in clause_id:
        clause_id = clause_id.rpartition(".")[0]
        if clause_id in contract.clauses:
            return contract.clauses[clause_id]
    return None
