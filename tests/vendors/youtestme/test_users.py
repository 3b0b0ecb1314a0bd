"""Accounts: look-ups, creating, changing, statuses."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.server import RemoteSandbox
from tests.vendors.youtestme.conftest import Call, Make

AMARA = {
    "username": "amara.okafor@people.example",
    "roleCode": "STU",
    "firstName": "Amara",
    "lastName": "Okafor",
    "email": "amara.okafor@people.example",
}


@pytest.mark.parametrize(
    "path",
    [
        "/users/100001",
        "/users/externalId=cand-1001",
        "/users/username=amara.okafor@people.example",
        "/users/username=amara.okafor%40people.example",
    ],
)
def test_a_user_is_found_by_each_identifier(call: Call, path: str) -> None:
    answer = call("GET", path)
    assert answer.status_code == 200
    assert answer.json()["id"] == 100001


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/users/999999", "internalId"),
        ("/users/nobody", "internalId"),
        ("/users/" + "9" * 5000, "internalId"),
        ("/users/-1", "internalId"),
        ("/users/%EF%BC%91", "internalId"),
        ("/users/%00", "internalId"),
        ("/users/%FF", "internalId"),
        ("/users/externalId=", "internalId"),
        ("/users/externalId=nobody", "externalId"),
        ("/users/username=nobody", "username"),
    ],
)
def test_an_unknown_user_is_a_clean_404(call: Call, path: str, field: str) -> None:
    answer = call("GET", path)
    assert answer.status_code == 404
    assert answer.json()["error"] == "USER_NOT_FOUND"
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "value",
    ["a/b/c", "50% off", "a+b", "Ünïcode", "with space", "a?b#c", "x=y", "a//b", "/lead", "/", "trail/"],
)
def test_a_look_up_takes_any_external_id_percent_encoded(call: Call, make_user: Make, value: str) -> None:
    made = make_user(externalId=value)
    assert call("GET", f"/users/externalId={quote(value, safe='')}").json() == made


def test_slashes_and_plus_may_stand_raw(call: Call, make_user: Make) -> None:
    made = make_user(externalId="shop/order+1")
    assert call("GET", "/users/externalId=shop/order+1").json() == made


def test_a_username_may_hold_plus_and_at(call: Call, make_user: Make) -> None:
    made = make_user(username="nora+test@people.example")
    assert call("GET", "/users/username=nora+test@people.example").json() == made


def test_usernames_are_case_sensitive(call: Call, make_user: Make) -> None:
    assert call("GET", "/users/username=AMARA.okafor@people.example").status_code == 404
    assert make_user(username="AMARA.okafor@people.example")["id"] == 100008


@pytest.mark.parametrize("path", ["/users", "/users/"])
def test_creating_takes_the_path_with_and_without_its_slash(call: Call, path: str, sandbox: RemoteSandbox) -> None:
    answer = call("POST", path, json={**AMARA, "username": "a2@people.example"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == sandbox.url("/youtestme/users/100008")


def test_what_is_left_out_gets_the_defaults(make_user: Make) -> None:
    made = make_user()
    assert (made["status"], made["timeZoneId"]) == ("ACT", "UTC")
    assert made["interfaceLanguageId"] is made["examLanguageId"] is made["externalId"] is None


def test_unknown_fields_are_read_over(make_user: Make) -> None:
    made = make_user(vip=True, xy=[1], id=7)
    assert made["id"] == 100008
    assert "vip" not in made


@pytest.mark.parametrize(("field", "value"), [("username", "amara.okafor@people.example"), ("externalId", "cand-1001")])
def test_a_taken_identifier_is_a_duplicate(call: Call, field: str, value: str) -> None:
    user = {**AMARA, "username": "other@people.example", field: value}
    answer = call("POST", "/users/", json=user)
    assert (answer.status_code, answer.json()["error"]) == (409, "DUPLICATE")
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_a_refused_creation_leaves_no_gap_in_the_ids(call: Call, make_user: Make) -> None:
    assert call("POST", "/users/", json=AMARA).status_code == 409
    assert make_user()["id"] == 100008


@pytest.mark.boot(settings={"youtestme": {"default_time_zone": "Europe/Paris"}})
def test_the_tenants_time_zone_is_a_setting(make_user: Make) -> None:
    assert make_user()["timeZoneId"] == "Europe/Paris"


def test_custom_roles_are_a_setting(call: Call, make_user: Make, sandbox: RemoteSandbox) -> None:
    refused = call("POST", "/users/", json={**AMARA, "username": "x", "roleCode": "CUSTOM_7"})
    assert refused.status_code == 400
    assert refused.json()["errors"] == [{"field": "roleCode", "message": "Must be one of: ADM, STU, INS, PRO."}]
    assert call("PATCH", "/users/100001", json={"roleCode": "CUSTOM_7"}).status_code == 400
    sandbox.settings(youtestme={"accept_custom_roles": True})
    assert make_user(roleCode="CUSTOM_7")["roleCode"] == "CUSTOM_7"


@pytest.mark.boot(settings={"youtestme": {"create_status": 200}})
def test_the_status_of_creating_is_a_setting(call: Call) -> None:
    assert call("POST", "/users/", json={**AMARA, "username": "x"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/users/100001", "/users/externalId=cand-1001", "/users/username=amara.okafor@people.example"]
)
def test_patch_changes_only_what_is_given(call: Call, path: str) -> None:
    before = call("GET", "/users/100001").json()
    answer = call("PATCH", path, json={"lastName": "Okafor-Bell"})
    assert answer.status_code == 200
    assert answer.json() == {**before, "lastName": "Okafor-Bell"}
    assert call("GET", "/users/100001").json() == answer.json()


@pytest.mark.parametrize(
    "path", ["/users/100001", "/users/externalId=cand-1001", "/users/username=amara.okafor@people.example"]
)
def test_put_forgets_what_is_left_out(call: Call, path: str) -> None:
    answer = call("PUT", path, json=AMARA)
    assert answer.status_code == 200
    assert answer.json()["externalId"] is None
    assert answer.json()["timeZoneId"] == "UTC"


def test_a_null_changes_nothing_that_may_be_left_out(call: Call) -> None:
    before = call("GET", "/users/100001").json()
    nulls = {"status": None, "timeZoneId": None}
    assert call("PATCH", "/users/100001", json=nulls).json() == before
    made = call("POST", "/users/", json={**AMARA, "username": "nora", **nulls}).json()
    assert (made["status"], made["timeZoneId"]) == ("ACT", "UTC")


def test_put_takes_what_get_answered(call: Call) -> None:
    before = call("GET", "/users/100001").json()
    assert call("PUT", "/users/100001", json=before).json() == before


def test_put_wants_the_whole_user(call: Call) -> None:
    answer = call("PUT", "/users/100001", json={"firstName": "Amara"})
    assert answer.status_code == 400
    missing = {each["field"] for each in answer.json()["errors"]}
    assert missing == {"username", "roleCode", "lastName", "email"}


@pytest.mark.parametrize(
    ("method", "body"),
    [("PATCH", {"username": "other"}), ("PUT", {**AMARA, "username": "AMARA.okafor@people.example"})],
)
def test_a_username_cannot_be_changed(call: Call, method: str, body: dict[str, Any]) -> None:
    answer = call(method, "/users/100001", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "username", "message": "Cannot be changed."}]


def test_an_external_id_is_given_back_when_it_is_cleared(call: Call, make_user: Make) -> None:
    assert call("PATCH", "/users/100001", json={"externalId": None}).json()["externalId"] is None
    assert make_user(externalId="cand-1001")["externalId"] == "cand-1001"


def test_a_change_to_a_taken_external_id_is_a_duplicate(call: Call) -> None:
    answer = call("PATCH", "/users/100001", json={"externalId": "cand-1002"})
    assert (answer.status_code, answer.json()["error"]) == (409, "DUPLICATE")
    assert call("GET", "/users/externalId=cand-1001").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_changing_an_unknown_user_is_a_404(call: Call, method: str) -> None:
    assert call(method, "/users/5", json=AMARA).status_code == 404
    assert call(method, "/users/externalId=none", json=AMARA).status_code == 404
    assert call(method, "/users/username=none", json=AMARA).status_code == 404


def test_saving_an_inactive_user_activates_it(call: Call) -> None:
    assert call("GET", "/users/100006").json()["status"] == "INA"
    assert call("PATCH", "/users/100006", json={"lastName": "Haddad"}).json()["status"] == "ACT"


def test_saving_an_inactive_user_with_its_status_leaves_it(call: Call) -> None:
    assert call("PATCH", "/users/100006", json={"status": "INA"}).json()["status"] == "INA"


def test_put_keeps_the_status_of_any_other_user(call: Call) -> None:
    call("PATCH", "/users/100001", json={"status": "SUS"})
    assert call("PUT", "/users/100001", json=AMARA).json()["status"] == "SUS"


def test_an_illegal_status_change_says_what_is_possible(call: Call) -> None:
    answer = call("PATCH", "/users/100001", json={"status": "PEN", "lastName": "Lost"})
    assert (answer.status_code, answer.json()["error"]) == (409, "INVALID_STATE")
    assert "DEL, INA, LCK, SUS" in answer.json()["message"]
    assert [each["field"] for each in answer.json()["errors"]] == ["status"]
    assert call("GET", "/users/100001").json()["lastName"] == "Okafor"


def test_deleted_is_final(call: Call) -> None:
    assert call("PATCH", "/users/100001", json={"status": "DEL"}).status_code == 200
    assert call("PATCH", "/users/100001", json={"status": "ACT"}).status_code == 409
    assert call("GET", "/users/externalId=cand-1001").json()["status"] == "DEL"
