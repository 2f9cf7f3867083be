"""A browser per agent, as little of one as possible: one keep-alive connection, no parsing beyond what is counted."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

PATIENCE_S = 30.0
KEPT_S = 3.0  # shorter than the server keeps a silent connection
_TIMING = re.compile(rb'odoo;dur=([\d.]+);desc="slowest of (\d+)"')


class Outcome(StrEnum):
    LIVE = "live"  # an order as Odoo has just told it
    KEPT = "kept"  # an order from a snapshot
    WAITING = "waiting"  # the page that fills itself later
    OTHER = "page"  # anything else that came as it should
    NAMED = "named"  # a failure that says what and when to come back
    LIMITED = "limited"  # 429: this person asks too much
    ERROR = "error"  # anything else


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    kind: str
    outcome: Outcome
    began_at: float
    ms: float  # from when it was due, so that waiting for a slow server counts
    detail: str = ""


class Browser:
    def __init__(self, url: str, cookie: str, token: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._origin = parts.hostname or "", parts.port or 80, url
        self._head = (
            f"Host: {parts.netloc}\r\nCookie: {cookie}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
            "Accept-Language: en\r\n"
        )
        self._token = token
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_at = 0.0

    async def visit(
        self, kind: str, path: str, *, due_at: float, form: Mapping[str, str] | None = None
    ) -> Visit:
        """Never raises: what goes wrong is what is counted."""
        began_at = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, head, body = await self._exchange(path, form)
            outcome, detail = _judged(status, head, body), str(status)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            outcome, detail = Outcome.ERROR, type(error).__name__
        ms = (time.perf_counter() - due_at) * 1000
        return Visit(kind=kind, outcome=outcome, began_at=began_at, ms=ms, detail=detail)

    async def _exchange(self, path: str, form: Mapping[str, str] | None) -> tuple[int, bytes, bytes]:
        if time.perf_counter() - self._used_at > KEPT_S:
            self.close()
        if self._connection is None:
            self._connection = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._connection
        writer.write(self._question(path, form))
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        lower = head.lower()
        found = re.search(rb"content-length: (\d+)", lower)
        body = await reader.readexactly(int(found[1])) if found else b""
        self._used_at = time.perf_counter()
        if b"connection: close" in lower or found is None:
            self.close()
        return status, lower, body

    def _question(self, path: str, form: Mapping[str, str] | None) -> bytes:
        if form is None:
            return f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()
        body = urlencode({**form, "csrfmiddlewaretoken": self._token})
        more = f"Origin: {self._origin}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        return f"POST {path} HTTP/1.1\r\n{self._head}{more}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def close(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
            self._connection = None


def _judged(status: int, head: bytes, body: bytes) -> Outcome:
    if status == 429:
        return Outcome.LIMITED
    if status == 503 and b"retry-after:" in head:
        return Outcome.NAMED
    if status >= 400:
        return Outcome.ERROR
    timing = _TIMING.search(head)
    if timing is not None:
        return Outcome.LIVE if int(timing[2]) else Outcome.KEPT
    return Outcome.OTHER
