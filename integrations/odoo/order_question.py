"""One order number, turned into calls to Odoo and their answers into a reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.canonical import Branch, BranchProblem, OrderReading, OriginCondition
from integrations.errors import Garbled, GatewayError
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooAnswer, OdooCall
from integrations.odoo.dialects import dialect_for
from integrations.odoo.mapping.order import order_record
from integrations.odoo.mapping.values import Row
from integrations.odoo.origin_domain import origin_domain
from integrations.odoo.specification import order_specification

MAX_MATCHES = 5  # one number in several companies; more than a handful is not a number any more
MAX_CARDS = 20


@dataclass(slots=True)
class Cost:
    """What a reading cost Odoo, over its first attempt and a repeat."""

    calls: int = 0
    slowest_ms: float = 0.0

    def add(self, answers: Iterable[OdooAnswer | GatewayError]) -> None:
        for answer in answers:
            self.calls += 1
            if isinstance(answer, OdooAnswer):
                self.slowest_ms = max(self.slowest_ms, answer.elapsed_ms)


class OrderQuestion:
    """One order number, turned into calls and its answers into a reading."""

    def __init__(
        self,
        connection: str,
        capabilities: Capabilities,
        ref: str,
        companies: frozenset[int],
        payment_details: bool,
        origins: frozenset[OriginCondition] | None = None,
    ) -> None:
        self._connection = connection
        self._capabilities = capabilities
        self._dialect = dialect_for(capabilities.version)
        self._names = sorted({ref, ref.upper()})
        self._payment_details = payment_details
        self._origins = origins
        self.companies = tuple(sorted(companies))

    def locate(self) -> OdooCall:
        """Only which companies have such an order."""
        return self._search(self.companies, {"company_id": {}}, limit=MAX_MATCHES * len(self.companies))

    def tree(self, branches: Sequence[Branch], company: int) -> OdooCall:
        """The orders of one company. Costs, credit and positions are those of the company that Odoo is asked in."""
        specification = _known_specification(self._capabilities, tuple(branches), self._payment_details)
        return self._search((company,), specification, limit=MAX_MATCHES)

    def _search(self, companies: Sequence[int], specification: dict[str, Any], *, limit: int) -> OdooCall:
        return OdooCall(
            model="sale.order",
            method="web_search_read",
            ids=None,
            params={
                "domain": [
                    ["name", "in", self._names],
                    *origin_domain(self._origins, self._capabilities, companies=companies),
                ],
                "specification": specification,
                "limit": limit,
            },
            context=self._context(first=companies[0]),
        )

    def loyalty(self) -> OdooCall:
        specification: dict[str, Any] = {
            name: {}
            for name in ("points", "point_name", "expiration_date", "partner_id")
            if self._capabilities.has("loyalty.card", name)
        }
        specification["program_id"] = {"fields": {"display_name": {}}}
        if self._payment_details:
            specification["code"] = {}
        return OdooCall(
            model="loyalty.card",
            method="web_search_read",
            ids=None,
            # By the order's number, so that it need not wait for the tree to know the partner.
            params={
                "domain": [["partner_id.sale_order_ids.name", "in", self._names]],
                "specification": specification,
                "limit": MAX_CARDS,
            },
            context=self._context(first=self.companies[0]),
        )

    def _context(self, *, first: int) -> dict[str, Any]:
        """All companies in scope; the first one is the one that Odoo answers in."""
        return {"allowed_company_ids": [first, *(other for other in self.companies if other != first)]}

    def reading(
        self, found: Sequence[Row], cards: Sequence[Row], problems: dict[Branch, BranchProblem], cost: Cost
    ) -> OrderReading:
        read = frozenset(Branch) - problems.keys()
        with understanding("an order"):
            if any(row["name"] not in self._names for row in found):
                # A proxy that mixes answers up: one order's facts under another's number must not be shown.
                raise Garbled("an answer about another order")
            records = tuple(
                order_record(
                    row,
                    cards,
                    connection=self._connection,
                    dialect=self._dialect,
                    read=read,
                    payment_details=self._payment_details,
                )
                for row in found
            )
        return OrderReading(
            records=records,
            problems=problems,
            fetched_at=datetime.now(UTC),
            calls=cost.calls,
            slowest_call_ms=cost.slowest_ms,
        )


_MOST_KNOWN = 64
_known: dict[tuple[int, tuple[Branch, ...], bool], tuple[Capabilities, dict[str, Any]]] = {}


def _known_specification(
    capabilities: Capabilities, branches: tuple[Branch, ...], payment_details: bool
) -> dict[str, Any]:
    """Built once per connection and set of branches: hundreds of fields are checked, which a page would feel.

    Nobody changes a specification. The capabilities are kept beside it, so that their identity stays theirs.
    """
    key = (id(capabilities), branches, payment_details)
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        dialect = dialect_for(capabilities.version)
        specification = order_specification(capabilities, dialect, branches, payment_details=payment_details)
        _known[key] = (capabilities, specification)
    return _known[key][1]


@contextmanager
def understanding(what: str) -> Iterator[None]:
    """Mapping code meets what Odoo really sent: a surprise is Odoo's garbled answer, not our traceback."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as exc:
        # The offending value must not travel in a message: only the kind of surprise does.
        raise Garbled(f"{what} that cannot be understood ({type(exc).__name__})") from None


def records_of(answer: OdooAnswer) -> list[Row]:
    result = answer.result
    records = result.get("records") if isinstance(result, dict) else None
    if not isinstance(records, list) or not all(isinstance(row, dict) and "id" in row for row in records):
        raise Garbled("a search without records")
    return records


def merge_row(into: dict[str, Any], row: Row) -> None:
    """The same order read in parts; lists of the same rows (order lines with and without stock) are joined by id."""
    for key, value in row.items():
        present = into.get(key)
        if isinstance(present, list) and isinstance(value, list):
            parts = {entry["id"]: entry for entry in value if isinstance(entry, dict)}
            into[key] = [
                _joined(entry, parts.get(entry["id"])) if isinstance(entry, dict) else entry
                for entry in present
            ]
        elif isinstance(present, dict) and isinstance(value, dict):
            into[key] = _joined(present, value)
        else:
            into[key] = value


def _joined(entry: Row, more: Row | None) -> dict[str, Any]:
    joined = dict(entry)
    merge_row(joined, more or {})
    return joined
