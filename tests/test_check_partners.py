"""``mockserver check server talentsoft`` against partners who keep to the guide, each in a way of its own."""

import json
import select
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from contract_tests.partners import minimal
from tests.test_check_server import MINIMAL, Ran, check, running

__all__ = ["check"]

pytestmark = pytest.mark.checks

ITEM = "talentsoft.list_assessments.response.200.body.data.[]"
INVITED = "talentsoft.invite_applicants.response.200.body"
TOKEN = "talentsoft.create_token.response.200.body"
OTHER = {"client_id": "ts_other", "client_secret": "fake-other-secret-0123456789abcdef"}


@pytest.fixture
def checked(check: Callable[..., Ran]) -> Callable[..., Ran]:
    """Check a partner of its own."""

    def run(
        partner: type[minimal.Partner] = minimal.Partner,
        handler: type[minimal.Handler] = minimal.Handler,
        *options: str,
        below: str = "",
        credentials: dict[str, Any] | None = None,
        **capabilities: Any,
    ) -> Ran:
        own = type(handler.__name__, (handler,), {})
        server = minimal.serve(0, own)
        own.partner = partner(f"http://127.0.0.1:{server.server_address[1]}")
        with running(server) as url:
            return check(
                "talentsoft",
                f"{url}{below}",
                "--allow-writes",
                *options,
                credentials={"talentsoft": {**minimal.CLIENT, **(credentials or {})}},
                capabilities={"talentsoft": {**MINIMAL, **capabilities}},
            )

    return run


Checked = Callable[..., Ran]


def failed(ran: Ran) -> set[str]:
    return {each["clause"] for each in ran.findings()}


def outcome(ran: Ran, check: str) -> str:
    found: str = {each["id"]: each["outcome"] for each in ran.report()["checks"]}[check]
    return found


class Lingering(minimal.Handler):
    """Closes each connection as it was asked to, does not say so, and takes its time."""

    protocol_version = "HTTP/1.1"

    def finish(self) -> None:
        select.select([self.connection], [], [], 5)  # until the caller has closed it, or sends another request
        super().finish()


def test_a_server_need_not_say_that_it_closes(checked: Checked) -> None:
    ran = checked(minimal.Partner, Lingering)
    assert (ran.code, "closed without an answer" in ran.said) == (0, False), ran.said


class HttpsOnly(minimal.Partner):
    """Calls nobody back but at an address of https."""

    def invite(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        if urlsplit(said["callback_url"]).scheme != "https":
            raise minimal.Refused(400, "The callback_url is no address of https.")
        return super().invite(said)


def test_a_partner_that_calls_back_by_https_alone(checked: Checked) -> None:
    ran = checked(HttpsOnly)
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert outcome(ran, "statuses.from_waiting_to_completed") == "passed"
    assert outcome(ran, "callbacks.an_update_is_told") == "skipped"
    assert "Give an address that it takes, callback_url of the capabilities." in ran.said


class Customers(minimal.Partner):
    """Has two customers, and sells both the same."""

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.other = minimal.Partner(base)

    def token(self, form: dict[str, Any]) -> dict[str, Any]:
        if {name: form.get(name) for name in OTHER} == OTHER:
            return self.other.token({**form, **minimal.CLIENT})
        return super().token(form)


class Counter(minimal.Handler):
    """Serves each customer apart."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        partner = self.partner
        if isinstance(partner, Customers) and self.headers.get("Authorization", "")[7:] in partner.other.tokens:
            self.partner = partner.other
        return super().answered(call, query, body)


def test_campaigns_that_two_customers_have_are_held_against_nobody(checked: Checked) -> None:
    ran = checked(Customers, Counter, credentials={"other_customer": OTHER})
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert "talentsoft.own-campaigns" in {each["clause"] for each in ran.findings("shown")}
    assert outcome(ran, "customers.candidates_are_a_customers_own") == "passed"


class Indiscreet(Customers):
    """Has two customers, and shows each what the other has."""

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.other.assessments = self.assessments


def test_a_candidate_that_another_customer_sees_is_a_finding(checked: Checked) -> None:
    ran = checked(Indiscreet, Counter, credentials={"other_customer": OTHER})
    assert (ran.code, failed(ran)) == (1, {"talentsoft.client-per-customer"}), ran.said


class Unknowing(minimal.Partner):
    """Knows nobody whom it was not told of, and says so."""

    def statuses(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        known = {applicant for _, applicant in self.assessments}
        if not set(query.get("applicants[]", ())) <= known:
            raise minimal.Refused(404, "There is no such candidate.")
        return super().statuses(query)


def test_who_was_erased_may_be_unknown(checked: Checked) -> None:
    ran = checked(Unknowing)
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert outcome(ran, "erasure.a_candidate_is_erased") == "passed"


class Chatty(minimal.Partner):
    """Has a message in every result, an empty one where there is nothing to say."""

    def invite(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**each, "error_message": each["error_message"] or ""} for each in super().invite(said)]


class Creating(minimal.Handler):
    """Answers 201 to an invitation."""

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        if (self.command, self.path, status) == ("POST", "/api/v1/assessment/tests", 200):
            status, said = 201, {**said, "code": 201}
        super().answer(status, said, kind)


def test_an_invitation_may_be_created_and_its_message_empty(checked: Checked) -> None:
    ran = checked(Chatty, Creating)
    assert (ran.code, ran.findings()) == (0, []), ran.said


class Creative(minimal.Handler):
    """Answers 201 to an invitation, with links that are numbers, and says 200."""

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        if (self.command, self.path, status) == ("POST", "/api/v1/assessment/tests", 200):
            status, said = 201, {**said, "data": [{**each, "assessment_invitation_link": 7} for each in said["data"]]}
        super().answer(status, said, kind)


def test_what_was_created_is_judged_as_what_is_answered(checked: Checked) -> None:
    ran = checked(minimal.Partner, Creative, "--only", "invitations")
    told = {each["clause"]: each["expected"] for each in ran.findings()}
    assert told[f"{INVITED}.code.const"] == "const: 201", ran.said
    assert f"{INVITED}.data.[].assessment_invitation_link.type" in told


@pytest.mark.parametrize("name", ["text/json; charset=utf-8", "application/vnd.api+json", ""])
def test_json_may_have_another_name(name: str, checked: Checked) -> None:
    class Spelled(minimal.Handler):
        """Has a name of its own for JSON."""

        def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
            super().answer(status, said, name if kind == "application/json" else kind)

    ran = checked(minimal.Partner, Spelled)
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert f"{TOKEN}.content.application/json" in {each["clause"] for each in ran.findings("shown")}


class Pensive(minimal.Partner):
    """Has scored when it is asked for the third time."""

    def _shown(self, campaign: str, applicant: str, each: dict[str, Any]) -> dict[str, Any]:
        if each["status"] == "completed":
            each["looks"] = each.get("looks", 0) + 1
        status = "inProgress" if each.get("looks", 3) < 3 else each["status"]
        return super()._shown(campaign, applicant, {**each, "status": status})


def test_a_partner_may_take_its_time_to_score(checked: Checked) -> None:
    ran = checked(Pensive)
    assert (ran.code, ran.findings()) == (0, []), ran.said
    ran = checked(Pensive, minimal.Handler, "--only", "statuses", settled_within=0)
    assert failed(ran) == {"talentsoft.mandatory-statuses"}, ran.said


class OnThePages(minimal.Handler):
    """Answers pages with headers of its own."""

    added: dict[str, str] = {}  # noqa: RUF012 - of each class
    kind = "text/html"

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        super().answer(status, said, self.kind if isinstance(said, bytes) else kind)

    def end_headers(self) -> None:
        for name, value in self.added.items():
            self.send_header(name, value)
        super().end_headers()


class Framed(OnThePages):
    """May be framed by its customer."""

    added = {"Content-Security-Policy": "frame-ancestors https://customer.talentsoft.com"}  # noqa: RUF012
    kind = "Text/HTML; Charset=UTF-8"


def test_pages_may_be_framed_by_some_and_say_their_type_as_they_like(checked: Checked) -> None:
    ran = checked(minimal.Partner, Framed)
    assert (ran.code, ran.findings()) == (0, []), ran.said
    for each in ("statuses.the_readonly_page_may_be_framed", "statuses.reports_are_what_they_say"):
        assert outcome(ran, each) == "passed"


class Shut(OnThePages):
    """May be framed by nobody, and gives pictures for reports."""

    added = {"Content-Security-Policy": "default-src *; frame-ancestors 'none'"}  # noqa: RUF012
    kind = "image/png"


def test_what_a_page_is_refused_for_is_told_with_its_address(checked: Checked) -> None:
    ran = checked(minimal.Partner, Shut)
    got = {each["clause"]: each["got"] for each in ran.findings()}
    assert got["talentsoft.readonly-in-iframe"].startswith(
        "Content-Security-Policy: frame-ancestors 'none' at http://127.0.0.1:"
    )
    assert got["talentsoft.readonly-in-iframe"].endswith("/iframe")
    assert got["talentsoft.report-links"].startswith("image/png at http://127.0.0.1:")
    assert got["talentsoft.report-links"].endswith("/report")


class Locked(minimal.Partner):
    """Asks for an access code before it shows a report."""

    def _shown(self, campaign: str, applicant: str, each: dict[str, Any]) -> dict[str, Any]:
        shown = super()._shown(campaign, applicant, each)
        report = {**shown["global_report"], "report_type": "PDF"} if shown["global_report"] else None
        return {**shown, "global_report": report and {**report, "comment": "x3fgyth"}}


def test_a_report_behind_an_access_code_is_left_out(checked: Checked) -> None:
    ran = checked(Locked)
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert outcome(ran, "statuses.reports_are_what_they_say") == "skipped"
    assert "The report global may need what its comment says." in ran.said


class ReportsOfItsOwn(minimal.Handler):
    """Gives reports as it likes."""

    status, kind, body = 200, "", b""

    def page(self, path: str) -> None:
        if path.endswith("report"):
            return self.answer(self.status, self.body, self.kind)
        return super().page(path)


class Printed(minimal.Partner):
    """Has two reports: a PDF, and a page behind an access code."""

    def _shown(self, campaign: str, applicant: str, each: dict[str, Any]) -> dict[str, Any]:
        shown = super()._shown(campaign, applicant, each)
        if not shown["global_report"]:
            return shown
        kept = {**shown["global_report"], "name": "kept", "url": f"{self.base}/assessment/1/kept", "comment": "x3fgyth"}
        printed = {**shown["global_report"], "report_type": "PDF"}
        return {**shown, "global_report": {**kept, "report_type": "PDF"}, "reports": [printed]}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/octet-stream", b"%PDF-1.4"),
        ("application/x-pdf", b"%PDF-1.4"),
        ("application/octet-stream", b"\0\1"),
        ("text/plain", b"\n%PDF-1.7"),
    ],
)
def test_a_report_is_what_its_bytes_say(kind: str, body: bytes, checked: Checked) -> None:
    handler = type("Own", (ReportsOfItsOwn,), {"kind": kind, "body": body})
    ran = checked(Printed, handler, "--only", "statuses")
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert outcome(ran, "statuses.reports_are_what_they_say") == "passed"


@pytest.mark.parametrize(
    ("status", "kind", "body", "got"),
    [
        (200, "application/octet-stream", b"<!DOCTYPE html><p>PDF", "HTML at "),
        (200, "application/xhtml+xml", b"<html/>", "HTML at "),
        (404, "application/pdf", b"%PDF-1.4", "404 at "),
        (503, "text/html", b"<p>", "503 at "),
    ],
)
def test_a_report_that_is_evidently_not_there(status: int, kind: str, body: bytes, got: str, checked: Checked) -> None:
    handler = type("Own", (ReportsOfItsOwn,), {"status": status, "kind": kind, "body": body})
    ran = checked(Printed, handler, "--only", "statuses")
    (finding,) = ran.findings()
    assert (finding["clause"], finding["got"].startswith(got)) == ("talentsoft.report-links", True), ran.said


@pytest.mark.parametrize("status", [401, 403])
def test_a_report_for_its_readers_alone_is_left_out(status: int, checked: Checked) -> None:
    handler = type("Own", (ReportsOfItsOwn,), {"status": status})
    ran = checked(minimal.Partner, handler, "--only", "statuses")
    assert (ran.code, outcome(ran, "statuses.reports_are_what_they_say")) == (0, "skipped"), ran.said
    assert f"/report was answered {status}." in ran.said


def test_an_xhtml_page_is_html(checked: Checked) -> None:
    handler = type("Own", (ReportsOfItsOwn,), {"kind": "application/xhtml+xml", "body": b"<?xml version='1.0'?>"})
    ran = checked(minimal.Partner, handler, "--only", "statuses")
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert outcome(ran, "statuses.reports_are_what_they_say") == "passed"


class Hasty(minimal.Handler):
    """Looks whom it has to erase before it looks who asks."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        if call.startswith("DELETE ") and json.loads(body).get("applicant_id") not in str(self.partner.assessments):
            raise minimal.Refused(404, "There is no such candidate.")
        return super().answered(call, query, body)


def test_a_refusal_that_a_token_does_not_change_proves_nothing(checked: Checked) -> None:
    ran = checked(minimal.Partner, Hasty, "--only", "tokens")
    assert (ran.code, ran.findings()) == (0, []), ran.said
    assert outcome(ran, "tokens.calls_need_a_token[made-up-erase_applicant]") == "skipped"
    assert outcome(ran, "tokens.calls_need_a_token[made-up-invite_applicants]") == "passed"


SHARED = "shared@people.example"


class Sharing(minimal.Partner):
    """Has somebody's results for another customer."""

    def _invited(self, campaign: str, applicant: dict[str, Any], callback_url: str | None) -> dict[str, Any]:
        made = super()._invited(campaign, applicant, callback_url)
        if applicant["email"] == SHARED:
            self.assessments[campaign, applicant["applicant_id"]]["status"] = "awaitingSharing"
        return made


@pytest.mark.parametrize(("partner", "broken"), [(Sharing, set()), (minimal.Partner, {"talentsoft.awaiting-sharing"})])
def test_results_at_another_customer_wait(partner: type[minimal.Partner], broken: set[str], checked: Checked) -> None:
    options = {"shared_applicant": SHARED, "settled_within": 0}
    ran = checked(partner, minimal.Handler, "--only", "results_at_another", **options)
    assert failed(ran) == broken, ran.said
    kind = "failed" if broken else "passed"
    assert outcome(ran, "statuses.results_at_another_customer") == kind, ran.said


class Elsewhere(minimal.Handler):
    """Has everything below /v2."""

    def do(self) -> None:
        if self.path.startswith(("/v2/token", "/v2/assessment/")):
            self.path = self.path.replace("/v2/", "/api/v1/", 1)
        elif not self.path.startswith(("/test/", "/assessment/")):
            self.path = "/none"
        super().do()

    do_GET = do_POST = do_DELETE = do  # noqa: N815 - the standard library's names

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        if call.endswith(" /none"):
            raise minimal.Refused(404, "There is nothing here.")
        return super().answered(call, query, body)


@pytest.mark.parametrize("below", ["", "/v2"])
def test_a_prefix_that_only_samples_have_is_no_more_than_that(below: str, checked: Checked) -> None:
    ran = checked(minimal.Partner, Elsewhere, "--only", "tokens", "--level", "documented", below=below)
    assert ran.findings() == [], ran.said
    assert f"{below}/api/v1/token: the guide has /api/v1 in its samples only." in ran.said
    assert "Say where the partner has it, with prefix of the capabilities." in ran.said
    ran = checked(minimal.Partner, Elsewhere, below=below, prefix="/v2")
    assert (ran.code, ran.findings()) == (0, []), ran.said


class Acquainted(minimal.Handler):
    """Knows its recruiters."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        if self.headers.get("X-Current-User", "known@people.example") != "known@people.example":
            raise minimal.Refused(403, "There is no such user.")
        return super().answered(call, query, body)


@pytest.mark.parametrize(("known", "code"), [(None, 0), ("known@people.example", 0), ("other@people.example", 1)])
def test_only_a_recruiter_who_was_named_is_connected(known: str | None, code: int, checked: Checked) -> None:
    credentials = {"recruiter": known} if known else {}
    ran = checked(minimal.Partner, Acquainted, "--only", "campaigns", credentials=credentials)
    assert ran.code == code, ran.said


class Nameless(minimal.Partner):
    """Lists campaigns by their names alone."""

    def campaigns(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        return [{name: each[name] for name in ("name", "language")} for each in super().campaigns(query)]


def test_a_campaign_without_id_is_what_is_wrong_and_nobody_is_invited_to_it(checked: Checked) -> None:
    ran = checked(Nameless)
    assert failed(ran) == {"talentsoft.list_campaigns.response.200.body.data.[].campaign_id.required"}, ran.said
    assert '"campaign_id": "None"' not in (ran.folder / "report.json").read_text()
    assert "broken" not in ran.outcomes


class Linkless(minimal.Partner):
    """Has no page for who may only look."""

    def _shown(self, campaign: str, applicant: str, each: dict[str, Any]) -> dict[str, Any]:
        shown = super()._shown(campaign, applicant, each)
        return {name: value for name, value in shown.items() if name != "readonly_link"}


def test_a_link_that_every_sample_has_is_missed(checked: Checked) -> None:
    ran = checked(Linkless)
    assert failed(ran) == {f"{ITEM}.readonly_link.required"}, ran.said


@pytest.mark.parametrize(
    ("name", "value"), [("access_token", "a\r\nb"), ("expires_in", "9" * 5000), ("expires_in", "soon")]
)
def test_a_token_that_cannot_be_used_is_what_is_wrong(name: str, value: str, checked: Checked) -> None:
    class Odd(minimal.Partner):
        def token(self, form: dict[str, Any]) -> dict[str, Any]:
            return {**super().token(form), name: value}

    ran = checked(Odd)
    assert ran.code == 1, ran.said
    assert any(each.startswith(f"{TOKEN}.{name}") for each in failed(ran)), ran.said
    assert "broken" not in ran.outcomes


def test_a_campaign_that_nobody_lists_is_no_fault_of_the_partner(checked: Checked) -> None:
    ran = checked(campaign_id="nosuch")
    assert ran.findings() == [], ran.said
    assert "The partner does not list the campaign nosuch, campaign_id of the capabilities." in ran.said


@pytest.mark.parametrize(
    ("credentials", "capabilities", "says"),
    [
        ({}, {"triggers": {"begin": "POST {link}"}}, "capability triggers of talentsoft must be a mapping of start"),
        ({}, {"bad_applicant": {"emial": "x"}}, "capability bad_applicant of talentsoft must be a mapping of some of"),
        ({}, {"settled_within": "soon"}, "capability settled_within of talentsoft must be a number of seconds"),
        ({"other_customer": "nonsense"}, {}, "credential other_customer of talentsoft must be a client_id and"),
        ({"other_customer": {"client_id": "a"}}, {}, "credential other_customer of talentsoft must be a client_id and"),
        ({"recruiter": [1]}, {}, "credential recruiter of talentsoft must be a text"),
    ],
)
def test_what_cannot_be_used_is_wrong_usage(
    credentials: dict[str, Any], capabilities: dict[str, Any], says: str, checked: Checked
) -> None:
    ran = checked(credentials=credentials, **capabilities)
    assert ran.code == 2, ran.said
    assert says in " ".join(ran.said.split())
