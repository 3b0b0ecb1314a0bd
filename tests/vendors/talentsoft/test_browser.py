"""What a candidate does behind an invitation, in a real browser."""

from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.chromium import press
from tests.server import RemoteSandbox

APPLICANT = "0d0f8f0e-1111-4222-8333-444455556666"


def test_a_candidate_starts_and_completes(
    browser: webdriver.Chrome, sandbox: RemoteSandbox, screenshots: Path | None
) -> None:
    known = sandbox.credentials["talentsoft"]
    form = {key: known[key] for key in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    token = sandbox.post("/talentsoft/api/v1/token", data=form).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    campaigns = sandbox.get("/talentsoft/api/v1/assessment/campaigns", headers=bearer).json()["data"]
    person = {"applicant_id": APPLICANT, "firstname": "Ada", "lastname": "Byron", "email": "ada@example.com"}
    asked = {"campaign_id": campaigns[0]["campaign_id"], "invitations": [person]}
    invited = sandbox.post("/talentsoft/api/v1/assessment/tests", json=asked, headers=bearer).json()["data"][0]

    browser.get(invited["assessment_invitation_link"])
    for button in ("Start the tests", "Complete the tests"):
        press(browser, button, screenshots)
    assert browser.find_element(By.ID, "status").text == "completed"

    query = {"campaign_id": asked["campaign_id"], "applicants[]": APPLICANT}
    [row] = sandbox.get("/talentsoft/api/v1/assessment/tests", params=query, headers=bearer).json()["data"]
    assert (row["status"], row["global_score"]) == ("completed", "80")
    browser.get(row["recruiter_link"])
    assert "Ada Byron" in browser.find_element(By.TAG_NAME, "main").text
    if screenshots:
        browser.save_screenshot(str(screenshots / "talentsoft-recruiter.png"))
