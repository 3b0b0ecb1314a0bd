"""What test takers see and press: the same verbs as the API's, then back to the page."""

import re
from typing import Any

import pytest

from tests.server import RemoteSandbox

from .client import PAGES, SCHEDULED, START, buttons, press, sign, start, status

frozen = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")
AGREED = {**START, "userAgreementUrl": "https://lms.example/agreement"}


def follow(sandbox: RemoteSandbox, answer: Any) -> Any:
    assert answer.status_code == 303, answer.text
    return sandbox.http.get(answer.headers["Location"], timeout=20)


@frozen
def test_the_calendar_offers_slots_from_now_and_books_one(sandbox: RemoteSandbox) -> None:
    sandbox.advance("10m")
    page = start(sandbox, SCHEDULED)
    offered = re.findall(r'name="start" value="([^"]+)"', page.text)
    assert offered[:2] == ["2025-05-15T10:30:00Z", "2025-05-15T11:00:00Z"]
    assert len(offered) == 12
    booked = follow(sandbox, press(sandbox, page, "book", start=offered[1]))
    assert "2025-05-15T11:00:00Z" in booked.text
    assert status(sandbox) == "early_to_start"
    assert set(buttons(booked)) == {"cancel"}
    again = follow(sandbox, press(sandbox, booked, "cancel"))
    assert set(buttons(again)) == {"book"}
    assert status(sandbox) == "not_scheduled"


@pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z", settings={"constructor": {"slot_minutes": 5}})
def test_how_far_apart_slots_are_can_be_chosen(sandbox: RemoteSandbox) -> None:
    offered = re.findall(r'name="start" value="([^"]+)"', start(sandbox, SCHEDULED).text)
    assert offered[:2] == ["2025-05-15T10:00:00Z", "2025-05-15T10:05:00Z"]


@frozen
def test_slots_end_with_the_exams_dates(sandbox: RemoteSandbox) -> None:
    page = start(sandbox, {**SCHEDULED, "endDate": "2025-05-15T10:45:00Z"})
    assert page.text.count('name="start"') == 2
    sandbox.advance("46m")
    page = start(sandbox, {**SCHEDULED, "endDate": "2025-05-15T10:45:00Z"})
    assert "no slots left" in page.text
    assert buttons(page) == {}


@frozen
def test_a_missed_slot_leads_back_to_the_calendar(sandbox: RemoteSandbox) -> None:
    press(sandbox, start(sandbox, SCHEDULED), "book", start="2025-05-15T10:30:00Z")
    sandbox.advance("1h")
    assert set(buttons(start(sandbox, SCHEDULED))) == {"book"}


@frozen
def test_the_agreement_stands_before_the_start(sandbox: RemoteSandbox) -> None:
    page = start(sandbox, AGREED)
    assert set(buttons(page)) == {"agree"}
    assert 'href="https://lms.example/agreement"' in page.text
    forced = sandbox.http.post(buttons(page)["agree"].replace("/agree/", "/start/"), timeout=20)
    assert forced.status_code == 409
    assert "agreement is not accepted" in forced.text
    agreed = follow(sandbox, press(sandbox, page, "agree"))
    assert "Accepted at 2025-05-15T10:00:00Z" in agreed.text
    assert set(buttons(agreed)) == {"start"}


@frozen
def test_the_exam_runs_in_a_frame_that_knows_the_origin(sandbox: RemoteSandbox) -> None:
    page = follow(sandbox, press(sandbox, start(sandbox, START), "start"))
    assert status(sandbox) == "started"
    origin = sandbox.origin.replace(":", "%3A").replace("/", "%2F")
    assert f'src="https://lms.example/exam?attempt=1&amp;examus-client-origin={origin}"' in page.text
    assert "proctoringReady_n6EY" in page.text
    assert set(buttons(page)) == {"finish"}


@frozen
def test_an_exam_page_without_a_query_gets_one(sandbox: RemoteSandbox) -> None:
    page = start(sandbox, {**START, "sessionUrl": "https://lms.example/exam#part-2"})
    page = follow(sandbox, press(sandbox, page, "start"))
    assert re.search(r'src="https://lms\.example/exam\?examus-client-origin=[^"&#]+#part-2"', page.text)


@frozen
def test_finishing_leads_where_the_client_wants(sandbox: RemoteSandbox) -> None:
    page = follow(sandbox, press(sandbox, start(sandbox, START), "start"))
    done = press(sandbox, page, "finish")
    assert (done.status_code, done.headers["Location"]) == (303, "https://lms.example/done")
    assert status(sandbox) == "finished"
    assert 'href="https://lms.example/done"' in start(sandbox, START).text


@frozen
def test_finishing_without_an_address_stays_here(sandbox: RemoteSandbox) -> None:
    payload = {**START, "sessionFinishUrl": None}
    page = follow(sandbox, press(sandbox, start(sandbox, payload), "start"))
    page = follow(sandbox, press(sandbox, page, "finish"))
    assert "The exam is finished" in page.text
    assert buttons(page) == {}


@frozen
def test_an_address_beyond_ascii_is_sent_percent_encoded(sandbox: RemoteSandbox) -> None:
    payload = {**START, "sessionFinishUrl": "https://lms.example/fertig/ü?name=日本&done=%20"}
    page = follow(sandbox, press(sandbox, start(sandbox, payload), "start"))
    done = press(sandbox, page, "finish")
    assert done.headers["Location"] == "https://lms.example/fertig/%C3%BC?name=%E6%97%A5%E6%9C%AC&done=%20"


@frozen
def test_outside_its_dates_an_exam_offers_no_button(sandbox: RemoteSandbox) -> None:
    early = start(sandbox, {**START, "startDate": "2025-05-16T00:00:00Z"})
    assert "can be started from 2025-05-16T00:00:00Z" in early.text
    late = start(sandbox, {**START, "sessionId": "s2", "endDate": "2025-05-14T00:00:00Z"})
    assert "could be started until 2025-05-14T00:00:00Z" in late.text
    assert (buttons(early), buttons(late)) == ({}, {})


@frozen
@pytest.mark.parametrize("button", ["book", "cancel", "agree", "start", "finish"])
def test_illegal_moves_are_refused_with_the_reason_and_change_nothing(sandbox: RemoteSandbox, button: str) -> None:
    start(sandbox, {**START, "startDate": "2025-05-16T00:00:00Z"})
    [before] = sandbox.entities("constructor", "sessions")
    fields = {"start": "2025-05-20T10:00:00Z"} if button == "book" else {}
    answer = sandbox.post(f"/constructor/session/{before['id']}/{button}/", data=fields)
    assert answer.status_code == 409
    assert "Session &#39;session-1&#39;" in answer.text
    assert sandbox.entities("constructor", "sessions") == [before]


@frozen
@pytest.mark.parametrize("given", [{}, {"start": ""}, {"start": "soon"}, {"start": "2025-05-20T10:00:00"}])
def test_a_slot_must_be_an_instant(sandbox: RemoteSandbox, given: dict[str, str]) -> None:
    page = start(sandbox, SCHEDULED)
    answer = sandbox.http.post(buttons(page)["book"], data={**given, "x": "y"}, timeout=20)
    assert answer.status_code == 400
    assert "<dt>start</dt>" in answer.text


@frozen
def test_what_clients_send_is_escaped(sandbox: RemoteSandbox) -> None:
    attack = "<script>alert(1)</script>"
    names = dict.fromkeys(("examName", "accountName", "firstName", "sessionId"), attack)
    address = "https://lms.example/\"onload='x'"
    page = start(sandbox, {**START, **names, "sessionUrl": address, "userAgreementUrl": address})
    assert page.status_code == 200
    assert attack not in page.text
    assert "&lt;script&gt;" in page.text
    assert '"onload' not in page.text


def test_the_demo_offers_every_kind_of_page(sandbox: RemoteSandbox) -> None:
    offered = {
        each["id"]: set(buttons(sandbox.get(f"/constructor/session/{each['id']}/")))
        for each in sandbox.entities("constructor", "sessions")
    }
    assert offered == {
        "amara-data-analyst": {"book", "agree"},
        "bruno-data-analyst": {"cancel"},
        "chiara-safety": {"start"},
        "daniel-safety": {"finish"},
        "elena-safety": set(),
        "farid-data-analyst": set(),
    }


def test_the_start_page_may_come_with_a_form_only(sandbox: RemoteSandbox) -> None:
    answer = sandbox.put(f"{PAGES}/start/", data={"token": sign(START)})
    assert answer.status_code == 405
    assert answer.headers["Content-Type"].startswith("text/html")
