"""Which addresses a stranger's URL may lead to: public ones only. The address that was checked is the one used."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import urlsplit

from framegate.transport.outcome import Refused

Resolve = Callable[[str, int], Awaitable[list[str]]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
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
        if ip in NAT64 or ip in SIX_TO_FOUR or ip in TEREDO:
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


async def check(url: str, *, allow_hosts: tuple[str, ...] = (), resolver: Resolve = resolve) -> Target:
    """The one address to connect to. Raises `Refused` for anything that is not plainly public.

    `allow_hosts` are patterns of hosts that the operator admits although they are private.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Refused("this is not a URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise Refused("a URL must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise Refused("a URL must not hold a user name or password")
    if any(c.isspace() or not c.isprintable() for c in url) or not host.isascii():
        raise Refused("this is not a URL")
    port = port or (443 if parts.scheme == "https" else 80)
    addresses = await resolver(host, port)
    allowed = any(
        fnmatchcase(host, pattern) or fnmatchcase(f"{host}:{port}", pattern) for pattern in allow_hosts
    )
    if not addresses or not (allowed or all(public(address) for address in addresses)):
        raise Refused(f"the address of {host!r} is not public")
    return Target(url, host, port, addresses[0])
