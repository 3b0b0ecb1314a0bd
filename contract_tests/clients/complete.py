"""The reference clients with their receiving sides, as adapters: what a check of a whole integration is given."""

from typing import Any, Unpack

from contract_tests.clients import constructor, smarterproctoring, talentsoft, youtestme
from contract_tests.clients.answers import Record
from contract_tests.clients.calling import Manner
from contract_tests.clients.receiving import Headers, Inlets
from contract_tests.clients.smarterproctoring_webhook import StatusChanges


class _Desk(Inlets):
    """Runs inlets at once; ``told`` is what was new."""

    def __init__(self) -> None:
        super().__init__({})
        self.told: list[Record] = []

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        status, _, work = self.judge(path, headers, body)
        work()
        return status


class YouTestMe(youtestme.YouTestMe):
    """A client that hears of results."""

    def __init__(self, base_url: str, api_key: str, **manner: Unpack[Manner]) -> None:
        super().__init__(base_url, api_key, **manner)
        self._desk = _Desk()

    def subscribe(self, url: str, secret: str) -> Record:
        """Hear of results from now on, if they are signed with the secret."""
        inlet = youtestme.Results(
            secret, clock=self._caller.clock, on_result=lambda each: self._desk.told.append(each.content)
        )
        self._desk.inlets = {"/results": inlet}
        return super().subscribe(url, secret)

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        """Take a result."""
        return self._desk.receive(path, headers, body)

    def taken(self) -> list[Record]:
        """Return the attempts."""
        return self._desk.told


class Constructor(constructor.Constructor):
    """A client that is called back."""

    def __init__(self, base_url: str, integration: str, secret: str, **manner: Unpack[Manner]) -> None:
        super().__init__(base_url, integration, secret, **manner)
        self._desk = _Desk()
        callbacks = constructor.Callbacks(
            secret, clock=self._api.clock, on_change=lambda path, told: self._desk.told.append(told)
        )
        self._desk.inlets = callbacks.inlets

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        """Take a review, a booking, a warning or an agreement."""
        return self._desk.receive(path, headers, body)

    def taken(self) -> list[Record]:
        """Return what was new."""
        return self._desk.told


class SmarterProctoring(smarterproctoring.SmarterProctoring):
    """A client that is told of changed statuses."""

    def __init__(self, base_url: str, token: str, install_sid: str, **manner: Unpack[Manner]) -> None:
        super().__init__(base_url, token, install_sid, **manner)
        self._desk = _Desk()
        self._desk.inlets = {"/status": StatusChanges(token, self.status, on_change=self._changed)}

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        """Take the news that a status has changed."""
        return self._desk.receive(path, headers, body)

    def taken(self) -> list[Record]:
        """Return session and status."""
        return self._desk.told

    def _changed(self, session_sid: str, status: str) -> None:
        self._desk.told.append({"session_id": session_sid, "status": status})


class Talentsoft(talentsoft.Talentsoft):
    """A client that is called back."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, **more: Any) -> None:
        super().__init__(base_url, client_id, client_secret, **more)
        self._desk = _Desk()
        self._desk.inlets = {"/assessmentcallback": talentsoft.Callbacks(self, on_update=self._desk.told.append)}

    def receive(self, path: str, headers: Headers, body: bytes) -> int:
        """Take a callback, and ask for what it is about."""
        return self._desk.receive(path, headers, body)

    def taken(self) -> list[Record]:
        """Return assessments that are other than before."""
        return self._desk.told
