"""The web process: Django under ASGI, with the server's own start and end, and a heartbeat that needs no Django."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
django.setup(set_prefix=False)

from django.core.signals import request_started  # noqa: E402 - settings must be there first
from django.db import close_old_connections, connections, reset_queries  # noqa: E402

from console.asgi_handler import Handler  # noqa: E402
from console.warm_start import prepare_pages  # noqa: E402
from integrations.http import close_clients  # noqa: E402

logger = logging.getLogger(__name__)

_django = Handler()

# Every request leaves its connections closed (they go back to the pool), so there are no old ones when the next
# begins; asking would cost each request a thread before anything else has happened.
request_started.disconnect(close_old_connections)
request_started.disconnect(reset_queries)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


# A page makes some ten thousand objects, nearly all of which are gone when it is sent.
COLLECT_AFTER = (20_000, 20, 20)

# The middleware that gives every other answer its headers is not asked.
_ALIVE_HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/healthz" and scope["method"] in ("GET", "HEAD"):
        await _answer_alive(scope, send)
    else:
        await _django(scope, receive, send)  # type: ignore[arg-type]


async def _live(receive: Receive, send: Send) -> None:
    """Django's handler refuses this part of the protocol, so it is answered here."""
    preparing: asyncio.Future[None]
    ending = threading.Event()
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            # Beside the first requests: nobody has to wait for what only makes pages quicker.
            preparing = asyncio.get_running_loop().run_in_executor(None, _prepare, ending)
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            ending.set()
            await preparing
            await _close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _prepare(ending: threading.Event) -> None:
    try:
        prepare_pages(ending.is_set)
    except Exception:
        logger.exception("pages_not_prepared")  # the page that cannot be drawn will say so itself
    _settle_memory()


def _settle_memory() -> None:
    """Have the collector leave alone what lives as long as the process: a page would pay for looking through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def _close() -> None:
    await close_clients()
    for connection in connections.all(initialized_only=True):
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


async def _answer_alive(scope: Scope, send: Send) -> None:
    body = b'{"status":"alive"}'
    headers = [(b"content-length", str(len(body)).encode()), *_ALIVE_HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})
