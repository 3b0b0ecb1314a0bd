"""Talentsoft's own endpoint, which a partner tells of updates."""

import pytest
import requests

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import AMARA, API, FARID, NOBODY, NOW, refusal

FIELDS = {"client_id": "ts_demo", "applicant_id": AMARA, "campaign_id": "1"}


def notify(sandbox: RemoteSandbox, **changes: str) -> requests.Response:
    return sandbox.post(f"{API}/assessmentcallback", data={**FIELDS, **changes})


@pytest.mark.boot(clock=NOW)
def test_a_callback_is_remembered(sandbox: RemoteSandbox) -> None:
    answer = notify(sandbox, applicant_id=AMARA.upper())
    assert (answer.status_code, answer.json()) == (200, {"code": 200, "status": "success", "message": None})
    assert sandbox.entities("talentsoft", "callbacks") == [{"id": 1, **FIELDS, "received_at": NOW, "errand": None}]


def test_every_callback_is_one_more(sandbox: RemoteSandbox) -> None:
    for _ in range(2):
        notify(sandbox)
    assert [each["id"] for each in sandbox.entities("talentsoft", "callbacks")] == [1, 2]


def test_a_callback_about_an_erased_assessment_is_taken(sandbox: RemoteSandbox) -> None:
    assert notify(sandbox, applicant_id=FARID, campaign_id="2").status_code == 200


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_named(sandbox: RemoteSandbox, field: str) -> None:
    assert field in refusal(notify(sandbox, **{field: ""}), 400)
    rest = {name: value for name, value in FIELDS.items() if name != field}
    assert field in refusal(sandbox.post(f"{API}/assessmentcallback", data=rest), 400)
    assert sandbox.entities("talentsoft", "callbacks") == []


def test_a_repeated_field_is_refused(sandbox: RemoteSandbox) -> None:
    twice = [*FIELDS.items(), ("campaign_id", "2")]
    assert "campaign_id" in refusal(sandbox.post(f"{API}/assessmentcallback", data=twice), 400)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_id": "nobody"}, 403),
        ({"client_id": "ts_harbour"}, 404),
        ({"campaign_id": "99"}, 404),
        ({"applicant_id": NOBODY}, 404),
        ({"campaign_id": "3", "applicant_id": FARID}, 404),
    ],
)
def test_what_was_not_invited_is_unknown(sandbox: RemoteSandbox, changes: dict[str, str], status: int) -> None:
    refusal(notify(sandbox, **changes), status)
    assert sandbox.entities("talentsoft", "callbacks") == []


def test_json_is_not_taken(sandbox: RemoteSandbox) -> None:
    refusal(sandbox.post(f"{API}/assessmentcallback", json=FIELDS), 415)


def test_another_method_is_refused(sandbox: RemoteSandbox) -> None:
    refusal(sandbox.get(f"{API}/assessmentcallback"), 405)
