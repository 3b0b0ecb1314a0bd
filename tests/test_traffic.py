"""Many clients at once, each in a sandbox of its own, never see each other."""

import random
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.server import RemoteSandbox, patient_session

SANDBOXES = 50
THREADS = 16
USERS = 7
KEY = {"X-API-Key": "fake-youtestme-key"}


def test_shuffled_traffic_over_many_sandboxes_does_not_cross(origin: str, http: requests.Session) -> None:
    """1,050 requests: every sandbox gets the same external ids, with names that tell whose they are."""
    sandboxes = [RemoteSandbox(origin, f"crowd-{number}", http) for number in range(SANDBOXES)]
    for sandbox in sandboxes:
        sandbox.boot(fixtures="empty", seed=1)
    dice = random.Random(20260101)
    work = [(sandbox, number) for sandbox in sandboxes for number in range(USERS)]
    dice.shuffle(work)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda item: create_look_up_and_change(*item), work))

    for (sandbox, number), (created, found, changed) in zip(work, answers, strict=True):
        assert created["externalId"] == found["externalId"] == f"user-{number}"
        assert found == created
        assert (found["firstName"], changed["firstName"]) == (sandbox.name, f"{sandbox.name} again")
    for sandbox in sandboxes:
        users = sandbox.entities("youtestme", "users")
        assert sorted(each["external_id"] for each in users) == [f"user-{number}" for number in range(USERS)]
        assert {each["first_name"] for each in users} == {f"{sandbox.name} again"}
        assert sorted(each["id"] for each in users) == [100_001 + number for number in range(USERS)]
        assert len(sandbox.journal()) == 3 * USERS
        sandbox.admin("DELETE")


def create_look_up_and_change(sandbox: RemoteSandbox, number: int) -> tuple[dict[str, object], ...]:
    mine = RemoteSandbox(sandbox.origin, sandbox.name, patient_session())
    name = f"user-{number}"
    person = {"username": name, "roleCode": "STU", "lastName": "Palmer", "email": "tom@example.com"}
    body = {**person, "firstName": sandbox.name, "externalId": name}
    with mine.http:
        created = mine.post("/youtestme/users/", json=body, headers=KEY)
        found = mine.get(f"/youtestme/users/externalId={name}", headers=KEY)
        again = {"firstName": f"{sandbox.name} again"}
        changed = mine.patch(f"/youtestme/users/externalId={name}", json=again, headers=KEY)
    return created.json(), found.json(), changed.json()
