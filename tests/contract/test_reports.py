"""Reports: each is valid in its own format, says what was found, and holds no secret."""

import base64
import json
import re
import shlex
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator, ValidationError
from selenium import webdriver
from selenium.webdriver.common.by import By

from mockserver.contract.evidence import Check, Evidence
from mockserver.contract.har import read_har
from mockserver.contract.observed import Observed
from mockserver.contract.recording import evidence_of
from mockserver.contract.reports.curl import curl
from mockserver.contract.reports.masking import masked
from mockserver.contract.reports.summary import summary
from mockserver.contract.reports.writing import reports, write_reports
from mockserver.contract.verdict import Verdict, verdict
from mockserver.contract.waivers import Waiver
from tests.contract.small import JSON, THING, TOY, evidence, put, start, webhook
from tests.test_admin_exports import VALIDATOR

SCHEMA = json.loads(files("mockserver.contract.reports").joinpath("report.schema.json").read_bytes())

SECRETS = ("fake-key-of-toy", "hunter2hunter2", "4711", "fake-bearer", "fake-cookie", "fake-in-url", "fake-in-json")

PART = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n%b\r\n--x--'
CHECKS = (
    Check(id="puts", says="It puts things.", clauses=("toy.put_thing",), outcome="passed", exchanges=(1,)),
    Check(id="once", says="It puts once.", clauses=("toy.waits",), outcome="failed", detail="It put twice & <more>."),
    Check(id="later", says="It waits.", outcome="skipped", detail="It needs the admin API."),
)


def everything(**changes: Any) -> Verdict:
    """Return a verdict with a finding of every weight, and secrets at every place where one may stand."""
    spoiled = put(
        {
            **THING,
            "size": "2",
            "colour": 1,
            "extra": "<script>alert(1)</script>",
            "link": "x y",
            "secret": "fake-in-json",
        },
        headers={**JSON, "x-key": "fake-key-of-toy", "x-who": "tom", "cookie": "sid=fake-cookie"},
        query="access_token=fake-in-url",
        url="https://toy.example/v1/things?access_token=fake-in-url",
        answer_headers={
            **JSON,
            "location": "https://toy.example/things/1?token=fake-in-url",
            "set-cookie": "fake-cookie",
        },
        **changes,
    )
    bearer = put(headers={**JSON, "authorization": "Bearer fake-bearer", "x-who": "a@b"}, number=2, body=b"\xff\x00")
    waiver = Waiver("*.X-Who.format", "Known, and the key is fake-key-of-toy.", "waivers.yaml:1")
    return verdict(evidence(spoiled, bearer, start(), checks=CHECKS), waivers=[waiver])


def texts(found: Verdict) -> dict[str, str]:
    return {name: content.decode() for name, content in reports(found).items()}


def test_everything_has_a_finding_of_every_weight() -> None:
    assert {each.severity for each in everything().findings} == {"fails", "warns", "waived", "shown"}


def test_what_is_masked_is_not_masked_again() -> None:
    found = everything()
    shown = masked(found)
    assert masked(shown) is shown
    assert reports(shown) == reports(found)


@pytest.mark.parametrize("name", ["report.html", "report.json", "junit.xml", "coverage.json", "badge.svg", "har.json"])
def test_no_report_holds_a_secret(name: str) -> None:
    made = texts(everything())
    assert set(made) == {"report.html", "report.json", "junit.xml", "coverage.json", "badge.svg", "har.json"}
    assert [each for each in SECRETS if each in made[name]] == []
    assert not re.search(r"eyJ[\w-]+\.", made[name])


def test_a_secret_is_masked_wherever_people_read_it() -> None:
    """A value that is a secret in one exchange is one in a check's words, in a note and in what was got."""
    check = Check(id="a", says="", outcome="failed", clauses=("toy.waits",), detail="It sent fake-key-of-toy.")
    made = replace(evidence(put({**THING, "name": "fake-key-of-toy"}), checks=(check,)), notes=["See fake-key-of-toy"])
    shown = masked(verdict(made))
    said = [*shown.evidence.notes, *(each.finding.got for each in shown.findings), summary(shown)]
    assert not any("fake-key-of-toy" in each for each in said)
    assert "It sent ***." in {each.finding.got for each in shown.findings}


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b'{"token": "fake", "a": 1}', '{"token": "***", "a": 1}'),
        (b'{"token": null, "token_type": "bearer"}', '{"token": null, "token_type": "bearer"}'),
        (b'{"client_secret": "fa\\"ke", "apiKey": 12', '{"client_secret": "***", "apiKey": ***'),
        (b'{"password": "never ends', '{"password": "***'),
        (b"grant_type=x&client_secret=fake&a=b", "grant_type=x&client_secret=***&a=b"),
        (b'{"u": "https://a.example/?x=1&token=fake#y"}', '{"u": "https://a.example/?x=1&token=***#y"}'),
        (b'{"u": "https://tom:fake@a.example/"}', '{"u": "https://***@a.example/"}'),
        (b'<input name="token" type=hidden value="fake">', '<input name="token" type=hidden value="***">'),
        (b"token=wrong&secret=made-up", "token=wrong&secret=made-up"),
        (b'{"token": "made-up-1", "secret": "wrong"}', '{"token": "made-up-1", "secret": "wrong"}'),
        (b"token=wrong-not&secret=not-made-up", "token=***&secret=***"),
        (PART % b"fake", (PART % b"***").decode()),
        (b"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln", "***"),
        (b"\xff\xfe", "(2 bytes that are no text)"),
    ],
)
def test_secrets_are_known_by_name_and_by_looks(body: bytes, left: str) -> None:
    shown = masked(verdict(evidence(put(body=body, answer=body))))
    [seen] = shown.evidence.exchanges
    assert (seen.body.decode(), seen.answer.decode()) == (left, left)


def test_a_masked_header_still_tells_its_kind() -> None:
    [seen] = masked(
        verdict(evidence(put(headers={"authorization": "JWT fake.fake", "token": "fake"})))
    ).evidence.exchanges
    assert seen.headers == {"authorization": "JWT ***", "token": "***"}


def test_what_the_checks_have_made_up_is_shown_as_it_was_sent() -> None:
    """Whoever repeats the call with a secret of their own in its place would see a rightful answer."""
    made = {"authorization": "Bearer made-up", "x-key": "wrong"}
    [seen] = masked(verdict(evidence(put(headers=made)))).evidence.exchanges
    assert "Bearer made-up" in curl(seen)
    assert seen.headers == made
    [other] = masked(verdict(evidence(put(headers={"authorization": "Bearer made-up.not"})))).evidence.exchanges
    assert other.headers == {"authorization": "Bearer ***"}


def report_of(found: Verdict) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(reports(found)["report.json"])
    return report


@pytest.mark.parametrize(
    "found",
    [
        everything(),
        verdict(evidence()),
        verdict(evidence(put(), kind="har")),
        verdict(evidence(webhook({}), kind="server")),
    ],
)
def test_the_report_fits_its_schema(found: Verdict) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(report_of(found))


def test_the_schema_refuses_what_is_no_report() -> None:
    report = report_of(everything())
    del report["findings"][0]["curl"]
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(report)


def test_the_report_tells_findings_with_source_and_curl() -> None:
    report = report_of(everything())
    finding = report["findings"][0]
    assert report["verdict"] == {
        "ending": "broken",
        "exit_code": 1,
        "says": report["verdict"]["says"],
        "level": "example",
        "min_coverage": 0,
    }
    assert finding["severity"] == "fails"
    by_clause = {each["clause"]: each for each in report["findings"]}
    size = by_clause["toy.put_thing.request.body.size.type"]
    assert (size["confidence"], size["source"], size["place"]) == ("example", "The Toy Guide", "request.body/size")
    assert (size["expected"], size["got"], size["exchanges"]) == ("type: integer", '"2"', [1])
    assert size["curl"].startswith("curl -i ")
    waived = by_clause["toy.put_thing.request.header.X-Who.format"]
    assert (waived["severity"], waived["reason"]) == ("waived", "Known, and the key is ***.")
    assert report["counts"]["fails"] == sum(each["severity"] == "fails" for each in report["findings"])


def test_coverage_tells_every_clause_of_the_side() -> None:
    told = json.loads(reports(everything())["coverage.json"])
    states = {each["id"]: (each["state"], each["eligible"]) for each in told["clauses"]}
    assert states["toy.put_thing.request.body.size.type"] == ("failed", True)
    assert states["toy.put_thing.request.header.X-Who.format"] == ("waived", True)
    assert states["toy.put_thing.request.body.at"] == ("unknown", True)
    assert not any("put_thing.response." in each for each in states)
    assert sum(each["failed"] for each in told["operations"]) == told["total"]["failed"]


def test_the_reason_why_no_check_is_made_is_in_the_reports() -> None:
    left_out = Waiver("toy.put_thing.request.body.at", "No two clocks <agree>.", "here")
    made = reports(verdict(evidence(put(), unchecked=(left_out,))))
    reasons = {each["id"]: each["reason"] for each in json.loads(made["coverage.json"])["clauses"]}
    assert reasons["toy.put_thing.request.body.at"] == "No two clocks <agree>."
    assert reasons["toy.put_thing.request.body.name"] is None
    assert "Left out by the checks: No two clocks &lt;agree&gt;." in made["report.html"].decode()


def suite(found: Verdict) -> ElementTree.Element:
    [made] = ElementTree.fromstring(reports(found)["junit.xml"])
    return made


def test_junit_has_a_case_a_check_and_one_an_operation() -> None:
    made = suite(everything())
    cases = {case.get("name"): case for case in made}
    assert (made.get("tests"), made.get("failures"), made.get("skipped")) == (str(len(cases)), "1", "1")
    failure = cases["put_thing"].find("failure")
    assert failure is not None
    assert "toy.put_thing.request.body.size.type (example: The Toy Guide)" in (failure.text or "")
    assert cases["puts"].find("failure") is None
    assert cases["later"].find("skipped") is not None


def test_junit_tells_a_check_that_failed_and_a_harness_that_did() -> None:
    failed = Check(id="once", says="", clauses=("toy.once",), outcome="failed", detail="Twice \x00 \ud800.")
    broken = Check(id="broke", says="", outcome="broken", detail="No port.")
    cases = {case.get("name"): case for case in suite(verdict(evidence(put(), checks=(failed, broken))))}
    failure, error = cases["once"].find("failure"), cases["broke"].find("error")
    assert failure is not None
    assert "Twice" in failure.get("message", "")
    assert error is not None
    assert error.get("message") == "No port."


def test_junit_of_nothing_is_not_green() -> None:
    [case] = suite(verdict(evidence()))
    assert case.find("error") is not None


def test_a_check_whose_finding_the_judge_told_is_red_too() -> None:
    check = Check(
        id="sizes", says="", clauses=("toy.put_thing.request.body.size.type",), outcome="failed", exchanges=(1,)
    )
    cases = {case.get("name"): case for case in suite(verdict(evidence(put({**THING, "size": "2"}), checks=(check,))))}
    assert cases["sizes"].find("failure") is not None


@pytest.mark.parametrize(
    ("found", "text"),
    [(verdict(evidence(put())), ">kept, "), (everything(), ">not kept, "), (verdict(evidence()), ">not checked, ")],
)
def test_the_badge_is_a_picture_with_the_verdict(found: Verdict, text: str) -> None:
    badge = reports(found)["badge.svg"]
    assert ElementTree.fromstring(badge).tag == "{http://www.w3.org/2000/svg}svg"
    assert text in badge.decode()


def test_the_archive_is_valid_and_reads_back_as_the_same_exchanges() -> None:
    made = evidence(put(), start(), webhook({"id": 1}, url="https://hook.example/x"), put(spoiled="a fault", number=9))
    raw = reports(verdict(made))["har.json"]
    VALIDATOR.validate(json.loads(raw))
    again = evidence_of(TOY, read_har(raw), "har.json")
    assert [(each.method, each.webhook, each.status, each.spoiled) for each in again.exchanges] == [
        (each.method, each.webhook, each.status, each.spoiled) for each in made.exchanges
    ]
    assert [each.path for each in again.exchanges][:2] == ["/things", "/start"]


def words(command: str) -> list[str]:
    """Return what a real shell makes of a command."""
    done = subprocess.run(
        ["bash", "-c", f"curl() {{ printf '%s\\0' \"$@\"; }}; {command}"],
        capture_output=True,
        check=True,
        env={"BASE_URL": "http://base"},
        timeout=20,
    )
    return done.stdout.decode().split("\0")[:-1]


def test_the_curl_line_survives_a_shell() -> None:
    body = '{"a": "it\'s $HOME `id` \\\\ é\nnext"}'
    seen = put(body=body.encode(), headers={"x-note": 'it\'s "$HOME"', "host": "a", "content-length": "5"})
    said = words(curl(seen))
    assert said[-2:] == ["--data-raw", body]
    assert 'x-note: it\'s "$HOME"' in said
    assert not any(each.lower().startswith(("host:", "content-length:")) for each in said)
    assert "https://toy.example/v1/things" in said


@pytest.mark.parametrize(
    ("seen", "part"),
    [
        (Observed(method="GET", path="/a b", query="c=d", headers={}, answer_headers={}), "http://base/a b?c=d"),
        (Observed(method="HEAD", path="/a", headers={}, answer_headers={}), "--head"),
        (Observed(method="PUT", path="/a", headers={}, answer_headers={}, body=b"x" * 9000), "@body"),
        (Observed(method="PUT", path="/a", headers={}, answer_headers={}, body=b"a\0"), "@body"),
    ],
)
def test_the_curl_line_names_what_it_cannot_hold(seen: Observed, part: str) -> None:
    assert part in words(curl(seen))
    assert shlex.split(curl(seen))[0] == "curl"


def test_the_summary_tells_what_fails_and_how_to_see_it_again() -> None:
    said = summary(masked(everything()))
    assert said.startswith("NOT KEPT  toy client npm test\n")
    assert "fails  toy.put_thing.request.body.size.type  (example: The Toy Guide)" in said
    assert 'client, request.body/size: expected type: integer; got "2"' in said
    assert "waived: Known, and the key is ***." in said
    assert "skipped  later: It needs the admin API." in said
    assert "(1 passed, 1 failed, 1 skipped)" in said
    assert "extra" not in "".join(line for line in said.splitlines() if not line.strip().startswith("curl"))
    assert "\x1b" not in said


def test_what_a_check_says_is_in_every_report_once() -> None:
    told = "Nobody <else> gets a box."
    failed = Check(
        id="puts", says="It puts.", clauses=("toy.once",), outcome="failed", detail=told, expected="401", got="200"
    )
    found = masked(verdict(evidence(put(), checks=(failed,))))
    assert "check puts: Nobody <else> gets a box; expected 401; got 200" in summary(found)
    made = texts(found)
    [finding] = json.loads(made["report.json"])["findings"]
    assert (finding["check_says"], finding["expected"], finding["got"]) == (told, "401", "200")
    assert made["report.html"].count("<dt>Must hold</dt><dd>Nobody &lt;else&gt; gets a box.</dd>") == 1
    failure = suite(found).find("./testcase/failure")
    assert failure is not None
    assert failure.get("message") == "check puts: Nobody <else> gets a box; expected 401; got 200"


def test_what_a_check_says_is_masked_too() -> None:
    failed = Check(
        id="a",
        says="",
        clauses=("toy.once",),
        outcome="failed",
        detail="Not by fake-key-of-toy.",
        expected="1",
        got="2",
    )
    [judged] = masked(verdict(evidence(put(), checks=(failed,)))).findings
    assert judged.told == "Not by ***."


@pytest.mark.parametrize(("clause", "reds"), [("toy.guess", 0), ("toy.once", 2)])
def test_the_coverage_is_red_only_where_something_counts(clause: str, reds: int) -> None:
    failed = Check(id="a", says="", clauses=(clause,), outcome="failed", detail="No.")
    page = texts(verdict(evidence(put(), checks=(failed,))))["report.html"]
    assert page.count('<td class="n bad">1</td>') == reds
    assert page.count('<td class="n">1</td>') >= 2 - reds


def test_colours_are_the_summarys_own_and_only_if_wanted() -> None:
    """What a subject sent must not reach the terminal as more than text."""
    found = masked(verdict(evidence(put({**THING, "size": "\x1b]0;title\x07"}))))
    said = summary(found, colours=True)
    assert "\x1b[31mNOT KEPT\x1b[0m" in said
    assert "\x07" not in said
    assert "\x1b]" not in said


def test_a_long_list_of_findings_is_cut_in_the_summary() -> None:
    thing = {**THING, "tags": 5, "name": 5, "size": "5", "shape": 5, "at": 5, "labels": 5, "free": 5, "closed": 5}
    made = [put({**thing, "tags": [n]}, number=n) for n in range(1, 40)]
    said = summary(verdict(evidence(*made)))
    assert "and 31 more" in said


def page(found: Verdict, folder: Path) -> str:
    write_reports(found, folder)
    return (folder / "report.html").as_uri()


def seen_by(browser: webdriver.Chrome, found: Verdict, folder: Path) -> str:
    browser.get(page(found, folder))
    browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true })")
    return browser.find_element(By.TAG_NAME, "body").text


def test_the_page_is_readable_by_itself(browser: webdriver.Chrome, tmp_path: Path) -> None:
    text = seen_by(browser, everything(), tmp_path / "new" / "folder")
    for part in (
        "NOT KEPT",
        "Toy API",
        "toy.put_thing.request.body.size.type",
        "The Toy Guide",
        "type: integer",
        "curl -i",
        "Put a thing.",
        "It put twice & <more>.",
        "What is waived (1)",
        "POST /things",
        "Eligible clauses that were not exercised",
    ):
        assert part in text


def test_the_page_asks_for_nothing_and_runs_nothing(browser: webdriver.Chrome, tmp_path: Path) -> None:
    browser.get_log("performance")
    browser.get_log("browser")
    text = seen_by(browser, everything(), tmp_path)
    assert "<script>alert(1)</script>" in text
    sent = [json.loads(each["message"])["message"] for each in browser.get_log("performance")]
    requests = [each["params"] for each in sent if each["method"] == "Network.requestWillBeSent"]
    # A browser that has just begun may still be at its own first page.
    asked = {each["request"]["url"] for each in requests if each["documentURL"].startswith("file:")}
    assert {each.partition(":")[0] for each in asked} == {"file"}
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_narrow_window_in_light_and_dark(
    browser: webdriver.Chrome, tmp_path: Path, scheme: str, screenshots: Path | None
) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    size = {"width": 420, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        seen_by(browser, everything(), tmp_path)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        if screenshots:
            browser.save_screenshot(str(screenshots / f"report-{scheme}.png"))
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert wide <= 420
    assert (int(re.findall(r"\d+", ground)[0]) > 128) is (scheme == "light")


def test_the_page_shows_every_exchange_that_a_finding_names_and_some_others() -> None:
    many = [put({**THING, "size": "2"} if n == 900 else THING, number=n) for n in range(1, 1001)]
    html = reports(verdict(evidence(*many)))["report.html"].decode()
    assert 'id="exchange-900"' in html
    assert html.count('id="exchange-') == 200
    assert "200 of 1000; all are in har.json" in html


def test_a_long_body_is_cut_on_the_page_only() -> None:
    long = base64.b64encode(b"x" * 30_000).decode()
    made = reports(verdict(evidence(put({**THING, "colour": long}))))
    assert long not in made["report.html"].decode()
    assert long in made["har.json"].decode()


def test_evidence_is_not_changed_by_being_reported() -> None:
    made: Evidence = evidence(put())
    reports(verdict(made))
    assert made.exchanges[0].headers["x-key"] == "fake-key-of-toy"
