"""What journeys through real pages share: a Chromium per file, people who are signed in, and how a page is judged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cases.models import User
from console.runtime.chromium import find_chromium

# On a machine that may have much to do: what is waited for comes at once elsewhere.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Not of the whole run: its loop would forbid every other test one of its own."""
    # That loop would make Django refuse to touch the database from this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = os.environ.get("CHROMIUM") or find_chromium()
    assert program, "no Chromium: run the tests with make test, which finds or installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser(chromium: Browser, db: None) -> Iterator[Browser]:
    """Its pages are closed before the tables are emptied: some ask for news as long as they are open."""
    yield chromium
    for context in chromium.contexts:
        context.close()


def enter(browser: Browser, server: Any, person: User, *, width: int = 1440, **more: Any) -> Page:
    """A page of somebody who is signed in already."""
    client = Client()
    client.force_login(person)
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 900}, **more)
    context.set_default_timeout(PATIENCE_MS)
    for name, morsel in client.cookies.items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": server.url}])
    return context.new_page()


def elsewhere(work: Callable[[], Any]) -> Any:
    """Playwright keeps a loop in the test's own thread, in which nothing may wait for another."""

    def do() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as worker:
        return worker.submit(do).result()


# Colours that are on their way from light to dark are neither.
_SETTLE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  const ending = document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map((each) => each.finished));
}"""


def accessible(page: Page) -> list[str]:
    """What axe has against it, once it looks as it will stay."""
    page.evaluate(_SETTLE)
    found = Axe().run(page).response["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:160]}" for violation in found]


def sticks_out(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return list(
        page.evaluate(
            "document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('main *')]"
            ".filter(one => one.getBoundingClientRect().right > innerWidth).slice(0, 6)"
            ".map(one => `${one.tagName}.${one.className}`).concat('the page')"
        )
    )


def picture(page: Page, name: str) -> None:
    """Kept where somebody wants to look at it: PICTURES names a folder."""
    folder = os.environ.get("PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
