"""A browser reduced to one keep-alive socket, so that its own cost does not count as the page's."""

from __future__ import annotations

import gzip
import http.cookiejar
import re
import socket
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

PATIENCE_S = 30.0
KEPT_S = 3.0  # the server closes a connection after five seconds of silence; as browsers do, we are quicker
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TIMING = re.compile(r'odoo;dur=([\d.]+);desc="slowest of (\d+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    status: int
    headers: dict[str, str]
    body: bytes
    ms: float  # from the first byte sent to the last one received

    @property
    def odoo(self) -> tuple[float, int] | None:
        """The slowest Odoo call in milliseconds and how many there were; None where the page had no answer."""
        found = _TIMING.search(self.headers.get("server-timing", ""))
        return (float(found[1]), int(found[2])) if found else None

    @property
    def is_complete_order(self) -> bool:
        return self.status == 200 and self.odoo is not None

    @property
    def is_live_order(self) -> bool:
        """Odoo was asked for this very page."""
        return self.is_complete_order and self.odoo is not None and self.odoo[1] > 0

    @property
    def says_what_is_wrong(self) -> bool:
        """Either that there is nothing to show and when to come back, or that what is shown is of an earlier time."""
        if self.status == 503:
            return "retry-after" in self.headers
        packed = self.headers.get("content-encoding") == "gzip"
        return b'class="order-stale' in (gzip.decompress(self.body) if packed else self.body)


class Browser:
    """Signed in; fetches one page after the other over the same connection."""

    def __init__(self, url: str, cookie: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._head = (
            f"Host: {parts.netloc}\r\nCookie: {cookie}\r\nAccept: text/html\r\n"
            "Accept-Encoding: gzip\r\nAccept-Language: en\r\n\r\n"
        )
        self._socket: socket.socket | None = None
        self._used_at = 0.0

    def order(self, connection: str, number: str, query: str = "") -> Page:
        return self.get(f"/orders/{connection}/{quote(number)}/{query}")

    def get(self, path: str) -> Page:
        """Opening the connection is not in the time: after a pause it is a new one."""
        if time.perf_counter() - self._used_at > KEPT_S:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=PATIENCE_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        question = f"GET {path} HTTP/1.1\r\n{self._head}".encode()
        began = time.perf_counter()
        self._socket.sendall(question)
        head, body = self._receive(self._socket)
        self._used_at = time.perf_counter()
        ms = (self._used_at - began) * 1000
        status, headers = _parse(head)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Page(status=status, headers=headers, body=body, ms=ms)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @staticmethod
    def _receive(connection: socket.socket) -> tuple[bytes, bytes]:
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += _more(connection)
        head = bytes(received[:end])
        size = int(_parse(head)[1]["content-length"])
        while len(received) < end + 4 + size:
            received += _more(connection)
        return head, bytes(received[end + 4 :])


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(256 * 1024)
    if not part:
        raise ConnectionError("the server closed in mid-answer")
    return part


def _parse(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


def sign_in(url: str, username: str, password: str) -> str:
    """Sign in through the form, as a person does; answers the session's cookie."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(jar), urllib.request.ProxyHandler({})
    )
    page = f"{url}/sign-in/"
    with opener.open(page, timeout=PATIENCE_S) as answer:
        found = _CSRF.search(answer.read().decode())
    if found is None:
        raise RuntimeError("the sign-in page has no form")
    form = urlencode({"username": username, "password": password, "csrfmiddlewaretoken": found[1]})
    request = urllib.request.Request(page, form.encode(), {"Referer": page, "Origin": url})
    with opener.open(request, timeout=PATIENCE_S) as answer:
        if answer.url.rstrip("/") != url:
            raise RuntimeError("the sign-in was refused")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
