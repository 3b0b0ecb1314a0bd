"""The scenarios to be had by name: the files of a folder."""

from collections.abc import Iterator
from pathlib import Path

from mockserver.core.errors import NotFound


class Library:
    """Scenario files by name, which is their path below the folder without its ending."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files()))

    def text(self, name: str) -> str:
        """Return a scenario as it is written; raise ``NotFound`` that tells the names."""
        files = self._files()
        if name not in files:
            known = ", ".join(sorted(files)) or "none"
            raise NotFound(f"There is no scenario {name!r}; known are {known}.", field="scenario")
        return files[name].read_text(encoding="utf-8")

    def _files(self) -> dict[str, Path]:
        if self._folder is None:
            return {}
        found = self._folder.rglob("*.yaml")
        return {path.relative_to(self._folder).with_suffix("").as_posix(): path for path in found}
