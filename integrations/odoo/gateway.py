"""What the console may ask of Odoo: business verbs, never a model and a method.

The allow-list of what is ever done in Odoo is this file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.canonical import Branch, BranchProblem, OrderMatch, OrderReading
from integrations.errors import (
    BusinessRefusal,
    Forbidden,
    Garbled,
    GatewayError,
    Missing,
    NotSupported,
    TimedOut,
)
from integrations.odoo.branch_memory import BranchMemory
from integrations.odoo.budget import Budget
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.dialects import dialect_for
from integrations.odoo.mapping.order import order_match, order_record
from integrations.odoo.mapping.values import Row
from integrations.odoo.specification import (
    TREE_BRANCHES,
    found_order_specification,
    missing_branches,
    order_specification,
)

MAX_MATCHES = 5  # one number in several companies; more than a handful is not a number any more
MAX_CARDS = 20
MAX_FOUND = 20

_memory = BranchMemory()

# Answers that mean "this branch cannot be read like that", as opposed to "Odoo cannot be reached".
_REFUSALS = (Forbidden, NotSupported, BusinessRefusal, Missing)


@dataclass(slots=True)
class _Cost:
    """What a reading cost Odoo, over its first attempt and a repeat."""

    calls: int = 0
    slowest_ms: float = 0.0

    def add(self, answers: Iterable[OdooAnswer | GatewayError]) -> None:
        for answer in answers:
            self.calls += 1
            if isinstance(answer, OdooAnswer):
                self.slowest_ms = max(self.slowest_ms, answer.elapsed_ms)


class OdooGateway:
    """Verbs of one connection. Cheap to make; holds nothing between calls."""

    def __init__(self, config: ConnectionConfig) -> None:
        self._config = config
        self._client = OdooClient(config)

    async def read_order(
        self,
        ref: str,
        *,
        companies: frozenset[int],
        payment_details: bool,
        budget: Budget,
        correlation_id: str,
    ) -> OrderReading:
        """Every order with this number in these companies, whole, in one round trip.

        A branch that Odoo refuses costs one repeat in which each branch is read by itself; it is then left out
        for a while and named in the reading's ``problems``. Raises the gateway's errors when the order itself
        cannot be read.
        """
        capabilities = await self._client.capabilities()
        problems = missing_branches(capabilities)
        problems |= _memory.refused(self._config.slug, self._config.credential_version)
        question = _Question(self._config.slug, capabilities, ref, companies, payment_details)
        cost = _Cost()
        wanted = [branch for branch in TREE_BRANCHES if branch not in problems]

        calls = [question.tree(wanted)]
        if Branch.LOYALTY not in problems:
            calls.append(question.loyalty())
        answers = await self._client.read(calls, budget=budget, correlation_id=correlation_id)
        cost.add(answers)

        tree = answers[0]
        if isinstance(tree, _REFUSALS) and len(wanted) > 1:
            found = await self._read_apart(question, wanted, problems, cost, budget, correlation_id)
        elif isinstance(tree, GatewayError):
            raise tree
        else:
            found = _records(tree)
        cards = self._cards(answers[1:], problems)
        return question.reading(found, cards, problems, cost)

    async def find_orders(
        self, query: str, *, companies: frozenset[int], budget: Budget, correlation_id: str
    ) -> tuple[OrderMatch, ...]:
        """Orders whose number or channel reference is exactly ``query``, newest first, at most ``MAX_FOUND``."""
        names = sorted({query, query.upper()})
        call = OdooCall(
            model="sale.order",
            method="web_search_read",
            ids=None,
            params={
                "domain": [
                    ["company_id", "in", sorted(companies)],
                    "|",
                    ["name", "in", names],
                    ["client_order_ref", "in", names],
                ],
                "specification": found_order_specification(),
                "limit": MAX_FOUND,
                "order": "date_order desc, id desc",
            },
            context={"allowed_company_ids": sorted(companies)},
        )
        (answer,) = await self._client.read([call], budget=budget, correlation_id=correlation_id)
        if isinstance(answer, GatewayError):
            raise answer
        with _understanding("a list of orders"):
            return tuple(
                order_match(row, connection=self._config.slug, names=names) for row in _records(answer)
            )

    async def _read_apart(
        self,
        question: _Question,
        wanted: Sequence[Branch],
        problems: dict[Branch, BranchProblem],
        cost: _Cost,
        budget: Budget,
        correlation_id: str,
    ) -> list[Row]:
        """The one repeat: every branch as a call of its own, side by side, so that the refused one stands alone."""
        calls = [question.tree([branch]) for branch in wanted]
        answers = await self._client.read(calls, budget=budget, correlation_id=correlation_id)
        cost.add(answers)
        merged: dict[int, dict[str, Any]] = {}
        refused: dict[Branch, BranchProblem] = {}
        for branch, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, OdooAnswer):
                for row in _records(answer):
                    _merge_row(merged.setdefault(row["id"], {}), row)
            elif branch is Branch.ORDER:
                raise answer
            else:
                problems[branch] = problem_of(answer)
                if isinstance(answer, _REFUSALS):
                    refused[branch] = problems[branch]
        _memory.remember(self._config.slug, self._config.credential_version, refused)
        return list(merged.values())

    def _cards(
        self, answers: Sequence[OdooAnswer | GatewayError], problems: dict[Branch, BranchProblem]
    ) -> list[Row]:
        if not answers:
            return []
        answer = answers[0]
        if isinstance(answer, OdooAnswer):
            return _records(answer)
        problems[Branch.LOYALTY] = problem_of(answer)
        if isinstance(answer, _REFUSALS):
            known = {Branch.LOYALTY: problems[Branch.LOYALTY]}
            _memory.remember(self._config.slug, self._config.credential_version, known)
        return []


class _Question:
    """One order number, turned into calls and its answers into a reading."""

    def __init__(
        self,
        connection: str,
        capabilities: Capabilities,
        ref: str,
        companies: frozenset[int],
        payment_details: bool,
    ) -> None:
        self._connection = connection
        self._capabilities = capabilities
        self._dialect = dialect_for(capabilities.version)
        self._names = sorted({ref, ref.upper()})
        self._payment_details = payment_details
        self._companies = sorted(companies)

    def tree(self, branches: Sequence[Branch]) -> OdooCall:
        specification = order_specification(
            self._capabilities, self._dialect, branches, payment_details=self._payment_details
        )
        return OdooCall(
            model="sale.order",
            method="web_search_read",
            ids=None,
            params={
                "domain": [["name", "in", self._names], ["company_id", "in", self._companies]],
                "specification": specification,
                "limit": MAX_MATCHES,
            },
            context=self._context(),
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
            context=self._context(),
        )

    def _context(self) -> dict[str, Any]:
        return {"allowed_company_ids": self._companies}

    def reading(
        self, found: Sequence[Row], cards: Sequence[Row], problems: dict[Branch, BranchProblem], cost: _Cost
    ) -> OrderReading:
        read = frozenset(Branch) - problems.keys()
        with _understanding("an order"):
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


@contextmanager
def _understanding(what: str) -> Iterator[None]:
    """Mapping code meets what Odoo really sent: a surprise is Odoo's garbled answer, not our traceback."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as exc:
        # The offending value must not travel in a message: only the kind of surprise does.
        raise Garbled(f"{what} that cannot be understood ({type(exc).__name__})") from None


def _records(answer: OdooAnswer) -> list[Row]:
    result = answer.result
    records = result.get("records") if isinstance(result, dict) else None
    if not isinstance(records, list) or not all(isinstance(row, dict) and "id" in row for row in records):
        raise Garbled("a search without records")
    return records


def _merge_row(into: dict[str, Any], row: Row) -> None:
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
    _merge_row(joined, more or {})
    return joined


def problem_of(error: GatewayError) -> BranchProblem:
    """A gateway error in the words of a panel."""
    if isinstance(error, Forbidden):
        return BranchProblem.NO_RIGHT
    if isinstance(error, TimedOut):
        return BranchProblem.TIMED_OUT
    if isinstance(error, _REFUSALS):
        return BranchProblem.UNREADABLE
    return BranchProblem.UNAVAILABLE
