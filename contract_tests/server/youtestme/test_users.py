"""Users: looked up, made, changed."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from contract_tests.server.session import in_path
from contract_tests.server.youtestme.tenant import Tenant, id_of

_MOVES = {
    "ACT": {"INA", "LCK", "SUS", "DEL"},
    "INA": {"ACT", "SUS", "DEL"},
    "LCK": {"ACT", "INA", "SUS", "DEL"},
    "SUS": {"ACT", "INA", "DEL"},
    "PEN": {"ACT", "DEL"},
    "DEL": set[str](),
}
"""Where each status of an account leads."""


@pytest.mark.clause("youtestme.lookup-before-create")
def test_an_unknown_user_can_be_told(tenant: Tenant) -> None:
    """A look-up tells the caller that there is no such account, so that it can be created."""
    for path in ("/users/externalId=nobody-has-this", "/users/username=nobody-has-this", "/users/999999999"):
        reply = tenant.api("GET", path)
        told = f"GET {path} tells that there is no such account."
        # How it tells is nowhere documented; an account that is not asked for is not telling it.
        fits = not reply.ok or not reply.body.strip() or reply.json in (None, [], {})
        tenant.holds("youtestme.lookup-before-create", fits, told, expected="no account", got=reply.told)
        tenant.holds("youtestme.lookup-unknown", reply.status == 404, told, expected="404", got=reply.told)


@pytest.mark.writes
@pytest.mark.clause("youtestme.create_user", "youtestme.lookup-before-create")
def test_a_user_is_made_and_found(tenant: Tenant) -> None:
    """An account that was created is found by each of its identifiers."""
    made = tenant.user()
    paths = [f"/users/externalId={in_path(made['externalId'])}", f"/users/username={in_path(made['username'])}"]
    paths += [f"/users/{made['id']}"] if "id" in made else []
    for path in paths:
        found = tenant.needs(tenant.api("GET", path)).json
        operation = tenant.contract.operation("GET", path)
        clause = f"youtestme.{operation[0].name}" if operation else "youtestme.get_user"
        same = isinstance(found, dict) and found.get("username", made["username"]) == made["username"]
        tenant.holds(clause, same, "The account that was asked for is answered.", expected=made["username"], got=found)


@pytest.mark.writes
@pytest.mark.parametrize("signs", ["@", "+", ".", " ", "/", "=", "ü", "a@b+c/d e"])
@pytest.mark.clause("youtestme.path-encoding")
def test_unusual_names_in_a_path(tenant: Tenant, signs: str) -> None:
    """A name is found percent-encoded whatever its letters are, and as it is where a path can hold it."""
    name = f"check{signs}{uuid4().hex[:12]}"
    tenant.user(externalId=name)
    spellings = {quote(name, safe=""), quote(name, safe="@+/=")}
    for each in sorted(spellings):
        reply = tenant.api("GET", f"/users/externalId={each}")
        found = reply.json.get("externalId") if reply.ok and isinstance(reply.json, dict) else reply.told
        told = f"{name!r} is found by {each}."
        tenant.holds("youtestme.path-encoding", found == name, told, expected=name, got=found)


@pytest.mark.writes
@pytest.mark.parametrize("name", ["tom+exams@people.example", "tom palmer@people.example"], ids=["plus", "space"])
@pytest.mark.clause("youtestme.path-encoding")
def test_a_plus_is_no_space(tenant: Tenant, name: str) -> None:
    """In the path of a look-up a plus is a plus, and no space."""
    mark = uuid4().hex[:8]
    made = tenant.user(username=f"{mark}{name}")
    for each, wanted in (("+", "+" in name), ("%2B", "+" in name), ("%20", " " in name)):
        spelt = f"{mark}{name}".replace("+", each).replace(" ", each)
        reply = tenant.api("GET", f"/users/username={spelt}")
        told = f"{made['username']!r} is {'' if wanted else 'not '}found by {spelt}."
        tenant.holds("youtestme.path-encoding", reply.ok is wanted, told, expected=made["username"], got=reply.told)


@pytest.mark.writes
@pytest.mark.parametrize("path", ["/users", "/users/"])
@pytest.mark.clause("youtestme.trailing-slash")
def test_with_and_without_the_slash(tenant: Tenant, path: str) -> None:
    """POST to /users and to /users/ are the same, without a redirect; the document shows the second."""
    reply = tenant.api("POST", path, json=tenant.new_user())
    told = f"POST {path} makes a user."
    tenant.holds("youtestme.trailing-slash", reply.ok, told, expected="a user", got=reply.told)


@pytest.mark.writes
@pytest.mark.parametrize("before", _MOVES)
@pytest.mark.clause("youtestme.user-moves")
def test_statuses_that_lead_to_each_other(tenant: Tenant, before: str) -> None:
    """An account moves only between statuses that lead to each other; deleted is final and nothing moves to pending."""
    for after in _MOVES:
        made = tenant.user(status=before)
        path = f"/users/externalId={in_path(made['externalId'])}"
        reply = tenant.api("PATCH", path, json={"status": after})
        found = tenant.needs(tenant.look_up(made["externalId"])).get("status")
        moves = after == before or after in _MOVES[before]
        told = f"An account that is {before} can{'' if moves else 'not'} become {after}."
        fits = (reply.ok if moves else reply.status == 409) and found == (after if moves else before)
        tenant.holds(
            "youtestme.user-moves", fits, told, expected=after if moves else "409", got=f"{reply.status}, {found}"
        )


@pytest.mark.writes
@pytest.mark.clause("youtestme.user-default-status")
def test_defaults_of_a_new_user(tenant: Tenant) -> None:
    """An account created without a status is active, and has the tenant's time zone."""
    found = tenant.needs(tenant.look_up(tenant.user()["externalId"]))
    status, zone = found.get("status"), found.get("timeZoneId")
    tenant.holds(
        "youtestme.user-default-status", status == "ACT", "A new account is active.", expected="ACT", got=status
    )
    tenant.holds("youtestme.user-default-zone", zone, "A new account has a time zone.", expected="a zone", got=zone)


@pytest.mark.writes
@pytest.mark.clause("youtestme.user-unique")
def test_a_second_of_the_same_name(tenant: Tenant) -> None:
    """A second account of a username is not made; no document says how it is refused."""
    made = tenant.user()
    reply = tenant.api("POST", "/users/", json=tenant.new_user(username=made["username"]))
    tenant.refuses(reply, "youtestme.user-unique", "A username is given once.", 409)


@pytest.mark.writes
@pytest.mark.clause("youtestme.username-case")
def test_usernames_differ_by_case(tenant: Tenant) -> None:
    """Usernames are told apart by case."""
    made = tenant.user()
    other = made["username"].swapcase()
    reply = tenant.api("POST", "/users/", json=tenant.new_user(username=other))
    tenant.holds("youtestme.username-case", reply.ok, "Another spelling is another username.", got=reply.told)


@pytest.mark.writes
@pytest.mark.parametrize("by", ["externalId", "username", "id"])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.clause("youtestme.username-final")
def test_a_user_is_changed(tenant: Tenant, method: str, by: str) -> None:
    """Fields of an account can be changed, and its username cannot."""
    made = tenant.user()
    path = f"/users/{id_of(made)}" if by == "id" else f"/users/{by}={in_path(str(made[by]))}"
    body = {"firstName": "Anna"} if method == "PATCH" else tenant.new_user(**{**_sent(made), "firstName": "Anna"})
    reply = tenant.api(method, path, json=body)
    changed = reply.ok and tenant.look_up(made["externalId"]).at("firstName") == "Anna"
    if reply.operation:
        tenant.holds(reply.operation, changed, "The field is changed.", expected="firstName Anna", got=reply.told)
    renamed = {**body, "username": f"other-{made['username']}"}
    tenant.api(method, path, json=renamed)
    now = tenant.needs(tenant.look_up(made["externalId"])).get("username")
    told = "The username stays as it was created."
    tenant.holds("youtestme.username-final", now == made["username"], told, expected=made["username"], got=now)


def _sent(made: dict[str, Any]) -> dict[str, Any]:
    fields = ("username", "email", "firstName", "lastName", "roleCode", "externalId")
    return {name: made[name] for name in fields}


@pytest.mark.writes
@pytest.mark.sandbox
@pytest.mark.clause("youtestme.user-reactivated")
def test_saving_makes_an_inactive_user_active(tenant: Tenant) -> None:
    """Saving an inactive account makes it active again."""
    made = tenant.user()
    tenant.sandbox.action("move_user", user_id=id_of(made), status="INA")
    tenant.api("PATCH", f"/users/externalId={in_path(made['externalId'])}", json={"firstName": "Anna"})
    found = tenant.needs(tenant.look_up(made["externalId"])).get("status")
    tenant.holds("youtestme.user-reactivated", found == "ACT", "It is active again.", expected="ACT", got=found)


@pytest.mark.writes
@pytest.mark.parametrize("role", ["STU", "INS", "PRO", "ADM"])
@pytest.mark.clause("youtestme.roles")
def test_the_roles_from_the_start(tenant: Tenant, role: str) -> None:
    """There are four roles from the start."""
    reply = tenant.api("POST", "/users/", json=tenant.new_user(roleCode=role))
    tenant.holds("youtestme.roles", reply.ok, f"A user of the role {role} can be made.", got=reply.told)


@pytest.mark.writes
@pytest.mark.parametrize("missing", ["username", "email", "firstName", "lastName", "roleCode"])
@pytest.mark.clause("youtestme.create_user.response.400")
def test_a_user_that_lacks_something(tenant: Tenant, missing: str) -> None:
    """A user that lacks a field is refused; no document says which fields are needed."""
    reply = tenant.api("POST", "/users/", json=tenant.new_user(**{missing: None}))
    tenant.refuses(reply, "youtestme.create_user.response.400", f"Without {missing} no user is made.", 400)
