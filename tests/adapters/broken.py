"""The reference clients with one defect each, for checks that have to find it."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import requests

from contract_tests.clients import complete
from contract_tests.clients.answers import Record, Refused, Unavailable
from contract_tests.clients.receiving import Headers, content_of


class MissingField(complete.SmarterProctoring):
    """Leaves the exam's password out."""

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Record:
        kept = {name: value for name, value in exam["configuration"].items() if name != "password"}
        return super().provision(course, user, {**exam, "configuration": kept}, **more)


class StoredLink(complete.SmarterProctoring):
    """Asks for the onboarding URL once and keeps it."""

    def onboarding_url(self, exam_sid: str, session_sid: str) -> str:
        kept: dict[str, str] = self.__dict__.setdefault("links", {})
        if session_sid not in kept:
            kept[session_sid] = super().onboarding_url(exam_sid, session_sid)
        return kept[session_sid]


class RepeatedRefusal(complete.YouTestMe):
    """Sends an authorization again that was refused."""

    def authorize(self, *given: Any, **named: Any) -> Record:
        with suppress(Refused):
            return super().authorize(*given, **named)
        return super().authorize(*given, **named)


class CreatedTwice(complete.YouTestMe):
    """Creates an account again whose answer was lost."""

    def ensure_user(self, external_id: str, **account: Any) -> Record:
        def made_blindly(look_up: Any, make: Any) -> Record:
            found = look_up()
            if found is not None:
                return found
            with suppress(Unavailable):
                return make()
            return make()

        self._caller.made_once = made_blindly  # type: ignore[method-assign]
        return super().ensure_user(external_id, **account)


class NeverLookedUp(complete.YouTestMe):
    """Creates accounts without looking them up."""

    def ensure_user(self, external_id: str, **account: Any) -> Record:
        self._caller.made_once = lambda look_up, make: make()  # type: ignore[method-assign]
        return super().ensure_user(external_id, **account)


class LateExpiry(complete.YouTestMe):
    """Takes the expiry of an authorization for a local time."""

    def authorize(self, external_id: str, *, expires: datetime | None = None, **named: Any) -> Record:
        return super().authorize(external_id, expires=expires and expires + timedelta(hours=7), **named)


class PlainLink(complete.YouTestMe):
    """Makes links of one kind, whatever is asked for."""

    def sso_link(self, user_external_id: str, *given: Any, **named: Any) -> str:
        return super().sso_link(user_external_id)


class SwappedNames(complete.YouTestMe):
    """Takes the first name for the last."""

    def ensure_user(self, external_id: str, *, first_name: str, last_name: str, **account: Any) -> Record:
        return super().ensure_user(external_id, first_name=last_name, last_name=first_name, **account)


class OneRole(complete.YouTestMe):
    """Makes everybody a student."""

    def ensure_user(self, external_id: str, *, role: str = "", **account: Any) -> Record:
        return super().ensure_user(external_id, role="STU", **account)


class LateAppointment(complete.SmarterProctoring):
    """Takes an appointment for a local time."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        return super().schedule(exam_sid, session_sid, at + timedelta(hours=5), **details)


class NoTimeZone(complete.SmarterProctoring):
    """Leaves the user's time zone out."""

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Record:
        return super().provision(course, {**user, "timeZone": None}, exam, **more)


class FewRules(complete.Constructor):
    """Leaves out two rules of an exam: books, of which the vendor's page tells, and paper, which is in a sample."""

    def put_exam(self, exam: Mapping[str, Any]) -> None:
        dropped = ("allow_to_use_books", "allow_to_use_paper")
        rules = {name: each for name, each in (exam.get("rules") or {}).items() if name not in dropped}
        super().put_exam({**exam, "rules": rules} if "rules" in exam else exam)


class ForgedTaken(complete.Constructor):
    """Takes a review without looking at its token."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        self.taken().append(content_of(body))
        return 200


class Impatient(complete.Talentsoft):
    """Waits for no longer than a second, whatever it is told."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, **more: Any) -> None:
        wait = more.pop("wait")
        super().__init__(base_url, client_id, client_secret, wait=lambda seconds: wait(min(seconds, 1)), **more)


class UserTokenPull(complete.Talentsoft):
    """Reads after a callback as the recruiter who invited."""

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        self.assessments(body.decode().rpartition("campaign_id=")[2].partition("&")[0])
        return super().receive(path, headers, body)


class Unable:
    """Can do nothing that a client of YouTestMe may be asked for."""

    def __init__(self, **given: Any) -> None: ...

    def find_user(self, *given: Any, **named: Any) -> Any:
        raise NotImplementedError

    ensure_user = change_user = authorize = authorization = deactivate = find_user
    sso_link = subscribe = unsubscribe = find_user


class NoVerbs:
    """Is no adapter."""


class ManyLines(complete.YouTestMe):
    """Raises a text of two lines where an account should be made."""

    def ensure_user(self, external_id: str, **account: Any) -> Record:
        raise RuntimeError("No account.\nAsk again tomorrow.")


class NoEnd(complete.YouTestMe):
    """Never comes back from authorizing."""

    def authorize(self, *given: Any, **named: Any) -> Record:
        time.sleep(3600)
        raise AssertionError


class OddError(complete.YouTestMe):
    """Ends the program where it should authorize."""

    def authorize(self, *given: Any, **named: Any) -> Record:
        raise SystemExit(3)


class Interrupting(complete.YouTestMe):
    """Raises what Ctrl-C raises."""

    def authorize(self, *given: Any, **named: Any) -> Record:
        raise KeyboardInterrupt


class Speechless(complete.YouTestMe):
    """Raises what cannot be told."""

    def authorize(self, *given: Any, **named: Any) -> Record:
        class Speechless(Exception):
            def __str__(self) -> str:
                raise ValueError("there is no message")

        raise Speechless


class Strict(complete.YouTestMe):
    """Takes of an account what it must have, and nothing else."""

    def ensure_user(self, external_id: str, *, username: str, first_name: str, last_name: str, email: str) -> Record:
        account = {"username": username, "first_name": first_name, "last_name": last_name, "email": email}
        return super().ensure_user(external_id, **account)


class Confused(complete.YouTestMe):
    """Calls its own code with arguments too few where an account has a status."""

    def ensure_user(self, external_id: str, **account: Any) -> Record:
        if "status" in account:
            self._caller.made_once()  # type: ignore[call-arg]
        return super().ensure_user(external_id, **account)


class Quitter(complete.YouTestMe):
    """Ends the program where it should be made."""

    def __init__(self, base_url: str, api_key: str, **manner: Any) -> None:
        raise SystemExit(7)


class NotMade(complete.YouTestMe):
    """Cannot be made."""

    def __init__(self, base_url: str, api_key: str, **manner: Any) -> None:
        raise requests.ConnectionError("there is no configuration")
