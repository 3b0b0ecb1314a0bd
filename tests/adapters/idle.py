"""Clients that do nothing, and say that all went well: each check has to say what is missing.

The silent ones do their work, and say nothing of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.clients import complete
from contract_tests.clients.protocols import (
    ConstructorAdapter,
    Receives,
    SmarterProctoringAdapter,
    TalentsoftAdapter,
    YouTestMeAdapter,
)

PROTOCOLS = (ConstructorAdapter, SmarterProctoringAdapter, TalentsoftAdapter, YouTestMeAdapter)


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


class SmarterProctoring:
    """Returns nothing."""

    def __init__(self, **given: Any) -> None: ...

    def provision(self, *given: Any, **named: Any) -> Any: ...

    assign = sessions = session = schedule = reschedule = cancel = book = provision
    onboarding_url = status = wait_for_status = events = receive = taken = provision


class EmptySmarterProctoring(SmarterProctoring):
    """Returns what is empty: records without fields, lists without records, texts without letters."""

    def session(self, *given: Any, **named: Any) -> dict[str, Any]:
        return {}

    def events(self, *given: Any, **named: Any) -> list[dict[str, Any]]:
        return []

    def status(self, *given: Any, **named: Any) -> str:
        return ""

    def receive(self, *given: Any, **named: Any) -> int:
        return 200

    provision = schedule = reschedule = book = session
    sessions = taken = events
    onboarding_url = wait_for_status = status


def _silently(verb: str) -> Callable[..., None]:
    def do(self: Any, *given: Any, **named: Any) -> None:
        getattr(self.client, verb)(*given, **named)

    return do


class SilentSmarterProctoring:
    """Does its work, and returns nothing but the SIDs."""

    def __init__(self, **given: Any) -> None:
        self.client = complete.SmarterProctoring(**given)
        self.provision, self.sessions, self.receive = self.client.provision, self.client.sessions, self.client.receive

    provision, sessions, receive = map(_silently, ("provision", "sessions", "receive"))
    assign, session, schedule, reschedule = map(_silently, ("assign", "session", "schedule", "reschedule"))
    cancel, book, onboarding_url, status = map(_silently, ("cancel", "book", "onboarding_url", "status"))
    wait_for_status, events, taken = map(_silently, ("wait_for_status", "events", "taken"))


class YouTestMe:
    """Returns nothing."""

    def __init__(self, **given: Any) -> None: ...

    def find_user(self, *given: Any, **named: Any) -> Any: ...

    ensure_user = change_user = authorize = authorization = deactivate = find_user
    sso_link = subscribe = unsubscribe = receive = taken = find_user


class EmptyYouTestMe(YouTestMe):
    """Returns what is empty: records without fields, lists without records, texts without letters."""

    def find_user(self, *given: Any, **named: Any) -> dict[str, Any]:
        return {}

    def taken(self) -> list[dict[str, Any]]:
        return []

    def sso_link(self, *given: Any, **named: Any) -> str:
        return ""

    def receive(self, *given: Any, **named: Any) -> int:
        return 200

    ensure_user = change_user = authorize = authorization = subscribe = find_user


class Constructor:
    """Returns nothing."""

    def __init__(self, **given: Any) -> None: ...

    def put_exam(self, *given: Any, **named: Any) -> Any: ...

    start = start_link = status = wait_for = finish = archive_link = receive = taken = put_exam


class EmptyConstructor(Constructor):
    """Returns what is empty: records without fields, lists without records, texts without letters."""

    def put_exam(self, *given: Any, **named: Any) -> dict[str, Any]:
        return {}

    def taken(self) -> list[dict[str, Any]]:
        return []

    def start(self, *given: Any, **named: Any) -> str:
        return ""

    def receive(self, *given: Any, **named: Any) -> int:
        return 200

    status = wait_for = put_exam
    start_link = finish = archive_link = start


class SilentYouTestMe:
    """Does its work, and returns nothing but the status that it answers to webhooks."""

    def __init__(self, **given: Any) -> None:
        self.client = complete.YouTestMe(**given)
        self.receive = self.client.receive

    find_user, ensure_user, change_user = map(_silently, ("find_user", "ensure_user", "change_user"))
    authorize, authorization, deactivate = map(_silently, ("authorize", "authorization", "deactivate"))
    sso_link, subscribe, unsubscribe = map(_silently, ("sso_link", "subscribe", "unsubscribe"))
    receive, taken = map(_silently, ("receive", "taken"))


class SilentConstructor:
    """Does its work, and returns nothing but the status that it answers when it is called back."""

    def __init__(self, **given: Any) -> None:
        self.client = complete.Constructor(**given)
        self.receive = self.client.receive

    put_exam, start, start_link, status = map(_silently, ("put_exam", "start", "start_link", "status"))
    wait_for, finish, archive_link = map(_silently, ("wait_for", "finish", "archive_link"))
    receive, taken = map(_silently, ("receive", "taken"))


def _always(answer: Callable[[], Any]) -> type:
    """Return an adapter of each vendor all of whose verbs, ``receive`` and ``taken`` too, do the same."""
    verbs = [name for each in (*PROTOCOLS, Receives) for name in vars(each) if not name.startswith("_")]
    kept: dict[str, Any] = {"__init__": lambda self, **given: None}
    return type("Always", (), {**kept, **dict.fromkeys(verbs, lambda self, *given, **named: answer())})


def _fails() -> Any:
    raise RuntimeError("There is no client.")


AlwaysNone = _always(lambda: None)
AlwaysEmpty = _always(list)
AlwaysRaising = _always(_fails)
