"""Recordings of proxies, made of real traffic and by hand: nothing in them is named, and not all was written down."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from contract_tests.players import player_of
from contract_tests.players.world import World
from mockserver.cli import main
from mockserver.contract.har import read_har
from mockserver.contract.recording import evidence_of
from tests.contract.small import contract_of
from tests.contract.test_recording_webhooks import ATTEMPT, HOOK, archive, failing, judged, placed, sent

Data = dict[str, Any]
LENGTH = {"name": "Content-Length", "value": "150"}


@pytest.fixture
def world(origin: str) -> Iterator[World]:
    made = World(origin, f"t{uuid4().hex}")
    yield made
    made.admin("DELETE", "")
    made.session.close()


@pytest.mark.parametrize(
    "scenario", ["youtestme/forged-result", "talentsoft/happy-path", "journeys/certified-with-constructor"]
)
def test_the_same_webhooks_are_found_with_our_names_and_without(world: World, scenario: str) -> None:
    world.play(scenario)
    player_of(scenario)(world)
    world.until_idle()
    named = world.admin("GET", "/journal/export?format=har&secrets=shown&limit=1000")
    entries = [_without_names(each) for each in named["log"]["entries"]]
    for vendor in {each["_vendor"] for each in named["log"]["entries"]} - {None}:
        known = evidence_of(contract_of(vendor), read_har(json.dumps(named).encode()), "named.har")
        found = evidence_of(contract_of(vendor), read_har(archive(*entries)), "bare.har")
        assert placed(found).keys() == placed(known).keys()
        callbacks = {number for number, path in placed(known).items() if path == "/api/v1/assessmentcallback"}
        told = {**placed(known), **dict.fromkeys(callbacks, "assessment_updated")}
        assert told == {**placed(found), **dict.fromkeys(callbacks, "assessment_updated")}
        assert failing(found) == failing(known) == set()


def _without_names(entry: Mapping[str, Any]) -> Data:
    return {name: value for name, value in entry.items() if not name.startswith("_")}


def run(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "har", str(file), *arguments])


def test_the_option_may_be_given_again(tmp_path: Path) -> None:
    file = tmp_path / "proxy.har"
    file.write_bytes(archive(sent(f"{HOOK}/1", {**ATTEMPT, "id": "x"}), sent(f"{HOOK}/2", {**ATTEMPT, "id": "x"})))
    done = run(file, "--vendor", "youtestme", "--webhook-url", f"{HOOK}/1", "--webhook-url", f"{HOOK}/2")
    assert (done.exit_code, "0 of the client, 1 of the server" in done.stdout) == (1, True), done.stdout
    assert "server, request.body/id: expected type: integer" in done.stdout
    assert "exchange 1, 2" in done.stdout
    nothing = run(file, "--vendor", "youtestme")
    assert (nothing.exit_code, "name their addresses with --base-url and --webhook-url." in nothing.stdout) == (3, True)


def test_a_request_whose_body_the_recorder_left_out_is_judged_by_the_rest() -> None:
    """mitmproxy writes no body of a DELETE, but how long it was."""
    made = sent("https://vendor.example/users/", status=0, x_api_key="k")
    nothing = [each.place for each in judged("youtestme", made).findings]
    assert nothing == ["request.body"]
    for told in ({"bodySize": 80}, {"headers": [*made["request"]["headers"], LENGTH], "bodySize": -1}):
        found = judged("youtestme", {**made, "request": {**made["request"], **told}})
        assert found.findings == []
        assert "The recorder left the body out of 1 request, so it was not judged." in found.notes


def test_exchanges_are_judged_in_the_order_in_which_they_began() -> None:
    """Not every recorder writes them so; what has no time of its own follows what is written before it."""
    times = ["2026-01-05T09:00:03Z", "2026-01-05T10:00:01+01:00", "", None, "2026-01-05T09:00:02.5"]
    entries = [{**sent(f"{HOOK}/{number}", ATTEMPT), "startedDateTime": at} for number, at in enumerate(times)]
    assert [each.seen.number for each in read_har(archive(*entries)).entries] == [2, 3, 4, 5, 1]


def test_what_a_recorder_leaves_out_or_writes_as_null_spoils_nothing() -> None:
    made = sent("https://vendor.example/users/externalId=a", x_api_key="k")
    made["request"] = {**made["request"], "method": "GET", "postData": None, "bodySize": None, "queryString": None}
    made["response"] = {"status": 404, "headers": None, "content": None}
    found = read_har(archive({**made, "startedDateTime": None}))
    assert (len(found.entries), found.broken) == (1, [])


def test_base64_may_be_broken_into_lines() -> None:
    text = "eyJhIjog\r\nMX0="
    for name in ("encoding", "_encoding"):
        made = sent("https://vendor.example/users/")
        made["request"]["postData"] = {"text": text, name: "base64"}
        assert [each.seen.body for each in read_har(archive(made)).entries] == [b'{"a": 1}']


@pytest.mark.parametrize(
    "base", ["https://VENDOR.example", "https://vendor.example:443/", "HTTPS://user@vendor.example:443"]
)
@pytest.mark.parametrize("host", ["vendor.example", "Vendor.Example:443"])
def test_a_base_url_may_be_spelled_in_other_ways(base: str, host: str, tmp_path: Path) -> None:
    file = tmp_path / "proxy.har"
    file.write_bytes(archive(sent(f"https://{host}/users/", {"email": 17}, x_api_key="k")))
    done = run(file, "--vendor", "youtestme", "--base-url", base)
    assert "youtestme.create_user.request.body.email.type" in done.stdout, done.stdout
