"""The one door to the network: bounded, encrypted, never redirected, with failures told apart by what they mean."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from integrations.errors import GatewayError, OutcomeUnknown, TooLarge, Unreachable
from integrations.event_loop import close_current_scope, current_scope
from integrations.public_addresses import AddressNotPublic, PublicResolver, is_number, is_public

MAX_ANSWER_BYTES = 16 * 1024 * 1024
CONNECT_TIMEOUT_S = 0.5
POOL_TIMEOUT_S = 1.0
SILENCE_TIMEOUT_S = 15.0
MAX_CONNECTIONS = 100
KEEPALIVE_S = 10.0  # shorter than any usual proxy's, so that a connection is rarely closed under a request

TransportFactory = Callable[[], httpx.AsyncBaseTransport]


class InsecureAddress(ValueError):
    """The address would carry keys in the clear or is no plain web address."""


class CertificateRefused(Unreachable):
    """The other side could not prove who it is; nothing was sent."""

    reason = "certificate_refused"


class AddressRefused(Unreachable):
    """The address lies in a private network and nobody has allowed that; nothing was sent."""

    reason = "address_refused"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def require_safe_address(url: str) -> str:
    """Return ``url`` without its closing slash, or raise: https everywhere, http to this machine only."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise InsecureAddress("The address is not a web address.") from None
    if not host or parts.scheme not in {"http", "https"}:
        raise InsecureAddress("The address must start with https:// and name a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InsecureAddress("The address must hold no user, password, query or fragment.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise InsecureAddress("http:// is for this machine only; use https:// for every other host.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    max_bytes: int = MAX_ANSWER_BYTES,
    silence_s: float = SILENCE_TIMEOUT_S,
    connect_s: float | None = None,
    private_hosts: frozenset[str] | None = None,
) -> HttpAnswer:
    """One request. Raises ``Unreachable`` when nothing was sent, ``OutcomeUnknown`` when no whole answer came.

    There is no total time limit here: the caller wraps the call in its own. With ``private_hosts`` only public
    addresses are spoken to, and the hosts it names.
    """
    failure: GatewayError
    if private_hosts is not None:
        _refuse_private_number(url, private_hosts)
    try:
        request = httpx.Request(
            method,
            url,
            headers={**_fixed_headers(), **headers},
            content=content,
            extensions=_limits(silence_s, CONNECT_TIMEOUT_S if connect_s is None else connect_s),
        )
        response = await _transport(private_hosts).handle_async_request(request)
        try:
            body = await _read_bounded(response, max_bytes)
        finally:
            await response.aclose()
        if body is not None:
            return HttpAnswer(status=response.status_code, headers=response.headers, body=body)
        failure = TooLarge(f"the answer is larger than {max_bytes} bytes")
    except httpx.HTTPError as error:
        failure = _named_failure(error)
    except (aiohttp.ClientError, OSError) as error:
        failure = _named_failure(error)
    # Raised out here: an httpx error holds the request, and with it the key.
    raise failure


async def _read_bounded(response: httpx.Response, max_bytes: int) -> bytes | None:
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        return None
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > max_bytes:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _named_failure(error: Exception) -> GatewayError:
    """Tell "never left" from "no answer"; the transport's own mapping mixes the two up."""
    root = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    if isinstance(root, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return CertificateRefused("the certificate is not trusted or does not match the host")
    if isinstance(root, aiohttp.InvalidURL):
        return Unreachable("the address cannot be used")
    if isinstance(root, aiohttp.ClientConnectorError) and isinstance(root.os_error, AddressNotPublic):
        return AddressRefused("the address is private")
    if isinstance(root, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Unreachable("no connection could be made")
    if not isinstance(root, aiohttp.ClientError) and isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol
    ):
        return Unreachable("no connection could be made")
    return OutcomeUnknown("the connection ended before a whole answer came")


def _refuse_private_number(url: str, private_hosts: frozenset[str]) -> None:
    """Addresses that are numbers already are shown to no resolver."""
    host = (urlsplit(url).hostname or "").lower()
    if is_number(host) and not is_public(host) and host not in private_hosts:
        raise AddressRefused("the address is private")


def _default_transport(private_hosts: frozenset[str] | None = None) -> httpx.AsyncBaseTransport:
    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=MAX_CONNECTIONS,
            keepalive_timeout=KEEPALIVE_S,
            ssl=_tls_context(),
            ttl_dns_cache=30,
            resolver=None if private_hosts is None else PublicResolver(private_hosts),
        )
        made = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
        )
        # Left alone, it sends a PUT again by itself when the connection ends: a note would be posted twice.
        made._retry_connection = False
        return made

    return AiohttpTransport(verify=_tls_context(), client=session)


@lru_cache(maxsize=1)
def _tls_context():  # type: ignore[no-untyped-def]
    return httpx.create_ssl_context()


_transport_factory: TransportFactory | None = None


def use_transport(factory: TransportFactory | None) -> None:
    """Let a test speak to something else than the network; ``None`` goes back. Takes hold on loops to come."""
    global _transport_factory
    _transport_factory = factory


def _transport(private_hosts: frozenset[str] | None) -> httpx.AsyncBaseTransport:
    """Asked directly: httpx's client would look for redirects, cookies and logins that we never want."""
    scope = current_scope()
    place = "http" if private_hosts is None else f"http, public and {sorted(private_hosts)}"
    transport: httpx.AsyncBaseTransport | None = scope.resources.get(place)
    if transport is None:
        transport = _transport_factory() if _transport_factory else _default_transport(private_hosts)
        scope.resources[place] = transport
        scope.closers.append(transport.aclose)
    return transport


@lru_cache(maxsize=16)
def _limits(silence_s: float, connect_s: float) -> dict[str, Any]:
    return {"timeout": httpx.Timeout(silence_s, connect=connect_s, pool=POOL_TIMEOUT_S).as_dict()}


@lru_cache(maxsize=1)
def _fixed_headers() -> Mapping[str, str]:
    return {
        "User-Agent": f"Deskglass/{_version()}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Connection": "keep-alive",
    }


@lru_cache(maxsize=1)
def _version() -> str:
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


async def close_clients() -> None:
    """Close what this loop opened; the ASGI application calls it when the server shuts down."""
    await close_current_scope()
