"""Provisioning that is refused: what is not there, what is missing, and what is not as it is documented."""

import pytest

from contract_tests.server.smarterproctoring.install import Data, Install, made_up, name

pytestmark = pytest.mark.writes

_PROVISION = "smarterproctoring.provision"


@pytest.mark.parametrize(("kind", "prefix"), [("course", "CU"), ("user", "US"), ("exam", "EX")])
@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_a_sid_that_nothing_has(install: Install, kind: str, prefix: str) -> None:
    """A sid must name something that exists; else RESOURCENOTFOUND."""
    said: Data = {"course": install.course(), "user": install.learner(), "exam": install.exam()}
    said[kind] = {**said[kind], "ids": {"sid": made_up(prefix)}}
    reply = install.provision(**said)
    install.answers(reply, "RESOURCENOTFOUND", "smarterproctoring.unknown-sid", f"There is no such {kind}")


def _lacking(install: Install) -> dict[str, tuple[str, Data]]:
    course, user, exam = install.course(), install.learner(), install.exam()

    def without(entity: Data, field: str) -> Data:
        return {key: value for key, value in entity.items() if key != field}

    def configured(field: str) -> Data:
        return {**exam, "configuration": without(exam["configuration"], field)}

    made: dict[str, tuple[str, Data]] = {}
    for field in ("title", "code"):
        made[f"course.{field}"] = ("smarterproctoring.new-course", {"course": without(course, field)})
    for field in ("firstName", "lastName", "email"):
        made[f"user.{field}"] = ("smarterproctoring.new-user", {"course": course, "user": without(user, field)})
    for field in ("title", "configuration"):
        made[f"exam.{field}"] = ("smarterproctoring.new-exam", {"course": course, "exam": without(exam, field)})
    for field in ("url", "access", "duration", "password", "proctorTypes"):
        made[f"configuration.{field}"] = ("smarterproctoring.new-exam", {"course": course, "exam": configured(field)})
    made["email"] = ("smarterproctoring.new-user", {"course": course, "user": {**user, "email": "no address"}})
    return made


@pytest.mark.parametrize(
    "what",
    [
        "course.title",
        "course.code",
        "user.firstName",
        "user.lastName",
        "user.email",
        "email",
        "exam.title",
        "exam.configuration",
        "configuration.url",
        "configuration.access",
        "configuration.duration",
        "configuration.password",
        "configuration.proctorTypes",
    ],
)
@pytest.mark.clause("smarterproctoring.new-course", "smarterproctoring.new-user", "smarterproctoring.new-exam")
def test_a_new_entity_that_lacks_something(install: Install, what: str) -> None:
    """A new course needs title and code, a new user names and a valid email, a new exam title and configuration."""
    clause, said = _lacking(install)[what]
    reply = install.provision(**said)
    install.answers(reply, "INVALIDINPUT", clause, f"Without {what} nothing new is made")


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"course": {"ids": {}}}'], ids=["no-json", "list", "none", "ids"]
)
@pytest.mark.clause(f"{_PROVISION}.response.400", "smarterproctoring.one-identifier")
def test_a_body_that_cannot_be_understood(install: Install, body: bytes) -> None:
    """What names no course by any identifier is INVALIDINPUT."""
    path = install.path("provision", version="v2")
    reply = install.api("POST", path, data=body, headers={"Content-Type": "application/json"})
    install.answers(reply, "INVALIDINPUT", f"{_PROVISION}.response.400", "It is wrong input")


@pytest.mark.clause("smarterproctoring.enrollment-with-user")
def test_an_enrollment_needs_its_user(install: Install) -> None:
    """An enrollment is given together with a user only."""
    reply = install.provision(course=install.course(), enrollment={"role": "learner"})
    install.refuses(reply, "smarterproctoring.enrollment-with-user", "Nobody is enrolled.")


@pytest.mark.clause("smarterproctoring.identifiers-agree")
def test_identifiers_that_disagree(install: Install) -> None:
    """Identifiers that name different entities are refused; no document says so."""
    names = [name("external"), name("api")]
    install.needs(install.provision(course=install.course(ids={"external": names[0]})))
    install.needs(install.provision(course=install.course(ids={"api": names[1]})))
    reply = install.provision(course=install.course(ids={"external": names[0], "api": names[1]}))
    install.refuses(reply, "smarterproctoring.identifiers-agree", "Two courses are not one.", 400)


@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_a_proctor_type_that_nothing_has(install: Install) -> None:
    """The SID of a proctor type must name one; else RESOURCENOTFOUND."""
    exam = install.exam({"proctorTypes": {made_up("TS"): {}}})
    reply = install.provision(course=install.course(), exam=exam)
    install.answers(reply, "RESOURCENOTFOUND", "smarterproctoring.unknown-sid", "There is no such proctor type")


@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_an_integration_that_nothing_has(install: Install) -> None:
    """The SID of an integration must name one; else RESOURCENOTFOUND."""
    signon = {"integrationSid": made_up("II")}
    reply = install.provision(course=install.course(), user=install.learner(), signon=signon)
    install.answers(reply, "RESOURCENOTFOUND", "smarterproctoring.unknown-sid", "There is no such integration")


@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_what_is_no_integration(install: Install) -> None:
    """What is no SID names no integration; whether that is wrong input or nothing found no document says."""
    signon = {"integrationSid": "II-1"}
    reply = install.provision(course=install.course(), user=install.learner(), signon=signon)
    install.refuses(reply, "smarterproctoring.unknown-sid", "What is no SID names nothing.", 400, 404)


WRONG: dict[str, Data] = {
    "role": {"enrollment": {"role": "student"}},
    "type": {"exam": {"type": "oral"}},
    "scope": {"exam": {"limitedScope": "yes"}},
    "duration": {"exam": {"configuration": {"duration": "an hour"}}},
    "attempts": {"exam": {"configuration": {"attempts": "two"}}},
    "date": {"exam": {"configuration": {"access": {"open": "yesterday", "close": "tomorrow"}}}},
    "name": {"user": {"firstName": 7}},
}
"""Values that the guide does not allow, each where it stands in a call."""


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.clause(f"{_PROVISION}.response.400")
def test_a_value_that_is_not_documented(install: Install, what: str) -> None:
    """A value of another type or from outside of its list is INVALIDINPUT."""
    said = {"course": install.course(), "user": install.learner(), "exam": install.exam()}
    reply = install.provision(**_merged(said, WRONG[what]))
    install.answers(reply, "INVALIDINPUT", f"{_PROVISION}.response.400", f"Another {what} is not documented")


def _merged(said: Data, other: Data) -> Data:
    """Return some data with other data in it, at any depth."""
    inner = {key: _merged(said[key], value) for key, value in other.items() if isinstance(said.get(key), dict)}
    return {**said, **other, **inner}
