"""The live facts that effects are judged, built and checked by, read with the key for reading."""

from __future__ import annotations

from collections.abc import Collection

from integrations.canonical import RefundFacts, ReplacementFacts, ReturnFacts
from integrations.odoo.budget import Budget
from integrations.odoo.client import OdooClient
from integrations.odoo.effects_facts import read_facts
from integrations.odoo.effects_replacement_facts import read_replacement_facts
from integrations.odoo.effects_return_facts import read_return_facts


class LiveFacts:
    """Facts of one connection; each verb is one round trip."""

    def __init__(self, reader: OdooClient) -> None:
        self._reader = reader

    async def read_refund_facts(
        self, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> RefundFacts:
        return await read_facts(
            self._reader, order_id, company_id=company_id, budget=budget, correlation_id=correlation_id
        )

    async def read_return_facts(
        self, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> ReturnFacts:
        return await read_return_facts(
            self._reader, order_id, company_id=company_id, budget=budget, correlation_id=correlation_id
        )

    async def read_replacement_facts(
        self,
        order_id: int,
        *,
        order_ref: str,
        company_id: int,
        other_products: Collection[int] = (),
        product_codes: Collection[str] = (),
        budget: Budget,
        correlation_id: str,
    ) -> ReplacementFacts:
        """``other_products`` are those that may be sent in place of what was ordered, by number, code or barcode."""
        return await read_replacement_facts(
            self._reader,
            order_id,
            order_ref=order_ref,
            company_id=company_id,
            other_products=other_products,
            product_codes=product_codes,
            budget=budget,
            correlation_id=correlation_id,
        )
