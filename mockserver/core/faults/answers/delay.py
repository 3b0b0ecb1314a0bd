"""A late answer."""

from math import exp
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from mockserver.core.faults.kind import MOST_SECONDS, AnswerKind, Case, Point, Seconds, WrongSetting
from mockserver.core.outcome import Outcome


class Delay(AnswerKind, frozen=True):
    """The answer comes late, in real time."""

    points: ClassVar[tuple[Point, ...]] = ("after",)
    seen: ClassVar[str] = "Nothing for a while, then the whole answer."

    seconds: Annotated[Seconds, Meta(description="How long; the shortest if uniform, the median if lognormal.")] = 1.0
    distribution: Annotated[
        Literal["fixed", "uniform", "lognormal"], Meta(description="How the waits of several answers vary.")
    ] = "fixed"
    most: Annotated[Seconds | None, Meta(description="The longest; for uniform only, which needs it.")] = None
    sigma: Annotated[
        Annotated[float, Meta(gt=0, le=3)] | None, Meta(description="The spread; for lognormal only, 0.5 if null.")
    ] = None

    def __post_init__(self) -> None:
        if (self.most is not None) != (self.distribution == "uniform"):
            raise WrongSetting("most", "Needed for distribution uniform, and there only.")
        if self.most is not None and self.most < self.seconds:
            raise WrongSetting("most", f"Shorter than seconds, {self.seconds:g}.")
        if self.sigma is not None and self.distribution != "lognormal":
            raise WrongSetting("sigma", "For distribution lognormal only.")

    def spoil(self, outcome: Outcome, case: Case) -> Outcome:
        """Hold the answer back."""
        return replace(outcome, delay=self.drawn(case.chance))

    def drawn(self, chance: float) -> float:
        """Return the wait in seconds that a throw of the dice stands for."""
        if self.distribution == "uniform" and self.most is not None:
            return self.seconds + chance * (self.most - self.seconds)
        if self.distribution == "lognormal":
            # The ends of the scale stand for no finite wait.
            deviation = NormalDist().inv_cdf(min(max(chance, 1e-9), 1 - 1e-9))
            return min(self.seconds * exp((self.sigma or 0.5) * deviation), float(MOST_SECONDS))
        return self.seconds
