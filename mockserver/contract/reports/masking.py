"""Secrets out of a verdict, before anything of it is written.

What holds a secret is known by its name, by the contract, or by its looks (a JWT, a bearer token). A value that was
masked once is masked in every text of the findings too. What the checks have made up is nobody's secret.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.doors import MADE_UP
from mockserver.contract.evidence import Check
from mockserver.contract.observed import MASK, Finding, Observed
from mockserver.contract.verdict import Judged, Verdict

_NAMES = ("token", "secret", "password", "passwd", "api[-_]?key", "assertion", "authorization", "cookie", "credential")
_GIVEN = rf"(?!{MADE_UP}(?:[\s\"'&#;<,]|$))"
_TOKENS = re.compile(
    rf"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?|(?<=\bBearer ){_GIVEN}\S+|(?<=\bBasic ){_GIVEN}\S+|(?<=\bJWT ){_GIVEN}\S+"
)
_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s\"']+:[^/@\s\"']*(?=@)")
_SHORTEST = 8


class Masked(Verdict):
    """A verdict without any secret in it."""

    __slots__ = ()


def masked(verdict: Verdict) -> Masked:
    """Return the same verdict without any secret in it; bodies that are no text are left out."""
    if isinstance(verdict, Masked):
        return verdict
    shown = _shown(verdict)
    return Masked(**{each.name: getattr(shown, each.name) for each in fields(shown)})


def _shown(verdict: Verdict) -> Verdict:
    masking = _Masking(verdict.evidence.contract, verdict.evidence.exchanges)
    evidence = verdict.evidence
    return replace(
        verdict,
        evidence=replace(
            evidence,
            subject=replace(evidence.subject, name=masking.text(evidence.subject.name)),
            exchanges=[masking.exchange(each) for each in evidence.exchanges],
            findings=[masking.finding(each) for each in evidence.findings],
            checks=[masking.check(each) for each in evidence.checks],
            notes=[masking.text(each) for each in evidence.notes],
        ),
        findings=tuple(masking.judged(each) for each in verdict.findings),
    )


class _Masking:
    def __init__(self, contract: Contract, exchanges: Sequence[Observed]) -> None:
        names = "|".join([*_NAMES, *map(re.escape, sorted(_named(contract)))])
        name = rf"[\w.\-]{{0,64}}(?:{names})"
        self._name = re.compile(name, re.IGNORECASE)
        self._pairs = [
            re.compile(pattern, re.IGNORECASE | re.DOTALL)
            for pattern in (
                # A form, a query; JSON, broken or cut JSON too; a part of a multipart form; an input of a page.
                rf"(?P<before>(?:^|[?&#;\s]){name}=)(?P<value>{_GIVEN}[^&#\s\"'<>;]+)",
                rf"(?P<before>\"{name}\"\s*:\s*\")(?P<value>{_GIVEN}(?:[^\"\\]|\\.)+)",
                rf"(?P<before>\"{name}\"\s*:\s*)(?P<value>-?[\d.eE+-]+)",
                rf"(?P<before>\bname=\"?{name}\"?[^\r\n]{{0,200}}\r?\n(?:[^\r\n]+\r?\n)*\r?\n)(?P<value>.*?)(?=\r?\n--|\Z)",
                rf"(?P<before>\bname=[\"']?{name}[\"']?[^>]{{0,200}}?\bvalue=[\"'])(?P<value>[^\"']+)",
            )
        ]
        known = {value for each in exchanges for value in self._values(each) if len(value) >= _SHORTEST}
        # Tokens are known by their looks; there may be one of its own in every exchange.
        others = sorted((each for each in known if not _TOKENS.search(each)), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, others))) if others else None

    def judged(self, judged: Judged) -> Judged:
        finding, reason, told = self.finding(judged.finding), self.text(judged.reason), self.text(judged.told)
        return replace(judged, finding=finding, reason=reason, told=told)

    def finding(self, finding: Finding) -> Finding:
        # The place of a check's finding is the check, whose name is no field's.
        secret = not finding.check and self._is_secret(finding.place.replace("/", ".").rpartition(".")[2])
        got = MASK if secret and finding.got not in {"nothing", "none"} else self.text(finding.got)
        return replace(finding, got=got, expected=self.text(finding.expected), place=self.text(finding.place))

    def check(self, check: Check) -> Check:
        return replace(
            check, detail=self.text(check.detail), expected=self.text(check.expected), got=self.text(check.got)
        )

    def exchange(self, seen: Observed) -> Observed:
        return replace(
            seen,
            path=self.text(seen.path),
            query=self.text(seen.query),
            url=self.text(seen.url),
            headers=self._headers(seen.headers),
            answer_headers=self._headers(seen.answer_headers),
            body=self._body(seen.body),
            answer=self._body(seen.answer),
        )

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: _of_header(value) if self._is_secret(name) else self.text(value) for name, value in headers.items()
        }

    def _body(self, raw: bytes) -> bytes:
        try:
            return self.text(raw.decode()).encode()
        except UnicodeDecodeError:
            return f"({len(raw)} bytes that are no text)".encode()

    def text(self, text: str) -> str:
        """Return a text that can be written: no secret in it, nor half a character."""
        text = text.encode("utf-8", "replace").decode()
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern in self._pairs:
            text = pattern.sub(rf"\g<before>{MASK}", text)
        return _IN_ADDRESS.sub(MASK, _TOKENS.sub(MASK, text))

    def _is_secret(self, name: str) -> bool:
        return self._name.fullmatch(name) is not None

    def _values(self, seen: Observed) -> Iterator[str]:
        for headers in (seen.headers, seen.answer_headers):
            for name, value in headers.items():
                if self._is_secret(name) and MASK in _of_header(value):
                    yield from (value, value.rpartition(" ")[2])
        for text in (seen.query, seen.body.decode(errors="replace"), seen.answer.decode(errors="replace")):
            for pattern in self._pairs:
                yield from (found["value"] for found in pattern.finditer(text))


def _of_header(value: str) -> str:
    """Mask a header's value, but not the word that says of which kind it is."""
    scheme, space, rest = value.partition(" ")
    if re.fullmatch(MADE_UP, rest or value):
        return value
    return f"{scheme} {MASK}" if space and scheme.isalpha() and rest else MASK


def _named(contract: Contract) -> set[str]:
    """Return what the contract itself says holds a secret: the keys of security schemes, and passwords."""
    schemes = contract.document.get("components", {}).get("securitySchemes", {}).values()
    return {str(each["name"]) for each in schemes if "name" in each} | set(_passwords(contract.document, ""))


def _passwords(node: Any, name: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        if node.get("format") == "password":
            yield str(node.get("name", name))
        for key, inner in node.items():
            yield from _passwords(
                inner, key if key not in {"schema", "allOf", "items"} else str(node.get("name", name))
            )
    elif isinstance(node, list):
        for inner in node:
            yield from _passwords(inner, name)
