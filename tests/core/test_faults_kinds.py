"""Each kind of fault of answers: what it makes of one, told as a front is told."""

import json
import re
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from mockserver.core.faults import answers
from mockserver.core.faults.answers.delay import Delay
from mockserver.core.faults.answers.malformed_json import MalformedJson
from mockserver.core.faults.catalogue import described, kinds
from mockserver.core.faults.kind import AnswerKind
from mockserver.core.faults.rule import Rule, Wish
from mockserver.core.operation import Request
from mockserver.core.outcome import Outcome, Wire
from mockserver.core.sandbox import Sandbox
from tests.core.faulty import ask, last, read, rule, write

DOCUMENT = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
NOTE = b'{"id":1,"title":"first","owner":"ann","code":"one","due":null}'
ENVELOPE = {"refused": 503, "code": None, "why": "Service Unavailable.", "fields": {}}


def test_a_status_without_a_body_is_the_vendors_own_error(local: Sandbox) -> None:
    rule(local, "status", status=503, headers={"Retry-After": "5", "x-toy": "other"})
    outcome = read(local)
    assert (outcome.status, json.loads(outcome.body)) == (503, ENVELOPE)
    assert outcome.headers == {"Content-Type": "application/json", "Retry-After": "5", "x-toy": "other"}


@pytest.mark.parametrize("status", [404, 418, 499, 599])
def test_any_status_is_worded_by_the_vendor(local: Sandbox, status: int) -> None:
    rule(local, "status", status=status)
    outcome = read(local)
    assert (outcome.status, json.loads(outcome.body)["refused"]) == (status, status)


@pytest.mark.parametrize("status", [200, 204, 302, 304])
def test_a_status_that_is_no_error_has_no_body_of_its_own(local: Sandbox, status: int) -> None:
    rule(local, "status", status=status, headers={"Location": "/elsewhere"})
    assert read(local) == Outcome(status, {"Location": "/elsewhere"}, b"")


@pytest.mark.parametrize(
    ("given", "headers", "body", "kind"),
    [
        ("<h1>Bad gateway</h1>", {}, b"<h1>Bad gateway</h1>", "text/plain; charset=utf-8"),
        ("<h1>", {"content-type": "text/html"}, b"<h1>", "text/html"),
        ("", {}, b"", "text/plain; charset=utf-8"),
        ({"a": [1, None, "é"]}, {}, '{"a":[1,null,"é"]}'.encode(), "application/json"),
        ([], {"Content-Type": "application/problem+json"}, b"[]", "application/problem+json"),
    ],
)
def test_a_given_body_is_sent_as_it_is(
    local: Sandbox, given: Any, headers: dict[str, str], body: bytes, kind: str
) -> None:
    rule(local, "status", status=502, body=given, headers=headers)
    outcome = read(local)
    assert (outcome.status, outcome.body) == (502, body)
    assert {name.lower(): value for name, value in outcome.headers.items()} == {"content-type": kind}


def limits(outcome: Outcome) -> list[str]:
    return [outcome.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]


def test_a_quota_passes_in_each_window_of_sandbox_time(local: Sandbox) -> None:
    rule(local, "rate_limit", quota=2, window="1m")
    local.clock.advance(timedelta(seconds=10.5))
    first, second, third = (write(local) for _ in range(3))
    assert [each.status for each in (first, second, third)] == [201, 201, 429]
    assert [limits(each) for each in (first, second, third)] == [["2", "1", "50"], ["2", "0", "50"], ["2", "0", "50"]]
    assert third.headers["Retry-After"] == "50"
    assert json.loads(third.body)["refused"] == 429
    assert "Retry-After" not in second.headers
    assert [each.fault for each in local.journal] == ["", "", "rate_limit"]

    local.clock.advance(timedelta(seconds=int(third.headers["Retry-After"])))
    assert [write(local).status for _ in range(3)] == [201, 201, 429]
    local.clock.advance(timedelta(hours=5))
    assert write(local).status == 201


def test_a_limit_may_tell_a_date_or_nothing(local: Sandbox) -> None:
    rule(local, "rate_limit", retry_after="date", window="90s", times=1)
    rule(local, "rate_limit", retry_after="none", window="90s")
    assert read(local).headers["Retry-After"] == "Thu, 15 May 2025 10:01:30 GMT"
    assert "Retry-After" not in read(local).headers


def test_a_delay_is_as_long_as_it_says(local: Sandbox) -> None:
    rule(local, "delay", seconds=0.25)
    assert [read(local).delay for _ in range(3)] == [0.25] * 3
    assert last(local).answer_body == NOTE


def test_uniform_delays_lie_between_their_ends(local: Sandbox) -> None:
    rule(local, "delay", seconds=1, distribution="uniform", most=3)
    drawn = [read(local).delay for _ in range(100)]
    assert all(1 <= each <= 3 for each in drawn)
    assert min(drawn) < 1.5
    assert max(drawn) > 2.5


def test_lognormal_delays_have_their_median_and_never_pass_the_bound(local: Sandbox) -> None:
    rule(local, "delay", seconds=2, distribution="lognormal", sigma=1)
    drawn = [read(local).delay for _ in range(200)]
    assert 1.5 < median(drawn) < 2.7
    assert max(drawn) > 6
    wide = Delay(seconds=300, distribution="lognormal", sigma=3)
    assert [wide.drawn(chance) for chance in (0.5, 0.999, 1 - 2**-53)] == [300, 300, 300]
    assert 0 < wide.drawn(0.0) < 1


@pytest.mark.parametrize(
    ("kind", "settings", "wire"),
    [
        ("hang", {"seconds": 2.5}, Wire("hang", seconds=2.5)),
        ("empty", {}, Wire("empty")),
        ("reset", {}, Wire("reset")),
        ("lost_response", {}, Wire("empty")),
        ("lost_response", {"by": "reset"}, Wire("reset")),
        ("truncated", {}, Wire("truncated", size=31)),
        ("truncated", {"share": 0.1}, Wire("truncated", size=6)),
        ("truncated", {"size": 0}, Wire("truncated", size=0)),
        ("truncated", {"size": 1000}, Wire("truncated", size=len(NOTE) - 1)),
        ("drip", {"size": 10, "seconds": 2}, Wire("drip", size=10, seconds=2.0)),
        ("drip", {"size": 1, "seconds": 300}, Wire("drip", size=1, seconds=300 / len(NOTE))),
    ],
)
def test_the_wire_suffers_as_it_is_told(local: Sandbox, kind: str, settings: dict[str, Any], wire: Wire) -> None:
    rule(local, kind, at="after" if "after" in kinds()[kind].points else None, **settings)
    assert read(local) == Outcome(200, {"Content-Type": "application/json"}, NOTE, wire=wire)
    assert last(local).fault == kind


def test_a_wire_fault_before_the_work_leaves_nothing_to_send(local: Sandbox) -> None:
    rule(local, "empty")
    assert write(local) == Outcome(503, {}, b"", wire=Wire("empty"))


@pytest.mark.parametrize("how", ["cut", "comma", "text"])
@pytest.mark.parametrize("body", [NOTE, b"{}", b"[]", b"12", b"7", b"-1.5e3", b"true", b"null", b'"a"', b"[1]\n"])
def test_malformed_json_is_never_json(how: Any, body: bytes) -> None:
    fault = MalformedJson(how=how)
    assert fault.fits(Outcome(200, {}, body), Request("GET", "/"))
    spoilt = fault.spoil(Outcome(200, {}, body), None).body  # type: ignore[arg-type]
    assert spoilt
    with pytest.raises(ValueError, match=r"."):
        json.loads(spoilt)
    assert fault.spoil(Outcome(200, {}, body), None).body == spoilt  # type: ignore[arg-type]


def test_malformed_json_keeps_status_and_headers(local: Sandbox) -> None:
    rule(local, "malformed_json")
    assert read(local) == Outcome(200, {"Content-Type": "application/json"}, NOTE[:-1])
    assert last(local).answer_body == NOTE[:-1]


def test_a_wrong_content_type_keeps_the_body(local: Sandbox) -> None:
    rule(local, "wrong_content_type")
    assert read(local) == Outcome(200, {"Content-Type": "text/html; charset=utf-8"}, NOTE)


@pytest.mark.parametrize("kind", ["truncated", "drip", "malformed_json", "wrong_content_type"])
def test_what_cannot_be_spoilt_is_no_match(local: Sandbox, kind: str) -> None:
    number = rule(local, kind)
    assert ask(local, "remove_note", note_id="1") == Outcome(204, {}, b"")
    assert (last(local).fault, local.faults.get(number).matches) == ("", 0)


def test_a_page_is_no_json_and_has_its_content_type_already(local: Sandbox) -> None:
    rule(local, "malformed_json")
    rule(local, "wrong_content_type")
    page = ask(local, "hello_page", name="Ann")
    assert (page.body, page.headers["Content-Type"]) == (b"<h1>Hello Ann</h1>", "text/html; charset=utf-8")


@pytest.mark.parametrize("kind", [name for name, each in kinds().items() if issubclass(each, AnswerKind)])
def test_each_kind_strikes_with_its_defaults_in_the_same_way_again(local: Sandbox, kind: str) -> None:
    settings = {"status": 503} if kind == "status" else {}
    number = rule(local, kind, **settings)
    first, second = read(local), read(local)
    assert first == second != Outcome(200, {"Content-Type": "application/json"}, NOTE)
    assert [each.fault for each in local.journal] == [kind, kind]
    assert (local.faults.get(number).matches, local.faults.get(number).strikes) == (2, 2)


def test_the_catalogue_says_what_a_person_needs() -> None:
    for each in described():
        assert each["says"].endswith(".")
        assert each["seen"].endswith(".")
        assert all(setting["description"] for setting in each["settings"].values())
        assert set(each["at"]) <= {"before", "after"} or each["at"] == ["event"]
    assert {"status", "lost_response", "bad_signature"} <= {each["kind"] for each in described()}


def test_no_setting_has_the_name_of_a_field_of_a_rule() -> None:
    own = {*Wish.__struct_fields__, *Rule.__dataclass_fields__, "ended"} - {"settings"}
    assert [(name, own & set(each.__struct_fields__)) for name, each in kinds().items()] == [
        (name, set()) for name in kinds()
    ]


def test_a_new_kind_is_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: Sandbox) -> None:
    """It is the documentation's own example."""
    [example] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "shouting.py").write_text(example, encoding="utf-8")
    monkeypatch.setattr(answers, "__path__", [*answers.__path__, str(tmp_path)])
    kinds.cache_clear()
    try:
        rule(local, "shouting", size=5)
        assert (read(local).body, last(local).fault) == (NOTE[:5].upper() + NOTE[5:], "shouting")
    finally:
        kinds.cache_clear()


def test_the_documentation_lists_each_kind_with_its_settings() -> None:
    rows = {row.split("`")[1]: row for row in DOCUMENT.splitlines() if row.startswith("| `")}
    missing = [
        (name, setting)
        for name, kind in kinds().items()
        for setting in ("", *kind.__struct_fields__)
        if name not in rows or f"`{setting}`" not in rows[name] + "``"
    ]
    assert missing == []
