"""Which receivers webhooks and callbacks may be sent to.

- Loopback always: 127.0.0.0/8, ``::1``, ``localhost`` and ``*.localhost`` (loopback by RFC 6761, never looked up).
- Any other host only when ``--allow-callback-host`` names it: a host name, ``*.example.com`` (everything below it, not
  itself), an address, a network, or ``*`` for every host.
- A named host may resolve to a private address, as a service in a container network does. A name that is not named may
  be called only where all its addresses are named, and is not even looked up unless some address or network is.
- Some addresses are reached only where an entry names them themselves (the address, or a network inside their block;
  neither ``*``, nor a host name, nor ``0.0.0.0/0`` does): link-local and other places where clouds keep their metadata,
  unspecified, multicast, broadcast and reserved addresses, and tunnels whose end cannot be told.
- An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as the IPv4 address that it leads to; only the
  mapped form of loopback is loopback.
- Only plain spellings are read. Loopback as 2130706433, 0177.0.0.1, 127.1 or with a dot at the end is refused like
  everything that two readers of a URL could understand differently: whitespace, control characters, backslashes, user
  names, characters outside ASCII, percent-encoded hosts, zone ids, ports that are empty, 0 or start with 0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from mockserver.core.errors import BadRequest, Forbidden

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_URL = re.compile(r"(?P<scheme>https?)://(?P<place>[^/?#]*)(?P<target>[^#]*)(?:#.*)?", re.IGNORECASE)
_PLACE = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BARE_IPV6 = re.compile(r"[0-9a-f:.]+")
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("127.0.0.1", "::1")
_NAT64 = IPv6Network("64:ff9b::/96")
_BLOCKS: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an unspecified address"),
        ("127.0.0.0/8", "loopback behind an address translator"),
        ("169.254.0.0/16", "a link-local address, where clouds keep their metadata"),
        ("100.100.100.200/32", "an address of cloud metadata"),
        ("168.63.129.16/32", "an address of cloud metadata"),
        ("192.0.0.192/32", "an address of cloud metadata"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved or broadcast address"),
        ("::/96", "an unspecified or reserved address"),
        ("64:ff9b:1::/48", "behind an address translator of unknown form"),
        ("2001::/32", "a tunnel whose end cannot be told"),
        ("fd00:42::42/128", "an address of cloud metadata"),
        ("fd00:c1::a9fe:a9fe/128", "an address of cloud metadata"),
        ("fd00:ec2::/32", "an address of cloud metadata"),
        ("fd20:ce::254/128", "an address of cloud metadata"),
        ("fe80::/10", "a link-local address"),
        ("ff00::/8", "a multicast address"),
    )
)


@dataclass(frozen=True)
class Receiver:
    """Where a URL leads, as far as its text tells."""

    scheme: str
    host: str
    """A lower-case name, or an address without brackets."""
    port: int
    target: str
    """Path and query, as the URL spells them."""
    named: bool
    """Whether an entry names this host, so that it may resolve to any ordinary address."""
    addresses: tuple[str, ...]
    """Where to connect, where no look-up is needed to tell; else empty."""

    @property
    def authority(self) -> str:
        """The value of its Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class CallbackHosts:
    """The rules of this module for one list of allowed hosts; an empty list allows loopback."""

    names: frozenset[str] = frozenset()
    """Host names, ``*.`` and a host name, or ``*``."""
    networks: tuple[Network, ...] = ()

    @classmethod
    def allowing(cls, entries: Iterable[str]) -> "CallbackHosts":
        """Return the rules that allow the entries besides loopback; raise ``BadRequest`` that names a bad one."""
        names: set[str] = set()
        networks: list[Network] = []
        for entry in entries:
            try:
                read = _read_entry(entry.lower())
            except ValueError as error:
                raise BadRequest(
                    f"--allow-callback-host {entry!r}: {error}. Write a host name (lms.example.com), *.example.com, "
                    "an address (10.1.2.3), a network (10.1.0.0/16) or * for every host.",
                    fields={"allow_callback_host": [f"{entry!r}: {error}."]},
                ) from None
            if isinstance(read, str):
                names.add(read)
            else:
                networks.append(read)
        return cls(frozenset(names), tuple(networks))

    def receiver(self, url: str) -> Receiver:
        """Return where a URL leads, looking nothing up; raise ``Forbidden`` if that may not be called."""
        scheme, host, port, target = _read_url(url)
        try:
            read = _read_host(host.lower())
        except ValueError as error:
            raise Forbidden(f"The host of the URL is not plain: {error}.") from None
        if not isinstance(read, str):
            receiver = Receiver(scheme, str(read), port, target, "*" in self.names, (str(read),))
            self.judge(receiver, str(read))
            return receiver
        if read == "localhost" or read.endswith(".localhost"):
            return Receiver(scheme, read, port, target, False, _LOOPBACK)
        named = self._names(read)
        if not named and not self.networks:
            raise Forbidden(_not_named(read))
        return Receiver(scheme, read, port, target, named, ())

    def judge(self, receiver: Receiver, address: str) -> str:
        """Return the plain form of an address that a receiver resolved to or was connected at.

        Raises ``Forbidden`` if it may not be called for that receiver, or is no address.
        """
        try:
            ip = _plain(ip_address(address))
        except ValueError:
            raise Forbidden(f"{receiver.host} resolves to {address!r}, which is not an IP address.") from None
        if ip.is_loopback:
            return str(ip)
        led = _leads_to(ip)
        entries = [network for network in self.networks if ip in network or led in network]
        found = _block(led)
        if found:
            block, what = found
            if not any(entry.version == block.version and entry.subnet_of(block) for entry in entries):  # type: ignore[arg-type]
                raise Forbidden(
                    f"{_at(receiver, ip)} is {what}; nothing is sent there unless --allow-callback-host "
                    f"names the address {led} itself."
                )
        elif not receiver.named and not entries:
            raise Forbidden(_not_named(_at(receiver, ip)))
        return str(ip)

    def _names(self, host: str) -> bool:
        parts = host.split(".")
        wildcards = {f"*.{'.'.join(parts[at:])}" for at in range(1, len(parts))}
        return not self.names.isdisjoint({host, "*"} | wildcards)


def _read_url(url: str) -> tuple[str, str, int, str]:
    """Return scheme, host, port and target of a URL that has one reading; raise ``Forbidden`` for any other."""
    odd = next((character for character in url if not "!" <= character <= "~" or character == "\\"), None)
    if odd is not None:
        raise Forbidden(f"The URL has the character {odd!r}; it must be percent-encoded ASCII without a backslash.")
    found = _URL.fullmatch(url)
    if not found:
        raise Forbidden("The URL must start with http:// or https://.")
    if "@" in found["place"]:
        raise Forbidden("The URL has a user name before its host; write the host alone.")
    place = _PLACE.fullmatch(found["place"])
    if not place or int(place["port"] or 1) > 65535:
        raise Forbidden("After its // the URL must have a host and perhaps a colon and a port from 1 to 65535.")
    scheme = found["scheme"].lower()
    target = found["target"]
    return scheme, place["host"], int(place["port"] or _PORTS[scheme]), target if target[:1] == "/" else f"/{target}"


def _read_host(host: str) -> Address | str:
    """Return the address or the name that a lower-case host is; raise ``ValueError`` with what is odd about it."""
    if len(host) > 253:
        raise ValueError("it is longer than 253 characters")
    if host.startswith("["):
        inner = host[1:-1]
        if not _BARE_IPV6.fullmatch(inner):
            raise ValueError(f"{host} is not an IPv6 address without a zone")
        try:
            return _plain(IPv6Address(inner))
        except ValueError:
            raise ValueError(f"{host} is not an IPv6 address without a zone") from None
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return IPv4Address(host)
        except ValueError:
            raise ValueError(f"{host} is not an IPv4 address of four decimal numbers, such as 127.0.0.1") from None
    if not _NAME.fullmatch(host):
        raise ValueError(f"{host!r} is not a host name of ASCII letters, digits, hyphens and single dots between them")
    return host


def _read_entry(entry: str) -> Network | str:
    """Return what a lower-case entry of the list names; raise ``ValueError`` with what is wrong with it."""
    if entry == "*":
        return entry
    if entry.startswith("*."):
        name = _read_host(entry[2:])
        if not isinstance(name, str):
            raise ValueError("a wildcard stands before a host name, not an address")
        return entry
    if "/" in entry:
        if "//" in entry:
            raise ValueError("it is a URL, not a host")
        return _read_network(entry)
    read = _read_host(f"[{entry}]" if _BARE_IPV6.fullmatch(entry) and entry.count(":") > 1 else entry)
    return read if isinstance(read, str) else ip_network(read)


def _read_network(entry: str) -> Network:
    # Whole addresses only: ipaddress reads also masks such as /255.0.0.0, which other tools read the other way round.
    if not re.fullmatch(r"[0-9a-f:.]+/[0-9]{1,3}", entry):
        raise ValueError("it is not a network")
    network = ip_network(entry)
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
        raise ValueError("an IPv4 network is written as IPv4")
    return network


def _plain(ip: Address) -> Address:
    """Return the IPv4 address that a mapped one is another spelling of; any other as it is."""
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _leads_to(ip: Address) -> Address:
    """Return the IPv4 address that NAT64 or 6to4 leads to; any other as it is."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.sixtofour or ip


def _block(ip: Address) -> tuple[Network, str] | None:
    return next(((network, what) for network, what in _BLOCKS if ip in network), None)


def _at(receiver: Receiver, ip: Address) -> str:
    return str(ip) if receiver.addresses else f"{receiver.host} resolves to {ip}, which"


def _not_named(what: str) -> str:
    return f"{what} is neither loopback nor named by --allow-callback-host."
