"""Tells machines whether the service lives, can serve, and how it fares."""

from __future__ import annotations

import hmac
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from cases.models import AuditHead
from cases.operations import standings
from cases.reconciliation.report import errors_by_connection
from console import metrics
from console.api.rendering import json_response
from integrations.models import OdooConnection

_all_migrated = False  # once true it stays true for this process: nobody unapplies under a running server


@require_safe
async def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. ``console.asgi`` says the same before any middleware runs."""
    return json_response({"status": "alive"})


@require_safe
async def readyz(request: HttpRequest) -> HttpResponse:
    """Database and migrations decide; an Odoo that is down is reported, for the console works without it."""
    state = await sync_to_async(_look)()
    return json_response(state, status=200 if state["ready"] else 503)


def _look() -> dict[str, Any]:
    try:
        migrated = _is_migrated()
        connections = _odoo_states() if migrated else {}
    except DatabaseError:
        return {"ready": False, "database": "unreachable", "migrations": "unknown", "odoo": {}}
    return {
        "ready": migrated,
        "database": "ok",
        "migrations": "applied" if migrated else "missing",
        "odoo": connections,
    }


def _is_migrated() -> bool:
    global _all_migrated
    if not _all_migrated:
        executor = MigrationExecutor(connection)
        _all_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    else:
        connection.ensure_connection()
    return _all_migrated


def _odoo_states() -> dict[str, str]:
    """As the last probe left them; asking Odoo here would make every probe of ours a call to it."""
    rows = OdooConnection.objects.filter(is_active=True).values_list("slug", "probe_state")
    return {slug: state or "unknown" for slug, state in rows}


@require_safe
async def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for the holder of METRICS_TOKEN; without a token configured there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    metrics.audit_entries.set(await sync_to_async(_count_audit_entries)())
    metrics.show_standings(await standings())
    metrics.show_differences(await sync_to_async(errors_by_connection)())
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _count_audit_entries() -> int:
    return AuditHead.objects.aggregate(total=Sum("seq"))["total"] or 0
