"""Figures for Prometheus, with labels from short closed lists: never an id, an order or a person.

With PROMETHEUS_MULTIPROC_DIR set, all processes that share the directory are added up; without it, each process
speaks for itself.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from integrations.telemetry import OdooCall

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_MODEL_GROUPS = {
    "account": "accounting",
    "crm": "sales",
    "delivery": "delivery",
    "ir": "metadata",
    "loyalty": "loyalty",
    "mail": "messages",
    "payment": "payments",
    "product": "products",
    "res": "directory",
    "rma": "returns",
    "sale": "sales",
    "stock": "inventory",
}

registry = CollectorRegistry()

requests_total = Counter(
    "deskglass_requests", "Answered requests", ["route", "method", "status"], registry=registry
)
request_seconds = Histogram(
    "deskglass_request_seconds", "Time to answer", ["route"], buckets=_SECONDS, registry=registry
)
odoo_calls_total = Counter(
    "deskglass_odoo_calls", "Calls to Odoo", ["connection", "group", "outcome"], registry=registry
)
odoo_call_seconds = Histogram(
    "deskglass_odoo_call_seconds",
    "Time of a call to Odoo",
    ["connection", "group"],
    buckets=_SECONDS,
    registry=registry,
)
sign_in_failures_total = Counter(
    "deskglass_sign_in_failures", "Refused sign-ins", ["reason"], registry=registry
)
api_refusals_total = Counter("deskglass_api_refusals", "Refused API calls", ["reason"], registry=registry)
audit_entries = Gauge(
    "deskglass_audit_entries",
    "Entries in all audit chains",
    registry=registry,
    multiprocess_mode="mostrecent",
)


def observe_request(*, route: str, method: str | None, status: int, duration_s: float) -> None:
    known_method = method if method in _METHODS else "OTHER"
    requests_total.labels(route, known_method, str(status)).inc()
    request_seconds.labels(route).observe(duration_s)


def observe_odoo_call(call: OdooCall) -> None:
    group = _MODEL_GROUPS.get(call.model.partition(".")[0], "other")
    odoo_calls_total.labels(call.connection, group, call.outcome).inc()
    odoo_call_seconds.labels(call.connection, group).observe(call.duration_s)


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)
    return generate_latest(registry)
