"""``mockserver talentsoft``: what Talentsoft does at a partner server, from the command line."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

import click
import msgspec

from mockserver.core.actions import act
from mockserver.core.errors import ApiError, BadRequest
from mockserver.core.sandbox import DEFAULT
from mockserver.core.vendor import Opener
from mockserver.vendors.talentsoft.caller_entities import Errand
from mockserver.vendors.talentsoft.state import Talentsoft

SECRET_VARIABLE = "MOCKSERVER_TALENTSOFT_CLIENT_SECRET"  # noqa: S105 - where it is found, not what it is
_LONGEST = timedelta(hours=1)
_COLUMNS = {
    "campaigns": ("campaign_id", "name", "language"),
    "invitations": ("applicant_id", "status", "link", "error_message"),
    "erased": ("applicant_id", "campaigns"),
    "assessments": ("campaign_id", "applicant_id", "status", "global_score", "scores"),
}
_NAMES = {
    "base_url": "--partner",
    "client_id": "--client-id",
    "client_secret": "--client-secret",
    "recruiter": "--recruiter",
    "callback_url": "--callback-url",
    "campaign_id": "--campaign",
    "applicant_id": "--applicant",
    "email": "--email",
}
"""What the arguments of actions are called here."""
_OPTIONS = (
    click.option("--partner", required=True, metavar="URL", help="The partner, with its prefix: https://host/api/v1."),
    click.option("--client-id", required=True, metavar="ID", help="As Talentsoft gave it to the partner."),
    click.option("--client-secret", required=True, envvar=SECRET_VARIABLE, show_envvar=True, metavar="SECRET"),
    click.option("--recruiter", metavar="EMAIL", help="Who acts.  [default: the application]"),
    click.option(
        "--grant",
        type=click.Choice(["client_credentials", "jwt-bearer"]),
        default="client_credentials",
        show_default=True,
        help="How a recruiter gets an access token.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables."),
)


def _at_partner(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every command has."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


class _Caller:
    """Talentsoft in a sandbox of this process, and what it has to tell in the end."""

    def __init__(
        self, opener: Opener, partner: str, client_id: str, client_secret: str, as_json: bool, **options: Any
    ) -> None:
        host = ""
        with suppress(ValueError):
            host = urlsplit(partner).hostname or ""
        try:
            sandboxes = opener([host] if host else [])
        except BadRequest:
            raise click.UsageError(f"--partner {partner}: {host!r} is no host that can be called.") from None
        self._sandbox = sandboxes.get(DEFAULT)
        self._timeline = sandboxes.timeline
        self._as_json = as_json
        self._came: dict[str, Any] = {}
        self._remarks: list[str] = []
        about = {name: value for name, value in options.items() if value is not None}
        self._act("connect_partner", base_url=partner, client_id=client_id, client_secret=client_secret, **about)

    def do(self, action: str, section: str, **arguments: Any) -> list[dict[str, Any]]:
        """Carry out an action and return what came of it; end with the reason if it failed."""
        begun = self._act(action, **arguments)
        errand = self._errand(begun.id)
        self._came[section] = [*self._came.get(section, ()), *errand.result]
        self._remarks += errand.remarks
        if errand.stage != "done":
            self.fail(errand.error or "The partner's answers did not come in time.")
        return list(errand.result)

    def fail(self, reason: str) -> NoReturn:
        """Tell what came, and end with a reason."""
        self.tell(reason)
        raise click.ClickException(_printable(reason))

    def tell(self, error: str | None = None) -> None:
        """Print what came."""
        if self._as_json:
            document = {**self._came, "remarks": self._remarks, "error": error}
            click.echo(msgspec.json.format(msgspec.json.encode(document)))
            return
        for section, rows in self._came.items():
            if not rows and error:
                continue
            for line in _table(rows, _COLUMNS[section]):
                click.echo(line)
            click.echo()
        for remark in self._remarks:
            click.echo(f"Remark: {_printable(remark)}")

    def _act(self, action: str, **arguments: Any) -> Any:
        try:
            done = act(self._sandbox, f"talentsoft.{action}", arguments)
            self._timeline.until_idle(self._sandbox, _LONGEST)
        except BadRequest as error:
            place, _, said = error.message.partition(": ")
            raise click.UsageError(f"{_NAMES.get(place, place)}: {said}") from None
        except ApiError as error:
            raise click.ClickException(error.message) from None
        return done

    def _errand(self, number: int) -> Errand:
        return cast(Talentsoft, self._sandbox.states["talentsoft"]).errands.get(number)


def group(opener: Opener) -> click.Group:
    """Return the commands, which call partners from sandboxes of this opener's."""

    @click.group("talentsoft")
    def talentsoft() -> None:
        """Do what Talentsoft does at a partner server."""

    for make in (_invite, _refresh, _erase, _batch):
        talentsoft.add_command(make(opener))
    return talentsoft


def _invite(opener: Opener) -> click.Command:
    @click.command("invite")
    @_at_partner
    @click.option("--campaign", metavar="ID", help="To which campaign.  [default: the first that the partner lists]")
    @click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many candidates.")
    @click.option("--seed", type=int, default=0, show_default=True, help="Seed of the candidates, who are made up.")
    @click.option("--callback-url", metavar="URL", help="Sent along.  [default: that of mockserver serve]")
    def invite(campaign: str | None, count: int, seed: int, callback_url: str | None, **options: Any) -> None:
        """List the campaigns, and invite made-up candidates to one."""
        caller = _Caller(opener, **options)
        listed = caller.do("caller_list_campaigns", "campaigns")
        chosen = campaign or next((each["campaign_id"] for each in listed), None)
        if chosen is None:
            caller.fail("The partner lists no campaign; name one with --campaign.")
        address = {} if callback_url is None else {"callback_url": callback_url}
        caller.do("caller_invite", "invitations", campaign_id=chosen, count=count, seed=seed, **address)
        caller.tell()

    return invite


def _refresh(opener: Opener) -> click.Command:
    @click.command("refresh")
    @_at_partner
    @click.option("--campaign", required=True, metavar="ID", help="In which campaign.")
    @click.option(
        "--applicant", "applicants", multiple=True, metavar="UUID", help="Whom; again for more.  [default: all]"
    )
    def refresh(campaign: str, applicants: Sequence[str], **options: Any) -> None:
        """Ask where candidates stand, as when a recruiter opens a candidate's page."""
        caller = _Caller(opener, **options)
        caller.do("caller_refresh", "assessments", campaign_id=campaign, applicants=list(applicants))
        caller.tell()

    return refresh


def _erase(opener: Opener) -> click.Command:
    @click.command("erase")
    @_at_partner
    @click.option("--applicant", required=True, metavar="UUID", help="Whom.")
    @click.option("--email", required=True, metavar="EMAIL", help="The candidate's, which is sent too.")
    @click.option(
        "--campaign", "campaigns", multiple=True, metavar="ID", help="Where; again for more.  [default: none named]"
    )
    def erase(applicant: str, email: str, campaigns: Sequence[str], **options: Any) -> None:
        """Have a candidate's data erased, in the campaigns named; what none means is the partner's to say."""
        caller = _Caller(opener, **options)
        caller.do("caller_erase", "erased", applicant_id=applicant, email=email, campaigns=list(campaigns))
        caller.tell()

    return erase


def _batch(opener: Opener) -> click.Command:
    @click.command("batch")
    @_at_partner
    @click.option(
        "--campaign", "campaigns", multiple=True, metavar="ID", help="Where; again for more.  [default: all listed]"
    )
    def batch(campaigns: Sequence[str], **options: Any) -> None:
        """Ask where everybody stands, as the daily batch does: as the application, without a recruiter."""
        caller = _Caller(opener, **options)
        listed = [] if campaigns else caller.do("caller_list_campaigns", "campaigns", as_application=True)
        chosen = list(campaigns) or [each["campaign_id"] for each in listed]
        caller.do("caller_batch", "assessments", campaigns=chosen)
        caller.tell()

    return batch


def _table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> list[str]:
    """Return lines with the columns below each other, the names first."""
    cells = [[name.upper() for name in columns], *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    lines = ("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells)
    return [line.rstrip() for line in lines]


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_part(each) for each in value) or "-"
    return "-" if value is None else _printable(str(value))


def _part(value: Any) -> str:
    return f"{_cell(value['name'])} {_cell(value['value'])}" if isinstance(value, dict) else _cell(value)


def _printable(text: str) -> str:
    """Return a partner's text without what would steer a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)
