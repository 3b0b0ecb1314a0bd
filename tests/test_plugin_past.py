"""``sandbox.assert_contract()`` after the sandbox was put in another state: what came before is judged too."""

import pytest

from tests.test_plugin import CLIENT

pytest_plugins = "pytester"

PAST = """
from mockserver.testing import NothingToJudge

BOOTS = {
    "restore": lambda sandbox: sandbox.restore(sandbox.snapshot()),
    "run": lambda sandbox: sandbox.run("youtestme/happy-path"),
    "boot": lambda sandbox: sandbox.admin("put"),
}

@pytest.mark.parametrize("boot", BOOTS.values(), ids=BOOTS)
def test_broken_before(boot, youtestme, sandbox):
    create_user(youtestme, look_up=True, email=17)
    boot(sandbox)
    sandbox.admin("PUT")
    assert sandbox.journal() == []
    sandbox.assert_contract()

def test_broken_before_and_after(youtestme, sandbox):
    create_user(youtestme, look_up=True, email=17)
    sandbox.restore(sandbox.snapshot())
    create_user(youtestme, look_up=True, email=17)
    sandbox.assert_contract(vendor="youtestme", direction="in", method=None)

def test_too_early_before(youtestme, sandbox):
    create_user(youtestme)
    sandbox.restore(sandbox.snapshot())
    sandbox.assert_contract()

def test_kept_before_and_after(youtestme, sandbox):
    create_user(youtestme, look_up=True)
    sandbox.restore(sandbox.snapshot())
    assert create_user(youtestme).status_code == 409
    sandbox.assert_contract()

def test_kept_since_it_was_looked_for_before(youtestme, sandbox):
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    requests.get(f"{youtestme.url}/users/externalId=u-1", headers=key, timeout=20)
    sandbox.restore(sandbox.snapshot())
    assert create_user(youtestme).status_code == 201
    sandbox.assert_contract()

def test_kept_where_a_filter_is_for_what_is_there(youtestme, sandbox):
    create_user(youtestme, look_up=True, email=17)
    sandbox.restore(sandbox.snapshot())
    with pytest.raises(NothingToJudge, match="that fits reached the sandbox .* since a snapshot was restored, and"):
        sandbox.assert_contract(operation="youtestme.*")
    with pytest.raises(NothingToJudge, match="that fits reached the sandbox '[^ ]*', and"):
        sandbox.assert_contract(vendor="constructor")
    create_user(youtestme, look_up=True)
    sandbox.assert_contract(operation="youtestme.*")

def test_kept_since_the_journal_was_cleared(youtestme, sandbox):
    create_user(youtestme, look_up=True, email=17)
    sandbox.admin("PUT")
    sandbox.admin("DELETE", "/journal")
    create_user(youtestme, look_up=True)
    sandbox.assert_contract()

def test_kept_where_the_boot_was_refused(youtestme, sandbox):
    create_user(youtestme, look_up=True)
    with pytest.raises(Exception, match="refused with 400"):
        sandbox.restore({})
    assert len(sandbox.journal()) == 2
    sandbox.assert_contract()

def test_kept_where_a_sandbox_is_made_again(mockserver, sandbox):
    with mockserver.sandbox("again") as first:
        create_user(first.vendor("youtestme"), look_up=True, email=17)
        with mockserver.sandbox("again") as second:
            create_user(second.vendor("youtestme"), look_up=True)
            second.assert_contract()
        first.admin("PUT")
"""


def test_what_came_before_a_boot_is_judged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT + PAST)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-W", "error", timeout=100)
    done.stdout.fnmatch_lines(
        [
            "*AssertionError: The contract is not kept: 1 finding in 1 of 2 calls.",
            "E*1. youtestme.create_user.request.body.email.type",
            "E*place     request.body/email of call 2 before a snapshot was restored, POST *, answered 400",
            "E*got       17",
            "E*place     request.body/email of call 2 before a scenario began, POST *, answered 400",
            "E*place     request.body/email of call 2 before the sandbox was booted anew, POST *, answered 400",
            "*AssertionError: The contract is not kept: 2 findings in 2 of 4 calls.",
            "E*also      in 1 more call",
            "E*1. youtestme.create_user.request.after.*",
            "E*place     request of call 1 before a snapshot was restored, POST *, answered 201",
        ]
    )
    done.stdout.no_fnmatch_line("E*curl *")
    done.assert_outcomes(failed=5, passed=6)
