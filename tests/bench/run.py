"""One run: the processes, the people and the orders, and every stage in its turn."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.approvals import Approvals, Person
from tests.bench.browser import Browser, sign_in
from tests.bench.figures import cold_figures, medians, over_rounds, percentile
from tests.bench.flat import READS, FlatReader
from tests.bench.installation import DIALECT, LATENCY_MS, Console, Odoo, Sandbox
from tests.bench.library import LibraryReader
from tests.bench.queue import measure_queue
from tests.bench.report import say, show
from tests.bench.stages import measure_cold, measure_down, measure_load, measure_warm
from tests.bench.supply import Supply, divide

# May see one company; may see all of them, so that each is asked.
PERSON, PERSON_EVERYWHERE = "agent", "supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured."""

    rounds: int = 3
    cold: int = 20  # orders per round
    everywhere: int = 10
    warm: int = 40  # pages per round
    agents: int = 50
    load_s: float = 20.0
    pause_s: float = 5.0
    down: int = 40
    approvals: int = 20


EXTENT = Extent()
QUICK = Extent(rounds=1, cold=8, everywhere=3, warm=8, agents=8, load_s=3.0, pause_s=1.0, down=8, approvals=3)

Figures = dict[str, float]


class Run:
    def __init__(self, directory: Path, *, extent: Extent, running: ExitStack) -> None:
        self._extent = extent
        self._running = running
        self._sandbox = Sandbox(directory / "sandbox")
        running.callback(self._sandbox.stop)
        self._stand_in = self._sandbox.odoo()
        self.real = Odoo.from_environment()
        self.real_version = ""
        odoos = [self._stand_in, *([self.real] if self.real else [])]
        self._console = Console(directory / "console", odoos)
        running.callback(self._console.stop)
        self._cookies = {
            name: sign_in(self._console.url, name, self._console.password_of(name))
            for name in (PERSON, PERSON_EVERYWHERE)
        }
        say(f"sandbox   Odoo {DIALECT} dialect, {LATENCY_MS} ms per call, HTTP/1.0 as Odoo's own server")
        say("database  the demo's own PostgreSQL, with fsync")
        flat = self._flat_reader(self._stand_in)
        self._company = flat.companies()[0]
        self._supply = self._divide(flat, self._company)

    def stand_in(self) -> Figures:
        return self._cold(self._stand_in, self._supply, title="cold pages, sandbox")

    def everywhere(self) -> Figures:
        """The page of somebody who may see all companies: one tree per company side by side."""
        browser = self._browser(PERSON_EVERYWHERE)
        for number in self._supply.warm_up[:4]:
            browser.order(self._stand_in.slug, number)
        measured = measure_cold(
            browser, self._stand_in.slug, self._supply.everywhere, flat=None, company=self._company
        )
        found = over_rounds([cold_figures(measured.pages, [], unfinished=measured.unfinished)])
        show(f"cold pages, sandbox, all companies in one look: {len(self._supply.everywhere)} orders", found)
        return medians(found)

    def warm(self) -> Figures:
        rounds: list[Figures] = []
        for _ in range(self._extent.rounds):
            warm = measure_warm(
                self._browser(),
                self._stand_in.slug,
                self._supply.typical,
                pages=self._extent.warm,
                web_process=self._console.web_process,
            )
            rounds.append(
                {
                    "warm_p50_ms": percentile(warm.page_ms, 0.5),
                    "warm_p95_ms": percentile(warm.page_ms, 0.95),
                    "warm_cpu_ms": warm.cpu_ms,
                    "calls_warm": warm.calls,
                    "warm_unfinished": warm.unfinished,
                }
            )
        found = over_rounds(rounds)
        show(f"warm pages, sandbox: {self._supply.typical}, {self._extent.warm} times per round", found)
        return medians(found)

    def load(self) -> Figures:
        extent = self._extent
        load = measure_load(
            [self._browser() for _ in range(extent.agents)],
            self._stand_in.slug,
            self._supply.all,
            sandbox=self._sandbox,
            web_process=self._console.web_process,
            seconds=extent.load_s,
            pause_s=extent.pause_s,
        )
        figures: Figures = {
            "load_p50_ms": percentile(load.page_ms, 0.5),
            "load_p95_ms": percentile(load.page_ms, 0.95),
            "load_errors": load.errors,
            "load_waiting": load.outcomes["waiting"],
            "load_pages_per_s": len(load.page_ms) / extent.load_s,
            "load_cpu_ms": load.cpu_ms,
            "max_in_flight": load.max_in_flight,
        }
        pace = f"each an order every {extent.pause_s:g} s, for {extent.load_s:g} s"
        show(f"load, sandbox: {extent.agents} agents, {pace}", over_rounds([figures]))
        say(f"  outcomes {dict(load.outcomes)}")
        return figures

    def down(self) -> Figures:
        down = measure_down(
            self._browser(), self._stand_in.slug, self._supply.all[: self._extent.down], sandbox=self._sandbox
        )
        figures: Figures = {
            "down_p95_ms": down.p95_ms,
            "down_max_ms": max(down.page_ms),
            "down_unnamed": len(down.page_ms) - down.named,
            "back_after_s": down.back_after_s,
        }
        show(f"Odoo refuses connections: {len(down.page_ms)} pages", over_rounds([figures]))
        return figures

    def approvals(self) -> Figures:
        """Behind the others: it changes the orders."""
        stage = Approvals(
            self._console.url,
            agent=self._person(PERSON),
            approver=self._person(PERSON_EVERYWHERE),
            page=self._browser(PERSON_EVERYWHERE),
        )
        self._running.callback(stage.close)
        figures = stage.measure(self._stand_in.slug, self._supply.all, many=self._extent.approvals)
        show(f"approvals, sandbox: {figures['approvals']:g} refunds", over_rounds([figures]))
        return figures

    def _person(self, name: str) -> Person:
        return Person(token=self._console.token_of(name), password=self._console.password_of(name))

    def queue(self, directory: Path, *, quick: bool) -> Figures:
        """The last stage: it fills the tables that the others found nearly empty."""
        return measure_queue(directory / "console", self._console.url, quick=quick)

    def real_odoo(self, odoo: Odoo) -> Figures:
        flat = self._flat_reader(odoo)
        self.real_version = flat.version()
        supply = self._divide(flat, flat.companies()[0])
        return self._cold(odoo, supply, title=f"cold pages, real Odoo {self.real_version}")

    def _cold(self, odoo: Odoo, supply: Supply, *, title: str) -> Figures:
        flat, browser = self._flat_reader(odoo), self._browser()
        company = flat.companies()[0]
        first = [browser.order(odoo.slug, number).ms for number in supply.warm_up]
        for number in supply.warm_up:
            flat.read(number, company)
        say(
            f"warm-up, not counted: {len(first)} pages, the first one {first[0]:.0f} ms, the last {first[-1]:.0f} ms"
        )
        rounds: list[Figures] = []
        for orders in supply.rounds:
            measured = measure_cold(browser, odoo.slug, orders, flat=flat, company=company)
            rounds.append(cold_figures(measured.pages, measured.flat_ms, unfinished=measured.unfinished))
        found = over_rounds(rounds)
        show(f"{title}: {supply.about}; beside each page {READS} flat reads", found)
        return medians(found) | self._beside_library(odoo, supply.everywhere, company, browser)

    def _beside_library(self, odoo: Odoo, orders: Sequence[str], company: int, browser: Browser) -> Figures:
        """Orders that this person has not opened, beside odoorpc call by call."""
        library = LibraryReader(odoo.url, odoo.database, odoo.login, odoo.key)
        library_ms, page_ms, calls = [], [], []
        for number in orders:
            page_ms.append(browser.order(odoo.slug, number).ms)
            library_ms.append(library.read(number, company))
            calls.append(library.calls)
        figures = {
            "library_p50_ms": percentile(library_ms, 0.5),
            "library_calls": percentile([float(number) for number in calls], 0.5),
            "vs_library_ratio": percentile(library_ms, 0.5) / percentile(page_ms, 0.5),
        }
        show(f"beside odoorpc, call by call: {len(orders)} orders", over_rounds([figures]))
        return figures

    def _divide(self, flat: FlatReader, company: int) -> Supply:
        extent = self._extent
        return divide(
            flat.orders(company), rounds=extent.rounds, per_round=extent.cold, everywhere=extent.everywhere
        )

    def _flat_reader(self, odoo: Odoo) -> FlatReader:
        return FlatReader(odoo.url, odoo.database, odoo.login, odoo.key)

    def _browser(self, person: str = PERSON) -> Browser:
        made = Browser(self._console.url, self._cookies[person])
        self._running.callback(made.close)
        return made
