"""Requests are answered and closed as Django does it, but only those get a thread that have something to do there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse
from django.urls import path

from console.asgi_handler import Handler

cancelled: list[str] = []


async def on_the_loop(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


async def in_a_thread(request: HttpRequest) -> HttpResponse:
    return HttpResponse(await sync_to_async(lambda: threading.current_thread().name)())


async def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


async def slow(request: HttpRequest) -> HttpResponse:
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        cancelled.append(request.path)
        raise
    return HttpResponse("too late")


urlpatterns = [path("loop", on_the_loop), path("thread", in_a_thread), path("echo", echo), path("slow", slow)]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def finished() -> Iterator[list[str]]:
    """The threads in which requests were ended."""
    threads: list[str] = []

    def note(**_: Any) -> None:
        threads.append(threading.current_thread().name)

    request_finished.connect(note)
    yield threads
    request_finished.disconnect(note)


@pytest.fixture(autouse=True)
def _bare(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MIDDLEWARE = []
    # As in the web process; Django's test client puts its own back, which work in a thread.
    monkeypatch.setattr(request_started, "receivers", [])
    # Django's own would look after connections that other tests left behind.
    monkeypatch.setattr(request_finished, "receivers", [])


def ask(address: str, *pieces: bytes, leaves: bool = False) -> tuple[int, bytes] | None:
    """What a client gets; one that ``leaves`` does so once its question is sent."""
    return asyncio.run(_ask(address, pieces or (b"",), leaves))


async def _ask(address: str, pieces: tuple[bytes, ...], leaves: bool) -> tuple[int, bytes] | None:
    questions = [
        {"type": "http.request", "body": piece, "more_body": position < len(pieces) - 1}
        for position, piece in enumerate(pieces)
    ]
    answers: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if questions:
            return questions.pop(0)
        await asyncio.sleep(0.05 if leaves else 30)
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST" if pieces[0] else "GET",
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }
    await Handler()(scope, receive, send)
    if not answers:
        return None
    return answers[0]["status"], b"".join(answer.get("body", b"") for answer in answers[1:])


def test_a_page_made_on_the_event_loop_is_closed_there(finished: list[str]) -> None:
    here = threading.current_thread().name
    assert ask("/loop") == (200, here.encode())
    assert finished == [here]


def test_a_page_that_worked_in_a_thread_is_closed_in_that_thread(finished: list[str]) -> None:
    answer = ask("/thread")
    assert answer is not None
    assert finished == [answer[1].decode()]
    assert finished != [threading.current_thread().name]


@pytest.mark.parametrize("pieces", [(b"whole",), (b"in ", b"two"), (b"a" * 3_000_000, b"b")])
def test_a_question_is_read_whole_however_it_comes(pieces: tuple[bytes, ...], settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    assert ask("/echo", *pieces) == (200, b"".join(pieces))


def test_nobody_works_on_for_a_client_that_left(finished: list[str]) -> None:
    cancelled.clear()
    assert ask("/slow", leaves=True) is None
    assert cancelled == ["/slow"]
    assert len(finished) == 1


def test_a_client_that_leaves_while_asking_gets_nothing(finished: list[str]) -> None:
    async def leave() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def nobody(message: Mapping[str, Any]) -> None:
        raise AssertionError("nobody is there")

    scope = {"type": "http", "method": "GET", "path": "/loop", "query_string": b"", "headers": []}
    asyncio.run(Handler()(scope, leave, nobody))
    assert finished == []
