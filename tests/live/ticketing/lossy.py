"""A line to a real server that loses chosen answers after the server has done what was asked."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit


class Lossy:
    """``with Lossy(url) as line``: what is asked at ``line.url`` is asked there."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._losing: tuple[str, tuple[str, ...]] = ("", ())
        self._before: tuple[str, Callable[[], None]] | None = None
        self.lost = 0
        self.statuses: list[int] = []

    def lose_answers_to(self, method: str, *parts: str) -> None:
        """The next one only."""
        self._losing = (method, parts)

    def before(self, method: str, work: Callable[[], None]) -> None:
        """Let somebody else be quicker, once."""
        self._before = (method, work)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._target.path}"

    def __enter__(self) -> Self:
        line = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                with suppress(OSError):
                    line._carry(self)

            do_GET = do_POST = do_PUT = do_PATCH = _serve

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _carry(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if self._before is not None and handler.command == self._before[0]:
            _, work = self._before
            self._before = None
            work()
        real = http.client.HTTPConnection(self._target.hostname or "", self._target.port, timeout=60)
        headers = {name: value for name, value in handler.headers.items() if name.lower() != "host"}
        real.request(handler.command, handler.path, body or None, headers)
        answer = real.getresponse()
        content = answer.read()
        real.close()
        self.statuses.append(answer.status)
        method, parts = self._losing
        if handler.command == method and any(part in handler.path for part in parts):
            self._losing = ("", ())
            self.lost += 1
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "transfer-encoding", "content-length", "date", "server"}:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
