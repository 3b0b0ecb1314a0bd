"""What was done at a server, written down while it goes on: nothing is lost if the process is."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from mockserver.contract.evidence import Check
from mockserver.contract.observed import Finding, Observed


class Records:
    """A file of JSON objects, one a line, each with one of the keys exchange, finding, check and note.

    The values are those of ``mockserver.contract``, as msgspec writes them. Without a path nothing is written.
    """

    def __init__(self, path: str | None) -> None:
        self._file: BinaryIO | None = Path(path).open("ab") if path else None  # noqa: SIM115 - closed by close

    def exchanges(self, exchanges: Sequence[Observed]) -> None:
        """Write what was sent and answered."""
        self._write("exchange", exchanges)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Write what the judge found."""
        self._write("finding", findings)

    def checks(self, checks: Sequence[Check]) -> None:
        """Write what was checked."""
        self._write("check", checks)

    def notes(self, notes: Sequence[str]) -> None:
        """Write what a reader must know besides."""
        self._write("note", notes)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, key: str, values: Sequence[object]) -> None:
        if self._file is not None:
            for each in values:
                self._file.write(msgspec.json.encode({key: each}) + b"\n")
            self._file.flush()
