"""The verbs that test takers, proctors and the vendor's managers carry out without an API."""

from collections.abc import Callable
from typing import Any, get_args

from marshmallow import fields, validate

from mockserver.core.fields import Instant, Int, Text, WireSchema, one_of, web_address
from mockserver.core.vendor import Action
from mockserver.vendors.constructor.entities import Conclusion
from mockserver.vendors.constructor.parameters import WARNINGS
from mockserver.vendors.constructor.state import ConstructorProctor


class SessionArguments(WireSchema):
    """Which session, by the client's id; the integration only where several have that id."""

    session_id = Text(required=True)
    integration_name = Text()


class SlotArguments(SessionArguments):
    """Which slot to book."""

    start = Instant(required=True)


class WarningArguments(SessionArguments):
    """What the AI saw, and when; now unless said otherwise."""

    kind = Text(data_key="type", required=True, validate=one_of(*WARNINGS))
    start = Instant()
    end = Instant()


class ConclusionArguments(SessionArguments):
    """How a proctor judges a session."""

    conclusion = Text(required=True, validate=one_of(*get_args(Conclusion)))
    score = Int(validate=validate.Range(0, 100))
    comment = Text(validate=validate.Length(max=10_000))


def _address() -> fields.Field[str]:
    return Text(allow_none=True, validate=[web_address, validate.Length(max=4000)])


class UrlArguments(WireSchema):
    """The addresses to change; null unsets one."""

    integration_name = Text(required=True)
    review_url = _address()
    schedule_url = _address()
    warning_url = _address()
    agreement_acceptance_url = _address()


def _on_session(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Return the verb for a session that is named as clients name it."""

    def act(state: ConstructorProctor, session_id: str, integration_name: str | None = None, **arguments: Any) -> Any:
        return verb(state, state.session_named(session_id, integration_name), **arguments)

    return act


actions = (
    Action(
        "book_slot",
        _on_session(ConstructorProctor.book_slot),
        SlotArguments(),
        "The test taker books a slot of the exam's calendar.",
    ),
    Action(
        "book_first_slot",
        _on_session(ConstructorProctor.book_first_slot),
        SessionArguments(),
        "The test taker books the first slot that the exam's calendar still offers.",
    ),
    Action(
        "cancel_slot",
        _on_session(ConstructorProctor.cancel_slot),
        SessionArguments(),
        "The test taker gives the booked slot back.",
    ),
    Action(
        "accept_agreement",
        _on_session(ConstructorProctor.accept_agreement),
        SessionArguments(),
        "The test taker accepts the user agreement.",
    ),
    Action(
        "start_session",
        _on_session(ConstructorProctor.start_session),
        SessionArguments(),
        "The test taker starts the exam.",
    ),
    Action(
        "raise_warning",
        _on_session(ConstructorProctor.raise_warning),
        WarningArguments(),
        "The AI sees something during the exam.",
    ),
    Action(
        "finish_session",
        _on_session(ConstructorProctor.finish_session),
        SessionArguments(),
        "The test taker finishes the exam.",
    ),
    Action(
        "conclude_session",
        _on_session(ConstructorProctor.conclude_session),
        ConclusionArguments(),
        "A proctor accepts or rejects a finished session, or leaves it open, as often as wanted.",
    ),
    Action(
        "change_urls",
        ConstructorProctor.change_urls,
        UrlArguments(),
        "The vendor's integration manager changes the addresses that the integration is called at.",
    ),
)
