"""Has the orders of cases read before somebody opens them: it warms snapshots, shows nothing and is no look at them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psycopg
from asgiref.sync import sync_to_async

from cases.casework.visible import covers, visible_cases
from cases.models.casework import CaseOrder
from cases.orders.readings import ReadingKey
from cases.orders.workspace import sees_payments
from cases.people.viewer import Viewer
from cases.scopes.placing import domain_limits
from cases.snapshots import question_of, read_ahead
from integrations.errors import GatewayError
from integrations.gateways import order_source

MOST = 5


async def preload_orders(viewer: Viewer, case_ids: Sequence[int], *, correlation_id: str) -> int:
    """Begin to read the first order of some cases where nothing recent is known of it; how many that are.

    Only for viewers without payment details: what others are shown is read when they look.
    """
    if sees_payments(viewer):
        return 0
    begun = 0
    for connection, company_id, ref in await sync_to_async(_first_orders)(viewer, case_ids[:MOST]):
        origins = await domain_limits(viewer, connection)
        key = ReadingKey(connection, ref, frozenset({company_id}), False, origins)
        with suppress(GatewayError, LookupError, psycopg.Error):  # whoever opens it is told
            source = await order_source(connection)
            begun += await read_ahead(question_of(key, source, correlation_id))
    return begun


def _first_orders(viewer: Viewer, case_ids: Sequence[int]) -> list[tuple[str, int, str]]:
    """As their pages would ask for them; cases and orders out of scope are as good as none."""
    seen = visible_cases(viewer).filter(pk__in=case_ids).values("pk")
    first: dict[int, CaseOrder] = {}
    for row in CaseOrder.objects.filter(case__in=seen).order_by("pk"):
        if covers(viewer, row):
            first.setdefault(row.case_id, row)
    return [(row.connection, row.company_id, row.ref) for row in first.values()]
