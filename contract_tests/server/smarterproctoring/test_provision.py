"""Provisioning: what is found, made and changed, and what is refused."""

import pytest

from contract_tests.server.smarterproctoring.install import Data, Install, made_up, name

pytestmark = pytest.mark.writes

_PROVISION = "smarterproctoring.provision"


def _results(said: Data) -> dict[str, str]:
    return {kind: str(each.get("result")) for kind, each in said.items() if isinstance(each, dict)}


@pytest.mark.clause(_PROVISION, "smarterproctoring.enrolled", "smarterproctoring.account-defaults")
def test_all_at_once(install: Install) -> None:
    """A course, a user and an exam are made in one call, and the user is enrolled, with the account's defaults."""
    reply = install.needs(install.provision(course=install.course(), user=install.learner(), exam=install.exam()))
    told = "The user that is provisioned is enrolled."
    install.holds(
        "smarterproctoring.enrolled", reply.at("enrollment", "sid"), told, expected="an enrollment", got=reply.told
    )
    made = set(_results(reply.json).values()) - {"None"}
    told = "Everything that was not there is created."
    install.holds(f"{_PROVISION}.response.200", made == {"Created"}, told, expected="Created", got=reply.told)
    told = "A user without time zone and currency is taken."
    install.holds("smarterproctoring.account-defaults", reply.ok, told)


@pytest.mark.clause("smarterproctoring.provision-again", "smarterproctoring.one-identifier")
def test_again_makes_nothing_twice(install: Install) -> None:
    """Provisioning again with the same identifiers makes no duplicate, and updates what is given."""
    who = install.enrolled()
    again = install.needs(install.provision(**who.said), clause="smarterproctoring.provision-again")
    sids = {kind: again.at(kind, "sid") for kind in ("course", "user", "enrollment", "exam")}
    before = {"course": who.course, "user": who.user, "enrollment": who.enrollment, "exam": who.exam}
    told = "The same identifiers name the same entities."
    install.holds("smarterproctoring.provision-again", sids == before, told, expected=before, got=sids)
    results = _results(again.json)
    told = "Nothing is created again."
    install.holds("smarterproctoring.provision-again", "Created" not in results.values(), told, got=results)
    changed = {**who.said, "course": {**who.said["course"], "title": "Acme Corporation"}}
    reply = install.needs(install.provision(**changed), clause="smarterproctoring.provision-again")
    told = "What is given anew is updated."
    same = reply.at("course", "sid") == who.course
    install.holds("smarterproctoring.provision-again", same, told, expected=who.course, got=reply.told)
    updated = _results(reply.json).get("course")
    clause = f"{_PROVISION}.response.200.body.course.result"
    install.holds(clause, updated == "Updated", told, expected="Updated", got=updated)


@pytest.mark.clause("smarterproctoring.one-identifier")
@pytest.mark.parametrize("kind", ["sid", "external", "api", "lms"])
def test_one_identifier_is_enough(install: Install, kind: str) -> None:
    """Each entity is named by at least one identifier; one is enough."""
    ids = {each: name(each) for each in ("external", "api", "lms")}
    made = install.needs(install.provision(course=install.course(ids=ids), user=install.learner(ids=ids)))
    course, user = str(made.at("course", "sid")), str(made.at("user", "sid"))
    by = {"sid": course} if kind == "sid" else {kind: ids[kind]}
    by_user = {"sid": user} if kind == "sid" else {kind: ids[kind]}
    reply = install.needs(
        install.provision(course={"ids": by}, user={"ids": by_user}), clause="smarterproctoring.one-identifier"
    )
    found = (reply.at("course", "sid"), reply.at("user", "sid"))
    told = f"An entity that is known is named by its {kind} alone."
    install.holds("smarterproctoring.one-identifier", found == (course, user), told, expected=(course, user), got=found)


@pytest.mark.clause("smarterproctoring.identifiers-link")
def test_a_new_identifier_is_linked(install: Install) -> None:
    """An identifier that names nothing yet is given to the entity that the others name."""
    external, api = name("external"), name("api")
    first = install.needs(install.provision(course=install.course(ids={"external": external})))
    install.needs(install.provision(course=install.course(ids={"external": external, "api": api})))
    reply = install.needs(install.provision(course={"ids": {"api": api}}), clause="smarterproctoring.identifiers-link")
    told = "The new identifier names the same course."
    same = reply.at("course", "sid") == first.at("course", "sid")
    install.holds("smarterproctoring.identifiers-link", same, told, expected=first.told, got=reply.told)


@pytest.mark.clause("smarterproctoring.identifiers-agree")
def test_identifiers_that_disagree(install: Install) -> None:
    """Identifiers that name different entities are refused; no document says so."""
    names = [name("external"), name("api")]
    install.needs(install.provision(course=install.course(ids={"external": names[0]})))
    install.needs(install.provision(course=install.course(ids={"api": names[1]})))
    reply = install.provision(course=install.course(ids={"external": names[0], "api": names[1]}))
    install.refuses(reply, "smarterproctoring.identifiers-agree", "Two courses are not one.", 400)


@pytest.mark.parametrize(("kind", "prefix"), [("course", "CU"), ("user", "US"), ("exam", "EX")])
@pytest.mark.clause("smarterproctoring.unknown-sid")
def test_a_sid_that_nothing_has(install: Install, kind: str, prefix: str) -> None:
    """A sid must name something that exists; else RESOURCENOTFOUND."""
    said: Data = {"course": install.course(), "user": install.learner(), "exam": install.exam()}
    said[kind] = {**said[kind], "ids": {"sid": made_up(prefix)}}
    reply = install.provision(**said)
    told = f"An unknown sid of a {kind} is answered RESOURCENOTFOUND."
    fits = reply.status == 404 and reply.at("code") == "RESOURCENOTFOUND"
    install.holds("smarterproctoring.unknown-sid", fits, told, expected="404 RESOURCENOTFOUND", got=reply.told)


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
    told = f"Without {what} nothing new is made: INVALIDINPUT."
    fits = reply.status == 400 and reply.at("code") == "INVALIDINPUT"
    install.holds(clause, fits, told, expected="400 INVALIDINPUT", got=reply.told)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"course": {"ids": {}}}'], ids=["no-json", "list", "none", "ids"]
)
@pytest.mark.clause(f"{_PROVISION}.response.400", "smarterproctoring.one-identifier")
def test_a_body_that_cannot_be_understood(install: Install, body: bytes) -> None:
    """What names no course by any identifier is INVALIDINPUT."""
    path = install.path("provision", version="v2")
    reply = install.api("POST", path, data=body, headers={"Content-Type": "application/json"})
    told = "It is answered INVALIDINPUT."
    fits = reply.status == 400 and reply.at("code") == "INVALIDINPUT"
    install.holds(f"{_PROVISION}.response.400", fits, told, expected="400 INVALIDINPUT", got=reply.told)


@pytest.mark.clause(f"{_PROVISION}.response.200.body.signon.redirect")
def test_a_sign_on(install: Install) -> None:
    """A sign-on answers where to send the user."""
    integration = install.target.credentials.get("integration_sid")
    if not integration:
        pytest.skip("It needs integration_sid of the credentials.")
    said = {"course": install.course(), "user": install.learner(), "signon": {"integrationSid": str(integration)}}
    reply = install.needs(install.provision(**said))
    told = "redirect is where to send the user."
    redirect = str(reply.at("signon", "redirect"))
    clause = f"{_PROVISION}.response.200.body.signon.redirect"
    install.holds(clause, redirect.startswith("http"), told, expected="an address", got=redirect)


@pytest.mark.clause("smarterproctoring.enrollment-with-user")
def test_an_enrollment_needs_its_user(install: Install) -> None:
    """An enrollment is given together with a user only."""
    reply = install.provision(course=install.course(), enrollment={"role": "learner"})
    install.refuses(reply, "smarterproctoring.enrollment-with-user", "Nobody is enrolled.")
