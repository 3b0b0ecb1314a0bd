"""A small assessment partner to copy from: all that Talentsoft's guide makes mandatory, and the callback.

Run it with ``python -m contract_tests.partners.minimal 9000``. It keeps everything in memory and knows one customer.
Posting to a candidate's link with ``/start`` or ``/complete`` behind it is what the candidate does.
"""

import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

CLIENT = {"client_id": "ts_minimal", "client_secret": "fake-minimal-secret-0123456789abcdef"}
LIFETIME = 3600
CAMPAIGNS = [
    {"campaign_id": "1", "name": "Recruitment of a sales", "language": "en-GB"},
    {"campaign_id": "2", "name": "Recrutement d'un ingénieur", "language": "fr-FR"},
]

Data = dict[str, Any]


class Refused(Exception):
    """A call that is not answered as it wishes, with its status and message."""


class Partner:
    """What the partner remembers. ``base`` is its own address, for the links that it gives."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.tokens: dict[str, float] = {}
        self.assessments: dict[tuple[str, str], Data] = {}

    def token(self, form: Data) -> Data:
        """Give a token to the application."""
        if form.get("grant_type") != "client_credentials":
            raise Refused(400, "unsupported_grant_type")
        if {name: form.get(name) for name in CLIENT} != CLIENT:
            raise Refused(401, "invalid_client")
        token = secrets.token_urlsafe(24)
        self.tokens[token] = time.time() + LIFETIME
        return {"access_token": token, "token_type": "bearer", "expires_in": str(LIFETIME)}

    def campaigns(self, query: Data) -> list[Data]:
        """List the campaigns whose name has the keyword, in the language, if they are given."""
        word, language = query.get("keyword", [""])[0].lower(), query.get("language", [""])[0]
        return [each for each in CAMPAIGNS if word in each["name"].lower() and language in {"", each["language"]}]

    def invite(self, said: Data) -> list[Data]:
        """Invite candidates; one without an address that mail could reach is an error, and the others are not."""
        if said["campaign_id"] not in {each["campaign_id"] for each in CAMPAIGNS}:
            raise Refused(404, "There is no such campaign.")
        return [self._invited(said["campaign_id"], each, said.get("callback_url")) for each in said["invitations"]]

    def _invited(self, campaign: str, applicant: Data, callback_url: str | None) -> Data:
        key = campaign, applicant["applicant_id"]
        if "@" not in applicant["email"]:
            failed = {"applicant_id": key[1], "status": "error", "error_message": "The e-mail is no address."}
            return {**failed, "assessment_invitation_link": None}
        link = f"{self.base}/test/{secrets.token_urlsafe(9)}"
        known = self.assessments.setdefault(key, {"link": link, "status": "waiting", "callback_url": callback_url})
        invited = {"applicant_id": key[1], "status": "success", "error_message": None}
        return {**invited, "assessment_invitation_link": known["link"]}

    def statuses(self, query: Data) -> list[Data]:
        """Tell where the candidates of a campaign stand, those that are named or all."""
        campaign, wanted = query["campaign_id"][0], query.get("applicants[]", [])
        found = [(key, each) for key, each in self.assessments.items() if key[0] == campaign]
        return [self._shown(*key, each) for key, each in found if not wanted or key[1] in wanted]

    def _shown(self, campaign: str, applicant: str, each: Data) -> Data:
        done, page = each["status"] == "completed", each["link"].replace("/test/", "/assessment/")
        return {
            "campaign_id": campaign,
            "applicant_id": applicant,
            "status": each["status"],
            "assessment_invitation_link": each["link"],
            "recruiter_link": page,
            "readonly_link": f"{page}/iframe",
            "global_score": "80" if done else None,
            "global_report": {"name": "global", "url": f"{page}/report", "report_type": "HTML"} if done else None,
            "scores": [{"name": "logic", "value": "75"}] if done else None,
            "reports": [],
        }

    def erase(self, said: Data) -> None:
        """Forget a candidate in the campaigns."""
        for campaign in said["campaigns"]:
            self.assessments.pop((campaign, said["applicant_id"]), None)

    def act(self, link: str, status: str) -> None:
        """Let a candidate go on, and tell Talentsoft that there is something new."""
        for (campaign, applicant), each in self.assessments.items():
            if each["link"] == link:
                each["status"] = status
                told = {"client_id": CLIENT["client_id"], "applicant_id": applicant, "campaign_id": campaign}
                if each["callback_url"]:
                    threading.Thread(target=_post, args=(each["callback_url"], told), daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """Reads requests, writes answers in the envelope; ``partner`` is set by ``serve``."""

    partner: Partner

    def do(self) -> None:
        """Answer one request."""
        path = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if path.path == "/api/v1/token":
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                return self.answer(200, self.partner.token(form))
            if path.path.startswith(("/test/", "/assessment/")):
                return self.page(path.path)
            said = self.answered(f"{self.command} {path.path}", parse_qs(path.query), body)
        except Refused as refused:
            status, message = refused.args
            bare = path.path == "/api/v1/token"
            return self.answer(status, {"error": message} if bare else self.envelope(status, message))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return self.answer(400, self.envelope(400, f"The request cannot be understood: {error!r}"))
        return self.answer(200, said)

    do_GET = do_POST = do_DELETE = do  # noqa: N815 - the standard library's names

    def answered(self, call: str, query: Data, body: bytes) -> Data:
        """Return the envelope of an answer to a call of the API."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.partner.tokens.get(token, 0) < time.time():
            raise Refused(401, "There is no valid access token.")
        if call == "DELETE /api/v1/assessment/tests":
            self.partner.erase(json.loads(body))
            return self.envelope(200)
        if call == "GET /api/v1/assessment/campaigns":
            return {**self.envelope(200), "data": self.partner.campaigns(query)}
        if call == "GET /api/v1/assessment/tests":
            return {**self.envelope(200), "data": self.partner.statuses(query)}
        if call == "POST /api/v1/assessment/tests":
            return {**self.envelope(200), "data": self.partner.invite(json.loads(body))}
        raise Refused(404, "There is nothing here.")

    def envelope(self, status: int, message: str | None = None) -> Data:
        """Return the fields that every answer has."""
        word = "success" if status < 400 else "error" if status < 500 else "fail"
        return {"code": status, "status": word, "message": message}

    def page(self, path: str) -> None:
        """Show a page, and take what the candidate does there."""
        link, _, what = path.rpartition("/")
        if self.command == "POST":
            self.partner.act(f"{self.partner.base}{link}", {"start": "inProgress", "complete": "completed"}[what])
        self.answer(200, b"<p>The assessment.</p>", "text/html; charset=utf-8")

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        """Write an answer."""
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def serve(port: int = 0, handler: type[Handler] = Handler) -> ThreadingHTTPServer:
    """Return the server, listening on the loopback address, which its caller starts and stops."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    handler.partner = Partner(f"http://127.0.0.1:{server.server_address[1]}")
    return server


def _post(url: str, form: Data) -> None:
    try:
        urlopen(url, urlencode(form).encode(), timeout=10).close()  # noqa: S310 - where Talentsoft said
    except OSError as error:
        print(f"The callback to {url} failed: {error}", file=sys.stderr)  # noqa: T201 - a program's only voice


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 9000).serve_forever()
