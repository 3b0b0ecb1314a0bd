"""Clients of YouTestMe with a defect each."""

from functools import partial
from typing import Any

from contract_tests.clients.answers import CallFailed, Record
from contract_tests.clients.complete import YouTestMe
from contract_tests.clients.receiving import Headers, content_of
from contract_tests.twins.edits import having, lacking, turned
from contract_tests.twins.receiving import Reserializing, Trusting, TrustingUnsigned
from contract_tests.twins.sending import (
    as_text,
    at_url,
    calling,
    manners,
    resending,
    saying,
    through,
)
from contract_tests.twins.twin import ClientTwin

_SIGNED = ("webhook-signature", "x-ytm-signature")
_CREATE = "youtestme.create_user.request.body"
_AUTHORIZE = "youtestme.create_authorization.request.body"
_LINK = "youtestme.create_sso_link.request.body"
_HOOK = "youtestme.create_webhook.request.body"


class _Blind(YouTestMe):
    """Creates an account without having looked."""

    def ensure_user(self, external_id: str, **account: Any) -> Record:
        names = {"first_name": "firstName", "last_name": "lastName", "role": "roleCode"}
        said = {names.get(name, name): value for name, value in account.items()}
        return self._caller.record("POST", "/users/", json={"externalId": external_id, "roleCode": "STU", **said})


class _Heedless(_Blind):
    """Looks whether there is an account, and creates one whatever it finds."""

    def ensure_user(self, external_id: str, **account: Any) -> Record:
        self.find_user(external_id=external_id)
        return super().ensure_user(external_id, **account)


class _Silent(YouTestMe):
    """Takes a refusal for a success."""

    def authorize(self, external_id: str, **what: Any) -> Record:
        try:
            return super().authorize(external_id, **what)
        except CallFailed:
            return {}


class _Hoarding(YouTestMe):
    """Makes one link for a user and hands it out for ever."""

    def sso_link(self, user_external_id: str, *place: Any, **more: Any) -> str:
        kept: dict[str, str] = self.__dict__.setdefault("kept", {})
        if user_external_id not in kept:
            kept[user_external_id] = super().sso_link(user_external_id, *place, **more)
        return kept[user_external_id]


class _Counting(YouTestMe):
    """Looks the next account up."""

    def find_user(self, *, internal_id: int | None = None, **names: Any) -> Record | None:
        return super().find_user(internal_id=internal_id and internal_id + 1, **names)


class _Stubborn(YouTestMe):
    """Tries everything a hundred times."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, attempts=100, backoff=0.0)


class _Believing(YouTestMe):
    """Takes every result for genuine."""

    def subscribe(self, url: str, secret: str) -> Record:
        made = super().subscribe(url, secret)
        self._desk.inlets = {path: Trusting(each) for path, each in self._desk.inlets.items()}
        return made


class _BelievingUnsigned(YouTestMe):
    """Takes a result without signature for genuine."""

    def subscribe(self, url: str, secret: str) -> Record:
        made = super().subscribe(url, secret)
        self._desk.inlets = {path: TrustingUnsigned(each, *_SIGNED) for path, each in self._desk.inlets.items()}
        return made


class _Rewriting(YouTestMe):
    """Verifies a body that it has parsed and written again."""

    def subscribe(self, url: str, secret: str) -> Record:
        made = super().subscribe(url, secret)
        self._desk.inlets = {path: Reserializing(each) for path, each in self._desk.inlets.items()}
        return made


class _Timeless(YouTestMe):
    """Verifies a signature as of the time that the webhook says."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        said = float(headers.get("webhook-timestamp", "0"))
        vars(self._desk.inlets[path])["_clock"] = lambda: said
        return super().receive(path, headers, body)


class _Forgetful(YouTestMe):
    """Acts on a result each time that it comes."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        before = len(self._desk.told)
        status = super().receive(path, headers, body)
        if status == 200 and len(self._desk.told) == before:
            self._desk.told.append(content_of(body))
        return status


_twin = partial(ClientTwin, vendor="youtestme")


def _said(label: str, wrong: str, clause: str, path: str, *edits: Any) -> ClientTwin:
    return _twin(label=label, wrong=wrong, clause=clause, adapter=through(YouTestMe, saying("POST", path, *edits)))


TWINS: list[ClientTwin] = [
    _twin(
        label="wrong-path",
        wrong="creates users at /accounts/ instead of /users/",
        clause="youtestme.paths",
        adapter=through(YouTestMe, calling("POST", "/users/$", at_url("/users/$", "/accounts/"))),
    ),
    _twin(
        label="wrong-content-type",
        wrong="sends JSON as text/plain when it creates a user",
        clause=f"{_CREATE}.content.application/json",
        adapter=through(YouTestMe, calling("POST", "/users/$", as_text)),
    ),
    _said(
        "number-for-id",
        "sends the external id as a number",
        f"{_CREATE}.externalId.type",
        "/users/$",
        having(5, "externalId"),
    ),
    _said(
        "number-for-role", "sends roleCode as a number", f"{_CREATE}.roleCode.type", "/users/$", having(3, "roleCode")
    ),
    _said("no-address", "sends an e-mail without @", f"{_CREATE}.email.format", "/users/$", having("tom", "email")),
    _said(
        "text-for-language",
        "sends interfaceLanguageId as a text",
        f"{_CREATE}.interfaceLanguageId.type",
        "/users/$",
        turned(str, "interfaceLanguageId"),
    ),
    _said(
        "text-for-test",
        "sends testId as a text",
        f"{_AUTHORIZE}.testId.type",
        "/authorizations$",
        turned(str, "testId"),
    ),
    _said(
        "for-nobody",
        "names no candidate of an authorization",
        f"{_AUTHORIZE}.candidate*.required",
        "/authorizations$",
        lacking("candidateId"),
        lacking("candidateExternalId"),
        lacking("candidateUsername"),
    ),
    _said(
        "link-of-nobody",
        "names no user of a link",
        f"{_LINK}.user*.required",
        "/ssoLinks$",
        lacking("userId"),
        lacking("userExternalId"),
        lacking("username"),
    ),
    _said(
        "day-for-instant",
        "sends the expiration of an authorization as a day, without a time",
        f"{_AUTHORIZE}.expirationDatetime.format",
        "/authorizations$",
        turned(lambda at: at[:10], "expirationDatetime"),
    ),
    _said(
        "number-for-instant",
        "sends the expiration of a link as a Unix time",
        f"{_LINK}.expirationTime.type",
        "/ssoLinks$",
        having(1772442000, "expirationTime"),
    ),
    _said(
        "relative-referer",
        "sends a refererUrl without host",
        f"{_LINK}.refererUrl.format",
        "/ssoLinks$",
        having("/courses", "refererUrl"),
    ),
    _said("text-for-flag", "sends active as a text", f"{_HOOK}.active.type", "/webhooks$", having("true", "active")),
    _said(
        "unknown-event",
        "subscribes to an event that is not documented",
        f"{_HOOK}.event*",
        "/webhooks$",
        having("exam", "event"),
    ),
    _twin(
        label="no-look-up",
        wrong="creates an account without having looked whether it exists",
        clause="youtestme.create_user.request.after.look-up",
        adapter=_Blind,
    ),
    _twin(
        label="look-up-in-vain",
        wrong="creates an account whatever the look-up has found",
        clause="youtestme.create_user.request.after.look-up",
        adapter=_Heedless,
    ),
    _twin(
        label="invented-id",
        wrong="looks an account up by an id that nobody has given",
        clause="youtestme.get_user.request.path.internalId.given",
        adapter=_Counting,
    ),
    _twin(
        label="created-twice",
        wrong="creates an account again when the answer was lost",
        clause="youtestme.lookup-before-create",
        adapter=through(YouTestMe, resending("POST", "/users/$")),
    ),
    _twin(
        label="authorized-twice",
        wrong="authorizes again when the answer was lost",
        clause="caller.no-second-effect",
        adapter=through(YouTestMe, resending("POST", "/authorizations$")),
    ),
    _twin(label="stubborn", wrong="tries a hundred times", clause="caller.gives-up", adapter=_Stubborn),
    _twin(label="silent", wrong="takes a refusal for a success", clause="caller.refusal-is-told", adapter=_Silent),
    _twin(
        label="stored-link", wrong="hands out a stored SSO link", clause="caller.links-not-stored", adapter=_Hoarding
    ),
    _twin(label="trusting", wrong="accepts a forged webhook", clause="caller.webhook-verified", adapter=_Believing),
    _twin(
        label="trusting-unsigned",
        wrong="accepts a webhook without a signature",
        clause="caller.webhook-verified",
        adapter=_BelievingUnsigned,
    ),
    _twin(
        label="rewriting",
        wrong="verifies JSON that was parsed and written again, not the raw bytes",
        clause="caller.webhook-verified",
        adapter=_Rewriting,
    ),
    _twin(
        label="timeless", wrong="accepts a webhook that is a day old", clause="caller.webhook-fresh", adapter=_Timeless
    ),
    _twin(label="forgetful", wrong="acts on a duplicate webhook", clause="caller.webhook-once", adapter=_Forgetful),
    *manners(_twin, YouTestMe, 400, 404, 409, 422, 401, 403),
]
