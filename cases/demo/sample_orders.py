"""Order numbers worth opening first: those a stand-in tells a story about, else the newest ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from integrations.errors import GatewayError
from integrations.odoo.connections import connection
from integrations.odoo.order_numbers import order_numbers

MAX_SAMPLES = 24


async def find_sample_orders(slug: str, *, company_id: int, story: Path | None) -> list[str]:
    """Numbers of one company, in the story's order or newest first; none where Odoo cannot be asked."""
    told = _told(story) if story else []
    try:
        found = await order_numbers(
            await connection(slug), company_id=company_id, among=told or None, limit=len(told) or MAX_SAMPLES
        )
    except GatewayError:
        return []
    order = {number: position for position, number in enumerate(told)}
    return sorted(found, key=lambda number: order.get(number, 0))[:MAX_SAMPLES]


def _told(story: Path) -> Sequence[str]:
    try:
        chapters = json.loads(story.read_text(encoding="utf-8")).values()
    except (OSError, ValueError):
        return []
    return list(dict.fromkeys(chapter["order"] for chapter in chapters))
