"""The onboarding link, and the pages that lead to the exam."""

import re

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import Call, Make, invalid

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-06-15T13:50:00Z")


def follow(sandbox: RemoteSandbox, url: str) -> requests.Response:
    return sandbox.http.get(url, timeout=20, allow_redirects=False)


def submit(sandbox: RemoteSandbox, page: str, verb: str, **form: str) -> requests.Response:
    return sandbox.http.post(f"{page}/{verb}", data=form, timeout=20, allow_redirects=False)


def link(call: Call, session: dict[str, str]) -> str:
    url: str = call("GET", f"{session['path']}/onboard").json()["url"]
    return url


def enter(sandbox: RemoteSandbox, call: Call, session: dict[str, str]) -> str:
    """Open a fresh link and return the address of the page behind it."""
    opened = follow(sandbox, link(call, session))
    assert opened.status_code == 303
    return opened.headers["Location"]


def pass_all(sandbox: RemoteSandbox, page: str) -> None:
    for step in ("system-check", "identity", "room-scan"):
        assert submit(sandbox, page, "steps", step=step).headers["Location"] == page


def forms(page: str) -> list[str]:
    return re.findall(r'<form method="post" action="[^"]*/(\w+)">', page)


def test_every_call_mints_another_link(call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    assert link(call, session) != link(call, session)


def test_only_a_scheduled_session_has_an_onboarding(call: Call, make_session: Make) -> None:
    message = invalid(call("GET", f"{make_session()['path']}/onboard"))
    assert "is Needs Proctor" in message


@pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")
def test_a_link_can_be_asked_for_at_any_time_after_scheduling(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make
) -> None:
    session = make_appointment()
    for instant in ("2025-05-15T10:00:00Z", "2025-06-15T14:30:00Z", "2025-06-16T00:00:00Z"):
        sandbox.freeze(instant)
        assert follow(sandbox, link(call, session)).status_code == 303


def test_a_link_opens_once(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    url = link(call, make_appointment())
    assert follow(sandbox, url).status_code == 303
    second = follow(sandbox, url)
    assert second.status_code == 410
    assert "once only" in second.text


def test_a_link_expires(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    early, late = link(call, session), link(call, session)
    sandbox.advance("299s")
    assert follow(sandbox, early).status_code == 303
    sandbox.advance("1s")
    expired = follow(sandbox, late)
    assert expired.status_code == 410
    assert "expired" in expired.text


def test_how_long_a_link_is_good_for_is_a_setting(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    sandbox.settings(smarterproctoring={"onboarding_seconds": 10})
    url = link(call, make_appointment())
    sandbox.advance("10s")
    assert follow(sandbox, url).status_code == 410


def test_a_link_of_a_cancelled_session_leads_nowhere(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make
) -> None:
    session = make_appointment()
    url = link(call, session)
    call("DELETE", session["path"])
    refused = follow(sandbox, url)
    assert refused.status_code == 409
    assert "is Cancelled" in refused.text


@pytest.mark.parametrize("path", ["/onboarding/x", "/onboarding/visits/x"])
def test_an_unknown_link_is_a_404_page(sandbox: RemoteSandbox, path: str) -> None:
    answer = sandbox.get(f"/smarterproctoring{path}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_steps_lead_to_the_exam_and_to_its_end(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    page = enter(sandbox, call, session)
    for step in ("system-check", "identity", "room-scan"):
        shown = follow(sandbox, page).text
        assert forms(shown) == ["steps"]
        assert f'value="{step}"' in shown
        assert submit(sandbox, page, "steps", step=step).status_code == 303
    assert forms(follow(sandbox, page).text) == ["begin"]
    assert call("GET", session["path"]).json()["status"] == "Scheduled"

    assert submit(sandbox, page, "begin").headers["Location"] == page
    shown = follow(sandbox, page).text
    assert forms(shown) == ["end"]
    assert 'href="https://exams.example/456"' in shown
    begun = call("GET", session["path"]).json()
    assert begun["status"] == "In Progress"
    dates = ("systemCheckStartDate", "systemCheckEndDate", "inProgressDate", "recordingStartDate")
    assert [begun[name] for name in dates] == ["2025-06-15T13:50:00.000Z"] * 4

    assert submit(sandbox, page, "end").headers["Location"] == page
    assert forms(follow(sandbox, page).text) == []
    assert call("GET", session["path"]).json()["status"] == "Processing"


def test_steps_have_their_order(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    page = enter(sandbox, call, make_appointment())
    for step in ("identity", "room-scan"):
        refused = submit(sandbox, page, "steps", step=step)
        assert refused.status_code == 409
        assert "system-check" in refused.text
    assert submit(sandbox, page, "begin").status_code == 409
    assert submit(sandbox, page, "steps", step="system-check").status_code == 303
    assert submit(sandbox, page, "steps", step="system-check").status_code == 409
    assert submit(sandbox, page, "end").status_code == 409


@pytest.mark.parametrize("form", [{}, {"step": "other"}, {"step": "\x00"}])
def test_a_wrong_step_is_a_400_page(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make, form: dict[str, str]
) -> None:
    page = enter(sandbox, call, make_appointment())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = sandbox.http.post(f"{page}/steps", data=form, headers=headers, timeout=20)
    assert answer.status_code == 400
    assert "step" in answer.text


def test_the_exam_begins_at_its_time(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment(appointmentDateTime="2025-06-15T15:00:00Z")
    page = enter(sandbox, call, session)
    pass_all(sandbox, page)
    shown = follow(sandbox, page).text
    assert forms(shown) == []
    assert "15 minutes before" in shown
    assert submit(sandbox, page, "begin").status_code == 409
    sandbox.freeze("2025-06-15T14:45:00Z")
    assert forms(follow(sandbox, page).text) == ["begin"]
    sandbox.freeze("2025-06-15T17:00:00Z")
    assert "ended at" in follow(sandbox, page).text
    assert submit(sandbox, page, "begin").status_code == 409


@pytest.mark.parametrize(("minutes", "status"), [(0, 409), (60, 409), (70, 303), (None, 303)])
def test_how_early_an_exam_begins_is_a_setting(
    sandbox: RemoteSandbox, call: Call, make_appointment: Make, minutes: int | None, status: int
) -> None:
    sandbox.settings(smarterproctoring={"early_start_minutes": minutes})
    page = enter(sandbox, call, make_appointment(appointmentDateTime="2025-06-15T15:00:00Z"))
    pass_all(sandbox, page)
    assert submit(sandbox, page, "begin").status_code == status


def test_a_fresh_link_leads_back_into_the_exam(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    page = enter(sandbox, call, session)
    pass_all(sandbox, page)
    submit(sandbox, page, "begin")
    again = enter(sandbox, call, session)
    assert again != page
    assert forms(follow(sandbox, again).text) == ["end"]


def test_an_exam_ends_by_the_clock(sandbox: RemoteSandbox, call: Call, make_appointment: Make) -> None:
    session = make_appointment()
    page = enter(sandbox, call, session)
    pass_all(sandbox, page)
    submit(sandbox, page, "begin")
    sandbox.freeze("2025-06-15T15:49:59Z")
    assert call("GET", session["path"]).json()["status"] == "In Progress"
    sandbox.freeze("2025-06-15T15:50:00Z")
    assert call("GET", session["path"]).json()["status"] == "Processing"
    assert forms(follow(sandbox, page).text) == []
    assert submit(sandbox, page, "end").status_code == 409


def test_names_are_escaped(sandbox: RemoteSandbox, call: Call, make_appointment: Make, provision: Make) -> None:
    session = make_appointment()
    provision(course={"ids": {"external": "acme"}}, exam={"ids": {"external": "e-1"}, "title": "<script>x</script>"})
    shown = follow(sandbox, enter(sandbox, call, session)).text
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
