"""The API documents in a browser: every vendor's, and nothing fetched from elsewhere."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By

from mockserver.vendors import discover

NAMES = [*(vendor.name for vendor in discover()), "admin"]


def requested_hosts(browser: webdriver.Chrome) -> set[str]:
    """Return the hosts of every request since the last call."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
    return {urlsplit(url).hostname or "" for url in urls if url.startswith(("http", "ws"))}


@pytest.mark.parametrize("name", NAMES)
def test_swagger_ui_shows_every_operation_and_asks_nobody_else(
    browser: webdriver.Chrome, origin: str, http: requests.Session, name: str, screenshots: Path | None
) -> None:
    browser.get_log("performance")
    document = http.get(f"{origin}/__admin/documents/{name}.json", timeout=20).json()
    browser.get(f"{origin}/__admin/docs/?urls.primaryName={name}")
    title = browser.find_element(By.CSS_SELECTOR, ".info .title")
    assert document["info"]["title"] in title.text
    shown = len(browser.find_elements(By.CSS_SELECTOR, ".opblock"))
    operations = sum("operationId" in each for item in document["paths"].values() for each in item.values())
    assert shown >= operations
    if screenshots:
        browser.save_screenshot(str(screenshots / f"docs-{name}.png"))
    assert requested_hosts(browser) == {"127.0.0.1"}
