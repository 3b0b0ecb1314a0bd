"""Partners' servers: the minimal one, and the same with a defect."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from contract_tests.partners import minimal
from contract_tests.twins.twin import Standing

_ABLE = {
    "triggers": {"start": "POST {link}/start", "complete": "POST {link}/complete"},
    "recruiter_grant": False,
    "creation_link": False,
    "callback": True,
}


def serving(
    partner: type[minimal.Partner] = minimal.Partner, handler: type[minimal.Handler] = minimal.Handler
) -> Callable[[], AbstractContextManager[Standing]]:
    """Return what starts a partner's server on a free port."""

    @contextmanager
    def started() -> Iterator[Standing]:
        # A class of its own, since a handler knows its partner by its class.
        own: type[minimal.Handler] = type(handler.__name__, (handler,), {})
        server = minimal.serve(0, own)
        url = f"http://127.0.0.1:{server.server_address[1]}"
        own.partner = partner(url)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield Standing(url, minimal.CLIENT, _ABLE)
        finally:
            server.shutdown()
            server.server_close()

    return started


class Unforgetting(minimal.Partner):
    """Says that it erases, and does not."""

    def erase(self, said: dict[str, Any]) -> None:
        """Erase nothing."""


class FirstOnly(minimal.Partner):
    """Erases in the first of the campaigns that are named."""

    def erase(self, said: dict[str, Any]) -> None:
        """Erase in one campaign."""
        super().erase({**said, "campaigns": said["campaigns"][:1]})


class Everywhere(minimal.Partner):
    """Erases in campaigns that are not named, too."""

    def erase(self, said: dict[str, Any]) -> None:
        """Erase in all campaigns."""
        super().erase({**said, "campaigns": [each["campaign_id"] for each in minimal.CAMPAIGNS]})


class Lonely(minimal.Partner):
    """Keeps one assessment for a candidate, whatever the campaign."""

    def _invited(self, campaign: str, applicant: dict[str, Any], callback_url: str | None) -> dict[str, Any]:
        for known in [key for key in self.assessments if key[1] == applicant["applicant_id"]]:
            del self.assessments[known]
        return super()._invited(campaign, applicant, callback_url)


class Sharing(minimal.Partner):
    """Gives all candidates the same link."""

    def _invited(self, campaign: str, applicant: dict[str, Any], callback_url: str | None) -> dict[str, Any]:
        made = super()._invited(campaign, applicant, callback_url)
        return {**made, "assessment_invitation_link": made["assessment_invitation_link"] and f"{self.base}/test/all"}


class Stuck(minimal.Partner):
    """Never says that an assessment is under way."""

    def _shown(self, campaign: str, applicant: str, each: dict[str, Any]) -> dict[str, Any]:
        status = "waiting" if each["status"] == "inProgress" else each["status"]
        return super()._shown(campaign, applicant, {**each, "status": status})


class Selective(minimal.Partner):
    """Answers nothing where no candidate is named."""

    def statuses(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Tell of those who are named."""
        return super().statuses(query) if query.get("applicants[]") else []


class Careless(minimal.Partner):
    """Gives a token to whoever asks."""

    def token(self, form: dict[str, Any]) -> dict[str, Any]:
        """Give a token."""
        return super().token({**form, **minimal.CLIENT})


class Jealous(minimal.Partner):
    """Ends all earlier tokens when it gives a new one."""

    def token(self, form: dict[str, Any]) -> dict[str, Any]:
        """Give a token."""
        self.tokens.clear()
        return super().token(form)


class Speechless(minimal.Partner):
    """Calls nobody back."""

    def _invited(self, campaign: str, applicant: dict[str, Any], callback_url: str | None) -> dict[str, Any]:
        return super()._invited(campaign, applicant, None)


class Strict(minimal.Partner):
    """Refuses what names no campaign of its own, and nobody."""

    def statuses(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Tell where the candidates of a campaign stand."""
        if query["campaign_id"][0] not in {each["campaign_id"] for each in minimal.CAMPAIGNS}:
            raise minimal.Refused(404, "There is no such campaign.")
        return super().statuses(query)

    def invite(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        """Invite somebody."""
        if not said["invitations"]:
            raise minimal.Refused(400, "There is nobody to invite.")
        return super().invite(said)

    def erase(self, said: dict[str, Any]) -> None:
        """Erase somebody somewhere."""
        if not said["campaigns"]:
            raise minimal.Refused(400, "There is no campaign to erase in.")
        super().erase(said)


class Open(minimal.Handler):
    """Looks at no token."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Answer a call."""
        self.partner.tokens["none"] = float("inf")
        self.headers.replace_header("Authorization", "Bearer none") if "Authorization" in self.headers else (
            self.headers.add_header("Authorization", "Bearer none")
        )
        return super().answered(call, query, body)


class OpenTests(Open):
    """Looks at no token where it is about candidates."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Answer a call."""
        if not call.endswith("/assessment/tests"):
            return minimal.Handler.answered(self, call, query, body)
        return super().answered(call, query, body)


class Swapped(minimal.Handler):
    """Says fail for the caller's mistakes and error for its own."""

    def envelope(self, status: int, message: str | None = None) -> dict[str, Any]:
        """Return an envelope."""
        word = "success" if status < 400 else "fail" if status < 500 else "error"
        return {**super().envelope(status, message), "status": word}


class Bare(minimal.Handler):
    """Leaves the envelope away where it refuses."""

    def envelope(self, status: int, message: str | None = None) -> dict[str, Any]:
        """Return an envelope."""
        return super().envelope(status, message) if status < 400 else {"message": message}


class WrongCode(minimal.Handler):
    """Has the code 0 for success."""

    def envelope(self, status: int, message: str | None = None) -> dict[str, Any]:
        """Return an envelope."""
        return {**super().envelope(status, message), "code": 0}


class Page(minimal.Handler):
    """Refuses with a page of HTML."""

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        """Write an answer."""
        if status >= 400:
            return super().answer(status, b"<h1>No</h1>", "text/html")
        return super().answer(status, said, kind)


class Wrapping(minimal.Handler):
    """Refuses to give a token in the envelope."""

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        """Write an answer."""
        refused = status >= 400 and "error" in said
        super().answer(status, self.envelope(status, said["error"]) if refused else said, kind)


class Lost(minimal.Handler):
    """Has some of its pages no more."""

    pages = ""

    def page(self, path: str) -> None:
        """Show a page."""
        if path.endswith(self.pages):
            return self.answer(410, b"<p>Gone.</p>", "text/html")
        return super().page(path)


class Unreported(Lost):
    """Has no report where it says."""

    pages = "/report"


class Unseen(Lost):
    """Has no page for who may only look."""

    pages = "/iframe"


class Unframed(minimal.Handler):
    """Forbids that its pages are framed."""

    def end_headers(self) -> None:
        """Write one header more."""
        self.send_header("X-Frame-Options", "DENY")
        super().end_headers()


class Personal(minimal.Handler):
    """Tells where candidates stand to recruiters only."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Answer a call."""
        if call == "GET /api/v1/assessment/tests" and "X-Current-User" not in self.headers:
            raise minimal.Refused(403, "Nobody is connected.")
        return super().answered(call, query, body)


class UserNeeded(minimal.Handler):
    """Answers nothing without X-Current-User."""

    def answered(self, call: str, query: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Answer a call."""
        if "X-Current-User" not in self.headers:
            raise minimal.Refused(403, "Nobody is connected.")
        return super().answered(call, query, body)
