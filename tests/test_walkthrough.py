"""The stories of docs/walkthrough.md work as printed."""

import re
from pathlib import Path

from tests.server import running_server
from tests.story import told

PAGE = Path(__file__).parent.parent / "docs" / "walkthrough.md"


def test_the_four_stories_reach_their_results(tmp_path: Path) -> None:
    with running_server() as (origin, _):
        said = told(PAGE, origin, tmp_path)
    [polled] = [each for each in said if "get_session_status" in each]
    statuses = re.findall(r'"status":"([^"]+)"', polled)
    assert statuses == ["Scheduled"] * 2 + ["In Progress"] * 2 + ["Processing"] * 4 + ["Closed"]
    assert "curl" in (tmp_path / "tour.sh").read_text(encoding="utf-8")
    assert (tmp_path / "tour.json").stat().st_size > 1000
