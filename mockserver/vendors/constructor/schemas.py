"""Constructor Proctor's shapes on the wire."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_dump, post_load, validate, validates_schema

from mockserver.core.fields import Flag, Instant, Int, Number, Text, WireSchema, one_of, web_address
from mockserver.vendors.constructor.parameters import CHEATER_LEVEL, RULES, SCORES

_LONGEST_URL = 4000
_YEAR = 525_600

_session_id = validate.Length(1, 230)


class Identifier(fields.Field[str | int]):
    """An id as clients write it: text of 1 to 255 characters or a number."""

    default_error_messages = {"invalid": "Not a string of 1 to 255 characters or an integer."}  # noqa: RUF012 - marshmallow's declaration

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str | int:
        if isinstance(value, str) and 0 < len(value) <= 255:
            return value
        if type(value) is int and abs(value) < 2**63:
            return value
        raise self.make_error("invalid")


class Whole(Int):
    """A JSON integer, which 80.0 is as well."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        whole = isinstance(value, float) and value.is_integer()
        return super()._deserialize(int(value) if whole else value, attr, data, **kwargs)


class TokenSchema(WireSchema):
    """What the pages are given: a signed payload."""

    token = Text(required=True)


class Sparse(WireSchema):
    """An object whose null members count as not given."""

    @post_load
    def without_nulls(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop them."""
        return {name: value for name, value in data.items() if value is not None}


def _score(name: str) -> fields.Field[Any]:
    if name in (CHEATER_LEVEL.camel, CHEATER_LEVEL.snake):
        return Whole(allow_none=True, validate=validate.Range(0, 100))
    return Number(allow_none=True, validate=validate.Range(0, 10))


def _rule(default: bool | str) -> fields.Field[Any]:
    if isinstance(default, bool):
        return Flag(allow_none=True)
    return Text(allow_none=True, validate=validate.Length(max=10_000))


ScoreConfigSchema = Sparse.from_dict(
    {name: _score(name) for score in SCORES for name in (score.camel, score.snake)}, name="ScoreConfigSchema"
)
RulesSchema = Sparse.from_dict({name: _rule(default) for name, default in RULES.items()}, name="RulesSchema")


def _text(data_key: str, longest: int = 255) -> Text:
    return Text(data_key=data_key, allow_none=True, validate=validate.Length(max=longest))


def _choice(data_key: str, *choices: str) -> Text:
    return Text(data_key=data_key, allow_none=True, validate=one_of(*choices))


def _flag(data_key: str) -> Flag:
    return Flag(data_key=data_key, allow_none=True)


def _address(data_key: str, longest: int = _LONGEST_URL, **options: Any) -> Text:
    return Text(data_key=data_key, validate=[web_address, validate.Length(max=longest)], **options)


def _shallow(value: Any, levels: int = 4) -> None:
    """Refuse what is nested deeper than anything that is listed by hand."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if levels == 0:
        raise ValidationError("Nested too deep.")
    for each in inner:
        _shallow(each, levels - 1)


def _processes(data_key: str) -> fields.List[Any]:
    items = fields.Raw(validate=_shallow)
    return fields.List(items, data_key=data_key, allow_none=True, validate=validate.Length(max=1000))


class _Flags(fields.Dict):
    """Flags by any name; those that are null count as not given."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Drop them."""
        loaded = super().deserialize(value, attr, data, **kwargs)
        return {name: flag for name, flag in loaded.items() if flag is not None} if loaded else loaded


class ExamSchema(WireSchema):
    """An exam's parameters, sent and answered: those that are listed, then those that the vendor's plugin sends."""

    account_id = Identifier(data_key="accountId", required=True)
    account_name = Text(data_key="accountName", required=True, validate=validate.Length(1, 255))
    exam_id = Identifier(data_key="examId", required=True)
    exam_name = Text(data_key="examName", required=True, validate=validate.Length(1, 500))
    course_name = _text("courseName", 450)
    user_agreement_url = _address("userAgreementUrl", 200, allow_none=True)
    duration = Whole(required=True, validate=validate.Range(1, _YEAR))
    schedule = Flag(required=True)
    auxiliary_camera = _flag("auxiliaryCamera")
    proctoring = Text(required=True, validate=one_of("online", "offline", "auto", "identification"))
    identification = _choice("identification", "passport", "face", "face_and_passport", "skip")
    trial = _flag("trial")
    rules = fields.Nested(RulesSchema, allow_none=True)
    start_date = Instant(data_key="startDate", required=True)
    end_date = Instant(data_key="endDate", required=True)
    score_config = fields.Nested(ScoreConfigSchema, data_key="scoreConfig", allow_none=True)
    visible_warnings = _Flags(
        keys=Text(validate=validate.Length(1, 100)),
        values=Flag(allow_none=True),
        data_key="visibleWarnings",
        allow_none=True,
    )
    course_code = _text("courseCode")
    auxiliary_camera_mode = _choice("auxiliaryCameraMode", "video", "photo")
    ldb = _flag("ldb")
    secure_browser = _flag("secureBrowser")
    secure_browser_level = _choice("secureBrowserLevel", "basic", "medium", "high")
    allow_multiple_displays = _flag("allowMultipleDisplays")
    allow_virtual_environment = _flag("allowVirtualEnvironment")
    check_id_photo_quality = _flag("checkIdPhotoQuality")
    allow_mobile_devices = _flag("allowMobileDevices")
    face_hunting_enabled = _flag("faceHuntingEnabled")
    web_camera_main_view = _choice("webCameraMainView", "front", "side")
    calculator = _choice("calculator", "off", "simple", "scientific")
    streams_preset = _text("streamsPreset")
    send_manual_warnings_to_learner = _flag("sendManualWarningsToLearner")
    allow_room_scan_aux_camera = _flag("allowRoomScanAuxCamera")
    allow_making_room_scan_second_camera = _flag("allowMakingRoomScanSecondCamera")
    desktop_app_forbidden_processes = _processes("desktopAppForbiddenProcesses")
    desktop_app_allowed_processes = _processes("desktopAppAllowedProcesses")

    @validates_schema
    def dates_in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse an exam that ends before it starts."""
        if data["end_date"] <= data["start_date"]:
            raise ValidationError("Must be after startDate.", "endDate")

    @post_dump
    def without_unused(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out what only the plugin sends and nobody gave; a listed parameter is answered, null if need be."""
        return {name: value for name, value in data.items() if value is not None or name in _LISTED}


_LISTED = frozenset(
    {
        "courseName",
        "userAgreementUrl",
        "auxiliaryCamera",
        "identification",
        "trial",
        "rules",
        "scoreConfig",
        "visibleWarnings",
    }
)


class PreliminaryCheckSchema(WireSchema):
    """Whether the test taker's face is compared with a photo before the start."""

    enabled = Flag(required=True)
    photo_url = _address("photo_url", required=True)


class BiometricIdentificationSchema(WireSchema):
    """The older form of the same; the vendor's plugin sent it until 2025."""

    enabled = _flag("enabled")
    photo_url = _text("photo_url", _LONGEST_URL)
    skip_fail = _flag("skip_fail")
    flow = _text("flow")
    theme = _text("theme")
    esia_oid = _text("esia_oid")
    hash_snils = _text("hash_snils")


class PersonSchema(WireSchema):
    """Who comes: the part that test takers and proctors have in common."""

    user_id = Identifier(data_key="userId", required=True)
    last_name = _text("lastName")
    first_name = _text("firstName")
    third_name = _text("thirdName")
    language = Text(allow_none=True, validate=validate.Length(2, 5))


class TestTakerSchema(PersonSchema):
    """A test taker."""

    email = _text("email")
    special_accommodations_info = _text("specialAccommodationsInfo", 10_000)
    preliminary_check = fields.Nested(PreliminaryCheckSchema, data_key="preliminaryCheck", allow_none=True)
    biometric_identification = fields.Nested(
        BiometricIdentificationSchema, data_key="biometricIdentification", allow_none=True
    )


class AttemptSchema(WireSchema):
    """A session, as the client makes it."""

    session_id = Text(data_key="sessionId", required=True, validate=_session_id)
    session_url = _address("sessionUrl", required=True)
    session_finish_url = _address("sessionFinishUrl", allow_none=True)


class StartSchema(ExamSchema, TestTakerSchema, AttemptSchema):
    """The start token's payload: all three in one object."""

    @post_load
    def by_entity(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Tell test taker, session and exam apart."""
        return {
            name: {field: value for field, value in data.items() if field in schema.fields}
            for name, schema in _PARTS.items()
        }


_PARTS = {"user": TestTakerSchema(), "session": AttemptSchema(), "exam": ExamSchema()}


class ArchiveSchema(PersonSchema):
    """The archive token's payload: a proctor, and which session to show."""

    session_id = Text(data_key="sessionId", required=True, validate=_session_id)
    return_url = _address("returnUrl", 255, allow_none=True)


class FinishSchema(WireSchema):
    """What finishing a session may be told."""

    session_finish_url = _address("sessionFinishUrl", allow_none=True)


class FinishedSchema(WireSchema):
    """What finishing a session did."""

    message = Text()


class StatusSchema(WireSchema):
    """Where a session stands."""

    account_id = Text(data_key="accountId")
    session_id = Text(data_key="sessionId")
    status = Text()
    session_start = Instant(data_key="sessionStart")
    session_end = Instant(data_key="sessionEnd")


class SlotSchema(WireSchema):
    """The form that books a slot."""

    start = Instant(required=True)
