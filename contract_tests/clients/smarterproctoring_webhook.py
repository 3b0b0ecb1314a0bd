"""SmarterProctoring's call that the status of a session has changed, for accounts that have it."""

import hmac
from collections.abc import Callable

from contract_tests.clients.receiving import Forged, Headers, Message, Rejected, content_of


class StatusChanges:
    """The inlet of ``session_status_change``: keeps the status of each session in ``statuses``, by its SID.

    No document of the API describes this call, and it may spell a status in its own way, come late or twice. So it only
    makes the client ``ask``, which is a client's ``status``; ``on_change`` is told SID and status if it is another.
    """

    def __init__(
        self,
        token: str,
        ask: Callable[[str], str],
        *,
        on_change: Callable[[str, str], object] = lambda session_sid, status: None,
    ) -> None:
        self.statuses: dict[str, str] = {}
        self._token = token.encode()
        self._ask = ask
        self._on_change = on_change

    def read(self, headers: Headers, body: bytes) -> Message:
        """Judge one request; raise ``Forged`` or ``Rejected``."""
        if not hmac.compare_digest(headers.get("token", "").encode(), self._token):
            raise Forged("The token is missing or wrong.")
        content = content_of(body)
        if not isinstance(content.get("session_id"), str):
            raise Rejected("The body names no session_id.")
        return Message(None, content)  # no id: to ask twice does no harm

    def take(self, message: Message) -> None:
        """Ask where the session stands."""
        session_sid = message.content["session_id"]
        status = self._ask(session_sid)
        if self.statuses.get(session_sid) != status:
            self.statuses[session_sid] = status
            self._on_change(session_sid, status)
