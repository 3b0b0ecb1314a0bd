"""One playing of a scenario, driven by exchanges and by the clock alone, so that it repeats exactly."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mockserver.core.actions import act
from mockserver.core.clock import later, parse_duration
from mockserver.core.collection import Collection
from mockserver.core.errors import ApiError, BadRequest, Conflict, NotFound
from mockserver.core.journal import Exchange
from mockserver.core.pacing import Pace
from mockserver.core.scenario.exchanges import part_of, why_not
from mockserver.core.scenario.script import Scenario, Step, filled

if TYPE_CHECKING:
    from mockserver.core.sandbox import Sandbox

LOG = logging.getLogger("mockserver")
GO_ON = "scenario.go_on"
"""The action on the agenda that ends a step's wait for time."""

_ONLY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that has been made; ``exchange`` is the number of the one that it waited for."""

    step: int
    at: datetime
    exchange: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """The nearest exchange that was not the one that a step waits for, and why."""

    exchange: int
    says: str
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where the playing stands. Steps are counted from 0; ``waits`` is what the one at ``position`` waits for."""

    scenario: dict[str, Any]
    begun: datetime
    since: datetime
    id: int = _ONLY
    position: int = 0
    waits: Literal["exchange", "time", ""] = ""
    exchange: int | None = None
    captured: dict[str, Any] = field(default_factory=dict)
    stage: Literal["running", "finished", "stuck"] = "running"
    trouble: str = ""
    miss: Miss | None = None
    done: tuple[Done, ...] = ()

    def __post_init__(self) -> None:
        # A run may come out of a document that somebody wrote by hand.
        steps = len(self.script.steps)
        if not 0 <= self.position <= steps or (self.waits and self.position == steps):
            raise BadRequest(f"It is at step {self.position + 1}, and its scenario has {steps}.")

    @property
    def script(self) -> Scenario:
        """The scenario as it is read."""
        return msgspec.convert(self.scenario, Scenario)


class Runs:
    """The run of a sandbox; there is one at most."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self.runs: Collection[Run] = Collection("runs", Run, undo=sandbox.undo)

    def current(self) -> Run:
        """Return the run; raise ``NotFound``."""
        run = self.runs.find(id=_ONLY)
        if run is None:
            raise NotFound(f"No scenario is played in sandbox {self._sandbox.name!r}.", field="run")
        return run

    def start(self, scenario: Scenario) -> Run:
        """Begin a run; raise ``Conflict`` if there is one. Whoever calls is in a transaction of a fresh sandbox."""
        if self.runs.find(id=_ONLY) is not None:
            raise Conflict("A scenario is played in this sandbox already; reset it, or use another one.")
        now = self._sandbox.clock.now()
        for operation, pace in scenario.progressions.items():
            self._sandbox.paces.set(Pace(operation=operation, **pace))
        run = self.runs.add(Run(scenario=msgspec.to_builtins(scenario), begun=now, since=now))
        return self._proceed(run)

    def saw(self, exchange: Exchange) -> None:
        """Be shown an exchange, and go on if it is the one that the run waits for. Never raises."""
        run = self.runs.find(id=_ONLY) if len(self.runs) else None
        if run is None or run.waits != "exchange":
            return
        try:
            self._shown(exchange)
        except Exception:
            LOG.exception("The run in sandbox %s failed at exchange %d", self._sandbox.name, exchange.number)

    def _shown(self, exchange: Exchange) -> None:
        with self._sandbox.transaction():
            run = self.current()
            step = run.script.steps[run.position]
            if run.waits != "exchange" or step.awaits is None:
                return
            why = why_not(exchange, step.awaits, run.captured)
            if why is None:
                captured = {**run.captured, **_captured(step, exchange)}
                self._proceed(replace(run, exchange=exchange.number, captured=captured))
            else:
                self._missed(run, exchange, why, near=exchange.operation == step.awaits.operation)

    def go_on(self) -> None:
        """Go on after a wait for time."""
        run = self.current()
        if run.waits == "time":
            self._proceed(run)

    def _missed(self, run: Run, exchange: Exchange, why: str, *, near: bool) -> None:
        if run.miss is None or near or not run.miss.near:
            self.runs.save(replace(run, miss=Miss(exchange=exchange.number, says=why, near=near)))

    def _proceed(self, run: Run) -> Run:
        """Make every step that need not wait any more."""
        steps = run.script.steps
        while run.position < len(steps):
            step, now = steps[run.position], self._sandbox.clock.now()
            if step.awaits is not None and not run.waits:
                return self.runs.save(replace(run, waits="exchange", since=now, miss=None))
            try:
                if step.after is not None and run.waits != "time":
                    self._plan(later(now, parse_duration(step.after)))
                    return self.runs.save(replace(run, waits="time", since=now))
                result = self._do(step, run.captured)
            except ApiError as error:
                return self._stuck(run, error.message)
            except Exception:
                LOG.exception("Step %d of the run in sandbox %s failed", run.position + 1, self._sandbox.name)
                return self._stuck(run, "It failed by a defect of mockserver, whose log has the traceback.")
            captured = {name: part_of(result, place) for name, place in step.capture.items() if _is_result(place)}
            run = replace(
                run,
                captured={**run.captured, **captured},
                done=(*run.done, Done(step=run.position, at=now, exchange=run.exchange)),
                position=run.position + 1,
                waits="",
                exchange=None,
                since=now,
            )
        return self.runs.save(replace(run, stage="finished", miss=None))

    def _plan(self, due: datetime) -> None:
        self._sandbox.agenda.add(GO_ON, {}, due, GO_ON)
        self._sandbox.stir()

    def _stuck(self, run: Run, why: str) -> Run:
        trouble = f"Step {run.position + 1} could not be made: {why}"
        return self.runs.save(replace(run, stage="stuck", waits="", trouble=trouble))

    def _do(self, step: Step, captured: Mapping[str, Any]) -> Any:
        if step.fault is not None:
            with self._sandbox.transaction():
                self._sandbox.faults.add(filled(step.fault, captured))
        if step.do is None:
            return None
        return {"result": msgspec.to_builtins(act(self._sandbox, step.do, filled(step.arguments, captured)))}


def _captured(step: Step, exchange: Exchange) -> dict[str, Any]:
    return {name: part_of(exchange, place) for name, place in step.capture.items() if not _is_result(place)}


def _is_result(place: str) -> bool:
    return place.partition(".")[0] == "result"
