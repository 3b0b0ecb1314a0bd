"""What a candidate sees behind an SSO link, with forms that call the same verbs as the actions."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from marshmallow import Schema, fields

from mockserver.core.errors import ApiError, NotFound
from mockserver.core.operation import Answer, Html, Request
from mockserver.core.pages import Pages
from mockserver.core.sources import Cookies, Form, Query
from mockserver.vendors.youtestme import attempts, sso
from mockserver.vendors.youtestme.entities import Login
from mockserver.vendors.youtestme.operations import api
from mockserver.vendors.youtestme.schemas import (
    AttemptFormSchema,
    BookingFormSchema,
    PageSchema,
    SubmissionFormSchema,
    TokenSchema,
)
from mockserver.vendors.youtestme.state import YouTestMe

MY_TESTS = "myTests.xhtml"
_COOKIE = "JSESSIONID"

_pages = Pages(__package__, "YouTestMe")
_cookies = Cookies(Schema.from_dict({_COOKIE: fields.Str()})())


def refusal(error: ApiError, request: Request) -> Answer:
    """Show a candidate why something is not possible."""
    return Answer(_pages.render("refusal.html", message=error.message), error.status)


def browser(state: YouTestMe, request: Request) -> Login:
    """Know a candidate by the cookie that opening a link sets."""
    return sso.signed_in(state, _cookies.load(request).get(_COOKIE))


@api.page("GET", "/sso", accepts=Query(TokenSchema()), errors=refusal)
def open_sso_link(state: YouTestMe, data: dict[str, Any]) -> Answer:
    """Sign the browser in and lead it to the link's page."""
    login, link = sso.open_link(state, data["token"])
    path = f"/{MY_TESTS}" if link.page.lstrip("/") == MY_TESTS else f"/page?{urlencode({'name': link.page})}"
    return Answer(status=302, headers={"Location": state.url(path), "Set-Cookie": _set_cookie(state, login)})


@api.page("GET", "/myTests.xhtml", caller=browser, errors=refusal)
def show_my_tests(state: YouTestMe, caller: Login) -> Answer:
    """Show the candidate's attempts and what can be booked."""
    lines = list(attempts.my_tests(state, state.users.get(caller.user_id)))
    return Answer(_render("my_tests.html", state, caller, lines=lines))


@api.page("GET", "/page", accepts=Query(PageSchema()), caller=browser, errors=refusal)
def show_other_page(state: YouTestMe, data: dict[str, Any], caller: Login) -> Answer:
    """Stand in for any other page that a link may lead to."""
    return Answer(_render("other.html", state, caller, page=data["name"]))


@api.page("POST", "/myTests.xhtml/book", accepts=Form(BookingFormSchema()), caller=browser, errors=refusal)
def book_on_page(state: YouTestMe, data: dict[str, Any], caller: Login) -> Answer:
    """Book a session."""
    attempts.book(state, user_id=caller.user_id, session_id=data["session_id"])
    return _back(state)


@api.page("POST", "/myTests.xhtml/start", accepts=Form(AttemptFormSchema()), caller=browser, errors=refusal)
def start_on_page(state: YouTestMe, data: dict[str, Any], caller: Login) -> Answer:
    """Start an attempt of the candidate's own."""
    return _with_own(state, caller, attempts.start, data)


@api.page("POST", "/myTests.xhtml/pause", accepts=Form(AttemptFormSchema()), caller=browser, errors=refusal)
def pause_on_page(state: YouTestMe, data: dict[str, Any], caller: Login) -> Answer:
    """Leave an attempt of the candidate's own for later."""
    return _with_own(state, caller, attempts.pause, data)


@api.page("POST", "/myTests.xhtml/resume", accepts=Form(AttemptFormSchema()), caller=browser, errors=refusal)
def resume_on_page(state: YouTestMe, data: dict[str, Any], caller: Login) -> Answer:
    """Go on with an attempt of the candidate's own."""
    return _with_own(state, caller, attempts.resume, data)


@api.page("POST", "/myTests.xhtml/submit", accepts=Form(SubmissionFormSchema()), caller=browser, errors=refusal)
def submit_on_page(state: YouTestMe, data: dict[str, Any], caller: Login) -> Answer:
    """Hand an attempt of the candidate's own in; the points are what a grader would find."""
    return _with_own(state, caller, attempts.submit, data)


def _render(template: str, state: YouTestMe, login: Login, **values: object) -> Html:
    link = state.sso_links.get(login.link_id)
    user = state.users.get(login.user_id)
    return _pages.render(template, root=state.url(""), user=user, referer_url=link.referer_url, **values)


def _back(state: YouTestMe) -> Answer:
    return Answer(status=303, headers={"Location": state.url(f"/{MY_TESTS}")})


def _with_own(state: YouTestMe, login: Login, verb: Callable[..., object], data: dict[str, Any]) -> Answer:
    """Do something with an attempt, which must be the candidate's, and go back to the list."""
    attempt = state.attempts.find(id=data["attempt_id"])
    if attempt is None or attempt.candidate_id != login.user_id:
        raise NotFound("You have no such attempt.", collection="attempts", field="attempt_id")
    verb(state, **data)
    return _back(state)


def _set_cookie(state: YouTestMe, login: Login) -> str:
    return f"{_COOKIE}={login.id}; Path={urlsplit(state.url('/')).path}; HttpOnly; SameSite=Lax"
