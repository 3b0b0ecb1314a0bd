"""The table of twins, and the kill rate."""

from collections import Counter
from collections.abc import Iterator

from contract_tests.twins.catalogue import catalogue
from contract_tests.twins.running import Caught, Health


class Table:
    """What came of all; ``verbose`` tells what was named besides what had to be."""

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._healthy: list[Health] = []
        self._caught: dict[str, Caught] = {}

    def add_healthy(self, health: Health) -> None:
        """Note a healthy subject."""
        self._healthy.append(health)

    def add(self, caught: Caught) -> None:
        """Note a twin."""
        self._caught[caught.twin] = caught

    @property
    def count(self) -> int:
        """How many twins there are in it."""
        return len(self._caught)

    @property
    def clean(self) -> bool:
        """Whether nothing was said against any healthy subject."""
        return all(each.clean for each in self._healthy)

    @property
    def rate(self) -> float:
        """The kill rate in percent: of the twins, those whose clause was named."""
        killed = sum(bool(each.clause) for each in self._caught.values())
        return 100 * killed / len(self._caught) if self._caught else 0.0

    def text(self, seconds: float) -> str:
        """Return the table and the figures below it."""
        return "\n".join([*self._of_healthy(), *self._rows(), "", *self._figures(seconds)])

    def _of_healthy(self) -> Iterator[str]:
        for each in sorted(self._healthy, key=lambda each: each.name):
            yield f"healthy  {each.name:<28} {'clean' if each.clean else 'NOT CLEAN'}  {each.says}"
            yield from (f"         {against}" for against in each.against)
        if self._healthy:
            yield ""

    def _rows(self) -> Iterator[str]:
        known = [(twin, self._caught[name]) for name, twin in catalogue().items() if name in self._caught]
        for twin, caught in known:
            took = f" ({caught.seconds:.1f} s)" if self._verbose else ""
            yield f"{'yes' if caught.clause else 'NO ':<4} {caught.weight:<6} {twin.name}: {twin.wrong}{took}"
            yield f"            expected   {twin.clause}"
            yield f"            caught by  {caught.by or '-'}"
            if caught.failure:
                yield f"            failure    {' '.join(caught.failure.split())[:300]}"
            if caught.besides and (self._verbose or not caught.clause):
                yield f"            named      {', '.join(caught.besides)[:1000]}"

    def _figures(self, seconds: float) -> Iterator[str]:
        kinds = Counter((catalogue()[name].vendor, catalogue()[name].kind) for name in self._caught)
        killed = Counter(
            (catalogue()[name].vendor, catalogue()[name].kind) for name, each in self._caught.items() if each.clause
        )
        for key in sorted(kinds):
            yield f"{key[0]:<18} {key[1]:<7} {killed[key]} of {kinds[key]}"
        weights = Counter(each.weight for each in self._caught.values() if each.clause)
        told = ", ".join(
            f"{weights[weight]} {weight}" for weight in ("fails", "warns", "shown", "waived") if weights[weight]
        )
        yield f"Caught: {sum(killed.values())} of {self.count} twins ({told or 'none'}), kill rate {self.rate:.1f}%"
        clean = sum(each.clean for each in self._healthy)
        yield f"Healthy: {clean} of {len(self._healthy)} clean. {seconds:.0f} s."
