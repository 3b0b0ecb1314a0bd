"""Writing fixture sets of any size: the same made-up people at every vendor."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mockserver.core.people import people
from mockserver.core.vendor import Vendor


def write_set(folder: Path, vendors: Sequence[Vendor], users: int, seed: int, kind: str) -> Iterator[Path]:
    """Write one file a vendor, ``kind`` yaml or json, and the set's head; yield each path when it is written."""
    crowd = list(people(seed, users))
    folder.mkdir(parents=True, exist_ok=True)
    yield _write(folder / "set.yaml", {"title": f"{users} generated people, seed {seed}"})
    for vendor in vendors:
        if vendor.generate is not None:
            yield _write(folder / f"{vendor.name}.{kind}", vendor.generate(crowd))


def _write(path: Path, data: Mapping[str, Any]) -> Path:
    if path.suffix == ".json":
        path.write_bytes(msgspec.json.encode(data))
    else:
        plain = msgspec.to_builtins(data)
        path.write_text(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
