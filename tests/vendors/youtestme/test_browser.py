"""What a candidate does behind an SSO link, in a real browser."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.chromium import press
from tests.server import RemoteSandbox


@pytest.mark.boot(fixtures="empty")
def test_a_candidate_books_starts_and_submits(
    browser: webdriver.Chrome, sandbox: RemoteSandbox, screenshots: Path | None
) -> None:
    key = {"X-API-Key": sandbox.credentials["youtestme"]["api_key"]}
    person = {"username": "ada", "roleCode": "STU", "firstName": "Ada", "lastName": "Byron", "email": "a@example.com"}
    user = sandbox.post("/youtestme/users/", json=person, headers=key).json()
    test = sandbox.action("youtestme.create_test", name="Welding", max_points=120)
    sandbox.action("youtestme.create_session", test_id=test["id"], name="Spring")
    permit = {"testId": test["id"], "candidateId": user["id"]}
    assert sandbox.post("/youtestme/authorizations", json=permit, headers=key).status_code == 201
    asked = {"userId": user["id"], "page": "myTests.xhtml", "refererUrl": "https://store.example/order/1"}
    link = sandbox.post("/youtestme/ssoLinks", json=asked, headers=key).json()["link"]

    browser.get(link)
    for button in ("Book", "Start", "Submit"):
        press(browser, button, screenshots)

    row = browser.find_element(By.CSS_SELECTOR, "tbody tr").text
    assert "Welding" in row
    assert "100 %, passed" in row
    [attempt] = sandbox.entities("youtestme", "attempts")
    assert attempt["status"] == "finished"
