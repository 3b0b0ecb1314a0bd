import json
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT = {"client_id": "ts_eighty", "client_secret": "fake-eighty-secret-0123456789abcdef"}
CAMPAIGNS = [
    {"campaign_id": "1", "name": "Analysts", "language": "en-GB"},
    {"campaign_id": "2", "name": "Analystes", "language": "fr-FR"},
]
PAGES = "https://partner.example"
Key = tuple[str, str]
tokens: set[str] = set()
statuses: dict[Key, str] = {}


class Partner(BaseHTTPRequestHandler):
    def do(self) -> None:
        where, body = urlsplit(self.path), self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if where.path == "/api/v1/token":
            return self.token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in tokens:
            return self.refuse(401, "There is no valid access token.")
        try:
            answer = self.answered(f"{self.command} {where.path}", parse_qs(where.query), body)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return self.refuse(400, f"The request cannot be understood: {error!r}")
        return self.send(200, {"code": 200, "status": "success", "message": None, **answer})

    do_GET = do_POST = do_DELETE = do  # noqa: N815 - the standard library's names

    def token(self, form: dict[str, str]) -> None:
        if form.get("grant_type") != "client_credentials":
            return self.send(400, {"error": "unsupported_grant_type"})
        if {name: form.get(name) for name in CLIENT} != CLIENT:
            return self.send(401, {"error": "invalid_client"})
        tokens.add(made := secrets.token_urlsafe(24))
        return self.send(200, {"access_token": made, "token_type": "bearer", "expires_in": "3600"})

    def answered(self, call: str, query: dict[str, list[str]], body: bytes) -> dict[str, Any]:
        if call == "GET /api/v1/assessment/campaigns":
            word, language = query.get("keyword", [""])[0], query.get("language", [""])[0]
            return {"data": [c for c in CAMPAIGNS if word in c["name"] and language in {"", c["language"]}]}
        if call == "GET /api/v1/assessment/tests":
            campaign, wanted = query["campaign_id"][0], query.get("applicants[]", [])
            found = [key for key in statuses if key[0] == campaign and (not wanted or key[1] in wanted)]
            return {"data": [self.assessment(*key) for key in found]}
        said = json.loads(body)
        if call == "DELETE /api/v1/assessment/tests":
            for campaign in said["campaigns"]:
                statuses.pop((campaign, said["applicant_id"]), None)
            return {}
        return {"data": [self.invited(said["campaign_id"], each["applicant_id"]) for each in said["invitations"]]}

    def invited(self, campaign: str, applicant: str) -> dict[str, Any]:
        statuses.setdefault((campaign, applicant), "waiting")
        link = f"{PAGES}/test/{campaign}-{applicant}"
        return {
            "applicant_id": applicant,
            "status": "success",
            "error_message": None,
            "assessment_invitation_link": link,
        }

    def assessment(self, campaign: str, applicant: str) -> dict[str, Any]:
        link, page = f"{PAGES}/test/{campaign}-{applicant}", f"{PAGES}/assessment/{campaign}-{applicant}"
        links = {"assessment_invitation_link": link, "recruiter_link": page, "readonly_link": None}
        scores = {"global_score": None, "global_report": None, "scores": None, "reports": []}
        status = statuses[campaign, applicant]
        return {"campaign_id": campaign, "applicant_id": applicant, "status": status, **links, **scores}

    def refuse(self, status: int, message: str) -> None:
        # The defect: a status of 400 to 499 is an error; fail is for 500 to 599.
        self.send(status, {"code": status, "status": "fail", "message": message})

    def send(self, status: int, said: dict[str, Any]) -> None:
        raw = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None: ...


def serve() -> ThreadingHTTPServer:
    return ThreadingHTTPServer(("127.0.0.1", 0), Partner)
