"""The video archive: what a proctor sees of a session."""

import pytest

from tests.server import RemoteSandbox

from .client import PAGES, sign

VIEWER = {"userId": "proctor@meridian.example", "lastName": "Grey", "language": "en", "sessionId": "farid-data-analyst"}
FARID = f"{PAGES}/archive/farid-data-analyst/"


def test_the_archive_shows_session_score_warnings_and_conclusion(sandbox: RemoteSandbox) -> None:
    page = sandbox.post(FARID, data={"token": sign({**VIEWER, "returnUrl": "https://lms.meridian.example/results"})})
    assert page.status_code == 200
    for shown in (
        "Data Analyst Certification",
        "Farid Haddad",
        "2025-05-07T08:02:00Z",
        "2025-05-07T09:40:00Z",
        "<dd>80</dd>",
        "<dd>rejected</dd>",
        "A phone was used throughout.",
        "WARNING_NO_USER_IN_FRAME",
        "proctor@meridian.example",
        'href="https://lms.meridian.example/results"',
    ):
        assert shown in page.text
    assert page.text.count("WARNING_PHONE") == 2
    assert "WARNING_AVERT_EYES" not in page.text


def test_the_link_shows_the_same_as_the_form(sandbox: RemoteSandbox) -> None:
    token = sign(VIEWER)
    form, link = sandbox.post(FARID, data={"token": token}), sandbox.get(FARID, params={"token": token})
    assert (link.status_code, link.text) == (200, form.text)
    assert "Back" not in link.text


def test_a_session_that_has_not_started_can_be_seen(sandbox: RemoteSandbox) -> None:
    token = sign({**VIEWER, "sessionId": "amara-data-analyst"})
    page = sandbox.get(f"{PAGES}/archive/amara-data-analyst/", params={"token": token})
    assert page.status_code == 200
    assert "not_scheduled" in page.text


def test_the_archive_shows_a_new_conclusion(sandbox: RemoteSandbox) -> None:
    sandbox.action("constructor.conclude_session", session_id="farid-data-analyst", conclusion="accepted", score=5)
    page = sandbox.get(FARID, params={"token": sign(VIEWER)})
    assert "<dd>accepted</dd>" in page.text
    assert "<dd>5</dd>" in page.text


def test_an_unknown_session_is_not_found(sandbox: RemoteSandbox) -> None:
    page = sandbox.get(f"{PAGES}/archive/nobody/", params={"token": sign({**VIEWER, "sessionId": "nobody"})})
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")


def test_the_token_must_name_the_session_of_the_path(sandbox: RemoteSandbox) -> None:
    page = sandbox.get(FARID, params={"token": sign({**VIEWER, "sessionId": "elena-safety"})})
    assert page.status_code == 400
    assert "<dt>sessionId</dt>" in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("userId", None),
        ("userId", ""),
        ("userId", "x" * 256),
        ("userId", []),
        ("sessionId", 1),
        ("sessionId", "x" * 231),
        ("lastName", "x" * 256),
        ("firstName", 1),
        ("thirdName", []),
        ("language", "english"),
        ("returnUrl", "javascript:alert(1)"),
        ("returnUrl", f"https://a.example/{'x' * 250}"),
    ],
)
def test_a_wrong_field_is_named(sandbox: RemoteSandbox, field: str, value: object) -> None:
    page = sandbox.post(FARID, data={"token": sign({**VIEWER, field: value})})
    assert page.status_code == 400
    assert f"<dt>{field}</dt>" in page.text
