"""What the contract says of refusals: each status has the codes that the guide gives it, and no other."""

import json

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.judge import judge_answer
from mockserver.contract.load import read_contract
from mockserver.contract.observed import Observed

CONTRACT = Contract("smarterproctoring", read_contract("mockserver.vendors.smarterproctoring"))
CODES = {
    400: {"INVALIDINPUT", "INVALIDPROTOCOL", "INVALIDAUTHENTICATIONINFO"},
    401: {"AUTHENTICATIONFAILED"},
    403: {"AUTHENTICATIONFAILED"},
    404: {"RESOURCENOTFOUND"},
    405: {"UNSUPPORTEDHTTPVERB"},
    413: {"INVALIDINPUT"},
}
GUIDE = {(400, "INVALIDINPUT"), (400, "INVALIDPROTOCOL"), (403, "AUTHENTICATIONFAILED"), (404, "RESOURCENOTFOUND")}


def refused(status: int, code: str) -> Observed:
    return Observed(
        method="GET",
        path=f"/v1/sessions/ES{'0' * 32}/status",
        headers={},
        status=status,
        answer_headers={"content-type": "application/json"},
        answer=json.dumps({"code": code, "message": "No.", "status": status}).encode(),
    )


@pytest.mark.parametrize("status", CODES)
def test_a_status_has_its_own_codes(status: int) -> None:
    every = set().union(*CODES.values())
    wrong = {code for code in every if judge_answer(CONTRACT, refused(status, code))}
    assert wrong == every - CODES[status]


def test_a_code_is_documented_with_the_status_that_the_guide_gives_it() -> None:
    found = {
        (int(each.id.split(".")[3]), each.id.rpartition(".")[2])
        for each in CONTRACT.clauses.values()
        if ".body.code.enum." in each.id and each.confidence == "documented"
    }
    assert found == GUIDE


def test_that_no_other_code_exists_is_nowhere_documented() -> None:
    (found,) = judge_answer(CONTRACT, refused(404, "EXAMNOTFOUND"))
    assert (found.clause, found.confidence) == (
        "smarterproctoring.get_session_status.response.404.body.code",
        "inferred",
    )
