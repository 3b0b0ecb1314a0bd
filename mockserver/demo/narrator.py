"""Tells a run of a scenario on the terminal while it is played: steps, exchanges, and what changed by them.

Everything is read from the admin API: the journal, the run, and what differs from the snapshot before.
"""

import re
import shutil
import sys
import textwrap
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from typing import Any
from urllib.parse import unquote

import click
import requests

Data = Mapping[str, Any]

_WIDTH = min(max(shutil.get_terminal_size((110, 24)).columns, 60), 140)
_SHORTEST = 20
_REFUSED = 400
_PATIENCE = 70.0
_TELLING = (
    "status",
    "conclusion",
    "deactivated",
    "slot",
    "appointment_date",
    "points",
    "global_score",
    "first_name",
)
"""The fields whose change tells something of the story, of whatever vendor."""
_NAMING = ("external_id", "user_id", "session_id", "applicant_id", "email")
_LONG_ID = re.compile(r"[A-Za-z]{0,2}[0-9a-f]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BAR = 20
_CHANGE = "      = "


@dataclass(frozen=True)
class Manner:
    """How to tell: ``pace`` is the pause after each beat, in seconds."""

    pace: float
    colours: bool


class Narrator:
    """Tells what is new in a sandbox each time that ``catch_up`` is called; ``titles`` are vendors' names by id."""

    def __init__(self, admin: str, titles: Mapping[str, str], manner: Manner) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        self._admin = admin
        self._titles = titles
        self._manner = manner
        self._session = requests.Session()
        self._last = 0
        self._done = 0
        self._repeated: tuple[Any, ...] = ()
        self._before = self._read("/snapshot")

    def catch_up(self) -> None:
        """Tell all that has happened since the last time, in the order in which it did.

        What is on its way is let arrive first, so that nothing is told of half.
        """
        self._session.post(f"{self._admin}/clock", json={"advance": "0s"}, timeout=_PATIENCE)
        news = self._read(f"/journal?after={self._last}&limit=1000")["exchanges"]
        run = self._read("/run")
        steps = [(number, each) for number, each in enumerate(run["steps"]) if each["done"] and number >= self._done]
        if not news and not steps:
            return
        self._tell_in_order(news, deque(steps), len(run["steps"]))
        self._last = news[-1]["number"] if news else self._last
        self._done += len(steps)
        self._tell_changes()

    def say(self, text: str = "", **style: Any) -> None:
        """Print a line."""
        click.echo(click.style(text, **style) if style else text, color=self._manner.colours)

    def explain(self, text: str, **style: Any) -> None:
        """Print a paragraph."""
        self.say(textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  "), **style)

    def _tell_in_order(self, news: Sequence[Data], steps: deque[tuple[int, Data]], count: int) -> None:
        """Tell each step after the exchange that it waited for, and before what came of it or later."""
        trigger = 0
        for each in news:
            while steps:
                step = steps[0][1]
                trigger = max(trigger, step["exchange"] or 0)
                if each["number"] <= trigger or _instant(each["at"]) < _instant(step["done"]):
                    break
                self._tell_step(*steps.popleft(), count)
            self._tell_exchange(each)
        for number, step in steps:
            self._tell_step(number, step, count)

    def _tell_step(self, number: int, step: Data, count: int) -> None:
        filled = round(_BAR * (number + 1) / count)
        bar = "#" * filled + "." * (_BAR - filled)
        self.say(f"\n[{bar}] {number + 1}/{count}  {_instant(step['done']):%a %d %b %Y %H:%M}", bold=True)
        if step["says"]:
            self.explain(step["says"], bold=True)
        self._repeated = ()
        self._pause()

    def _tell_exchange(self, each: Data) -> None:
        out = each["direction"] == "out"
        title = self._titles.get(each["vendor"] or "", "nobody")
        name = (each["operation"] or "").partition(".")[2] or "nothing known"
        line = f"  {_instant(each['at']):%d %b %H:%M:%S}  client {'<--' if out else '-->'} {title:<19}"
        line += f"{each['status'] or 'none':>4}  {name}" + (f"  [fault: {each['fault']}]" if each["fault"] else "")
        good = 0 < each["status"] < _REFUSED
        where = f"  {each['method']} {_path(each['target'], each['vendor'])}"
        self.say(line + _cut(where, _WIDTH - len(line)), fg=("cyan" if out else "green") if good else "yellow")
        same = (each["operation"], each["status"])
        if same != self._repeated:
            self._pause()
        self._repeated = same

    def _tell_changes(self) -> None:
        found = self._read("/differences", self._before)["differences"]
        self._before = self._read("/snapshot")
        for each in found:
            told = _change(each)
            if told:
                title = self._titles.get(each["vendor"], each["vendor"])
                named = (each["after"].get(name) for name in _NAMING)
                key = next((name for name in named if isinstance(name, str)), each["key"])
                line = f"{title} {each['collection']} {_short(key)}: {told}"
                self.say(textwrap.fill(line, _WIDTH, initial_indent=_CHANGE, subsequent_indent=" " * 10), fg="magenta")

    def _pause(self) -> None:
        time.sleep(self._manner.pace)

    def _read(self, path: str, body: Any = None) -> Any:
        method = "GET" if body is None else "POST"
        answer = self._session.request(method, self._admin + path, json=body, timeout=_PATIENCE)
        answer.raise_for_status()
        return answer.json()


def _change(difference: Data) -> str:
    """Return what a difference says in words, empty if it tells nothing."""
    if difference["vendor"] is None or difference["change"] == "removed":
        return ""
    before, after = difference["before"], difference["after"]
    told = [name for name in _TELLING if after.get(name) is not None or before.get(name) is not None]
    if difference["change"] == "added":
        named = [name for name in told if after.get(name) not in (None, False)]
        return ", ".join(f"{name} {_value(after[name])}" for name in named)
    return ", ".join(f"{name} {_value(before.get(name))} -> {_value(after.get(name))}" for name in told)


def _value(value: Any) -> str:
    return "none" if value is None else _short(str(value)).lower() if isinstance(value, bool) else _short(str(value))


def _path(target: str, vendor: str | None) -> str:
    """Return the path of a request, without host, sandbox and vendor."""
    path = re.sub(r"^https?://[^/]+", "", target)
    return _short(unquote(re.sub(rf"^/sandbox/[^/]+/{vendor}", "", path))) or "/"


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text, nothing where too little of it would be left."""
    if len(text) <= most:
        return text
    return f"{text[: most - 3]}..." if most >= _SHORTEST else ""


def _short(text: str) -> str:
    """Return a text with long ids cut to their ends."""
    return _LONG_ID.sub(lambda found: f"{found[0][:4]}..{found[0][-4:]}", text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
