"""Talentsoft, as the client of an assessment partner: campaigns, invitations, results, erasure, and the callback.

Every partner has its own host and prefix, so ``base_url`` ends where ``/token`` and ``/assessment`` follow, as in
``https://partner.com/api/v1``.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Unpack
from urllib.parse import parse_qsl, urlencode

import requests

from contract_tests.clients.answers import parsed
from contract_tests.clients.calling import Caller, Manner, Parts, Record, Refused, Unavailable, Unreadable
from contract_tests.clients.receiving import Headers, Message, Rejected
from contract_tests.clients.talentsoft_tokens import TokenRefused, Tokens

_OPEN = ("waiting", "awaitingSharing", "inProgress")
_LINKS = ("assessment_invitation_link", "interview_invitation_link")
_KEPT = ("status", "global_score", "scores")
_UNNAMED = {"status": "error", "error_message": "The partner's answer does not name the candidate.", "link": None}


class Talentsoft:
    """A recruiter at work, or the application itself without a ``recruiter``; raises what ``calling`` says.

    ``recruiter`` is an e-mail address that the partner knows too; ``recruiter_grant`` is False for a partner without
    that optional grant, where recruiters use the application's token. ``as_application()`` is the application at the
    same partner. ``invited`` has campaign and candidate of every invitation, the latter in lower case.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        *,
        recruiter: str | None = None,
        recruiter_name: str = "",
        recruiter_grant: bool = True,
        **manner: Unpack[Manner],
    ) -> None:
        self.client_id = client_id
        self.invited: set[tuple[str, str]] = set()
        self.as_application = partial(Talentsoft, base_url, client_id, client_secret, **manner)
        self._recruiter = recruiter
        who = recruiter if recruiter_grant else None
        self._tokens = Tokens(base_url, client_id, client_secret, who, recruiter_name, **manner)
        self._caller = Caller(base_url, auth=self._sign, **manner)

    def campaigns(self, keyword: str = "", language: str = "") -> list[Record]:
        """Return the campaigns to choose from (``campaign_id``, ``name``, ``language``)."""
        query = {"keyword": keyword, "language": language}
        return self._rows("GET", "/assessment/campaigns", params={name: each for name, each in query.items() if each})

    def campaign_creation_link(self) -> str | None:
        """Return where a recruiter creates a campaign, None if the partner has not implemented that."""
        try:
            return str(self._data("GET", "/assessment/campaignscreationlink"))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def invite(
        self, campaign_id: str, applicants: Collection[Mapping[str, Any]], callback_url: str | None = None
    ) -> list[Record]:
        """Invite candidates, described as on the wire; return ``applicant_id``, ``status``, ``link`` of each.

        One may have the ``status`` ``error``, with an ``error_message`` if the partner says any, beside others of
        ``success``. What inviting again does is not documented: after a lost answer only those are invited again who
        have no open invitation. All of the campaign is asked for, as nothing is said either on asking for unknown ones.
        """
        left = {each["applicant_id"].lower(): each for each in applicants}
        self.invited.update((campaign_id, each) for each in left)  # a callback may come before the answer
        invite = partial(self._invite, campaign_id, callback_url)
        try:
            rows = invite(left)
        except Unavailable:
            rows = self._open_invitations(campaign_id)
            rows.update(invite({each: person for each, person in left.items() if each not in rows}))
        return [rows.get(each) or {"applicant_id": each, **_UNNAMED} for each in left]

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        """Return ``applicant_id``, ``status``, scores and reports of candidates, of all of the campaign if none."""
        query = [("campaign_id", campaign_id), *(("applicants[]", each) for each in applicants)]
        query += [("language", language)] if language else []
        return self._rows("GET", f"/assessment/tests?{urlencode(query)}")

    def erase(self, applicant_id: str, email: str, campaigns: Collection[str]) -> None:
        """Have all data of a candidate erased in some campaigns."""
        body = {"campaigns": list(campaigns), "email": email, "applicant_id": applicant_id}
        self._data("DELETE", "/assessment/tests", json=body)

    def _invite(self, campaign_id: str, callback_url: str | None, people: Mapping[str, Any]) -> dict[str, Record]:
        if not people:
            return {}
        body: Record = {"campaign_id": campaign_id, "invitations": list(people.values())}
        if callback_url is not None:
            body["callback_url"] = callback_url
        return _by_applicant(self._rows("POST", "/assessment/tests", json=body))

    def _open_invitations(self, campaign_id: str) -> dict[str, Record]:
        rows = [row for row in self.assessments(campaign_id) if row.get("status") in _OPEN]
        return _by_applicant({**row, "status": "success", "error_message": None} for row in rows)

    def _rows(self, method: str, path: str, **parts: Unpack[Parts]) -> list[Record]:
        found = self._data(method, path, **parts)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Unreadable(f"{method} {path}", "data is not a list of JSON objects.")
        return found

    def _data(self, method: str, path: str, **parts: Unpack[Parts]) -> Any:
        """Return what is in the envelope. A token that is refused is renewed once: nothing was done with it."""
        try:
            response = self._caller.send(method, path, **parts)
        except Refused as refused:
            if refused.status != 401 or isinstance(refused, TokenRefused):
                raise
            self._tokens.forget()
            response = self._caller.send(method, path, **parts)
        return _opened(f"{method} {path}", response)

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._recruiter is not None:
            request.headers["X-Current-User"] = self._recruiter
        return self._tokens.sign(request)


class Uninvited(Rejected):
    """A callback is for another client, or about a candidate who was not invited."""

    status = 403


class Callbacks:
    """The inlet of ``callback_url``: keeps status and scores of candidates in ``followed``, by campaign and applicant.

    A callback proves nothing and carries no result. So it only makes the application ask the partner, and a second one
    finds nothing new; ``on_update`` is told an assessment that is another than before. Reports are not kept.
    """

    def __init__(
        self, talentsoft: Talentsoft, *, on_update: Callable[[Record], object] = lambda assessment: None
    ) -> None:
        self.followed: dict[tuple[str, str], Record] = {}
        self._talentsoft = talentsoft
        self._application = talentsoft.as_application()
        self._on_update = on_update

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge one request; raise ``Uninvited`` or ``Rejected``."""
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise Rejected("A callback is application/x-www-form-urlencoded.")
        try:
            told = dict(parse_qsl(body.decode(), strict_parsing=True, errors="strict", max_num_fields=20))
            about = told["campaign_id"], told["applicant_id"].lower()
            client_id = told["client_id"]
        except (KeyError, ValueError) as error:
            raise Rejected(f"client_id, applicant_id and campaign_id are needed: {error!r}.") from error
        if client_id != self._talentsoft.client_id or about not in self._talentsoft.invited:
            raise Uninvited("client_id is of another client, or the candidate was not invited to the campaign.")
        return Message(None, told)  # no id: each update of one assessment is told in the same words

    def take(self, message: Message) -> None:
        """Ask where the candidate stands."""
        self._refresh(message.content["campaign_id"], [message.content["applicant_id"]])

    def refresh(self, campaign_id: str) -> None:
        """Ask where all of a campaign stand, once a day, for what no callback told."""
        self._refresh(campaign_id, [])

    def _refresh(self, campaign_id: str, applicants: Sequence[str]) -> None:
        for about, row in _by_applicant(self._application.assessments(campaign_id, applicants)).items():
            key, kept = (campaign_id, about), {name: row.get(name) for name in _KEPT}
            if key in self._talentsoft.invited and self.followed.get(key) != kept:
                self.followed[key] = kept
                self._on_update(row)


def _opened(call: str, response: requests.Response) -> Any:
    """Return the data of an envelope; raise ``Refused`` or ``Unavailable`` if it says so itself."""
    body = parsed(call, response)
    status, code = (body.get("status"), str(body.get("code"))) if isinstance(body, dict) else (None, "")
    if status == "success" and code == str(response.status_code):
        return body.get("data")
    if status == "error" and code.isdecimal():
        raise Refused(call, int(code), body)
    raise Unreadable(call, f"an answer of {response.status_code} has no such envelope: {response.text[:200]}")


def _by_applicant(rows: Iterable[Record]) -> dict[str, Record]:
    """Return rows by their candidates; the link of an invitation has two names in the guide."""
    found = {}
    for row in rows:
        link = next((row[name] for name in _LINKS if row.get(name)), None)
        found[str(row.get("applicant_id")).lower()] = {**row, "link": link}
    return found
