"""mockserver talentsoft: a partner server, driven from the command line."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from tests.receiver import Reply
from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import AMARA, API, CLIENT_ID, RECRUITER, SECRET
from tests.vendors.talentsoft.partner import CAMPAIGNS, INVITE, JOHN, TOKEN, ScriptedPartner, form_of, said, wrapped

VARIABLE = "MOCKSERVER_TALENTSOFT_CLIENT_SECRET"


def run(command: str, url: str, *options: str, secret: str = SECRET, **environment: str) -> Result:
    known = ["--partner", url, "--client-id", CLIENT_ID]
    return CliRunner().invoke(main, ["talentsoft", command, *known, *options], env={VARIABLE: secret, **environment})


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["error"] is None
    return document


def failure(result: Result) -> str:
    """Return the reason that a command ends with."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1, result.output
    assert result.stderr.count("\n") == 1
    return result.stderr


def usage(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_whole_story(sandbox: RemoteSandbox) -> None:
    url = sandbox.url(API)
    invited = told(run("invite", url, "--count", "2", "--recruiter", RECRUITER, "--grant", "jwt-bearer", "--json"))
    assert [each["campaign_id"] for each in invited["campaigns"]] == ["1", "2", "3"]
    assert [each["status"] for each in invited["invitations"]] == ["success"] * 2
    first = invited["invitations"][0]["applicant_id"]
    held = {each["applicant_id"]: each for each in sandbox.entities("talentsoft", "invitations")}
    assert (held[first]["campaign_id"], held[first]["invited_by"]) == ("1", RECRUITER)

    read = told(run("refresh", url, "--campaign", "1", "--applicant", first, "--json"))
    assert [(each["applicant_id"], each["status"]) for each in read["assessments"]] == [(first, "waiting")]
    erased = told(run("erase", url, "--applicant", first, "--email", held[first]["email"], "--json"))
    assert erased["erased"] == [{"applicant_id": first, "campaigns": []}]
    batch = told(run("batch", url, "--json"))
    statuses = {each["applicant_id"]: each["status"] for each in batch["assessments"] if each["campaign_id"] == "1"}
    assert statuses[first] == "deleted"
    assert batch["remarks"] == []


def test_tables_have_their_columns_below_each_other(sandbox: RemoteSandbox) -> None:
    result = run("refresh", sandbox.url(API), "--campaign", "1", "--applicant", AMARA)
    assert result.exit_code == 0
    head, row = result.stdout.splitlines()[:2]
    assert head.split() == ["CAMPAIGN_ID", "APPLICANT_ID", "STATUS", "GLOBAL_SCORE", "SCORES"]
    assert row.split() == ["1", AMARA, "waiting", "-", "-"]
    assert [at.start() for at in re.finditer(r"\S+", head)] == [at.start() for at in re.finditer(r"\S+", row)]


def test_the_same_seed_invites_the_same_candidates(partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([]))
    for seed in ("7", "7", "8"):
        run("invite", partner.url, "--seed", seed, "--callback-url", "http://127.0.0.1:9/cb")
    bodies = [each.body for each in partner.requests if each.path.endswith("tests")]
    assert bodies[0] == bodies[1] != bodies[2]
    assert json.loads(bodies[0])["callback_url"] == "http://127.0.0.1:9/cb"


def test_a_campaign_that_is_named_is_invited_to(partner: ScriptedPartner) -> None:
    partner.on(INVITE, wrapped([]))
    run("invite", partner.url, "--campaign", "99")
    assert json.loads(partner.requests[-1].body)["campaign_id"] == "99"


def test_the_secret_is_an_option_too(partner: ScriptedPartner) -> None:
    run("batch", partner.url, "--client-secret", "given", secret="from the environment")
    assert form_of(partner.requests[0])["client_secret"] == "given"


def test_remarks_are_told(partner: ScriptedPartner) -> None:
    partner.on(CAMPAIGNS, wrapped([{"campaign_id": 1, "name": "A", "language": "en-GB"}]))
    result = run("batch", partner.url)
    assert "Remark: data[0].campaign_id is a number, not a string." in result.stdout


def test_nothing_that_a_partner_says_steers_the_terminal(partner: ScriptedPartner) -> None:
    partner.on(CAMPAIGNS, wrapped([{"campaign_id": "1", "name": "\x1b[2Jgone\r", "language": "\x07"}]))
    partner.on(INVITE, said({"message": "\x1b]0;evil\x07"}, 500))
    result = run("invite", partner.url)
    assert "?[2Jgone?" in result.stdout
    assert not set(result.output) & {"\x1b", "\x07", "\r"}


@pytest.mark.parametrize(
    ("route", "reply", "reason"),
    [
        (TOKEN, said({"error": "invalid_client"}, 401), "No access token: POST /token answered 401: invalid_client."),
        (CAMPAIGNS, Reply(200, {}, b"<html>"), "GET /assessment/campaigns answered 200 with what is not JSON"),
        (CAMPAIGNS, Reply(500), "GET /assessment/campaigns answered 500."),
        (CAMPAIGNS, wrapped([]), "The partner lists no campaign; name one with --campaign."),
        (INVITE, Reply(404), "POST /assessment/tests answered 404."),
    ],
)
def test_a_failure_has_its_reason(partner: ScriptedPartner, route: str, reply: Reply, reason: str) -> None:
    partner.on(INVITE, wrapped([]))
    partner.on(route, reply)
    assert reason in failure(run("invite", partner.url))


def test_what_came_before_a_failure_is_told(partner: ScriptedPartner) -> None:
    partner.on(INVITE, Reply(404))
    assert "Sales" in run("invite", partner.url).stdout
    result = run("invite", partner.url, "--json")
    document = json.loads(result.stdout)
    assert (document["campaigns"][0]["name"], document["error"]) == ("Sales", "POST /assessment/tests answered 404.")
    assert result.exit_code == 1


def test_an_unreachable_partner() -> None:
    assert "Nothing listens at 127.0.0.1:1" in failure(run("batch", "http://127.0.0.1:1/api/v1"))


def test_a_host_that_is_named_here_may_be_called() -> None:
    said_of_it = failure(run("batch", "http://no.such.host.invalid/api/v1"))
    assert "The name no.such.host.invalid is not known" in said_of_it


@pytest.mark.parametrize(
    ("command", "url", "options", "named"),
    [
        ("batch", "partner.example", [], "--partner"),
        ("batch", "http://a..b/api", [], "--partner"),
        ("batch", "http://[/api", [], "--partner"),
        ("batch", "http://partner.example/?x=1", [], "--partner"),
        ("invite", "http://127.0.0.1:1", ["--recruiter", "nobody"], "--recruiter"),
        ("invite", "http://127.0.0.1:1", ["--count", "0"], "--count"),
        ("invite", "http://127.0.0.1:1", ["--grant", "none"], "--grant"),
        ("refresh", "http://127.0.0.1:1", [], "--campaign"),
        ("refresh", "http://127.0.0.1:1", ["--campaign", ""], "--campaign"),
        ("erase", "http://127.0.0.1:1", ["--applicant", JOHN], "--email"),
        ("erase", "http://127.0.0.1:1", ["--email", "a@b.example"], "--applicant"),
        ("nothing", "http://127.0.0.1:1", [], "nothing"),
    ],
)
def test_a_command_that_is_called_wrongly(command: str, url: str, options: list[str], named: str) -> None:
    assert named in usage(run(command, url, *options))


def test_a_secret_is_needed() -> None:
    said_of_it = usage(CliRunner().invoke(main, ["talentsoft", "batch", "--partner", "http://x", "--client-id", "x"]))
    assert "--client-secret" in said_of_it
    assert VARIABLE in said_of_it


def test_the_commands_are_listed() -> None:
    listed = CliRunner().invoke(main, ["talentsoft", "--help"])
    assert listed.exit_code == 0
    assert all(f"  {name}" in listed.stdout for name in ("batch", "erase", "invite", "refresh"))
    assert "  talentsoft" in CliRunner().invoke(main, ["--help"]).stdout
