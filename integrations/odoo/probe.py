"""Tells what works with one Odoo and what does not, before an agent finds out in the middle of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson

from integrations import database
from integrations.errors import (
    AuthenticationFailed,
    Busy,
    Garbled,
    GatewayError,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from integrations.http import CertificateRefused, InsecureAddress, require_safe_address
from integrations.odoo import known_capabilities
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.capacity import Lane
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig, reread
from integrations.odoo.findings import Finding, State, state_of
from integrations.odoo.protocols import NoSuchDatabase

OLDEST_SUPPORTED = 17
MOST_CLOCK_DIFFERENCE_S = 30.0
EXPIRY_WARNING_DAYS = 14

# Without these the panel named on the left has nothing to show; the same in all versions proven.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "sale.order": ("name", "state", "date_order", "partner_id", "amount_total", "currency_id", "company_id",
                   "order_line", "client_order_ref", "picking_ids", "invoice_ids", "transaction_ids"),
    "sale.order.line": ("product_id", "product_uom_qty", "qty_delivered", "qty_invoiced", "price_total", "move_ids"),
    "stock.picking": ("name", "state", "date_done", "carrier_tracking_ref"),
    "stock.move": ("product_id", "quantity", "state", "sale_line_id"),
    "stock.quant": ("quantity", "reserved_quantity", "location_id"),
    "account.move": ("name", "state", "payment_state", "amount_total", "amount_residual", "reversed_entry_id",
                     "invoice_payments_widget"),
    "res.partner": ("name", "email", "phone"),
    "product.product": ("default_code", "display_name"),
    "loyalty.card": ("partner_id", "points", "program_id"),
}  # fmt: skip
MODULES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sale": ("sale.order", ()),
    "stock": ("stock.picking", ()),
    "account": ("account.move", ()),
    "sale_stock": ("sale.order", ("picking_ids",)),
    "delivery": ("delivery.carrier", ()),
    "stock_delivery": ("stock.picking", ("carrier_tracking_ref",)),
    "loyalty": ("loyalty.card", ()),
    "payment": ("payment.transaction", ()),
    "rma": ("rma", ()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport:
    connection: str
    database: str = ""
    version: str = ""
    protocol: str = ""
    modules: tuple[str, ...] = ()
    companies: tuple[tuple[int, str], ...] = ()
    languages: tuple[str, ...] = ()
    clock_ahead_s: float | None = None
    key_expires_on: str = "unknown"  # a date, "never" or "unknown"
    findings: tuple[Finding, ...] = field(default=())

    @property
    def state(self) -> State:
        return state_of(self.findings)


async def probe(slug: str) -> ProbeReport:
    """Probe one connection and keep the outcome on its row; raises ``UnknownConnection``."""
    try:
        config = await reread(slug)
    except AuthenticationFailed:
        return ProbeReport(connection=slug, findings=(Finding(code="key_missing"),))
    report = await _probe(config)
    await database.rows(
        "UPDATE integrations_odooconnection SET probe_state = %s, probe_findings = %s::jsonb WHERE id = %s",
        (report.state.value, orjson.dumps([f.to_json() for f in report.findings]).decode(), config.id),
    )
    return report


async def _probe(config: ConnectionConfig) -> ProbeReport:
    known: dict[str, Any] = {"connection": config.slug, "database": config.database}
    try:
        require_safe_address(config.url)
    except InsecureAddress:
        return ProbeReport(**known, findings=(Finding(code="insecure_address"),))
    client = OdooClient(config)
    try:
        version = await known_capabilities.version_through_slot(
            config, lane=Lane.INTERACTIVE, budget=Budget.probe()
        )
        known |= {"version": version.text, "clock_ahead_s": version.clock_ahead_s}
        if version.major < OLDEST_SUPPORTED:
            return ProbeReport(**known, findings=(Finding(code="version_too_old", subjects=(version.text,)),))
        capabilities = await client.discover()
    except GatewayError as error:
        return ProbeReport(**known, findings=(_fatal(error),))
    expires_on, more = await _about_the_key(OdooClient(config, protocol=capabilities.protocol), capabilities)
    return ProbeReport(
        **known,
        protocol=capabilities.protocol.value,
        modules=tuple(
            module for module, (model, names) in MODULES.items() if capabilities.has(model, *names)
        ),
        companies=capabilities.companies,
        languages=capabilities.languages,
        key_expires_on=expires_on,
        findings=(*_clock(version.clock_ahead_s), *judge(capabilities), *more),
    )


def _fatal(error: GatewayError) -> Finding:
    by_class = (
        (CertificateRefused, "certificate_refused"),
        (Busy, "left_alone"),
        (Unreachable, "unreachable"),
        (OutcomeUnknown, "no_answer"),
        (NoSuchDatabase, "no_such_database"),
        (AuthenticationFailed, "key_refused"),
        (Garbled, "not_odoo"),
        (NotSupported, "not_odoo"),
    )
    return Finding(code=next((code for kind, code in by_class if isinstance(error, kind)), "server_fails"))


def _clock(ahead_s: float | None) -> tuple[Finding, ...]:
    if ahead_s is None or abs(ahead_s) <= MOST_CLOCK_DIFFERENCE_S:
        return ()
    return (Finding(code="clock_differs", subjects=(f"{ahead_s:+.0f} s",)),)


def judge(capabilities: Capabilities) -> tuple[Finding, ...]:
    """What the capabilities alone say."""
    absent = tuple(model for model in NEEDED if not capabilities.has(model))
    closed = tuple(
        model
        for model in sorted(capabilities.fields)
        if not capabilities.may_read(model) and model not in absent
    )
    hidden = tuple(
        f"{model}.{name}"
        for model, names in NEEDED.items()
        if capabilities.may_read(model)
        for name in names
        if not capabilities.has(model, name)
    )
    findings = []
    if not capabilities.may_read("sale.order"):
        findings.append(Finding(code="orders_closed"))
    if capabilities.is_unproven_version:
        findings.append(Finding(code="version_unproven", subjects=(capabilities.server_version,)))
    if closed:
        findings.append(Finding(code="right_missing", subjects=closed))
    if hidden:
        findings.append(Finding(code="field_missing", subjects=hidden))
    if not capabilities.companies:
        findings.append(Finding(code="no_company"))
    if absent:
        findings.append(Finding(code="module_missing", subjects=absent))
    return tuple(findings)


async def _about_the_key(client: OdooClient, capabilities: Capabilities) -> tuple[str, tuple[Finding, ...]]:
    """When it expires, and whether it may do more than read."""
    if capabilities.version >= 18:
        may_write = OdooCall(model="account.move", method="has_access", ids=(), params={"operation": "write"})
    else:
        may_write = OdooCall(
            model="account.move",
            method="check_access_rights",
            params={"operation": "write", "raise_exception": False},
        )
    keys = OdooCall(
        model="res.users.apikeys",
        method="search_read",
        params={"domain": [], "fields": ["expiration_date"] if capabilities.version >= 18 else ["id"]},
    )
    writes, rows = await client.read([may_write, keys], budget=Budget.probe(), correlation_id="probe")
    findings = []
    if isinstance(writes, OdooAnswer) and writes.result is True:
        findings.append(Finding(code="key_can_write"))
    expires_on = _expiry(rows, may_expire=capabilities.version >= 18)
    if expires_on == "unknown":
        findings.append(Finding(code="key_expiry_unknown"))
    elif expires_on != "never":
        days = (date.fromisoformat(expires_on) - datetime.now(UTC).date()).days
        if days <= EXPIRY_WARNING_DAYS:
            findings.append(Finding(code="key_expires_soon", subjects=(expires_on,)))
    return expires_on, tuple(findings)


def _expiry(rows: OdooAnswer | GatewayError, *, may_expire: bool) -> str:
    """The earliest date of the user's keys: which of them is ours, Odoo does not tell."""
    if not isinstance(rows, OdooAnswer) or not isinstance(rows.result, list) or not rows.result:
        return "unknown"
    dates = sorted(
        str(row["expiration_date"])[:10] for row in rows.result if may_expire and row.get("expiration_date")
    )
    return dates[0] if dates else "never"
