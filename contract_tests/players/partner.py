"""A small assessment partner: the server that Talentsoft calls. Orders are all that it remembers.

Talentsoft asks for a token and for the campaigns, invites applicants, asks where they stand and has them erased. The
partner calls nothing there but the callback address that came with an invitation, to say that there is something new.
"""

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Unpack
from urllib.parse import parse_qs, parse_qsl

import jwt
from jwt.types import Options

from contract_tests.clients.answers import Record, read_json
from contract_tests.clients.calling import Caller, Manner
from contract_tests.clients.receiving import Headers

PREFIX = "/api/v1"
PAGES = "https://certify.example"

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_SECONDS = 3600
_LARGEST = 5_000_000
_NO_TIMES: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
_ENDED = ("expired", "applicantDeclined", "cancelled", "deleted", "archived")


@dataclass
class Order:
    """An applicant who was invited to a campaign; ``number`` and ``candidate`` are the partner's own names for it."""

    number: str
    candidate: str
    campaign_id: str
    applicant_id: str
    first_name: str
    last_name: str
    email: str
    callback_url: str | None
    status: str = "waiting"
    score: int | None = None
    remark: str | None = None

    @property
    def page(self) -> str:
        """Where the candidate begins."""
        return f"{PAGES}/orders/{self.number}"

    def erase(self) -> None:
        """Forget whom it is about; the ids stay."""
        self.first_name = self.last_name = self.email = ""
        self.callback_url = self.score = self.remark = None
        self.status = "deleted"


class Partner:
    """Serves Talentsoft on a free port of the loopback address, in a ``with``.

    ``campaigns`` are names by id. ``orders`` has every invitation, in their order. ``clock`` tells the Unix time at
    which tokens expire; the rest of ``manner`` is how Talentsoft is called back.
    """

    def __init__(
        self, campaigns: Mapping[str, str], client_id: str, client_secret: str, **manner: Unpack[Manner]
    ) -> None:
        self.orders: list[Order] = []
        self.client = {"client_id": client_id, "client_secret": client_secret}
        self._campaigns = campaigns
        self._manner = manner
        self._clock = manner["clock"]
        self._tokens: dict[str, float] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """What Talentsoft is told to call."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PREFIX}"

    def tell(self, order: Order, status: str, score: int | None = None, remark: str | None = None) -> None:
        """Change where an order stands and call Talentsoft back, which then asks; an erased one is left alone."""
        with self._lock:
            if order.status in _ENDED:
                return
            order.status, order.score, order.remark = status, score, remark
            address = order.callback_url
        if address is not None:
            told = {"applicant_id": order.applicant_id, "campaign_id": order.campaign_id}
            form = {"client_id": self.client["client_id"], **told}
            Caller(address, **self._manner).send("POST", "", data=form, safe=True)

    def __enter__(self) -> "Partner":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, method: str, target: str, headers: Headers, body: bytes) -> tuple[int, Record]:
        """Return status and JSON of the answer to a request."""
        path, _, query = target.partition("?")
        route = f"{method} {path.removeprefix(PREFIX)}"
        with self._lock:
            try:
                if route == "POST /token":
                    return 200, self._token(dict(parse_qsl(body.decode())))
                self._check_token(headers.get("authorization", ""))
                if route == "DELETE /assessment/tests":
                    self._erase(_object(body))
                    return 200, _envelope(200)
                return 200, {**_envelope(200), "data": self._data(route, parse_qs(query), body)}
            except _Refused as refused:
                return refused.status, refused.body
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                return 400, _envelope(400, f"The request cannot be understood: {error!r}.")

    def _data(self, route: str, query: Mapping[str, list[str]], body: bytes) -> list[Record]:
        if route == "GET /assessment/campaigns":
            named = self._campaigns.items()
            return [{"campaign_id": each, "name": name, "language": "en-GB"} for each, name in named]
        if route == "POST /assessment/tests":
            wanted = _object(body)
            self._check_campaign(wanted["campaign_id"])
            return [self._invite(wanted, each) for each in wanted["invitations"]]
        if route == "GET /assessment/tests":
            [campaign_id] = query["campaign_id"]
            self._check_campaign(campaign_id)
            asked = [each.lower() for each in query.get("applicants[]", [])]
            found = [each for each in self.orders if each.campaign_id == campaign_id]
            return [_shown(each) for each in found if not asked or each.applicant_id in asked]
        raise _Refused(404, _envelope(404, f"Nothing is served at {route}."))

    def _invite(self, wanted: Record, person: Record) -> Record:
        """Take an order, or find the one that is open; an applicant is the same candidate in every campaign."""
        applicant_id = person["applicant_id"].lower()
        known = [each for each in self.orders if each.applicant_id == applicant_id]
        open_one = [each for each in known if each.campaign_id == wanted["campaign_id"] and each.status not in _ENDED]
        if open_one:
            order = open_one[0]
        else:
            people = list(dict.fromkeys(each.candidate for each in self.orders))
            order = Order(
                number=f"order-{2001 + len(self.orders)}",
                candidate=known[0].candidate if known else f"cand-{1007 + len(people)}",
                campaign_id=wanted["campaign_id"],
                applicant_id=applicant_id,
                first_name=person["firstname"],
                last_name=person["lastname"],
                email=person["email"],
                callback_url=wanted.get("callback_url"),
            )
            self.orders.append(order)
        row = {"applicant_id": applicant_id, "status": "success", "error_message": None}
        return {**row, "assessment_invitation_link": order.page}

    def _erase(self, wanted: Record) -> None:
        """Erase an applicant in the campaigns of a request; of one who is unknown there is nothing left to erase."""
        for order in self.orders:
            if order.applicant_id == wanted["applicant_id"].lower() and order.campaign_id in wanted["campaigns"]:
                order.erase()

    def _check_campaign(self, campaign_id: str) -> None:
        if campaign_id not in self._campaigns:
            raise _Refused(404, _envelope(404, f"Campaign {campaign_id} not found."))

    def _token(self, form: Mapping[str, str]) -> Record:
        grant = form.get("grant_type")
        if grant == _JWT_BEARER:
            self._check_assertion(form.get("assertion", ""))
        elif grant != "client_credentials":
            raise _Refused(400, {"error": "unsupported_grant_type"})
        elif not all(hmac.compare_digest(form.get(name, "").encode(), each.encode()) for name, each in self._pair()):
            raise _Refused(401, {"error": "invalid_client"})
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self._clock() + _TOKEN_SECONDS
        return {"access_token": token, "token_type": "bearer", "expires_in": str(_TOKEN_SECONDS)}

    def _check_assertion(self, assertion: str) -> None:
        """Let a recruiter in who shows a JWT that Talentsoft made with the client's secret."""
        try:
            # The library knows this machine's clock only, so exp is compared below.
            claims = jwt.decode(assertion, self.client["client_secret"], algorithms=["HS256"], options=_NO_TIMES)
            good = claims["iss"] == self.client["client_id"] and "@" in claims["email"]
            good = good and float(claims["exp"]) > self._clock()
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            good = False
        if not good:
            raise _Refused(400, {"error": "invalid_grant"})

    def _check_token(self, authorization: str) -> None:
        expires = self._tokens.get(authorization.removeprefix("Bearer "), 0.0)
        if expires <= self._clock():
            raise _Refused(401, _envelope(401, "The access token is missing, unknown or expired."))

    def _pair(self) -> list[tuple[str, str]]:
        return list(self.client.items())


class _Refused(Exception):
    def __init__(self, status: int, body: Record) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def _envelope(code: int, message: str | None = None) -> Record:
    return {"code": code, "status": "success" if code < 400 else "error", "message": message}


def _object(body: bytes) -> Record:
    found = read_json(body)
    if not isinstance(found, dict):
        raise ValueError("the body is no object")
    return found


def _shown(order: Order) -> Record:
    """Return where an order stands, as Talentsoft reads it."""
    erased, told = order.status == "deleted", order.score is not None
    report = {"name": "certificate", "url": f"{order.page}/certificate", "report_type": "HTML"}
    return {
        "campaign_id": order.campaign_id,
        "applicant_id": order.applicant_id,
        "status": order.status,
        "assessment_invitation_link": None if erased else order.page,
        "recruiter_link": None if erased else f"{order.page}/recruiter",
        "readonly_link": None if erased else f"{order.page}/readonly",
        "global_score": str(order.score) if told else None,
        "global_report": {**report, "comment": order.remark or ""} if told else None,
        "scores": [{"name": "test", "value": str(order.score)}] if told else None,
        "reports": [],
    }


def _handler(answer: Callable[[str, str, Headers, bytes], tuple[int, Record]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def _serve(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > _LARGEST:
                self.close_connection = True
                return self._send(413, _envelope(413, "Say a Content-Length, not above 5 MB."))
            headers = {name.lower(): value for name, value in self.headers.items()}
            return self._send(*answer(self.command, self.path, headers, self.rfile.read(int(length))))

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the library's names

        def _send(self, status: int, said: Record) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
