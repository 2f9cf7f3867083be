"""Figures for Prometheus, with labels from short closed lists: never an id, an order or a person.

With PROMETHEUS_MULTIPROC_DIR set, all processes that share the directory are added up; without it, each process
speaks for itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from cases.operations import Standing
from integrations.telemetry import OdooCall, OdooWait

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
odoo_work_total = Counter(
    "deskglass_odoo_work",
    "Calls to Odoo by what they were for",
    ["workflow", "connection"],
    registry=registry,
)
odoo_work_seconds_total = Counter(
    "deskglass_odoo_work_seconds",
    "Time of calls to Odoo by what they were for",
    ["workflow", "connection"],
    registry=registry,
)
odoo_turn_seconds = Histogram(
    "deskglass_odoo_turn_seconds",
    "Time until a page's calls got their turn",
    ["connection", "lane"],
    buckets=_SECONDS,
    registry=registry,
)
odoo_turned_away_total = Counter(
    "deskglass_odoo_turned_away",
    "Pages whose calls got no turn",
    ["connection", "lane", "reason"],
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


def _connection_gauge(name: str, says: str) -> Gauge:
    """The same in every process, for it is read from the database when somebody asks."""
    return Gauge(name, says, ["connection"], registry=registry, multiprocess_mode="mostrecent")


odoo_cap = _connection_gauge("deskglass_odoo_cap", "Calls that may be at an Odoo at the same time now")
odoo_cap_configured = _connection_gauge("deskglass_odoo_cap_configured", "The most that ever may")
odoo_in_flight = _connection_gauge("deskglass_odoo_in_flight", "Calls at an Odoo now, over all processes")
odoo_waiting = _connection_gauge("deskglass_odoo_waiting", "Processes that wait for a turn")
odoo_breaker_open = _connection_gauge("deskglass_odoo_breaker_open", "1 while the breaker is not closed")
odoo_pause_seconds = _connection_gauge("deskglass_odoo_pause_seconds", "For how long Odoo wants no calls")


differences = _connection_gauge(
    "deskglass_reconciliation_differences", "What differs between Odoo and what was done, and nobody accepted"
)


def observe_request(*, route: str, method: str | None, status: int, duration_s: float) -> None:
    known_method = method if method in _METHODS else "OTHER"
    requests_total.labels(route, known_method, str(status)).inc()
    request_seconds.labels(route).observe(duration_s)


def observe_odoo_call(call: OdooCall) -> None:
    group = _MODEL_GROUPS.get(call.model.partition(".")[0], "other")
    odoo_calls_total.labels(call.connection, group, call.outcome).inc()
    odoo_call_seconds.labels(call.connection, group).observe(call.duration_s)
    odoo_work_total.labels(call.workflow, call.connection).inc()
    odoo_work_seconds_total.labels(call.workflow, call.connection).inc(call.duration_s)


def observe_odoo_wait(wait: OdooWait) -> None:
    odoo_turn_seconds.labels(wait.connection, wait.lane).observe(wait.duration_s)
    if wait.outcome != "ok":
        odoo_turned_away_total.labels(wait.connection, wait.lane, wait.outcome).inc()


def show_standings(standings: Iterable[Standing]) -> None:
    for standing in standings:
        odoo_cap.labels(standing.connection).set(standing.cap)
        odoo_cap_configured.labels(standing.connection).set(standing.cap_configured)
        odoo_in_flight.labels(standing.connection).set(standing.in_flight)
        odoo_waiting.labels(standing.connection).set(standing.waiting)
        odoo_breaker_open.labels(standing.connection).set(standing.is_broken)
        odoo_pause_seconds.labels(standing.connection).set(standing.paused_for_s)


def show_differences(counted: Mapping[str, int]) -> None:
    for connection, count in counted.items():
        differences.labels(connection).set(count)


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)
    return generate_latest(registry)
