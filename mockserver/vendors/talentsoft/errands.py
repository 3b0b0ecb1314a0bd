"""How an errand goes: a token if none is live, then one call after the other, and what follows from each answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mockserver.core.clock import later
from mockserver.core.errors import ApiError
from mockserver.core.outbox import Attempt, Delivery
from mockserver.vendors.talentsoft import answered_rows, following, reading
from mockserver.vendors.talentsoft.asks import EVENT, METHODS
from mockserver.vendors.talentsoft.caller_entities import (
    Ask,
    Cause,
    Errand,
    Kind,
    Partner,
    PartnerToken,
    Step,
    token_id,
)
from mockserver.vendors.talentsoft.reading import Remarks, Unusable
from mockserver.vendors.talentsoft.state import Talentsoft

MOST_ENDED = 1000
_PATIENCE = timedelta(minutes=5)
"""How long errands wait for the token that another has asked for, before they ask themselves."""


def start(
    state: Talentsoft,
    partner: Partner,
    kind: Kind,
    asks: Sequence[Ask],
    *,
    cause: Cause,
    recruiter: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Errand:
    """Begin an errand; one without anything to ask is done at once."""
    _forget_ended(state)
    errand = state.errands.add(
        Errand(
            id=state.mint_errand(),
            kind=kind,
            cause=cause,
            partner=partner.id,
            identity=token_id(partner, recruiter),
            recruiter=recruiter,
            parameters=dict(parameters or {}),
            created=state.now(),
            asks=tuple(asks),
        )
    )
    return _go_on(state, errand)


def answered(state: Talentsoft, delivery: Delivery, attempt: Attempt) -> None:
    """Take the answer of a call, and go on; one that nobody waits for any more changes nothing."""
    errand = state.errands.find(call_key=delivery.key)
    if errand is None:
        return
    step = Step(operation=errand.calling, at=attempt.at, status=attempt.status, error=attempt.error)
    errand = state.errands.save(replace(errand, steps=(*errand.steps, step)))
    try:
        if errand.calling == "create_token":
            _take_token(state, errand, attempt)
        elif attempt.status == 401 and not errand.renewed:
            _renew(state, errand)
        else:
            _take_answer(state, errand, attempt)
    except ApiError as error:
        _end(state, errand, error.message)


def _go_on(state: Talentsoft, errand: Errand) -> Errand:
    """Make the next call, for a token if none is live; end if there is nothing left to ask."""
    if errand.position >= len(errand.asks):
        return _end(state, errand)
    if errand.partner not in state.partners:
        return _end(state, errand, f"Partner {errand.partner} is not connected any more.")
    token = state.partner_tokens.find(id=errand.identity)
    if token is not None and token.expires_at > state.now():
        return _ask(state, errand, token.access_token)
    if any(_asks_for_same_token(state, other, errand) for other in state.errands.where(stage="calling")):
        return state.errands.save(replace(errand, stage="waiting"))
    return _call(state, errand, "create_token", access_token=None)


def _ask(state: Talentsoft, errand: Errand, access_token: str) -> Errand:
    return _call(state, errand, errand.asks[errand.position].operation, access_token=access_token)


def _call(state: Talentsoft, errand: Errand, operation: str, *, access_token: str | None) -> Errand:
    calling = replace(
        errand,
        stage="calling",
        calling=operation,
        called=state.now(),
        calls=errand.calls + 1,
        access_token=access_token,
    )
    saved = state.errands.save(calling)
    state.tell(f"{EVENT}{operation}", errand_id=saved.id)
    return saved


def _asks_for_same_token(state: Talentsoft, other: Errand, errand: Errand) -> bool:
    if other.id == errand.id or other.calling != "create_token" or other.identity != errand.identity:
        return False
    return other.called is not None and later(other.called, _PATIENCE) > state.now()


def _take_token(state: Talentsoft, errand: Errand, attempt: Attempt) -> None:
    remarks = Remarks()
    try:
        access_token, life = reading.token(attempt, remarks)
    except Unusable as reason:
        error = f"No access token: POST /token {_part(reason)}."
        for each in (errand, *_waiting(state, errand)):
            _end(state, each, error)
        return
    now = state.now()
    expires = later(now, timedelta(seconds=life))
    _drop_token(state, errand)
    state.partner_tokens.add(
        PartnerToken(id=errand.identity, access_token=access_token, given_at=now, expires_at=expires),
    )
    # This errand shows its token even if it says to live no time at all, or errands would ask for tokens for ever.
    _ask(state, _with(errand, remarks), access_token)
    for each in _waiting(state, errand):
        _go_on(state, each)


def _waiting(state: Talentsoft, errand: Errand) -> Iterator[Errand]:
    return state.errands.where(stage="waiting", identity=errand.identity)


def _drop_token(state: Talentsoft, errand: Errand) -> None:
    """Forget the token that an errand goes by, unless another has renewed it meanwhile."""
    known = state.partner_tokens.find(id=errand.identity)
    if known is not None and errand.access_token in (None, known.access_token):
        state.partner_tokens.remove(known.id)


def _renew(state: Talentsoft, errand: Errand) -> None:
    _drop_token(state, errand)
    _go_on(state, state.errands.save(replace(errand, renewed=True)))


def _take_answer(state: Talentsoft, errand: Errand, attempt: Attempt) -> None:
    ask, remarks, error = errand.asks[errand.position], Remarks(), errand.error
    found: list[dict[str, Any]] = []
    try:
        found = _learn(state, errand, ask, attempt, remarks)
    except Unusable as reason:
        again = ", with a new access token too" if errand.renewed and attempt.status == 401 else ""
        about = f" for campaign {ask.campaign_id}" if errand.kind == "batch" else ""
        said = f"{METHODS[ask.operation]} {ask.target.partition('?')[0]}{about} {_part(reason)}{again}."
        error = f"{error} {said}".strip()
    moved = replace(
        _with(errand, remarks),
        result=(*errand.result, *found),
        error=error,
        position=errand.position + 1,
        renewed=False,
    )
    if attempt.status is None:
        _end(state, moved, error)
    else:
        _go_on(state, state.errands.save(moved))


def _learn(state: Talentsoft, errand: Errand, ask: Ask, attempt: Attempt, remarks: Remarks) -> list[dict[str, Any]]:
    data = reading.envelope(attempt, remarks, has_data=ask.operation != "erase_applicant")
    if ask.operation == "list_campaigns":
        return answered_rows.campaigns(data, remarks)
    if ask.operation == "get_campaign_creation_link":
        return answered_rows.creation_link(data, remarks)
    if ask.operation == "invite_applicants":
        found = answered_rows.invitation_results(data, remarks)
        return following.learn_invitations(state, errand, ask, found, remarks)
    if ask.operation == "list_assessments":
        found = answered_rows.assessments(data, remarks)
        return following.learn_assessments(state, errand, ask, found, remarks)
    return following.learn_erasure(state, errand, ask)


def _part(reason: Unusable) -> str:
    return str(reason).rstrip(".")


def _with(errand: Errand, remarks: Remarks) -> Errand:
    said = dict.fromkeys((*errand.remarks, *remarks))
    return replace(errand, remarks=tuple(said)[: reading.MOST_REMARKS])


def _end(state: Talentsoft, errand: Errand, error: str = "") -> Errand:
    reason = error or errand.error
    ended = replace(
        errand,
        stage="failed" if reason else "done",
        error=reason,
        asks=(),
        calling="",
        access_token=None,
        ended=state.now(),
    )
    return state.errands.save(ended)


def _forget_ended(state: Talentsoft) -> None:
    if len(state.errands) < MOST_ENDED:
        return
    ended = [each.id for each in state.errands if each.ended is not None]
    for errand_id in ended[: len(state.errands) - MOST_ENDED + 1]:
        state.errands.remove(errand_id)
