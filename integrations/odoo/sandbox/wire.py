"""Reads HTTP requests from a socket and writes answers, close enough to the metal to break them on purpose."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 160 * 1024 * 1024
JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


class BadRequest(Exception):
    """What arrived is not an HTTP request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    from_loopback: bool

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int = 200
    content_type: str = JSON_TYPE
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode(self, keep_alive: bool) -> bytes:
        """Without keep-alive as Odoo's prefork servers answer: HTTP/1.0 and close."""
        version, connection = ("HTTP/1.1", "keep-alive") if keep_alive else ("HTTP/1.0", "close")
        lines = [
            f"{version} {self.status} {HTTPStatus(self.status).phrase.upper()}",
            "Server: Werkzeug/3.0.1 Python/3.12.3",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
            f"Connection: {connection}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, body=json.dumps(value).encode(), headers=headers or {})


def html_response(page: str, status: int) -> Response:
    return Response(status=status, content_type=HTML_TYPE, body=page.encode())


async def read_head(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]] | None:
    """Method, path and headers; None when the client closed an idle connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as problem:
        if not problem.partial:
            return None
        raise BadRequest("the request ended in mid-head") from None
    except asyncio.LimitOverrunError:
        raise BadRequest("the request head is too long") from None
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        raise BadRequest("no HTTP request line")
    headers = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return words[0].upper(), words[1].partition("?")[0], headers


async def read_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Mapping[str, str]
) -> bytes:
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await read_chunks(reader)
    try:
        length = int(headers.get("content-length", "0"))
    except ValueError:
        raise BadRequest("bad Content-Length") from None
    if not 0 <= length <= BODY_LIMIT:
        raise BadRequest("the body is too large")
    return await reader.readexactly(length) if length else b""


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    pieces: list[bytes] = []
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if size == 0:
            await reader.readuntil(b"\r\n")
            return b"".join(pieces)
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
