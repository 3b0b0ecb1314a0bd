"""Choosing, creating and closing campaigns."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import AMARA, Caller, press, refusal, token


def listed(caller: Caller, query: str = "") -> list[str]:
    answer = caller.request("GET", f"/assessment/campaigns{query}")
    assert answer.status_code == 200, answer.text
    return [each["campaign_id"] for each in answer.json()["data"]]


def test_only_active_campaigns_of_the_customer_are_listed(sandbox: RemoteSandbox, caller: Caller) -> None:
    assert listed(caller) == ["1", "2", "3"]
    harbour = Caller(sandbox, token(sandbox, "ts_harbour", "fake-harbour-secret-0123456789abcdef"))
    assert listed(harbour) == ["5"]


def test_two_pairs_of_one_customer_see_the_same_campaigns(sandbox: RemoteSandbox, caller: Caller) -> None:
    london = Caller(sandbox, token(sandbox, "ts_demo_london", "fake-london-secret-0123456789abcdef"))
    assert listed(london) == listed(caller)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?keyword=SAFETY", ["2"]),
        ("?keyword=s%C3%A9curit%C3%A9", ["3"]),
        ("?keyword=nothing", []),
        ("?keyword=", ["1", "2", "3"]),
        ("?language=fr-FR", ["3"]),
        ("?language=frFR", ["3"]),
        ("?language=FR_fr", ["3"]),
        ("?language=fr", []),
        ("?language=", ["1", "2", "3"]),
        ("?language=en-GB&keyword=data", ["1"]),
        ("?offset=2&unknown=1&unknown=2", ["1", "2", "3"]),
    ],
)
def test_the_list_is_filtered(caller: Caller, query: str, found: list[str]) -> None:
    assert listed(caller, query) == found


@pytest.mark.parametrize("path", ["/assessment/campaigns?", "/assessment/tests?campaign_id=1&"])
@pytest.mark.boot(settings={"talentsoft": {"strict_language": True}})
def test_a_strict_partner_refuses_what_is_no_culture_name(caller: Caller, path: str) -> None:
    assert "language" in refusal(caller.request("GET", f"{path}language=french"), 400)
    assert caller.request("GET", f"{path}language=fr-FR").status_code == 200
    assert caller.request("GET", path).status_code == 200


def test_the_creation_link_leads_to_a_form_that_creates_a_campaign(sandbox: RemoteSandbox, caller: Caller) -> None:
    link = caller.request("GET", "/assessment/campaignscreationlink").json()["data"]
    form = sandbox.http.get(link, timeout=20)
    fields = {"customer": "meridian", "name": "Welders & <b>smiths</b>", "language": "en-GB", "tests": "weld, smith,"}
    page = press(sandbox, form, "create", **fields)
    assert "Welders &amp; &lt;b&gt;smiths&lt;/b&gt;" in page.text
    assert listed(caller, "?keyword=welders") == ["6"]
    assert sandbox.entities("talentsoft", "campaigns")[-1]["tests"] == ["weld", "smith"]


def test_the_creation_form_chooses_the_customer_of_the_link(sandbox: RemoteSandbox) -> None:
    harbour = Caller(sandbox, token(sandbox, "ts_harbour", "fake-harbour-secret-0123456789abcdef"))
    link = harbour.request("GET", "/assessment/campaignscreationlink").json()["data"]
    assert "<option selected>harbour</option>" in sandbox.http.get(link, timeout=20).text


@pytest.mark.parametrize(
    "changes", [{"customer": "nobody"}, {"name": ""}, {"language": "english"}, {"name": "x" * 256}, {"language": ""}]
)
def test_the_creation_form_refuses_nonsense(sandbox: RemoteSandbox, changes: dict[str, str]) -> None:
    fields = {"customer": "meridian", "name": "Welders", "language": "en-GB", **changes}
    page = sandbox.post("/talentsoft/campaigns/create", data=fields)
    assert page.status_code == 400
    assert next(iter(changes)) in page.text
    assert len(sandbox.entities("talentsoft", "campaigns")) == 5


@pytest.mark.boot(settings={"talentsoft": {"creation_link": False}})
def test_a_partner_without_the_creation_link(caller: Caller) -> None:
    refusal(caller.request("GET", "/assessment/campaignscreationlink"), 404)


def test_a_campaigns_page_shows_who_was_invited_and_closes_it(sandbox: RemoteSandbox, caller: Caller) -> None:
    page = sandbox.get("/talentsoft/campaigns/1")
    assert AMARA in page.text
    assert "close" not in press(sandbox, page, "close").text.lower().partition("<main>")[2]
    assert listed(caller) == ["2", "3"]
    assert sandbox.post("/talentsoft/campaigns/1/close").status_code == 409


@pytest.mark.parametrize("campaign", ["99", "9" * 5000, "%00", "%F0%9F%98%80"])
def test_an_unknown_campaigns_page(sandbox: RemoteSandbox, campaign: str) -> None:
    assert sandbox.get(f"/talentsoft/campaigns/{campaign}").status_code == 404
    assert sandbox.post(f"/talentsoft/campaigns/{campaign}/close").status_code == 404


def test_campaigns_are_created_and_closed_by_actions(sandbox: RemoteSandbox, caller: Caller) -> None:
    made = sandbox.action("talentsoft.create_campaign", name="Painters", language="de-DE", tests=["paint"])
    assert made == {
        "id": "6",
        "name": "Painters",
        "language": "de-DE",
        "customer": "meridian",
        "tests": ["paint"],
        "active": True,
    }
    assert "6" in listed(caller)
    assert sandbox.action("talentsoft.close_campaign", campaign_id="6")["active"] is False
    assert "6" not in listed(caller)


def test_a_closed_campaign_still_answers_the_status_of_those_invited(sandbox: RemoteSandbox, caller: Caller) -> None:
    sandbox.action("talentsoft.close_campaign", campaign_id="1")
    assert caller.status(AMARA) == "waiting"
