"""All reports of one verdict, into one folder."""

from pathlib import Path

from mockserver.contract.reports.archive import har_json
from mockserver.contract.reports.badge import badge_svg
from mockserver.contract.reports.data import coverage_json, report_json
from mockserver.contract.reports.junit import junit_xml
from mockserver.contract.reports.masking import masked
from mockserver.contract.reports.page import report_html
from mockserver.contract.verdict import Verdict


def reports(verdict: Verdict) -> dict[str, bytes]:
    """Return every report by the name of its file, secrets masked."""
    shown = masked(verdict)
    return {
        "report.html": report_html(shown),
        "report.json": report_json(shown),
        "junit.xml": junit_xml(shown),
        "coverage.json": coverage_json(shown),
        "badge.svg": badge_svg(shown),
        "har.json": har_json(shown.evidence.exchanges),
    }


def write_reports(verdict: Verdict, folder: Path) -> list[Path]:
    """Write every report into a folder, which is made if need be, and return their paths; raise ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, content in reports(verdict).items():
        path = folder / name
        path.write_bytes(content)
        made.append(path)
    return made
