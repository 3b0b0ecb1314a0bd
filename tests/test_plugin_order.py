"""``sandbox.assert_contract()`` in pytest sessions of its own: the order of calls, and answers to what vendors send."""

import pytest

from mockserver.testing.arranged import Arranged
from mockserver.testing.vendor import JSON
from tests.test_plugin import CLIENT

pytest_plugins = "pytester"

ORDER = """
import pytest
import requests
from contract_tests.clients.smarterproctoring import SmarterProctoring

EXAM = {"title": "Physics", "limitedScope": True, "configuration": {
    "url": "https://exams.example/1", "access": {"open": "2020-01-01T00:00:00Z", "close": "2099-01-01T00:00:00Z"},
    "duration": 60, "password": "fake-password", "proctorTypes": {"TS4b894875d26194988853e490dfb9bc41": {}}}}
INVENTED = "ES" + "0" * 32

def session_path(smarterproctoring, client):
    made = client.provision(
        course={"ids": {"external": "acme"}, "title": "Acme", "code": "A-1"},
        exam={"ids": {"external": "p-1"}, **EXAM},
        user={"ids": {"external": "u-1"}, "firstName": "J", "lastName": "S", "email": "j@people.example"})
    exam, enrollment = made["exam"], made["enrollment"]
    client.assign(made["course"], exam, [enrollment])
    [session] = client.sessions(enrollment, exam)
    return exam, session["sid"]

@pytest.fixture
def call(smarterproctoring):
    known = smarterproctoring.credentials

    def onboard(exam, session):
        path = f"/v1/installs/{known['install_sid']}/exams/{exam}/sessions/{session}/onboard"
        return requests.get(smarterproctoring.url + path, headers={"token": known["token"]}, timeout=20)

    return onboard

@pytest.fixture
def client(smarterproctoring):
    known = smarterproctoring.credentials
    return SmarterProctoring(smarterproctoring.url, known["token"], known["install_sid"])

def test_too_early(smarterproctoring, sandbox, client, call):
    assert call(*session_path(smarterproctoring, client)).status_code == 400
    sandbox.assert_contract()

def test_kept_without_order(smarterproctoring, sandbox, client, call):
    call(*session_path(smarterproctoring, client))
    sandbox.assert_contract(order=False)

def test_kept_where_a_filter_leaves_the_call_out_and_not_what_came_before(smarterproctoring, sandbox, client, call):
    exam, session = session_path(smarterproctoring, client)
    call(exam, session)
    last = sandbox.journal()[-1]["number"]
    client.schedule(exam, session, sandbox.clock.now().replace(year=2030))
    call(exam, session)
    sandbox.assert_contract(after=last)

@pytest.fixture
def link(smarterproctoring, sandbox, client, call):
    exam, session = session_path(smarterproctoring, client)
    client.schedule(exam, session, sandbox.clock.now().replace(year=2030))
    return call(exam, session).json()["url"]

def test_opened_twice(sandbox, link):
    assert [requests.get(link, timeout=20).status_code for _ in range(2)] == [200, 410]
    sandbox.assert_contract()

def test_kept_where_a_link_was_opened_once(sandbox, link):
    requests.get(link, timeout=20)
    sandbox.assert_contract()

def test_kept_since_it_was_told_before_the_boot(smarterproctoring, sandbox, client, call):
    exam, session = session_path(smarterproctoring, client)
    sandbox.admin("PUT")
    assert call(exam, session).status_code == 404
    sandbox.assert_contract()

def test_an_invented_id(smarterproctoring, sandbox, client, call):
    exam, _ = session_path(smarterproctoring, client)
    assert call(exam, INVENTED).status_code == 404
    sandbox.assert_contract()

def test_kept_since_the_test_gave_it(smarterproctoring, sandbox, client, call):
    exam, _ = session_path(smarterproctoring, client)
    call(exam, INVENTED)
    sandbox.assert_contract(given=[INVENTED])

def test_kept_since_the_vendor_has_it(mockserver, smarterproctoring, sandbox, client, call):
    exam, session = session_path(smarterproctoring, client)
    held = sandbox.snapshot()
    sandbox.admin("PUT")
    mockserver.admin("PUT", f"/sandboxes/{sandbox.name}/snapshot", held)
    assert call(exam, session).status_code == 400
    sandbox.assert_contract()

def test_kept_since_the_journal_was_cleared(youtestme, sandbox):
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    tom = {"username": "t", "firstName": "T", "lastName": "P", "email": "t@people.example", "roleCode": "STU"}
    assert requests.get(f"{youtestme.url}/users/username=t", headers=key, timeout=20).status_code == 404
    sandbox.admin("DELETE", "/journal")
    requests.post(f"{youtestme.url}/users/", json=tom, headers=key, timeout=20).raise_for_status()
    sandbox.assert_contract()

def test_an_invented_id_that_nothing_else_explains(sandbox, client, call):
    sandbox.admin("PUT")
    call(INVENTED.replace("ES", "EX"), INVENTED)
    sandbox.assert_contract()

@pytest.mark.mockserver(scenario="youtestme/happy-path")
def test_kept_where_a_scenario_may_have_told_it(youtestme, sandbox):
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    tom = {"username": "t", "firstName": "T", "lastName": "P", "email": "t@people.example", "roleCode": "STU"}
    assert requests.post(f"{youtestme.url}/users/", json=tom, headers=key, timeout=20).status_code == 201
    sandbox.assert_contract()
"""
ANSWERS = """
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from contract_tests.partners.minimal import CLIENT, serve
from mockserver.testing import NothingToJudge

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said): ...

@pytest.fixture
def receiver():
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()

def finish(youtestme, sandbox, url):
    '''Have a result sent to an address, all calls for that being the test's own.'''
    key = {"X-API-Key": youtestme.credentials["api_key"]}
    hook = {"event": "attempt", "resource": "finish", "url": url, "secret": "fake-shared-secret"}
    requests.post(f"{youtestme.url}/webhooks", json=hook, headers=key, timeout=20).raise_for_status()
    create_user(youtestme).raise_for_status()
    made = youtestme.action("create_test", name="Geography", external_id="geo-1", max_points=120)
    session = youtestme.action("create_session", test_id=made["id"])
    permitted = {"authorizationExternalId": "o-1", "externalTestId": "geo-1", "candidateExternalId": "u-1"}
    requests.post(f"{youtestme.url}/authorizations", json=permitted, headers=key, timeout=20).raise_for_status()
    [user] = youtestme.entities("users", external_id="u-1")
    attempt = youtestme.action("book", user_id=user["id"], session_id=session["id"])
    youtestme.action("start", attempt_id=attempt["id"])
    youtestme.action("submit", attempt_id=attempt["id"], points=90)
    sandbox.clock.advance("0s")
    assert sandbox.journal(direction="out", wait="20s", count=1)

@pytest.mark.mockserver(fixtures="empty")
def test_an_answer(youtestme, sandbox, receiver):
    finish(youtestme, sandbox, receiver)
    sandbox.assert_contract(level="inferred", direction="out")

@pytest.mark.mockserver(fixtures="empty")
def test_kept_since_nobody_documents_the_answer(youtestme, sandbox, receiver):
    finish(youtestme, sandbox, receiver)
    found = sandbox.assert_contract(direction="out")
    assert [(each.clause, each.side, each.got) for each in found] == [("youtestme.attempt_finished", "client", "500")]

@pytest.mark.mockserver(fixtures="empty")
def test_kept_where_the_webhook_was_spoiled_or_an_inbox_answered(youtestme, sandbox, receiver):
    youtestme.faults.add("bad_signature", "attempt_finished")
    finish(youtestme, sandbox, receiver)
    with pytest.raises(NothingToJudge, match="nobody answered"):
        sandbox.assert_contract(direction="out")
    sandbox.admin("PUT")
    inbox = sandbox.inbox("results")
    inbox.answer(status=500)
    finish(youtestme, sandbox, inbox.url)
    with pytest.raises(NothingToJudge):
        sandbox.assert_contract(direction="out")

def invite(talentsoft, sandbox, base):
    ours = talentsoft.action("connect_partner", name="ours", base_url=base, **CLIENT)
    talentsoft.action("caller_list_campaigns", partner=ours["id"], as_application=True)
    sandbox.clock.advance("0s")

@pytest.fixture
def partner():
    with serve() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()

def test_kept_by_a_partner(talentsoft, sandbox, partner):
    invite(talentsoft, sandbox, f"http://127.0.0.1:{partner.server_port}/api/v1")
    sandbox.assert_contract()
    assert sandbox.journal(direction="in") == []

def test_a_partner(talentsoft, sandbox, receiver):
    invite(talentsoft, sandbox, receiver)
    sandbox.assert_contract(level="inferred")
"""


def test_the_order_of_calls_is_judged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ORDER)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-W", "error", timeout=100)
    done.stdout.fnmatch_lines_random(
        [
            "*AssertionError: The contract is not kept: 1 finding in 1 of 4 calls.",
            "E*1. smarterproctoring.get_onboarding_url.request.after.scheduling",
            "E*source    documented: *",
            "E*place     request of call 4, GET /sandbox/*/onboard, answered 400",
            "E*expected  a success of schedule_exam_session or reschedule_exam_session before it",
            "E*got       none of them; it was answered 400",
            "E*. smarterproctoring.get_onboarding_url.request.path.sessionSid.given",
            "E*got       'ES00000000000000000000000000000000', which no answer before had",
            "E*1. smarterproctoring.get_onboarding_url.request.single-use.url",
            "E*got       the address that exchange 7 has opened already",
        ]
    )
    done.assert_outcomes(failed=4, passed=8)


def test_answers_to_what_the_vendors_send_are_judged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT + ANSWERS)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-W", "error", timeout=100)
    done.stdout.fnmatch_lines_random(
        [
            "*AssertionError: The contract is not kept: 1 finding in 1 of 1 exchange.",
            "E*1. youtestme.attempt_finished",
            "E*source    inferred: *",
            "E*place     answer.status of exchange *, POST http://127.0.0.1:*/hook, answered 500",
            "E*expected  one of 2XX",
            "E*got       500",
            "E*curl      curl * -X POST http://127.0.0.1:*/hook *",
            "E*talentsoft.create_token*",
        ]
    )
    done.assert_outcomes(failed=2, passed=3)


def test_what_a_test_arranged_is_known_and_what_it_only_looked_at_is_not() -> None:
    boots: dict[str, JSON] = {}
    arranged, taken = Arranged(boots), []

    def snapshot() -> JSON:
        taken.append(1)
        return {"states": {"toy": {"things": [{"id": len(taken)}]}}}

    assert arranged.known("toy") is None
    arranged.begin(None, {"fixtures": "demo", "seed": 5}, snapshot)
    arranged.note("POST", "/actions", {"name": "box"}, {"id": 70})
    arranged.note("GET", "/state/toy/things", None, {"id": 80})
    arranged.note("POST", "/clock", {"advance": "90s"}, {"fired": [{"id": 90}]})
    assert arranged.known("toy") == {"1", "box", "70"}
    another = Arranged(boots)
    another.begin({"settings": {"toy": {"big": True}}}, {"fixtures": "demo", "seed": 5}, snapshot)
    assert another.known("toy") == {"2"}
    alike = Arranged(boots)
    alike.begin({}, {"fixtures": "demo", "seed": 5}, snapshot)
    assert (alike.known("toy"), len(taken)) == ({"1"}, 2)
