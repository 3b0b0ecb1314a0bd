"""The checks of clients as pytest itself runs them: what fails there, and that nothing checked is no success."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server import free_port

pytestmark = pytest.mark.checks

ROOT = Path(__file__).parent.parent
REFERENCE = "contract_tests.clients.complete"
BROKEN = "tests.adapters.broken"


def run(folder: str, *options: str, cwd: Path = ROOT) -> Any:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", folder, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=cwd)


def test_a_check_that_fails_names_its_clause() -> None:
    told = ["--client", f"youtestme={BROKEN}:CreatedTwice", "-k", "lost_answer or subscription"]
    done = run("contract_tests/client/youtestme", *told)
    assert done.returncode == 1
    assert "test_a_lost_answer_to_create_makes_no_second_account" in done.stdout
    assert "clause    youtestme.lookup-before-create" in done.stdout
    assert "1 failed" in done.stdout


def test_the_order_of_calls_is_judged() -> None:
    blind = f"youtestme={BROKEN}:NeverLookedUp"
    done = run("contract_tests/client", "--client", blind, "-k", "test_an_account_by_username")
    assert done.returncode == 1, done.stdout
    assert "youtestme.create_user.request.after.look-up" in done.stdout


def test_an_order_that_the_check_itself_has_made_is_not_judged() -> None:
    clients = ["--client", f"constructor={REFERENCE}:Constructor", "--client", f"talentsoft={REFERENCE}:Talentsoft"]
    done = run("contract_tests/client", *clients, "-k", "test_a_status or test_a_refusal_is_not_repeated")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("folder", "options"),
    [
        ("contract_tests/client", []),
        ("contract_tests/server", []),
        ("contract_tests/client", ["--client", f"youtestme={BROKEN}:Unable"]),
        ("contract_tests/client", ["--client", f"youtestme={REFERENCE}:YouTestMe", "-k", "no_such_check"]),
    ],
)
def test_nothing_checked_is_no_success(folder: str, options: list[str]) -> None:
    done = run(folder, *options)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout
    assert "Nothing was checked." in done.stdout


def test_a_server_that_does_not_answer_is_not_checked(tmp_path: Path) -> None:
    key = tmp_path / "key.yaml"
    key.write_text("youtestme: {api_key: fake}\n")
    server = f"youtestme=http://127.0.0.1:{free_port()}"
    done = run("contract_tests/server", "--server", server, "--credentials", str(key), "-k", "test_access")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout
    assert "Nothing was checked." in done.stdout


def test_only_the_checks_of_clients_that_are_named_are_made() -> None:
    done = run("contract_tests", "--client", f"youtestme={REFERENCE}:YouTestMe", "--collect-only", "-q")
    assert done.returncode == 0, done.stdout
    files = [each for each in done.stdout.splitlines() if each.startswith("contract_tests/")]
    assert {each.split("/")[2] for each in files} == {"youtestme"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--client", "nope=my.module:Client"], "should be VENDOR=..., a vendor being one of"),
        (["--client", "youtestme"], "should be VENDOR=..., a vendor being one of"),
        (["--client", "youtestme=no.module:Client"], "no.module cannot be imported"),
        (
            ["--client", f"youtestme={REFERENCE}:YouTestMe", "--client", f"youtestme={BROKEN}:CreatedTwice"],
            "Two clients of youtestme are named; a run checks one of each vendor.",
        ),
        (
            ["--client", f"youtestme={REFERENCE}:YouTestMe", "--client-command", "youtestme=cat"],
            "Two clients of youtestme are named; a run checks one of each vendor.",
        ),
    ],
)
@pytest.mark.parametrize("folder", ["contract_tests", "contract_tests/client"])
def test_what_names_no_client_is_wrong_usage(folder: str, options: list[str], says: str) -> None:
    done = run(f"{ROOT.name}/{folder}", *options, cwd=ROOT.parent)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
