"""The journal for other tools: HAR that fits its schema, NDJSON, and curl commands that make the same request again."""

import base64
import json
import shutil
import subprocess
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from mockserver.admin.exports import curl, har, script
from mockserver.admin.redaction import describe
from tests.core.test_journal import exchange
from tests.server import RemoteSandbox
from tests.test_admin import FROZEN, KEY, ask

frozen = pytest.mark.boot(**FROZEN)
ORIGIN = "https://mock.example:8443"


def array(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def obj(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object that has these members; of HAR's own, and others that start with an underscore."""
    members = {**required, **(optional or {}), "comment": TEXT}
    return {
        "type": "object",
        "required": list(required),
        "properties": members,
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


TEXT, SIZE = {"type": "string"}, {"type": "integer", "minimum": -1}
DURATION = {"type": "number", "minimum": 0}
PAIRS = array(obj({"name": TEXT, "value": TEXT}))
MESSAGE = {"httpVersion": TEXT, "cookies": PAIRS, "headers": PAIRS, "headersSize": SIZE, "bodySize": SIZE}
REQUEST = obj(
    {"method": TEXT, "url": {"type": "string", "format": "uri"}, "queryString": PAIRS, **MESSAGE},
    {"postData": obj({"mimeType": TEXT, "text": TEXT})},
)
CONTENT = obj({"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT}, {"text": TEXT, "encoding": TEXT})
RESPONSE = obj({"status": {"type": "integer"}, "statusText": TEXT, "content": CONTENT, "redirectURL": TEXT, **MESSAGE})
ENTRY = obj(
    {
        "startedDateTime": {"type": "string", "format": "date-time"},
        "time": DURATION,
        "request": REQUEST,
        "response": RESPONSE,
        "cache": {"type": "object"},
        "timings": obj({"send": DURATION, "wait": DURATION, "receive": DURATION}),
    }
)
HAR = obj(
    {
        "log": obj(
            {"version": {"const": "1.2"}, "creator": obj({"name": TEXT, "version": TEXT}), "entries": array(ENTRY)}
        )
    }
)
VALIDATOR = Draft202012Validator(HAR, format_checker=Draft202012Validator.FORMAT_CHECKER)


def entry(**changes: Any) -> dict[str, Any]:
    """Return the one entry of the archive of an exchange, which must be valid."""
    archive = json.loads(har([describe(exchange(1, **changes), frozenset({"token"}), whole=True)], ORIGIN))
    VALIDATOR.validate(archive)
    [made] = archive["log"]["entries"]
    assert isinstance(made, dict)
    return made


def exported(sandbox: RemoteSandbox, **params: Any) -> requests.Response:
    answer = ask(sandbox, "GET", "/journal/export", params=params)
    assert answer.status_code == 200
    return answer


def test_the_schema_of_the_archive_refuses_what_is_none() -> None:
    good = json.loads(har([describe(exchange(1), frozenset(), whole=True)], ORIGIN))
    del good["log"]["entries"][0]["response"]["redirectURL"]
    assert not VALIDATOR.is_valid(good)


def test_an_archive_tells_requests_and_answers() -> None:
    made = entry(
        method="POST",
        target="/toy/notes/?a=%20b&token=fake-secret",
        request_headers="host: mock.example:8443\ncontent-type: application/json\ncookie: a=1; b=2",
        request_body=b'{"a": 1, "token": "fake-secret"}',
        status=201,
        answer_headers="Content-Type: application/json\nLocation: /x?token=fake-secret\nSet-Cookie: c=3; Path=/",
        answer_body="é".encode(),
        fault="delay",
    )
    request, response = made["request"], made["response"]
    assert made["startedDateTime"] == "2025-05-15T00:00:00Z"
    assert request["url"] == f"{ORIGIN}/toy/notes/?a=+b&token=***"
    assert request["queryString"] == [{"name": "a", "value": " b"}, {"name": "token", "value": "***"}]
    assert request["cookies"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]
    assert request["postData"] == {"mimeType": "application/json", "text": '{"a":1,"token":"***"}'}
    assert (response["status"], response["statusText"], response["redirectURL"]) == (201, "Created", "/x?token=***")
    assert response["content"] == {"size": 2, "mimeType": "application/json", "text": "é"}
    assert response["cookies"] == [{"name": "c", "value": "3"}]
    assert (made["_number"], made["_operation"], made["_fault"]) == (1, "toy.read_note", "delay")
    assert "fake-secret" not in json.dumps(made)


def test_bytes_that_are_no_text_are_base64_in_an_archive() -> None:
    made = entry(request_body=b"\xff\x00", answer_body=b"\x00\xfe\xff")
    assert base64.b64decode(made["request"]["postData"]["text"]) == b"\xff\x00"
    assert made["request"]["postData"]["_encoding"] == "base64"
    content = made["response"]["content"]
    assert (base64.b64decode(content["text"]), content["encoding"], content["size"]) == (b"\x00\xfe\xff", "base64", 3)


def test_an_exchange_that_went_out_unanswered_is_archived_with_its_whole_address() -> None:
    made = entry(direction="out", target="https://hook.example/é?a=b", status=0, error="Refused.")
    assert made["request"]["url"] == "https://hook.example/%C3%A9?a=b"
    assert (made["response"]["status"], made["response"]["statusText"]) == (0, "")
    assert (made["_direction"], made["_error"]) == ("out", "Refused.")


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, f"{ORIGIN}/"),
        ({"request_headers": "host: mock.example:8443"}, f"{ORIGIN}/"),
        ({"request_headers": "host: localhost:80"}, "http://localhost:80/"),
        ({"target": "/a?b=\xff"}, f"{ORIGIN}/a?b=%FF"),
    ],
)
def test_an_address_is_where_the_client_called(changes: dict[str, Any], url: str) -> None:
    assert entry(**changes)["request"]["url"] == url


@frozen
def test_the_journal_is_exported_as_a_file_with_the_same_filters(sandbox: RemoteSandbox) -> None:
    for path in ("/youtestme/users/1?secret=fake-secret", "/youtestme/users/2", "/nowhere"):
        sandbox.get(path, headers=KEY)
    archive = exported(sandbox)
    assert archive.headers["Content-Type"] == "application/json"
    assert archive.headers["Content-Disposition"] == f'attachment; filename="journal-{sandbox.name}.har"'
    VALIDATOR.validate(archive.json())
    assert [each["_number"] for each in archive.json()["log"]["entries"]] == [1, 2, 3]
    lines = exported(sandbox, format="ndjson", vendor="youtestme")
    assert lines.headers["Content-Disposition"].endswith('.ndjson"')
    assert [json.loads(line) for line in lines.text.splitlines()] == [
        sandbox.admin("GET", f"/journal/{number}") for number in (1, 2)
    ]
    commands = exported(sandbox, format="curl", order="newest", limit=2)
    assert commands.headers["Content-Disposition"].endswith('.sh"')
    assert [line for line in commands.text.splitlines() if line.startswith("#")] == [
        "# 3 2026-01-31T09:00:00Z unmatched 404",
        "# 2 2026-01-31T09:00:00Z youtestme.get_user 404",
    ]


@pytest.mark.parametrize("path", ["/journal/export?format=har", "/journal/export?format=ndjson", "/journal/1/curl"])
def test_secrets_are_masked_unless_they_are_asked_for(sandbox: RemoteSandbox, path: str) -> None:
    sandbox.get("/youtestme/users/1", headers=KEY)
    masked = ask(sandbox, "GET", path).text
    assert KEY["X-API-Key"] not in masked
    assert "***" in masked
    shown = ask(sandbox, "GET", f"{path}{'&' if '?' in path else '?'}secrets=shown").text
    assert KEY["X-API-Key"] in shown
    assert "***" not in shown


REPLAYS: list[tuple[str, str, dict[str, str], bytes]] = [
    ("GET", "/youtestme/users/1", {}, b""),
    ("GET", "/youtestme/users/1?a=%20b&c='\"$HOME`id`[1-2]{x,y}", {"X-Note": 'it\'s "$HOME" `id` \\n !'}, b""),
    ("GET", "/youtestme/users/%C3%A9/%2e%2E", {"X-Empty": "", "X-Utf8": "é".encode().decode("latin-1")}, b""),
    ("HEAD", "/youtestme/users/1", {}, b""),
    ("DELETE", "/nowhere", {}, b""),
    ("POST", "/youtestme/users/", {"Content-Type": "application/json"}, b'{"a": "it\'s $HOME `id` \\\\ \xc3\xa9"}'),
    ("POST", "/youtestme/users/", {}, b"no content type"),
    ("PUT", "/youtestme/users/1", {"Content-Type": "text/plain"}, b"@/etc/passwd"),
    ("PUT", "/youtestme/users/1", {"Content-Type": "text/plain"}, b"line\nline\r\n\x1b[31m\n"),
    ("PATCH", "/youtestme/users/1", {"Content-Type": "application/octet-stream"}, bytes(range(256))),
    ("POST", "/youtestme/users/", {"Content-Type": "text/plain"}, b"x" * 200_000),
    ("POST", "/youtestme/users/", {"Content-Type": "application/octet-stream"}, b"\xff" * 200_000),
]


@pytest.mark.parametrize("shell", ["bash", "dash"])
@pytest.mark.parametrize(
    ("method", "path", "headers", "body"), REPLAYS, ids=[f"{each[0]} {each[1]} {each[3][:20]!r}" for each in REPLAYS]
)
def test_a_command_makes_the_same_request_again(
    sandbox: RemoteSandbox, shell: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"There is no {shell} here.")
    call = requests.Request(method, sandbox.url("/"), headers={**KEY, **headers}, data=body or None).prepare()
    call.url = sandbox.url(path)
    sandbox.http.send(call, timeout=20)
    command = ask(sandbox, "GET", "/journal/1/curl", params={"secrets": "shown"}).content.decode()
    run = subprocess.run([shell, "-e"], input=command.encode(), capture_output=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr
    first, second = (described(sandbox, number) for number in (1, 2))
    assert first == second


def described(sandbox: RemoteSandbox, number: int) -> dict[str, Any]:
    """Return an exchange without what no two calls share."""
    made: dict[str, Any] = sandbox.admin("GET", f"/journal/{number}")
    headers = made["request"]["headers"]
    kept = {name: value for name, value in headers.items() if name not in {"connection", "content-length"}}
    return {**made, "number": 0, "at": "", "request": {**made["request"], "headers": kept}}


def test_a_script_makes_every_request_again(sandbox: RemoteSandbox) -> None:
    for number in (1, 2, 3):
        sandbox.put(f"/youtestme/users/{number}", headers=KEY, json={"username": f"a\nb{number}"})
    commands = exported(sandbox, format="curl", secrets="shown").text
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], capture_output=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr
    assert [described(sandbox, number) for number in (1, 2, 3)] == [described(sandbox, number) for number in (4, 5, 6)]


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET; id"},
        {"target": "/a;id?'$(id)'"},
        {"request_headers": "x'; id; ': 1\n@file: 2\nx-a: '$(id)'"},
        {"request_body": b"'; id; '"},
        {"direction": "out", "target": "https://hook.example/'; id; '"},
    ],
)
def test_a_command_lets_nothing_of_the_request_reach_the_shell(changes: dict[str, Any]) -> None:
    command = curl(describe(exchange(1, **changes), frozenset(), whole=True), ORIGIN)
    split = subprocess.run(
        ["bash", "-c", f"curl() {{ printf '%s\\n' \"$#\"; }}; {command}"],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert split.stdout.strip().isdigit()
    assert "@file" not in command


def test_a_comment_of_a_script_is_one_line() -> None:
    shown = describe(exchange(1, operation=""), frozenset(), whole=True)
    assert script([shown, shown], ORIGIN).decode().count("# 1 2025-05-15T00:00:00Z unmatched 200\n") == 2
