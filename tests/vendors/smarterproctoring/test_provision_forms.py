"""Provisioning: what the guide leaves open of dates, of nulls and of permitted items."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import CONFIGURATION, COURSE, EXAM, USER, V2, Call, Make

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")

DATES = {
    "2025-01-02": "2025-01-02T00:00:00Z",
    "20250102": "2025-01-02T00:00:00Z",
    "2025-002": "2025-01-02T00:00:00Z",
    "2025-W01-4": "2025-01-02T00:00:00Z",
    "2025-01-02T10": "2025-01-02T10:00:00Z",
    "2025-01-02T10:30": "2025-01-02T10:30:00Z",
    "2025-01-02T10:30,5Z": "2025-01-02T10:30:30Z",
    "2025-01-02T10:30:05.25Z": "2025-01-02T10:30:05Z",
    "2025-01-02T24:00Z": "2025-01-03T00:00:00Z",
    "20250102T103000+0100": "2025-01-02T09:30:00Z",
    "2025-01-02T10:30:00-05": "2025-01-02T15:30:00Z",
    "2025-01-02T10:30:00+05:30": "2025-01-02T05:00:00Z",
}


@pytest.mark.parametrize(("given", "meant"), DATES.items())
def test_a_date_may_have_any_form_of_iso_8601(sandbox: RemoteSandbox, provision: Make, given: str, meant: str) -> None:
    access = {"open": given, "close": "2025-12-31T23:59:59Z"}
    provision(exam={**EXAM, "configuration": {**CONFIGURATION, "access": access, "scheduling": {"open": given}}})
    [configuration] = sandbox.entities("smarterproctoring", "configurations")
    found = [configuration[name].partition(".")[0].removesuffix("Z") for name in ("access_open", "scheduling_open")]
    assert found == [meant.removesuffix("Z")] * 2


def test_what_is_optional_may_be_null(call: Call) -> None:
    described = {**CONFIGURATION, **dict.fromkeys(("scheduling", "attempts", "notes", "permittedItems"))}
    nameless = dict.fromkeys(("sid", "api", "lms"))
    body = {
        "course": {**COURSE, "ids": {**COURSE["ids"], **nameless}},
        "user": {**USER, "ids": {**USER["ids"], **nameless}, "timeZone": None, "currencyCode": None},
        "enrollment": {"role": None},
        "exam": {**EXAM, "ids": {**EXAM["ids"], "sid": None}, "type": None, "configuration": described},
        "signon": None,
    }
    made = call("POST", f"{V2}/provision", json=body).json()
    assert {part["result"] for part in made.values()} == {"Created"}
    leaving_out = {"course": COURSE, "user": None, "enrollment": None, "exam": None}
    assert set(call("POST", f"{V2}/provision", json=leaving_out).json()) == {"course"}


def test_any_item_can_be_permitted(sandbox: RemoteSandbox, provision: Make) -> None:
    items = {"scratchPaper": {}, "notes": {"notes": "One page."}}
    provision(exam={**EXAM, "configuration": {**CONFIGURATION, "permittedItems": items}})
    [configuration] = sandbox.entities("smarterproctoring", "configurations")
    assert set(configuration["permitted_items"]) == set(items)
