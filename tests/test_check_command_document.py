"""The commands of docs/checking.md that run a client print what the page shows."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest

from tests.story import BLOCK

pytestmark = pytest.mark.checks

ROOT = Path(__file__).parent.parent
BLOCKS = BLOCK.findall((ROOT / "docs" / "checking.md").read_text(encoding="utf-8"))
SHOWN = [
    (said.strip(), output)
    for (kind, said), (after, output) in pairwise(BLOCKS)
    if (kind, after) == ("sh", "text") and "--command" in said
]


def timeless(output: str) -> str:
    """Replace what differs from run to run: ports, headers of a Node's own, figures that each new clause moves."""
    output = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", output)
    output = re.sub(r" -H '(accept-language|sec-fetch-mode): [^']*'", "", output)
    return re.sub(r"(?m)^Coverage: .*$", lambda line: re.sub(r"[\d.]+", "N", line[0]), output)


def test_the_page_shows_a_node_script_and_a_shell_script() -> None:
    assert [command.split()[-2] for command, _ in SHOWN] == [
        '"node',
        "tests/subjects/book.mjs",
        "tests/subjects/invite.sh",
    ]


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_prints_what_is_shown(command: str, output: str) -> None:
    if "node" in command and which("node") is None:
        pytest.skip("node is not installed")
    done = subprocess.run(
        command.replace("mockserver", f'"{sys.executable}" -m mockserver', 1),
        shell=True,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=ROOT,
    )
    assert timeless(done.stdout) == timeless(output)
    assert done.returncode == (1 if "NOT KEPT" in output else 0)
