"""YouTestMe's shapes on the wire."""

from marshmallow import fields, validate

from mockserver.core.fields import Int, Text, WireSchema, one_of, time_zone
from mockserver.vendors.youtestme.state import USER_STATUSES

_name = validate.Length(1, 255)


class UserSchema(WireSchema):
    """An account, sent and answered."""

    id = Int(dump_only=True)
    username = Text(required=True, validate=_name)
    status = Text(validate=one_of(*USER_STATUSES))
    role_code = Text(data_key="roleCode", required=True, validate=one_of("ADM", "STU", "INS", "PRO"))
    time_zone_id = Text(data_key="timeZoneId", validate=time_zone)
    interface_language_id = Int(data_key="interfaceLanguageId", validate=validate.Range(min=1))
    exam_language_id = Int(data_key="examLanguageId", validate=validate.Range(min=1))
    first_name = Text(data_key="firstName", required=True, validate=_name)
    last_name = Text(data_key="lastName", required=True, validate=_name)
    email = fields.Email(required=True)
    external_id = Text(data_key="externalId", validate=_name)
