"""What a learner does behind onboarding and sign-on links, in a real browser."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.chromium import press
from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import INTEGRATION, Make

AT = "2025-06-15T14:00:00Z"
EXAM = {
    "ids": {"external": "exam-1"},
    "title": "Welding",
    "limitedScope": True,
    "configuration": {
        "url": "https://exams.example/1",
        "access": {"open": "2025-01-01T00:00:00Z", "close": "2025-12-31T23:59:59Z"},
        "duration": 120,
        "password": "sesame",
        "proctorTypes": {"TS63dda27a6ba54c218449b934b7bb1ba8": {}},
        "notes": {"student": "Have your identity card ready."},
    },
}


@pytest.mark.boot(fixtures="empty", clock="2025-06-15T13:00:00Z")
def test_a_learner_passes_onboarding_and_ends_the_exam(
    browser: webdriver.Chrome, sandbox: RemoteSandbox, screenshots: Path | None
) -> None:
    known = sandbox.credentials["smarterproctoring"]
    token, install = {"token": known["token"]}, known["install_sid"]
    v1 = f"/smarterproctoring/v1/installs/{install}"
    person = {"ids": {"external": "u1"}, "firstName": "Ada", "lastName": "Byron", "email": "ada@example.com"}
    course = {"ids": {"external": "c1"}, "title": "Metalwork", "code": "M-1"}
    asked = {"course": course, "user": person, "exam": EXAM}
    made = sandbox.post(f"/smarterproctoring/v2/installs/{install}/provision", json=asked, headers=token).json()
    sids = {kind: entity["sid"] for kind, entity in made.items()}
    path = f"{v1}/courses/{sids['course']}/exams/{sids['exam']}/assignments"
    assert sandbox.put(path, json={"add": [{"enrollmentSid": sids["enrollment"]}]}, headers=token).status_code == 200
    path = f"{v1}/enrollments/{sids['enrollment']}/exams/{sids['exam']}/sessions?includeActive=true"
    [session] = sandbox.get(path, headers=token).json()["results"]
    path = f"{v1}/exams/{sids['exam']}/sessions/{session['sid']}"
    appointment = {"type": "automated", "appointmentDateTime": AT, "amount": 0, "currencyCode": "USD"}
    assert sandbox.post(path, json=appointment, headers=token).json()["status"] == "Scheduled"
    sandbox.freeze(AT)
    link = sandbox.get(f"{path}/onboard", headers=token).json()["url"]

    browser.get(link)
    while browser.find_elements(By.NAME, "step"):
        press(browser, "Pass", screenshots)
    press(browser, "Begin the exam", screenshots)
    assert browser.find_element(By.ID, "status").text == "In Progress"
    press(browser, "End the exam", screenshots)
    status = sandbox.get(path, headers=token).json()["status"]
    assert status in {"Processing", "Closed"}
    browser.get(link)
    assert browser.find_element(By.CSS_SELECTOR, "[role=alert]").is_displayed()


@pytest.mark.boot(fixtures="empty", clock="2025-06-15T13:50:00Z")
def test_a_learner_signs_on_schedules_and_cancels(
    browser: webdriver.Chrome, sandbox: RemoteSandbox, make_session: Make, provision: Make, screenshots: Path | None
) -> None:
    make_session()
    browser.get(provision(signon={"integrationSid": INTEGRATION})["signon"]["redirect"])
    browser.find_element(By.NAME, "appointmentDateTime").send_keys(AT)
    press(browser, "Schedule", screenshots)
    press(browser, "Cancel", screenshots)
    assert browser.find_elements(By.NAME, "appointmentDateTime")
    statuses = [each["status"] for each in sandbox.entities("smarterproctoring", "sessions")]
    assert statuses == ["Cancelled", "Needs Proctor"]
