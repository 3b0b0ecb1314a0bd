"""The README's commands work as printed, in their order, and answer what it shows."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import running_server

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(script: str, origin: str) -> str:
    """Run a block in a shell, against the test's server instead of the one that ``make serve`` starts."""
    command = script.replace("http://127.0.0.1:8080", origin)
    command = command.replace(".venv/bin/mockserver", f"{sys.executable} -m mockserver").replace("curl -s", "curl -sf")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_command_works_and_answers_what_is_shown() -> None:
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    shown = 0
    with running_server() as (origin, _):
        for (kind, script), (following, expected) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            if kind == "sh":
                said = run(script, origin)
            if kind == "sh" and following == "json":
                assert json.loads(said) == json.loads(expected)
                shown += 1
    assert shown == 4


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text(encoding="utf-8")))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (README.parent / link).exists()
