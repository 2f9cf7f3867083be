"""Django's handler of requests without what it does for each of them in vain: a thread, and a temporary file.

Django closes every answer in the thread of the request's synchronous work, so that database connections which were
opened there go back. A page that is read and drawn on the event loop has no such thread.
"""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
from io import BytesIO
from typing import Any

from asgiref.sync import SyncToAsync, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix


class Handler(ASGIHandler):
    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """What Django does, in its order: read, answer unless the client leaves, close."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            await signals.request_started.asend(sender=self.__class__, scope=scope)
            request, refusal = self.create_request(scope, body)
            if refusal is not None:
                await self.send_response(refusal, send)
                await _close(refusal)
                return
            answering = asyncio.ensure_future(self._answer(request, send))
            if await self._is_answered(answering, receive):
                await _close(answering.result())
            else:
                await signals.request_finished.asend(sender=self.__class__)

    async def read_body(self, receive: Any) -> Any:
        """Most requests come in one piece, mostly an empty one; larger ones go where Django puts them."""
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body", False):
            return BytesIO(first.get("body", b""))
        return await super().read_body(_beginning_with(first, receive))

    async def _answer(self, request: Any, send: Any) -> HttpResponseBase:
        response: HttpResponseBase = await self.run_get_response(request)
        with suppress(asyncio.CancelledError):  # the client left while it was sent
            await self.send_response(response, send)
        return response

    async def _is_answered(self, answering: asyncio.Task[HttpResponseBase], receive: Any) -> bool:
        """Wait for the answer, or cancel it because nobody waits for it any more."""
        leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((leaving, answering), return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = _cancelled(leaving)
            answered = _cancelled(answering)
        with suppress(asyncio.CancelledError, RequestAborted):
            await left
        try:
            await answered
        except asyncio.CancelledError:
            return False
        return True


def _beginning_with(first: Any, receive: Any) -> Any:
    waiting = [first]

    async def receive_again() -> Any:
        return waiting.pop() if waiting else await receive()

    return receive_again


def _cancelled(task: asyncio.Task[Any]) -> asyncio.Task[Any]:
    if not task.done():
        task.cancel()
    return task


async def _close(response: HttpResponseBase) -> None:
    if _worked_in_a_thread():
        await sync_to_async(response.close)()
    else:
        response.close()


def _worked_in_a_thread() -> bool:
    """Whether this request has a thread of its own; connections to the database can only be opened there."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    return context is None or context in SyncToAsync.context_to_thread_executor
