"""The receiver of webhooks: answered at once, worked on afterwards, once for each id."""

import http.client
import threading
from collections.abc import Iterator

import pytest
import requests

from contract_tests.clients.complete import Constructor
from contract_tests.clients.receiving import Forged, Headers, Message, Receiver, content_of


class Inbox:
    """An inlet that keeps what it takes, when it is let."""

    def __init__(self) -> None:
        self.taken: list[object] = []
        self.open = threading.Event()
        self.open.set()
        self.broken = False

    def read(self, headers: Headers, body: bytes) -> Message:
        if headers.get("x-secret") != "right":
            raise Forged("The secret is wrong.")
        content = content_of(body)
        return Message(content.get("id"), content)

    def take(self, message: Message) -> None:
        assert self.open.wait(20)
        if self.broken:
            raise RuntimeError("The database is away.")
        self.taken.append(message.content["says"])


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def receiver(inbox: Inbox) -> Iterator[Receiver]:
    with Receiver({"/hook": inbox, "/other": inbox}) as running:
        yield running


def post(receiver: Receiver, path: str = "/hook", secret: str = "right", **content: object) -> requests.Response:
    return requests.post(receiver.url + path, json=content, headers={"X-Secret": secret}, timeout=20)


def test_the_answer_does_not_wait_for_the_work(receiver: Receiver, inbox: Inbox) -> None:
    inbox.open.clear()
    assert post(receiver, says="hello").status_code == 200
    assert inbox.taken == []
    inbox.open.set()
    assert receiver.wait_for(1) == [200]
    assert inbox.taken == ["hello"]


def test_an_id_is_taken_once_at_each_address_and_none_always(receiver: Receiver, inbox: Inbox) -> None:
    for path, id_ in [("/hook", "1"), ("/hook", "1"), ("/other", "1"), ("/hook", None), ("/hook", None)]:
        assert post(receiver, path, id=id_, says=f"{path} {id_}").status_code == 200
    receiver.wait_for(5)
    assert inbox.taken == ["/hook 1", "/other 1", "/hook None", "/hook None"]


def test_work_that_failed_is_told_and_done_when_it_comes_again(receiver: Receiver, inbox: Inbox) -> None:
    inbox.broken = True
    assert post(receiver, id="1", says="hello").status_code == 200
    receiver.wait_for(1)
    inbox.broken = False
    post(receiver, id="1", says="hello")
    receiver.wait_for(2)
    assert [str(each) for each in receiver.failures] == ["The database is away."]
    assert inbox.taken == ["hello"]


def test_what_is_rejected_calls_for_no_work(receiver: Receiver, inbox: Inbox) -> None:
    refused = post(receiver, secret="wrong", says="hello")
    assert (refused.status_code, refused.text) == (401, "The secret is wrong.")
    assert post(receiver, "/nowhere", says="hello").status_code == 404
    assert receiver.wait_for(2) == [401, 404]
    assert inbox.taken == []


@pytest.mark.parametrize(
    ("length", "status"), [(None, 411), ("many", 411), ("²", 411), ("5000001", 413), ("9" * 5000, 413)]
)
def test_a_body_of_unknown_or_too_great_length_is_not_read(length: str | None, status: int, receiver: Receiver) -> None:
    connection = http.client.HTTPConnection(receiver.url.removeprefix("http://"), timeout=20)
    connection.putrequest("POST", "/hook")
    if length is not None:
        connection.putheader("Content-Length", length.encode("latin-1"))
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


def test_what_does_not_come_is_not_waited_for_forever(receiver: Receiver) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        receiver.wait_for(1, within=0.01)


def test_work_that_is_left_is_done_before_the_end(inbox: Inbox) -> None:
    inbox.open.clear()
    with Receiver({"/hook": inbox}) as receiver:
        post(receiver, says="hello")
        threading.Timer(0.05, inbox.open.set).start()
    assert inbox.taken == ["hello"]


def test_a_query_makes_no_other_address_of_it(receiver: Receiver, inbox: Inbox) -> None:
    for path in ("/hook", "/hook?again=1"):
        assert post(receiver, path, id="1", says="hello").status_code == 200
    receiver.wait_for(2)
    assert inbox.taken == ["hello"]


def no_clock() -> float:
    raise KeyError("clock")


def test_a_bug_in_an_inlet_is_not_taken_for_an_address_that_there_is_not() -> None:
    client = Constructor("http://127.0.0.1:1", "demo", "fake-secret-of-a-test", clock=no_clock)
    assert client.receive("/nowhere", {}, b"{}") == 404
    with pytest.raises(KeyError, match="clock"):
        client.receive("/reviews?of=us", {}, b"{}")
