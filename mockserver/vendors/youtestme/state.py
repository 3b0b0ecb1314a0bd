"""What YouTestMe remembers, and what can happen to accounts, authorizations and subscriptions.

What happens to tests and attempts is in ``attempts.py``, to SSO links in ``sso.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mockserver.core.clock import format_instant
from mockserver.core.collection import Collection
from mockserver.core.errors import BadRequest, Conflict
from mockserver.core.state import State, Surroundings
from mockserver.vendors.youtestme.entities import (
    ApiKey,
    Attempt,
    Authorization,
    Login,
    SsoLink,
    Test,
    TestingSession,
    User,
    Webhook,
)
from mockserver.vendors.youtestme.identify import agreed, named
from mockserver.vendors.youtestme.settings import Settings
from mockserver.vendors.youtestme.statuses import UserStatus, check_move, invalid_state

FIRST_ID = 100_001
ROLES = ("ADM", "STU", "INS", "PRO")

_TEST = {"test_id": "id", "external_test_id": "external_id"}
_CANDIDATE = {"candidate_id": "id", "candidate_external_id": "external_id", "candidate_username": "username"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An authorization with what it is about, and how it stands at this moment."""

    authorization: Authorization
    test: Test
    candidate: User
    used: int
    active: bool

    @property
    def attempts_left(self) -> int | None:
        """How many attempts are left, None if they are not limited."""
        limit = self.authorization.attempts_limit
        return None if limit is None else max(0, limit - self.used)


class YouTestMe(State):
    """One tenant of YouTestMe."""

    def __init__(self, sandbox: Surroundings) -> None:
        super().__init__("youtestme", sandbox)
        self.api_keys = self._collection("api_keys", ApiKey)
        self.users = self._collection("users", User, unique=("username", "external_id"))
        self.tests = self._collection("tests", Test, unique=("external_id", "version_id"))
        self.testing_sessions = self._collection("testing_sessions", TestingSession, index=("test_id",))
        self.authorizations = self._collection(
            "authorizations", Authorization, index=("external_id", "candidate_id", "test_id")
        )
        self.attempts = self._collection("attempts", Attempt, index=("authorization_id", "candidate_id", "session_id"))
        self.sso_links = self._collection("sso_links", SsoLink, unique=("token",))
        self.logins = self._collection("logins", Login)
        self.webhooks = self._collection("webhooks", Webhook)

    @property
    def settings(self) -> Settings:
        """The sandbox's switches."""
        settings: Settings = self._sandbox.settings_of(self.vendor)
        return settings

    def next_id(self, collection: Collection[Any], first: int = FIRST_ID) -> int:
        """Return the next number for a new entity, counted from ``first``."""
        return self._mint(collection, lambda kind: first - 1 + self.ids.number(kind))

    def next_hex(self, collection: Collection[Any]) -> str:
        """Return 32 hex digits for a new entity."""
        return self._mint(collection, self.ids.hex)

    def create_user(self, fields: Mapping[str, Any]) -> User:
        """Create an account; raise ``Conflict`` if the username or external id is taken."""
        self._check_role(fields)
        values = {"time_zone_id": self.settings.default_time_zone, **fields}
        return _unless_taken(self.users.add, User(id=self.next_id(self.users), **values))

    def change_user(self, user: User, changes: Mapping[str, Any]) -> User:
        """Change an account. Its username stays; saving an inactive one without a status activates it again."""
        self._check_role(changes)
        if changes.get("username", user.username) != user.username:
            raise BadRequest("The username cannot be changed.", fields={"username": ["Cannot be changed."]})
        status = changes.get("status", "ACT" if user.status == "INA" else user.status)
        if status != user.status:
            check_move(user.id, user.status, status)
        return _unless_taken(self.users.save, replace(user, **{**changes, "status": status}))

    def replace_user(self, user: User, fields: Mapping[str, Any]) -> User:
        """Change an account to what is given and forget what is not; only the status stays as ``change_user`` says."""
        blank = {
            "time_zone_id": self.settings.default_time_zone,
            "interface_language_id": None,
            "exam_language_id": None,
            "external_id": None,
        }
        return self.change_user(user, {**blank, **fields})

    def move_user(self, *, user_id: int, status: UserStatus) -> User:
        """Give an account another status; raise ``Conflict`` unless it can move there."""
        user = self.users.get(user_id)
        check_move(user.id, user.status, status)
        return self.users.save(replace(user, status=status))

    def create_authorization(self, fields: Mapping[str, Any]) -> Authorization:
        """Permit a candidate to take a test; each may be named by any of its identifiers, which must agree."""
        test = agreed(self.tests, fields, _TEST)
        candidate = agreed(self.users, fields, _CANDIDATE)
        self.check_future("expiration_datetime", fields.get("expiration_datetime"))
        external_id = fields.get("authorization_external_id")
        if external_id is not None:
            self._check_external_id(external_id)
        return self.authorizations.add(
            Authorization(
                id=self.next_id(self.authorizations),
                test_id=test.id,
                candidate_id=candidate.id,
                external_id=external_id,
                expiration=fields.get("expiration_datetime"),
                attempts_limit=self.settings.attempts_limit,
            )
        )

    def newest_authorization(self, external_id: str) -> Authorization:
        """Return the authorization of an external id, the newest where several may share one."""
        named(self.authorizations, "external_id", external_id)
        return list(self.authorizations.where(external_id=external_id))[-1]

    def change_expiration(self, authorization: Authorization, expiration: datetime | None) -> Authorization:
        """Extend or shorten an authorization, None without end; raise ``Conflict`` if it was deactivated."""
        if authorization.deactivated:
            raise invalid_state(f"Authorization {authorization.id} has been deactivated, which is final.", "active")
        self.check_future("expiration_datetime", expiration)
        return self.authorizations.save(replace(authorization, expiration=expiration))

    def deactivate(self, authorization: Authorization) -> Authorization:
        """End an authorization for good; once more changes nothing."""
        return self.authorizations.save(replace(authorization, deactivated=True))

    def obstacle(self, authorization: Authorization, *, besides: int | None = None) -> str | None:
        """Return why an authorization lets nobody take a test, None if it does; attempt ``besides`` is no use of it."""
        if authorization.deactivated:
            return f"Authorization {authorization.id} has been deactivated."
        if authorization.expiration is not None and authorization.expiration <= self.now():
            return f"Authorization {authorization.id} expired at {format_instant(authorization.expiration)}."
        limit = authorization.attempts_limit
        if limit is not None and self.uses(authorization, besides=besides) >= limit:
            return f"Authorization {authorization.id} is used up ({limit} of {limit})."
        return None

    def uses(self, authorization: Authorization, *, besides: int | None = None) -> int:
        """Count the attempts that hold a use of an authorization, all but ``besides``."""
        booked = self.settings.count_use_at == "booking"
        held = self.attempts.where(authorization_id=authorization.id)
        return sum(1 for each in held if each.id != besides and (booked or each.started is not None))

    def standing(self, authorization: Authorization) -> Standing:
        """Return an authorization as the API shows it."""
        return Standing(
            authorization=authorization,
            test=self.tests.get(authorization.test_id),
            candidate=self.users.get(authorization.candidate_id),
            used=self.uses(authorization),
            active=self.obstacle(authorization) is None,
        )

    def standings(self, *, active: bool | None = None, **fields: int) -> list[Standing]:
        """Return the authorizations whose fields have these values, only the active or inactive ones if asked."""
        found = [self.standing(each) for each in self.authorizations.where(**fields)]
        return found if active is None else [each for each in found if each.active is active]

    def create_webhook(self, fields: Mapping[str, Any]) -> Webhook:
        """Subscribe to an event."""
        return self.webhooks.add(Webhook(id=self.next_id(self.webhooks), created=self.now(), **fields))

    def change_webhook(self, webhook: Webhook, fields: Mapping[str, Any]) -> Webhook:
        """Change a subscription to what is given; the secret stays unless another is given."""
        return self.webhooks.save(replace(webhook, **{"active": True, **fields}))

    def check_future(self, field: str, instant: datetime | None) -> None:
        """Raise ``BadRequest`` for a time limit that has passed already."""
        if instant is not None and instant <= self.now():
            raise BadRequest(f"{format_instant(instant)} has passed.", fields={field: ["Must be in the future."]})

    def _check_external_id(self, external_id: str) -> None:
        known = self.authorizations.find(external_id=external_id)
        if known is not None and not self.settings.allow_duplicate_external_id:
            raise _taken("authorization_external_id")

    def _check_role(self, fields: Mapping[str, Any]) -> None:
        role = fields.get("role_code", ROLES[0])
        if role not in ROLES and not self.settings.accept_custom_roles:
            known = f"Must be one of: {', '.join(ROLES)}."
            raise BadRequest(f"There is no role {role!r}.", fields={"role_code": [known]})


def _unless_taken(keep: Callable[[User], User], user: User) -> User:
    try:
        return keep(user)
    except Conflict as conflict:
        raise _taken(next(iter(conflict.fields))) from None


def _taken(field: str) -> Conflict:
    return Conflict("There is one already.", code="DUPLICATE", fields={field: ["Is taken."]})
