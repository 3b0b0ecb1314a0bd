"""Which receivers may be called: spellings from public lists of server-side request forgery, and what is sent there."""

import string
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

import pytest
from urllib3.util import parse_url

from mockserver.core.callback_hosts import CallbackHosts
from mockserver.core.connection import Deadline, open_socket
from mockserver.core.errors import BadRequest, Forbidden
from mockserver.core.outbound import Sender, Sent, look_up
from tests.core.listeners import Listener, listening, needs_ipv6

ALLOWED = ("lms.example.com", "*.school.example")

# Never read, whatever is allowed: "PORT" stands for the listener's port, so that a fooled sender would reach it.
ODD = [
    "http://2130706433:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://00177.0.0.1:PORT/",
    "http://0177.0.0.01:PORT/",
    "http://0o177.0.0.1:PORT/",
    "http://017700000001:PORT/",
    "http://0x7f.1:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0X7F.0x0.0x0.0x1:PORT/",
    "http://0x7f000001:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.0.0.01:PORT/",
    "http://127.0.0.001:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://127.0.0.1..:PORT/",
    "http://.127.0.0.1:PORT/",
    "http://127.0.0.1.0:PORT/",
    "http://383.256.256.257:PORT/",
    "http://0:PORT/",
    "http://0x0:PORT/",
    "http://0.0:PORT/",
    "http://00.0.0.0:PORT/",
    "http://localhost.:PORT/",
    "http://.localhost:PORT/",
    "http://local..localhost:PORT/",
    "http://2852039166:PORT/",
    "http://7147006462:PORT/",
    "http://0xA9FEA9FE:PORT/",
    "http://0x41414141A9FEA9FE:PORT/",
    "http://0xA9.0xFE.0xA9.0xFE:PORT/",
    "http://0251.0376.0251.0376:PORT/",
    "http://0251.00376.000251.0000376:PORT/",
    "http://0xa9.254.0251.254:PORT/",
    "http://169.254.43518:PORT/",
    "http://169.16689662:PORT/",
    "http://425.510.425.510:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://\uff11\uff12\uff17.0.0.1:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127\uff0e0\uff0e0\uff0e1:PORT/",
    "http://127｡0｡0｡1:PORT/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/",
    "http://ʟᴏᴄᴀʟʜᴏꜱᴛ:PORT/",
    "http://loca\u2113host:PORT/",
    "http://localho\u00adst:PORT/",
    "http://local\u200bhost:PORT/",
    "http://\u0661\u0662\u0667.\u0660.\u0660.\u0661:PORT/",
    "http://%6c%6f%63%61%6c%68%6f%73%74:PORT/",
    "http://127%2e0%2e0%2e1:PORT/",
    "http://127.0.0.1%00:PORT/",
    "http://127.0.0.1%0d%0a:PORT/",
    "http://127.0.0.1%23.lms.example.com:PORT/",
    "http://[::1%25lo]:PORT/",
    "http://[::1%lo]:PORT/",
    "http://[fe80::1%25eth0]:PORT/",
    "http://[::1]]:PORT/",
    "http://[[::1]]:PORT/",
    "http://[::1]lms.example.com:PORT/",
    "http://lms.example.com[::1]:PORT/",
    "http://::1:PORT/",
    "http://[127.0.0.1]:PORT/",
    "http://[::01111]x:PORT/",
    "http://[v1.127.0.0.1]:PORT/",
    "http://[]:PORT/",
    "http://user@127.0.0.1:PORT/",
    "http://@127.0.0.1:PORT/",
    "http://:@127.0.0.1:PORT/",
    "http://user:secret@lms.example.com:PORT/",
    "http://lms.example.com@127.0.0.1:PORT/",
    "http://lms.example.com:80@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT@lms.example.com/",
    "http://127.0.0.1:PORT@@lms.example.com/",
    "http://lms.example.com%40127.0.0.1:PORT/",
    "http://lms.example.com:80:PORT/",
    "http://lms.example.com\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@lms.example.com/",
    "http://127.0.0.1:PORT\\lms.example.com/",
    "http:\\\\127.0.0.1:PORT\\",
    "http://127.0.0.1:PORT/a\\..\\b",
    "http:/\\127.0.0.1:PORT/",
    "http://127.0.0.1:PORT &@lms.example.com# @lms.example.com/",
    "http://127.0.0.1:PORT\t/",
    "http://127.0.0.1\t:PORT/",
    "http://127.0.0.1:PORT/\r\nHost: lms.example.com",
    "http://127.0.0.1:PORT/\r\n\r\nGET /second HTTP/1.1",
    "http://127.0.0.1:PORT/ HTTP/1.1\r\nX: y",
    "ht\ntp://127.0.0.1:PORT/",
    "http://127.\n0.0.1:PORT/",
    " http://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT/ ",
    "\x00http://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT/\x00",
    "http://127.0.0.1:PORT/\x7f",
    "http://127.0.0.1:PORT/ä",
    "\ufeffhttp://127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "//127.0.0.1:PORT/",
    "127.0.0.1:PORT/",
    "/",
    "",
    "http",
    "http://",
    "http://:PORT/",
    "http://?@127.0.0.1:PORT/",
    "http://#@127.0.0.1:PORT/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:00PORT/",
    "http://127.0.0.1:+PORT/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:100000000/",
    "http://127.0.0.1:PORTa/",
    "http://127.0.0.1:\uff18\uff10/",
    "http://127.0.0.1:0x50/",
    "http://127.0.0.1:PORT:PORT/",
    "https:http://127.0.0.1:PORT/",
    "url:http://127.0.0.1:PORT/",
    "jar:http://127.0.0.1:PORT!/",
    "http+unix://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:PORT/_GET%20/",
    "ftp://127.0.0.1:PORT/",
    "dict://127.0.0.1:PORT/info",
    "ldap://127.0.0.1:PORT/",
    "tftp://127.0.0.1:PORT/",
    "ws://127.0.0.1:PORT/",
    "data:text/plain,hello",
    "javascript:alert(1)",
    f"http://{'a' * 64}:PORT/",
    f"http://{'a.' * 127}com:PORT/",
    "http://-lms.example.com:PORT/",
    "http://lms.example.com-:PORT/",
    "http://127.0.0.1,lms.example.com:PORT/",
    "http://127.0.0.1;lms.example.com:PORT/",
    "http://{127.0.0.1}:PORT/",
    "http://$127.0.0.1:PORT/",
]

# Plain, and reached only where the address itself is named: neither "*" nor a host name opens these.
GUARDED = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",
    "0.0.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "0:0:0:0:0:0:0:0",
    "::127.0.0.1",
    "::169.254.169.254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "::ffff:0.0.0.0",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2001:0:53aa:64c:0:5601:5601:5601",
    "fd00:ec2::254",
    "FD00:EC2::254",
    "fd00:ec2:0:0::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fd00:42::42",
    "fd00:c1::a9fe:a9fe",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "ff02::1",
    "ff05::1:3",
]

# Plain, and reached where an entry names the host, the address or its network.
ORDINARY = [
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "198.18.0.1",
    "192.0.2.2",
    "8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "fc00::1",
    "fd00::2",
    "fd12:3456:789a::1",
    "fec0::1",
    "2001:db8::1",
    "2606:4700::1111",
]

# Plain names that nobody named, most of which lead to loopback or to metadata when they are looked up.
STRANGERS = [
    "metadata",
    "metadata.google.internal",
    "metadata.google.internal.",
    "instance-data",
    "instance-data.ec2.internal",
    "169.254.169.254.nip.io",
    "127.0.0.1.nip.io",
    "www.owasp.org.1.2.3.4.sslip.io",
    "localtest.me",
    "customer1.app.localhost.my.company.127.0.0.1.nip.io",
    "spoofed.burpcollaborator.net",
    "localhost.evil.example",
    "localhostx",
    "xlocalhost",
    "localhost-",
    "ip6-localhost",
    "host.docker.internal",
    "example.com",
    "xlms.example.com",
    "a.lms.example.com",
    "lms.example.com.evil.example",
    "lms.example.comx",
    "lms-example.com",
    "school.example",
    "xschool.example",
    "school.example.evil.example",
    "xn--lclhst-4ya.example",
    "1ynrnhl.xip.io",
    "0x7f.1.evil.example",
]

LOOPBACK = [
    "http://127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT",
    "http://127.0.0.1:PORT?a=1",
    "http://127.0.0.1:PORT#x",
    "http://127.0.0.1:PORT/@lms.example.com/",
    "http://127.0.0.1:PORT?@lms.example.com",
    "http://127.0.0.1:PORT#@lms.example.com",
    "http://127.0.0.2:PORT/",
    "http://127.255.255.254:PORT/",
    pytest.param("http://[::1]:PORT/", marks=needs_ipv6),
    pytest.param("http://[0:0:0:0:0:0:0:1]:PORT/", marks=needs_ipv6),
    pytest.param("http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/", marks=needs_ipv6),
    pytest.param("http://[::0.0.0.1]:PORT/", marks=needs_ipv6),
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::FFFF:7f00:2]:PORT/",
    "http://localhost:PORT/",
    "http://LocalHost:PORT/",
    "http://lms.localhost:PORT/",
    "http://a.b_c.localhost:PORT/",
]


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


class Resolver:
    """DNS as the test says, one answer after another (the last one stays); it remembers what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """Hears whatever reaches any address of this machine, IPv4 and IPv6."""
    with listening(host="::") as made:
        yield made


def send(listener: Listener, sender: Sender, url: str) -> Sent:
    return sender.send("POST", url.replace("PORT", str(listener.port)), {}, b"{}")


def assert_refused(listener: Listener, sender: Sender, url: str) -> None:
    """The request is refused with a reason, and no connection is made: the next one that is heard is another."""
    before = listener.connections
    sent = send(listener, sender, url)
    assert (sent.refused, sent.status, sent.request_headers) == (True, None, "")
    assert sent.error.endswith(".")
    assert send(listener, Sender(CallbackHosts()), "http://127.0.0.1:PORT/").status == 200
    assert listener.connections == before + 1


@pytest.mark.parametrize("allowed", [(), ALLOWED, ("*", "127.0.0.0/8", "0.0.0.0", "169.254.0.0/16", "::/0")])
@pytest.mark.parametrize("url", ODD)
def test_an_odd_spelling_is_refused_whatever_is_allowed(listener: Listener, url: str, allowed: tuple[str, ...]) -> None:
    assert_refused(listener, Sender(CallbackHosts.allowing(allowed)), url)


@pytest.mark.parametrize("allowed", [(), ALLOWED])
@pytest.mark.parametrize("address", GUARDED + ORDINARY)
def test_an_address_that_is_not_named_is_refused(listener: Listener, address: str, allowed: tuple[str, ...]) -> None:
    assert_refused(listener, Sender(CallbackHosts.allowing(allowed)), f"http://{bracketed(address)}:PORT/")


@pytest.mark.parametrize("allowed", ["*", "0.0.0.0/0", "::/0", "10.0.0.0/8"])
@pytest.mark.parametrize("address", GUARDED)
def test_a_guarded_address_is_refused_unless_it_is_named_itself(listener: Listener, address: str, allowed: str) -> None:
    assert_refused(listener, Sender(CallbackHosts.allowing([allowed])), f"http://{bracketed(address)}:PORT/")


@pytest.mark.parametrize("name", STRANGERS)
def test_a_name_that_is_not_named_is_refused_and_not_even_looked_up(listener: Listener, name: str) -> None:
    resolver = Resolver(["127.0.0.1"])
    assert_refused(listener, Sender(CallbackHosts.allowing(ALLOWED), resolve=resolver), f"http://{name}:PORT/")
    assert resolver.asked == []


@pytest.mark.parametrize("allowed", [ALLOWED, ("*",), ("*.com", "0.0.0.0/0", "::/0")])
@pytest.mark.parametrize("address", [*GUARDED, "fe80::1%eth0", "", "127.0.0.1.nip.io", "2130706433", "evil.example"])
def test_a_named_host_may_not_resolve_to_a_guarded_address(
    listener: Listener, address: str, allowed: tuple[str, ...]
) -> None:
    for found in ([address], ["127.0.0.1", address], [address, "127.0.0.1"]):
        resolver = Resolver(found)
        sender = Sender(CallbackHosts.allowing(allowed), resolve=resolver)
        assert_refused(listener, sender, "http://lms.example.com:PORT/")
        assert resolver.asked == ["lms.example.com"]


@pytest.mark.parametrize("address", ORDINARY)
def test_a_named_host_may_resolve_to_a_private_address(address: str) -> None:
    hosts = CallbackHosts.allowing(ALLOWED)
    for url in ("http://lms.example.com:8000/", "https://a.b.school.example/"):
        reached = ip_address(hosts.judge(hosts.receiver(url), address))
        assert reached in {ip_address(address), getattr(ip_address(address), "ipv4_mapped", None)}


def test_a_host_that_resolves_elsewhere_the_second_time_is_refused_then(listener: Listener) -> None:
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    sender = Sender(CallbackHosts.allowing(ALLOWED), resolve=resolver)
    assert send(listener, sender, "http://lms.example.com:PORT/").status == 200
    assert resolver.asked == ["lms.example.com"], "one look-up serves the judge and the connection"
    assert_refused(listener, sender, "http://lms.example.com:PORT/")


def test_the_address_that_was_really_reached_is_judged_before_anything_is_sent() -> None:
    """The system takes a connection to 0.0.0.0 to 127.0.0.1, as any redirection below this process might."""
    judged: list[str] = []

    def judge(address: str) -> None:
        judged.append(address)
        raise Forbidden("not there")

    with listening() as listener:
        with pytest.raises(Forbidden):
            open_socket(["0.0.0.0"], listener.port, Deadline(5), judge)
        assert judged == ["127.0.0.1"]
        assert listener.request() == b""


@pytest.mark.parametrize("allowed", [(), ALLOWED, ("10.0.0.0/8",)])
@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_always_called(listener: Listener, url: str, allowed: tuple[str, ...]) -> None:
    resolver = Resolver(["169.254.169.254"])
    sent = send(listener, Sender(CallbackHosts.allowing(allowed), resolve=resolver), url)
    assert (sent.status, sent.error) == (200, "")
    assert resolver.asked == []


@pytest.mark.parametrize(
    ("allowed", "host", "address"),
    [
        ("lms", "lms", "127.0.0.1"),
        pytest.param("LMS.Example.COM", "lms.example.com", "::1", marks=needs_ipv6),
        ("lms.example.com", "LMS.EXAMPLE.COM", "::ffff:127.0.0.1"),
        ("*.example.com", "lms.example.com", "127.0.0.1"),
        ("*.example.com", "a.b.example.com", "127.0.0.1"),
        ("my_lms_1", "my_lms_1", "127.0.0.1"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example", "127.0.0.1"),
        ("*", "anything.example", "127.0.0.1"),
        ("10.0.0.0/8", "not-named.example", "127.0.0.1"),
        ("0.0.0.0", "not-named.example", "0.0.0.0"),
        ("0.0.0.0", "0.0.0.0", ""),
        ("0.0.0.0/8", "0.0.0.0", ""),
    ],
)
def test_what_is_allowed_goes_through(listener: Listener, allowed: str, host: str, address: str) -> None:
    listener.requests()
    sent = send(
        listener, Sender(CallbackHosts.allowing([allowed]), resolve=Resolver([address])), f"http://{host}:PORT/"
    )
    assert (sent.status, sent.error) == (200, "")
    assert f"\r\nHost: {host.lower()}:{listener.port}\r\n".encode() in listener.request()


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.0.0/16", "10.1.255.255"),
        ("10.1.2.3", "::ffff:10.1.2.3"),
        ("10.1.2.3", "64:ff9b::10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("10.1.0.0/16", "2002:a01:203::1"),
        ("64:ff9b::/96", "64:ff9b::10.1.2.3"),
        ("fd00::2", "fd00::2"),
        ("[fd00::2]", "fd00:0:0::2"),
        ("fd00::/8", "fd00::2"),
        ("*", "10.1.2.3"),
        ("*", "fd00::2"),
        ("169.254.169.254", "169.254.169.254"),
        ("169.254.0.0/16", "::ffff:169.254.169.254"),
        ("169.254.0.0/16", "64:ff9b::a9fe:a9fe"),
        ("fd00:ec2::254", "fd00:ec2::254"),
        ("fe80::/10", "fe80::1"),
        ("255.255.255.255", "255.255.255.255"),
    ],
)
def test_a_named_address_is_allowed_itself_and_behind_any_name(allowed: str, address: str) -> None:
    hosts = CallbackHosts.allowing([allowed])
    receiver = hosts.receiver(f"http://{bracketed(address)}:8000/")
    assert hosts.judge(receiver, address) == receiver.addresses[0]
    if allowed != "*":
        assert hosts.judge(hosts.receiver("http://not-named.example/"), address) == receiver.addresses[0]


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("10.1.2.3", "10.1.2.4"),
        ("10.1.0.0/16", "10.2.0.0"),
        ("fd00::2", "fd00::3"),
        ("10.1.0.0/16", "64:ff9b::10.2.0.0"),
        ("10.0.0.0/8", "192.168.0.1"),
        ("lms.example.com", "10.1.2.3"),
    ],
)
def test_another_address_than_the_named_is_refused(allowed: str, address: str) -> None:
    hosts = CallbackHosts.allowing([allowed])
    with pytest.raises(Forbidden, match="--allow-callback-host"):
        hosts.receiver(f"http://{bracketed(address)}:8000/")
    with pytest.raises(Forbidden, match="--allow-callback-host"):
        hosts.judge(hosts.receiver("http://localhost/"), address)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        " ",
        " lms.example.com",
        "lms.example.com,other.example.com",
        "lms.example.com:8000",
        "http://lms.example.com",
        "lms.example.com/path",
        "lms.example.com.",
        "user@lms.example.com",
        "lms..example.com",
        "-lms",
        "münchen.example",
        "**",
        "*.",
        "*.*.example.com",
        "*example.com",
        "lms.*.com",
        "*.10.1.2.3",
        "*.1",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "10.1.2.256",
        "10.1.2.3:80",
        "10.1.2.3/16",
        "10.1.0.0/33",
        "10.1.0.0/255.255.0.0",
        "10.1/16",
        "10.1.0.0/",
        "/16",
        "fd00::/129",
        "fd00::1/64",
        "fd00::1::2",
        "fe80::1%eth0",
        "[fd00::1]:80",
        "[10.1.2.3]",
        "::ffff:10.0.0.0/104",
        "a" * 64,
        "a." * 130 + "com",
    ],
)
def test_a_bad_entry_is_named(entry: str) -> None:
    with pytest.raises(BadRequest) as caught:
        CallbackHosts.allowing(["lms.example.com", entry])
    assert f"--allow-callback-host {entry!r}" in caught.value.message
    assert list(caught.value.fields) == ["allow_callback_host"]


def test_the_rules_are_values() -> None:
    assert CallbackHosts.allowing(["b.example", "A.example"]) == CallbackHosts.allowing(["a.example", "b.example"])
    assert CallbackHosts.allowing([]) == CallbackHosts()


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(Forbidden, match=r"^lms\.example is neither loopback nor named by --allow-callback-host\.$"):
        CallbackHosts().receiver("https://lms.example/hook")
    with pytest.raises(Forbidden, match="user name"):
        CallbackHosts().receiver("http://user:secret@127.0.0.1/")
    hosts = CallbackHosts.allowing(["lms.example"])
    with pytest.raises(Forbidden, match=r"^lms\.example resolves to 169\.254\.0\.7, which is a link-local address"):
        hosts.judge(hosts.receiver("https://lms.example/hook"), "169.254.0.7")


def plain(host: str | None) -> str:
    """Return a host as all readers write it: an IPv6 address without brackets, in its shortest form."""
    bare = (host or "").strip("[]")
    if ":" not in bare:
        return bare
    address = IPv6Address(bare)
    return str(address.ipv4_mapped or address)


def accepted(url: str) -> str | None:
    """Return the host that a URL leads to by rules that allow loopback only, after comparing it with other readers."""
    with suppress(Forbidden):
        receiver = CallbackHosts().receiver(url)
        assert receiver.addresses
        assert all(ip_address(each).is_loopback for each in receiver.addresses)
        usual = {"http": 80, "https": 443}[receiver.scheme]
        for read in (urlsplit(url), parse_url(url)):
            assert (read.scheme, plain(read.hostname), read.port or usual) == (
                receiver.scheme,
                receiver.host,
                receiver.port,
            )
        return receiver.host
    return None


@pytest.mark.parametrize("authority", ["127.0.0.1:80", "localhost:8080", "[::1]:80", "a.localhost", "[::ffff:7f00:1]"])
def test_whatever_is_accepted_other_parsers_read_the_same_way(authority: str) -> None:
    """Every ASCII character, put in every place of a URL, leaves it either refused or loopback to all readers."""
    url = f"http://{authority}/"
    found = [
        accepted(f"{url[:at]}{character}{url[at + replaced :]}")
        for at in range(len(url) + 1)
        for character in map(chr, range(128))
        for replaced in (0, 1)
    ]
    assert None in found
    assert len(set(found)) > 1


def test_no_character_becomes_a_letter_or_digit_by_normalisation() -> None:
    plain = set(string.printable)
    folded = [
        character
        for character in map(chr, range(128, sys.maxunicode + 1))
        if set(unicodedata.normalize("NFKC", character)) <= plain
    ]
    assert len(folded) > 1000
    for character in folded:
        for host in (f"127.0.0.{character}", f"{character}ocalhost", f"127.0.0.1{character}"):
            assert accepted(f"http://{host}/") is None


def test_the_system_would_have_been_fooled() -> None:
    """These spellings do lead to loopback below this process, so refusing them is what keeps them out."""
    for spelling in ("2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0x7f000001"):
        assert look_up(spelling) == ["127.0.0.1"]
