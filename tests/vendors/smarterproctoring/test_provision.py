"""Provisioning: what is found, what is made, and what is refused."""

from typing import Any

import pytest

from tests.server import RemoteSandbox
from tests.vendors.smarterproctoring.conftest import (
    CONFIGURATION,
    COURSE,
    EVERYTHING,
    EXAM,
    INTEGRATION,
    USER,
    V2,
    Call,
    Data,
    Make,
    invalid,
    refusal,
)

pytestmark = pytest.mark.boot(fixtures="empty", clock="2025-05-15T10:00:00Z")

ENTITIES = {"course": "courses", "user": "users", "exam": "exams"}


def results(made: Data) -> Data:
    return {name: part["result"] for name, part in made.items()}


def without(part: Data, *names: str) -> Data:
    return {name: value for name, value in part.items() if name not in names}


def test_everything_is_created_and_then_found(provision: Make) -> None:
    first, again = provision(), provision()
    assert results(first) == dict.fromkeys(("course", "user", "enrollment", "exam", "configuration"), "Created")
    assert set(results(again).values()) == {"Found Existing"}
    assert {name: part["sid"] for name, part in first.items()} == {name: part["sid"] for name, part in again.items()}


def test_what_is_not_named_is_not_answered(provision: Make) -> None:
    assert set(provision(user=None, exam=None)) == {"course"}
    assert set(provision(exam=None)) == {"course", "user", "enrollment"}


def test_sids_are_a_prefix_and_32_hex_digits(provision: Make) -> None:
    for name, prefix in {"course": "CU", "user": "US", "enrollment": "EN", "exam": "EX", "configuration": "EC"}.items():
        made = provision()[name]["sid"]
        assert made.startswith(prefix)
        assert len(made) == 34
        assert set(made[2:]) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("course", {"title": "Acme Inc"}),
        ("course", {"code": None}),
        ("user", {"firstName": "Janet"}),
        ("user", {"lastName": "Jones"}),
        ("user", {"email": "janet@people.example"}),
        ("user", {"timeZone": "America/Chicago"}),
        ("user", {"currencyCode": "EUR"}),
        ("exam", {"title": "Another"}),
        ("exam", {"description": "Long."}),
        ("exam", {"type": "written"}),
        ("exam", {"practice": True}),
        ("exam", {"deliverySystem": "canvas"}),
    ],
)
def test_a_change_updates_that_entity_alone(provision: Make, part: str, changes: Data) -> None:
    provision()
    again = results(provision(**{part: {**EVERYTHING[part], **changes}}))
    assert again.pop(part) == "Updated"
    assert set(again.values()) == {"Found Existing"}


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://exams.example/9"},
        {"access": {"open": "2025-02-01T00:00:00Z", "close": "2025-12-31T23:59:59Z"}},
        {"scheduling": {"open": "2025-01-01T00:00:00Z", "close": "2025-11-30T00:00:00Z"}},
        {"duration": 90},
        {"password": "other"},
        {"attempts": 2},
        {"notes": {"student": "Bring your ID."}},
        {"notes": {"proctor": "Look closely."}},
        {"permittedItems": {"calculator": {"notes": "Any"}}},
        {"proctorTypes": {"TS63dda27a6ba54c218449b934b7bb1ba8": {"options": {"recordScreen": {}}}}},
        {"ids": {"api": "config-1"}},
        {"ids": "config-1"},
    ],
)
def test_a_change_of_the_configuration_updates_it_alone(provision: Make, changes: Data) -> None:
    provision()
    exam = {**EXAM, "configuration": {**CONFIGURATION, **changes}}
    assert results(provision(exam=exam))["configuration"] == "Updated"
    assert set(results(provision(exam=exam)).values()) == {"Found Existing"}


def test_configuration_ids_are_a_string_or_an_object(sandbox: RemoteSandbox, provision: Make) -> None:
    for ids in ("config-1", {"api": "config-1"}):
        provision(exam={**EXAM, "configuration": {**CONFIGURATION, "ids": ids}})
        assert [each["api_id"] for each in sandbox.entities("smarterproctoring", "configurations")] == ["config-1"]


def test_an_empty_date_of_scheduling_is_none(sandbox: RemoteSandbox, provision: Make) -> None:
    provision(exam={**EXAM, "configuration": {**CONFIGURATION, "scheduling": {"open": "", "close": ""}}})
    [configuration] = sandbox.entities("smarterproctoring", "configurations")
    assert (configuration["scheduling_open"], configuration["scheduling_close"]) == (None, None)


@pytest.mark.parametrize("kind", ["api", "external", "lms"])
def test_courses_and_users_are_known_by_each_identifier(provision: Make, kind: str) -> None:
    course, user = {**COURSE, "ids": {kind: "c"}}, {**USER, "ids": {kind: "u"}}
    first = provision(course=course, user=user)
    again = provision(course={"ids": {kind: "c"}}, user={"ids": {kind: "u"}})
    assert again["course"] == {"sid": first["course"]["sid"], "result": "Found Existing"}
    assert again["user"] == {"sid": first["user"]["sid"], "result": "Found Existing"}


def test_everything_is_known_by_its_sid(provision: Make) -> None:
    first = provision()
    named = {name: {"ids": {"sid": first[name]["sid"]}} for name in ENTITIES}
    again = provision(**named)
    assert set(results(again).values()) == {"Found Existing"}
    assert set(again) == {"course", "user", "enrollment", "exam"}


def test_another_identifier_is_linked_to_the_entity(provision: Make) -> None:
    first = provision()
    linked = provision(user={"ids": {"external": "u-1", "lms": "canvas-9"}})
    assert linked["user"] == {"sid": first["user"]["sid"], "result": "Updated"}
    assert provision(user={"ids": {"lms": "canvas-9"}})["user"]["sid"] == first["user"]["sid"]


def test_an_identifier_can_be_changed_by_another(provision: Make) -> None:
    first = provision()
    moved = provision(user={"ids": {"sid": first["user"]["sid"], "external": "u-2"}})
    assert moved["user"]["result"] == "Updated"
    assert provision(user={**USER, "ids": {"external": "u-1"}})["user"]["result"] == "Created"


def test_identifiers_that_disagree_are_refused(call: Call, provision: Make) -> None:
    first = provision(user={**USER, "ids": {"external": "u-1"}})
    provision(user={**USER, "ids": {"api": "a-2"}})
    for ids in ({"external": "u-1", "api": "a-2"}, {"sid": first["user"]["sid"], "api": "a-2"}):
        body = {**EVERYTHING, "user": {"ids": ids}}
        assert invalid(call("POST", f"{V2}/provision", json=body)).startswith("user.ids: ")


@pytest.mark.parametrize("part", ENTITIES)
def test_an_unknown_sid_is_not_found_and_makes_nothing(sandbox: RemoteSandbox, call: Call, part: str) -> None:
    prefix = {"course": "CU", "user": "US", "exam": "EX"}[part]
    body = {**EVERYTHING, part: {**EVERYTHING[part], "ids": {"sid": f"{prefix}{'0' * 32}"}}}
    message = refusal(call("POST", f"{V2}/provision", json=body), 404, "RESOURCENOTFOUND")
    assert message.startswith(f"{part}.ids.sid: ")
    assert sandbox.entities("smarterproctoring", "courses") == []


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("course", "title"),
        ("course", "code"),
        ("user", "firstName"),
        ("user", "lastName"),
        ("user", "email"),
        ("exam", "title"),
        ("exam", "configuration"),
    ],
)
def test_a_new_entity_must_be_described(call: Call, provision: Make, part: str, field: str) -> None:
    lacking = {**EVERYTHING, part: without(EVERYTHING[part], field)}
    assert invalid(call("POST", f"{V2}/provision", json=lacking)).startswith(f"{part}.{field}: ")
    provision()
    assert call("POST", f"{V2}/provision", json=lacking).status_code == 200


@pytest.mark.boot(
    fixtures="empty", clock="2025-05-15T10:00:00Z", settings={"smarterproctoring": {"require_fields_without_sid": True}}
)
def test_describing_what_is_known_by_no_sid_can_be_demanded(call: Call, provision: Make) -> None:
    made = provision()
    lacking = {"course": without(COURSE, "title")}
    assert invalid(call("POST", f"{V2}/provision", json=lacking)).startswith("course.title: ")
    assert call("POST", f"{V2}/provision", json={"course": {"ids": {"sid": made["course"]["sid"]}}}).ok


def test_a_new_course_may_have_a_code_of_null(provision: Make) -> None:
    assert provision(course={**COURSE, "code": None})["course"]["result"] == "Created"


@pytest.mark.parametrize("part", ENTITIES)
@pytest.mark.parametrize("ids", [{}, {"other": "1"}])
def test_an_entity_must_be_named(call: Call, part: str, ids: Data) -> None:
    body = {**EVERYTHING, part: {**EVERYTHING[part], "ids": ids}}
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith(f"{part}.ids: ")


@pytest.mark.parametrize("kind", ["api", "lms"])
def test_an_exam_is_named_by_sid_or_external_only(call: Call, kind: str) -> None:
    body = {**EVERYTHING, "exam": {**EXAM, "ids": {kind: "e"}}}
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith("exam.ids: ")


def test_exams_of_two_courses_may_share_an_external_id(provision: Make) -> None:
    other = {**COURSE, "ids": {"external": "other"}}
    assert provision()["exam"]["sid"] != provision(course=other)["exam"]["sid"]


def test_an_exam_of_another_course_is_not_found(call: Call, provision: Make) -> None:
    made = provision()
    body = {"course": {**COURSE, "ids": {"external": "other"}}, "exam": {"ids": {"sid": made["exam"]["sid"]}}}
    refusal(call("POST", f"{V2}/provision", json=body), 404, "RESOURCENOTFOUND")


def test_a_user_has_the_accounts_defaults(sandbox: RemoteSandbox, provision: Make) -> None:
    provision(user={**USER, "timeZone": None})
    [user] = sandbox.entities("smarterproctoring", "users")
    assert (user["time_zone"], user["currency_code"]) == ("UTC", "USD")


def test_the_role_is_learner_unless_given_and_can_be_changed(sandbox: RemoteSandbox, provision: Make) -> None:
    def role() -> Any:
        [enrollment] = sandbox.entities("smarterproctoring", "enrollments")
        return enrollment["role"]

    provision(enrollment={})
    assert role() == "learner"
    assert provision(enrollment={"role": "instructor"})["enrollment"]["result"] == "Updated"
    assert provision()["enrollment"]["result"] == "Found Existing"
    assert role() == "instructor"


def test_an_enrollment_needs_a_user(call: Call) -> None:
    body = {"course": COURSE, "enrollment": {"role": "learner"}}
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith("enrollment: ")


def test_an_unknown_proctor_type_is_not_found(call: Call) -> None:
    exam = {**EXAM, "configuration": {**CONFIGURATION, "proctorTypes": {f"TS{'0' * 32}": {}}}}
    message = refusal(call("POST", f"{V2}/provision", json={**EVERYTHING, "exam": exam}), 404, "RESOURCENOTFOUND")
    assert message.startswith("exam.configuration.proctorTypes: ")


@pytest.mark.parametrize("window", ["access", "scheduling"])
def test_a_window_must_open_before_it_closes(call: Call, window: str) -> None:
    wrong = {"open": "2025-02-01T00:00:00Z", "close": "2025-02-01T00:00:00Z"}
    exam = {**EXAM, "configuration": {**CONFIGURATION, window: wrong}}
    message = invalid(call("POST", f"{V2}/provision", json={**EVERYTHING, "exam": exam}))
    assert message.startswith(f"exam.configuration.{window}.close: ")


def test_an_accommodation_is_one_enrollments_own(call: Call, provision: Make, make_session: Make) -> None:
    longer = {**CONFIGURATION, "type": "accommodation", "duration": 240}
    session = make_session()
    assert provision(exam={**EXAM, "configuration": longer})["configuration"]["result"] == "Created"
    assert call("GET", session["path"]).json()["duration"] == 240
    other = make_session(user={**USER, "ids": {"external": "u-2"}})
    assert call("GET", other["path"]).json()["duration"] == 120


def test_an_accommodation_needs_a_primary_configuration_and_a_user(call: Call, provision: Make) -> None:
    exam = {**EXAM, "configuration": {**CONFIGURATION, "type": "accommodation"}}
    message = invalid(call("POST", f"{V2}/provision", json={"course": COURSE, "user": USER, "exam": exam}))
    assert message.startswith("exam.configuration.type: ")
    provision()
    message = invalid(call("POST", f"{V2}/provision", json={"course": COURSE, "exam": exam}))
    assert message.startswith("exam.configuration.type: ")


def test_signon_needs_a_user_and_a_known_integration(call: Call) -> None:
    body = {"course": COURSE, "signon": {"integrationSid": INTEGRATION}}
    assert invalid(call("POST", f"{V2}/provision", json=body)).startswith("signon: ")
    body = {**EVERYTHING, "signon": {"integrationSid": f"II{'0' * 32}"}}
    message = refusal(call("POST", f"{V2}/provision", json=body), 404, "RESOURCENOTFOUND")
    assert message.startswith("signon.integrationSid: ")


def test_limited_scope_gives_no_session_by_itself(sandbox: RemoteSandbox, provision: Make) -> None:
    provision()
    assert sandbox.entities("smarterproctoring", "sessions") == []


def test_without_limited_scope_every_learner_has_one_session(sandbox: RemoteSandbox, provision: Make) -> None:
    def takers() -> list[str]:
        return sorted(each["enrollment_sid"] for each in sandbox.entities("smarterproctoring", "sessions"))

    exam = without(EXAM, "limitedScope")
    enrolled = [provision(exam=None, user={**USER, "ids": {"external": f"early-{n}"}}) for n in range(2)]
    enrolled.append(provision(exam=exam, user={**USER, "ids": {"external": "with the exam"}}))
    enrolled.append(provision(exam=None, user={**USER, "ids": {"external": "late"}}))
    provision(exam=None, user={**USER, "ids": {"external": "teacher"}}, enrollment={"role": "instructor"})
    provision(exam=exam, user={**USER, "ids": {"external": "late"}})
    assert takers() == sorted(each["enrollment"]["sid"] for each in enrolled)
    provision(exam={**exam, "ids": {"external": "e-2"}}, user=None)
    assert len(takers()) == 2 * len(enrolled)


def test_an_exam_that_is_opened_to_all_gives_sessions(sandbox: RemoteSandbox, provision: Make) -> None:
    provision()
    provision(user=None, exam={"ids": EXAM["ids"], "limitedScope": False})
    assert len(sandbox.entities("smarterproctoring", "sessions")) == 1


def test_a_window_must_open_before_it_closes_after_a_change_too(call: Call, provision: Make) -> None:
    provision(exam={**EXAM, "configuration": {**CONFIGURATION, "scheduling": {"close": "2025-03-01T00:00:00Z"}}})
    later = {**EXAM, "configuration": {**CONFIGURATION, "scheduling": {"open": "2025-04-01T00:00:00Z"}}}
    message = invalid(call("POST", f"{V2}/provision", json={"course": COURSE, "exam": later}))
    assert message.startswith("exam.configuration.scheduling.close: ")
