"""What YouTestMe remembers, and what can happen to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.core.collection import Collection
from mockserver.core.errors import BadRequest
from mockserver.core.state import State, Surroundings
from mockserver.vendors.youtestme.settings import Settings

FIRST_ID = 100_000
USER_STATUSES = ("ACT", "INA", "LCK", "SUS", "PEN", "DEL")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What a client shows to be let in."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account; candidates are users."""

    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    role_code: str
    status: str = "ACT"
    time_zone_id: str = "UTC"
    interface_language_id: int | None = None
    exam_language_id: int | None = None
    external_id: str | None = None


class YouTestMe(State):
    """One tenant of YouTestMe."""

    def __init__(self, sandbox: Surroundings) -> None:
        super().__init__("youtestme", sandbox)
        self.api_keys = self._collection("api_keys", ApiKey)
        self.users = self._collection("users", User, unique=("username", "external_id"))

    @property
    def settings(self) -> Settings:
        """The sandbox's switches."""
        settings: Settings = self._sandbox.settings_of(self.vendor)
        return settings

    def create_user(self, fields: Mapping[str, Any]) -> User:
        """Create an account; raise ``Conflict`` if the username or external id is taken."""
        defaults = {"time_zone_id": self.settings.default_time_zone}
        return self.users.add(User(id=self._number(self.users), **{**defaults, **fields}))

    def update_user(self, user_id: int, changes: Mapping[str, Any]) -> User:
        """Change an account. Its username stays; saving an inactive one without a status activates it again."""
        user = self.users.get(user_id)
        if changes.get("username", user.username) != user.username:
            raise BadRequest("username cannot be changed.", fields={"username": ["Cannot be changed."]})
        revived = {"status": "ACT"} if user.status == "INA" and "status" not in changes else {}
        return self.users.save(replace(user, **{**revived, **changes}))

    def _number(self, collection: Collection[Any]) -> int:
        return self._mint(collection, lambda kind: FIRST_ID + self.ids.number(kind))
