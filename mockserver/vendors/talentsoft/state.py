"""What Talentsoft and its assessment partner remember, and what can happen to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mockserver.core.clock import later
from mockserver.core.errors import BadRequest, Conflict, Gone, NotFound
from mockserver.core.state import State, Surroundings
from mockserver.vendors.talentsoft.caller_entities import Errand, Followed, Partner, PartnerToken
from mockserver.vendors.talentsoft.entities import (
    MOVES,
    OPEN,
    Access,
    AccessToken,
    Callback,
    Campaign,
    Client,
    Invitation,
    Recruiter,
    Report,
    Score,
    Status,
    results_of,
)
from mockserver.vendors.talentsoft.formats import culture_key, is_culture
from mockserver.vendors.talentsoft.settings import Settings

MOST_TOKENS = 1000


class Talentsoft(State):
    """An assessment partner with its customers, and Talentsoft, which calls partners and receives their callbacks."""

    def __init__(self, sandbox: Surroundings) -> None:
        super().__init__("talentsoft", sandbox)
        self.clients = self._collection("clients", Client)
        self.recruiters = self._collection("recruiters", Recruiter, index=("customer",))
        self.access_tokens = self._collection("access_tokens", AccessToken)
        self.accesses = self._collection("accesses", Access)
        self.campaigns = self._collection("campaigns", Campaign, index=("customer",))
        self.invitations = self._collection(
            "invitations", Invitation, unique=("link", "current_pair"), index=("campaign_id", "applicant_id", "address")
        )
        self.callbacks = self._collection("callbacks", Callback)
        self.partners = self._collection("partners", Partner)
        self.partner_tokens = self._collection("partner_tokens", PartnerToken)
        self.errands = self._collection("errands", Errand, unique=("call_key",), index=("stage",))
        self.followed = self._collection("followed", Followed, index=("partner", "applicant_id"))

    @property
    def settings(self) -> Settings:
        """The sandbox's switches."""
        settings: Settings = self._sandbox.settings_of(self.vendor)
        return settings

    def issue_token(self, client: Client, recruiter: Recruiter | None = None) -> AccessToken:
        """Give an access token to a client, or to a recruiter through it; those that have expired are forgotten.

        Beyond ``MOST_TOKENS`` the one that is next to expire is forgotten too.
        """
        now = self.now()
        for token in self.access_tokens:
            if token.expires_at <= now:
                self.access_tokens.remove(token.id)
        if len(self.access_tokens) >= MOST_TOKENS:
            self.access_tokens.remove(min(self.access_tokens, key=lambda token: token.expires_at).id)
        return self.access_tokens.add(
            AccessToken(
                id=self._mint(self.access_tokens, self.ids.uuid),
                client_id=client.id,
                customer=client.customer,
                issued_at=now,
                expires_at=later(now, timedelta(seconds=self.settings.token_lifetime)),
                recruiter=recruiter.email if recruiter else None,
            )
        )

    def recruiter(self, customer: str, email: str) -> Recruiter | None:
        """Return the customer's recruiter of an e-mail, capitals aside, or None."""
        known = self.recruiters.where(customer=customer)
        return next((each for each in known if each.email.casefold() == email.casefold()), None)

    def check_language(self, language: str) -> None:
        """Raise ``BadRequest`` for what is no culture name, where that is an error."""
        if self.settings.strict_language and language and not is_culture(language):
            message = "Not a culture name like fr-FR."
            raise BadRequest(f"language: {message}", fields={"language": [message]})

    def customers(self) -> list[str]:
        """Return the customers' names, each once."""
        return list(dict.fromkeys(client.customer for client in self.clients))

    def campaign(self, customer: str, campaign_id: str) -> Campaign:
        """Return a customer's campaign; raise ``NotFound``."""
        campaign = self.campaigns.find(id=campaign_id)
        if campaign is None or campaign.customer != customer:
            raise NotFound(f"Campaign {campaign_id!r} not found.", collection="campaigns", field="campaign_id")
        return campaign

    def active_campaigns(self, customer: str, keyword: str = "", language: str = "") -> list[Campaign]:
        """Return the campaigns to choose from whose name holds the keyword, of a language if one is given."""
        self.check_language(language)
        return [
            each
            for each in self.campaigns.where(customer=customer)
            if each.active
            and keyword.casefold() in each.name.casefold()
            and (not language or culture_key(each.language) == culture_key(language))
        ]

    def create_campaign(
        self, name: str, language: str, customer: str | None = None, tests: Sequence[str] = ()
    ) -> Campaign:
        """Create a campaign for a customer, the first one if none is named; raise ``BadRequest`` if it is unknown."""
        customers = self.customers()
        owner = customer or next(iter(customers), "")
        if owner not in customers:
            message = f"There is no customer {owner!r}; known are {', '.join(customers) or 'none'}."
            raise BadRequest(message, fields={"customer": [message]})
        number = self._mint(self.campaigns, lambda kind: str(self.ids.number(kind)))
        return self.campaigns.add(
            Campaign(id=number, name=name, language=language, customer=owner, tests=tuple(tests) or (name,))
        )

    def close_campaign(self, campaign_id: str) -> Campaign:
        """Take a campaign out of the choice; those invited go on. Raise ``Conflict`` if it is closed."""
        campaign = self.campaigns.get(campaign_id)
        if not campaign.active:
            raise Conflict(f"Campaign {campaign_id!r} is closed already.")
        return self.campaigns.save(replace(campaign, active=False))

    def add_invitation(self, **fields: Any) -> Invitation:
        """Remember a new invitation, and mint the keys of its pages."""
        invitation_id = self._mint(self.invitations, self._short)
        link = self._mint(self.invitations, self._short)
        return self.invitations.add(Invitation(id=invitation_id, link=link, **fields))

    def invitation(self, campaign_id: str, applicant_id: str) -> Invitation:
        """Return the invitation of an applicant to a campaign that counts; raise ``NotFound``."""
        found = self.invitations.find(current_pair=(campaign_id, applicant_id.lower()))
        if found is None:
            message = f"Applicant {applicant_id!r} was never invited to campaign {campaign_id!r}."
            raise NotFound(message, collection="invitations", field="applicant_id")
        return found

    def invitations_to(self, campaign: Campaign, applicants: Sequence[str] = ()) -> list[Invitation]:
        """Return the invitations that count, of the applicants as listed or of all.

        Raises ``NotFound`` for a listed applicant who was never invited, where that is an error.
        """
        if not applicants:
            return list(self.invitations.where(campaign_id=campaign.id, superseded=False))
        listed = dict.fromkeys(each.lower() for each in applicants)
        if self.settings.unknown_applicants == "refuse":
            return [self.invitation(campaign.id, each) for each in listed]
        found = [self.invitations.find(current_pair=(campaign.id, each)) for each in listed]
        return [each for each in found if each is not None]

    def behind_link(self, link: str) -> Invitation:
        """Return the invitation of a candidate's link; raise ``NotFound``, or ``Gone`` if it was erased."""
        return self._not_erased(self.invitations.find(link=link))

    def behind_id(self, invitation_id: str) -> Invitation:
        """Return the invitation of a recruiter's link; raise ``NotFound``, or ``Gone`` if it was erased."""
        return self._not_erased(self.invitations.find(id=invitation_id))

    def status_of(self, invitation: Invitation) -> Status:
        """Return where it stands now, the clock considered."""
        overdue = invitation.status in OPEN and self.now() >= invitation.expires_at
        return Status.EXPIRED if overdue else invitation.status

    def watch(self, invitation: Invitation) -> Invitation:
        """See to it that an invitation that expires is told of, if anybody wants to be told."""
        key = f"expiry {invitation.id}"
        if invitation.callback_url and not invitation.superseded and self.status_of(invitation) in OPEN:
            about = {"campaign_id": invitation.campaign_id, "applicant_id": invitation.applicant_id}
            self.plan("notice_expiry", invitation.expires_at, key, **about)
        else:
            self.unplan(key)
        return invitation

    def notice_expiry(self, invitation_id: str) -> Invitation:
        """Tell that an invitation has expired by the clock; do nothing if it has not."""
        invitation = self.invitations.get(invitation_id)
        if invitation.status in OPEN and self.status_of(invitation) is Status.EXPIRED:
            self.tell("assessment_updated", invitation_id=invitation.id)
        return invitation

    def start(self, invitation_id: str) -> Invitation:
        """Let the candidate begin the first test."""
        return self._move(invitation_id, Status.IN_PROGRESS, started_at=self.now())

    def complete(
        self,
        invitation_id: str,
        global_score: int = 80,
        scores: tuple[Score, ...] | None = None,
        global_report: Report | None = None,
        reports: tuple[Report, ...] | None = None,
    ) -> Invitation:
        """Let the candidate finish all tests; what is not given is as ``results_of`` has it."""
        invitation = self.invitations.get(invitation_id)
        if self.status_of(invitation) is Status.AWAITING_SHARING:
            raise Conflict("The candidate has done these tests for another customer, and shares the results or not.")
        made_up = results_of(self.campaigns.get(invitation.campaign_id), global_score, invitation.language)
        results = replace(
            made_up,
            global_report=global_report or made_up.global_report,
            scores=made_up.scores if scores is None else scores,
            reports=made_up.reports if reports is None else reports,
        )
        return self._move(invitation_id, Status.COMPLETED, results=results, ended_at=self.now())

    def decline(self, invitation_id: str) -> Invitation:
        """Let the candidate refuse the tests, or to share the results."""
        return self._move(invitation_id, Status.DECLINED, ended_at=self.now())

    def share(self, invitation_id: str) -> Invitation:
        """Let the candidate share the results that another customer has; raise ``Conflict`` if they are gone."""
        invitation = self.invitations.get(invitation_id)
        status = self.status_of(invitation)
        if status is not Status.AWAITING_SHARING:
            raise Conflict(f"The invitation is {status}; results are shared while it is awaitingSharing.")
        source = self.invitations.find(id=invitation.shares)
        if source is None or source.results is None:
            raise Conflict("The results that were to be shared no longer exist.")
        return self._move(invitation_id, Status.COMPLETED, results=source.results, ended_at=self.now())

    def expire(self, invitation_id: str) -> Invitation:
        """Let the invitation expire at once."""
        return self._move(invitation_id, Status.EXPIRED, expires_at=self.now())

    def cancel(self, invitation_id: str) -> Invitation:
        """Take the invitation back, as the recruiter may."""
        return self._move(invitation_id, Status.CANCELLED, ended_at=self.now())

    def archive(self, invitation_id: str) -> Invitation:
        """Put completed results away."""
        return self._move(invitation_id, Status.ARCHIVED)

    def erase(self, customer: str, applicant_id: str, email: str, campaigns: Sequence[str] = ()) -> list[Invitation]:
        """Erase what a customer knows of an applicant, in the given campaigns or in all, and return what is left.

        Raises ``BadRequest`` if the e-mail is another candidate's. What is unknown or erased already is no error.
        """
        if not campaigns and self.settings.erasure_without_campaigns == "refuse":
            raise BadRequest("campaigns: at least one is expected.", fields={"campaigns": ["Must not be empty."]})
        chosen = [
            each
            for each in self.invitations.where(applicant_id=applicant_id.lower())
            if self.campaigns.get(each.campaign_id).customer == customer
            and (not campaigns or each.campaign_id in campaigns)
        ]
        if any(each.address not in (None, email.casefold()) for each in chosen):
            raise BadRequest("email: not that of the applicant.", fields={"email": ["Not that of the applicant."]})
        return [self.watch(self.invitations.save(each.erased())) for each in chosen]

    def mint_callback(self) -> int:
        """Return the number of the next callback."""
        return self._mint(self.callbacks, self.ids.number)

    def mint_errand(self) -> int:
        """Return the number of the next errand."""
        return self._mint(self.errands, self.ids.number)

    def mint_partner(self) -> str:
        """Return the name of the next partner."""
        return self._mint(self.partners, lambda kind: str(self.ids.number(kind)))

    def _short(self, kind: str) -> str:
        return self.ids.hex(kind, 16)

    def _move(self, invitation_id: str, to: Status, **changes: Any) -> Invitation:
        invitation = self.invitations.get(invitation_id)
        status = self.status_of(invitation)
        if to not in MOVES[status]:
            allowed = ", ".join(sorted(MOVES[status])) or "nothing else"
            raise Conflict(f"The invitation is {status} and cannot become {to}; it can become {allowed}.")
        stored = invitation.status if to is Status.EXPIRED else to
        moved = self.watch(self.invitations.save(replace(invitation, status=stored, **changes)))
        self.tell("assessment_updated", invitation_id=moved.id)
        return moved

    @staticmethod
    def _not_erased(invitation: Invitation | None) -> Invitation:
        if invitation is None:
            raise NotFound("There is no such invitation.", collection="invitations")
        if invitation.status is Status.DELETED:
            raise Gone("The candidate's data was erased.")
        return invitation
