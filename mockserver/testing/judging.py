"""Judges the calls of a sandbox's journal by the contracts, and says in words what is wrong with them."""

import base64
import warnings
from collections.abc import Mapping, Sequence
from textwrap import indent, shorten
from typing import Any

from mockserver.contract.clauses import CONFIDENCES
from mockserver.contract.judge import judge_call
from mockserver.contract.observed import Finding, Observed
from mockserver.testing.sandbox import ContractWarning, NothingToJudge, Sandbox
from mockserver.testing.vendor import JSON

_WARNS = "public"


def assert_contract(sandbox: Sandbox, level: str, filters: Mapping[str, Any]) -> list[Finding]:
    """Raise ``AssertionError`` with the findings that count at a level; return the others."""
    __tracebackhide__ = True
    if level not in CONFIDENCES:
        raise ValueError(f"There is no level {level!r}; known are {', '.join(CONFIDENCES)}.")
    calls = _calls(sandbox, filters)
    findings = [each for call in calls for each in _judged(sandbox, call)]
    counting = CONFIDENCES[: CONFIDENCES.index(level) + 1]
    against = [each for each in findings if each.confidence in counting]
    others = [each for each in findings if each.confidence not in counting]
    if against:
        raise AssertionError(_verdict(sandbox, calls, against, others))
    public = [each for each in others if each.confidence == _WARNS]
    if public:
        told = "\n".join(_told(each, calls) for each in _alike(public))
        warnings.warn(f"Not held against the client:\n{told}", ContractWarning, stacklevel=3)
    return others


def observed(exchange: JSON, sandbox: str) -> Observed:
    """Return what an exchange of a sandbox's journal has to be judged by; ``path`` is below the vendor's base."""
    path, _, query = exchange["target"].partition("?")
    path = path.removeprefix(f"/sandbox/{sandbox}")
    headers = _lower(exchange["request"]["headers"])
    if not headers.get("host", "").lower().startswith(f"{exchange['vendor']}.localhost"):
        path = path.removeprefix(f"/{exchange['vendor']}")
    return Observed(
        method=exchange["method"],
        path=path or "/",
        query=query,
        headers=headers,
        body=_body(exchange["request"]),
        status=exchange["status"],
        answer_headers=_lower(exchange["answer"]["headers"]),
        answer=_body(exchange["answer"]),
        number=exchange["number"],
    )


def _calls(sandbox: Sandbox, filters: Mapping[str, Any]) -> list[JSON]:
    __tracebackhide__ = True
    evicted = sandbox.admin("GET", "/journal", limit=1)["evicted"]
    if evicted:
        raise NothingToJudge(
            f"The journal had to give up {evicted} exchanges, so the calls cannot be judged; "
            "start the server with a larger --journal-exchanges or --journal-bytes."
        )
    found = sandbox.journal(**{**filters, "direction": "in", "secrets": "shown"})
    calls = [each for each in found if each["operation"] not in sandbox.server.pages]
    if not calls:
        raise NothingToJudge(
            f"No call of a vendor's API {'that fits ' if filters else ''}reached the sandbox {sandbox.name!r}: nothing "
            f"was judged. A client's base URL is {sandbox.url}/<vendor>, one of {', '.join(sandbox.server.vendors)}; "
            "a vendor's pytest fixture has it as url."
        )
    return calls


def _judged(sandbox: Sandbox, call: JSON) -> list[Finding]:
    if call["vendor"] is not None:
        return judge_call(sandbox.server.contract(call["vendor"]), observed(call, sandbox.name))
    return [
        Finding(
            clause="paths",
            says="A call goes to a vendor.",
            confidence=CONFIDENCES[0],
            source=None,
            place="request.path",
            expected=f"{sandbox.url}/<vendor>, one of {', '.join(sandbox.server.vendors)}",
            got=f"{call['method']} {call['target']}",
            exchange=call["number"],
        )
    ]


def _verdict(sandbox: Sandbox, calls: Sequence[JSON], against: Sequence[Finding], others: Sequence[Finding]) -> str:
    wrong = len({each.exchange for each in against})
    lines = [f"The contract is not kept: {_count(len(against), 'finding')} in {wrong} of {_count(len(calls), 'call')}."]
    for number, each in enumerate(_alike(against), 1):
        lines += ["", f"{number}. {indent(_told(each, calls), '   ').lstrip()}"]
        lines.append(f"     curl      {_curl(sandbox, each[0].exchange)}")
    if others:
        lines += ["", f"Not held against the client: {_count(len(others), 'finding')}."]
        lines += [indent(_told(each, calls), "   ") for each in _alike(others)]
    return "\n".join(lines)


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings in groups that differ in their calls, and in what came there, alone."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.clause, each.place), []).append(each)
    return list(groups.values())


def _told(alike: Sequence[Finding], calls: Sequence[JSON]) -> str:
    finding = alike[0]
    call = next(each for each in calls if each["number"] == finding.exchange)
    lines = [
        finding.clause,
        f"  says      {finding.says}",
        f"  source    {finding.confidence}{f': {finding.source}' if finding.source else ''}",
        f"  place     {finding.place} of call {finding.exchange}, {_shown(call)}",
        f"  expected  {finding.expected}",
        f"  got       {finding.got}",
    ]
    if len(alike) > 1:
        lines.append(f"  also      in {_count(len(alike) - 1, 'more call')}")
    return "\n".join(lines)


def _shown(call: JSON) -> str:
    return f"{call['method']} {call['target'].partition('?')[0]}, answered {call['status']}"


def _curl(sandbox: Sandbox, number: int) -> str:
    said = sandbox.server.text(f"/sandboxes/{sandbox.name}/journal/{number}/curl")
    return shorten(said, 600, placeholder=" ...")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _body(message: JSON) -> bytes:
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"])
    body: str = message.get("body", "")
    return body.encode()
