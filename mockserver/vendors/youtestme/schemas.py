"""YouTestMe's shapes on the wire."""

from typing import Any, get_args

from marshmallow import ValidationError, fields, validate, validates_schema

from mockserver.core.fields import Flag, Instant, Int, Number, Text, WireSchema, one_of, time_zone, web_address
from mockserver.vendors.youtestme.statuses import UserStatus

_text = validate.Length(1, 255)
_positive = validate.Range(min=1)
_address = validate.And(validate.Length(max=2000), web_address)


class UserSchema(WireSchema):
    """An account, sent and answered."""

    null_is_absent = True

    id = Int(dump_only=True)
    username = Text(required=True, validate=_text)
    status = Text(validate=one_of(*get_args(UserStatus)))
    role_code = Text(data_key="roleCode", required=True, validate=validate.Length(1, 50))
    time_zone_id = Text(data_key="timeZoneId", validate=time_zone)
    interface_language_id = Int(data_key="interfaceLanguageId", allow_none=True, validate=_positive)
    exam_language_id = Int(data_key="examLanguageId", allow_none=True, validate=_positive)
    first_name = Text(data_key="firstName", required=True, validate=_text)
    last_name = Text(data_key="lastName", required=True, validate=_text)
    email = Text(required=True, validate=(validate.Length(max=254), validate.Email()))
    external_id = Text(data_key="externalId", allow_none=True, validate=_text)


class NewAuthorizationSchema(WireSchema):
    """What permits a candidate to take a test, named by any of their identifiers."""

    authorization_external_id = Text(data_key="authorizationExternalId", allow_none=True, validate=_text)
    test_id = Int(data_key="testId", allow_none=True)
    external_test_id = Text(data_key="externalTestId", allow_none=True, validate=_text)
    candidate_id = Int(data_key="candidateId", allow_none=True)
    candidate_external_id = Text(data_key="candidateExternalId", allow_none=True, validate=_text)
    candidate_username = Text(data_key="candidateUsername", allow_none=True, validate=_text)
    expiration_datetime = Instant(data_key="expirationDatetime", allow_none=True)


class ExpirationSchema(WireSchema):
    """The one thing of an authorization that can be changed; null is no limit of time."""

    expiration_datetime = Instant(data_key="expirationDatetime", required=True, allow_none=True)


class AuthorizationFilterSchema(WireSchema):
    """Which authorizations to list."""

    test_id = fields.Int(data_key="testId")
    candidate_id = fields.Int(data_key="candidateId")
    active = fields.Boolean(truthy={"true"}, falsy={"false"})


class AuthorizationSchema(WireSchema):
    """An authorization as it stands."""

    id = Int(attribute="authorization.id")
    authorization_external_id = Text(data_key="authorizationExternalId", attribute="authorization.external_id")
    test_id = Int(data_key="testId", attribute="test.id")
    external_test_id = Text(data_key="externalTestId", attribute="test.external_id")
    candidate_id = Int(data_key="candidateId", attribute="candidate.id")
    candidate_external_id = Text(data_key="candidateExternalId", attribute="candidate.external_id")
    candidate_username = Text(data_key="candidateUsername", attribute="candidate.username")
    expiration_datetime = Instant(data_key="expirationDatetime", attribute="authorization.expiration")
    active = Flag()
    attempts_limit = Int(data_key="attemptsLimit", attribute="authorization.attempts_limit")
    attempts_left = Int(data_key="attemptsLeft")
    used_attempts = Int(data_key="usedAttempts", attribute="used")


class NewSsoLinkSchema(WireSchema):
    """Whom to sign in, where to, and until when."""

    user_id = Int(data_key="userId", allow_none=True)
    username = Text(allow_none=True, validate=_text)
    user_external_id = Text(data_key="userExternalId", allow_none=True, validate=_text)
    page = Text(required=True, validate=_text)
    referer_url = Text(data_key="refererUrl", allow_none=True, validate=_address)
    expiration_time = Instant(data_key="expirationTime", allow_none=True)


class SsoLinkSchema(WireSchema):
    """A link (``made``), and its address under both names that a client may look for."""

    id = Int(attribute="made.id")
    link = Text()
    url = Text()
    user_id = Int(data_key="userId", attribute="made.user_id")
    page = Text(attribute="made.page")
    referer_url = Text(data_key="refererUrl", attribute="made.referer_url")
    expiration_time = Instant(data_key="expirationTime", attribute="made.expiration")


class TokenSchema(WireSchema):
    """The query of a link."""

    token = fields.Str(required=True)


class PageSchema(WireSchema):
    """The query of a page that the mock does not draw."""

    name = fields.Str(required=True, validate=_text)


class WebhookSchema(WireSchema):
    """A subscription. Its secret goes in and never out."""

    null_is_absent = True

    id = Int(dump_only=True)
    event = Text(required=True, validate=one_of("attempt", "finish"))
    resource = Text(required=True, validate=one_of("attempt", "finish"))
    url = Text(required=True, validate=_address)
    secret = Text(load_only=True, allow_none=True, validate=_text)
    active = Flag()
    created = Instant(dump_only=True)

    @validates_schema
    def _one_of_each(self, data: dict[str, Any], **_: Any) -> None:
        if data["event"] == data["resource"]:
            raise ValidationError("One of event and resource must be attempt, the other finish.", "resource")


class _CandidateSchema(WireSchema):
    """Who took an attempt."""

    id = Int()
    username = Text()
    email = Text()
    first_name = Text(data_key="firstName")
    last_name = Text(data_key="lastName")
    external_id = Text(data_key="externalId")


class _PermissionSchema(WireSchema):
    """The authorization that an attempt used."""

    id = Int()
    external_id = Text(data_key="externalId")


class FinishedAttemptSchema(WireSchema):
    """The body of the webhook: the attempt itself, in no envelope."""

    id = Int(attribute="attempt.id")
    number = Int(data_key="attemptNumber", attribute="attempt.number")
    candidate_id = Int(data_key="candidateId", attribute="attempt.candidate_id")
    candidate = fields.Nested(_CandidateSchema)
    test_name = Text(data_key="testName", attribute="test.name")
    max_points = Number(data_key="maxPoints", attribute="test.max_points")
    points = Number(data_key="pointsScored", attribute="attempt.points")
    percent = Number(data_key="percentScored")
    session_id = Int(data_key="testingSessionId", attribute="attempt.session_id")
    version_id = Int(data_key="testVersionId", attribute="attempt.test_version_id")
    passed = Flag()
    status = Text(attribute="attempt.status")
    started = Instant(attribute="attempt.started")
    finished = Instant(attribute="attempt.finished")
    authorization = fields.Nested(_PermissionSchema, allow_none=True)


class BookingFormSchema(WireSchema):
    """The form that books a session."""

    session_id = fields.Int(required=True)


class AttemptFormSchema(WireSchema):
    """The forms that start an attempt or go on with it."""

    attempt_id = fields.Int(required=True)


class SubmissionFormSchema(AttemptFormSchema):
    """The form that hands an attempt in; no points leave it to be graded."""

    points = fields.Float(allow_none=True, load_default=None)
