"""``mockserver check server``: the mocks and the reference partner are kept, others are told what is wrong."""

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from contract_tests.partners import minimal
from contract_tests.twins.talentsoft import partners
from mockserver.contract.contract import Contract
from mockserver.contract.load import read_contract
from tests.covered import Covered
from tests.partners import eighty_lines
from tests.server import RemoteSandbox, free_port

pytestmark = pytest.mark.checks

VENDORS = ("talentsoft", "youtestme", "smarterproctoring", "constructor")
CREDENTIALS = {
    "talentsoft": {
        "client_id": "ts_demo",
        "client_secret": "fake-talentsoft-secret-0123456789abcdef",
        "recruiter": "recruiter@meridian.example",
        "other_customer": {"client_id": "ts_harbour", "client_secret": "fake-harbour-secret-0123456789abcdef"},
    },
    "youtestme": {"api_key": "fake-youtestme-key"},
    "smarterproctoring": {
        "token": "fake-smarterproctoring-token",
        "install_sid": "AIa1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
        "integration_sid": "IIf5a8dc0813f749128504e251fad9e4a3",
    },
    "constructor": {"integration": "demo", "secret": "fake-constructor-secret-0123456789abcdef"},
}
UNREACHABLE = "http://127.0.0.1:9"
MINIMAL = {
    "creation_link": False,
    "recruiter_grant": False,
    "callback": True,
    "bad_applicant": {"email": "no address"},
    "triggers": {"start": "POST {link}/start", "complete": "POST {link}/complete"},
}


@dataclass(frozen=True)
class Ran:
    code: int
    said: str
    folder: Path

    def report(self, name: str = "report.json") -> Any:
        return json.loads((self.folder / name).read_text())

    @property
    def outcomes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for each in self.report()["checks"]:
            counts[each["outcome"]] = counts.get(each["outcome"], 0) + 1
        return counts

    def findings(self, severity: str = "fails") -> list[dict[str, Any]]:
        return [each for each in self.report()["findings"] if each["severity"] == severity]


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Ran]:
    """Run the command in a folder of its own."""

    def run(
        vendor: str, url: str, *options: str, credentials: object = CREDENTIALS, capabilities: object = None
    ) -> Ran:
        command = [sys.executable, "-m", "mockserver", "check", "server", vendor, "--url", url, *options]
        for name, content in (("credentials", credentials), ("capabilities", capabilities)):
            if content is not None:
                path = tmp_path / f"{name}.yaml"
                path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
                command += [f"--{name}", str(path)]
        folder = tmp_path / "report"
        done = subprocess.run(
            [*command, "--report", str(folder)], capture_output=True, text=True, cwd=tmp_path, timeout=100, check=False
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        return Ran(done.returncode, said, folder)

    return run


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve every request by one function."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer(self)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with running(server) as url:
        yield url


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


# The mocks.


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_mock_is_kept_whole(vendor: str, sandbox: RemoteSandbox, check: Callable[..., Ran]) -> None:
    shared = {"shared_applicant": "elena.petrova@people.example"} if vendor == "talentsoft" else {}
    capabilities = {vendor: {"admin_url": sandbox.admin_url, **shared}}
    ran = check(vendor, sandbox.url(f"/{vendor}"), "--allow-writes", capabilities=capabilities)
    assert ran.code == 0, ran.said
    assert ran.outcomes.keys() == {"passed"}
    assert ran.findings("fails") + ran.findings("warns") == []
    covered = Covered.of(ran.report("coverage.json"), "server", vendor)
    assert covered.percentage >= 90
    assert (covered.unlisted, covered.needless) == ([], [])


@pytest.mark.parametrize("vendor", VENDORS)
def test_without_the_admin_api_what_needs_it_is_skipped(
    vendor: str, sandbox: RemoteSandbox, check: Callable[..., Ran]
) -> None:
    ran = check(vendor, sandbox.url(f"/{vendor}"), "--allow-writes")
    assert ran.code == 0, ran.said
    assert ran.outcomes.keys() == {"passed", "skipped"}
    assert "needs a mockserver's admin API" in ran.said


@pytest.mark.parametrize("vendor", VENDORS)
def test_nothing_is_made_without_leave(vendor: str, sandbox: RemoteSandbox, check: Callable[..., Ran]) -> None:
    before = _state(sandbox, vendor)
    ran = check(vendor, sandbox.url(f"/{vendor}"), capabilities={vendor: {"admin_url": sandbox.admin_url}})
    assert ran.code == 0, ran.said
    assert ran.outcomes["passed"] > 0
    assert "only --allow-writes permits" in ran.said
    assert _state(sandbox, vendor) == before


def _state(sandbox: RemoteSandbox, vendor: str) -> dict[str, int]:
    counts: dict[str, int] = sandbox.admin("GET", "/state")[vendor]
    # A token is a key to the door, given to whoever asks for one by the documents.
    return {name: count for name, count in counts.items() if name not in {"access_tokens", "accesses"}}


# Partners.


def test_the_reference_partner_is_kept(check: Callable[..., Ran]) -> None:
    with running(minimal.serve()) as url:
        credentials, capabilities = {"talentsoft": minimal.CLIENT}, {"talentsoft": MINIMAL}
        ran = check("talentsoft", url, "--allow-writes", credentials=credentials, capabilities=capabilities)
    assert ran.code == 0, ran.said
    assert ran.findings("fails") + ran.findings("warns") == []
    passed = {each["id"] for each in ran.report()["checks"] if each["outcome"] == "passed"}
    assert {"callbacks.an_update_is_told", "statuses.from_waiting_to_completed"} <= passed


def test_a_partner_with_a_prefix_of_its_own(check: Callable[..., Ran]) -> None:
    with running(minimal.serve()) as url:
        ran = check("talentsoft", f"{url}/api/v1", credentials={"talentsoft": minimal.CLIENT})
    assert ran.code == 0, ran.said


def test_a_defect_of_a_small_partner_is_told_with_source_and_repetition(check: Callable[..., Ran]) -> None:
    with running(eighty_lines.serve()) as url:
        credentials, capabilities = {"talentsoft": eighty_lines.CLIENT}, {"talentsoft": {"creation_link": False}}
        ran = check("talentsoft", url, "--allow-writes", credentials=credentials, capabilities=capabilities)
        assert ran.code == 1, ran.said
        wrong = {each["clause"] for each in ran.findings()}
        assert "talentsoft.envelope-status" in wrong
        assert all("status" in each for each in wrong)
        assert "expected the status error in the envelope, for 400 to 499; got the status fail" in ran.said
        assert "documented: Talentsoft: process of integrating assessment partners" in ran.said
        line = next(each.strip() for each in ran.said.splitlines() if each.strip().startswith("curl "))
        again = subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=20, check=True)
    assert '"status": "fail"' in again.stdout


class Elsewhere(minimal.Partner):
    """Has the pages of candidates on a host that nobody can reach."""

    def _invited(self, *about: Any) -> dict[str, Any]:
        made = super()._invited(*about)
        return {**made, "assessment_invitation_link": made["assessment_invitation_link"] and f"{UNREACHABLE}/test/1"}


def test_a_candidates_page_that_cannot_be_opened_ends_its_checks_alone(check: Callable[..., Ran]) -> None:
    server = minimal.serve(0, type("Own", (minimal.Handler,), {}))
    server.RequestHandlerClass.partner = Elsewhere(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    with running(server) as url:
        credentials, capabilities = {"talentsoft": minimal.CLIENT}, {"talentsoft": MINIMAL}
        ran = check("talentsoft", url, "--allow-writes", credentials=credentials, capabilities=capabilities)
    assert f"{UNREACHABLE}/test/1/start cannot be opened from here" in ran.said
    checks = {each["id"]: each["outcome"] for each in ran.report()["checks"]}
    assert checks["statuses.from_waiting_to_completed"] == "skipped"
    assert checks["tokens.calls_need_a_token[made-up-erase_applicant]"] == "passed"
    assert "broken" not in ran.outcomes


class Forgetful(minimal.Partner):
    """Says that it erased, and did not."""

    def erase(self, said: dict[str, Any]) -> None:
        assert said


class Bare(minimal.Handler):
    """Has no envelope for what it refuses."""

    def envelope(self, status: int, message: str | None = None) -> dict[str, Any]:
        return super().envelope(status, message) if status < 400 else {"error": message}


class Numbers(minimal.Partner):
    """Gives scores as numbers."""

    def _shown(self, *about: Any) -> dict[str, Any]:
        shown = super()._shown(*about)
        return {**shown, "global_score": shown["global_score"] and int(shown["global_score"])}


class Everybody(minimal.Partner):
    """Answers for all candidates, whoever is asked about."""

    def statuses(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        return super().statuses({"campaign_id": query["campaign_id"]})


class Spender(minimal.Partner):
    """Gives everybody a token."""

    def token(self, form: dict[str, Any]) -> dict[str, Any]:
        return super().token({**form, **minimal.CLIENT})


class OneForAll(minimal.Partner):
    """Lets one bad candidate stop the others."""

    def invite(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        made = super().invite(said)
        if any(each["status"] == "error" for each in made):
            raise minimal.Refused(400, "A candidate cannot be invited.")
        return made


DEFECTS = {
    "delete that forgets nothing": (Forgetful, minimal.Handler, "talentsoft.erase_applicant"),
    "envelope missing on an error": (minimal.Partner, Bare, "talentsoft.envelope-status"),
    "number for text": (
        Numbers,
        minimal.Handler,
        "talentsoft.list_assessments.response.200.body.data.[].global_score.type",
    ),
    "everybody answered": (Everybody, minimal.Handler, "talentsoft.list_assessments"),
    "token for anybody": (Spender, minimal.Handler, "talentsoft.client-per-customer"),
    "first campaign forgotten": (partners.Lonely, minimal.Handler, "talentsoft.many-campaigns"),
    "one bad candidate": (OneForAll, minimal.Handler, "talentsoft.invitation-items"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_names_its_clause(defect: str, check: Callable[..., Ran]) -> None:
    kind, handler, clause = DEFECTS[defect]
    server = minimal.serve(0, type("Broken", (handler,), {}))
    server.RequestHandlerClass.partner = kind(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    with running(server) as url:
        credentials, capabilities = {"talentsoft": minimal.CLIENT}, {"talentsoft": MINIMAL}
        ran = check("talentsoft", url, "--allow-writes", credentials=credentials, capabilities=capabilities)
    assert ran.code == 1, ran.said
    assert clause in {each["clause"] for each in ran.findings()}
    assert ran.outcomes.get("broken", 0) == 0


def test_what_no_document_says_is_held_against_nobody(check: Callable[..., Ran], sandbox: RemoteSandbox) -> None:
    sandbox.settings(talentsoft={"early_global_score": 75, "unknown_applicants": "refuse"})
    capabilities = {"talentsoft": {"admin_url": sandbox.admin_url, "shared_applicant": "elena.petrova@people.example"}}
    ran = check("talentsoft", sandbox.url("/talentsoft"), "--allow-writes", capabilities=capabilities)
    assert ran.code == 0, ran.said
    shown = {each["clause"] for each in ran.findings("shown")}
    assert {"talentsoft.scores-after-completion", "talentsoft.unknown-applicants-left-out"} <= shown


# Servers that are none, or misbehave.


def test_a_recruiter_who_is_made_up_proves_nothing(sandbox: RemoteSandbox, check: Callable[..., Ran]) -> None:
    ran = check(
        "talentsoft",
        sandbox.url("/talentsoft"),
        "--only",
        "recruiter or assertion",
        credentials={"talentsoft": {name: CREDENTIALS["talentsoft"][name] for name in ("client_id", "client_secret")}},
        capabilities={"talentsoft": {"admin_url": sandbox.admin_url}},
    )
    assert ran.findings() == [], ran.said
    assert ran.outcomes.keys() == {"skipped"}
    assert "it needs recruiter of the credentials" in ran.said


@pytest.mark.parametrize("body", ["{}", "[]", "null"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_the_same_answer_to_everything(
    vendor: str, body: str, sandbox: RemoteSandbox, check: Callable[..., Ran]
) -> None:
    """What a server leaves out is its own doing, and no failure of the checks."""
    capabilities = {vendor: {"admin_url": sandbox.admin_url}}
    with answering(lambda handler: send(handler, 200, body.encode(), Content_Type="application/json")) as url:
        ran = check(vendor, url, "--allow-writes", capabilities=capabilities)
    assert [each for each in ran.report()["checks"] if each["outcome"] == "broken"] == []
    assert ran.code == 1, ran.said


def test_a_check_fails_by_what_no_document_says_and_counts_once(check: Callable[..., Ran]) -> None:
    with answering(lambda handler: send(handler, 200, b"{}", Content_Type="application/json")) as url:
        ran = check("youtestme", url, "--only", "callers_need_a_key")
    assert ran.code == 0, ran.said
    checks = ran.report()["checks"]
    assert ran.outcomes == {"failed": ran.report()["counts"]["exchanges"]}
    assert len({each["id"] for each in checks}) == len(checks)
    names = [case.get("name") for case in ElementTree.parse(ran.folder / "junit.xml").iter("testcase")]
    assert len(set(names)) == len(names)


def test_what_broke_besides_has_a_name_of_its_own(check: Callable[..., Ran], sandbox: RemoteSandbox) -> None:
    """A check that holds what it is about, and finds something else on the way, is two."""
    sandbox.settings(talentsoft={"unknown_applicants": "refuse"})
    ran = check("talentsoft", sandbox.url("/talentsoft"), "--allow-writes")
    outcomes = {each["id"]: each["outcome"] for each in ran.report()["checks"]}
    assert len(outcomes) == len(ran.report()["checks"])
    assert outcomes["statuses.one_some_and_all"] == "passed"
    assert outcomes["statuses.one_some_and_all#talentsoft.unknown-applicants-left-out"] == "failed"


def test_a_server_that_is_down(check: Callable[..., Ran]) -> None:
    ran = check("talentsoft", f"http://127.0.0.1:{free_port()}")
    assert ran.code == 3, ran.said
    assert "The server does not answer: the connection is refused." in ran.said
    assert "NOTHING CHECKED" in ran.said


def test_a_server_that_hangs(check: Callable[..., Ran]) -> None:
    release = threading.Event()
    with answering(lambda handler: void(release.wait(60))) as url:
        ran = check("youtestme", url, "--timeout", "0.3")
        release.set()
    assert ran.code == 3, ran.said
    assert "no answer within 0.3 seconds" in ran.said


def test_a_server_that_drips(check: Callable[..., Ran]) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not stop.wait(0.1):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    with answering(drip) as url:
        ran = check("youtestme", url, "--timeout", "0.5")
        stop.set()
    assert ran.code == 3, ran.said
    assert "no complete answer within 0.5 seconds" in ran.said


def test_a_server_that_drips_its_headers(check: Callable[..., Ran]) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not stop.wait(0.1):
            try:
                handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            except OSError:
                return

    with answering(drip) as url:
        ran = check("youtestme", url, "--timeout", "0.5")
        stop.set()
    assert ran.code == 3, ran.said
    assert "no complete answer within 0.5 seconds" in ran.said


def test_a_server_that_speaks_something_else(check: Callable[..., Ran]) -> None:
    with answering(lambda handler: void(handler.wfile.write(b"220 mail.example ESMTP\r\n"))) as url:
        ran = check("youtestme", url)
    assert ran.code == 3, ran.said
    assert "it does not speak HTTP" in ran.said


def test_an_answer_of_sixty_megabytes_is_not_read(check: Callable[..., Ran]) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(60_000_000))
        handler.end_headers()
        try:
            for _ in range(60):
                handler.wfile.write(b" " * 1_000_000)
        except OSError:
            return

    with answering(flood) as url:
        ran = check("talentsoft", url)
    assert ran.code == 3, ran.said
    assert "its body is over 5 MB and was not read to its end" in ran.said


def test_a_redirect_loop(check: Callable[..., Ran]) -> None:
    def away(handler: BaseHTTPRequestHandler) -> None:
        send(handler, 302, b"", Location=handler.path)

    with answering(away) as url:
        ran = check("talentsoft", url)
    assert ran.code == 1, ran.said
    assert re.search("expected .*200.*; got 302 to /api/v1/token", ran.said)
    assert "No call was answered with success" in ran.said


def test_html_where_json_is_documented(check: Callable[..., Ran]) -> None:
    with answering(lambda handler: send(handler, 200, b"<h1>It works</h1>", Content_Type="text/html")) as url:
        ran = check("talentsoft", url)
    assert ran.code == 1, ran.said
    assert "talentsoft.create_token.response.200.body.type" in ran.said
    assert "expected application/json; got text/html" in ran.said


def test_a_server_that_goes_away_in_between(check: Callable[..., Ran]) -> None:
    calls: list[str] = []

    class Mortal(minimal.Handler):
        def do(self) -> None:
            calls.append(self.path)
            if len(calls) > 4:
                raise ConnectionAbortedError
            super().do()

        do_GET = do_POST = do_DELETE = do  # noqa: N815 - the standard library's names

    server = minimal.serve(0, Mortal)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    with running(server) as url:
        ran = check("talentsoft", url, credentials={"talentsoft": minimal.CLIENT})
    assert ran.code == 1, ran.said
    assert "the connection was closed without an answer" in ran.said
    assert "The server does not answer after 4 answers" in ran.said
    assert ran.outcomes["passed"] >= 1


def test_checks_that_take_too_long_are_stopped_and_the_rest_counts(check: Callable[..., Ran]) -> None:
    release = threading.Event()

    class Tired(minimal.Handler):
        def page(self, path: str) -> None:
            release.wait(60)

        def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
            if "keyword" in query:
                release.wait(60)
            return super().answered(call, query, body)

    with running(minimal.serve(0, Tired)) as url:
        options = ("--limit", "6", "--timeout", "60")
        ran = check("talentsoft", url, *options, credentials={"talentsoft": minimal.CLIENT})
        release.set()
    assert "Too little was checked: the checks were stopped after 6 seconds." in ran.said
    assert ran.code == 3
    assert ran.outcomes["passed"] >= 1


# Usage.


@pytest.mark.parametrize(
    ("options", "credentials", "capabilities", "says"),
    [
        ((), None, None, "The credentials of talentsoft need client_id"),
        ((), {"talentsoft": {"client_id": "a"}}, None, "The credentials of talentsoft need client_secret"),
        ((), "[", None, "is neither YAML nor JSON"),
        ((), "- a", None, "a mapping for each vendor is expected"),
        ((), CREDENTIALS, "talentsoft: 1", "a mapping for each vendor is expected"),
        ((), {"nobody": {"a": "b"}}, None, "there is no vendor 'nobody'; known are constructor"),
        ((), CREDENTIALS, {"nobody": {"a": "b"}}, "there is no vendor 'nobody'; known are constructor"),
        ((), {"talentsoft": {"client_id": {"a": "b"}}}, None, "The credential client_id of talentsoft must be a text"),
        ((), {"talentsoft": {**CREDENTIALS["talentsoft"], "colour": "red"}}, None, "talentsoft have 'colour'; known"),
        ((), "talentsoft: " + "[" * 5000, None, "is neither YAML nor JSON: it is nested too deep"),
        ((), CREDENTIALS, "talentsoft: {callbak: true}", "The capabilities of talentsoft have 'callbak'; known are"),
        ((), CREDENTIALS, "talentsoft: {callback: yes please}", "The capability callback of talentsoft must be true"),
        ((), CREDENTIALS, "talentsoft: {prefix: }", "The capability prefix of talentsoft must be a path"),
        ((), CREDENTIALS, "talentsoft: {triggers: {start: 'POST {nowhere}'}}", "The capability triggers of talentsoft"),
        (("--waivers", "none.yaml"), CREDENTIALS, None, "none.yaml"),
        (("--only", "users and"), CREDENTIALS, None, "Wrong expression passed to '-k': users and"),
        (("--timeout", "0"), CREDENTIALS, None, "--timeout"),
    ],
)
def test_wrong_usage(
    options: tuple[str, ...], credentials: object, capabilities: object, says: str, check: Callable[..., Ran]
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    ran = check("talentsoft", url, *options, credentials=credentials, capabilities=capabilities)
    assert ran.code == 2, ran.said
    assert says in re.sub(r"\s+", " ", ran.said)


@pytest.mark.parametrize(
    ("vendor", "capability", "says"),
    [
        ("youtestme", "callback_listen: nonsense", "callback_listen of youtestme must be a host and a port"),
        ("youtestme", "callback_listen: '127.0.0.1:99999'", "callback_listen of youtestme must be a host and a port"),
        ("youtestme", "callback_listen: 'nobody.invalid:0'", "callback_listen nobody.invalid:0: nobody can listen"),
        ("youtestme", "callback_url: 7", "callback_url of youtestme must be an http address"),
        ("youtestme", "test: {testId: 12}", "test of youtestme must be identifiers of a test with externalTestId"),
        ("constructor", "callback_listen: nonsense", "callback_listen of constructor must be a host and a port"),
        ("constructor", "admin_url: here", "admin_url of constructor must be an http address"),
        ("smarterproctoring", "proctor_type: [a]", "proctor_type of smarterproctoring must be the SID"),
        ("talentsoft", "callback_listen: '127.0.0.1:99999'", "callback_listen of talentsoft must be a host and a port"),
    ],
)
def test_a_capability_that_cannot_be_used(vendor: str, capability: str, says: str, check: Callable[..., Ran]) -> None:
    called: list[str] = []
    with answering(lambda handler: called.append(handler.path)) as url:
        ran = check(vendor, url, capabilities=f"{vendor}: {{{capability}}}")
    assert ran.code == 2, ran.said
    assert says in re.sub(r"\s+", " ", ran.said)
    assert called == []


@pytest.mark.parametrize("vendor", ["youtestme", "constructor", "talentsoft"])
def test_a_port_that_is_taken_already(vendor: str, check: Callable[..., Ran]) -> None:
    with answering(void) as url:
        listen = url.removeprefix("http://")
        ran = check(vendor, url, capabilities={vendor: {"callback_listen": listen}})
    assert ran.code == 2, ran.said
    assert f"callback_listen {listen}: nobody can listen there: Address already in use." in re.sub(
        r"\s+", " ", ran.said
    )


def test_an_admin_api_that_is_none(check: Callable[..., Ran], sandbox: RemoteSandbox) -> None:
    with answering(lambda handler: send(handler, 200, b"{}", Content_Type="application/json")) as other:
        options = ("--allow-writes", "--only", "authorizations or attempts")
        capabilities = {"youtestme": {"admin_url": f"{other}/__admin/sandboxes/ci-7"}}
        ran = check("youtestme", sandbox.url("/youtestme"), *options, capabilities=capabilities)
    assert ran.outcomes.get("broken", 0) == 0
    assert f"What answers at {other} is no mockserver" in ran.said


def test_an_address_that_is_none(check: Callable[..., Ran]) -> None:
    ran = check("talentsoft", "partner.example")
    assert ran.code == 2
    assert "must begin with http:// or https://" in ran.said


def test_too_little_coverage(check: Callable[..., Ran], sandbox: RemoteSandbox) -> None:
    ran = check("talentsoft", sandbox.url("/talentsoft"), "--min-coverage", "90")
    assert ran.code == 3, ran.said


# As pytest, and the check lists themselves.


def test_as_pytest(sandbox: RemoteSandbox, tmp_path: Path) -> None:
    (tmp_path / "credentials.yaml").write_text(yaml.safe_dump(CREDENTIALS))
    done = _pytest(
        *("--server", f"talentsoft={sandbox.url('/talentsoft')}", "--server", f"youtestme={sandbox.url('/youtestme')}"),
        *("--credentials", str(tmp_path / "credentials.yaml"), "-k", "campaigns or access"),
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d\d passed, \d+ skipped", done.stdout)


def test_workers_of_xdist_have_sandboxes_of_their_own(sandbox: RemoteSandbox, tmp_path: Path) -> None:
    (tmp_path / "credentials.yaml").write_text(yaml.safe_dump(CREDENTIALS))
    (tmp_path / "capabilities.yaml").write_text(yaml.safe_dump({"smarterproctoring": {"admin_url": sandbox.admin_url}}))
    before = _state(sandbox, "smarterproctoring")
    done = _pytest(
        *("--server", f"smarterproctoring={sandbox.url('/smarterproctoring')}", "-n", "2", "--allow-writes"),
        *("--credentials", str(tmp_path / "credentials.yaml"), "--capabilities", str(tmp_path / "capabilities.yaml")),
    )
    assert done.returncode == 0, done.stdout
    assert _state(sandbox, "smarterproctoring") == before


@pytest.mark.parametrize("workers", ["0", "2"])
def test_credentials_that_are_missing_are_told_in_one_line(workers: str) -> None:
    done = _pytest("--server", f"youtestme={UNREACHABLE}", "-n", workers)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout
    assert done.stdout.count("The credentials of youtestme need api_key") == 1
    assert "INTERNALERROR" not in done.stdout


def test_without_a_server_nothing_is_run() -> None:
    done = _pytest()
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def _pytest(*options: str) -> "subprocess.CompletedProcess[str]":
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "pytest", "contract_tests/server", "-v", "-p", "no:randomly", *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=100, check=False)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_clause_that_a_check_names_is_one(vendor: str) -> None:
    contract = Contract(vendor, read_contract(f"mockserver.vendors.{vendor}"))
    folder = Path(minimal.__file__).parent.parent / "server" / vendor
    named = {
        clause
        for file in folder.glob("test_*.py")
        for clause in re.findall(rf'(?<!f)"({vendor}\.[\w.\-\[\]/]+)"', file.read_text())
    }
    assert named
    assert named <= contract.clauses.keys()


def void(_: object) -> None:
    """Do nothing with a value."""


# What the user may have mistyped.


def test_a_secret_that_is_wrong_is_held_against_no_partner(check: Callable[..., Ran], sandbox: RemoteSandbox) -> None:
    """Another customer's is right, and gets in."""
    wrong = {"talentsoft": {**CREDENTIALS["talentsoft"], "client_secret": "mistyped-0123456789abcdef"}}
    ran = check("talentsoft", sandbox.url("/talentsoft"), "--allow-writes", credentials=wrong)
    assert (ran.code, ran.findings()) == (3, []), ran.said
    assert "Too little was checked: the credentials are refused, every call with them was answered 401;" in ran.said
    assert set(ran.outcomes) == {"skipped"}


@pytest.mark.parametrize("vendor", ["youtestme", "smarterproctoring"])
def test_a_key_that_is_wrong_is_held_against_no_server(
    vendor: str, check: Callable[..., Ran], sandbox: RemoteSandbox
) -> None:
    name = {"youtestme": "api_key", "smarterproctoring": "token"}[vendor]
    wrong = {vendor: {**CREDENTIALS[vendor], name: "mistyped-0123456789abcdef"}}
    ran = check(vendor, sandbox.url(f"/{vendor}"), "--allow-writes", credentials=wrong)
    assert (ran.code, ran.findings()) == (3, []), ran.said
    assert "Too little was checked: the credentials are refused, every call with them was answered 40" in ran.said


def test_a_base_that_is_wrong_is_held_against_no_partner(check: Callable[..., Ran]) -> None:
    with answering(lambda handler: send(handler, 404, b"<h1>404</h1>", Content_Type="text/html")) as url:
        ran = check("talentsoft", f"{url}/wrong/base")
    assert (ran.code, ran.findings()) == (3, []), ran.said
    assert "every call was answered 404; was it called at the vendor's base URL?" in ran.said


def test_words_that_are_in_no_checks_name_are_told(check: Callable[..., Ran]) -> None:
    ran = check("talentsoft", UNREACHABLE, "--only", "zzz")
    assert ran.code == 3
    assert "Nothing was checked: no check has 'zzz' in its name.\n" in ran.said
    skipped = check("talentsoft", UNREACHABLE, "--only", "token_expires")
    assert "in its name" not in skipped.said


class Credulous(minimal.Partner):
    """Gives a token for any secret."""

    def token(self, form: dict[str, Any]) -> dict[str, Any]:
        return super().token({**form, "client_secret": minimal.CLIENT["client_secret"]})


def test_a_call_with_made_up_credentials_is_told_as_it_was_made(check: Callable[..., Ran]) -> None:
    handler = type("Handler", (minimal.Handler,), {})
    server = minimal.serve(0, handler)
    handler.partner = Credulous(f"http://127.0.0.1:{server.server_address[1]}")
    with running(server) as url:
        options = ("--only", "nobody_else_gets_a_token")
        ran = check("talentsoft", url, *options, credentials={"talentsoft": minimal.CLIENT})
    assert ran.code == 1, ran.said
    said = (
        "tokens.nobody_else_gets_a_token[secret]: Wrong credentials get no token; expected a status of 400 to 499; got"
    )
    assert said in ran.said
    assert f"client_id={minimal.CLIENT['client_id']}&client_secret=wrong'" in ran.said
