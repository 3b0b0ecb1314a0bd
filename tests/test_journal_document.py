"""The commands of docs/journal.md work as printed, in their order, and answer what is shown."""

import json
import re
import subprocess
from pathlib import Path

from tests.server import running_server

PAGE = Path(__file__).parent.parent / "docs" / "journal.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- next ---"


def test_every_command_works_and_answers_what_is_shown(tmp_path: Path) -> None:
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    scripts = [script for kind, script in blocks if kind == "sh"]
    with running_server() as (origin, _):
        script = f"echo; echo '{MARK}'\n".join(scripts).replace("http://127.0.0.1:8080", origin)
        # An unknown user and an unknown path are part of the story; anything else that is refused is not.
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split(MARK)
    assert len(said) == len(scripts)
    following = [after for (kind, _), after in zip(blocks, [*blocks[1:], ("", "")], strict=True) if kind == "sh"]
    shown = [
        (json.loads(answer), json.loads(text))
        for answer, (kind, text) in zip(said, following, strict=True)
        if kind == "json"
    ]
    assert len(shown) == 2
    assert all(answer == expected for answer, expected in shown)
    _, filtered, waited, _, _, missed, _, again = said
    assert [each["number"] for each in json.loads(filtered)["exchanges"]] == [1]
    assert json.loads(waited)["reached"] is True
    assert json.loads(missed)["nearest"][0]["differences"][0]["expected"] == "users"
    assert json.loads((tmp_path / "journal.har").read_text())["log"]["version"] == "1.2"
    assert len((tmp_path / "journal.ndjson").read_text().splitlines()) == 3
    assert (tmp_path / "journal.sh").read_text().count("curl --globoff") == 3
    assert "tom" in again
