"""Partners' servers with a defect each: the minimal one, and mockserver's behind a proxy."""

from functools import partial

from contract_tests.partners import minimal
from contract_tests.twins.edits import having, lacking, renamed, turned
from contract_tests.twins.proxy import answering, told, with_status, with_type
from contract_tests.twins.relay import relaying
from contract_tests.twins.talentsoft import partners
from contract_tests.twins.talentsoft.partners import serving
from contract_tests.twins.twin import ServerTwin

_TOKEN = "talentsoft.create_token.response.200.body"  # noqa: S105 - a clause
_CAMPAIGN = "talentsoft.list_campaigns.response.200.body"
_ITEM = "talentsoft.list_assessments.response.200.body.data.[]"
_INVITED = "talentsoft.invite_applicants.response.200.body.data.[]"
_CALLBACK = "talentsoft.assessment_updated.request.body"
_TESTS = "/assessment/tests$"
_WAITING_SCORES = [{"name": "logic", "value": "50"}]

_twin = partial(ServerTwin, vendor="talentsoft")


def _instead(label: str, wrong: str, clause: str, partner: type, handler: type = minimal.Handler) -> ServerTwin:
    return _twin(label=label, wrong=wrong, clause=clause, instead=serving(partner, handler))


def _handled(label: str, wrong: str, clause: str, handler: type) -> ServerTwin:
    return _instead(label, wrong, clause, minimal.Partner, handler)


def _answer(label: str, wrong: str, clause: str, call: str, *edits: object) -> ServerTwin:
    method, path = call.split()
    return _twin(label=label, wrong=wrong, clause=clause, spoil=answering(method, path, told(*edits), status="200"))  # type: ignore[arg-type]


TWINS: list[ServerTwin] = [
    _answer(
        "no-lifetime",
        "gives a token without expires_in",
        f"{_TOKEN}.expires_in.required",
        "POST /token$",
        lacking("expires_in"),
    ),
    _answer(
        "wrong-token-type",
        "gives a token of type mac",
        f"{_TOKEN}.token_type.pattern",
        "POST /token$",
        having("mac", "token_type"),
    ),
    _answer(
        "renamed-token",
        "calls the token accessToken",
        f"{_TOKEN}.access_token.required",
        "POST /token$",
        renamed("accessToken", "access_token"),
    ),
    _answer(
        "wrapped-token",
        "puts the token into the envelope besides",
        "talentsoft.token-not-wrapped",
        "POST /token$",
        having("success", "status"),
    ),
    _answer(
        "no-message",
        "leaves message out of the envelope",
        f"{_CAMPAIGN}.message.required",
        "GET /assessment/campaigns$",
        lacking("message"),
    ),
    _answer(
        "number-for-campaign",
        "answers campaign_id as a number",
        f"{_CAMPAIGN}.data.[].campaign_id.type",
        "GET /assessment/campaigns$",
        having(7, "data", "[]", "campaign_id"),
    ),
    _answer(
        "one-campaign",
        "answers an object instead of a list",
        f"{_CAMPAIGN}.data.type",
        "GET /assessment/campaigns$",
        turned(lambda data: {"campaigns": data}, "data"),
    ),
    _answer(
        "number-for-score",
        "answers the global score as a number",
        f"{_ITEM}.global_score.type",
        f"GET {_TESTS}",
        having(80, "data", "[]", "global_score"),
    ),
    _answer(
        "score-above-100",
        "answers scores above 100",
        "talentsoft.scores-to-100",
        f"GET {_TESTS}",
        turned(lambda score: score and "800", "data", "[]", "global_score"),
    ),
    _answer(
        "score-in-words",
        "answers a score that is no number",
        f"{_ITEM}.global_score.pattern",
        f"GET {_TESTS}",
        turned(lambda score: score and "good", "data", "[]", "global_score"),
    ),
    _answer(
        "language-in-words",
        "answers a language that is no culture name",
        f"{_CAMPAIGN}.data.[].language.pattern",
        "GET /assessment/campaigns$",
        having("English please", "data", "[]", "language"),
    ),
    _answer(
        "unknown-status",
        "answers the status done",
        f"{_ITEM}.status*",
        f"GET {_TESTS}",
        turned(lambda status: "done" if status == "completed" else status, "data", "[]", "status"),
    ),
    _answer(
        "relative-link",
        "answers a recruiter_link without host",
        f"{_ITEM}.recruiter_link.format",
        f"GET {_TESTS}",
        having("/assessment/1", "data", "[]", "recruiter_link"),
    ),
    _answer(
        "scores-while-waiting",
        "answers scores before the assessment is completed",
        "talentsoft.scores-after-completion",
        f"GET {_TESTS}",
        having(_WAITING_SCORES, "data", "[]", "scores"),
    ),
    _answer(
        "no-link",
        "invites without a link",
        "talentsoft.invitation-link-name",
        f"POST {_TESTS}",
        lacking("data", "[]", "assessment_invitation_link"),
        lacking("data", "[]", "interview_invitation_link"),
    ),
    _answer(
        "unknown-item-status",
        "answers ok for an invited candidate",
        f"{_INVITED}.status*",
        f"POST {_TESTS}",
        having("ok", "data", "[]", "status"),
    ),
    _answer(
        "relative-creation-link",
        "answers a creation link without host",
        "talentsoft.get_campaign_creation_link.response.200.body.data*",
        "GET /campaignscreationlink$",
        having("/new", "data"),
    ),
    _twin(
        label="created",
        wrong="has the code 200 in an answer of 201",
        clause="talentsoft.invite_applicants.response.200.body.code.const",
        spoil=answering("POST", _TESTS, with_status(201), status="200"),
    ),
    _twin(
        label="failing-as-error",
        wrong="says error where it has failed itself",
        clause="talentsoft.list_campaigns.response.5XX.body.status.const",
        spoil=answering("GET", "/assessment/campaigns$", told(having("error", "status")), status="503"),
    ),
    _twin(
        label="as-text",
        wrong="calls the JSON of campaigns plain text",
        clause=f"{_CAMPAIGN}.type",
        spoil=answering("GET", "/assessment/campaigns$", with_type("text/plain"), status="200"),
    ),
    _twin(
        label="callback-as-json",
        wrong="sends the callback as JSON",
        clause=f"{_CALLBACK}.content.application/x-www-form-urlencoded",
        spoil=relaying("callback_url", kind="application/json"),
    ),
    _twin(
        label="no-callback",
        wrong="calls nobody back",
        clause="talentsoft.callback-on-update",
        faults=(("dropped", "assessment_updated"),),
    ),
    _instead(
        "unforgetting",
        "answers an erasure with success and forgets nothing",
        "talentsoft.erase_applicant",
        partners.Unforgetting,
    ),
    _instead(
        "erasing-first",
        "erases in the first of several campaigns",
        "talentsoft.erase_applicant",
        partners.FirstOnly,
    ),
    _instead(
        "erasing-everywhere",
        "erases in campaigns that are not named",
        "talentsoft.erase_applicant",
        partners.Everywhere,
    ),
    _instead(
        "lonely", "forgets a candidate's first campaign at the second", "talentsoft.many-campaigns", partners.Lonely
    ),
    _instead(
        "same-link", "gives all candidates the same link", f"{_INVITED}.interview_invitation_link", partners.Sharing
    ),
    _instead("never-in-progress", "never says inProgress", "talentsoft.mandatory-statuses", partners.Stuck),
    _instead(
        "named-only",
        "answers nothing where no candidate is named",
        "talentsoft.all-of-the-campaign",
        partners.Selective,
    ),
    _instead("token-for-all", "gives a token for a wrong secret", "talentsoft.client-per-customer", partners.Careless),
    _instead(
        "one-token", "ends a token before its time when another is given", "talentsoft.token-lifetime", partners.Jealous
    ),
    _instead(
        "speechless", "says that it calls back, and does not", "talentsoft.callback-on-update", partners.Speechless
    ),
    _handled("open", "looks at no token", "talentsoft.client-per-customer", partners.Open),
    _instead(
        "open-tests",
        "looks at no token where it is about candidates, and closely at all else",
        "talentsoft.client-per-customer",
        partners.Strict,
        partners.OpenTests,
    ),
    _handled("swapped", "says fail below 500 and error above", "talentsoft.envelope-status", partners.Swapped),
    _handled("bare-errors", "leaves the envelope away where it refuses", "talentsoft.envelope-status", partners.Bare),
    _handled("wrong-code", "has the code 0 in every envelope", "talentsoft.envelope-code", partners.WrongCode),
    _handled("error-page", "refuses with a page of HTML", "talentsoft.envelope-status", partners.Page),
    _handled(
        "wrapped-refusal",
        "refuses a token in the envelope",
        "talentsoft.token-errors-not-wrapped",
        partners.Wrapping,
    ),
    _handled(
        "no-batch",
        "answers no status call without X-Current-User",
        "talentsoft.pull-as-application",
        partners.Personal,
    ),
    _handled("unreported", "has no report at its address", "talentsoft.report-links", partners.Unreported),
    _handled("unseen", "has no page at readonly_link", "talentsoft.readonly-in-iframe", partners.Unseen),
    _handled("unframed", "forbids that its pages are framed", "talentsoft.readonly-in-iframe", partners.Unframed),
    _handled(
        "user-needed", "answers nothing without X-Current-User", "talentsoft.current-user-optional", partners.UserNeeded
    ),
]
