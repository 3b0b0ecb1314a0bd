"""What a test taker does on the start page, in a real browser."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.chromium import press
from tests.server import RemoteSandbox
from tests.vendors.constructor.client import PAGES, SCHEDULED, sign, status


@pytest.mark.boot(fixtures="empty", clock="2025-05-10T09:10:00Z")
def test_a_test_taker_books_agrees_starts_and_finishes(
    browser: webdriver.Chrome, sandbox: RemoteSandbox, screenshots: Path | None
) -> None:
    here = f"{sandbox.origin}/__admin/"
    payload = {**SCHEDULED, "userAgreementUrl": here, "sessionUrl": here, "sessionFinishUrl": f"{here}operations"}
    link = sandbox.url(f"{PAGES}/start/?token={sign(payload)}")

    browser.get(link)
    press(browser, "Book", screenshots)
    assert status(sandbox) == "early_to_start"
    slot = sandbox.entities("constructor", "sessions")[0]["slot"]
    sandbox.freeze(slot)
    browser.get(link)
    press(browser, "Accept the agreement", screenshots)
    press(browser, "Start the exam", screenshots)
    framed = browser.find_element(By.ID, "exam").get_attribute("src") or ""
    assert framed.startswith(f"{here}?examus-client-origin=")
    assert status(sandbox) == "started"
    press(browser, "Finish the exam", screenshots)
    assert browser.current_url == f"{here}operations"
    assert status(sandbox) == "finished"
