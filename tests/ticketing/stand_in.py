"""A ticketing tool on a real socket: keeps tickets, speaks one vendor's words, fails on request, remembers everything.

The state is the same for all vendors; a vendor's file turns it into that vendor's JSON and back.
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.description import Exchange, published

BEGAN = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
SECRET_WORDS = "words-nobody-may-repeat"  # in every error the stand-ins write
CUSTOMER = ("Ana Buyer", "ana.buyer@example.com")
AGENT = ("Jo Agent", "jo.agent@example.com")


class Fault(StrEnum):
    RESET = "reset"  # before anything is done
    LOST = "lost"  # done, and no answer
    HALF = "half"  # done, and half an answer
    SLOW = "slow"  # done, and silence
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"


@dataclass
class Entry:
    id: int
    author: str  # customer, agent, system
    is_public: bool
    at: datetime
    text: str
    html: str = ""
    attachment: str = ""  # a file's name


@dataclass
class Held:
    """A ticket as the tool keeps it."""

    id: int
    subject: str
    fields: dict[str, Any]
    entries: list[Entry]
    status: str = "open"
    version: int = 1
    links: list[str] = field(default_factory=list)

    @property
    def updated_at(self) -> datetime:
        return BEGAN + timedelta(days=1, seconds=self.version)

    @property
    def private(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_public]


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Ordered:
    fault: Fault | Answer
    when: Callable[[Asked], bool]
    times: int


def is_write(asked: Asked) -> bool:
    return (
        asked.method != "GET"
        and "oauth" not in asked.path
        and not asked.path.endswith(("/filter", "/attachments"))
    )


class StandIn:
    """``with Zendesk() as tool``: then ``tool.url`` answers until the end."""

    vendor: ClassVar[Vendor]
    order_field: ClassVar[str] = "order_ref"
    link_field: ClassVar[str] = "console_link"
    account: ClassVar[str] = ""
    keys: ClassVar[Mapping[KeyPurpose, tuple[str, str]]] = {
        KeyPurpose.API: ("api@example.com", "key-of-the-api")
    }
    id_form: ClassVar[str] = "{}"

    def __init__(self) -> None:
        self.tickets: dict[int, Held] = {}
        self.asked: list[Asked] = []
        self.exchanges: list[Exchange] = []
        self.crashes: list[BaseException] = []
        self.before: Callable[[Asked], None] | None = None  # somebody else, a moment earlier
        self._ordered: list[_Ordered] = []
        self._numbers = itertools.count(500)
        self._lock = threading.RLock()
        self.over = threading.Event()

    # --- for tests ------------------------------------------------------------------------------------------
    def __enter__(self) -> StandIn:
        tool = self

        class Handler(_Handler):
            owner = tool

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add_ticket(self, number: int = 42, *, order_ref: str = "", messages: int = 2, **fields: Any) -> str:
        """A customer asks, an agent answers, and so on; the name the vendor gives the ticket is returned."""
        entries = [
            Entry(
                id=next(self._numbers),
                author="agent" if index % 2 else "customer",
                is_public=True,
                at=BEGAN + timedelta(minutes=index),
                text=f"Message {index}: Wo ist mein Paket? 📦 né",
            )
            for index in range(messages)
        ]
        own = {self.order_field: order_ref} if order_ref else {}
        self.tickets[number] = Held(
            id=number, subject="Where is my order?", fields={**own, **fields}, entries=entries
        )
        return self.id_form.format(number)

    def fail(
        self, fault: Fault | Answer, *, when: Callable[[Asked], bool] = is_write, times: int = 1
    ) -> None:
        """Let the next questions of a kind end badly."""
        self._ordered.append(_Ordered(fault, when, times))

    def recover(self) -> None:
        """No more of what was ordered."""
        self._ordered.clear()

    def refuse(
        self, status: int, *, when: Callable[[Asked], bool] = is_write, times: int = 1, **headers: str
    ) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.fail(Answer(status, self.error(status), named), when=when, times=times)

    def problems(self) -> list[str]:
        """Everything that was said and is not in the vendor's description."""
        description = published(self.vendor.value)
        return [each for exchange in self.exchanges for each in description.problems(exchange)]

    # --- for vendors' files ---------------------------------------------------------------------------------
    def is_authorized(self, asked: Asked) -> bool:
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def error(self, status: int) -> Any:
        return {"error": SECRET_WORDS, "description": f"{CUSTOMER[1]} {status}"}

    def add_entry(self, held: Held, text: str, *, is_public: bool, html: str = "") -> Entry:
        """What the integration's own user writes, later than everything there is."""
        held.version += 1
        last = max((entry.at for entry in held.entries), default=BEGAN)
        entry = Entry(
            id=next(self._numbers),
            author="agent",
            is_public=is_public,
            at=max(last + timedelta(seconds=1), datetime.now(UTC).replace(microsecond=0)),
            text=text,
            html=html,
        )
        held.entries.append(entry)
        return entry

    def set_fields(self, held: Held, fields: Mapping[str, Any]) -> None:
        held.version += 1
        held.fields.update(fields)

    # --- inside ---------------------------------------------------------------------------------------------
    def handle(self, asked: Asked) -> tuple[Answer, Fault | None]:
        with self._lock:
            self.asked.append(asked)
            ordered = next((each for each in self._ordered if each.times and each.when(asked)), None)
            if ordered is not None:
                ordered.times -= 1
                if isinstance(ordered.fault, Answer):
                    return ordered.fault, None
                if ordered.fault is Fault.RESET:
                    return Answer(), Fault.RESET
            if self.before is not None:
                self.before(asked)
            try:
                answer = self.answer(asked) if self.is_authorized(asked) else Answer(401, self.error(401))
            except KeyError:
                answer = Answer(404, self.error(404))
            except Exception as crash:
                self.crashes.append(crash)
                answer = Answer(500, self.error(500))
            self.exchanges.append(Exchange(asked.method, asked.path, asked.body, answer.status, answer.body))
            return answer, ordered.fault if ordered and isinstance(ordered.fault, Fault) else None


class _Handler(BaseHTTPRequestHandler):
    owner: StandIn

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=json.loads(content) if content else None,
        )
        answer, fault = self.owner.handle(asked)
        with suppress(OSError):
            self._write(answer, fault)

    def _write(self, answer: Answer, fault: Fault | None) -> None:
        if fault in {Fault.RESET, Fault.LOST}:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
            self.close_connection = True
            self.connection.close()
            return
        if fault is Fault.SLOW:
            self.owner.over.wait(120)
            return
        body = b"" if answer.body is None else json.dumps(answer.body).encode()
        content_type = "application/json; charset=utf-8"
        if fault is Fault.NOT_JSON:
            body, content_type = f"<html>{SECRET_WORDS} {CUSTOMER[1]}</html>".encode(), "text/html"
        if fault is Fault.WRONG_SHAPE:
            body = json.dumps([{"surprise": SECRET_WORDS}, 7]).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault is Fault.HALF else body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, *_: object) -> None:
        pass

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()


@contextmanager
def running(kind: type[StandIn]) -> Iterator[StandIn]:
    with kind() as tool:
        yield tool
        assert tool.crashes == []
        assert tool.problems() == []
