"""``sandbox.assert_contract()`` in pytest sessions of its own: what it judges, what it spares, and what it says."""

import pytest

from tests.test_plugin import CLIENT

pytest_plugins = "pytester"

JUDGED = """
from mockserver.testing import ContractWarning

def test_a_breach(youtestme, sandbox):
    create_user(youtestme, look_up=True, email=17, roleCode=None)
    sandbox.assert_contract()

def test_nothing_called(sandbox):
    sandbox.assert_contract()

def test_nothing_that_fits(youtestme, sandbox):
    create_user(youtestme)
    sandbox.assert_contract(vendor="constructor")

def test_a_wrong_base_url(sandbox):
    requests.get(f"{sandbox.url}/youtest/me", timeout=20)
    sandbox.assert_contract()

def test_a_wrong_path(youtestme, sandbox):
    requests.get(f"{youtestme.url}/userz", timeout=20)
    sandbox.assert_contract()

def test_a_level_that_there_is_not(youtestme, sandbox):
    sandbox.assert_contract(level="certain")

def test_many_breaches(youtestme, sandbox):
    for _ in range(25):
        create_user(youtestme, look_up=True, email=17)
    sandbox.assert_contract()

def test_kept_by_level(youtestme, sandbox):
    create_user(youtestme, look_up=True, email=17)
    with pytest.warns(ContractWarning, match="create_user.request.body.email.type"):
        [spared] = sandbox.assert_contract(level="documented")
    assert (spared.clause, spared.confidence) == ("youtestme.create_user.request.body.email.type", "example")

def test_kept_pages_are_not_judged(youtestme, sandbox):
    create_user(youtestme, look_up=True)
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    wanted = {"userExternalId": "u-1", "page": "myTests.xhtml"}
    made = requests.post(f"{youtestme.url}/ssoLinks", json=wanted, headers=key, timeout=20)
    assert requests.get(made.json()["link"], timeout=20).ok
    sandbox.assert_contract()

def test_kept_by_another_door(youtestme, sandbox):
    port = youtestme.url.split(":")[2].partition("/")[0]
    headers = {"Host": f"youtestme.localhost:{port}", "X-Mockserver-Sandbox": sandbox.name}
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    found = requests.get(
        f"http://127.0.0.1:{port}/users/externalId=cand%2D1001", headers={**headers, **key}, timeout=20)
    assert found.ok
    sandbox.assert_contract()
    assert len(sandbox.journal()) == 1
"""


def test_a_breach_of_a_contract_is_told_readably(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT + JUDGED)
    done = pytester.runpytest_subprocess("-p", "no:randomly", timeout=100)
    done.assert_outcomes(failed=7, passed=3)
    done.stdout.fnmatch_lines(
        [
            "*AssertionError: The contract is not kept: 1 finding in 1 of 2 calls.",
            "E*1. youtestme.create_user.request.body.email.type",
            "E*says      type: string",
            "E*source    example: Integrating YouTestMe Tests *",
            "E*place     request.body/email of call 2, POST /sandbox/*/youtestme/users/, answered 400",
            "E*expected  type: *string*",
            "E*got       17",
            "E*curl      curl * -X POST http://*/youtestme/users/ *x-api-key: [*][*][*]*",
            "E*Not held against the subject: 1 finding.",
            "E*youtestme.create_user.request.body.roleCode.required (inferred): expected a value; got nothing",
            "E*NothingToJudge: No call of a vendor's API reached the sandbox *",
            "E*NothingToJudge: No call of a vendor's API that fits reached the sandbox *",
            "E*expected  http://*/<vendor>, one of *youtestme*",
            "E*got       GET /sandbox/*/youtest/me",
            "E*youtestme.paths",
            "E*ValueError: There is no level 'certain'; known are documented, example, public, inferred.",
            "*The contract is not kept: 25 findings in 25 of 50 calls.",
            "E*also      in 24 more calls",
        ]
    )
    # The traceback ends where the test calls, not inside of the plugin.
    done.stdout.no_fnmatch_line("*judging.py*")


def test_what_public_pages_say_warns(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        import requests
        from mockserver.testing import ContractWarning

        def test_public(constructor, sandbox):
            token = sandbox.admin("POST", "/tokens/constructor", {})["token"]
            exam = {"accountId": "1", "accountName": "Acme", "examId": "e-1", "examName": "Physics", "duration": 60,
                    "schedule": False, "proctoring": "offline", "startDate": "2026-01-01T00:00:00Z"}
            requests.post(f"{constructor.url}/api/v2/integration/simple/demo/exams/", json=exam,
                          headers={"Authorization": f"JWT {token}"}, timeout=20)
            with pytest.warns(ContractWarning, match="constructor.put_exam.request.body.endDate.required") as warned:
                found = sandbox.assert_contract()
            assert "public" in {each.confidence for each in found}
            assert warned[0].filename == __file__
            with pytest.raises(AssertionError, match="public: "):
                sandbox.assert_contract(level="public")
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_journal_that_is_not_whole_is_not_judged(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_JOURNAL_EXCHANGES", "2")
    pytester.makepyfile(
        f"""{CLIENT}
from mockserver.testing import NothingToJudge

def test_evicted(youtestme, sandbox):
    for _ in range(3):
        create_user(youtestme)
    with pytest.raises(NothingToJudge, match="give up 1 exchange, so"):
        sandbox.assert_contract()
    sandbox.admin("PUT")
    create_user(youtestme)
    with pytest.raises(NothingToJudge, match="give up 1 exchange before the sandbox was booted anew"):
        sandbox.assert_contract()
    sandbox.admin("DELETE", "/journal")
    create_user(youtestme)
    sandbox.assert_contract(order=False)
"""
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


MANY = """
def put(smarterproctoring, add):
    known = smarterproctoring.credentials
    url = f"{smarterproctoring.url}/v1/installs/{known['install_sid']}/courses/CO1/exams/EX1/assignments"
    return requests.put(url, json={"add": add}, headers={"token": known["token"]}, timeout=20)

def test_a_long_list(smarterproctoring, sandbox):
    put(smarterproctoring, [17] * 300)
    sandbox.assert_contract(order=False)

def test_long_lists(smarterproctoring, sandbox):
    put(smarterproctoring, [17] * 300)
    put(smarterproctoring, [17] * 300)
    sandbox.assert_contract(order=False)

def test_many_kinds(youtestme, sandbox):
    for number in range(50):
        requests.get(f"{youtestme.url}/users/externalId=u-1?made-up-{number}=1", timeout=20)
    create_user(youtestme, look_up=True, email=17)
    sandbox.assert_contract()
"""


def test_a_message_has_a_bound(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT + MANY)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "--tb=short", timeout=100)
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(
        [
            "*The contract is not kept: 300 findings in 1 of 1 call.",
            "E*1. smarterproctoring.update_course_exam_assignments.request.body.add.[[][]].type",
            "E*also      at 299 more places of this call",
            "*The contract is not kept: 600 findings in 2 of 2 calls.",
            "E*also      at 599 more places, in 2 calls together",
            "E*Not held against the subject: * findings.",
            "E*... and [0-9][0-9] more kinds of findings",
        ]
    )
    assert len(done.outlines) < 150
