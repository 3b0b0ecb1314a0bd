"""A partner's server under check: Talentsoft's calls, and what happens at the partner between them."""

from collections.abc import Mapping
from itertools import count
from typing import Any, Unpack
from uuid import UUID, uuid4

import jwt

from contract_tests.server.pages import Browser
from contract_tests.server.receiver import Receiver
from contract_tests.server.replies import Reply
from contract_tests.server.rules import CannotGoOn
from contract_tests.server.session import Session
from contract_tests.server.talentsoft.capabilities import checked
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
_NOWHERE = "http://127.0.0.1:9/api/v1/assessmentcallback"
_names = count(1)

Data = dict[str, Any]


class Partner(Session):
    """Plays Talentsoft; the partner's prefix is ``/api/v1`` unless the capabilities have another."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        checked(self.target.capabilities)
        self.target.knows(
            credentials=("client_id", "client_secret", "recruiter", "other_customer"),
            capabilities=self.target.capabilities,
        )
        self.client_id = self.target.credential("client_id")
        self.secret = self.target.credential("client_secret")
        self.prefix = str(self.capability("prefix", _PREFIX)).rstrip("/")
        self._base = self.target.url.removesuffix(self.prefix) if self.prefix else self.target.url
        self._token, self._expires = "", 0.0
        self.mute = False
        """Whether it was waited for its callback in vain."""
        self._receiver: Receiver | None = None

    def address(self, path: str) -> str:
        """Return the URL of a path, with the partner's own prefix."""
        return self._base + (path.replace(_PREFIX, self.prefix, 1) if path.startswith(_PREFIX) else path)

    @property
    def recruiter(self) -> str:
        """The e-mail of a recruiter whom the partner knows too."""
        return str(self.target.credentials.get("recruiter", "recruiter@talentsoft.example"))

    def application_form(self, **changes: str) -> dict[str, str]:
        """Return the form by which Talentsoft asks for a token as an application."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        return {**form, **changes}

    def recruiter_form(self, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> dict[str, str]:
        """Return the form by which Talentsoft asks for a token as a recruiter; a claim that is None is left out."""
        now = int(self.now().timestamp())
        said: Data = {"iss": self.client_id, "sub": "TalentSoftMarketPlace", "email": self.recruiter, "name": "Check"}
        said |= {"iat": now, "exp": now + _ASSERTION_SECONDS, **claims}
        payload = {name: value for name, value in said.items() if value is not None}
        key = self.secret if secret is None else secret
        return {"grant_type": JWT_BEARER, "assertion": jwt.encode(payload, key or None, algorithm=algorithm)}

    def ask_token(self, form: Mapping[str, str], path: str = TOKEN) -> Reply:
        """Make the token call."""
        return self.call("POST", path, data=form)

    def token(self) -> str:
        """Return an access token of the application that lives still; raise ``CannotGoOn`` if there is none."""
        if not self._token or self._expires <= self.now().timestamp():
            asked = self.now().timestamp()
            reply = self.ask_token(self.application_form())
            if not reply.ok:
                raise CannotGoOn(f"There is no access token: {reply.told}")
            self._token, lifetime = str(reply.at("access_token")), str(reply.json.get("expires_in"))
            self._expires = asked + (int(lifetime) if lifetime.isdecimal() else 0)
        return self._token

    def forget_token(self) -> None:
        """Ask for another token next time."""
        self._token = ""

    def api(self, method: str, path: str, **parts: Unpack[Parts]) -> Reply:
        """Make a call as the application."""
        parts["headers"] = {"Authorization": f"Bearer {self.token()}", **parts.get("headers", {})}
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

    def campaigns(self) -> list[Data]:
        """Return the campaigns; raise ``CannotGoOn`` if they cannot be had or there are none."""
        found = self.needs(self.api("GET", CAMPAIGNS)).records("data")
        if not found:
            raise CannotGoOn("The partner lists no campaign; one is needed to invite to.")
        return found

    def campaign(self) -> str:
        """Return the campaign to invite to: that of the capabilities, else the first that is listed."""
        return str(self.capability("campaign_id") or _id(self.campaigns()[0]))

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

    def invite(self, campaign: str, *applicants: Data, callback_url: str | None = None) -> Reply:
        """Make the invitation call."""
        said = {"campaign_id": campaign, "callback_url": callback_url or _NOWHERE, "invitations": list(applicants)}
        return self.api("POST", TESTS, json=said)

    def invited(self, callback_url: str | None = None) -> tuple[str, Data, Data]:
        """Invite a new candidate; return campaign, candidate and the item of the answer. Raise ``CannotGoOn``."""
        campaign, applicant = self.campaign(), self.applicant()
        items = self.needs(self.invite(campaign, applicant, callback_url=callback_url)).records("data")
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

    @property
    def receiver(self) -> Receiver:
        """Talentsoft's receiver of callbacks, at ``callback_listen`` and ``callback_url`` of the capabilities."""
        if self._receiver is None:
            listen = str(self.capability("callback_listen", "127.0.0.1:0"))
            self._receiver = Receiver(listen, str(self.capability("callback_url", ""))).start()
        return self._receiver

    def close(self) -> None:
        """Stop receiving."""
        if self._receiver is not None:
            self._receiver.stop()


def link_of(item: Data) -> str:
    """Return the link of an invitation's item, under either name; empty if it has none."""
    return str(item.get("assessment_invitation_link") or item.get("interview_invitation_link") or "")


def same_id(given: Any, wanted: str) -> bool:
    """Tell whether two texts are the same UUID."""
    try:
        return UUID(str(given)) == UUID(wanted)
    except ValueError:
        return False


def _id(campaign: Data) -> str:
    if "campaign_id" not in campaign:
        raise CannotGoOn(f"A campaign has no campaign_id: {campaign}")
    return str(campaign["campaign_id"])


def json_object(reply: Reply) -> Data:
    """Return the JSON object that an answer is, an empty one if it is none."""
    try:
        found = reply.json
    except CannotGoOn:
        return {}
    return found if isinstance(found, dict) else {}
