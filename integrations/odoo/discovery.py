"""The questions that tell what an Odoo can do, and how its answers become ``Capabilities``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.errors import AuthenticationFailed, Garbled, GatewayError, NotSupported, Rejected
from integrations.http import HttpAnswer
from integrations.odoo import protocols
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.capabilities import JSON2_SINCE, Capabilities, Protocol
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.exchange import get, post

MODELS = (
    "account.fiscal.position",
    "account.move",
    "account.move.line",
    "account.payment",
    "crm.team",
    "delivery.carrier",
    "loyalty.card",
    "loyalty.program",
    "mail.message",
    "mail.message.subtype",
    "payment.transaction",
    "product.category",
    "product.product",
    "res.company",
    "res.country",
    "res.currency",
    "res.partner",
    "rma",
    "sale.order",
    "sale.order.line",
    "stock.location",
    "stock.lot",
    "stock.move",
    "stock.move.line",
    "stock.picking",
    "stock.picking.type",
    "stock.quant",
    "stock.warehouse",
    "uom.uom",
    "website",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVersion:
    major: int
    text: str
    clock_ahead_s: float | None = None  # the server's clock against ours, to the second


async def ask_version(config: ConnectionConfig, *, correlation_id: str) -> ServerVersion:
    """The server's version, asked without a login: ``/web/version`` where it exists (19+), else ``common.version``."""
    asked_at = datetime.now(UTC)
    answer = await get(config, "/web/version", correlation_id=correlation_id)
    clock_ahead_s = _clock_ahead_s(answer, asked_at=asked_at, answered_at=datetime.now(UTC))
    if answer.status == 200:
        found = _version(protocols.parsed_or_none(answer), info="version_info", text="version")
        if found:
            return replace(found, clock_ahead_s=clock_ahead_s)
    request = protocols.version_request()
    answer = await post(config, request, correlation_id=correlation_id)
    result = protocols.read_jsonrpc(answer, request_id=request.request_id, reference="common.version")
    found = _version(result, info="server_version_info", text="server_version")
    if found is None:
        raise NotSupported(f"{config.slug}: the server does not tell its version")
    return replace(found, clock_ahead_s=clock_ahead_s)


def _clock_ahead_s(answer: HttpAnswer, *, asked_at: datetime, answered_at: datetime) -> float | None:
    """How far the Date of an answer lies outside the time in which it can have been written."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    if told > answered_at:
        return (told - answered_at).total_seconds()
    earliest = asked_at - timedelta(seconds=1)  # the header has no fractions
    return min(0.0, (told - earliest).total_seconds())


def _version(body: Any, *, info: str, text: str) -> ServerVersion | None:
    """Odoo Online names its releases "saas~18.3" where others give a number."""
    if not isinstance(body, dict) or not isinstance(body.get(info), list) or not body[info]:
        return None
    digits = str(body[info][0]).rpartition("~")[2].partition(".")[0]
    return ServerVersion(major=int(digits), text=str(body.get(text, ""))[:40]) if digits.isdigit() else None


def protocol_for(version: ServerVersion, *, chosen: str) -> Protocol:
    if chosen != "auto":
        return Protocol(chosen)
    return Protocol.JSON2 if version.major >= JSON2_SINCE else Protocol.JSONRPC


def discovery_calls() -> list[OdooCall]:
    """Fields and reading right of each model, then companies and languages."""
    calls = [
        OdooCall(model=model, method="fields_get", params={"attributes": ["type", "searchable", "store"]})
        for model in MODELS
    ]
    calls += [
        OdooCall(model=model, method="search_count", params={"domain": [["id", "=", 0]]}) for model in MODELS
    ]
    calls.append(
        OdooCall(model="res.company", method="search_read", params={"domain": [], "fields": ["name"]})
    )
    calls.append(OdooCall(model="res.lang", method="search_read", params={"domain": [], "fields": ["code"]}))
    return calls


def capabilities_from(
    answers: Sequence[OdooAnswer | GatewayError], *, version: ServerVersion, protocol: Protocol
) -> Capabilities:
    """Put the answers together; raises the first error that is not a plain "no" to one model."""
    for answer in answers:
        if isinstance(answer, GatewayError) and not _is_about_one_model(answer):
            raise answer
    count = len(MODELS)
    described = dict(zip(MODELS, answers[:count], strict=True))
    counted = dict(zip(MODELS, answers[count : 2 * count], strict=True))
    fields = {model: _fields(answer) for model, answer in described.items() if isinstance(answer, OdooAnswer)}
    unsearchable = {
        model: frozenset(name for name, about in names.items() if not about.get("searchable", True))
        for model, names in fields.items()
    }
    companies, languages = (_rows(answer) for answer in answers[2 * count :])
    return Capabilities(
        version=version.major,
        server_version=version.text,
        protocol=protocol,
        fields={model: frozenset(names) for model, names in fields.items()},
        unsearchable={model: names for model, names in unsearchable.items() if names},
        readable=frozenset(model for model, answer in counted.items() if isinstance(answer, OdooAnswer)),
        companies=tuple((row["id"], str(row.get("name", ""))) for row in companies),
        languages=tuple(str(row["code"]) for row in languages if "code" in row),
    )


def _fields(answer: OdooAnswer) -> dict[str, dict[str, Any]]:
    if isinstance(answer.result, dict) and all(isinstance(about, dict) for about in answer.result.values()):
        return answer.result
    raise Garbled("fields_get: the answer does not describe fields")


def _rows(answer: OdooAnswer | GatewayError) -> list[dict[str, Any]]:
    """The records of a ``search_read``; none where it was refused."""
    if isinstance(answer, GatewayError):
        return []
    rows = answer.result
    if isinstance(rows, list) and all(isinstance(row, dict) and "id" in row for row in rows):
        return rows
    raise Garbled("search_read: the answer does not hold records")


def _is_about_one_model(error: GatewayError) -> bool:
    """A wrong key is wrong for every model; any other "no" says that one model is absent or closed to us."""
    return isinstance(error, Rejected) and not isinstance(error, AuthenticationFailed)
