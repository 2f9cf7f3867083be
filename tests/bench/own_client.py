"""Odoo's own web client against ours: the same order, the same browser, the same real server.

``ODOO_URL ODOO_DB ODOO_LOGIN ODOO_PASSWORD`` name the server and a person who signs in there; the API key of the
console's own connection comes from ``ODOO_API_KEY``. Scripts and styles of both are in the browser's cache: what is
counted is what an agent waits for at the twentieth order of a day. In Odoo the facts stand on several forms, which are
opened one after the other by their addresses, as fast as they come: nobody reads, moves a mouse or chooses.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from console.runtime.chromium import find_chromium
from tests.bench import conditions
from tests.bench.flat import FlatReader
from tests.bench.installation import Console, Odoo
from tests.bench.report import say

QUIET_MS = 400  # without a request that begins or ends: the form is there
PATIENCE_MS = 60_000
ORDERS, WARM_UP = 10, 2
PERSON = "supervisor"


@dataclass(slots=True)
class Cost:
    """What one order cost: until the last request was answered and drawn."""

    requests: int = 0
    kilobytes: float = 0.0
    ms: float = 0.0
    forms: int = 1


@dataclass  # without slots: the browser's library marks its listeners on their owner
class Meter:
    """Counts what goes over the wire of one page."""

    session: CDPSession
    cost: Cost = field(default_factory=Cost)
    open: set[str] = field(default_factory=set)
    last_change: float = field(default_factory=time.perf_counter)

    @classmethod
    def on(cls, context: BrowserContext, page: Page) -> Meter:
        meter = cls(session=context.new_cdp_session(page))
        meter.session.send("Network.enable")
        meter.session.on("Network.requestWillBeSent", meter._began)
        meter.session.on("Network.loadingFinished", meter._ended)
        meter.session.on("Network.loadingFailed", meter._ended)
        return meter

    def _began(self, event: Any) -> None:
        if event["request"]["url"].startswith("http"):
            self.open.add(event["requestId"])
            self.last_change = time.perf_counter()

    def _ended(self, event: Any) -> None:
        if event["requestId"] not in self.open:
            return
        self.open.discard(event["requestId"])
        self.last_change = time.perf_counter()
        if event.get("encodedDataLength"):  # nothing came over the wire for what was cached
            self.cost.requests += 1
            self.cost.kilobytes += event["encodedDataLength"] / 1024

    def wait_until_quiet(self, page: Page) -> float:
        """The moment after which nothing more was asked for."""
        until = time.perf_counter() + PATIENCE_MS / 1000
        while time.perf_counter() < until:
            page.wait_for_timeout(20)
            # What stays open, as Odoo's bus does, is not waited for.
            if (time.perf_counter() - self.last_change) * 1000 > QUIET_MS:
                return self.last_change
        raise RuntimeError("the page never came to rest")


def addresses(odoo: Odoo, version: str, order: dict[str, Any]) -> list[str]:
    """The forms on which Odoo shows what our one page shows."""
    forms = [
        ("sale.order", order["id"]),
        *(("stock.picking", number) for number in order["picking_ids"]),
        *(("account.move", number) for number in order["invoice_ids"]),
        ("res.partner", order["partner_id"][0]),
    ]
    if int(version.split(".")[0].split("~")[-1]) >= 18:
        return [f"{odoo.url}/odoo/{model}/{number}" for model, number in forms]
    return [f"{odoo.url}/web#id={number}&model={model}&view_type=form" for model, number in forms]


def measure(context: BrowserContext, visits: Sequence[str], ready: Callable[[Page], None]) -> Cost:
    """Open these addresses one after the other in a new tab."""
    page = context.new_page()
    meter, began, finished = Meter.on(context, page), time.perf_counter(), 0.0
    for address in visits:
        page.goto(address, wait_until="commit", timeout=PATIENCE_MS)
        ready(page)
        drawn = time.perf_counter()
        finished = max(drawn, meter.wait_until_quiet(page))
    cost = meter.cost
    cost.ms, cost.forms = (finished - began) * 1000 - QUIET_MS * (len(visits) - 1), len(visits)
    page.close()
    return cost


def form_is_drawn(page: Page) -> None:
    page.wait_for_selector(".o_form_view .o_form_sheet, .o_form_view .o_form_nosheet", timeout=PATIENCE_MS)


def order_is_drawn(page: Page) -> None:
    page.wait_for_selector("#order-header h1", timeout=PATIENCE_MS)
    page.wait_for_function("!document.querySelector('[aria-busy=true]')", timeout=PATIENCE_MS)


def main() -> int:
    odoo = Odoo.from_environment()
    password = os.environ.get("ODOO_PASSWORD", "")
    if odoo is None or not password:
        say("Name a real Odoo: ODOO_URL ODOO_DB ODOO_LOGIN ODOO_API_KEY ODOO_PASSWORD")
        return 2
    with tempfile.TemporaryDirectory(prefix="deskglass-clients-") as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o711)
        console = Console(folder / "console", [odoo])
        running.callback(console.stop)
        flat = FlatReader(odoo.url, odoo.database, odoo.login, odoo.key)
        version, company = flat.version(), flat.companies()[0]
        orders = _orders(flat, company)
        say(f"Odoo {version}, {len(orders) - WARM_UP} orders, {conditions.machine()['commit']}")
        say(f"load {conditions.load_average()}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            theirs, ours = browser.new_context(), browser.new_context()
            _sign_in_to_odoo(theirs, odoo, password)
            _sign_in_to_console(ours, console)
            costs: dict[str, list[Cost]] = {"Odoo's own client": [], "one order page here": []}
            for order in orders:
                page = f"{console.url}/orders/{odoo.slug}/{order['name']}/?company={company}"
                costs["Odoo's own client"].append(
                    measure(theirs, addresses(odoo, version, order), form_is_drawn)
                )
                costs["one order page here"].append(measure(ours, [page], order_is_drawn))
            browser.close()
    show({name: found[WARM_UP:] for name, found in costs.items()})
    return 0


def _orders(flat: FlatReader, company: int) -> list[dict[str, Any]]:
    """With a delivery and an invoice each, so that there is something on every form."""
    rows: list[dict[str, Any]] = flat.call(
        "sale.order", "search_read",
        domain=[["company_id", "=", company], ["state", "=", "sale"], ["picking_ids", "!=", False],
                ["invoice_ids", "!=", False]],
        fields=["name", "picking_ids", "invoice_ids", "partner_id"], order="id", limit=ORDERS + WARM_UP,
    )  # fmt: skip
    return rows


def _sign_in_to_odoo(context: BrowserContext, odoo: Odoo, password: str) -> None:
    page = context.new_page()
    page.goto(f"{odoo.url}/web/login?db={odoo.database}", timeout=PATIENCE_MS)
    page.fill("input[name=login]", os.environ["ODOO_LOGIN"])
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector(".o_main_navbar", timeout=PATIENCE_MS)
    page.close()


def _sign_in_to_console(context: BrowserContext, console: Console) -> None:
    page = context.new_page()
    page.goto(f"{console.url}/sign-in/")
    page.fill("input[name=username]", PERSON)
    page.fill("input[name=password]", console.password_of(PERSON))
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#home-q")
    page.close()


def show(found: dict[str, list[Cost]]) -> None:
    """Medians, as a table that can be pasted."""
    print("| client | forms | requests | kB over the wire | ms of the machine |")
    print("| --- | --- | --- | --- | --- |")
    for name, costs in found.items():
        cells = [
            median(cost.forms for cost in costs),
            median(cost.requests for cost in costs),
            median(cost.kilobytes for cost in costs),
            median(cost.ms for cost in costs),
        ]
        print(f"| {name} | {' | '.join(f'{cell:.0f}' for cell in cells)} |")


if __name__ == "__main__":
    sys.exit(main())
