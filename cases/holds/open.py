"""The open holds on the customer of an order, as the viewer of that order may see them.

A hold belongs to an account of one company: who may see that company is told that there is one, on every order of
the account. What it is for is personal, so it is masked like any other text about a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cases.masking import MaskedRecord, mask_items
from cases.models.holds import HoldKind
from cases.people.viewer import Viewer
from integrations import database
from integrations.canonical import PERSONAL, PUBLIC, OrderRecord

MOST_AT_ONCE = 200  # open holds are few; where they are not, those of one account are asked for

_OPEN = """
SELECT h.customer_id, h.id, h.kind, h.owner_id, u.first_name, u.last_name, u.username, h.placed_at, h.until, h.reason
  FROM cases_hold h
  JOIN cases_user u ON u.id = h.owner_id
 WHERE h.connection = %(connection)s
   AND h.company_id = ANY(%(companies)s)
   AND h.lifted_at IS NULL
   AND (h.until IS NULL OR h.until > %(at)s)
   AND (%(account)s::integer IS NULL OR h.customer_id = %(account)s)
 ORDER BY h.placed_at, h.id
 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHold:
    """One open hold, as it stands beside the customer."""

    id: Annotated[int, PUBLIC]
    kind: Annotated[HoldKind, PUBLIC]
    owner_id: Annotated[int, PUBLIC]
    owner: Annotated[str, PUBLIC]  # a colleague's name
    placed_at: Annotated[datetime, PUBLIC]
    until: Annotated[datetime | None, PUBLIC]
    reason: Annotated[str, PERSONAL]  # typed freely about a person


class OpenHolds:
    """All open holds of some companies, looked up before it is known whose order it is."""

    def __init__(self, connection: str, companies: Collection[int], at: datetime) -> None:
        self._connection = connection
        self._companies = sorted(companies)
        self._at = at
        self._rows: list[database.Row] = []

    async def look_up(self) -> OpenHolds:
        self._rows = await self._open(None, MOST_AT_ONCE + 1)
        return self

    async def on(self, record: OrderRecord, viewer: Viewer) -> tuple[MaskedRecord, ...]:
        """Those on an order's customer, the oldest first."""
        customer = record.customer
        if customer is None or not self._rows:
            return ()
        rows = self._rows
        if len(rows) > MOST_AT_ONCE:
            rows = await self._open(customer.account_id, None)
        return _masked(list(_told(rows, customer.account_id)), viewer)

    async def _open(self, account: int | None, most: int | None) -> list[database.Row]:
        return await database.rows(
            _OPEN,
            {
                "connection": self._connection,
                "companies": self._companies,
                "at": self._at,
                "account": account,
                "most": most,
            },
        )


def _told(rows: Iterable[database.Row], account_id: int) -> Iterable[CustomerHold]:
    for account, number, kind, owner_id, first, last, username, placed_at, until, reason in rows:
        if account == account_id:
            yield CustomerHold(
                id=number,
                kind=HoldKind(kind),
                owner_id=owner_id,
                owner=f"{first} {last}".strip() or username,
                placed_at=placed_at,
                until=until,
                reason=reason,
            )


def _masked(holds: Sequence[CustomerHold], viewer: Viewer) -> tuple[MaskedRecord, ...]:
    """Without the places where a masked value is asked for: no reading of Odoo holds it, its owner can be asked."""
    return tuple(
        MaskedRecord(
            {name: cell._replace(place="", revealable=False) for name, cell in record.items()},
            record.masked_paths,
        )
        for record in mask_items(holds, viewer.matrix, path="customer.holds")
    )
