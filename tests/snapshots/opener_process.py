"""A web process that opens one order many times at once.

``python -m tests.snapshots.opener_process main S00001 --times 30`` prints "ready", waits for a line, and prints at
the end what came of it and how long it took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from contextlib import suppress

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from cases.masking.roles import Role  # noqa: E402
from cases.orders.workspace import NotVisible, open_order  # noqa: E402
from integrations.errors import GatewayError  # noqa: E402
from integrations.event_loop import close_current_scope  # noqa: E402
from tests.gateway.conftest import viewer  # noqa: E402

AGENT = viewer(Role.AGENT)


async def open_once(slug: str, ref: str) -> str:
    try:
        opened = await open_order(viewer=AGENT, connection=slug, ref=ref, company=None, correlation_id="p")
    except GatewayError as error:
        return error.reason
    return f"{opened.source} {opened.ref}"


async def work(slug: str, ref: str, times: int) -> None:
    with suppress(NotVisible):
        await open_once(slug, "S99999")  # so that what follows costs no sign-in
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.monotonic()
    got = Counter(await asyncio.gather(*(open_once(slug, ref) for _ in range(times))))
    print(json.dumps({"got": got, "seconds": time.monotonic() - began}), flush=True)
    await close_current_scope()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slug")
    parser.add_argument("ref")
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(work(options.slug, options.ref, options.times))


if __name__ == "__main__":
    main()
