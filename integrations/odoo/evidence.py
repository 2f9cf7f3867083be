"""Reads what Odoo itself holds of our effects: keys, documents, and whatever bears a reference of ours.

Everything goes by the lane for what nobody waits for, each verb one round trip and bounded. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.canonical import Money
from integrations.canonical.evidence import DocumentName, Evidence, KeyRecord
from integrations.errors import BusinessRefusal, GatewayError, Missing, NotSupported
from integrations.odoo.bridge import LEDGER
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.capacity import Lane
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.evidence_words import (
    MARKED_FIELDS,
    evidence_of,
    made_on_order,
    order_specification,
    specification_of,
)
from integrations.odoo.mapping.values import Row
from integrations.odoo.order_question import records_of, understanding

MOST_AT_ONCE = 100
MOST_ORDERS_AT_ONCE = 20

Outcome = OdooAnswer | GatewayError


class OdooEvidence:
    """One connection: documents are read with the key for reading, the bridge's ledger with the one for writing."""

    def __init__(self, *, reading: ConnectionConfig, writing: ConnectionConfig) -> None:
        self._reader = OdooClient(reading)
        self._ledger = OdooClient(writing)

    async def read_keys(
        self, keys: Collection[str], *, company_id: int, budget: Budget, correlation_id: str
    ) -> Mapping[str, KeyRecord] | None:
        """What is kept under these keys, at most a hundred; None where this Odoo keeps no keys (no bridge)."""
        call = OdooCall(
            model=LEDGER,
            method="search_read",
            params={
                "domain": [["x_key", "in", sorted(keys)[:MOST_AT_ONCE]]],
                "fields": ["x_key", "x_kind", "x_payload_sha256", "x_res_model", "x_res_id", "x_result"],
                "limit": MOST_AT_ONCE,
            },
            context={"allowed_company_ids": [company_id]},
        )
        (answer,) = await self._ledger.read(
            [call], budget=budget, lane=Lane.SYNC, correlation_id=correlation_id
        )
        if isinstance(answer, BusinessRefusal | Missing | NotSupported):
            return None  # there is no such model
        if isinstance(answer, GatewayError):
            raise answer
        with understanding("the bridge's keys"):
            return {row["x_key"]: _key_record(row) for row in answer.result}

    async def read_documents(
        self, names: Collection[DocumentName], *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]:
        """Those of these documents that are still there, as they are now; at most a hundred of each model."""
        wanted: dict[str, list[int]] = {}
        for name in names:
            wanted.setdefault(name.model, []).append(name.id)
        return await self._search(
            {model: [["id", "in", sorted(set(ids))]] for model, ids in wanted.items()},
            company_id=company_id,
            budget=budget,
            correlation_id=correlation_id,
        )

    async def find_marked(
        self,
        model: str,
        *,
        prefixes: Collection[str],
        company_id: int,
        changed_since: datetime,
        after_id: int = 0,
        budget: Budget,
        correlation_id: str,
    ) -> tuple[Evidence, ...]:
        """Documents that bear a reference with one of our prefixes and changed since then, by their number.

        At most a hundred; the next ones begin after the last number. Nothing where this Odoo has no such documents.
        """
        since = changed_since.replace(tzinfo=None).isoformat(" ", "seconds")
        domain = [
            *_ours(model),
            *_marked(model, prefixes),
            ["company_id", "=", company_id],
            ["write_date", ">=", since],
            ["id", ">", after_id],
        ]
        found = await self._search(
            {model: domain}, company_id=company_id, budget=budget, correlation_id=correlation_id
        )
        return tuple(sorted(found, key=lambda one: one.id))

    async def find_bearing(
        self, reference: str, *, models: Iterable[str], company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]:
        """Every document that bears exactly this reference, whenever it changed."""
        found = await self._search(
            {model: [*_ours(model), [MARKED_FIELDS[model], "like", reference]] for model in models},
            company_id=company_id,
            budget=budget,
            correlation_id=correlation_id,
        )
        return tuple(one for one in found if reference in one.marks and one.company_id == company_id)

    async def made_on_orders(
        self, refs: Collection[str], *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]:
        """Credit notes and returns of these orders, whoever made them; at most twenty orders."""
        capabilities = await self._reader.capabilities(budget=budget)
        call = OdooCall(
            model="sale.order",
            method="web_search_read",
            params={
                "domain": [
                    ["name", "in", sorted(refs)[:MOST_ORDERS_AT_ONCE]],
                    ["company_id", "=", company_id],
                ],
                "specification": order_specification(capabilities),
                "limit": MOST_ORDERS_AT_ONCE,
            },
            context={"allowed_company_ids": [company_id]},
        )
        (answer,) = await self._reader.read(
            [call], budget=budget, lane=Lane.SYNC, correlation_id=correlation_id
        )
        if isinstance(answer, GatewayError):
            raise answer
        with understanding("what was made on an order"):
            return tuple(
                one
                for row in records_of(answer)
                for one in made_on_order(row, version=capabilities.version, company_id=company_id)
            )

    async def _search(
        self,
        domains: Mapping[str, list[Any]],
        *,
        company_id: int,
        budget: Budget,
        correlation_id: str,
    ) -> tuple[Evidence, ...]:
        capabilities = await self._reader.capabilities(budget=budget)
        known = {model: domain for model, domain in domains.items() if capabilities.may_read(model)}
        calls = [
            OdooCall(
                model=model,
                method="web_search_read",
                params={
                    "domain": domain,
                    "specification": specification_of(model, capabilities),
                    "limit": MOST_AT_ONCE,
                    "order": "id",
                },
                context={"allowed_company_ids": [company_id]},
            )
            for model, domain in known.items()
        ]
        answers = await self._reader.read(calls, budget=budget, lane=Lane.SYNC, correlation_id=correlation_id)
        found: list[Evidence] = []
        for model, answer in zip(known, answers, strict=True):
            if isinstance(answer, GatewayError):
                raise answer
            with understanding("a document of ours"):
                found += [evidence_of(model, row) for row in records_of(answer)]
        return tuple(found)


def _ours(model: str) -> list[Any]:
    """The payment of a credit note may bear its reference too, and is none."""
    return [["move_type", "=", "out_refund"]] if model == "account.move" else []


def _marked(model: str, prefixes: Collection[str]) -> list[Any]:
    """A reference stands in brackets in a credit note, and behind a comma where Odoo keeps the origin."""
    opening = "[" if model == "account.move" else ", "
    leaves: list[Any] = [
        [MARKED_FIELDS[model], "=like", f"%{opening}{prefix}-_____%"] for prefix in sorted(prefixes)
    ]
    return ["|"] * (len(leaves) - 1) + leaves


def _key_record(row: Row) -> KeyRecord:
    if row["x_kind"] == "revoked":
        return KeyRecord(key=str(row["x_key"]), is_revoked=True)
    made = row["x_result"]
    return KeyRecord(
        key=str(row["x_key"]),
        is_revoked=False,
        payload_sha256=str(row["x_payload_sha256"]),
        documents=(
            DocumentName(model=str(row["x_res_model"]), id=int(row["x_res_id"])),
            *(
                DocumentName(model=str(one["model"]), id=int(one["id"]))
                for one in (made or {}).get("with") or []
            ),
        ),
        total=Money(Decimal(made["total"]), str(made["currency"])) if made and "total" in made else None,
    )
