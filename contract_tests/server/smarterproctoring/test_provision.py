"""Provisioning: what is found, made and changed."""

from datetime import timedelta

import pytest

from contract_tests.server.smarterproctoring.install import Data, Enrolled, Install, instant, name, sid_of
from mockserver.contract.expressions import scalars

pytestmark = pytest.mark.writes

_PROVISION = "smarterproctoring.provision"


def _results(said: Data) -> dict[str, str]:
    return {kind: str(each.get("result")) for kind, each in said.items() if isinstance(each, dict)}


@pytest.mark.clause(_PROVISION, "smarterproctoring.enrolled")
def test_all_at_once(install: Install) -> None:
    """A course, a user and an exam are made in one call, and the user is enrolled."""
    reply = install.needs(install.provision(course=install.course(), user=install.learner(), exam=install.exam()))
    enrolled = isinstance(reply.json, dict) and bool(reply.json.get("enrollment"))
    told = "The user that is provisioned is enrolled."
    install.holds("smarterproctoring.enrolled", enrolled, told, expected="an enrollment", got=reply.told)
    made = set(_results(reply.json).values()) - {"None"}
    told = "Everything that was not there is created."
    install.holds(f"{_PROVISION}.response.200", made == {"Created"}, told, expected="Created", got=reply.told)


@pytest.mark.sandbox
@pytest.mark.clause("smarterproctoring.account-defaults", "smarterproctoring.enrolled")
def test_what_is_not_said_is_the_accounts(install: Install) -> None:
    """A user without time zone and currency has the account's, and is a learner."""
    who = install.enrolled()
    account = install.sandbox.entity("installs", "sid", install.sid)
    user = install.sandbox.entity("users", "sid", who.user)
    for what in ("time_zone", "currency_code"):
        wanted, got = account[f"default_{what}"], user[what]
        told = f"The user has the {what} of the account."
        install.holds("smarterproctoring.account-defaults", got == wanted, told, expected=wanted, got=got)
    role = install.sandbox.entity("enrollments", "sid", who.enrollment)["role"]
    told = "Who has no role is a learner."
    install.holds("smarterproctoring.enrolled", role == "learner", told, expected="learner", got=role)


@pytest.mark.clause(f"{_PROVISION}.response.200")
def test_a_course_alone(install: Install) -> None:
    """Only the course is required in a call; a user in a later one finds it by its sid."""
    first = install.needs(install.provision(course=install.course()))
    named = {"ids": {"sid": first.at("course", "sid")}}
    reply = install.needs(install.provision(course=named, user=install.learner()))
    told = "The course is the one that was made before."
    same = reply.at("course", "sid") == first.at("course", "sid")
    install.holds("smarterproctoring.one-identifier", same, told, expected=first.told, got=reply.told)


@pytest.mark.clause(_PROVISION)
def test_everything_that_can_be_said(install: Install) -> None:
    """Whatever the guide lists can be said of a user and of an exam."""
    dates = {"open": instant(install.now() - timedelta(days=1)), "close": instant(install.now() + timedelta(days=9))}
    notes = {"student": "Bring a passport.", "proctor": "No phones."}
    items = {"calculator": {"notes": "A simple one."}}
    configuration = {"scheduling": dates, "attempts": 2, "notes": notes, "permittedItems": items}
    exam = install.exam(configuration, type="written", limitedScope=False)
    user = install.learner(timeZone="America/Chicago", currencyCode="USD")
    said = {"course": install.course(), "user": user, "exam": exam, "enrollment": {"role": "learner"}}
    reply = install.needs(install.provision(**said))
    sids = {kind: str(reply.at(kind, "sid")) for kind in ("course", "user", "enrollment", "exam")}
    found = install.active(Enrolled(**sids, said=said))
    told = "The learner can take the exam."
    install.holds("smarterproctoring.every-learner-a-session", found, told, expected="a session", got=found)
    read = install.read(Enrolled(**sids, said=said), sid_of(found[0]))
    clause = "smarterproctoring.get_exam_session.response.200.body.exam.type"
    shown = read.get("exam")
    got = shown.get("type") if isinstance(shown, dict) else None
    install.holds(clause, got == "Written", "It is a written exam.", expected="Written", got=got)


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


def _changed(said: Data) -> dict[str, Data]:
    """Return what was said, with something else about one of the entities."""
    course, user, exam = said["course"], said["user"], said["exam"]
    later = {**exam["configuration"], "duration": 90}
    return {
        "course": {**said, "course": {**course, "title": "Acme Corporation"}},
        "user": {**said, "user": {**user, "lastName": "Palmer-Smith"}},
        "enrollment": {**said, "enrollment": {"role": "instructor"}},
        "exam": {**said, "exam": {**exam, "title": "Geography I"}},
        "configuration": {**said, "exam": {**exam, "configuration": later}},
    }


@pytest.mark.parametrize("kind", ["course", "user", "enrollment", "exam", "configuration"])
@pytest.mark.clause("smarterproctoring.provision-again")
def test_what_is_given_anew_is_updated(install: Install, kind: str) -> None:
    """Provisioning again with the same identifiers updates what is given, and makes nothing new."""
    who = install.enrolled()
    reply = install.needs(install.provision(**_changed(who.said)[kind]), clause="smarterproctoring.provision-again")
    for each in ("course", "user", "enrollment", "exam"):
        same = reply.at(each, "sid") == getattr(who, each)
        told = f"The {each} is the one that was there."
        install.holds("smarterproctoring.provision-again", same, told, expected=getattr(who, each), got=reply.told)
    results = _results(reply.json)
    told = "Nothing is created again."
    install.holds("smarterproctoring.provision-again", "Created" not in results.values(), told, got=results)
    clause, got = f"{_PROVISION}.response.200.body.{kind}.result", results.get(kind)
    install.holds(clause, got == "Updated", "What is given anew is updated.", expected="Updated", got=got)


@pytest.mark.clause("smarterproctoring.external-exam-scope")
def test_two_courses_may_call_an_exam_the_same(install: Install) -> None:
    """An exam's external identifier is unique within its course; no document says so."""
    exam = install.exam()
    sids = [install.needs(install.provision(course=install.course(), exam=exam)).at("exam", "sid") for _ in range(2)]
    told = "Each course has its own exam."
    fits = sids[0] != sids[1]
    install.holds("smarterproctoring.external-exam-scope", fits, told, expected="two exams", got=sids)


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
    """An identifier that names nothing yet is given to the entity that the others name; no document says so."""
    external, api = name("external"), name("api")
    first = install.needs(install.provision(course=install.course(ids={"external": external})))
    install.needs(install.provision(course=install.course(ids={"external": external, "api": api})))
    reply = install.needs(install.provision(course={"ids": {"api": api}}), clause="smarterproctoring.identifiers-link")
    told = "The new identifier names the same course."
    same = reply.at("course", "sid") == first.at("course", "sid")
    install.holds("smarterproctoring.identifiers-link", same, told, expected=first.told, got=reply.told)


@pytest.mark.clause("smarterproctoring.signon-redirect", f"{_PROVISION}.response.200.body.signon.redirect")
def test_a_sign_on(install: Install) -> None:
    """A sign-on answers where to send the user."""
    integration = install.target.credentials.get("integration_sid")
    if not integration:
        pytest.skip("It needs integration_sid of the credentials.")
    said = {"course": install.course(), "user": install.learner(), "signon": {"integrationSid": str(integration)}}
    reply = install.needs(install.provision(**said))
    told = "The answer holds a URL to redirect the user to."
    there = any("://" in each for each in scalars(reply.json))
    install.holds("smarterproctoring.signon-redirect", there, told, expected="a URL", got=reply.told)
    told = "redirect is where to send the user."
    redirect = str(reply.at("signon", "redirect"))
    clause = f"{_PROVISION}.response.200.body.signon.redirect"
    install.holds(clause, redirect.startswith("http"), told, expected="an address", got=redirect)
    page = install.browser().open(redirect)
    told = "A browser that is sent there finds a page."
    install.holds("smarterproctoring.signon-redirect", page.ok, told, expected="a page", got=page.status)
