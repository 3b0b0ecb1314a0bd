"""Every call in its plainest and in its fullest form; the judge looks at each."""

from urllib.parse import parse_qs

import pytest

from contract_tests.client import returned
from contract_tests.client.stage import Stage
from contract_tests.client.talentsoft.applicants import (
    TOKENS,
    TOM,
    UMA,
    campaign,
    complete,
    invitations,
    invite,
    listed,
)
from contract_tests.client.talentsoft.prefixes import without_prefix
from contract_tests.clients.protocols import TalentsoftAdapter
from mockserver.contract.bodies import jwt_payload

_GRANTS = "talentsoft.create_token.request.body.grant_type.enum"


@pytest.mark.clause("talentsoft.list_campaigns", "talentsoft.list_campaigns.request.security.bearer.given")
def test_campaigns(stage: Stage) -> None:
    """Campaigns are listed for a recruiter, all of them, or by keyword and language."""
    known = campaign(stage)
    stage.act("create_campaign", name="Vendeurs", language="fr-FR")
    found = [each.get("campaign_id") for each in listed(stage)]
    stage.expect(len(found) == 2, "Both campaigns are found.", 2, len(found))
    found = [each.get("campaign_id") for each in listed(stage, "Analysts", "en-GB")]
    stage.expect(found == [known], "One is found by its name.", [known], found)


@pytest.mark.clause("talentsoft.get_campaign_creation_link")
def test_a_link_to_create_campaigns(stage: Stage, client: TalentsoftAdapter) -> None:
    """The page on which campaigns are created is asked for; a partner need not have one."""
    link = client.campaign_creation_link()
    stage.expect(str(link).startswith("http"), "There is a link.", "http...", link)
    stage.vendor.settings(creation_link=False)
    link = client.campaign_creation_link()
    stage.expect(link is None, "Where there is no such page there is no link.", None, link)


@pytest.mark.clause("talentsoft.invite_applicants", "talentsoft.invitation-items", "talentsoft.invitation-link-name")
def test_inviting(stage: Stage, client: TalentsoftAdapter) -> None:
    """Two candidates are invited at once, with all that can be said of them; each has a link."""
    found = client.invite(campaign(stage), [TOM, UMA], "https://talentsoft.example/assessmentcallback")
    rows = returned.records("invite", found)
    told = [each.get("status") for each in rows]
    stage.expect(told == ["success", "success"], "Both are invited.", ["success"] * 2, told)
    stage.expect(all(each.get("link") for each in rows), "Each has a link.", "two links", rows)
    made = len(invitations(stage))
    stage.expect(made == 2, "The partner has both.", 2, made)


@pytest.mark.clause("talentsoft.invitation-items")
def test_one_bad_candidate(stage: Stage, client: TalentsoftAdapter) -> None:
    """One candidate that cannot be invited is an error item; the others are invited all the same."""
    known = campaign(stage)
    invite(stage, known, [TOM])
    complete(stage, known, TOM["applicant_id"])
    rows = returned.records("invite", client.invite(known, [TOM, UMA]))
    told = {each.get("applicant_id"): each.get("status") for each in rows}
    wanted = {TOM["applicant_id"]: "error", UMA["applicant_id"]: "success"}
    stage.expect(told == wanted, "One is an error and one is invited.", wanted, told)


@pytest.mark.clause("talentsoft.many-campaigns")
def test_a_candidate_for_two_campaigns(stage: Stage, client: TalentsoftAdapter) -> None:
    """A candidate may be invited to several campaigns."""
    invite(stage, campaign(stage), [TOM])
    client.invite(campaign(stage), [TOM])
    made = len(invitations(stage))
    stage.expect(made == 2, "There are two invitations.", 2, made)


@pytest.mark.clause("talentsoft.list_assessments", "talentsoft.all-of-the-campaign")
def test_assessments(stage: Stage, client: TalentsoftAdapter) -> None:
    """Where candidates stand is asked for, for some of them or for all of the campaign."""
    known = campaign(stage)
    invite(stage, known, [TOM, UMA])
    for asked, wanted in (([TOM["applicant_id"]], 1), ([], 2)):
        found = returned.records("assessments", client.assessments(known, asked, "en-GB"))
        stage.expect(len(found) == wanted, f"Asked for {len(asked) or 'all'}.", wanted, len(found))


@pytest.mark.clause("talentsoft.invite_applicants.request.body.campaign_id.given", "talentsoft.list_assessments")
def test_from_the_list_to_the_results(stage: Stage, client: TalentsoftAdapter) -> None:
    """A recruiter selects a campaign of the list, invites, looks, and has the candidate erased."""
    made = campaign(stage)
    with stage.on_the_way("talentsoft.list_campaigns"):
        known = stage.the_only(listed(stage), "Campaigns listed").get("campaign_id", "")
    stage.expect(known == made, "The campaign is the partner's.", made, known)
    invite(stage, known, [TOM])
    with stage.on_the_way("talentsoft.list_assessments"):
        rows = returned.records("assessments", client.assessments(known, [TOM["applicant_id"]]))
        found = stage.the_only(rows, "Assessments of one candidate")
        stage.expect(found.get("status") == "waiting", "The candidate is expected.", "waiting", found.get("status"))
    with stage.on_the_way("talentsoft.erase_applicant"):
        client.erase(TOM["applicant_id"], TOM["email"], [known])


@pytest.mark.clause("talentsoft.erase_applicant")
def test_erasing(stage: Stage, client: TalentsoftAdapter) -> None:
    """A candidate's data is erased at the partner, in the campaigns that are named."""
    known = campaign(stage)
    invite(stage, known, [TOM])
    client.erase(TOM["applicant_id"], TOM["email"], [known])
    found = stage.the_only(invitations(stage), "Invitations")
    stage.expect(found["status"] == "deleted", "It is erased.", "deleted", found["status"])


@pytest.mark.clause(f"{_GRANTS}.client_credentials", "talentsoft.application-grant-mandatory")
def test_the_application_itself(stage: Stage) -> None:
    """Without a recruiter the application's own grant is used, and no X-Current-User is sent."""
    client = stage.make(recruiter=None)
    with stage.calling("list_campaigns", *TOKENS):
        client.campaigns()
    users = {each.seen.headers.get("x-current-user") for each in stage.calls("list_campaigns")}
    stage.expect(users == {None}, "No user is named.", "no X-Current-User", users)


@pytest.mark.clause("talentsoft.list_campaigns.request.header.X-Current-User")
def test_a_recruiter_is_named(stage: Stage, client: TalentsoftAdapter) -> None:
    """Where a recruiter is at work, every call has the recruiter's e-mail in X-Current-User."""
    with stage.calling("list_campaigns"), stage.on_the_way("talentsoft.list_campaigns"):
        client.campaigns()
    users = {each.seen.headers.get("x-current-user") for each in stage.calls("list_campaigns")}
    recruiter = stage.role.also["recruiter"]
    stage.expect(users == {recruiter}, "The recruiter is named.", recruiter, users)


@pytest.mark.clause("talentsoft.assertion-claims", f"{_GRANTS}.urn:ietf:params:oauth:grant-type:jwt-bearer")
def test_a_recruiters_token(stage: Stage, client: TalentsoftAdapter) -> None:
    """A token for a recruiter is asked for with a JWT that has iss, email and exp; the grant is optional."""
    with stage.calling("list_campaigns"), stage.on_the_way("talentsoft.list_campaigns"):
        client.campaigns()
    forms = [parse_qs(each.seen.body.decode()) for each in stage.calls("create_token") if each.status == 200]
    assertions = [each["assertion"][0] for each in forms if "assertion" in each]
    if not assertions:
        pytest.skip("The client asks for no recruiter's token; that grant is optional.")
    claims = jwt_payload(assertions[0])
    known = {"iss": stage.vendor.credentials["client_id"], "email": stage.role.also["recruiter"]}
    said = {name: claims.get(name) for name in known}
    stage.expect(said == known and "exp" in claims, "The claims are there.", f"{known} and exp", claims)


@pytest.mark.clause("talentsoft.create_token_at_root")
@pytest.mark.parametrize("who", ["application", "recruiter"])
def test_a_partner_without_prefix(stage: Stage, who: str) -> None:
    """Every partner has a prefix of its own, or none: the token call, too, is below the address that is given."""
    campaign(stage)
    with without_prefix(stage.vendor.url) as address:
        client = stage.make(base_url=address, **({"recruiter": None} if who == "application" else {}))
        found = returned.records("campaigns", client.campaigns())
    stage.expect(len(found) == 1, "The campaign is listed.", 1, len(found))
    tokens = stage.calls("create_token_at_root")
    stage.expect(
        tokens, "The token call is made at the address itself.", "POST /token", ", ".join(map(str, stage.calls()))
    )


@pytest.mark.clause("talentsoft.list_campaigns.request.security.bearer.given", "talentsoft.token-lifetime")
def test_a_token_is_used_while_it_lasts(stage: Stage, client: TalentsoftAdapter) -> None:
    """Each call shows an access token that the token call gave."""
    known = campaign(stage)
    with stage.calling("list_campaigns"):
        client.campaigns()
    invite(stage, known, [TOM])
    with stage.calling("list_assessments"):
        client.assessments(known)
    given = b"".join(each.seen.answer for each in stage.calls(*TOKENS)).decode()
    for call in stage.api_calls():
        scheme, _, token = call.seen.headers["authorization"].partition(" ")
        if scheme.lower() == "bearer":
            stage.expect(token in given, f"{call}: the partner gave this token.", "a token of a token call", "another")


@pytest.mark.clause("caller.unknown-token-fields")
def test_unknown_fields_of_a_token_are_ignored(stage: Stage) -> None:
    """A token answer with names that nobody has heard of is as good as another."""
    with stage.on_the_way("talentsoft.create_token"):
        stage.make().campaigns()
        known = stage.answer_of("create_token")
    stage.fault("status", "create_token", status=200, body={**known, "scope": "x", "zz": {"new": [1]}})
    stage.make().campaigns()


@pytest.mark.clause("caller.unknown-fields")
def test_unknown_fields_are_ignored(stage: Stage) -> None:
    """Answers with fields that nobody has heard of are as good as others."""
    campaign(stage)
    with stage.on_the_way("talentsoft.list_campaigns"):
        listed(stage)
        known = stage.answer_of("list_campaigns")
    rows = [{**each, "zz": 1} for each in known.get("data") or ()]
    stage.fault("status", "list_campaigns", status=200, body={**known, "data": rows, "zz": {"new": [1]}})
    found = listed(stage)
    stage.expect(len(found) == 1, "The campaign is read.", 1, len(found))
