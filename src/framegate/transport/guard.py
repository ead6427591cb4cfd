"""Which addresses a stranger's URL may lead to: public ones only. The address that was checked is the one used."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import urlsplit

from framegate.transport.outcome import Refused

Resolve = Callable[[str, int], Awaitable[list[str]]]
NAME = re.compile(r"(?!.*\.\.)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
NUMERIC = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)")
"""What WHATWG's rules read as an IPv4 address, however it is written."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
TEREDO = ipaddress.ip_network("2001::/32")
SHARED = ipaddress.ip_network("100.64.0.0/10")


class Target(NamedTuple):
    """Where a URL leads after the guard has looked: connect to `address`, say `host`."""

    url: str
    host: str
    port: int
    address: str


def public(address: str) -> bool:
    """Whether an IP address is out in the world: not ours, not this machine's, not a cloud's metadata."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return public(str(ip.ipv4_mapped))
        if ip.is_site_local or any(ip in network for network in (NAT64, NAT64_LOCAL, SIX_TO_FOUR, TEREDO)):
            return False
    elif ip in SHARED:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host name. Raises `Refused` when it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Refused(f"the host {host!r} is not known") from None
    return [str(entry[4][0]) for entry in found]


def plain_host(host: str) -> str | None:
    r"""How a host is surely understood alike by us and by the client that connects: "name", "address", or None.

    URL parsers differ on the odd ones. A backslash ends the host for some (`http://127.0.0.1\a.example/`), `%2e` is a
    dot, `0x7f.1` an address, and a name that ends in a dot is another name: what was checked would not be what is used.
    """
    if ":" in host or NUMERIC.fullmatch(host):
        try:
            return "address" if ipaddress.ip_address(host) else None
        except ValueError:
            return None
    return "name" if NAME.fullmatch(host) else None


async def check(url: str, *, allow_hosts: tuple[str, ...] = (), resolver: Resolve = resolve) -> Target:
    """The one address to connect to. Raises `Refused` for anything that is not plainly public.

    `allow_hosts` are patterns of hosts that the operator admits although they are private.
    """
    host, port, kind = read(url)
    addresses = await resolver(host, port) if kind == "name" else [host]
    if not addresses or not (
        admitted(host, port, allow_hosts) or all(public(address) for address in addresses)
    ):
        raise Refused(f"the address of {host!r} is not public")
    return Target(url, host, port, addresses[0])


def check_unresolved(url: str, *, allow_hosts: tuple[str, ...] = ()) -> None:
    """What can be told without looking a name up. Raises `Refused` for a URL that `check` surely will refuse."""
    host, port, kind = read(url)
    here = host == "localhost" or host.endswith(".localhost")
    if (here or (kind == "address" and not public(host))) and not admitted(host, port, allow_hosts):
        raise Refused(f"the address of {host!r} is not public")


def admitted(host: str, port: int, allow_hosts: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(host, pattern) or fnmatchcase(f"{host}:{port}", pattern) for pattern in allow_hosts
    )


def read(url: str) -> tuple[str, int, str]:
    """Host, port, and whether the host is a "name" or an "address". Raises `Refused` for an odd URL."""
    if any(c.isspace() or not c.isprintable() for c in url):
        raise Refused("a URL must hold no space or unprintable character: a space is written %20")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("this is not a URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise Refused("a URL must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise Refused("a URL must not hold a user name or password")
    kind = plain_host(host)
    if kind is None:
        raise Refused("this is not a URL that can be fetched: its host must be a plain name or address")
    return host, port or (443 if parts.scheme == "https" else 80), kind
