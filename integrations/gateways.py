"""Where the layer above gets the system of record behind a connection: the only door into ``integrations``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from integrations.canonical import (
    BridgeStatus,
    CreditNoteRequest,
    EffectResult,
    FinancePerson,
    FoundOrders,
    OrderQuery,
    OrderReading,
    OriginCondition,
    RefundFacts,
    ReplacementFacts,
    ReplacementRequest,
    ReturnFacts,
    ReturnRequest,
)
from integrations.canonical.evidence import DocumentName, Evidence, KeyRecord
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, connection
from integrations.odoo.effects import OdooEffects
from integrations.odoo.effects_forecast import forecast as forecast_credit_note
from integrations.odoo.evidence import MOST_AT_ONCE as MOST_EVIDENCE_AT_ONCE
from integrations.odoo.evidence import OdooEvidence
from integrations.odoo.finance_people import OdooFinancePeople
from integrations.odoo.gateway import OdooGateway


class OrderSource(Protocol):
    """Reads of orders, in our words. Raises ``integrations.errors.GatewayError`` and nothing else."""

    @property
    def connection_id(self) -> int: ...

    @property
    def identity(self) -> str: ...

    async def read_order(
        self,
        ref: str,
        *,
        companies: frozenset[int],
        payment_details: bool,
        budget: Budget,
        correlation_id: str,
        origins: frozenset[OriginCondition] | None = None,
        in_background: bool = False,
        on_late: Callable[[OrderReading], None] | None = None,
    ) -> OrderReading: ...

    async def find_orders(
        self,
        query: OrderQuery,
        *,
        companies: frozenset[int],
        budget: Budget,
        correlation_id: str,
        origins: frozenset[OriginCondition] | None = None,
    ) -> FoundOrders: ...


class EffectDoor(Protocol):
    """What is written into the system of record, and the live facts around it.

    Writes are sent once and never repeated here. They raise ``NotSent`` (nothing left this machine), ``Rejected``
    (answered with a no, nothing was made) or any other ``GatewayError`` (unknown: the same request may be sent again
    under the same key). What the rules of the bridge refused is a result, not an error.
    """

    async def read_refund_facts(
        self, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> RefundFacts: ...

    async def create_credit_note(
        self, request: CreditNoteRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult: ...

    async def read_return_facts(
        self, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> ReturnFacts: ...

    async def create_return(
        self, request: ReturnRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult: ...

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
    ) -> ReplacementFacts: ...

    async def create_replacement(
        self, request: ReplacementRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult: ...

    async def find_effect(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult | None: ...

    async def revoke_key(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult: ...

    async def bridge_status(self, *, budget: Budget, correlation_id: str) -> BridgeStatus: ...


class FinanceDirectory(Protocol):
    """Who may be asked to check and post what was prepared. Raises ``integrations.errors.GatewayError``."""

    async def find(
        self, named: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[FinancePerson, ...]: ...

    async def read(
        self, user_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> FinancePerson | None: ...


class EvidenceDoor(Protocol):
    """What the system of record itself tells of our effects. Raises ``integrations.errors.GatewayError``."""

    async def read_keys(
        self, keys: Collection[str], *, company_id: int, budget: Budget, correlation_id: str
    ) -> Mapping[str, KeyRecord] | None: ...

    async def read_documents(
        self, names: Collection[DocumentName], *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]: ...

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
    ) -> tuple[Evidence, ...]: ...

    async def find_bearing(
        self, reference: str, *, models: Iterable[str], company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]: ...

    async def made_on_orders(
        self, refs: Collection[str], *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]: ...


async def order_source(slug: str) -> OrderSource:
    """The source behind a connection; ``LookupError`` where there is none of that name."""
    return OdooGateway(await connection(slug))


async def effect_door(slug: str) -> EffectDoor:
    """Where effects are made on a connection; ``AuthenticationFailed`` where it has no key for writing."""
    return OdooEffects(reading=await connection(slug), writing=await connection(slug, purpose=Purpose.WRITE))


async def evidence_door(slug: str) -> EvidenceDoor:
    """What Odoo holds of our effects; ``AuthenticationFailed`` where the connection has no key for writing."""
    return OdooEvidence(reading=await connection(slug), writing=await connection(slug, purpose=Purpose.WRITE))


async def finance_directory(slug: str) -> FinanceDirectory:
    return OdooFinancePeople(await connection(slug))


__all__ = [
    "MOST_EVIDENCE_AT_ONCE",
    "Budget",
    "EffectDoor",
    "EvidenceDoor",
    "FinanceDirectory",
    "OrderSource",
    "effect_door",
    "evidence_door",
    "finance_directory",
    "forecast_credit_note",
    "order_source",
]
