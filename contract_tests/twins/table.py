"""The table of twins, and the kill rate."""

from collections import Counter
from collections.abc import Iterator

from contract_tests.twins.catalogue import catalogue
from contract_tests.twins.running import Caught, Health
from mockserver.contract.verdict import DEFAULT_LEVEL

WANTED = 95.0
"""The least kill rate, in percent."""
PROVEN, NOT_PROVEN, FAILED = 0, 1, 4
"""Exit codes; ``FAILED`` is for the checking itself, which then says nothing of the checks."""
_MOST_BUGS = 3
_WEIGHTS = {
    "fails": f"caught by a finding that fails at the default level ({DEFAULT_LEVEL}): documents say or show the clause",
    "warns": "caught by one that only warns: public pages say the clause",
    "shown": "caught by one that is only shown: nobody says the clause",
}


class Table:
    """What came of all; ``verbose`` tells what was named besides what had to be."""

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._healthy: list[Health] = []
        self._caught: dict[str, Caught] = {}

    def add(self, found: Health | Caught) -> None:
        """Note a healthy subject, or a twin."""
        if isinstance(found, Health):
            self._healthy.append(found)
        else:
            self._caught[found.twin] = found

    @property
    def clean(self) -> bool:
        """Whether nothing was said against any healthy subject."""
        return all(each.clean for each in self._healthy)

    @property
    def rate(self) -> float:
        """The kill rate in percent: of the twins, those whose clause was named."""
        killed = sum(bool(each.clause) for each in self._caught.values())
        return 100 * killed / len(self._caught) if self._caught else 0.0

    @property
    def code(self) -> int:
        """The exit code: ``PROVEN`` if enough twins were caught and all healthy subjects are clean."""
        enough = self.rate >= WANTED if self._caught else bool(self._healthy)
        return FAILED if self._bugs() else PROVEN if enough and self.clean else NOT_PROVEN

    @property
    def bugs(self) -> str:
        """What went wrong with the checking itself, a few of the tracebacks; empty if nothing did."""
        found = self._bugs()
        more = [f"... and so for {len(found) - _MOST_BUGS} more."] if len(found) > _MOST_BUGS else []
        return "\n".join([*(f"{name}:\n{bug}" for name, bug in list(found.items())[:_MOST_BUGS]), *more])

    def text(self, seconds: float) -> str:
        """Return the table and the figures below it."""
        return "\n".join([*self._of_healthy(), *self._rows(), *self._figures(), self._says(seconds)])

    def _bugs(self) -> dict[str, str]:
        healthy = {each.name: each.bug for each in self._healthy if each.bug}
        return healthy | {name: each.bug for name, each in self._ordered().items() if each.bug}

    def _ordered(self) -> dict[str, Caught]:
        return {name: self._caught[name] for name in catalogue() if name in self._caught}

    def _of_healthy(self) -> Iterator[str]:
        for each in sorted(self._healthy, key=lambda each: each.name):
            yield f"healthy  {each.name:<33} {'clean' if each.clean else 'NOT CLEAN'}  {each.says}"
            yield from (f"         {against}" for against in each.against)
        if self._healthy:
            yield ""

    def _rows(self) -> Iterator[str]:
        for name, caught in self._ordered().items():
            twin = catalogue()[name]
            took = f" ({caught.seconds:.1f} s)" if self._verbose else ""
            yield f"{'yes' if caught.clause else 'NO':<4} {caught.weight:<6} {name}: {twin.wrong}{took}"
            yield f"            expected   {twin.clause}"
            yield f"            caught by  {caught.by or '-'}"
            if caught.broken:
                yield f"            broken     {' '.join(caught.broken.split())[:300]}"
            if caught.besides and (self._verbose or not caught.clause):
                yield f"            named      {', '.join(caught.besides)[:1000]}"
        if self._caught:
            yield ""

    def _figures(self) -> Iterator[str]:
        """Yield how many were caught: by vendor and kind, and by what the finding weighs; and who was not."""
        known = self._ordered()
        kinds = Counter(_kind(name) for name in known)
        killed = Counter(_kind(name) for name, each in known.items() if each.clause)
        for kind in sorted(kinds):
            yield f"{kind[0]:<18} {kind[1]:<7} {killed[kind]} of {kinds[kind]}"
        weights = Counter(each.weight for each in known.values() if each.clause)
        yield from (f"{weights[weight]:>4} {says}" for weight, says in _WEIGHTS.items() if weights[weight])
        for says, names in (
            ("not caught", [name for name, each in known.items() if not each.clause]),
            ("with a check that came to no end (broken)", [name for name, each in known.items() if each.broken]),
            ("not put to the end, since the checking itself failed", list(self._bugs())),
        ):
            yield from ([f"{len(names):>4} {says}: {', '.join(names)}"] if names else [])

    def _says(self, seconds: float) -> str:
        killed = sum(bool(each.clause) for each in self._caught.values())
        clean = sum(each.clean for each in self._healthy)
        healthy = f"healthy subjects clean: {clean} of {len(self._healthy)}" if self._healthy else "no healthy subject"
        twins = f"caught: {killed} of {len(self._caught)} twins, kill rate {self.rate:.1f}% (wanted: {WANTED:g}%)"
        found = f"{twins if self._caught else 'no twin'}; {healthy}"
        return f"{'PROVEN' if self.code == PROVEN else 'NOT PROVEN'}  {found}. {seconds:.0f} s."


def _kind(name: str) -> tuple[str, str]:
    return catalogue()[name].vendor, catalogue()[name].kind
