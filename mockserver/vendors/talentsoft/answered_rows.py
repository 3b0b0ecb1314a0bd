"""What partners answer to each call, as plain rows with the fields that the documents have."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from mockserver.core.fields import web_address
from mockserver.vendors.talentsoft.entities import Status
from mockserver.vendors.talentsoft.formats import looks_like_culture
from mockserver.vendors.talentsoft.reading import Remarks, Unusable, percent, rows, text, what

Row = dict[str, Any]

_STATUSES = frozenset(Status)


def campaigns(data: Any, remarks: Remarks) -> list[Row]:
    """Return the campaigns; one without an id is left out."""
    found = []
    for place, row in rows(data, "data", remarks):
        names = ("campaign_id", "name", "language")
        read = {name: text(row, name, place, remarks, required=True) for name in names}
        if read["language"] is not None and not looks_like_culture(read["language"]):
            remarks.note(f"{place}.language is {read['language'][:40]!r}, not a culture name like fr-FR.")
        if read["campaign_id"] is not None:
            found.append(read)
    return found


def creation_link(data: Any, remarks: Remarks) -> list[Row]:
    """Return the one link; raise ``Unusable`` for what is none."""
    if not isinstance(data, str):
        raise Unusable(f"answered with data that is {what(data)}, not a string")
    return [{"link": _address(data.strip(), "data", remarks)}]


def invitation_results(data: Any, remarks: Remarks) -> list[Row]:
    """Return what the partner says of each candidate; what is neither success nor error counts as an error."""
    found = []
    for place, row in rows(data, "data", remarks):
        applicant_id = text(row, "applicant_id", place, remarks, required=True)
        if applicant_id is None:
            continue
        status = text(row, "status", place, remarks, required=True)
        if status not in ("success", "error", None):
            remarks.note(f"{place}.status is {status!r}, neither 'success' nor 'error'.")
        link = _either_link(row, place, remarks)
        if status == "success" and link is None:
            remarks.note(f"{place} is a success without a link.")
        found.append(
            {
                "applicant_id": applicant_id,
                "status": "success" if status == "success" else "error",
                "error_message": text(row, "error_message", place, remarks),
                "link": link,
            }
        )
    return found


def assessments(data: Any, remarks: Remarks) -> list[Row]:
    """Return where each assessment stands; one without campaign or candidate is left out."""
    found = []
    for place, row in rows(data, "data", remarks):
        read: Row = {
            "campaign_id": text(row, "campaign_id", place, remarks, required=True),
            "applicant_id": text(row, "applicant_id", place, remarks, required=True),
            "status": text(row, "status", place, remarks, required=True),
            "link": _either_link(row, place, remarks),
            "recruiter_link": _link(row, "recruiter_link", place, remarks),
            "readonly_link": _link(row, "readonly_link", place, remarks),
            "global_score": percent(row, "global_score", place, remarks),
            "global_report": _global_report(row, place, remarks),
            "scores": _scores(row, place, remarks),
            "reports": _reports(row, place, remarks),
        }
        if read["status"] not in (None, *_STATUSES):
            remarks.note(f"{place}.status is {read['status'][:40]!r}, which is no documented status.")
        if read["campaign_id"] is not None and read["applicant_id"] is not None:
            found.append(read)
    return found


def _scores(row: Mapping[str, Any], place: str, remarks: Remarks) -> tuple[Row, ...]:
    return tuple(
        {
            "name": text(each, "name", inner, remarks, required=True),
            "value": percent(each, "value", inner, remarks),
        }
        for inner, each in _list(row, "scores", place, remarks)
    )


def _reports(row: Mapping[str, Any], place: str, remarks: Remarks) -> tuple[Row, ...]:
    return tuple(_report(each, inner, remarks) for inner, each in _list(row, "reports", place, remarks))


def _global_report(row: Mapping[str, Any], place: str, remarks: Remarks) -> Row | None:
    value = row.get("global_report")
    if isinstance(value, dict):
        return _report(value, f"{place}.global_report", remarks)
    if value is not None:
        remarks.note(f"{place}.global_report is {what(value)}, not an object.")
    return None


def _report(row: Mapping[str, Any], place: str, remarks: Remarks) -> Row:
    kind = text(row, "report_type", place, remarks, required=True)
    if kind not in ("PDF", "HTML", None):
        remarks.note(f"{place}.report_type is {kind[:40]!r}, neither 'PDF' nor 'HTML'.")
    return {
        "name": text(row, "name", place, remarks, required=True),
        "url": _link(row, "url", place, remarks, required=True),
        "report_type": kind,
        "language": text(row, "language", place, remarks),
        "comment": text(row, "comment", place, remarks),
    }


def _list(row: Mapping[str, Any], name: str, place: str, remarks: Remarks) -> list[tuple[str, Mapping[str, Any]]]:
    value = row.get(name)
    if value is None:
        return []
    try:
        return list(rows(value, f"{place}.{name}", remarks))
    except Unusable:
        remarks.note(f"{place}.{name} is {what(value)}, not an array.")
        return []


def _either_link(row: Mapping[str, Any], place: str, remarks: Remarks) -> str | None:
    """Return the candidate's link under either of its names."""
    found = _link(row, "assessment_invitation_link", place, remarks)
    return found or _link(row, "interview_invitation_link", place, remarks)


def _link(row: Mapping[str, Any], name: str, place: str, remarks: Remarks, *, required: bool = False) -> str | None:
    value = text(row, name, place, remarks, required=required)
    return None if value is None else _address(value, f"{place}.{name}", remarks)


def _address(value: str, place: str, remarks: Remarks) -> str:
    try:
        web_address(value)
    except ValidationError:
        remarks.note(f"{place} is {value[:80]!r}, not an absolute http or https URL.")
    return value
