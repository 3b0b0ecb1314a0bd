"""Fixture sets: folders of seed data, one file a vendor, loaded at boot and at reset."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mockserver.core.errors import BadRequest
from mockserver.plain_yaml import read_yaml


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head of a set, its ``set.yaml``: what it is for, and how its sandboxes start unless told otherwise."""

    title: str = ""
    clock: str | None = None
    seed: int | None = None
    settings: dict[str, dict[str, Any]] = {}


class FixtureSet:
    """One folder; its files are read once and are the same for every sandbox that boots from it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.path = path
        self.head = path / "set.yaml"
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._about: About | None = None

    @property
    def about(self) -> About:
        """What its head says; a set without one has no wishes."""
        if self._about is None:
            try:
                self._about = msgspec.convert(_read(self.head), About) if self.head.exists() else About()
            except msgspec.ValidationError as error:
                raise BadRequest(f"{self.head}: {error}") from None
        return self._about

    def file(self, vendor: str) -> Path | None:
        """Return the vendor's file, YAML or (faster for large sets) JSON; None if the set seeds nothing for it."""
        candidates = (self.path / f"{vendor}{ending}" for ending in (".json", ".yaml"))
        return next((path for path in candidates if path.exists()), None)

    def rows(self, vendor: str) -> Mapping[str, Any]:
        """Return ``{collection: [entity, ...]}``; raise ``BadRequest`` that names the file and the line."""
        if vendor not in self._rows:
            path = self.file(vendor)
            self._rows[vendor] = _read(path) if path else {}
        return self._rows[vendor]


class Fixtures:
    """The sets to be had by name: every folder below the given ones, the first of a name counting."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._sets: dict[str, FixtureSet] = {}
        for folder in folders:
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.is_dir() and not path.name.startswith((".", "_")):
                    self._sets.setdefault(path.name, FixtureSet(path))

    def __iter__(self) -> Any:
        return iter(self._sets.values())

    def add(self, path: Path) -> FixtureSet:
        """Make a folder from elsewhere known by its name, over a set that had it."""
        if not path.is_dir():
            raise BadRequest(f"{path} is no folder of fixtures.")
        added = FixtureSet(path.resolve())
        self._sets[added.name] = added
        return added

    def get(self, name: str) -> FixtureSet:
        """Return a set by name; raise ``BadRequest`` that lists the known ones."""
        found = self._sets.get(name)
        if found is None:
            message = f"There is no fixture set {name!r}; known are {', '.join(sorted(self._sets)) or 'none'}."
            raise BadRequest(message, fields={"fixtures": [message]})
        return found


def _read(path: Path) -> Mapping[str, Any]:
    try:
        data = msgspec.json.decode(path.read_bytes()) if path.suffix == ".json" else _read_yaml(path)
    except (OSError, ValueError, RecursionError, yaml.YAMLError, msgspec.MsgspecError) as error:
        raise BadRequest(f"{path}: {error}") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BadRequest(f"{path}: a mapping is expected at the top.")
    return data


def _read_yaml(path: Path) -> Any:
    with path.open(encoding="utf-8") as stream:
        return read_yaml(stream)
