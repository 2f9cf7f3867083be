"""Listens, limits how many requests are worked on at once, adds latency, and carries out faults."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import struct
import time
from dataclasses import dataclass

from .application import SIDE_DOOR, Application
from .errors import AccessRefused, BadValue, DatabaseGone, OdooError, SerializationFailure
from .faults import Kind, Rule
from .statistics import Call
from .wire import (
    HEAD_LIMIT,
    BadRequest,
    Request,
    Response,
    html_response,
    read_body,
    read_head,
)

GARBAGE = b'\x00\xff{"jsonrpc": "2.0", "result": [{"id": 1, \xfe\xfe'
BACKLOG = 128
PROXY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>\n"
STATUS_FAULTS = {
    Kind.STATUS_500: (500, "500 Internal Server Error"),
    Kind.STATUS_429: (429, "429 Too Many Requests"),
    Kind.STATUS_503: (503, "503 Service Unavailable"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    host: str
    port: int
    latency_ms: int = 80
    workers: int = 0
    keep_alive: bool = False


class Server:
    def __init__(self, application: Application, settings: Settings) -> None:
        self.application = application
        self.settings = settings
        self.slots = asyncio.Semaphore(settings.workers) if settings.workers else contextlib.nullcontext()

    async def serve(self) -> asyncio.Server:
        settings = self.settings
        return await asyncio.start_server(
            self.handle, settings.host, settings.port, limit=HEAD_LIMIT, backlog=BACKLOG
        )

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._handle_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            writer.transport.abort()
        except BadRequest as problem:
            await send(writer, html_response(str(problem), 400).encode(keep_alive=False))
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()

    async def _handle_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; True when the connection stays open for another."""
        head = await read_head(reader)
        if head is None:
            return False
        method, path, headers = head
        side_door = path.startswith(SIDE_DOOR)
        if not side_door and self.application.faults.take_down():
            reset(writer)
            return False
        body = await read_body(reader, writer, headers)
        request = Request(
            method=method, path=path, headers=headers, body=body, from_loopback=is_loopback(writer)
        )
        keep_alive = self.settings.keep_alive and headers.get("connection", "").lower() != "close"
        if side_door:
            await send(writer, self.application.answer_side_door(request).encode(keep_alive))
            return keep_alive
        return await self._answer(request, reader, writer, keep_alive)

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keep_alive: bool
    ) -> bool:
        statistics = self.application.statistics
        call = self.application.identify(request)
        rule = self.application.faults.take(call)
        started = time.monotonic()
        statistics.arrive()
        outcome = "lost"
        try:
            async with self.slots:
                statistics.start_work()
                try:
                    response = await self._work(request, call, rule)
                finally:
                    statistics.end_work()
                outcome = rule.kind.value if rule else str(response.status)
                return await self._deliver(response, rule, reader, writer, keep_alive)
        finally:
            statistics.leave()
            statistics.record(call, outcome, time.monotonic() - started)

    async def _work(self, request: Request, call: Call, rule: Rule | None) -> Response:
        """The answer, after the latency a real server would have. A lost answer's call runs all the same."""
        started = time.monotonic()
        if rule and rule.kind is Kind.LATE:
            await asyncio.sleep(rule.ms / 1000)
            started = time.monotonic()
        response = self._substitute(request, rule) or self.application.answer(request)
        wanted = self.settings.latency_ms / 1000
        if rule and rule.kind is Kind.LATENCY:
            wanted += rule.ms / 1000
        rest = wanted - (time.monotonic() - started)
        if rest > 0:
            await asyncio.sleep(rest)
        return response

    def _substitute(self, request: Request, rule: Rule | None) -> Response | None:
        """Answers that a fault gives in place of Odoo's."""
        if rule is None:
            return None
        if rule.kind in STATUS_FAULTS:
            status, title = STATUS_FAULTS[rule.kind]
            page = html_response(PROXY_PAGE.format(title), status)
            headers = {"Retry-After": str(rule.retry_after)} if rule.kind is Kind.STATUS_429 else {}
            return Response(status=status, content_type=page.content_type, body=page.body, headers=headers)
        if rule.kind is Kind.GARBAGE:
            return Response(body=GARBAGE)
        if rule.kind in (Kind.EMPTY, Kind.LOST_BEFORE):
            return Response(body=b"")
        problem: OdooError
        if rule.kind is Kind.ROLLED_BACK:
            problem = DatabaseGone()
        elif rule.kind is Kind.CONFLICT:
            problem = SerializationFailure()
        elif rule.kind is Kind.ACCESS_ERROR:
            problem = AccessRefused("You are not allowed to access these records (a fault of the sandbox).")
        elif rule.kind is Kind.UNKNOWN_FIELD:
            model = self.application.identify(request).model
            where = f"'{model}'" if self.application.database.dialect.serie >= 19 else f"model '{model}'"
            problem = BadValue(f"Invalid field '{rule.field}' on {where}")
        else:
            return None
        return self.application.describe_problem(request, problem)

    async def _deliver(
        self,
        response: Response,
        rule: Rule | None,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keep_alive: bool,
    ) -> bool:
        kind = rule.kind if rule else None
        encoded = response.encode(keep_alive)
        if kind in (Kind.RESET, Kind.LOST_BEFORE, Kind.LOST_AFTER):
            reset(writer)
            return False
        if rule and kind is Kind.HANG:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), rule.ms / 1000 if rule.ms else None)
            return False
        if kind is Kind.HALF_ANSWER:
            await send(writer, encoded[: len(encoded) - max(1, len(response.body) // 2)])
            return False
        if rule and kind is Kind.SLOW_BYTES:
            await send_slowly(writer, encoded, rule.ms / 1000)
            return keep_alive
        await send(writer, encoded)
        return keep_alive


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def send_slowly(writer: asyncio.StreamWriter, data: bytes, seconds: float) -> None:
    steps = 20
    size = max(1, -(-len(data) // steps))
    for start in range(0, len(data), size):
        await send(writer, data[start : start + size])
        await asyncio.sleep(seconds / steps)


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def is_loopback(writer: asyncio.StreamWriter) -> bool:
    peer = writer.get_extra_info("peername")
    return bool(peer) and ipaddress.ip_address(peer[0].partition("%")[0]).is_loopback
