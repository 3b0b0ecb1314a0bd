"""What a subject's adapter implements, one protocol for each vendor; the reference clients implement them too.

A player of a scenario and the checks of a client call these verbs and look at nothing else. An adapter hands each one
to the subject's own code, and translates what comes back into the few values that are named here:

- An adapter is a class. It is made with keyword arguments, once for each check: ``base_url``, the address to call, and
  the credentials that its protocol names. ``**anything`` at the end lets it be made by a later version too.
- One that has parameters ``wait`` and ``clock``, or takes any keyword, is given both and promises to use them:
  ``wait(seconds)`` in place of ``time.sleep``, ``clock()``, a Unix time, in place of ``time.time``. The server's clock
  then stands still but for these waits, and no real time passes. For one without them the server's clock runs with
  this machine's, and checks that need days to pass are left out.
- A verb returns when the subject is done with it, its repetitions included.
- A verb that did not succeed raises, whatever the subject raises.
- A ``Record`` is the vendor's JSON object or what the subject made of it; of its fields only those are read that a verb
  names.
- ``**more`` are fields that a client may send besides, named as on the wire. An adapter may do without it; what needs
  it is then left out.
- A verb that the subject does not have raises ``NotImplementedError``; what needs it is then left out, and said to be.

The receiving sides are ``contract_tests.clients.receiving.Inlet``, for subjects without a server of their own.
An adapter that is to be checked for what it makes of webhooks has the two verbs of ``Receives`` besides.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from contract_tests.clients.answers import Record

# Any vendor that calls its clients


class Receives(Protocol):
    """The receiving side of a client: what its web server does with a request that came in."""

    def receive(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take a request as it arrived and do its work; return the status to answer, below 300 if it is taken.

        ``path`` is that of the address given to the vendor, ``headers`` have lower-case names, ``body`` is raw.
        """

    def taken(self) -> list[Record]:
        """Return what the received requests told that was new, oldest first, as the vendor's JSON or form has it."""


# YouTestMe


class YouTestMeAdapter(Protocol):
    """A client of YouTestMe. Accounts, tests and authorizations are named by external ids.

    Made with ``base_url`` and ``api_key``; for ``Receives``, the secret is the one that ``subscribe`` was given.
    """

    def find_user(self, *, external_id: str | None = None, username: str | None = None) -> Record | None:
        """Return the account (``id``, ``username``, ``externalId``), by either name, or None.

        An adapter may take ``internal_id`` besides, the ``id`` that the vendor gave.
        """

    def ensure_user(
        self,
        external_id: str,
        *,
        username: str,
        first_name: str,
        last_name: str,
        email: str,
        role: str = "STU",
        **more: Any,
    ) -> Record:
        """Return the account (``id``), created if it is not there: one account, whatever goes wrong meanwhile."""

    def change_user(self, external_id: str, **changes: Any) -> Record:
        """Change fields of the account, named as on the wire."""

    def authorize(
        self, external_id: str, *, test: str, candidate: str, expires: datetime | None = None, **more: Any
    ) -> Record:
        """Return the authorization (``id``, ``active``), created if it is not there: one, whatever goes wrong."""

    def authorization(self, external_id: str) -> Record | None:
        """Return the authorization as it now stands, or None."""

    def deactivate(self, external_id: str) -> None:
        """Deactivate the authorization, if there is one."""

    def sso_link(
        self,
        user_external_id: str,
        page: str = "myTests.xhtml",
        *,
        referer_url: str | None = None,
        expires: datetime | None = None,
        **more: Any,
    ) -> str:
        """Return a link that signs the user in, another one at each call."""

    def subscribe(self, url: str, secret: str) -> Record:
        """Have results sent to ``url``, signed with ``secret``; a second time makes no second subscription."""

    def unsubscribe(self, url: str) -> None:
        """Have no results sent to ``url`` any more."""


# Constructor Proctor


class ConstructorAdapter(Protocol):
    """A client of Constructor Proctor. Sessions are named by ids of the client's own.

    Made with ``base_url``, ``integration`` and ``secret``. The paths of ``Receives`` are ``/reviews``, ``/bookings``,
    ``/warnings`` and ``/agreements``.
    """

    def put_exam(self, exam: Mapping[str, Any]) -> Record:
        """Create or update an exam, its parameters named as on the wire; return the actual ones."""

    def start(self, parameters: Mapping[str, Any]) -> str:
        """Send a test taker in, as his or her browser is sent; return the page. Parameters are named as on the wire."""

    def start_link(self, parameters: Mapping[str, Any]) -> str:
        """Return a link that sends a test taker in, for clients that have one instead of a form."""

    def status(self, session_id: str) -> Record | None:
        """Return where a session stands (``status``), None where the vendor knows no such session."""

    def wait_for(
        self, session_id: str, statuses: Collection[str], *, every: float = 10.0, within: float = 3600.0
    ) -> Record:
        """Return the session once it has one of the statuses, asking every so many seconds; raise ``TimeoutError``."""

    def finish(self, session_id: str, finish_url: str | None = None) -> str:
        """End a session or give its slot back; return the vendor's ``message``."""

    def archive_link(self, session_id: str, proctor: str, *, return_url: str | None = None) -> str:
        """Return a link that shows the session's video to a proctor.

        An adapter may take ``lastName``, ``firstName``, ``thirdName`` and ``language`` of the proctor besides.
        """


# SmarterProctoring


class SmarterProctoringAdapter(Protocol):
    """A client of SmarterProctoring, for one install. Course, user and exam are described as on the wire.

    Each has ``ids.external``, an id of the client's own. All else is named by the SIDs that the vendor gave. Made with
    ``base_url``, ``token`` and ``install_sid``. ``taken`` has ``session_id`` and ``status``.
    """

    def provision(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], **more: Any
    ) -> Record:
        """Create or update all three and the enrollment; return the SIDs: ``course, user, exam, enrollment``."""

    def assign(self, course_sid: str, exam_sid: str, enrollment_sids: Collection[str]) -> None:
        """Give enrollments a session of an exam with limited scope."""

    def sessions(self, enrollment_sid: str, exam_sid: str) -> list[Record]:
        """Return all sessions of an enrollment for an exam (``sid``, ``status``), however many pages they fill."""

    def session(self, exam_sid: str, session_sid: str) -> Record:
        """Return a session (``sid``, ``status``, ``appointmentDate``)."""

    def schedule(self, exam_sid: str, session_sid: str, at: datetime, **details: Any) -> Record:
        """Give a session its appointment, once, whatever goes wrong meanwhile; return the session."""

    def reschedule(self, exam_sid: str, session_sid: str, at: datetime, **changes: Any) -> Record:
        """Move the appointment; return the session."""

    def cancel(self, exam_sid: str, session_sid: str, memo: str, *, reason: str = "other-reason") -> None:
        """Cancel the appointment; a second time changes nothing."""

    def book(
        self, course: Mapping[str, Any], user: Mapping[str, Any], exam: Mapping[str, Any], at: datetime, **details: Any
    ) -> Record:
        """Provision, assign, find the session and schedule it, in this order; return the session."""

    def onboarding_url(self, exam_sid: str, session_sid: str) -> str:
        """Return where the candidate is sent now, another address at each call."""

    def status(self, session_sid: str) -> str:
        """Return where a session stands, in the vendor's words."""

    def wait_for_status(
        self, session_sid: str, statuses: Collection[str], *, every: float = 30.0, within: float = 3600.0
    ) -> str:
        """Return the status once it is one of these or the session is over; raise ``TimeoutError``."""

    def events(self, exam_sid: str, session_sid: str) -> list[Record]:
        """Return what was reported of a session (``sid``, ``subject``)."""


# Talentsoft


class TalentsoftAdapter(Protocol):
    """Talentsoft as a client of an assessment partner, for a recruiter or as the application.

    Made with ``base_url``, ``client_id``, ``client_secret`` and ``recruiter``, an e-mail address, or None for the
    application itself. ``taken`` has ``applicant_id`` and ``status``, as the partner answered them.
    """

    def campaigns(self, keyword: str = "", language: str = "") -> list[Record]:
        """Return the campaigns to choose from (``campaign_id``, ``name``, ``language``)."""

    def campaign_creation_link(self) -> str | None:
        """Return where a recruiter creates a campaign, None if the partner has no such page."""

    def invite(
        self, campaign_id: str, applicants: Collection[Mapping[str, Any]], callback_url: str | None = None
    ) -> list[Record]:
        """Invite candidates, described as on the wire, each once, whatever goes wrong meanwhile.

        Return ``applicant_id``, ``status`` (``success`` or ``error``), ``error_message`` and ``link`` of each.
        """

    def assessments(self, campaign_id: str, applicants: Sequence[str] = (), language: str = "") -> list[Record]:
        """Return ``applicant_id``, ``status``, ``global_score`` of candidates, of all of the campaign if none."""

    def erase(self, applicant_id: str, email: str, campaigns: Collection[str]) -> None:
        """Have a candidate's data erased in some campaigns."""


if TYPE_CHECKING:  # the reference clients are adapters
    from contract_tests.clients import constructor, smarterproctoring, talentsoft, youtestme

    _YOUTESTME: type[YouTestMeAdapter] = youtestme.YouTestMe
    _CONSTRUCTOR: type[ConstructorAdapter] = constructor.Constructor
    _SMARTERPROCTORING: type[SmarterProctoringAdapter] = smarterproctoring.SmarterProctoring
    _TALENTSOFT: type[TalentsoftAdapter] = talentsoft.Talentsoft
