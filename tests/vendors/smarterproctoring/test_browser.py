"""What a learner does behind sign-on and onboarding links, in a real browser."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import element_to_be_clickable, text_to_be_present_in_element
from selenium.webdriver.support.wait import WebDriverWait

from mockserver.vendors.smarterproctoring.onboarding import STEPS
from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import INTEGRATION, Make


@pytest.mark.boot(fixtures="empty", clock="2025-06-15T13:50:00Z")
def test_a_learner_signs_on_schedules_and_takes_the_exam(
    browser: webdriver.Chrome,
    sandbox: RemoteSandbox,
    make_session: Make,
    provision: Make,
    screenshots: Path | None,
) -> None:
    make_session()
    wait = WebDriverWait(browser, 10)
    browser.get(provision(signon={"integrationSid": INTEGRATION})["signon"]["redirect"])
    browser.find_element(By.NAME, "appointmentDateTime").send_keys("2025-06-15T14:00:00Z")
    buttons = ["text()='Schedule'", "text()='Go to onboarding'", *(f"@value='{step}'" for step in STEPS)]
    for number, button in enumerate([*buttons, "text()='Begin the exam'", "text()='End the exam'"]):
        found = wait.until(element_to_be_clickable((By.XPATH, f"//button[{button}]")))
        if screenshots:
            browser.save_screenshot(str(screenshots / f"smarterproctoring-{number}.png"))
        found.click()

    wait.until(text_to_be_present_in_element((By.ID, "status"), "Processing"))
    [session] = sandbox.entities("smarterproctoring", "sessions")
    assert session["status"] == "Processing"
