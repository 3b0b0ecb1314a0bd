"""The verdict as a small picture for a README."""

from html import escape

from mockserver.contract.verdict import Verdict

_COLOURS = {"kept": "#2f7d32", "broken": "#b3261e", "unchecked": "#5f6368", "thin": "#8a6100", "harness": "#6a3fa0"}
_TEXTS = {
    "kept": "kept",
    "broken": "not kept",
    "unchecked": "not checked",
    "thin": "kept, thin",
    "harness": "no result",
}
_LETTER = 6.6


def badge_svg(verdict: Verdict) -> bytes:
    """Return an SVG: the vendor and the side, the verdict, and the coverage of the eligible clauses."""
    left = f"{verdict.evidence.subject.vendor} {verdict.evidence.subject.kind}"
    right = f"{_TEXTS[verdict.ending]}, {int(verdict.coverage.total.of_eligible)}% covered"
    first, second = (int(len(each) * _LETTER) + 14 for each in (left, right))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="20" role="img" \
aria-label="{escape(left)}: {escape(right)}">
<title>{escape(left)}: {escape(right)}</title>
<clipPath id="r"><rect width="{first + second}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{first}" height="20" fill="#444"/>\
<rect x="{first}" width="{second}" height="20" fill="{_COLOURS[verdict.ending]}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{first / 2:g}" y="14" textLength="{first - 14}">{escape(left)}</text>
<text x="{first + second / 2:g}" y="14" textLength="{second - 14}">{escape(right)}</text></g>
</svg>
""".encode()
