"""``mockserver check client`` with adapters: good clients are kept, broken ones are told what they break."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.covered import Covered
from tests.receiver import Receiver, Reply

pytestmark = pytest.mark.checks

ROOT = Path(__file__).parent.parent
BROKEN = "tests.adapters.broken"
SCHEDULE = "smarterproctoring.schedule_exam_session.request.body"
REFERENCES = {
    "youtestme": "contract_tests.clients.complete:YouTestMe",
    "constructor": "contract_tests.clients.complete:Constructor",
    "smarterproctoring": "contract_tests.clients.complete:SmarterProctoring",
    "talentsoft": "contract_tests.clients.complete:Talentsoft",
}


@dataclass(frozen=True)
class Ran:
    code: int
    said: str
    folder: Path

    def report(self, name: str = "report.json") -> Any:
        return json.loads((self.folder / name).read_text())

    def findings(self, severity: str = "fails") -> set[str]:
        return {each["clause"] for each in self.report()["findings"] if each["severity"] == severity}

    def failed(self) -> dict[str, list[str]]:
        """Return the checks that failed, by their names without parameters, with their clauses."""
        checks = self.report()["checks"]
        return {each["id"].rpartition("::")[2]: each["clauses"] for each in checks if each["outcome"] == "failed"}


@pytest.fixture
def check(tmp_path: Path) -> Any:
    def run(vendor: str, *options: str, **environment: str) -> Ran:
        command = [sys.executable, "-m", "mockserver", "check", "client", vendor, "--report", str(tmp_path), *options]
        told = {**os.environ, **environment}
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=ROOT, env=told)
        return Ran(done.returncode, done.stdout + done.stderr, tmp_path)

    return run


@pytest.mark.parametrize("vendor", REFERENCES)
def test_the_reference_clients_are_kept_at_every_level(vendor: str, check: Any) -> None:
    ran = check(vendor, "--adapter", REFERENCES[vendor], "--level", "inferred")
    assert (ran.code, ran.findings()) == (0, set()), ran.said
    assert "skipped" not in ran.said
    covered = Covered.of(ran.report("coverage.json"), "client", vendor)
    assert covered.percentage >= 90
    assert (covered.unlisted, covered.needless) == ([], [])


@pytest.mark.parametrize(
    ("vendor", "defect", "name", "clause", "level"),
    [
        (
            "smarterproctoring",
            "MissingField",
            "test_provisioning",
            "smarterproctoring.provision.request.body.exam.configuration.password.required",
            "documented",
        ),
        (
            "smarterproctoring",
            "StoredLink",
            "test_the_onboarding_url_is_asked_for_anew",
            "smarterproctoring.get_onboarding_url.request.single-use.url",
            "documented",
        ),
        (
            "youtestme",
            "CreatedTwice",
            "test_a_lost_answer_to_create_makes_no_second_account",
            "youtestme.lookup-before-create",
            "documented",
        ),
        (
            "talentsoft",
            "UserTokenPull",
            "test_the_status_is_pulled_as_the_application",
            "talentsoft.pull-as-application",
            "documented",
        ),
        (
            "constructor",
            "ForgedTaken",
            "test_a_forged_review_is_refused",
            "constructor.callback-jwt",
            "public",
        ),
        ("talentsoft", "Impatient", "test_honours_retry_after[429]", "caller.retry-after", "public"),
        ("youtestme", "RepeatedRefusal", "test_a_refusal_is_not_repeated[400]", "caller.refusal-is-final", "inferred"),
    ],
)
def test_a_defect_is_found_and_its_clause_named(
    vendor: str, defect: str, name: str, clause: str, level: str, check: Any
) -> None:
    ran = check(vendor, "--adapter", f"{BROKEN}:{defect}", "--level", level)
    assert ran.code == 1, ran.said
    assert name in ran.failed()
    assert clause in ran.findings()
    assert clause in ran.said


@pytest.mark.parametrize(
    ("vendor", "defect", "clause"),
    [
        ("youtestme", "LateExpiry", "create_authorization.request.body.expirationDatetime"),
        ("youtestme", "PlainLink", "create_sso_link.request.body.refererUrl"),
        ("youtestme", "SwappedNames", "create_user.request.body.firstName"),
        ("youtestme", "OneRole", "create_user.request.body.roleCode"),
        ("smarterproctoring", "LateAppointment", "schedule_exam_session.request.body.appointmentDateTime"),
        ("smarterproctoring", "NoTimeZone", "provision.request.body.user.timeZone"),
        # What is lost besides, and is less certain, takes no weight from it.
        ("constructor", "FewRules", "put_exam.request.body.rules.allow_to_use_paper"),
    ],
)
def test_what_arrives_otherwise_than_it_was_given_is_found(vendor: str, defect: str, clause: str, check: Any) -> None:
    ran = check(vendor, "--adapter", f"{BROKEN}:{defect}")
    assert ran.code == 1, ran.said
    assert f"{vendor}.{clause}" in ran.findings(), ran.said


@pytest.mark.parametrize(
    ("vendor", "adapter", "shown"),
    [
        ("smarterproctoring", "OnePage", {"smarterproctoring.list_enrollment_exam_sessions.response.200.body.next"}),
        ("smarterproctoring", "ActiveSessions", set()),
        (
            "smarterproctoring",
            "RedirectingSmarterProctoring",
            {"smarterproctoring.session_status_change.response.2XX", "caller.webhook-once"},
        ),
        (
            "youtestme",
            "RedirectingYouTestMe",
            {"youtestme.attempt_finished.response.2XX", "caller.webhook-once", "caller.webhook-late"},
        ),
        (
            "constructor",
            "RedirectingConstructor",
            {
                "constructor.session_reviewed.response.2XX",
                "constructor.session_scheduled.response.2XX",
                "constructor.warning_raised.response.2XX",
                "constructor.agreement_accepted.response.2XX",
                "caller.webhook-once",
            },
        ),
        ("youtestme", "OneSignature", {"youtestme.attempt_finished.response.2XX"}),
        (
            "youtestme",
            "OtherSignature",
            {
                "youtestme.attempt_finished.response.2XX",
                "caller.webhook-once",
                "caller.webhook-late",
                "caller.webhook-verified",
                "caller.unknown-fields",
            },
        ),
        ("youtestme", "PlusForSpace", {"youtestme.path-encoding"}),
        ("smarterproctoring", "LooksFirst", set()),
        ("smarterproctoring", "OtherIdentifier", set()),
        ("smarterproctoring", "Unlimited", set()),
        ("smarterproctoring", "OffsetAppointments", {f"{SCHEDULE}.appointmentDateTime.pattern"}),
        ("constructor", "NumbersAsText", set()),
    ],
)
def test_what_no_document_says_fails_no_client(vendor: str, adapter: str, shown: set[str], check: Any) -> None:
    ran = check(vendor, "--adapter", f"tests.adapters.modest:{adapter}")
    assert (ran.code, ran.findings()) == (0, set()), ran.said
    assert ran.findings("warns") | ran.findings("shown") == shown


@pytest.mark.parametrize("defect", ["no-uuid", "no-address", "number-for-campaign", "one-invitation"])
def test_what_nobody_was_invited_to_is_held_against_the_invitation(defect: str, check: Any) -> None:
    """Checks of what comes after an invitation fail by the invitation's clause, and not by a failure of their own."""
    ran = check("talentsoft", "--adapter", f"contract_tests.twins.adapters:talentsoft.client.{defect}")
    assert ran.code == 1, ran.said
    failed = ran.failed()
    for later in ("test_the_status_is_pulled", "test_one_bad_candidate"):
        assert failed[later][0].startswith("talentsoft.invite_applicants"), failed[later]
    assert "talentsoft.callback-is-a-hint" not in ran.findings()


@pytest.mark.parametrize(
    ("vendor", "idle", "outcomes"),
    [
        ("talentsoft", "Talentsoft", {"failed"}),
        ("talentsoft", "EmptyTalentsoft", {"failed"}),
        ("smarterproctoring", "SmarterProctoring", {"failed"}),
        ("smarterproctoring", "EmptySmarterProctoring", {"failed"}),
        ("youtestme", "YouTestMe", {"failed"}),
        ("youtestme", "EmptyYouTestMe", {"failed"}),
        ("constructor", "Constructor", {"failed"}),
        ("constructor", "EmptyConstructor", {"failed"}),
    ],
)
def test_a_client_that_does_nothing_is_no_failure_of_the_checks(
    vendor: str, idle: str, outcomes: set[str], check: Any
) -> None:
    ran = check(vendor, "--adapter", f"tests.adapters.idle:{idle}")
    assert ran.code == 1, ran.said
    assert {each["outcome"] for each in ran.report()["checks"]} == outcomes


@pytest.mark.parametrize(("vendor", "silent"), [("youtestme", "SilentYouTestMe"), ("constructor", "SilentConstructor")])
def test_a_client_that_says_nothing_of_its_work_is_no_failure_of_the_checks(
    vendor: str, silent: str, check: Any
) -> None:
    ran = check(vendor, "--adapter", f"tests.adapters.idle:{silent}", "--level", "inferred")
    assert ran.code == 1, ran.said
    assert {each["outcome"] for each in ran.report()["checks"]} == {"passed", "failed"}


def test_what_a_client_that_does_nothing_lacks_is_the_first_call(check: Any) -> None:
    ran = check("smarterproctoring", "--adapter", "tests.adapters.idle:SmarterProctoring", "--level", "inferred")
    assert ran.findings() == {"smarterproctoring.provision"}


def test_a_verb_that_returns_something_else_is_named(check: Any) -> None:
    ran = check("smarterproctoring", "--adapter", "tests.adapters.idle:SilentSmarterProctoring", "--level", "inferred")
    assert ran.code == 1, ran.said
    assert {each["outcome"] for each in ran.report()["checks"]} == {"passed", "failed"}
    for verb in ("book", "reschedule", "schedule", "session"):
        assert f"The adapter's {verb} returns an object" in ran.said
    for verb in ("onboarding_url", "status", "wait_for_status"):
        assert f"The adapter's {verb} returns a text.; got None" in ran.said
    for verb in ("events", "taken"):
        assert f"The adapter's {verb} returns a list of objects" in ran.said


@pytest.mark.parametrize(("adapter", "outcome"), [("Strict", "skipped"), ("Confused", "failed")])
def test_only_a_verb_that_takes_no_such_argument_is_excused(adapter: str, outcome: str, check: Any) -> None:
    ran = check("youtestme", "--adapter", f"{BROKEN}:{adapter}")
    outcomes = {each["id"].rpartition("::")[2]: each["outcome"] for each in ran.report()["checks"]}
    assert outcomes["test_an_account_with_all_its_fields"] == outcome, ran.said


@pytest.mark.parametrize(("defect", "weight"), [("RepeatedRefusal", "shown"), ("CreatedTwice", "fails")])
def test_only_what_is_documented_fails_a_client(defect: str, weight: str, check: Any) -> None:
    ran = check("youtestme", "--adapter", f"{BROKEN}:{defect}")
    told = {"RepeatedRefusal": "caller.refusal-is-final", "CreatedTwice": "youtestme.lookup-before-create"}[defect]
    assert (ran.code, told in ran.findings(weight)) == (int(weight == "fails"), True), ran.said


def test_a_waived_finding_fails_nobody(check: Any, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.yaml"
    clauses = ["youtestme.lookup-before-create"]
    waivers.write_text("".join(f"- clause: {each}\n  reason: Until the next release.\n" for each in clauses))
    ran = check("youtestme", "--adapter", f"{BROKEN}:CreatedTwice", "--waivers", str(waivers))
    assert (ran.code, ran.findings("waived")) == (0, set(clauses)), ran.said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--adapter", "no.such.module:X"], r"no\.such\.module cannot be imported: ModuleNotFoundError"),
        (["--adapter", "contract_tests.mine:X"], r"contract_tests is the name of mockserver's own package"),
        (
            ["--adapter", "tests.adapters.broken:Nothing"],
            r"tests\.adapters\.broken has no class Nothing; it has .*NoEnd",
        ),
        (["--adapter", "tests.adapters.broken"], r"names no class\. Write it as package\.module:Class"),
        (
            ["--adapter", "tests.adapters.broken:NoVerbs"],
            r"NoVerbs lacks the verbs find_user, ensure_user, change_user",
        ),
        (["--adapter", ""], r"--adapter is empty\. Write it as package\.module:Class\."),
        (["--adapter-command", ""], r"The command is empty\."),
        (
            ["--adapter-command", "tests/adapters/youtestme.js"],
            r"'tests/adapters/youtestme\.js' is not executable: .*chmod",
        ),
        (["--adapter-command", "no-such-program --now"], r"There is no program 'no-such-program'"),
        (["--adapter-command", "node 'x"], r"The command cannot be read: No closing quotation\."),
        ([], r"--adapter"),
        (["--adapter", "x:Y", "--adapter-command", "z"], r"--adapter"),
    ],
)
def test_what_is_no_adapter_is_wrong_usage(options: list[str], says: str, check: Any) -> None:
    ran = check("youtestme", *options)
    assert (ran.code, "Traceback" in ran.said) == (2, False), ran.said
    assert re.search(says, ran.said), ran.said


def test_a_verb_that_never_comes_back_ends_the_checks(check: Any) -> None:
    ran = check("youtestme", "--adapter", f"{BROKEN}:NoEnd", "--timeout", "1")
    assert ran.code == 4, ran.said
    assert "The adapter's authorize did not return within 1 s." in ran.said
    assert ran.report()["checks"][0]["outcome"] == "passed"


def test_checks_that_pytest_itself_ends_are_no_verdict(check: Any, tmp_path: Path) -> None:
    # Python runs a module of this name in every process.
    (tmp_path / "sitecustomize.py").write_text(
        "from _pytest.terminal import TerminalReporter\n"
        "def fail(self, nodeid): raise RuntimeError('No space.')\n"
        "TerminalReporter.pytest_runtest_logfinish = fail\n"
    )
    ran = check("youtestme", "--adapter", REFERENCES["youtestme"], PYTHONPATH=str(tmp_path))
    assert ran.code == 4, ran.said
    assert "No space." in ran.said


def test_plugins_that_the_environment_names_are_left_out(check: Any, tmp_path: Path) -> None:
    (tmp_path / "breaking.py").write_text("def pytest_runtest_logfinish(nodeid): raise RuntimeError('No space.')\n")
    ran = check("youtestme", "--adapter", REFERENCES["youtestme"], PYTEST_PLUGINS="breaking", PYTHONPATH=str(tmp_path))
    assert ran.code == 0, ran.said


def test_a_delivery_is_not_shown_by_a_call_before_it(check: Any) -> None:
    ran = check("constructor", "--adapter", f"{BROKEN}:ForgedTaken", "--level", "public")
    findings = {each["clause"]: each for each in ran.report()["findings"] if each["place"].startswith("check ")}
    forged = findings["constructor.callback-jwt"]
    assert (forged["exchanges"], forged["curl"]) == ([], None)


@pytest.mark.parametrize(
    ("defect", "raised"),
    [
        ("OddError", "SystemExit: 3"),
        ("Interrupting", "KeyboardInterrupt: (without a message)"),
        ("Speechless", "Speechless: (without a message that can be read)"),
    ],
)
def test_an_odd_error_is_told_and_what_was_checked_is_reported(defect: str, raised: str, check: Any) -> None:
    ran = check("youtestme", "--adapter", f"{BROKEN}:{defect}")
    assert ran.code == 1, ran.said
    assert f"The adapter's authorize raised {raised}" in ran.said
    assert ran.report()["checks"][0]["outcome"] == "passed"


def test_what_a_verb_raises_is_told_in_one_line_where_no_call_is_made(check: Any) -> None:
    ran = check("youtestme", "--adapter", f"{BROKEN}:ManyLines")
    assert ran.code == 1, ran.said
    raised = "The adapter's ensure_user raised RuntimeError: No account. Ask again tomorrow."
    got = {each["got"] for each in ran.report()["findings"] if each["clause"] == "youtestme.create_user"}
    assert any(each.endswith(raised) for each in got), got
    assert f"got none; {raised}" in ran.said


@pytest.mark.parametrize(
    ("defect", "raised"), [("NotMade", "ConnectionError: there is no configuration"), ("Quitter", "SystemExit: 7")]
)
def test_an_adapter_that_cannot_be_made_is_told(defect: str, raised: str, check: Any) -> None:
    ran = check("youtestme", "--adapter", f"{BROKEN}:{defect}")
    assert ran.code == 1, ran.said
    assert f"The adapter's constructor raised {raised}" in ran.said


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        ("raise RuntimeError('boom')", 2, "cannot be imported: RuntimeError: boom."),
        ("raise SystemExit(5)", 2, "ends the program when it is imported: SystemExit 5."),
        ("raise KeyboardInterrupt", 2, "ends the program when it is imported: KeyboardInterrupt."),
        ("this is no Python", 2, "cannot be imported: SyntaxError: invalid syntax"),
        ("import os; os._exit(3)", 4, "ended with code 3"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told(
    written: str, code: int, says: str, check: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unimportable.py").write_text(written)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    ran = check("youtestme", "--adapter", "unimportable:Adapter")
    assert ran.code == code, ran.said
    assert says in ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("first_line", "says"), [("#!/no/such/interpreter", "No such file or directory"), ("", "Exec format error")]
)
def test_a_program_that_cannot_be_run_is_wrong_usage(first_line: str, says: str, check: Any, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"{first_line}\n")
    program.chmod(0o755)
    ran = check("youtestme", "--adapter-command", str(program))
    assert ran.code == 2, ran.said
    assert re.search(f"'{program}' cannot be run: .*{says}", ran.said)


def test_what_an_adapter_leaves_running_is_ended(check: Any, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f'sleep 600 & echo $! > "{pid}"; read line; exit 3'
    ran = check("youtestme", "--adapter-command", shlex.join(["sh", "-c", script]))
    assert ran.code == 4, ran.said
    with suppress(psutil.NoSuchProcess):
        assert psutil.Process(int(pid.read_text())).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_checks_that_are_interrupted_are_reported_as_far_as_they_came(
    ending: signal.Signals, tmp_path: Path, receiver: Receiver
) -> None:
    """The adapter tells when it is under way, and waits."""
    release = threading.Event()
    receiver.answers.append(Reply(hold=release))
    script = f"curl -s -m 60 {receiver.url}"
    command = [sys.executable, "-m", "mockserver", "check", "client", "youtestme", "--report", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--adapter-command", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        receiver.wait()
        process.send_signal(ending)
        said, errors = process.communicate(timeout=30)
        release.set()
    assert (process.returncode, errors) == (3, "")
    assert "Nothing was checked: the checks were interrupted." in said
    assert (tmp_path / "report.html").exists()


def test_too_little_coverage_is_its_own_code(check: Any) -> None:
    ran = check("constructor", "--adapter", REFERENCES["constructor"], "--min-coverage", "100")
    assert ran.code == 3, ran.said


def test_a_client_in_another_language_is_kept(check: Any) -> None:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed.")
    ran = check("youtestme", "--adapter-command", "node tests/adapters/youtestme.js", "--level", "inferred")
    assert (ran.code, ran.findings()) == (0, set()), ran.said


def test_a_client_behind_lines_is_kept(check: Any) -> None:
    ran = check("youtestme", "--adapter-command", f"{sys.executable} -m tests.adapters.speaking_lines")
    assert (ran.code, ran.findings()) == (0, set()), ran.said
    outcomes = {each["id"].rpartition("::")[2]: each["outcome"] for each in ran.report()["checks"]}
    # It is looked up by an argument that the protocol does not have.
    assert outcomes["test_an_account_by_the_vendors_own_id"] == "passed"


@pytest.mark.parametrize(
    ("defect", "says"),
    [
        ("garbage", "with a line that is no JSON: 'Here I am!'. Standard output is for answers alone; write logs to"),
        (
            "log",
            'with a line that is no object with either result or error: \'{"level": "info"}\'. Standard output is for',
        ),
        ("crash", "The adapter's process ended with code 1 instead of answering authorize."),
        ("exit", "The adapter's process ended with code 0 instead of answering authorize."),
        ("hang", "The adapter's authorize did not return within 2 s."),
        ("flood", "The adapter answered authorize with a line of more than 10 MB: 'xxx"),
    ],
)
def test_a_broken_adapter_is_blamed_itself(defect: str, says: str, check: Any) -> None:
    command = f"{sys.executable} -m tests.adapters.speaking_lines {defect}"
    ran = check("youtestme", "--adapter-command", command, "--timeout", "2")
    assert ran.code == 4, ran.said
    assert says in ran.said
    assert ran.report()["checks"][0]["outcome"] == "passed"


@pytest.mark.parametrize("idle", ["AlwaysNone", "AlwaysEmpty", "AlwaysRaising"])
@pytest.mark.parametrize("vendor", REFERENCES)
def test_a_client_that_never_calls_passes_no_check(vendor: str, idle: str, check: Any) -> None:
    ran = check(vendor, "--adapter", f"tests.adapters.idle:{idle}", "--level", "inferred")
    assert ran.code == 1, ran.said
    assert ran.report()["counts"]["exchanges"] == 0
    # What is skipped is what a client may well refuse by itself, as one that raises does.
    assert {each["outcome"] for each in ran.report()["checks"]} <= {"failed", "skipped"}, ran.said


def test_how_a_callback_is_answered_is_a_matter_of_its_own(check: Any) -> None:
    """What no document says, the status of an answer to a callback, fails no check of what one says."""
    adapter = "contract_tests.twins.adapters:talentsoft.client.redirects-callbacks"
    ran = check("talentsoft", "--adapter", adapter)
    assert (ran.code, list(ran.failed())) == (0, ["test_a_callback_is_answered_with_2xx"]), ran.said
    assert ran.findings("shown") == {"talentsoft.assessment_updated.response.2XX"}
