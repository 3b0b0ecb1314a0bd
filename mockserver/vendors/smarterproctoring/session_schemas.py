"""The shapes of assignments, sessions, their events, and the report of appointments."""

from typing import Any, get_args

from marshmallow import ValidationError, fields, validate, validates_schema

from mockserver.core.fields import Flag, Instant, Int, Number, Text, WireSchema, one_of
from mockserver.vendors.smarterproctoring.dates import Moment
from mockserver.vendors.smarterproctoring.entities import SessionType
from mockserver.vendors.smarterproctoring.schemas import CamelSchema, OptionalSchema, filled, prose, text

_MOST = 2**31 - 1
_sid = validate.Length(1, 40)
_search = validate.Regexp(r"[^%]*\Z", error="Must not have a %.")
_session_type = one_of(*get_args(SessionType))


class EnrollmentNameSchema(CamelSchema):
    """One enrollment."""

    enrollment_sid = Text(required=True, validate=_sid)


class AssignmentsSchema(CamelSchema):
    """Whom to assign and whom to take off, as the guide has it."""

    add = fields.List(fields.Nested(EnrollmentNameSchema))
    remove = fields.List(fields.Nested(EnrollmentNameSchema))

    @validates_schema
    def _any(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("add or remove is expected.", "add")


class AssignmentListSchema(CamelSchema):
    """The same as bare SIDs."""

    added = fields.List(Text(validate=_sid), load_default=list)
    removed = fields.List(Text(validate=_sid), load_default=list)


class AssignmentScopeSchema(CamelSchema):
    """Enrollments one by one, by section, or the whole course."""

    course_sid = Text(validate=_sid)
    section_sid = fields.List(Text(validate=_sid))
    enrollment_sid = fields.List(Text(validate=_sid))


class AssignmentScopesSchema(CamelSchema):
    """Whom to assign and whom to take off, by scope."""

    added = fields.Nested(AssignmentScopeSchema)
    removed = fields.Nested(AssignmentScopeSchema)


class PageSchema(CamelSchema):
    """Which page of a list."""

    offset = fields.Int(validate=validate.Range(0, _MOST), load_default=0)
    limit = fields.Int(validate=validate.Range(0, _MOST))


class SortedPageSchema(PageSchema):
    """Which page, and in which order."""

    sort_keys = fields.List(fields.Str(validate=one_of("createdDate")))
    sort_order = fields.Str(validate=one_of("ASC", "DESC"), load_default="ASC")


class SessionFilterSchema(SortedPageSchema):
    """Which sessions of an enrollment."""

    status = fields.List(
        fields.Str(
            validate=one_of(
                "Needs Proctor",
                "Pending Approval",
                "Approval Denied",
                "Scheduled",
                "Incident",
                "Closed",
                "Processing",
                "active",
            )
        ),
        load_default=list,
    )
    include_active = fields.Boolean(truthy={"true"}, falsy={"false"}, load_default=False)


class AppointmentFilterSchema(PageSchema):
    """Which sessions of an install."""

    course_sid = fields.Str(validate=_sid)
    exam_sid = fields.Str(validate=_sid)
    course_offering_sid = fields.Str(validate=_sid)
    type = fields.Str(validate=_session_type)
    status = fields.Str(validate=one_of("Needs Proctor", "Scheduled", "Cancelled", "In Progress", "Closed"))
    review_status = fields.Str(validate=one_of("pending", "complete", "not-required"))
    exam_status = fields.Str(validate=one_of("active", "draft", "deleted"))
    appointment_after = Moment()
    appointment_before = Moment()
    learner_first_name = fields.Str(validate=_search)
    learner_last_name = fields.Str(validate=_search)
    learner_email = fields.Str(validate=_search)
    learner_sid = fields.Str(validate=_search)
    course_title = fields.Str(validate=_search)
    exam_title = fields.Str(validate=_search)


class _AppointmentSchema(CamelSchema):
    """What scheduling and rescheduling share: the details of a proctor from outside, and notes."""

    notes = Text(allow_none=True, validate=prose)
    company = Text(validate=text)
    first_name = Text(validate=text)
    last_name = Text(validate=text)
    email = fields.Email(validate=validate.Length(max=254))
    phone = Text(validate=text)
    address1 = Text(validate=text)
    address2 = Text(validate=text)
    place = Text(validate=text)
    region = Text(validate=text)
    country = Text(validate=text)
    location_latitude = Text(validate=text)
    location_longitude = Text(validate=text)
    postal_code = Text(validate=text)


class ScheduleSchema(_AppointmentSchema, OptionalSchema):
    """An appointment to make."""

    session_type = Text(data_key="type", validate=_session_type)
    appointment_date = Moment(data_key="appointmentDateTime", required=True)
    proctor_location_sid = Text(validate=_sid)
    message_sid = Text(validate=_sid)
    currency = Text(allow_none=True, validate=validate.Length(1, 10))
    currency_code = Text(allow_none=True, validate=validate.Length(1, 10))
    amount = Number(validate=validate.Range(min=0))
    card_token = Text(validate=text)
    voucher_code = Text(validate=text)
    instructor_proctor_sid = Text(validate=_sid)
    external_appointment_id = Text(validate=filled)
    cancellation_policy_version_sid = Text(validate=_sid)
    exam_locale = Text(validate=text)
    proctor_type_sub_category_sid = Text(validate=_sid)


class RescheduleSchema(_AppointmentSchema):
    """What to change of an appointment."""

    session_type = Text(
        data_key="type",
        validate=one_of("b-virtual", "ad-hoc", "register-blast", "proctoru", "examity", "smarter-scheduling"),
    )
    appointment_date = Moment(data_key="appointmentDateTime")
    appointment_start_date = Moment(data_key="appointmentStartDateTime")
    appointment_end_date = Moment(data_key="appointmentEndDateTime")


class CancelSchema(CamelSchema):
    """Why an appointment is cancelled."""

    cancellation_memo = Text(validate=prose)
    type = Text(validate=_session_type)
    reason = Text(validate=one_of("no-show", "changed-time", "technical-issue", "other-reason"))
    bypass_non_refundable = Flag()


class ListSchema(CamelSchema):
    """One page of a list; what is in it adds ``results``."""

    total = Int()
    first = Text()
    next = Text()
    prev = Text()
    last = Text()
    count = Int()
    offset = Int()


class SessionSummarySchema(CamelSchema):
    """A session in a list."""

    sid = Text()
    status = Text()
    session_type = Text()
    appointment_date = Moment()
    created = Moment(data_key="createdDate")
    edited = Moment(data_key="editDate")


class SessionListSchema(ListSchema):
    """Sessions of an enrollment."""

    results = fields.Nested(SessionSummarySchema, many=True)


class StatusSchema(CamelSchema):
    """Where a session stands."""

    sid = Text()
    status = Text()
    status_reason = Text()


class StatusChangeSchema(WireSchema):
    """That a session's status has changed, as the vendor's piece for another platform takes it."""

    session_id = Text()
    status = Text()
    student_name = Text()
    student_email = Text()
    course_name = Text()
    exam_name = Text()
    timestamp = Instant()


class OnboardingSchema(CamelSchema):
    """Where to send the candidate."""

    url = Text()


class EventSchema(CamelSchema):
    """A report of something that happened."""

    sid = Text(dump_only=True)
    session_sid = Text(data_key="examSessionSid", dump_only=True)
    created = Moment(data_key="createdDate", dump_only=True)
    subject = Text(required=True, validate=filled)
    details = Text(validate=prose)
    status = Text(required=True, validate=one_of("Open", "Closed"))
    event_time = Moment(required=True)
    potential_damage = Text(validate=prose)
    corrective_action_details = Text(validate=prose)
    direct_witness = Text(required=True, validate=text)
    contact_person = Text(required=True, validate=text)
    contact_phone = Text(required=True, validate=text)
    contact_email = fields.Email(required=True, validate=validate.Length(max=254))
    event_type_sid = Text(validate=_sid)
    draft = Flag(required=True)


class EventListSchema(ListSchema):
    """Reports of a session."""

    results = fields.Nested(EventSchema, many=True)


class LocationTypeSchema(CamelSchema):
    """A kind of place."""

    sid = Text()
    name = Text()
    key = Text()


class CheckSchema(CamelSchema):
    """A sign of life."""

    status = Text()


class CurrentTimeSchema(CamelSchema):
    """The vendor's clock."""

    current_time = Moment()
