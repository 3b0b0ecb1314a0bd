"""A new vendor is a new folder; no existing file is edited."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.server import patient_session, running_server

FILES = {
    "__init__.py": '''
"""Tiny, a vendor of greetings."""
from dataclasses import dataclass

from marshmallow import Schema

from mockserver.core.errors import Unauthorized
from mockserver.core.fields import Text, WireSchema
from mockserver.core.operation import Answer, Api
from mockserver.core.sources import Json
from mockserver.core.state import State
from mockserver.core.vendor import Action, Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Settings:
    polite: bool = True


class Tiny(State):
    def __init__(self, sandbox):
        super().__init__("tiny", sandbox)
        self.greetings = self._collection("greetings", Greeting)

    def greet(self, *, text):
        return self.greetings.add(Greeting(id=self._mint(self.greetings, self.ids.hex), text=text))


class GreetingSchema(WireSchema):
    id = Text(dump_only=True)
    text = Text(required=True)


class GreetSchema(Schema):
    text = Text(required=True)


def caller(state, request):
    if request.headers.get("key") != "fake-tiny-key":
        raise Unauthorized("No key.")


api = Api("tiny", caller=caller, errors=lambda error, request: Answer({"wrong": error.message}, error.status))


@api.operation("POST", "/greetings", accepts=Json(GreetingSchema()), returns=GreetingSchema())
def create_greeting(state, data):
    """Say hello."""
    return Answer(state.greet(**data), 201)


vendor = Vendor(
    name="tiny",
    title="Tiny",
    plays="the vendor",
    package=__name__,
    state=Tiny,
    settings=Settings,
    api=api,
    credentials=lambda state: {"key": "fake-tiny-key"},
    actions=(Action("greet", Tiny.greet, GreetSchema(), "Somebody says hello."),),
)
''',
    "contract.yaml": """
openapi: 3.1.0
info: {title: Tiny, version: "1"}
paths:
  /greetings:
    post:
      operationId: create_greeting
      responses: {"201": {description: Said.}}
""",
}
LAUNCHER = """
import mockserver.vendors
from mockserver.cli import main
mockserver.vendors.__path__.append({folder!r})
main()
"""


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """A server that finds one more vendor beside its own, and fixtures for it alone."""
    package = tmp_path / "vendors" / "tiny"
    package.mkdir(parents=True)
    for name, text in FILES.items():
        (package / name).write_text(text, encoding="utf-8")
    fixtures = tmp_path / "greeted"
    fixtures.mkdir()
    (fixtures / "tiny.yaml").write_text("greetings: [{id: first, text: Hello}]", encoding="utf-8")
    launcher = tmp_path / "launcher.py"
    launcher.write_text(LAUNCHER.format(folder=str(package.parent)), encoding="utf-8")
    with running_server("--fixtures", str(fixtures), program=[str(launcher)]) as (address, _):
        yield address


def test_it_is_served_listed_documented_and_acted_upon(origin: str) -> None:
    admin = f"{origin}/__admin"
    sandbox = f"{admin}/sandboxes/default"
    with patient_session() as http:
        said = http.post(f"{origin}/tiny/greetings", json={"text": "Hi"}, headers={"key": "fake-tiny-key"}, timeout=20)
        assert (said.status_code, said.json()["text"]) == (201, "Hi")
        refused = http.post(f"{origin}/tiny/greetings", json={"text": "Hi"}, timeout=20)
        assert (refused.status_code, refused.json()) == (401, {"wrong": "No key."})
        acted = {"action": "tiny.greet", "arguments": {"text": "Salut"}}
        assert http.post(f"{sandbox}/actions", json=acted, timeout=20).status_code == 200
        held = read(http, f"{sandbox}/state/tiny/greetings")["entities"]
        assert [each["text"] for each in held] == ["Hello", "Hi", "Salut"]
        assert "tiny.create_greeting" in [each["id"] for each in read(http, f"{admin}/operations")]
        assert read(http, f"{sandbox}/credentials")["tiny"]["key"] == "fake-tiny-key"
        assert read(http, f"{sandbox}/settings")["tiny"] == {"polite": True}
        assert read(http, f"{admin}/documents/tiny.json")["info"]["title"] == "Tiny"


def read(http: requests.Session, url: str) -> Any:
    answer = http.get(url, timeout=20)
    assert answer.status_code == 200
    return answer.json()
