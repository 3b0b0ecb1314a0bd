"""A real Chromium, headless, that may talk to this machine only."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1200,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    driver = shutil.which("chromedriver")
    if driver is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium and chromedriver.")
        pytest.skip("Chromium and chromedriver are not installed (apt-get install chromium chromium-driver).")
    options = Options()
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(driver)) as chrome:
        chrome.implicitly_wait(2)
        yield chrome


@pytest.fixture
def screenshots() -> Path | None:
    """The folder in which to leave pictures, if a person asked for them with SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    return Path(folder) if folder else None


def press(browser: webdriver.Chrome, button: str, screenshots: Path | None = None) -> None:
    """Press a button by its text and wait for the next page; take a picture of this one before, if asked."""
    page = browser.find_element(By.TAG_NAME, "html")
    if screenshots:
        browser.save_screenshot(str(screenshots / f"{browser.title.split()[0]}-{button}.png".replace(" ", "-")))
    browser.find_element(By.XPATH, f"//button[text()='{button}']").click()
    # While the next page comes, the driver may say of the old one that it is of no document at all.
    WebDriverWait(browser, 10, ignored_exceptions=[WebDriverException]).until(staleness_of(page))
