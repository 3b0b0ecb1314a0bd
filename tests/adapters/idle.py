"""Clients that do nothing, and say that all went well: each check has to say what is missing."""

from collections.abc import Mapping
from typing import Any


class Talentsoft:
    """Answers nothing, to the person who works with it and to the partner who calls back."""

    def __init__(self, **given: Any) -> None:
        self.rows: list[dict[str, Any]] = []

    def campaigns(self, keyword: str = "", language: str = "") -> list[dict[str, Any]]:
        return self.rows

    def campaign_creation_link(self) -> str | None:
        return None

    def invite(self, campaign_id: str, applicants: Any, callback_url: str | None = None) -> list[dict[str, Any]]:
        return self.rows

    def assessments(self, campaign_id: str, applicants: Any = (), language: str = "") -> list[dict[str, Any]]:
        return self.rows

    def erase(self, applicant_id: str, email: str, campaigns: Any) -> None: ...

    def receive(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        return 200

    def taken(self) -> list[dict[str, Any]]:
        return self.rows


class EmptyTalentsoft(Talentsoft):
    """Answers with records that have no fields."""

    def __init__(self, **given: Any) -> None:
        self.rows = [{}]
