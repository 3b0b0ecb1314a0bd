"""The long shapes: everything of a session, and the rows of the report of appointments."""

from marshmallow import fields

from mockserver.core.fields import Flag, Int, Text
from mockserver.vendors.smarterproctoring.dates import Moment
from mockserver.vendors.smarterproctoring.schemas import CamelSchema
from mockserver.vendors.smarterproctoring.session_schemas import ListSchema


class ExamSchema(CamelSchema):
    """An exam as sessions show it."""

    sid = Text()
    course_sid = Text()
    title = Text()
    type = Text()
    description = Text()
    use_proctor_manager = Flag()
    require_approval = Flag()
    enable_appointment_suggestions = Flag()
    url = Text()
    status = Text()
    instructor_name = Text()
    course_name = Text()
    total_sessions = Int()
    needs_proctor_sessions = Int()
    platform_version = Text()


class EnrollmentSchema(CamelSchema):
    """An enrollment as sessions show it."""

    user_sid = Text()
    sid = Text(data_key="enrollmentSid")
    course_sid = Text()
    role = Text()


class CourseSchema(CamelSchema):
    """A course as sessions show it."""

    sid = Text()
    title = Text()
    code = Text()


class InstallSchema(CamelSchema):
    """An install as sessions show it."""

    sid = Text()
    name = Text()


class AppointmentSchema(CamelSchema):
    """A session in the report of appointments."""

    sid = Text()
    exam_sid = Text()
    enrollment_sid = Text()
    instructor_proctor_sid = Text()
    status = Text()
    session_type = Text()
    scheduling_module = Text()
    proctor_review_process_sid = Text()
    appointment_date = Moment()
    date_approved = Moment()
    date_scheduled = Moment()
    external_appointment_id = Text()
    external_reserved_appointment_id = Text()
    external_reserved_appointment_expires = Moment()
    external_appointment_sync_date = Moment()
    in_progress_date = Moment(data_key="recordingStartDate")
    session_report_count = Int()
    series = fields.Dict()
    review_by_date = Moment()
    review_completed_date = Moment()
    review_required = Flag()
    platform_version = Text()
    system_check_start_date = Moment()
    system_check_end_date = Moment()
    exam = fields.Nested(ExamSchema)
    enrollment = fields.Nested(EnrollmentSchema)


class ReportedAppointmentSchema(AppointmentSchema):
    """The same with what the report alone has."""

    mandatory_room_scan_video = Flag()
    muted_annotations = fields.Dict()


class AppointmentListSchema(ListSchema):
    """Sessions of an install."""

    results = fields.Nested(ReportedAppointmentSchema, many=True)


class SessionSchema(AppointmentSchema):
    """Everything of a session."""

    install_sid = Text()
    user_sid = Text()
    course_sid = Text()
    proctor_type_sid = Text()
    cancellation_policy_sid = Text()
    cancellation_policy_version_sid = Text()
    status_reason = Text()
    access_key = Text()
    duration = Int()
    workflow_module = Text()
    appointment_end_date = Moment()
    created = Moment(data_key="createdDate")
    began = Moment(data_key="inProgressDate")
    edited = Moment(data_key="editDate")
    notes = Text()
    account = Text()
    install = fields.Nested(InstallSchema)
    deployment = Text()
    review_by_user_sid = Text()
    review_complete_notification_url = Text()
    reviewed = Flag()
    proctor_groups = fields.List(Text())
    url = Text(data_key="URL")
    exam_locale = Text()
    modality_options = fields.Dict()
    course = fields.Nested(CourseSchema)
    exam_file = Text()
    returned_file = Text()
    photos = fields.List(Text())
