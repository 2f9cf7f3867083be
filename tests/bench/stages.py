"""The stages of a run: each measures one thing, drops no sample, and counts what did not go as it should."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.bench.browser import Browser, Page
from tests.bench.conditions import cpu_s
from tests.bench.figures import ColdPage, percentile
from tests.bench.flat import FlatReader
from tests.bench.installation import Sandbox
from tests.bench.report import say

LOAD_SEED = 7
OPEN_AGAIN_LIMIT_S = 40.0
SHOWN_AS_IT_IS_S = 16.0  # what was read a moment before needs no label for so long


@dataclass(slots=True)
class ColdRound:
    pages: list[ColdPage] = field(default_factory=list)
    flat_ms: list[float] = field(default_factory=list)
    unfinished: int = 0  # answered, but not with a whole order: the page that waits, or a failure


def measure_cold(
    browser: Browser, connection: str, orders: Iterable[str], *, flat: FlatReader | None, company: int
) -> ColdRound:
    """Each order once, never opened before; the flat reads of the same order next to it, first or second in turn."""
    measured = ColdRound()
    for position, number in enumerate(orders):
        if flat is not None and position % 2:
            measured.flat_ms.append(flat.read(number, company))
        _keep(measured, browser.order(connection, number))
        if flat is not None and not position % 2:
            measured.flat_ms.append(flat.read(number, company))
    return measured


def _keep(measured: ColdRound, page: Page) -> None:
    if page.odoo is None or not page.is_live_order:
        measured.unfinished += 1
        say(f"  not a whole order: {page.status}, {len(page.body)} bytes after {page.ms:.0f} ms")
        return
    slowest_ms, calls = page.odoo
    measured.pages.append(ColdPage(page_ms=page.ms, slowest_call_ms=slowest_ms, calls=calls))


@dataclass(frozen=True, slots=True, kw_only=True)
class Warm:
    page_ms: list[float]
    cpu_ms: float
    calls: int
    unfinished: int


def measure_warm(browser: Browser, connection: str, number: str, *, pages: int, web_process: int) -> Warm:
    """The same order again and again, and the web server's processor time for it."""
    browser.order(connection, number)
    before = cpu_s(web_process)
    answers = [browser.order(connection, number) for _ in range(pages)]
    spent = cpu_s(web_process) - before
    return Warm(
        page_ms=[page.ms for page in answers],
        cpu_ms=spent * 1000 / pages,
        calls=max((page.odoo[1] for page in answers if page.odoo), default=0),
        unfinished=sum(not page.is_complete_order for page in answers),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    page_ms: list[float]
    outcomes: Counter[str]
    max_in_flight: int
    cpu_ms: float

    @property
    def errors(self) -> float:
        """The share of pages that were answered with anything but the order or its waiting page."""
        return 1 - (self.outcomes["complete"] + self.outcomes["waiting"]) / len(self.page_ms)


def measure_load(
    browsers: Sequence[Browser],
    connection: str,
    orders: Sequence[str],
    *,
    sandbox: Sandbox,
    web_process: int,
    seconds: float,
    pause_s: float,
) -> Load:
    """Everybody opens an order every ``pause_s``, whether the server keeps up or not: waiting counts from then."""
    page_ms: list[float] = []
    outcomes: Counter[str] = Counter()
    sandbox.reset_statistics()
    before = cpu_s(web_process)
    starts_at = time.perf_counter() + 0.2

    def work(position: int, browser: Browser) -> None:
        choice = random.Random(LOAD_SEED + position)  # a repeatable mix
        due_at = starts_at + pause_s * position / len(browsers)
        while due_at < starts_at + seconds:
            time.sleep(max(0.0, due_at - time.perf_counter()))
            outcome = _open(browser, connection, choice.choice(orders))
            page_ms.append((time.perf_counter() - due_at) * 1000)
            outcomes[outcome] += 1
            due_at += pause_s

    agents = [threading.Thread(target=work, args=item) for item in enumerate(browsers)]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    return Load(
        page_ms=page_ms,
        outcomes=outcomes,
        max_in_flight=sandbox.max_in_flight(),
        cpu_ms=(cpu_s(web_process) - before) * 1000 / len(page_ms),
    )


def _open(browser: Browser, connection: str, number: str) -> str:
    try:
        page = browser.order(connection, number)
    except OSError as error:
        browser.close()
        return type(error).__name__
    if page.is_complete_order:
        return "complete"
    return "waiting" if page.status == 200 else str(page.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    page_ms: list[float]
    named: int  # how many of the pages say what is wrong
    back_after_s: float

    @property
    def p95_ms(self) -> float:
        return percentile(self.page_ms, 0.95)


def measure_down(browser: Browser, connection: str, orders: Sequence[str], *, sandbox: Sandbox) -> Down:
    """Odoo's port refuses connections; then it is back, and the first page that Odoo was asked for is waited for."""
    sandbox.stop()
    time.sleep(SHOWN_AS_IT_IS_S)
    answers = [browser.order(connection, number) for number in orders]
    sandbox.start_again()
    began = time.perf_counter()
    while not browser.order(connection, orders[0], "?again=1").is_live_order:
        if time.perf_counter() - began > OPEN_AGAIN_LIMIT_S:
            raise RuntimeError("the console did not find Odoo again")
        time.sleep(0.1)
    return Down(
        page_ms=[page.ms for page in answers],
        named=sum(page.says_what_is_wrong for page in answers),
        back_after_s=time.perf_counter() - began,
    )
