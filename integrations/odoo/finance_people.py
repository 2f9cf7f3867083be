"""Finds users of Odoo by name, for whoever chooses who checks and posts what is prepared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.canonical import FinancePerson, NotAssignable
from integrations.errors import GatewayError
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.order_question import understanding

AT_ONCE = 30
_ROBOT = 1  # Odoo's own number for its system user, in every database


class OdooFinancePeople:
    """Users on one connection, read with the key for reading."""

    def __init__(self, config: ConnectionConfig) -> None:
        self._client = OdooClient(config)

    async def find(
        self, named: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[FinancePerson, ...]:
        """Those who may be asked, by a part of their name; the first of all of them without one."""
        domain: list[Any] = [
            ["share", "=", False],
            ["active", "=", True],
            ["company_ids", "in", [company_id]],
            ["id", "!=", _ROBOT],
        ]
        if named:
            domain.append(["name", "ilike", named])
        return await self._people(domain, company_id, budget, correlation_id)

    async def read(
        self, user_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> FinancePerson | None:
        """One user whatever stands against them; None where Odoo has none of that number."""
        domain = [["id", "=", user_id], ["active", "in", [True, False]]]
        found = await self._people(domain, company_id, budget, correlation_id)
        return found[0] if found else None

    async def _people(
        self, domain: list[Any], company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[FinancePerson, ...]:
        call = OdooCall(
            model="res.users",
            method="search_read",
            params={
                "domain": domain,
                "fields": ["name", "active", "share", "company_ids"],
                "limit": AT_ONCE,
                "order": "name, id",
            },
        )
        (answer,) = await self._client.read([call], budget=budget, correlation_id=correlation_id)
        if isinstance(answer, GatewayError):
            raise answer
        with understanding("users"):
            return tuple(
                FinancePerson(id=int(row["id"]), name=str(row["name"]), against=_against(row, company_id))
                for row in answer.result
            )


def _against(row: Mapping[str, Any], company_id: int) -> NotAssignable | None:
    if row["id"] == _ROBOT:
        return NotAssignable.ROBOT
    if not row["active"]:
        return NotAssignable.DEACTIVATED
    if row["share"]:
        return NotAssignable.PORTAL
    return None if company_id in row["company_ids"] else NotAssignable.OTHER_COMPANY
