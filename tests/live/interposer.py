"""Stands between the console and the real Odoo: counts the calls, and misbehaves on demand where Odoo never would.

One request per connection, passed on to Odoo over a connection of its own; works for http and https.
"""

from __future__ import annotations

import http.client
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

PATIENCE_S = 60.0
GARBAGE = "<html>garbage-from-the-middle psycopg2.OperationalError at /opt/odoo/sql_db.py</html>"
HOP_HEADERS = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "host"})


class Fault(StrEnum):
    NONE = "none"
    REFUSED = "refused"  # nobody listens
    RESET = "reset"  # the connection breaks after some bytes of the answer
    HALF = "half"  # the answer ends in its middle
    SLOW = "slow"  # the answer comes, far too late
    HANGING = "hanging"  # no answer ever
    GARBAGE = "garbage"  # something that is not Odoo's, with status 200
    WRONG_SHAPE = "wrong_shape"  # good JSON that answers something else
    CUT_BEFORE = "cut_before"  # the connection breaks before Odoo hears of it
    CUT_SENT = "cut_sent"  # the connection breaks while Odoo is at work
    ERROR_500 = "error_500"  # a server error with Odoo's traceback in it


@dataclass(frozen=True, slots=True)
class Call:
    model: str
    method: str


Chosen = Callable[[Call], bool]


def every_call(_call: Call) -> bool:
    return True


@dataclass(eq=False)
class Interposer:
    target: str
    fault: Fault = Fault.NONE
    chosen: Chosen = every_call
    reset_after: int = 300
    slow_s: float = 5.0
    faults: Counter[Fault] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)
    _listener: socket.socket | None = None
    _port: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{urlsplit(self.target).path.rstrip('/')}"

    @contextmanager
    def misbehaving(self, fault: Fault, chosen: Chosen = every_call) -> Iterator[None]:
        self.fault, self.chosen = fault, chosen
        if fault is Fault.REFUSED:
            self._close()
        try:
            yield
        finally:
            self.fault, self.chosen = Fault.NONE, every_call
            if fault is Fault.REFUSED:
                self._listen()

    @contextmanager
    def counting(self) -> Iterator[list[Call]]:
        self.calls = []
        yield self.calls

    def stop(self) -> None:
        self._stopped.set()
        self._close()

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(64)
        self._listener, self._port = listener, listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _close(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone does not wake a thread that waits in accept.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, http.client.HTTPException):
            client.settimeout(PATIENCE_S)
            request = _read_request(client)
            if request is None:
                return
            call = request.call
            self.calls.append(call)
            fault = self.fault_for(call)
            self.faults[fault] += 1
            if fault in (Fault.CUT_BEFORE, Fault.CUT_SENT):
                _break(client)
            if fault is Fault.CUT_BEFORE:
                return
            answer = self._ask_odoo(request) if fault in _NEED_ODOO else b""
            self._answer(client, request, fault, answer)

    def fault_for(self, call: Call) -> Fault:
        return self.fault if self.chosen(call) else Fault.NONE

    def _answer(self, client: socket.socket, request: _Request, fault: Fault, answer: bytes) -> None:
        if fault is Fault.NONE:
            client.sendall(answer)
        elif fault is Fault.RESET:
            client.sendall(answer[: self.reset_after])
            _break(client)
        elif fault is Fault.HALF:
            client.sendall(answer[: len(answer) // 2])
        elif fault is Fault.SLOW:
            self._stopped.wait(self.slow_s)
            client.sendall(answer)
        elif fault is Fault.HANGING:
            self._stopped.wait(30.0)
        elif fault is Fault.GARBAGE:
            client.sendall(_worded(200, "text/html", GARBAGE.encode()))
        elif fault is Fault.WRONG_SHAPE:
            client.sendall(_worded(200, "application/json", request.wrong_answer()))
        elif fault is Fault.ERROR_500:
            client.sendall(_worded(500, "application/json", _traceback()))

    def _ask_odoo(self, request: _Request) -> bytes:
        parts = urlsplit(self.target)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        odoo = kind(parts.hostname or "", parts.port, timeout=PATIENCE_S)
        try:
            odoo.request(request.method, request.path, body=request.body or None, headers=request.headers)
            answer = odoo.getresponse()
            body = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_HEADERS]
            lines = "".join(f"{name}: {value}\r\n" for name, value in kept)
            return (
                f"HTTP/1.1 {answer.status} {answer.reason}\r\n{lines}Content-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n"
            ).encode("latin-1") + body
        finally:
            odoo.close()


_NEED_ODOO = (Fault.NONE, Fault.RESET, Fault.HALF, Fault.SLOW, Fault.CUT_SENT)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def call(self) -> Call:
        if "/json/2/" in self.path:
            model, method = self.path.rsplit("/", 2)[1:]
            return Call(model, method)
        with suppress(ValueError, KeyError, IndexError, TypeError):
            asked = json.loads(self.body)["params"]
            if asked["service"] == "object":
                return Call(asked["args"][3], asked["args"][4])
            return Call(asked["service"], asked["method"])
        return Call("", self.path)

    def wrong_answer(self) -> bytes:
        """An order whose total is no number; of anything else no records at all."""
        records: object = "none"
        if self.call.model == "sale.order":
            records = [{"id": 1, "amount_total": {"not": "a number"}, "order_line": 5}]
        result = {"length": 1, "records": records}
        if "/json/2/" in self.path:
            return json.dumps(result).encode()
        return json.dumps({"jsonrpc": "2.0", "id": json.loads(self.body)["id"], "result": result}).encode()


def _break(client: socket.socket) -> None:
    """Not a polite end: the other side learns that the connection is gone, and whatever was on its way is too."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _read_request(client: socket.socket) -> _Request | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = client.recv(65536)
        if not more:
            return None
        raw += more
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    length = next((int(value) for name, value in headers.items() if name.lower() == "content-length"), 0)
    while len(body) < length:
        body += client.recv(65536)
    method, path, _ = first.split(" ", 2)
    kept = {name: value for name, value in headers.items() if name.lower() not in HOP_HEADERS}
    return _Request(method, path, kept, body)


def _worded(status: int, content_type: str, body: bytes) -> bytes:
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + body


def _traceback() -> bytes:
    """What a server says that fails badly: both protocols' shapes in one."""
    words = 'Traceback (most recent call last):\n  File "/opt/odoo/http.py", line 1\nMemoryError: marker-of-the-middle'
    error = {
        "code": 200,
        "message": "Odoo Server Error",
        "data": {"name": "builtins.MemoryError", "debug": words},
    }
    return json.dumps(
        {
            "name": "builtins.MemoryError",
            "message": "marker-of-the-middle",
            "debug": words,
            "jsonrpc": "2.0",
            "error": error,
        }
    ).encode()


LEAKS = (
    "garbage-from-the-middle",
    "marker-of-the-middle",
    "/opt/odoo",
    "psycopg2",
    "odoo.exceptions",
    "Traceback",
)
"""What must reach neither a page, nor the API, nor a log."""


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
