"""Rules that hold for the text of the code: one source of time and chance, no vendor in the core, small pieces."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver

ROOT = Path(mockserver.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
VENDORS = sorted(path.name for path in (ROOT / "vendors").iterdir() if (path / "__init__.py").exists())
SOURCES = {ROOT / "core" / name for name in ("clock.py", "ids.py", "people.py")}
# It names its sandboxes on servers that others name theirs on at the same time.
SOURCES |= {ROOT / "checks" / "watch.py"}
CHANCE = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|gmtime|localtime|ctime)"
    r"|uuid[1345]|urandom|secrets\.(token|choice|rand)|faker)\b"
    r"|\brandom\.|\b(import|from) (random|secrets|faker)\b|\bfrom time\b",
    re.IGNORECASE,
)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("text", ["datetime.now(UTC)", "time.time()", "x = uuid4()", "random.choice", "import random"])
def test_the_pattern_finds_time_and_chance(text: str) -> None:
    assert CHANCE.search(text)


def test_time_and_chance_come_from_the_clock_the_ids_and_the_people_only() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in MODULES
        if path not in SOURCES
        for number, line in enumerate(lines(path), 1)
        if CHANCE.search(line)
    ]
    assert found == []


def test_nothing_outside_the_vendors_names_one() -> None:
    names = re.compile("|".join(VENDORS), re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in MODULES
        if (ROOT / "vendors") not in path.parents
        for number, line in enumerate(lines(path), 1)
        if names.search(line)
    ]
    assert len(VENDORS) >= 4
    assert found == []


def test_the_environment_is_read_in_one_place() -> None:
    reading = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if re.search(r"\b(environ\b(?!:)|getenv)", path.read_text("utf-8"))
    ]
    assert [each for each in reading if not each.startswith("fronts/")] == ["config.py"]


def test_a_module_has_at_most_300_lines() -> None:
    assert [str(path) for path in MODULES if len(lines(path)) > 300] == []


def test_a_function_has_at_most_40_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{each.name}"
        for path in MODULES
        for each in functions(path)
        if (each.end_lineno or 0) - each.lineno >= 40
    ]
    assert long == []


def test_no_module_is_called_by_what_it_is_not() -> None:
    assert not {path.stem for path in MODULES} & {"utils", "util", "helpers", "common", "base", "manager", "misc"}
