"""Provisioning: a course, and if they are named a user with an enrollment, an exam and a sign-on, in one call.

Each entity is found by any of its identifiers or made, and takes over what is given: a repeated call changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar

from mockserver.core.clock import later
from mockserver.core.collection import Collection
from mockserver.vendors.smarterproctoring import assignments
from mockserver.vendors.smarterproctoring.entities import (
    Configuration,
    Course,
    Enrollment,
    Exam,
    Install,
    Signon,
    User,
)
from mockserver.vendors.smarterproctoring.reference import PROCTOR_TYPES
from mockserver.vendors.smarterproctoring.refusals import invalid, unknown
from mockserver.vendors.smarterproctoring.state import SmarterProctoring

Given = Mapping[str, Any]


class _Resource(Protocol):
    @property
    def sid(self) -> str: ...


R = TypeVar("R", bound=_Resource)

_IDENTIFIERS = {"api": "api_id", "external": "external_id", "lms": "lms_id"}

_DESCRIBED_BY = {
    "course": {"title": "title", "code": "code"},
    "user": {"firstName": "first_name", "lastName": "last_name", "email": "email"},
    "exam": {"title": "title", "configuration": "configuration"},
}
"""What a new entity must have, by its names on the wire and here."""


@dataclass(frozen=True, slots=True)
class Settled(Generic[R]):
    """An entity as a call leaves it, and what the call did to it."""

    entity: R
    result: Literal["Created", "Found Existing", "Updated"]

    @property
    def sid(self) -> str:
        """The entity's SID."""
        return self.entity.sid


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """What a call left behind; None for what it did not name."""

    course: Settled[Course]
    user: Settled[User] | None = None
    enrollment: Settled[Enrollment] | None = None
    exam: Settled[Exam] | None = None
    configuration: Settled[Configuration] | None = None
    signon: Signon | None = None


def provision(state: SmarterProctoring, install_sid: str, given: Given) -> Provisioned:
    """Find, make or change what a call names.

    Raises ``NotFound`` for a SID that nothing has, and ``BadRequest`` for a new entity that is not described.
    """
    install = state.install(install_sid)
    course = _course(state, install, given["course"])
    user, enrollment = _learner(state, install, course.entity, given)
    exam, configuration = _prepared(state, course.entity, enrollment, given.get("exam"))
    if enrollment is not None:
        assignments.supply_learner(state, enrollment.entity)
    return Provisioned(
        course=course,
        user=user,
        enrollment=enrollment,
        exam=exam,
        configuration=configuration,
        signon=_sign_on(state, install, user, given),
    )


def _course(state: SmarterProctoring, install: Install, given: Given) -> Settled[Course]:
    known = _identify(state, state.courses, "course", "CU", given["ids"], install_sid=install.sid)
    _check_described(state, "course", given, known)
    changes = _changes(given)
    if known is not None:
        return _settle(state.courses, known, replace(known, **changes))
    sid = state.next_sid(state.courses, "CU")
    return _settle(state.courses, None, Course(sid=sid, install_sid=install.sid, **changes))


def _learner(
    state: SmarterProctoring, install: Install, course: Course, given: Given
) -> tuple[Settled[User] | None, Settled[Enrollment] | None]:
    if "user" not in given:
        if "enrollment" in given:
            raise invalid("enrollment", "Is allowed with a user only.")
        return None, None
    user = _user(state, install, given["user"])
    return user, _enroll(state, user.entity, course, given.get("enrollment", {}))


def _user(state: SmarterProctoring, install: Install, given: Given) -> Settled[User]:
    known = _identify(state, state.users, "user", "US", given["ids"], install_sid=install.sid)
    _check_described(state, "user", given, known)
    defaults = {"time_zone": install.default_time_zone, "currency_code": install.default_currency_code}
    changes = _changes(given)
    changes.update({name: value for name, value in defaults.items() if changes.get(name, value) is None})
    if known is not None:
        return _settle(state.users, known, replace(known, **changes))
    sid = state.next_sid(state.users, "US")
    return _settle(state.users, None, User(sid=sid, install_sid=install.sid, **{**defaults, **changes}))


def _enroll(state: SmarterProctoring, user: User, course: Course, given: Given) -> Settled[Enrollment]:
    known = state.enrollments.find(pair=(user.sid, course.sid))
    if known is not None:
        return _settle(state.enrollments, known, replace(known, **given))
    sid = state.next_sid(state.enrollments, "EN")
    return _settle(state.enrollments, None, Enrollment(sid=sid, user_sid=user.sid, course_sid=course.sid, **given))


def _prepared(
    state: SmarterProctoring, course: Course, enrollment: Settled[Enrollment] | None, given: Given | None
) -> tuple[Settled[Exam] | None, Settled[Configuration] | None]:
    """Return the exam and its configuration, and let those who take it have their sessions."""
    if given is None:
        return None, None
    exam = _exam(state, course, given)
    configuration = None
    if "configuration" in given:
        configuration = _configuration(state, exam.entity, enrollment, given["configuration"])
    if exam.result != "Found Existing":
        assignments.supply_exam(state, exam.entity)
    return exam, configuration


def _exam(state: SmarterProctoring, course: Course, given: Given) -> Settled[Exam]:
    known = _identify(state, state.exams, "exam", "EX", given["ids"], course_sid=course.sid)
    _check_described(state, "exam", given, known)
    changes = {name: value for name, value in _changes(given).items() if name != "configuration"}
    if known is not None:
        return _settle(state.exams, known, replace(known, **changes))
    sid = state.next_sid(state.exams, "EX")
    return _settle(state.exams, None, Exam(sid=sid, course_sid=course.sid, **changes))


def _configuration(
    state: SmarterProctoring, exam: Exam, enrollment: Settled[Enrollment] | None, given: Given
) -> Settled[Configuration]:
    holder = _accommodated(state, exam, enrollment) if given.get("type") == "accommodation" else None
    known = state.configurations.find(holder=(exam.sid, holder))
    if known is not None:
        wanted = replace(known, **given)
    else:
        sid = state.next_sid(state.configurations, "EC")
        wanted = Configuration(sid=sid, exam_sid=exam.sid, enrollment_sid=holder, **given)
    _check_configuration(state, wanted)
    settled = _settle(state.configurations, known, wanted)
    if settled.result == "Updated":
        for session in state.sessions.where(exam_sid=exam.sid):
            state.plan_end(session)
    return settled


def _accommodated(state: SmarterProctoring, exam: Exam, enrollment: Settled[Enrollment] | None) -> str:
    if enrollment is None:
        raise invalid("exam.configuration.type", "An accommodation is for a user, and none is given.")
    if state.configurations.find(holder=(exam.sid, None)) is None:
        raise invalid("exam.configuration.type", "An exam's first configuration must be primary.")
    return enrollment.sid


def _check_configuration(state: SmarterProctoring, wanted: Configuration) -> None:
    place = "exam.configuration"
    windows = {
        "access": (wanted.access_open, wanted.access_close),
        "scheduling": (wanted.scheduling_open, wanted.scheduling_close),
    }
    for window, (opens, closes) in windows.items():
        if opens is not None and closes is not None and closes <= opens:
            raise invalid(f"{place}.{window}.close", "Must be after open.")
    for sid in wanted.proctor_types:
        state.check_sid(f"{place}.proctorTypes", sid, "TS")
        if sid not in PROCTOR_TYPES:
            raise unknown(f"{place}.proctorTypes", sid)


def _sign_on(state: SmarterProctoring, install: Install, user: Settled[User] | None, given: Given) -> Signon | None:
    if "signon" not in given:
        return None
    if user is None:
        raise invalid("signon", "Is for a user, and none is given.")
    sid = given["signon"]["integration_sid"]
    integration = state.known(state.integrations, "signon.integrationSid", sid, "II", install_sid=install.sid)
    now = state.now()
    return state.signons.add(
        Signon(
            id=state.next_hex(state.signons),
            user_sid=user.sid,
            integration_sid=integration.sid,
            issued=now,
            expires=later(now, timedelta(minutes=state.settings.signon_minutes)),
        )
    )


def _identify(
    state: SmarterProctoring, collection: Collection[R], place: str, prefix: str, ids: Given, **scope: str
) -> R | None:
    """Return the entity that all identifiers name as far as they name any; a SID must name one."""
    found: dict[str, R] = {}
    if "sid" in ids:
        named = state.known(collection, f"{place}.ids.sid", ids["sid"], prefix, **scope)
        found[named.sid] = named
    for kind, attribute in _IDENTIFIERS.items():
        if kind in ids:
            found.update({each.sid: each for each in collection.where(**{attribute: ids[kind]}, **scope)})
    if len(found) > 1:
        raise invalid(f"{place}.ids", f"They name different entities: {', '.join(sorted(found))}.")
    return next(iter(found.values()), None)


def _check_described(state: SmarterProctoring, place: str, given: Given, known: object) -> None:
    """Raise ``BadRequest`` if an entity is to be made and a field for it is missing."""
    if "sid" in given["ids"] or (known is not None and not state.settings.require_fields_without_sid):
        return
    for field, attribute in _DESCRIBED_BY[place].items():
        if attribute not in given:
            raise invalid(f"{place}.{field}", f"Missing; a new {place} must have it.")


def _changes(given: Given) -> dict[str, Any]:
    """Return what is given as attributes, the identifiers among them."""
    own = {name: value for name, value in given.items() if name != "ids"}
    ids = {attribute: given["ids"][kind] for kind, attribute in _IDENTIFIERS.items() if kind in given["ids"]}
    return {**own, **ids}


def _settle(collection: Collection[R], known: R | None, wanted: R) -> Settled[R]:
    if known is None:
        return Settled(collection.add(wanted), "Created")
    if wanted == known:
        return Settled(known, "Found Existing")
    return Settled(collection.save(wanted), "Updated")
