"""Partners that answer badly: an errand fails with a plain reason, or goes on with a remark, and never breaks."""

import json
import threading
from typing import Any

import pytest

from tests.receiver import Reply
from tests.vendors.talentsoft.partner import (
    CAMPAIGNS,
    INVITE,
    JEAN,
    JOHN,
    JSON,
    LINK,
    STATUS,
    TOKEN,
    Ats,
    ScriptedPartner,
    assessment,
    person,
    said,
    token,
    wrapped,
)

HUGE = json.dumps({"code": 200, "status": "success", "message": None, "data": ["x" * 1000] * 5000}).encode()
GZIP = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, JSON, b""), "answered 200 with what is not JSON ("),
        (Reply(200, {"Content-Type": "text/html"}, b"<h1>Hi</h1>"), "text/html, 11 bytes read)"),
        (Reply(200, JSON, b'{"code": 200,'), "answered 200 with what is not JSON ("),
        (Reply(200, JSON, b'"\xff\xfe"'), "it is not UTF-8"),
        (Reply(200, JSON, b"[" * 5000), "answered 200 with what is not JSON ("),
        (Reply(200, {**JSON, **GZIP}, b"\x1f\x8b\x08"), "it is encoded as gzip, which was not asked for"),
        (Reply(200, JSON, HUGE), f"it has {len(HUGE)} bytes, of which "),
        (said([]), "answered 200 with JSON that is an array, not an object"),
        (said(None), "answered 200 with JSON that is null, not an object"),
        (said({"code": 200, "status": "success", "message": None}), "answered without data"),
        (wrapped({"1": "Sales"}), "answered with data that is an object, not an array"),
        (wrapped(None), "answered with data that is null, not an array"),
        (wrapped([], code=404, status="error", message="No."), "answered 200 with an envelope that says 404 error: No"),
        (wrapped([], code="500", status="fail", message="Ouch."), "an envelope that says 500 fail: Ouch"),
        (wrapped([], status="error", message=None), "an envelope that says 200 error: None"),
        (said({"code": 500, "status": "fail", "message": "Ouch."}, 500), "answered 500: Ouch."),
        (Reply(500, {"Content-Type": "text/html"}, b"<h1>\n Oops</h1>"), "answered 500: <h1> Oops</h1>."),
        (Reply(503), "answered 503."),
        (Reply(302, {"Location": "http://127.0.0.1:9/"}), "answered 302."),
        (Reply(0), "gave no answer: No answer came: the receiver closed the connection."),
    ],
)
def test_an_errand_fails_with_the_reason(ats: Ats, partner: ScriptedPartner, reply: Reply, reason: str) -> None:
    partner.on(CAMPAIGNS, reply)
    errand = ats.run("caller_list_campaigns")
    assert errand.stage == "failed"
    assert errand.error.startswith("GET /assessment/campaigns ")
    assert reason in errand.error
    assert (errand.result, errand.ended) == ((), ats.state.now())
    partner.on(CAMPAIGNS, wrapped([]))
    assert ats.run("caller_list_campaigns").stage == "done"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (said({}), "answered with an access_token that is null, not a string"),
        (said({"access_token": 12}), "answered with an access_token that is a number, not a string"),
        (token(""), "answered with an access_token that no header can carry"),
        (token("a b"), "answered with an access_token that no header can carry"),
        (token("a\r\nX-Evil: 1"), "answered with an access_token that no header can carry"),
        (token("x" * 9000), "answered with an access_token that no header can carry"),
        (wrapped({"access_token": "t"}), "answered with an access_token that is null, not a string"),
        (Reply(200, JSON, b"nope"), "answered 200 with what is not JSON"),
        (Reply(404), "answered 404."),
        (
            said({"error": "invalid_client", "error_description": "Bad secret"}, 400),
            "answered 400: invalid_client: Bad secret.",
        ),
    ],
)
def test_a_token_call_that_fails(ats: Ats, partner: ScriptedPartner, reply: Reply, reason: str) -> None:
    partner.on(TOKEN, reply)
    errand = ats.run("caller_list_campaigns")
    assert errand.stage == "failed"
    assert errand.error.startswith("No access token: POST /token ")
    assert reason in errand.error
    assert partner.called() == [TOKEN]
    assert len(ats.state.partner_tokens) == 0


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"token_type": "mac"}, "token_type is 'mac', not 'bearer'."),
        ({"token_type": None}, "token_type is null, not 'bearer'."),
        ({"expires_in": None}, "expires_in is null, not a number of seconds."),
        ({"expires_in": "1h"}, "expires_in is '1h', not a number of seconds."),
        ({"expires_in": True}, "expires_in is True, not a number of seconds."),
        ({"expires_in": "-1"}, "expires_in is '-1', not a number of seconds."),
        ({"expires_in": [3600]}, "expires_in is an array, not a number of seconds."),
    ],
)
def test_an_odd_token_is_remarked_on(ats: Ats, partner: ScriptedPartner, changes: dict[str, Any], remark: str) -> None:
    partner.on(TOKEN, token(**changes))
    errand = ats.run("caller_list_campaigns")
    assert (errand.stage, errand.remarks) == ("done", (remark,))


@pytest.mark.parametrize("changes", [{"token_type": "Bearer"}, {"expires_in": 1.5}, {"expires_in": "3600.5"}])
def test_a_token_in_another_spelling_is_as_good(ats: Ats, partner: ScriptedPartner, changes: dict[str, Any]) -> None:
    partner.on(TOKEN, token(**changes))
    errand = ats.run("caller_list_campaigns")
    assert (errand.stage, errand.remarks) == ("done", ())


def test_a_token_that_lives_for_ever_does_not_overflow(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(TOKEN, token(expires_in=10**30))
    assert ats.run("caller_list_campaigns").stage == "done"


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"code": 201}, "code is 201 in an answer 200."),
        ({"code": None}, "code is null in an answer 200."),
        ({"code": "OK"}, "code is 'OK' in an answer 200."),
        ({"status": "ok"}, "status is 'ok' in an answer 200, not 'success'."),
        ({"message": "Fine."}, "message is used in a success."),
    ],
)
def test_an_odd_envelope_is_remarked_on(
    ats: Ats, partner: ScriptedPartner, changes: dict[str, Any], remark: str
) -> None:
    partner.on(CAMPAIGNS, wrapped([], **changes))
    errand = ats.run("caller_list_campaigns")
    assert (errand.stage, errand.remarks) == ("done", (remark,))


@pytest.mark.parametrize("code", [200, "200"])
def test_the_code_may_be_a_number_or_a_string(ats: Ats, partner: ScriptedPartner, code: object) -> None:
    partner.on(CAMPAIGNS, wrapped([], code=code))
    assert ats.run("caller_list_campaigns").remarks == ()


def test_a_message_need_not_be_there_in_a_success(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(CAMPAIGNS, said({"code": 200, "status": "success", "data": []}))
    assert ats.run("caller_list_campaigns").remarks == ()


@pytest.mark.parametrize("language", ["en-GB", "enGB", "fr", "sr-Latn-RS"])
def test_cultures_that_are_not_remarked_on(ats: Ats, partner: ScriptedPartner, language: str) -> None:
    partner.on(CAMPAIGNS, wrapped([{"campaign_id": "1", "name": "Analysts", "language": language}]))
    assert ats.run("caller_list_campaigns").remarks == ()


def test_another_content_type_and_status_are_remarked_on(ats: Ats, partner: ScriptedPartner) -> None:
    good = wrapped([])
    partner.on(CAMPAIGNS, Reply(201, {"Content-Type": "text/plain; charset=utf-8"}, good.body.replace(b"200", b"201")))
    errand = ats.run("caller_list_campaigns")
    assert errand.remarks == (
        "The answer is 201, not 200.",
        "The content type is 'text/plain', not 'application/json'.",
    )


def test_rows_of_the_wrong_kind_are_left_out(ats: Ats, partner: ScriptedPartner) -> None:
    rows = [1, None, {"campaign_id": 7, "name": ["x"], "language": "english"}, {"name": "No id", "language": "fr-FR"}]
    partner.on(CAMPAIGNS, wrapped(rows))
    errand = ats.run("caller_list_campaigns")
    assert errand.result == ({"campaign_id": "7", "name": None, "language": "english"},)
    assert errand.remarks == (
        "data[0] is a number, not an object.",
        "data[1] is null, not an object.",
        "data[2].campaign_id is a number, not a string.",
        "data[2].name is an array, not a string.",
        "data[2].language is 'english', not a culture name like fr-FR.",
        "data[3].campaign_id is missing.",
    )


@pytest.mark.parametrize(("data", "remark"), [("/create", "data is '/create', not an"), ("ftp://x", "not an")])
def test_an_odd_creation_link(ats: Ats, partner: ScriptedPartner, data: str, remark: str) -> None:
    partner.on(LINK, wrapped(data))
    errand = ats.run("caller_campaign_creation_link")
    assert errand.result == ({"link": data},)
    assert remark in " ".join(errand.remarks)


def test_a_creation_link_that_is_no_text(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(LINK, wrapped({"url": "https://partner.com"}))
    assert "data that is an object, not a string" in ats.run("caller_campaign_creation_link").error


@pytest.mark.parametrize(
    ("changes", "remark", "known"),
    [
        ({"status": "done"}, "data[0].status is 'done', which is no documented status.", {"status": "done"}),
        ({"status": None}, "data[0].status is null.", {"status": None}),
        ({"global_score": 25}, "data[0].global_score is a number, not a string.", {"global_score": 25}),
        ({"global_score": "101"}, "data[0].global_score is '101', not a percentage from 0", {"global_score": None}),
        ({"global_score": "good"}, "data[0].global_score is 'good', not a percentage from", {"global_score": None}),
        ({"global_score": "NaN"}, "data[0].global_score is 'NaN', not a percentage from 0", {"global_score": None}),
        ({"global_score": {}}, "data[0].global_score is an object, not a string.", {"global_score": None}),
        ({"scores": "none"}, "data[0].scores is a string, not an array.", {"scores": ()}),
        ({"scores": ["a"]}, "data[0].scores[0] is a string, not an object.", {"scores": ()}),
        ({"global_report": []}, "data[0].global_report is an array, not an object.", {"global_report": None}),
        ({"reports": {}}, "data[0].reports is an object, not an array.", {"reports": ()}),
        ({"recruiter_link": "/a"}, "data[0].recruiter_link is '/a', not an absolute http", {"recruiter_link": "/a"}),
    ],
)
def test_an_odd_status_is_kept_as_far_as_it_goes(
    ats: Ats, partner: ScriptedPartner, changes: dict[str, Any], remark: str, known: dict[str, Any]
) -> None:
    partner.on(STATUS, wrapped([assessment(**changes)]))
    errand = ats.run("caller_refresh", campaign_id="1")
    assert errand.stage == "done"
    [said_of_it] = errand.remarks
    assert said_of_it.startswith(remark)
    assert {name: getattr(ats.followed(), name) for name in known} == known


def test_odd_reports_and_scores_are_named_by_their_places(ats: Ats, partner: ScriptedPartner) -> None:
    report = {"name": 1, "report_type": "DOC"}
    partner.on(STATUS, wrapped([assessment(reports=[report], scores=[{"name": "a", "value": "-1"}])]))
    assert set(ats.run("caller_refresh", campaign_id="1").remarks) == {
        "data[0].scores[0].value is '-1', not a percentage from 0 to 100.",
        "data[0].reports[0].report_type is 'DOC', neither 'PDF' nor 'HTML'.",
        "data[0].reports[0].name is a number, not a string.",
        "data[0].reports[0].url is missing.",
    }


@pytest.mark.parametrize("score", ["72.5", "72,5", "72.5 %"])
def test_a_half_percent_stays_one(ats: Ats, partner: ScriptedPartner, score: str) -> None:
    partner.on(STATUS, wrapped([assessment(global_score=score)]))
    assert ats.run("caller_refresh", campaign_id="1").remarks == ()
    assert ats.followed().global_score == 72.5


def test_what_was_not_asked_for_is_not_learned(ats: Ats, partner: ScriptedPartner) -> None:
    rows = [assessment(campaign_id="9"), assessment(JEAN), assessment(status="inProgress")]
    partner.on(STATUS, wrapped(rows))
    errand = ats.run("caller_refresh", campaign_id="1", applicants=[JOHN])
    assert errand.remarks == (
        "The answer is about campaign '9', which was not asked for.",
        f"The answer is about '{JEAN}', who was not asked for.",
    )
    assert [(each.applicant_id, each.status) for each in ats.state.followed] == [(JOHN, "inProgress")]


def test_a_stranger_who_is_no_uuid_is_not_learned(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(STATUS, wrapped([assessment("bob")]))
    assert ats.run("caller_refresh", campaign_id="1").remarks == (
        "The answer is about 'bob', which is no UUID of Talentsoft's.",
    )
    assert len(ats.state.followed) == 0


@pytest.mark.parametrize("status", ["ok", None, 1])
def test_an_odd_invitation_counts_as_refused(ats: Ats, partner: ScriptedPartner, status: object) -> None:
    partner.on(INVITE, wrapped([{"applicant_id": JOHN, "status": status}]))
    errand = ats.run("caller_invite", campaign_id="1", invitations=[person()])
    assert ats.followed().invitation == "error"
    assert any("data[0].status is" in remark for remark in errand.remarks)


def test_remarks_come_to_an_end(ats: Ats, partner: ScriptedPartner) -> None:
    partner.on(CAMPAIGNS, wrapped(list(range(500))))
    assert len(ats.run("caller_list_campaigns").remarks) == 50


def test_nobody_listens(partner: ScriptedPartner) -> None:
    ats = Ats()
    ats.connect(partner, base_url="http://127.0.0.1:1/api/v1")
    errand = ats.run("caller_list_campaigns")
    assert errand.error == (
        "No access token: POST /token gave no answer: Nothing listens at 127.0.0.1:1: the connection was refused."
    )


def test_a_host_that_may_not_be_called(partner: ScriptedPartner) -> None:
    ats = Ats()
    ats.connect(partner, base_url="http://10.1.2.3/api/v1")
    errand = ats.run("caller_list_campaigns")
    assert errand.stage == "failed"
    assert "10.1.2.3 is neither loopback nor named by --allow-callback-host" in errand.error


def test_a_partner_that_hangs_is_given_up_on_and_holds_nobody_up(partner: ScriptedPartner) -> None:
    released = threading.Event()
    partner.on(STATUS, Reply(200, JSON, b"{}", hold=released))
    ats = Ats(timeout=0.5)
    ats.connect(partner)
    errand = ats.run("caller_batch", campaigns=["1", "2", "3"])
    released.set()
    assert errand.error == "GET /assessment/tests for campaign 1 gave no answer: No answer came: 0.5 s were over."
    assert partner.called() == [TOKEN, STATUS]
