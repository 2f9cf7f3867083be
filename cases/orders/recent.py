"""The orders a viewer opened lately, read from the trail; what has left their scope is not listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from cases.audit import Action
from cases.people.viewer import Viewer
from integrations import database

LOOKED_AT, LISTED = 60, 8

# One statement, prepared once: every page of an order carries the list.
_LATEST = """
SELECT entry.connection, entry.company_id, entry.object_ref, entry.at,
       entry.details ->> 'brand', entry.details ->> 'region',
       (SELECT scope.company_name FROM cases_scope scope
         WHERE scope.connection = entry.connection AND scope.company_id = entry.company_id
         ORDER BY scope.id DESC LIMIT 1)
  FROM (SELECT connection, company_id, object_ref, at, details FROM cases_auditentry
         WHERE actor = %s AND action = %s AND company_id IS NOT NULL
         ORDER BY at DESC LIMIT %s) AS entry
 ORDER BY entry.at DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentOrder:
    connection: str
    company_id: int
    company: str
    ref: str
    at: datetime


def recent_orders(viewer: Viewer) -> list[RecentOrder]:
    """Newest first, each order once, at most ``LISTED``."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, _parameters(viewer))
        return _listed(cursor.fetchall(), viewer)


async def arecent_orders(viewer: Viewer) -> list[RecentOrder]:
    """The same on the event loop."""
    return _listed(await database.rows(_LATEST, _parameters(viewer)), viewer)


def _parameters(viewer: Viewer) -> list[Any]:
    return [viewer.actor, Action.ORDER_OPENED.value, LOOKED_AT]


def _listed(entries: Iterable[tuple[Any, ...]], viewer: Viewer) -> list[RecentOrder]:
    found: dict[tuple[str, int, str], RecentOrder] = {}
    for slug, company_id, ref, at, brand, region, company in entries:
        if (slug, company_id, ref) in found:
            continue
        if not viewer.may_see(slug, company_id, brand=brand, region=region):
            continue
        found[slug, company_id, ref] = RecentOrder(
            connection=slug, company_id=company_id, company=company or "", ref=ref, at=at
        )
        if len(found) == LISTED:
            break
    return list(found.values())
