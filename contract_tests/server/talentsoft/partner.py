"""A partner's server under check: Talentsoft's calls, and what happens at the partner between them."""

import time
from collections.abc import Mapping
from itertools import count
from math import isfinite
from typing import Any, Unpack
from uuid import UUID, uuid4

import jwt

from contract_tests.server.pages import Browser
from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.session import Session
from contract_tests.server.talentsoft.capabilities import FORMS, other_customer
from contract_tests.server.wire import Parts

TOKEN = "/api/v1/token"  # noqa: S105 - a path
CAMPAIGNS = "/api/v1/assessment/campaigns"
CREATION = "/api/v1/assessment/campaignscreationlink"
CALLBACK = "/api/v1/assessmentcallback"
TESTS = "/api/v1/assessment/tests"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_WORDS = ((399, "success", "100 to 399"), (499, "error", "400 to 499"), (999, "fail", "500 to 599"))
_PREFIX = "/api/v1"
_ASSERTION_SECONDS = 1200
_NOBODY = "https://talentsoft.example"
_TOKEN = "talentsoft.create_token.response.200.body"  # noqa: S105 - a clause
_CAMPAIGN = "talentsoft.list_campaigns.response.200.body.data.[]"
_SETTLED_WITHIN = 5.0
_LOOKS_AGAIN = 0.2
_names = count(1)

Data = dict[str, Any]


class Partner(Session):
    """Plays Talentsoft; the partner's prefix is ``/api/v1`` unless the capabilities have another."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.target.knows(
            credentials=("client_id", "client_secret", "recruiter", "other_customer"),
            capabilities=FORMS,
        )
        self.client_id = self.target.credential("client_id")
        self.secret = self.target.credential("client_secret")
        self.recruiter = self.target.credential("recruiter") if "recruiter" in self.target.credentials else ""
        """The e-mail of a recruiter whom the partner knows too; empty if none was given."""
        self.other_customer = other_customer(self.target.credentials.get("other_customer"))
        """The client_id and client_secret of another customer; empty if none were given."""
        self.prefix = str(self.capability("prefix", _PREFIX)).rstrip("/")
        self._base = self.target.url.removesuffix(self.prefix) if self.prefix else self.target.url
        self._bearer: dict[str, str] = {}
        self._expires = 0.0
        self._campaign = ""
        self.mute = False
        """Whether it was waited for its callback in vain."""

    def address(self, path: str) -> str:
        """Return the URL of a path, with the partner's own prefix."""
        return self._base + (path.replace(_PREFIX, self.prefix, 1) if path.startswith(_PREFIX) else path)

    def application_form(self, **changes: str) -> dict[str, str]:
        """Return the form by which Talentsoft asks for a token as an application."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        return {**form, **changes}

    def recruiter_form(self, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> dict[str, str]:
        """Return the form by which Talentsoft asks for a token as a recruiter; a claim that is None is left out."""
        now = int(self.now().timestamp())
        email = self.recruiter or "recruiter@talentsoft.example"
        said: Data = {"iss": self.client_id, "sub": "TalentSoftMarketPlace", "email": email, "name": "Check"}
        said |= {"iat": now, "exp": now + _ASSERTION_SECONDS, **claims}
        payload = {name: value for name, value in said.items() if value is not None}
        key = self.secret if secret is None else secret
        return {"grant_type": JWT_BEARER, "assertion": jwt.encode(payload, key or None, algorithm=algorithm)}

    def ask_token(self, form: Mapping[str, str], path: str = TOKEN) -> Reply:
        """Make the token call; note where it seems to be elsewhere."""
        __tracebackhide__ = True
        reply = self.call("POST", path, data=form)
        if self.is_elsewhere(reply):
            at = f"There is no token call at {reply.seen.url}: the guide has {_PREFIX} in its samples only."
            self._note(f"{at} Say where the partner has it, with prefix of the capabilities.")
        return reply

    def is_elsewhere(self, reply: Reply) -> bool:
        """Tell whether nothing is found at the path of the samples, and the capabilities have no other prefix."""
        return reply.status == 404 and self.capability("prefix") is None

    def bearer(self, reply: Reply) -> dict[str, str]:
        """Return the header that shows the access token of an answer; hold that it can stand there."""
        __tracebackhide__ = True
        token = str(reply.at("access_token"))
        told = "The access token is for the Authorization header."
        fits = token.isascii() and token.isprintable()
        self.holds(f"{_TOKEN}.access_token", fits, told, expected="a text of one line, in ASCII", got=token)
        return {"Authorization": f"Bearer {token}"}

    def lifetime(self, reply: Reply) -> float:
        """Return the seconds that a token lives; hold that they are said."""
        __tracebackhide__ = True
        given = reply.at("expires_in")
        seconds = _number(given)
        told = "expires_in is the token's lifetime in seconds."
        fits = seconds > 0 and isfinite(seconds)
        self.holds(f"{_TOKEN}.expires_in", fits, told, expected="a number above 0", got=given)
        return seconds

    def authorization(self) -> dict[str, str]:
        """Return the header of the application, with a token that lives; raise ``CannotGoOn`` if there is none."""
        __tracebackhide__ = True
        if not self._bearer or self._expires <= self.now().timestamp():
            asked = self.now().timestamp()
            reply = self.ask_token(self.application_form())
            if not reply.ok:
                raise CannotGoOn(f"There is no access token: {reply.told}")
            self._bearer = self.bearer(reply)
            self._expires = asked + _number(reply.get("expires_in"))
        return self._bearer

    def connected(self) -> dict[str, str]:
        """Return the header that says which recruiter is connected, none where no recruiter is known."""
        return {"X-Current-User": self.recruiter} if self.recruiter else {}

    def forget_token(self) -> None:
        """Ask for another token next time."""
        self._bearer = {}

    def api(self, method: str, path: str, **parts: Unpack[Parts]) -> Reply:
        """Make a call as the application."""
        __tracebackhide__ = True
        parts["headers"] = {**self.authorization(), **parts.get("headers", {})}
        return self.call(method, path, **parts)

    def enveloped(self, reply: Reply) -> Reply:
        """Hold that an answer is in the envelope, as its status has it; return it."""
        __tracebackhide__ = True
        word, statuses = next(each for most, *each in _WORDS if reply.status <= most)
        body = json_object(reply)
        status, code = body.get("status"), body.get("code")
        told = f"The answer of {reply.status} to {reply.call}"
        self.holds(
            "talentsoft.envelope-status",
            status == word,
            f"{told} says {word}.",
            expected=f"the status {word} in the envelope, for {statuses}",
            got=f"the status {status}" if "status" in body else reply.told,
        )
        self.holds(
            "talentsoft.envelope-code",
            str(code) == str(reply.status),
            f"{told} has its status as code.",
            expected=f"the code {reply.status} in the envelope",
            got=f"the code {code}" if "code" in body else reply.told,
        )
        return reply

    def campaigns(self, least: int = 1) -> list[Data]:
        """Return the campaigns; raise ``CannotGoOn`` if they cannot be had or there are fewer than are needed."""
        found = self.needs(self.api("GET", CAMPAIGNS)).records("data")
        if len(found) < least:
            raise CannotGoOn(f"The partner lists {len(found)} campaigns; it needs {least} to invite to.")
        return found

    def campaign(self) -> str:
        """Return the campaign to invite to: that of the capabilities, else the first that is listed.

        Raises ``CannotGoOn`` if the one of the capabilities is not listed, so that no recruiter could select it.
        """
        if not self._campaign:
            given, listed = self.capability("campaign_id"), [self.id_of(each) for each in self.campaigns()]
            if given is not None and str(given) not in listed:
                raise CannotGoOn(f"The partner does not list the campaign {given}, campaign_id of the capabilities.")
            self._campaign = listed[0] if given is None else str(given)
        return self._campaign

    def id_of(self, campaign: Data) -> str:
        """Return the id of a campaign that was listed; hold that it has one, raise ``CannotGoOn`` if not."""
        __tracebackhide__ = True
        clause, told = f"{_CAMPAIGN}.campaign_id.required", "A campaign that is listed has an id."
        if not self.holds(clause, "campaign_id" in campaign, told, expected="campaign_id", got=campaign):
            raise CannotGoOn(f"A campaign has no campaign_id: {campaign}")
        return str(campaign["campaign_id"])

    def applicant(self, **changes: Any) -> Data:
        """Return a made-up candidate, another at each call."""
        number = next(_names)
        made = {
            "applicant_id": str(uuid4()),
            "lastname": "Palmer",
            "firstname": f"Check{number}",
            "phone": "+33610203040",
            "email": f"check.{uuid4().hex[:12]}@people.example",
            "language": "en-GB",
        }
        return {**made, **changes}

    def invitation(self, campaign: str, *applicants: Data, callback_url: str | None = None) -> Data:
        """Return what is said to invite; callbacks that nobody waits for go to ``callback_url``, or to nobody's."""
        address = callback_url or f"{str(self.capability('callback_url', _NOBODY)).rstrip('/')}{CALLBACK}"
        return {"campaign_id": campaign, "callback_url": address, "invitations": list(applicants)}

    def invite(self, campaign: str, *applicants: Data, callback_url: str | None = None) -> Reply:
        """Make the invitation call."""
        return self.api("POST", TESTS, json=self.invitation(campaign, *applicants, callback_url=callback_url))

    def invited(self, callback_url: str | None = None) -> tuple[str, Data, Data]:
        """Invite a new candidate; return campaign, candidate and the item of the answer. Raise ``CannotGoOn``."""
        campaign, applicant = self.campaign(), self.applicant()
        reply = self.invite(campaign, applicant, callback_url=callback_url)
        if callback_url and 400 <= reply.status < 500 and self.capability("callback_url") is None:
            told = f"The partner refuses an invitation to be called back at {self.receiver.url}: {reply.told}"
            raise CannotGoOn(f"{told} Give an address that it takes, callback_url of the capabilities.")
        items = self.needs(reply).records("data")
        item = next((each for each in items if same_id(each.get("applicant_id"), applicant["applicant_id"])), None)
        if item is None or item.get("status") != "success":
            raise CannotGoOn(f"A new candidate could not be invited: {items}")
        return campaign, applicant, item

    def statuses(self, campaign: str, *applicants: str, **query: str) -> Reply:
        """Make the status call."""
        params = [("campaign_id", campaign), *(("applicants[]", each) for each in applicants), *query.items()]
        return self.api("GET", TESTS, params=params)

    def assessment(self, campaign: str, applicant: str, clause: str = "talentsoft.list_assessments") -> Data:
        """Return what the status call has of a candidate who was invited; hold the clause that it has something."""
        __tracebackhide__ = True
        found = self.needs(self.statuses(campaign, applicant)).records("data")
        mine = [each for each in found if same_id(each.get("applicant_id"), applicant)]
        told = "The status call answers for a candidate who was invited to the campaign."
        self.holds(clause, mine, told, expected=f"an item of {applicant}", got=found)
        return mine[0]

    def settled(self, campaign: str, applicant: str, status: str, clause: str = "talentsoft.list_assessments") -> Data:
        """Return the assessment as soon as it has a status, else as it is when it should long have it.

        A mockserver has it at once; a partner may take its time to score, ``settled_within`` of the capabilities.
        """
        __tracebackhide__ = True
        within = 0 if self.has_sandbox else self.capability("settled_within", _SETTLED_WITHIN)
        deadline = time.monotonic() + within
        found = self.assessment(campaign, applicant, clause)
        while found.get("status") != status and time.monotonic() < deadline:
            time.sleep(_LOOKS_AGAIN)
            found = self.assessment(campaign, applicant, clause)
        return found

    def happens(self, what: str, campaign: str, applicant: Data, link: str) -> None:
        """Let a candidate start, complete or decline; raise ``CannotGoOn`` where that cannot be brought about."""
        if self.has_sandbox:
            self.sandbox.action(what, campaign_id=campaign, applicant_id=applicant["applicant_id"])
            self.sandbox.advance("0s")
            return
        trigger = self.capability("triggers", {}).get(what)
        if not trigger:
            told = f"It needs to let a candidate {what}: give a request for that, triggers.{what} of the capabilities."
            raise CannotGoOn(told)
        method, _, template = trigger.partition(" ")
        url = template.format(link=link, campaign_id=campaign, **applicant)
        # Not as a call of the API: a candidate's pages may be on another host, whose silence is not the partner's.
        page = Browser(self.target.timeout).open(url, method)
        if not page.ok:
            raise CannotGoOn(f"The trigger of {what}, {method} {url}, was answered {page.status}.")


def link_of(item: Data) -> str:
    """Return the link of an invitation's item, under either name; empty if it has none."""
    return str(item.get("assessment_invitation_link") or item.get("interview_invitation_link") or "")


def same_id(given: Any, wanted: str) -> bool:
    """Tell whether two texts are the same UUID."""
    try:
        return UUID(str(given)) == UUID(wanted)
    except ValueError:
        return False


def _number(given: object) -> float:
    """Return a number, given as one or as a text; 0 for anything else."""
    try:
        return float(str(given))
    except ValueError:
        return 0


def json_object(reply: Reply) -> Data:
    """Return the JSON object that an answer is, an empty one if it is none."""
    try:
        found = reply.json
    except CannotGoOn:
        return {}
    return found if isinstance(found, dict) else {}
