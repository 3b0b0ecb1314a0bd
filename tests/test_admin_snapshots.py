"""Snapshots, forks and differences by the admin API, from outside."""

from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.server import RemoteSandbox

pytestmark = pytest.mark.boot(fixtures="demo", clock="2026-03-01T09:00:00Z")


def ask(sandbox: RemoteSandbox, method: str, path: str, **options: Any) -> requests.Response:
    return sandbox.http.request(method, sandbox.admin_url + path, timeout=20, **options)


def test_snapshot_work_restore_gives_the_same_bytes(sandbox: RemoteSandbox) -> None:
    before = ask(sandbox, "GET", "/snapshot").content
    sandbox.action("youtestme.create_test", name="New")
    sandbox.advance("1d")
    assert ask(sandbox, "GET", "/snapshot").content != before
    restored = ask(sandbox, "PUT", "/snapshot", data=before)
    assert restored.status_code == 200
    assert ask(sandbox, "GET", "/snapshot").content == before


def test_a_fork_diverges_without_touching_the_other(sandbox: RemoteSandbox, origin: str) -> None:
    name = f"t{uuid4().hex}"
    made = ask(sandbox, "POST", "/forks", json={"name": name})
    assert (made.status_code, made.json()) == (201, {"name": name, "url": f"{origin}/sandbox/{name}/"})
    fork = RemoteSandbox(origin, name, sandbox.http)
    assert fork.admin("GET", "/differences", params={"since": sandbox.name}) == {"total": 0, "differences": []}
    before = ask(sandbox, "GET", "/snapshot").content
    fork.action("youtestme.create_test", name="Only here")
    assert ask(sandbox, "GET", "/snapshot").content == before
    found = fork.admin("GET", "/differences", params={"since": sandbox.name})
    added = [each for each in found["differences"] if each["vendor"] == "youtestme"]
    assert [(each["collection"], each["change"], each["after"]["name"]) for each in added] == [
        ("tests", "added", "Only here")
    ]
    assert fork.admin("POST", "/differences", data=before)["total"] == found["total"]
    assert ask(sandbox, "POST", "/forks", json={"name": name}).status_code == 409
    fork.admin("DELETE")


def test_a_snapshot_makes_a_new_sandbox(sandbox: RemoteSandbox, origin: str) -> None:
    other = RemoteSandbox(origin, f"t{uuid4().hex}", sandbox.http)
    assert ask(other, "PUT", "/snapshot", data=ask(sandbox, "GET", "/snapshot").content).status_code == 201
    assert ask(other, "GET", "/snapshot").content == ask(sandbox, "GET", "/snapshot").content
    other.admin("DELETE")


def test_secrets_do_not_show_in_differences(sandbox: RemoteSandbox, origin: str) -> None:
    empty = RemoteSandbox(origin, f"t{uuid4().hex}", sandbox.http)
    empty.boot(fixtures="empty", clock="2026-03-01T09:00:00Z")
    found = sandbox.admin("GET", "/differences", params={"since": empty.name})
    secrets = [value for each in found["differences"] for name, value in each["after"].items() if name == "secret"]
    assert secrets
    assert set(secrets) <= {"***", None}
    empty.admin("DELETE")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "body"),
        ({"format": "mockserver-snapshot", "version": 99}, "version"),
        ({"format": "mockserver-snapshot", "version": "1"}, "version"),
    ],
)
def test_an_unknown_snapshot_is_refused_and_changes_nothing(
    sandbox: RemoteSandbox, document: dict[str, Any], field: str
) -> None:
    before = ask(sandbox, "GET", "/snapshot").content
    answer = ask(sandbox, "PUT", "/snapshot", json=document)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert ask(sandbox, "GET", "/snapshot").content == before


def test_a_fork_to_a_bad_name_is_refused(sandbox: RemoteSandbox) -> None:
    for body in ({"name": "../x"}, {"name": ""}, {}):
        assert ask(sandbox, "POST", "/forks", json=body).status_code == 400
    assert ask(sandbox, "GET", "/differences", params={"since": "nobody"}).status_code == 404
