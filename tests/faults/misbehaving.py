"""Stands between the console and a sandbox Odoo and spoils every answer in one chosen way, down to single bytes."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MARK = "words-from-the-middle"
TRACEBACK = f'Traceback (most recent call last):\n  File "/opt/odoo/http.py", line 1\nMemoryError: {MARK}'
LEAKS = (MARK, "/opt/odoo", "psycopg2", "odoo.exceptions", "Traceback", "MemoryError")
"""What must reach neither a page, nor the API, nor a log."""


class Fault(StrEnum):
    REFUSED = "refused"  # nobody listens
    NO_SUCH_HOST = "no_such_host"
    EXPIRED_CERTIFICATE = "expired_certificate"
    CLOSED_AT_ONCE = "closed_at_once"  # before the question is read
    RESET = "reset"  # instead of an answer
    CUT_HEAD = "cut_head"  # in the middle of the headers
    HALF = "half"  # in the middle of the body
    HANGING = "hanging"  # not a byte
    HEAD_ONLY = "head_only"  # the headers, then not a byte
    DRIPPING = "dripping"  # a byte every three seconds
    SLOW = "slow"  # whole and far too late
    GARBAGE = "garbage"  # a web page with status 200
    WRONG_SHAPE = "wrong_shape"  # good JSON that means nothing
    ERROR_500 = "error_500"  # with a traceback
    TOO_BUSY = "too_busy"  # 429 with Retry-After
    UNAVAILABLE = "unavailable"  # 503 of a proxy, with Retry-After
    REDIRECT = "redirect"  # to somewhere else
    NOT_HTTP = "not_http"  # another protocol's greeting
    TOO_LARGE = "too_large"
    OTHER_ORDER = "other_order"  # a good answer to a question about another order


NO_PORT = frozenset({Fault.REFUSED, Fault.NO_SUCH_HOST})
ASK_ODOO = frozenset({Fault.CUT_HEAD, Fault.HALF, Fault.DRIPPING, Fault.SLOW, Fault.HEAD_ONLY})


@dataclass(frozen=True, slots=True)
class Question:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def number(self) -> object:
        """JSON-RPC's own; JSON-2 has none."""
        return json.loads(self.body).get("id") if self.path == "/jsonrpc" else None

    def about(self, asked: str, instead: str) -> Question:
        return Question(
            self.method, self.path, self.headers, self.body.replace(asked.encode(), instead.encode())
        )


class Misbehaving:
    """``with Misbehaving(port, fault, ...) as middle``: the console is told ``middle.url``."""

    def __init__(self, odoo_port: int, fault: Fault, *, asked: str, instead: str, certificate: Path) -> None:
        self._odoo_port = odoo_port
        self._fault = fault
        self._orders = (asked, instead)
        self._certificate = certificate
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0
        self.questions = 0

    @property
    def url(self) -> str:
        if self._fault is Fault.NO_SUCH_HOST:
            return "https://odoo.no-such-host.invalid"
        scheme = "https" if self._fault is Fault.EXPIRED_CERTIFICATE else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        if self._fault in NO_PORT:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            return self
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        if not self._thread.is_alive():
            self._loop.close()
            return
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Awaitable[None]) -> None:
        async def do() -> None:
            await work

        asyncio.run_coroutine_threadsafe(do(), self._loop).result(10)

    async def _listen(self) -> None:
        context = None
        if self._fault is Fault.EXPIRED_CERTIFICATE:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self._certificate)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(
            OSError, asyncio.IncompleteReadError, asyncio.CancelledError, http.client.HTTPException
        ):
            if self._fault is Fault.NOT_HTTP:
                writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
                await writer.drain()
            elif self._fault is not Fault.CLOSED_AT_ONCE:
                question = await _read(reader)
                self.questions += 1
                await self._answer(question, writer)
        writer.close()

    async def _answer(self, question: Question, writer: asyncio.StreamWriter) -> None:
        fault = self._fault
        if fault in _FIXED:
            writer.write(_FIXED[fault](question))
        elif fault is Fault.RESET:
            plain: socket.socket = writer.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return
        elif fault is Fault.HANGING:
            await asyncio.sleep(30)
        elif fault is Fault.OTHER_ORDER:
            head, body = await asyncio.to_thread(self._ask_odoo, question.about(*self._orders))
            writer.write(head + body)
        else:
            head, body = await asyncio.to_thread(self._ask_odoo, question)
            await self._spoil(writer, head, body)
        await writer.drain()

    async def _spoil(self, writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
        if self._fault is Fault.CUT_HEAD:
            writer.write(head[: len(head) // 2])
        elif self._fault is Fault.HALF:
            writer.write(head + body[: len(body) // 2])
        elif self._fault is Fault.SLOW:
            await asyncio.sleep(4)
            writer.write(head + body)
        elif self._fault is Fault.HEAD_ONLY:
            writer.write(head)
            await writer.drain()
            await asyncio.sleep(30)
        else:
            writer.write(head)
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(3)

    def _ask_odoo(self, question: Question) -> tuple[bytes, bytes]:
        odoo = http.client.HTTPConnection("127.0.0.1", self._odoo_port, timeout=30)
        try:
            odoo.request(question.method, question.path, question.body or None, question.headers)
            answer = odoo.getresponse()
            body = answer.read()
            return _head(answer.status, answer.headers.get_content_type(), len(body)), body
        finally:
            odoo.close()


async def _read(reader: asyncio.StreamReader) -> Question:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    kept = {
        name: value for name, value in headers.items() if re.match(r"authorization|content-type|x-", name)
    }
    return Question(method, path, kept, body)


def _head(status: int, content_type: str, length: int, *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {content_type}", f"Content-Length: {length}", *more]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode()


def _page(status: int, *more: str) -> Callable[[Question], bytes]:
    body = f"<html>{MARK} psycopg2.OperationalError at /opt/odoo/sql_db.py</html>".encode()
    return lambda _question: _head(status, "text/html", len(body), *more) + body


def _wrong_shape(question: Question) -> bytes:
    """An order whose total is no number, in an answer that is well-formed otherwise."""
    result = {
        "length": 1,
        "records": [{"id": 1, "name": MARK, "amount_total": {"not": MARK}, "order_line": 5}],
    }
    rpc = {"jsonrpc": "2.0", "id": question.number, "result": result}
    body = json.dumps(result if question.number is None else rpc).encode()
    return _head(200, "application/json", len(body)) + body


def _error_500(question: Question) -> bytes:
    data = {"name": "builtins.MemoryError", "message": MARK, "arguments": [MARK], "debug": TRACEBACK}
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    rpc = {"jsonrpc": "2.0", "id": question.number, "error": error}
    if question.number is None:
        body = json.dumps(data).encode()
        return _head(500, "application/json", len(body)) + body
    body = json.dumps(rpc).encode()
    return _head(200, "application/json", len(body)) + body


_FIXED: dict[Fault, Callable[[Question], bytes]] = {
    Fault.GARBAGE: _page(200),
    Fault.WRONG_SHAPE: _wrong_shape,
    Fault.ERROR_500: _error_500,
    Fault.TOO_BUSY: _page(429, "Retry-After: 20"),
    Fault.UNAVAILABLE: _page(503, "Retry-After: 20"),
    Fault.REDIRECT: _page(302, "Location: http://127.0.0.1:1/elsewhere"),
    Fault.TOO_LARGE: lambda _question: _head(200, "application/json", 64 * 1024 * 1024) + b"[" * 1000,
}


def make_expired_certificate(folder: Path) -> Path:
    """For 127.0.0.1, trusted by nobody, and over since yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "expired.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file
