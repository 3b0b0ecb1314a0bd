"""The partners that Talentsoft knows: connected, changed, and found by name."""

from typing import Any

from mockserver.core.errors import BadRequest, NotFound
from mockserver.vendors.talentsoft.caller_entities import Partner
from mockserver.vendors.talentsoft.state import Talentsoft

_NEEDED = ("client_id", "client_secret")


def connect_partner(state: Talentsoft, *, partner: str | None = None, **about: Any) -> Partner:
    """Make a partner known by a name, or change the one of that name, whose tokens are forgotten then.

    Without an address it is the partner that this sandbox plays, with its first client and recruiter. Raises
    ``BadRequest`` if there are no credentials.
    """
    described = about if "base_url" in about else {**_own(state, about.get("client_id")), **about}
    missing = [name for name in _NEEDED if name not in described]
    if missing:
        raise BadRequest(
            f"{missing[0]}: a partner is called with a client_id and a client_secret.",
            fields={name: ["Missing."] for name in missing},
        )
    described["base_url"] = described["base_url"].rstrip("/")
    made = Partner(id=partner or state.mint_partner(), **described)
    if made.id not in state.partners:
        return state.partners.add(made)
    for token in state.partner_tokens:
        if token.id.startswith(f"{made.id} "):
            state.partner_tokens.remove(token.id)
    return state.partners.save(made)


def partner_of(state: Talentsoft, name: str | None) -> Partner:
    """Return the partner of a name, or the only one; raise ``NotFound`` or ``BadRequest`` with those there are."""
    known = ", ".join(each.id for each in state.partners) or "none; connect_partner makes one known"
    if name is None:
        if len(state.partners) != 1:
            raise BadRequest(f"Name the partner; known are {known}.", fields={"partner": ["Missing."]})
        return next(iter(state.partners))
    found = state.partners.find(id=name)
    if found is None:
        raise NotFound(f"There is no partner {name!r}; known are {known}.", collection="partners", field="partner")
    return found


def _own(state: Talentsoft, client_id: str | None) -> dict[str, Any]:
    """Return what there is to know of the partner that this sandbox plays, for a client or the first one."""
    described: dict[str, Any] = {"base_url": state.url("/api/v1")}
    client = next((each for each in state.clients if client_id in (None, each.id)), None)
    if client is None:
        return described
    described |= {"client_id": client.id, "client_secret": client.secret}
    recruiter = next(state.recruiters.where(customer=client.customer), None)
    if recruiter is not None:
        described |= {"recruiter": recruiter.email, "recruiter_name": recruiter.name}
    return described
