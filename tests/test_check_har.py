"""``mockserver check har`` as a user runs it, on archives of real traffic."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from contract_tests.players import player_of
from contract_tests.players.world import World
from mockserver.cli import main
from tests.server import RemoteSandbox

Data = dict[str, Any]
KEY = {"X-API-Key": "fake-youtestme-key"}
TOM = {"username": "tom", "roleCode": "STU", "firstName": "Tom", "lastName": "Palmer", "email": "tom@people.example"}
VENDORS = ["constructor", "smarterproctoring", "talentsoft", "youtestme"]


def run(*arguments: str | Path) -> Result:
    """Run the command in this process; ``test_it_is_a_program`` runs it as one."""
    return CliRunner().invoke(main, ["check", "har", *map(str, arguments)])


@pytest.fixture
def world(origin: str) -> Iterator[World]:
    made = World(origin, f"t{uuid4().hex}")
    yield made
    made.admin("DELETE", "")
    made.session.close()


def archive_of(sandbox: RemoteSandbox, folder: Path, secrets: str = "shown") -> Path:
    file = folder / "journal.har"
    file.write_text(json.dumps(sandbox.admin("GET", f"/journal/export?format=har&secrets={secrets}")), encoding="utf-8")
    return file


def entry(url: str, method: str = "GET", status: int = 404, **more: Any) -> Data:
    headers = [{"name": "X-API-Key", "value": "k"}, {"name": ":authority", "value": "a"}]
    return {
        "request": {"method": method, "url": url, "headers": headers},
        "response": {"status": status, "headers": [], "content": {"size": 0}},
        **more,
    }


def written(folder: Path, *entries: Any, **log: Any) -> Path:
    file = folder / "made.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries, **log}}), encoding="utf-8")
    return file


def report_of(folder: Path) -> Data:
    report: Data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


@pytest.mark.parametrize("scenario", ["happy-path", "down-for-a-minute"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_the_reference_clients_and_the_mock_keep_to_the_contract(
    world: World, tmp_path: Path, vendor: str, scenario: str
) -> None:
    """Answers that a fault spoiled are nobody's fault, and pages, other vendors and webhooks are told apart."""
    world.play(f"{vendor}/{scenario}")
    player_of(f"{vendor}/{scenario}")(world)
    world.until_idle()
    file = tmp_path / "played.har"
    exported = world.admin("GET", "/journal/export?format=har&secrets=shown&limit=1000")
    file.write_text(json.dumps(exported), encoding="utf-8")
    done = run(file, "--vendor", vendor, "--report", tmp_path / "report", "--min-coverage", "5")
    assert done.exit_code == 0, done.stdout + done.stderr
    report = report_of(tmp_path / "report")
    assert report["findings"] == []
    assert report["counts"]["exchanges"] >= 8


def test_findings_tell_whose_doing_they_are(sandbox: RemoteSandbox, tmp_path: Path) -> None:
    sandbox.post("/youtestme/users/", headers=KEY, json={**TOM, "roleCode": 5, "nick": "T"})
    sandbox.get("/youtestme/users/1", headers=KEY)
    archive = json.loads(archive_of(sandbox, tmp_path).read_text(encoding="utf-8"))
    archive["log"]["entries"][1]["response"].update(status=301)
    file = written(tmp_path, *archive["log"]["entries"])
    done = run(file, "--vendor", "youtestme", "--level", "inferred", "--report", tmp_path / "out")
    assert done.exit_code == 1
    assert "1 of the client, 1 of the server" in done.stdout
    assert "request.body/roleCode: expected type: string; got 5" in done.stdout
    assert "answer.status: expected one of 200, 401, 403, 404; got 301" in done.stdout
    assert f"The base URL was taken to be {sandbox.url('/youtestme')};" in done.stdout
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "badge.svg",
        "coverage.json",
        "har.json",
        "junit.xml",
        "report.html",
        "report.json",
    ]
    assert not any(KEY["X-API-Key"] in each.read_text(encoding="utf-8") for each in (tmp_path / "out").iterdir())


def test_what_was_exported_with_masked_secrets_is_judged_and_said_so(sandbox: RemoteSandbox, tmp_path: Path) -> None:
    sandbox.get("/youtestme/users/1", headers=KEY)
    done = run(archive_of(sandbox, tmp_path, secrets="masked"), "--vendor", "youtestme")
    assert done.exit_code == 0
    assert "Secrets are masked in this archive" in done.stdout


def test_a_level_and_waivers_move_the_line(sandbox: RemoteSandbox, tmp_path: Path) -> None:
    sandbox.post("/youtestme/users/", headers=KEY, json={**TOM, "roleCode": 5})
    file, waivers = archive_of(sandbox, tmp_path), tmp_path / "waivers.yaml"
    assert run(file, "--vendor", "youtestme").exit_code == 1
    assert run(file, "--vendor", "youtestme", "--level", "documented").exit_code == 0
    waivers.write_text("- clause: youtestme.create_user.*\n  reason: Numbers until May.\n", encoding="utf-8")
    waived = run(file, "--vendor", "youtestme", "--waivers", waivers)
    assert (waived.exit_code, "waived: Numbers until May." in waived.stdout) == (0, True)
    waivers.write_text("- clause: youtestme.create_webhook.*\n  reason: Old.\n", encoding="utf-8")
    stale = run(file, "--vendor", "youtestme", "--level", "documented", "--waivers", waivers)
    assert (stale.exit_code, f"{waivers}:1: expected a finding about" in stale.stdout) == (1, True)
    waivers.write_text("- clause: a\n- reason: b\n  why: c\n", encoding="utf-8")
    wrong = run(file, "--vendor", "youtestme", "--waivers", waivers)
    assert wrong.exit_code == 2
    for problem in (":1: The reason is missing.", ":2: The clause is missing.", ":3: 'why' is not known"):
        assert problem in wrong.stderr


def test_too_little_coverage_is_an_exit_code_of_its_own(sandbox: RemoteSandbox, tmp_path: Path) -> None:
    sandbox.get("/youtestme/users/1", headers=KEY)
    done = run(archive_of(sandbox, tmp_path), "--vendor", "youtestme", "--min-coverage", "90")
    assert done.exit_code == 3
    assert done.stdout.startswith("TOO LITTLE CHECKED")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no JSON"),
        (b"<html></html>", "is no JSON"),
        (b"\x1f\x8b\x08\x00", "is no JSON"),
        (b"[]", "This is no HTTP archive"),
        (b"{}", "This is no HTTP archive"),
        (b'{"log": {"entries": {}}}', "This is no HTTP archive"),
        (b"[" * 100_000, "This is no HTTP archive"),
    ],
)
def test_a_file_that_is_no_archive_is_wrong_usage(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(content)
    done = run(file, "--vendor", "youtestme")
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--vendor", "nobody"], "is not one of"),
        ([], "Missing option '--vendor'"),
        (["--vendor", "youtestme", "--base-url", "vendor.example"], "--base-url vendor.example must be an address"),
        (["--vendor", "youtestme", "--webhook-url", "client.example"], "--webhook-url client.example must be"),
        (["--vendor", "youtestme", "--level", "sure"], "is not one of"),
        (["--vendor", "youtestme", "--min-coverage", "101"], "is not in the range"),
        (["--vendor", "youtestme", "--report", "/dev/null/x"], "cannot be made"),
        (["--vendor", "youtestme", "--waivers", "/nowhere.yaml"], "does not exist"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run(written(tmp_path), *arguments)
    assert (done.exit_code, says in done.stderr) == (2, True)


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path / "none.har", "--vendor", "youtestme").exit_code == 2
    assert run(tmp_path, "--vendor", "youtestme").exit_code == 2


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([], "The archive has no entries that can be read."),
        ([{"request": 5}], "Entry 1 cannot be read and was left out"),
        ([entry("https://other.example/a/b")], "None of its 1 entries is a call of youtestme"),
    ],
)
def test_an_archive_with_nothing_to_check_is_said_to_be_one(tmp_path: Path, entries: list[Any], says: str) -> None:
    done = run(written(tmp_path, *entries), "--vendor", "youtestme")
    assert done.exit_code == 3
    assert done.stdout.startswith("NOTHING CHECKED")
    assert says in done.stdout


def test_broken_entries_do_not_spoil_the_others(tmp_path: Path) -> None:
    binary = entry("https://v.example/users/", "POST", 415)
    binary["request"]["postData"] = {"mimeType": "", "text": "!", "_encoding": "base64"}
    entries = [
        None,
        {"request": {"method": "GET"}},
        entry("data:text/plain,x"),
        binary,
        entry("https://v.example/users/1"),
    ]
    done = run(written(tmp_path, *entries), "--vendor", "youtestme", "--report", tmp_path)
    for number in (1, 2, 3, 4):
        assert f"Entry {number} cannot be read and was left out: " in done.stdout
    assert report_of(tmp_path)["counts"]["exchanges"] == 1
    assert "Judged: 1 exchange" in done.stdout


def test_many_broken_entries_are_counted(tmp_path: Path) -> None:
    done = run(written(tmp_path, *[5] * 30), "--vendor", "youtestme")
    assert "20 more entries cannot be read and were left out." in done.stdout


@pytest.mark.parametrize("base", [[], ["--base-url", "https://v.example/api/"]])
def test_the_base_is_found_by_the_longest_documented_path(tmp_path: Path, base: list[str]) -> None:
    urls = ["api/users/externalId=a%2Fb?x=1", "api/authorizations/7", "api/users/5/", "other/users/5"]
    file = written(tmp_path, *(entry(f"https://v.example/{each}") for each in urls))
    done = run(file, "--vendor", "youtestme", "--report", tmp_path, *base)
    assert "1 of 4 entries are of other hosts, paths or pages." in done.stdout
    assert report_of(tmp_path)["counts"]["exchanges"] == 3
    assert ("taken to be https://v.example/api;" in done.stdout) is not base


def test_a_base_to_which_nothing_went_is_told(tmp_path: Path) -> None:
    archive = written(tmp_path, entry("https://v.example/users/externalId=x"))
    wrong = ["--base-url", "https://other.example"]
    result = run(archive, "--vendor", "youtestme", *wrong)
    assert result.exit_code == 3
    assert "Nothing was checked: nothing went to https://other.example.\n" in result.output
    both = run(archive, "--vendor", "youtestme", *wrong, "--base-url", "https://v.example")
    assert "\nNothing went to https://other.example.\n" in both.output
    assert "checked: nothing went" not in both.output


def test_pages_and_what_they_load_are_not_calls_of_the_api(tmp_path: Path) -> None:
    page = entry("https://v.example/myTests.xhtml", status=200)
    page["response"]["headers"] = [{"name": "Content-Type", "value": "text/html"}]
    typo = entry("https://v.example/usrs/5")
    done = run(written(tmp_path, page, typo, entry("https://v.example/users/5")), "--vendor", "youtestme")
    assert done.exit_code == 1
    assert "expected a path that is documented; got GET /usrs/5" in done.stdout
    assert "1 of 3 entries are of other hosts, paths or pages." in done.stdout


def test_bodies_come_as_text_as_base64_and_as_parameters(tmp_path: Path) -> None:
    token = {"access_token": "t", "token_type": 5, "expires_in": 60}
    made = entry("https://p.example/api/v1/token", "POST", 200)
    made["request"]["headers"] = [{"name": "content-type", "value": "application/x-www-form-urlencoded"}]
    made["request"]["postData"] = {"mimeType": "", "params": [{"name": "grant_type", "value": "client credentials"}]}
    made["response"]["headers"] = [{"name": "content-type", "value": "application/json"}]
    text = base64.b64encode(json.dumps(token).encode()).decode()
    made["response"]["content"] = {"size": 9, "text": text, "encoding": "base64"}
    done = run(written(tmp_path, made), "--vendor", "talentsoft", "--report", tmp_path)
    got = {each["place"]: each["got"] for each in report_of(tmp_path)["findings"]}
    assert got["request.body/grant_type"] == '"client credentials"'
    assert got["answer.body/token_type"] == "5"
    assert done.exit_code == 1


def test_an_answer_whose_body_was_not_recorded_is_not_judged(tmp_path: Path) -> None:
    made = entry("https://v.example/users/5", status=200)
    made["response"]["content"] = {"size": 512, "mimeType": "application/json"}
    done = run(written(tmp_path, made), "--vendor", "youtestme", "--report", tmp_path)
    assert done.exit_code == 0
    assert "its body was not recorded" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_browser_that_left_credentials_out_is_not_held_against_the_client(tmp_path: Path) -> None:
    made = entry("https://v.example/users/5", response=None)
    made["request"]["headers"] = []
    plain = run(written(tmp_path, made), "--vendor", "youtestme", "--level", "inferred")
    stripped = run(
        written(tmp_path, made, creator={"name": "WebInspector"}), "--vendor", "youtestme", "--level", "inferred"
    )
    assert (plain.exit_code, stripped.exit_code) == (1, 0)
    assert "The browser left credentials out" in stripped.stdout


def test_an_archive_of_a_hundred_megabytes_is_read(tmp_path: Path) -> None:
    """Most of it is of other hosts, as in a browser's."""
    page = entry("https://cdn.example/x", comment="x" * 1_000_000)
    done = run(written(tmp_path, *[page] * 100, entry("https://v.example/users/5")), "--vendor", "youtestme")
    assert "Judged: 1 exchange" in done.stdout
    assert "100 of 101 entries are of other hosts" in done.stdout


def test_an_archive_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.har"
    with file.open("wb") as sparse:
        sparse.truncate(513 * 1024 * 1024)
    done = run(file, "--vendor", "youtestme")
    assert (done.exit_code, "has 513 MiB; an archive may have 512" in done.stderr) == (2, True)


def test_it_is_a_program_with_an_exit_code_and_no_colours_in_a_pipe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mockserver", "check", "har", str(written(tmp_path)), "--vendor", "youtestme"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.startswith("NOTHING CHECKED  youtestme har made.har\n")


def test_a_failure_of_our_own_is_never_the_subjects(tmp_path: Path) -> None:
    """A report that cannot be written is found out only when everything is judged."""
    (tmp_path / "report.html").mkdir()
    done = run(written(tmp_path, entry("https://v.example/users/5")), "--vendor", "youtestme", "--report", tmp_path)
    assert done.exit_code == 4
    assert "report.html: Is a directory." in done.stderr
