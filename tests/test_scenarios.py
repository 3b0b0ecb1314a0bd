"""Scenarios by the admin API: played, watched, judged."""

from typing import Any

import pytest
import requests

from tests.receiver import Receiver
from tests.server import RemoteSandbox

KEY = {"Authorization": "Bearer fake-youtestme-key"}
USER = {"username": "tom", "firstName": "T", "lastName": "P", "email": "t@people.example", "roleCode": "STU"}
DOCUMENT = {
    "title": "A result",
    "vendors": ["youtestme"],
    "fixtures": "documented",
    "seed": 1,
    "clock": "2020-01-01T12:00:00Z",
    "steps": [
        {
            "when": "youtestme.create_authorization",
            "capture": {"user": "answer.body.candidateId", "attempt": "result.id"},
            "do": "youtestme.book",
            "with": {"user_id": "${user}", "session_id": 5033},
        },
        {"after": "10m", "do": "youtestme.start", "with": {"attempt_id": "${attempt}"}},
        {"after": "40m", "do": "youtestme.submit", "with": {"attempt_id": "${attempt}", "points": 90}},
    ],
    "expect": {
        "calls": [{"operation": "youtestme.create_user", "count": 1, "body": {"username": "tom"}}],
        "order": ["youtestme.create_user", "youtestme.create_authorization", "youtestme.attempt_finished"],
        "deliveries": [{"event": "youtestme.attempt_finished", "count": 1, "attempts": 1}],
        "time": [
            {
                "from": "youtestme.create_authorization",
                "to": "youtestme.attempt_finished",
                "at_least": "50m",
                "at_most": "50m",
            }
        ],
        "state": [
            {"collection": "youtestme.attempts", "where": {"candidate_id": "${user}"}, "has": {"status": "finished"}}
        ],
    },
}


def ask(sandbox: RemoteSandbox, method: str, path: str, **options: Any) -> requests.Response:
    return sandbox.http.request(method, sandbox.admin_url + path, timeout=20, **options)


def changed(**parts: Any) -> dict[str, Any]:
    """Return the scenario with an expectation changed."""
    expect = DOCUMENT["expect"]
    assert isinstance(expect, dict)
    return {**DOCUMENT, "expect": {**expect, **parts}}


def play(sandbox: RemoteSandbox, document: Any = DOCUMENT) -> None:
    assert ask(sandbox, "POST", "/run", json={"document": document}).status_code == 201


def be_the_client(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    hook = {"event": "attempt", "resource": "finish", "url": receiver.url}
    sandbox.post("/youtestme/webhooks", json=hook, headers=KEY).raise_for_status()
    user = sandbox.post("/youtestme/users/", json=USER, headers=KEY).json()
    asked = {"testId": 100320, "candidateId": user["id"]}
    sandbox.post("/youtestme/authorizations", json=asked, headers=KEY).raise_for_status()
    sandbox.admin("POST", "/clock", json={"until": "idle"})


def broken(sandbox: RemoteSandbox) -> dict[str, str]:
    verdict = sandbox.admin("GET", "/run/verdict")
    assert verdict["holds"] is not bool(verdict["broken"])
    return {each["place"]: each["says"] for each in verdict["broken"]}


def test_a_scenario_is_played_to_its_end_and_holds(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    play(sandbox)
    be_the_client(sandbox, receiver)
    run = sandbox.admin("GET", "/run")
    assert (run["stage"], run["waiting"]) == ("finished", None)
    assert [each["done"] for each in run["steps"]] == [
        "2020-01-01T12:00:00Z",
        "2020-01-01T12:10:00Z",
        "2020-01-01T12:50:00Z",
    ]
    assert run["captured"] == {"user": 100001, "attempt": 100001}
    assert broken(sandbox) == {}
    assert len(receiver.requests) == 1


def test_a_run_that_is_stuck_says_what_it_waits_for_and_what_came_instead(sandbox: RemoteSandbox) -> None:
    play(sandbox)
    waits = "Step 1 of 3 waits for youtestme.create_authorization since 2020-01-01T12:00:00Z."
    assert sandbox.admin("GET", "/run")["waiting"] == waits
    sandbox.get("/youtestme/users/1", headers=KEY)
    assert "exchange 1: it was youtestme.get_user" in sandbox.admin("GET", "/run")["waiting"]
    sandbox.post("/youtestme/authorizations", json={}, headers=KEY)
    sandbox.get("/youtestme/users/1", headers=KEY)
    assert "exchange 2: it was answered 400" in broken(sandbox)["steps[1]"]


def test_an_action_that_is_refused_leaves_the_run_stuck_with_the_reason(sandbox: RemoteSandbox) -> None:
    step = {"do": "youtestme.book", "with": {"user_id": 1, "session_id": 5033}}
    play(sandbox, {**DOCUMENT, "steps": [step], "expect": {"unmatched": "none"}})
    assert sandbox.admin("GET", "/run")["stage"] == "stuck"
    assert broken(sandbox) == {"steps[1]": "Step 1 could not be made: No users with id 1."}


@pytest.mark.parametrize(
    ("part", "place", "said"),
    [
        ({"calls": [{"operation": "youtestme.create_user", "count": 2}]}, "expect.calls[1]", "1 found, expected 2"),
        ({"calls": [{"operation": "youtestme.get_user"}]}, "expect.calls[1]", "0 found, expected at least 1"),
        (
            {"calls": [{"operation": "youtestme.create_user", "body": {"username": "ann"}}]},
            "expect.calls[1]",
            "it was called 1 times in all",
        ),
        (
            {"order": ["youtestme.create_authorization", "youtestme.create_user"]},
            "expect.order[2]",
            "youtestme.create_user did not come after exchange 3",
        ),
        (
            {"deliveries": [{"event": "youtestme.attempt_finished", "attempts": 3}]},
            "expect.deliveries[1]",
            "delivery 1 is delivered after 1 attempts",
        ),
        (
            {"time": [{"from": "youtestme.create_user", "to": "youtestme.attempt_finished", "at_most": "49m"}]},
            "expect.time[1]",
            "3000s lay between exchanges 2 and 4, more than 49m",
        ),
        (
            {"state": [{"collection": "youtestme.attempts", "has": {"points": 91}}]},
            "expect.state[1].has.points",
            "it is 90, not 91",
        ),
        (
            {"state": [{"collection": "youtestme.users", "where": {"username": "ann"}, "count": 1}]},
            "expect.state[1]",
            "0 found, expected 1",
        ),
    ],
)
def test_a_broken_expectation_is_named(
    sandbox: RemoteSandbox, receiver: Receiver, part: dict[str, Any], place: str, said: str
) -> None:
    play(sandbox, changed(**part))
    be_the_client(sandbox, receiver)
    found = broken(sandbox)
    assert list(found) == [place]
    assert said in found[place]


def test_a_call_that_is_not_as_documented_breaks_it_where_it_is_held_to_that(sandbox: RemoteSandbox) -> None:
    for findings, places in [("none", ["expect.findings"]), ("allowed", [])]:
        ask(sandbox, "PUT", "")
        play(sandbox, {**DOCUMENT, "steps": [], "expect": {"findings": findings}})
        sandbox.post("/youtestme/users/", json={**USER, "email": 17}, headers=KEY)
        assert list(broken(sandbox)) == places
        if places:
            assert "youtestme.create_user.request.body.email.type (example)" in broken(sandbox)["expect.findings"]


def test_a_path_that_nobody_has_breaks_it_unless_allowed(sandbox: RemoteSandbox) -> None:
    for unmatched, places in [("none", ["expect.unmatched"]), ("allowed", [])]:
        ask(sandbox, "PUT", "")
        play(sandbox, {**DOCUMENT, "steps": [], "expect": {"unmatched": unmatched}})
        sandbox.get("/youtestme/nobody", headers=KEY)
        assert list(broken(sandbox)) == places


def test_a_fault_step_strikes_and_faults_are_no_success(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    fault = {"fault": {"kind": "status", "status": 503, "operation": "youtestme.create_authorization", "times": 1}}
    steps = DOCUMENT["steps"]
    assert isinstance(steps, list)
    play(sandbox, {**DOCUMENT, "steps": [fault, *steps]})
    answer = sandbox.post("/youtestme/authorizations", json={}, headers=KEY)
    assert answer.status_code == 503
    be_the_client(sandbox, receiver)
    assert broken(sandbox) == {}


def test_two_runs_in_one_sandbox_are_refused(sandbox: RemoteSandbox) -> None:
    play(sandbox)
    again = ask(sandbox, "POST", "/run", json={"document": DOCUMENT})
    assert again.status_code == 409
    assert "playing" in again.json()["detail"]
    ask(sandbox, "PUT", "")
    assert ask(sandbox, "GET", "/run").status_code == 404
    play(sandbox)


def test_a_run_goes_on_in_a_restored_sandbox(sandbox: RemoteSandbox, receiver: Receiver) -> None:
    play(sandbox)
    snapshot = ask(sandbox, "GET", "/snapshot").content
    ask(sandbox, "PUT", "")
    ask(sandbox, "PUT", "/snapshot", data=snapshot)
    be_the_client(sandbox, receiver)
    assert broken(sandbox) == {}


def test_a_wrong_scenario_is_refused_with_all_its_problems(sandbox: RemoteSandbox) -> None:
    text = (
        "title: x\nvendors: [youtestme]\nclok: 1\nsteps:\n  - when: youtestme.create_usr\n  - {}\nexpect: {calls: []}\n"
    )
    problems = sandbox.http.post(f"{sandbox.origin}/__admin/scenario-problems", data=text.encode(), timeout=20).json()
    assert [(each["line"], each["place"]) for each in problems] == [
        (1, ""),
        (3, "clok"),
        (5, "steps[1].when"),
        (6, "steps[2]"),
    ]
    refused = ask(sandbox, "POST", "/run", data=text.encode(), headers={"Content-Type": "application/yaml"})
    assert refused.status_code == 400
    assert refused.json()["errors"]["clok"] == ["line 3: is not known here; did you mean clock?"]
    assert ask(sandbox, "GET", "/run").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"document": {}}, {"scenario": "a", "document": {}}, {"scenario": 5}, {"colour": "red"}]
)
def test_a_wrong_wish_is_refused(sandbox: RemoteSandbox, body: Any) -> None:
    assert ask(sandbox, "POST", "/run", json=body).status_code == 400


def test_an_unknown_scenario_is_refused_by_name(sandbox: RemoteSandbox) -> None:
    answer = ask(sandbox, "POST", "/run", json={"scenario": "nobody/nothing"})
    assert answer.status_code == 404
    assert "youtestme/happy-path" in answer.json()["detail"]


def test_the_library_and_the_language_are_told(sandbox: RemoteSandbox) -> None:
    listed = sandbox.http.get(f"{sandbox.origin}/__admin/scenarios", timeout=20).json()
    assert "youtestme/happy-path" in [each["name"] for each in listed]
    schema = sandbox.http.get(f"{sandbox.origin}/__admin/scenario-schema", timeout=20).json()
    assert "youtestme.book" in schema["properties"]["steps"]["items"]["properties"]["do"]["enum"]
