"""Driving an adapter: each verb in its time, and whatever it raises told plainly."""

import inspect
import threading
from collections.abc import Callable
from typing import Any

from mockserver.contract.evidence import wanted


class NotKept(AssertionError):
    """The subject did not do what a check expects of it; ``exchanges`` are the numbers of those that show it.

    Where ``got`` tells what came, ``says`` is what must hold, and ``expected`` the same beside ``got``; without it
    ``says`` is what was found.
    """

    def __init__(self, says: str, expected: str = "", got: str = "", exchanges: tuple[int, ...] = ()) -> None:
        self.says = says
        self.expected = expected
        self.got = got
        self.exchanges = exchanges
        self.must = wanted(says, expected) if got else expected
        self.found = got or says
        super().__init__(f"{self.must}; got {got}" if got else says)


class VerbFailed(NotKept):
    """A verb raised; ``error`` is what."""

    def __init__(self, verb: str, error: BaseException) -> None:
        super().__init__(f"The adapter's {verb} raised {type(error).__name__}: {_short(error)}", "it returns")
        self.verb = verb
        self.error = error


class NotTaken(VerbFailed):
    """A verb does not have the parameters that it was called with."""


class AdapterBroken(NotKept):
    """The adapter itself does not work; nothing is said about the client behind it."""


class Hung(AdapterBroken):
    """A verb did not come back."""

    def __init__(self, verb: str, seconds: float) -> None:
        super().__init__(
            f"The adapter's {verb} did not return within {seconds:g} s. A verb must come back, with an exception if "
            "need be; --timeout changes how long it may take."
        )


class Interrupted(KeyboardInterrupt):
    """Somebody has interrupted the checks, as opposed to what an adapter raises."""


class Driven:
    """An adapter as checks see it: every verb returns, or raises ``NotKept``, or ``NotImplementedError``.

    ``told`` hears the name of each verb before it begins.
    """

    def __init__(self, adapter: Any, seconds: float, told: Callable[[str], object] = lambda verb: None) -> None:
        self._adapter = adapter
        self._seconds = seconds
        self._told = told

    def has(self, *verbs: str) -> bool:
        """Tell whether the adapter has verbs."""
        return all(callable(getattr(self._adapter, verb, None)) for verb in verbs)

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        if verb.startswith("_"):
            raise AttributeError(verb)

        def drive(*arguments: Any, **named: Any) -> Any:
            self._told(verb)
            try:
                return within(self._seconds, verb, lambda: getattr(self._adapter, verb)(*arguments, **named))
            except (NotImplementedError, AdapterBroken, Interrupted):
                raise
            except TypeError as error:
                failed = VerbFailed if self._takes(verb, *arguments, **named) else NotTaken
                raise failed(verb, error) from error
            except BaseException as error:
                raise VerbFailed(verb, error) from error

        return drive

    def _takes(self, verb: str, /, *arguments: Any, **named: Any) -> bool:
        """Tell whether a verb has parameters for arguments; a type error of one that has is the adapter's own."""
        try:
            signature = inspect.signature(getattr(self._adapter, verb))
        except Exception:
            return True  # it does not say
        try:
            signature.bind(*arguments, **named)
        except TypeError:
            return False
        return True


def within(seconds: float, what: str, work: Callable[[], Any]) -> Any:
    """Return what some work returns, or raise what it raises; raise ``Hung`` if it takes too long, and leave it.

    Raises ``Interrupted`` at Ctrl-C, which is this thread's to hear of.
    """
    came: list[Any] = []
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            came.append(work())
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
        thread.join(seconds)
    except KeyboardInterrupt:
        raise Interrupted from None
    if wrong:
        raise wrong[0]
    if not came:
        raise Hung(what, seconds)
    return came[0]


def _short(error: BaseException) -> str:
    try:
        text = str(error).strip() or "(without a message)"
    except Exception:
        text = "(without a message that can be read)"
    return text if len(text) <= 500 else f"{text[:500]}..."
