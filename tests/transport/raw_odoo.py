"""A tiny server on a real socket that misbehaves in ways no well-built server would: resets, halves, drips, lies.

As a program it is a slow Odoo that counts, for tests with several processes:
``python -m tests.transport.raw_odoo --delay-ms 80 [--jitter-ms 40]`` prints its port, ``GET /stats`` tells the counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def call(self) -> tuple[str, str]:
        """Model and method in either protocol; service and method of JSON-RPC's ``common``."""
        if self.path.startswith("/json/2/"):
            _, _, _, model, method = self.path.split("/")
            return model, method
        params = self.json["params"]
        if params["service"] == "common":
            return "common", params["method"]
        return params["args"][3], params["args"][4]


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut_after: int | None = None  # bytes of the body, then the connection closes
    reset: bool = False  # RST instead of an answer
    drip_s: float | None = None  # pause before each byte of the body
    length: int | None = None  # what Content-Length claims

    def head(self) -> bytes:
        length = len(self.body) if self.length is None else self.length
        lines = [
            f"HTTP/1.1 {self.status} X",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {length}",
        ]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode()


Script = Callable[[Request], Reply | Awaitable[Reply]]


def rpc(request: Request, result: Any) -> Reply:
    """A success in the protocol that was asked in."""
    if request.path.startswith("/json/2/"):
        return Reply(body=json.dumps(result).encode())
    return Reply(body=json.dumps({"jsonrpc": "2.0", "id": request.json["id"], "result": result}).encode())


def rpc_error(request: Request, name: str, *, status: int = 500, message: str = "", **reply: Any) -> Reply:
    """A failure in the protocol that was asked in; ``status`` counts on JSON-2 only."""
    data = {
        "name": name,
        "message": message,
        "arguments": [message],
        "context": {},
        "debug": f"Traceback {message}",
    }
    if request.path.startswith("/json/2/"):
        return Reply(status=status, body=json.dumps(data).encode(), **reply)
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    body = {"jsonrpc": "2.0", "id": request.json["id"], "error": error}
    return Reply(body=json.dumps(body).encode(), **reply)


class RawOdoo:
    """``async with RawOdoo(script) as odoo`` listens on ``odoo.url`` and keeps what it was asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.in_flight = 0
        self.peak = 0
        self.port = 0
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, *calls: tuple[str, str]) -> int:
        return sum(1 for request in self.requests if request.method == "POST" and request.call in calls)

    async def __aenter__(self) -> RawOdoo:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            # A client that was cut off in mid-question leaves half of one behind: nothing to answer.
            with suppress(ConnectionError, asyncio.IncompleteReadError, json.JSONDecodeError):
                await self._serve(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read_request(reader)
        self.requests.append(request)
        if request.path == "/stats":
            await _send(
                writer, Reply(body=json.dumps({"peak": self.peak, "in_flight": self.in_flight}).encode())
            )
            return
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            reply = self.script(request)
            if not isinstance(reply, Reply):
                reply = await reply
            await asyncio.sleep(reply.delay_s)  # works on, also when the client has hung up
        finally:
            self.in_flight -= 1
        await _send(writer, reply)


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method=method, path=path, headers=headers, body=body)


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    if reply.reset:
        # Lingering for zero seconds makes the close a reset.
        plain: socket.socket = writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return
    writer.write(reply.head())
    if reply.drip_s is None:
        writer.write(reply.body if reply.cut_after is None else reply.body[: reply.cut_after])
        await writer.drain()
        return
    for byte in reply.body:
        await asyncio.sleep(reply.drip_s)
        writer.write(bytes([byte]))
        await writer.drain()


async def _serve_slowly(delay_s: float, jitter_s: float) -> None:
    def script(request: Request) -> Reply:
        reply = rpc(request, 7)
        return Reply(body=reply.body, delay_s=delay_s + random.uniform(0, jitter_s))

    async with RawOdoo(script) as odoo:
        print(odoo.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay-ms", type=float, default=80)
    parser.add_argument("--jitter-ms", type=float, default=0)
    options = parser.parse_args()
    asyncio.run(_serve_slowly(options.delay_ms / 1000, options.jitter_ms / 1000))
