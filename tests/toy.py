"""A vendor made for the tests of the core: one operation for each thing that the core can do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from marshmallow import fields, validate
from msgspec import Meta

from mockserver.core.auth import same, sign_jwt
from mockserver.core.errors import ApiError, Conflict, Forbidden, Unauthorized
from mockserver.core.events import Call, Event, Proof
from mockserver.core.fields import Instant, Int, Text, WireSchema
from mockserver.core.fixtures import Fixtures
from mockserver.core.operation import Answer, Api, Html, Request
from mockserver.core.outbox import Attempt, Delivery
from mockserver.core.people import Person
from mockserver.core.progression import Progression, Step
from mockserver.core.sandbox import Boot, Limits
from mockserver.core.sandboxes import Sandboxes
from mockserver.core.settings import Ladder, steps
from mockserver.core.signing import hmac_sha256
from mockserver.core.sources import Cookies, Form, Headers, Json, Query
from mockserver.core.state import State, Surroundings
from mockserver.core.vendor import Action, Vendor

KEY = {"X-Toy-Key": "fake-toy-key"}
PLAIN = """\
keys: [{id: fake-toy-key}]
notes:
  - {id: 1, title: first, owner: ann, code: one}
  - {id: 2, title: second, owner: ann}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: int
    title: str
    owner: str | None = None
    code: str | None = None
    secret: str | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    loud: Annotated[bool, Meta(description="True lets the titles of new notes end in an exclamation mark.")] = False
    mood: Annotated[Literal["calm", "wild"], Meta(description="How notes are told.")] = "calm"
    most: Annotated[int, Meta(ge=1, le=10, description="How many notes an owner may have.")] = 5
    hook: Annotated[str, Meta(description="Where to tell of new notes.")] = ""
    hook_retries: Annotated[Ladder, Meta(description="When to tell again.")] = ("5s", "1m")


class Toy(State):
    def __init__(self, sandbox: Surroundings) -> None:
        super().__init__("toy", sandbox)
        self.keys = self._collection("keys", Key)
        self.notes = self._collection("notes", Note, unique=("code",), index=("owner",))

    @property
    def settings(self) -> Settings:
        settings: Settings = self._sandbox.settings_of(self.vendor)
        return settings

    def write(self, **values: Any) -> Note:
        note = self.notes.add(Note(id=self._mint(self.notes, self.ids.number), **values))
        if self.settings.loud:
            note = self.notes.save(replace(note, title=f"{note.title}!"))
        self.tell("note_written", note_id=note.id)
        return note

    def remind(self, note_id: int, title: str, due: datetime) -> Note:
        """Rename a note later."""
        self.plan("rename", due, f"note {note_id}", note_id=note_id, title=title)
        return self.notes.get(note_id)

    def rename(self, note_id: int, title: str) -> Note:
        return self.notes.save(replace(self.notes.get(note_id), title=title))

    def slip(self) -> Note:
        """Change something, then fail as a defect would."""
        self.write(title="never kept")
        raise RuntimeError("it slipped")

    def stumble(self) -> Note:
        """Change something of everything, then refuse."""
        self.write(title="half", owner="bob", code="half")
        self.rename(1, "renamed")
        self.notes.remove(1)
        raise Conflict("It stumbled.")


def key_holder(state: Toy, request: Request) -> str:
    given = request.headers.get("x-toy-key", "")
    if not given:
        raise Unauthorized("No key.", headers={"WWW-Authenticate": "Toy"})
    if not any(same(given, key.id) for key in state.keys):
        raise Forbidden("A wrong key.", code="WRONG_KEY")
    return given


def envelope(error: ApiError, request: Request) -> Answer:
    body = {"refused": error.status, "code": error.code, "why": error.message, "fields": error.fields}
    return Answer(body, error.status, {"X-Toy": "refusal"})


def error_page(error: ApiError, request: Request) -> Answer:
    return Answer(Html(f"<h1>{error.status}</h1>"), error.status)


def broken_envelope(error: ApiError, request: Request) -> Answer:
    raise RuntimeError("the envelope itself fails")


class NoteSchema(WireSchema):
    id = Int(dump_only=True)
    title = Text(required=True, validate=validate.Length(1, 100))
    owner = Text()
    code = Text()
    secret = Text(load_only=True)
    due = Instant()


class PartSchema(WireSchema):
    name = Text(required=True)
    size = Int(data_key="partSize")


class DeepSchema(WireSchema):
    part = fields.Nested(PartSchema)
    parts = fields.List(fields.Nested(PartSchema))
    value = Text()
    pairs = fields.Dict(keys=Text(), values=Int())


class PickSchema(WireSchema):
    """What a query or a form says."""

    name = fields.Str(required=True)
    size = fields.Int(data_key="pickSize")
    tags = fields.List(fields.Str(), data_key="tag")


class HeaderSchema(WireSchema):
    trace = fields.Str(data_key="x-trace", required=True)


class CookieSchema(WireSchema):
    session = fields.Str(required=True)


api = Api("toy", caller=key_holder, errors=envelope)


@api.operation("POST", "/notes/", accepts=Json(NoteSchema()), returns=NoteSchema())
def write_note(state: Toy, data: dict[str, Any]) -> Answer:
    """Write a note.

    The rest of the docstring is for readers of the code.
    """
    note = state.write(**data)
    return Answer(note, 201, {"Location": state.url(f"/notes/{note.id}")})


@api.operation("GET", "/notes/{noteId}", returns=NoteSchema())
def read_note(state: Toy, note_id: str) -> Answer:
    """Read a note."""
    return Answer(state.notes.get(int(note_id)))


@api.operation("PATCH", "/notes/{noteId}", accepts=Json(NoteSchema(partial=True)), returns=NoteSchema())
def change_note(state: Toy, note_id: str, data: dict[str, Any]) -> Answer:
    """Change a note."""
    return Answer(state.notes.save(replace(state.notes.get(int(note_id)), **data)))


@api.operation("DELETE", "/notes/{noteId}")
def remove_note(state: Toy, note_id: str) -> Answer:
    """Remove a note."""
    state.notes.remove(int(note_id))
    return Answer(None, 204)


@api.operation("POST", "/deep", accepts=Json(DeepSchema()))
def read_deep(state: Toy, data: dict[str, Any]) -> Answer:
    """Echo what was read."""
    return Answer(data)


@api.operation("POST", "/optional", accepts=Json(NoteSchema(partial=True), optional=True))
def read_optional(state: Toy, data: dict[str, Any]) -> Answer:
    """Echo what was read, if anything."""
    return Answer(data)


@api.operation("GET", "/query", accepts=Query(PickSchema()))
def read_query(state: Toy, data: dict[str, Any]) -> Answer:
    """Echo the query."""
    return Answer(data)


@api.operation("POST", "/form", accepts=Form(PickSchema()))
def read_form(state: Toy, data: dict[str, Any]) -> Answer:
    """Echo the form."""
    return Answer(data)


@api.operation("POST", "/all", accepts=[Headers(HeaderSchema()), Cookies(CookieSchema()), Json(NoteSchema())])
def read_all(state: Toy, data: dict[str, Any], caller: str) -> Answer:
    """Echo what came from every side, and who is calling."""
    return Answer({**data, "caller": caller})


@api.operation("GET", "/files/{path}", greedy=["path"])
def read_file(state: Toy, path: str) -> Answer:
    """Give bytes as they are."""
    return Answer(path.encode() + b"\x00\xff", headers={"Content-Type": "application/octet-stream"})


@api.operation("POST", "/stumble")
def stumble(state: Toy) -> Answer:
    """Refuse half way."""
    return Answer(state.stumble())


@api.operation("POST", "/fail")
def fail(state: Toy) -> Answer:
    """Fail half way, as a defect would."""
    return Answer(state.slip())


@api.operation("GET", "/refuse-badly", errors=broken_envelope)
def refuse_badly(state: Toy) -> Answer:
    """Refuse with an envelope that fails."""
    raise Conflict("Refused.")


@api.page("GET", "/hello/{name}", errors=error_page)
def hello_page(state: Toy, name: str) -> Answer:
    """Greet a person."""
    return Answer(Html(f"<h1>Hello {name}</h1>"))


@api.page("POST", "/closed", errors=error_page)
def closed_page(state: Toy) -> Answer:
    """Refuse a person."""
    raise Forbidden("Closed.")


class RenameSchema(WireSchema):
    note_id = Int(required=True)
    title = Text(required=True)


class WriteSchema(WireSchema):
    title = Text(required=True)


class RemindSchema(RenameSchema):
    due = Instant(required=True)


def note_calls(state: Toy, note_id: int) -> Iterator[Call]:
    if state.settings.hook:
        title = state.notes.get(note_id).title
        yield Call(state.settings.hook, msgspec.json.encode({"id": note_id, "title": title}), key=str(note_id))


def note_headers(state: Toy, delivery: Delivery, at: datetime) -> dict[str, str]:
    state.notes.get(int(delivery.key))
    return {"X-Toy-At": at.isoformat(), "X-Toy-Sign": hmac_sha256("fake-toy-key", delivery.body)}


def note_told(state: Toy, delivery: Delivery, attempt: Attempt) -> None:
    note = state.notes.find(id=int(delivery.key))
    if note is not None:
        state.notes.save(replace(note, owner=f"{delivery.stage} {attempt.status}"))


def proves_note(state: Toy, request: Request) -> Proof | None:
    given = request.headers.get("x-toy-sign")
    if given is None:
        return None
    return Proof(given == hmac_sha256("fake-toy-key", request.body), "By the toy's key.")


EVENTS = [
    Event(
        name="note_written",
        says="A note was written.",
        calls=note_calls,
        headers=note_headers,
        retries=lambda state: steps(state.settings.hook_retries),
        proofs=lambda state: ["X-Toy-Sign"],
        proves_body=True,
        answered=note_told,
    )
]
PROGRESSIONS = [
    Progression(
        operation="read_note",
        collection="notes",
        reads=lambda state, note_id: [int(note_id)],
        follows=lambda state, note: (
            Step("rename", {"note_id": note.id, "title": f"{note.title}+"}) if len(note.title) < 8 else None
        ),
    )
]


def token(state: Toy, claims: Mapping[str, Any] | None = None) -> str:
    return sign_jwt({"exp": (state.now() + timedelta(minutes=5)).timestamp(), **(claims or {})}, "short")


def generate(people: Sequence[Person]) -> Mapping[str, Any]:
    notes = [{"id": each.number, "title": each.first_name, "owner": each.email} for each in people]
    return {"keys": [Key(id="fake-toy-key")], "notes": notes}


vendor = Vendor(
    name="toy",
    title="Toy",
    plays="whatever the core can do",
    package="tests",
    state=Toy,
    settings=Settings,
    api=api,
    credentials=lambda state: {"key": next((key.id for key in state.keys), "")},
    actions=[
        Action("write", Toy.write, WriteSchema(), "Write a note."),
        Action("remind", Toy.remind, RemindSchema(), "Rename a note later."),
        Action("rename", Toy.rename, RenameSchema(), "Rename a note."),
        Action("stumble", Toy.stumble, WireSchema(), "Refuse half way."),
        Action("slip", Toy.slip, WireSchema(), "Fail half way, as a defect would."),
    ],
    events=EVENTS,
    proves=proves_note,
    progressions=PROGRESSIONS,
    generate=generate,
    token=token,
    secrets=frozenset({"authorization", "X-Toy-Key", "secret", "keys.id"}),
)


def write_set(folder: Path, name: str = "plain", *, toy: str = PLAIN, about: str = "", ending: str = "yaml") -> Path:
    """Write a fixture set and return its folder."""
    path = folder / name
    path.mkdir(parents=True)
    (path / f"toy.{ending}").write_text(toy, encoding="utf-8")
    if about:
        (path / "set.yaml").write_text(about, encoding="utf-8")
    return path


def toy_sandboxes(folder: Path, limits: Limits | None = None, **boot: Any) -> Sandboxes:
    """Return sandboxes with this vendor over the fixture sets in a folder, the clock frozen unless told otherwise."""
    chosen = Boot(**{"fixtures": "plain", "clock": "2025-05-15T10:00:00Z", **boot})
    return Sandboxes([vendor], Fixtures([folder]), chosen, origin="http://mock.test", limits=limits)
