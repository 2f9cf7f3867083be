"""Loads the whole product: python -m tests.load [--agents 200] [--pages-per-s 50] [--troubles slow,hang,down,...]."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench import conditions
from tests.bench.flat import FlatReader
from tests.bench.installation import Console, Sandbox
from tests.bench.report import say
from tests.load.browsers import Browser, Outcome
from tests.load.mix import CONNECTION, WEIGHTS, Mix
from tests.load.report import Phase, as_figures, show
from tests.load.troubles import NAMES, trouble
from tests.load.watching import Watch

RECOVERY_LIMIT_S = 60.0
LOOK_EVERY_S = 0.25


class Run:
    """One console, one sandbox, many agents; each phase with its own figures."""

    def __init__(self, arguments: argparse.Namespace, folder: Path, running: ExitStack) -> None:
        self._pages_per_s: float = arguments.pages_per_s
        self._sandbox = Sandbox(folder / "sandbox", latency_ms=arguments.latency_ms)
        running.callback(self._sandbox.stop)
        odoo = self._sandbox.odoo()
        self.console = Console(folder / "console", [odoo])
        running.callback(self.console.stop)
        flat = FlatReader(odoo.url, odoo.database, odoo.login, odoo.key)
        company = flat.companies()[0]
        orders = sorted(str(row["name"]) for row in flat.orders(company))
        self._mix = Mix.of(orders, cold_share=arguments.cold)
        self.environment = _environment_of(folder / "console")
        people = _people(folder / "console", arguments.agents)
        self._browsers = [Browser(self.console.url, each["cookie"], each["token"]) for each in people]
        say(f"product   {len(orders)} orders, {arguments.latency_ms} ms per call of Odoo, cap 8")
        say(
            f"agents    {len(people)}, together {self._pages_per_s:g} pages/s, {arguments.cold:.0%} of orders cold"
        )
        say(f"mix       {', '.join(f'{share} % {kind}' for kind, share in WEIGHTS.items())}")

    async def phase(self, says: str, seconds: float) -> Phase:
        """Everybody in turn, on a clock that does not wait for the server."""
        phase, pending = Phase(says=says), set[asyncio.Task[None]]()
        self._reset_statistics()
        starts_at = time.perf_counter() + 0.1
        for number in range(round(seconds * self._pages_per_s)):
            due_at = starts_at + number / self._pages_per_s
            await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
            free = self._browsers.pop(0) if self._browsers else None
            if free is None:  # everybody is waiting: as with people, the next page comes late
                await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                free = self._browsers.pop(0)
            task = asyncio.create_task(self._act(phase, free, due_at))
            pending.add(task)
            task.add_done_callback(pending.discard)
        if pending:
            await asyncio.wait(pending)
        phase.max_in_flight = self._max_in_flight()
        return phase

    async def crowd(self) -> Phase:
        """Everybody opens the same order at the same moment, which nobody has opened before."""
        phase = Phase(says=f"{len(self._browsers)} agents, one order")
        self._reset_statistics()
        path, due_at = f"/orders/{CONNECTION}/{self._mix.cold()}/", time.perf_counter()
        everybody = [browser.visit("order", path, due_at=due_at) for browser in self._browsers]
        phase.visits = list(await asyncio.gather(*everybody))
        phase.max_in_flight, phase.reads = self._max_in_flight(), self._sandbox.calls_of("sale.order")
        return phase

    async def _act(self, phase: Phase, browser: Browser, due_at: float) -> None:
        try:
            phase.visits.append(await self._mix.act(browser, due_at=due_at))
        finally:
            self._browsers.append(browser)

    async def troubled(self, name: str, seconds: float) -> Phase:
        """A trouble begins, lasts, ends; then how long until Odoo's own answer is on a page again."""
        met = trouble(name, sandbox=self._sandbox, console=self.console.process)
        await asyncio.to_thread(met.begin)
        phase = await self.phase(met.says, seconds)
        await asyncio.to_thread(met.end)
        phase.back_after_s = await self._back_after()
        return phase

    async def _back_after(self) -> float | None:
        began, browser = time.perf_counter(), self._browsers[0]
        while (passed := time.perf_counter() - began) < RECOVERY_LIMIT_S:
            path = f"/orders/{CONNECTION}/{self._mix.cold()}/"
            visit = await browser.visit("order", path, due_at=time.perf_counter())
            if visit.outcome is Outcome.LIVE:
                return time.perf_counter() - began
            await asyncio.sleep(max(0.0, LOOK_EVERY_S - (time.perf_counter() - began - passed)))
        return None

    def _reset_statistics(self) -> None:
        try:
            self._sandbox.reset_statistics()
        except OSError:
            return  # Odoo is down on purpose

    def _max_in_flight(self) -> int | None:
        try:
            return self._sandbox.max_in_flight()
        except OSError:
            return None

    def close(self) -> None:
        for browser in self._browsers:
            browser.close()


def _environment_of(directory: Path) -> dict[str, str]:
    lines = (directory / "environment").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def _people(directory: Path, count: int) -> list[dict[str, str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    made = subprocess.run(
        [sys.executable, "-m", "tests.load.people", str(count)],
        cwd=conditions.ROOT,
        env={**environment, "DEMO_DIR": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"the agents could not be made:\n{made.stderr[-2000:]}")
    found: list[dict[str, str]] = json.loads(made.stdout)
    return found


async def _load(run: Run, arguments: argparse.Namespace) -> list[Phase]:
    await run.phase("warm-up", arguments.warm_up)
    phases = [await run.crowd()] if arguments.one_order else []
    phases.append(await run.phase("nothing wrong", arguments.seconds))
    for name in filter(None, arguments.troubles.split(",")):
        phases.append(await run.troubled(name, arguments.trouble_s))
    if arguments.troubles:
        phases.append(await run.phase("afterwards", arguments.seconds))
    run.close()
    return phases


def main(words: list[str]) -> int:
    arguments = _arguments(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    for name, value in conditions.machine().items():
        say(f"{name:<10}{value}")
    with tempfile.TemporaryDirectory(prefix="deskglass-load-") as folder, ExitStack() as running:
        directory = Path(folder)
        directory.chmod(0o711)  # the database may run as another account, which passes through
        run = Run(arguments, directory, running)
        database = run.environment.get("DATABASE_URL") or _read(run.environment["DATABASE_URL_FILE"])
        with Watch(web=run.console.web_now, database_url=database) as watch:
            phases = asyncio.run(_load(run, arguments))
        show(phases, watch.samples)
    say(f"load      {conditions.load_average()} at the end")
    figures: dict[str, Any] = as_figures(phases)
    print(json.dumps(figures))
    return 0


def _read(file: str) -> str:
    return Path(file).read_text(encoding="utf-8").strip()


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--pages-per-s", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=60.0, help="with nothing wrong, and afterwards")
    parser.add_argument("--warm-up", type=float, default=5.0, help="seconds that are in no figure")
    parser.add_argument("--cold", type=float, default=0.2, help="share of orders opened longest ago or never")
    parser.add_argument("--latency-ms", type=int, default=150, help="how long a call of Odoo takes")
    parser.add_argument(
        "--one-order", action="store_true", help="first all agents open one order in the same moment"
    )
    parser.add_argument(
        "--troubles", default="", help=f"comma-separated, one after the other: {','.join(NAMES)}"
    )
    parser.add_argument("--trouble-s", type=float, default=10.0, help="how long each lasts")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
