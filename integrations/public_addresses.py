"""Keeps calls to addresses that people typed in away from our own network: judged where a name becomes a number."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressNotPublic(OSError):
    """A name leads into a private network, or to this machine."""


def is_public(address: str) -> bool:
    """Whether all the internet means the same machine by it; what wraps an IPv4 address counts as that one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(ip.packed[-4:])
        if wrapped is not None:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


def is_number(host: str) -> bool:
    """Whether a host is written as an address already, which no resolver is asked about."""
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


class PublicResolver(AbstractResolver):
    """Answers with public addresses only, except for the hosts that whoever runs the server has named.

    The connection goes to the very address that was judged, so a name that changes its mind in between gains nothing.
    """

    def __init__(self, private_hosts: Collection[str]) -> None:
        self._private_hosts = frozenset(private_hosts)
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host.lower() not in self._private_hosts and not all(is_public(each["host"]) for each in found):
            raise AddressNotPublic("the name leads to a private address")
        return found

    async def close(self) -> None:
        await self._resolver.close()
