"""A process that reads in a loop, as the web server does (one long loop) or as the queue's worker does (one per task).

``python -m tests.transport.reader_process web main --seconds 3`` prints "ready", waits for
a line, and prints at the end what it got.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter

import django
from asgiref.sync import async_to_sync

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from integrations.odoo import capacity  # noqa: E402
from integrations.odoo.budget import Budget  # noqa: E402
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient  # noqa: E402
from integrations.odoo.connections import connection  # noqa: E402

CALLS = [
    OdooCall(model=model, method="search_count", params={"domain": []})
    for model in ("sale.order", "loyalty.card", "stock.quant")
]


async def open_page(slug: str, lane: capacity.Lane, got: Counter[str]) -> None:
    client = OdooClient(await connection(slug))
    for outcome in await client.read(CALLS, budget=Budget.page(), lane=lane, correlation_id="p"):
        got["ok" if isinstance(outcome, OdooAnswer) else outcome.reason] += 1


async def open_pages(slug: str, lane: capacity.Lane, until: float, at_once: int, got: Counter[str]) -> None:
    async def one_after_the_other() -> None:
        while time.monotonic() < until:
            await open_page(slug, lane, got)
            await asyncio.sleep(0)

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["web", "worker"])
    parser.add_argument("slug")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--lane", type=capacity.Lane, default=capacity.Lane.INTERACTIVE)
    parser.add_argument("--lease-s", type=float, default=capacity.LEASE_S)
    parser.add_argument("--clock-skew-s", type=float, default=0, help="by how much this process is wrong")
    options = parser.parse_args()
    capacity.LEASE_S = options.lease_s
    true_time = time.time
    time.time = lambda: true_time() + options.clock_skew_s
    got: Counter[str] = Counter()
    print("ready", flush=True)
    sys.stdin.readline()
    until = time.monotonic() + options.seconds
    if options.kind == "web":
        asyncio.run(open_pages(options.slug, options.lane, until, options.at_once, got))
    else:
        while time.monotonic() < until:
            async_to_sync(open_page)(options.slug, options.lane, got)
    print(json.dumps(got), flush=True)


if __name__ == "__main__":
    main()
