"""Pages of documentation whose shell blocks work as printed, in their order, in one shell."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "--- next ---"


def told(page: Path, origin: str, folder: Path) -> list[str]:
    """Run the shell blocks of a page in a folder; return what each printed. An answer that is shown must have come.

    A JSON block after a shell block shows a part of the last line that it prints: every value there is in the answer.
    """
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    scripts = [script for kind, script in blocks if kind == "sh"]
    script = f"echo; echo '{_MARK}'\n".join(scripts).replace("http://127.0.0.1:8080", origin)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("curl -s", "curl -sS --fail-with-body")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    said = done.stdout.split(_MARK)
    assert len(said) == len(scripts)
    following = [after for (kind, _), after in zip(blocks, [*blocks[1:], ("", "")], strict=True) if kind == "sh"]
    for answer, (kind, text) in zip(said, following, strict=True):
        if kind == "json":
            _check_shown(json.loads(text), last_value(answer), text)
    return said


def last_value(printed: str) -> Any:
    """Return the last of the JSON values that follow each other in an output."""
    decoder, rest, value = json.JSONDecoder(), printed.strip(), None
    while rest:
        value, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
    return value


def _check_shown(shown: Any, answer: Any, text: str) -> None:
    if isinstance(shown, dict):
        assert isinstance(answer, dict), text
        for name, value in shown.items():
            assert name in answer, f"{name} is not in the answer; shown is {text}"
            _check_shown(value, answer[name], text)
    elif isinstance(shown, list):
        assert len(shown) == len(answer), text
        for one, other in zip(shown, answer, strict=True):
            _check_shown(one, other, text)
    else:
        assert shown == answer, f"{answer!r} came; shown is {text}"
