"""SmarterProctoring's names on the wire, and the shapes of the provision call."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from mockserver.core.fields import Flag, Int, Text, WireSchema, one_of, time_zone, web_address
from mockserver.vendors.smarterproctoring.dates import IsoDate, OptionalIsoDate
from mockserver.vendors.smarterproctoring.reference import MODALITY_OPTIONS

text = validate.Length(max=255)
prose = validate.Length(max=4000)
filled = validate.Length(1, 255)

_LONGEST_EXAM = 525_600
_address = validate.And(validate.Length(max=2000), web_address)


class CamelSchema(WireSchema):
    """A shape whose names are in camelCase on the wire and in snake_case here."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give a field its name on the wire, unless it has one of its own."""
        first, *rest = field_name.split("_")
        field_obj.data_key = field_obj.data_key or first + "".join(part.title() for part in rest)


class OptionalSchema(CamelSchema):
    """A shape whose optional fields may be null, which leaves them out, save where a null has a meaning of its own."""

    null_is_absent = True


class ConfigurationIds(fields.Field[str]):
    """The identifier of a configuration: a string as the vendor declares it, or an object as its sample has it."""

    default_error_messages = {"invalid": "Must be a string, or an object with api, of 1 to 255 characters."}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        named = value.get("api") if isinstance(value, dict) else value
        if not isinstance(named, str) or not 1 <= len(named) <= 255:
            raise self.make_error("invalid")
        return named


class ExamIdsSchema(OptionalSchema):
    """What names an exam."""

    sid = Text(validate=filled)
    external = Text(validate=filled)

    @validates_schema
    def _any(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError(f"At least one of {', '.join(self.load_fields)} is expected.")


class IdsSchema(ExamIdsSchema):
    """What names a course or a user."""

    api = Text(validate=filled)
    lms = Text(validate=filled)


class CourseInSchema(OptionalSchema):
    """A course to be found or made."""

    ids = fields.Nested(IdsSchema, required=True)
    title = Text(validate=filled)
    code = Text(allow_none=True, validate=text)


class UserInSchema(OptionalSchema):
    """A user to be found or made."""

    ids = fields.Nested(IdsSchema, required=True)
    first_name = Text(validate=filled)
    last_name = Text(validate=filled)
    email = fields.Email(validate=validate.Length(max=254))
    currency_code = Text(allow_none=True, validate=validate.Length(1, 10))
    time_zone = Text(allow_none=True, validate=time_zone)


class EnrollmentInSchema(OptionalSchema):
    """How the user takes part in the course."""

    role = Text(validate=one_of("learner", "instructor"))


class AccessSchema(CamelSchema):
    """From when to when an exam can be taken."""

    open = IsoDate(required=True)
    close = IsoDate(required=True)


class SchedulingSchema(OptionalSchema):
    """From when to when appointments can be made."""

    open = OptionalIsoDate(allow_none=True)
    close = OptionalIsoDate(allow_none=True)


class NotesSchema(OptionalSchema):
    """What student and proctor are told."""

    student = Text(allow_none=True, validate=prose)
    proctor = Text(allow_none=True, validate=prose)


class ProctorTypeInSchema(CamelSchema):
    """How exams with a proctor type are watched."""

    options = fields.Dict(keys=Text(validate=one_of(*MODALITY_OPTIONS)), values=fields.Dict())


class PermittedItemSchema(CamelSchema):
    """What is said of an item that is allowed."""

    notes = Text(allow_none=True, validate=prose)


class ConfigurationInSchema(OptionalSchema):
    """How an exam is proctored."""

    ids = ConfigurationIds()
    type = Text(validate=one_of("primary", "accommodation"))
    url = Text(required=True, validate=_address)
    access = fields.Nested(AccessSchema, required=True)
    scheduling = fields.Nested(SchedulingSchema)
    duration = Int(required=True, validate=validate.Range(1, _LONGEST_EXAM))
    password = Text(required=True, validate=filled)
    attempts = Int(validate=validate.Range(1, 1000))
    notes = fields.Nested(NotesSchema)
    proctor_types = fields.Dict(
        keys=Text(),
        values=fields.Nested(ProctorTypeInSchema),
        required=True,
        validate=validate.Length(min=1, error="At least one proctor type is expected."),
    )
    permitted_items = fields.Dict(keys=Text(validate=filled), values=fields.Nested(PermittedItemSchema))

    @post_load
    def _flatten(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Name everything as a configuration does."""
        notes = {f"{reader}_notes": said for reader, said in data.pop("notes", {}).items()}
        windows = {
            f"{window}_{end}": at for window in ("access", "scheduling") for end, at in data.pop(window, {}).items()
        }
        ids = {"api_id": data.pop("ids")} if "ids" in data else {}
        return {**data, **notes, **windows, **ids}


class ExamInSchema(OptionalSchema):
    """An exam to be found or made."""

    ids = fields.Nested(ExamIdsSchema, required=True)
    title = Text(validate=filled)
    description = Text(allow_none=True, validate=prose)
    type = Text(validate=one_of("online", "written"))
    practice = Flag()
    limited_scope = Flag()
    delivery_system = Text(allow_none=True, validate=text)
    configuration = fields.Nested(ConfigurationInSchema)


class SignonInSchema(OptionalSchema):
    """A wish for a sign-on link."""

    integration_sid = Text(required=True, validate=filled)


class ProvisionSchema(OptionalSchema):
    """What to find or make."""

    course = fields.Nested(CourseInSchema, required=True)
    user = fields.Nested(UserInSchema)
    enrollment = fields.Nested(EnrollmentInSchema)
    exam = fields.Nested(ExamInSchema)
    signon = fields.Nested(SignonInSchema)


class SettledSchema(CamelSchema):
    """What became of one entity."""

    sid = Text()
    result = Text()


class SignonSchema(CamelSchema):
    """Where to send the user, and the token alone."""

    redirect = Text()
    token = Text()


class ProvisionedSchema(CamelSchema):
    """What became of all that was named."""

    course = fields.Nested(SettledSchema)
    user = fields.Nested(SettledSchema)
    enrollment = fields.Nested(SettledSchema)
    exam = fields.Nested(SettledSchema)
    configuration = fields.Nested(SettledSchema)
    signon = fields.Nested(SignonSchema)
