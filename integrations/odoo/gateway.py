"""What the console may ask of Odoo: business verbs, never a model and a method.

The allow-list of what is ever done in Odoo is this file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol

from integrations.canonical import (
    Branch,
    BranchProblem,
    FoundOrders,
    OrderQuery,
    OrderReading,
    OriginCondition,
)
from integrations.errors import (
    BusinessRefusal,
    Forbidden,
    Garbled,
    GatewayError,
    Missing,
    NotSupported,
    TimedOut,
)
from integrations.odoo import finding
from integrations.odoo.batch import OnLate
from integrations.odoo.branch_memory import BranchMemory
from integrations.odoo.budget import Budget
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.late_answers import LateAnswers
from integrations.odoo.mapping.values import Row
from integrations.odoo.order_question import Cost, OrderQuestion, merge_row, records_of, understanding
from integrations.odoo.specification import TREE_BRANCHES, missing_branches

MAX_COMPANIES_AT_ONCE = 2  # with the loyalty cards beside them, three calls

Outcome = OdooAnswer | GatewayError


class Ask(Protocol):
    """Sends some calls at once, with all that a reading has in common."""

    def __call__(
        self, calls: Sequence[OdooCall], /, *, on_late: OnLate | None = None
    ) -> Awaitable[list[Outcome]]: ...


_memory = BranchMemory()

# Answers that mean "this branch cannot be read like that", as opposed to "Odoo cannot be reached".
_REFUSALS = (Forbidden, NotSupported, BusinessRefusal, Missing)


class OdooGateway:
    """Verbs of one connection. Cheap to make; holds nothing between calls."""

    def __init__(self, config: ConnectionConfig) -> None:
        self._config = config
        self._client = OdooClient(config)

    @property
    def connection_id(self) -> int:
        return self._config.id

    @property
    def identity(self) -> str:
        """Where facts come from and as whom they are read: elsewhere, or to another, they may be others."""
        return "\n".join((self._config.url, self._config.database, self._config.login))

    async def read_order(
        self,
        ref: str,
        *,
        companies: frozenset[int],
        payment_details: bool,
        budget: Budget,
        correlation_id: str,
        origins: frozenset[OriginCondition] | None = None,
        on_late: Callable[[OrderReading], None] | None = None,
    ) -> OrderReading:
        """Every order with this number in these companies, whole, in one round trip; ``origins`` narrows further.

        Each company is asked by itself, side by side; where there are many, it is found out first which have one.

        A branch that Odoo refuses costs one repeat in which each branch is read by itself; it is then left out
        for a while and named in the reading's ``problems``. Raises the gateway's errors when the order itself
        cannot be read. ``on_late`` gets the reading that is whole after all, once the deadline has cut this one.
        """
        capabilities = await self._client.capabilities(budget=budget)
        problems = missing_branches(capabilities)
        problems |= _memory.refused(self._config.slug, self._config.credential_version)
        question = OrderQuestion(self._config.slug, capabilities, ref, companies, payment_details, origins)
        cost = Cost()
        ask = partial(self._ask, cost=cost, budget=budget, correlation_id=correlation_id)
        wanted = [branch for branch in TREE_BRANCHES if branch not in problems]

        loyalty = [question.loyalty()] if Branch.LOYALTY not in problems else []
        places, cards = question.companies, list[Outcome]()
        if len(places) > MAX_COMPANIES_AT_ONCE:
            located, *cards = await ask([question.locate(), *loyalty])
            places, loyalty = _companies_in(located), []
        trees = [question.tree(wanted, place) for place in places]
        known, early_cards = dict(problems), list(cards)

        def complete(found: list[OdooAnswer]) -> None:
            rows = [row for answer in found[: len(trees)] for row in records_of(answer)]
            late_cards = self._cards([*early_cards, *found[len(trees) :]], known)
            if on_late is not None:
                on_late(question.reading(rows, late_cards, known, cost))

        late = LateAnswers([*trees, *loyalty], complete)
        answers = await ask([*trees, *loyalty], on_late=late.take_late)
        late.take_early(answers)
        cards += answers[len(trees) :]
        if any(isinstance(answer, _REFUSALS) for answer in answers[: len(trees)]) and len(wanted) > 1:
            found = await self._read_apart(question, places, wanted, problems, ask)
        else:
            found = [row for answer in answers[: len(trees)] for row in _rows(answer)]
        return question.reading(found, self._cards(cards, problems), problems, cost)

    async def _ask(
        self,
        calls: Sequence[OdooCall],
        *,
        cost: Cost,
        budget: Budget,
        correlation_id: str,
        on_late: OnLate | None = None,
    ) -> list[Outcome]:
        answers = await self._client.read(
            calls, budget=budget, correlation_id=correlation_id, on_late=on_late
        )
        cost.add(answers)
        return answers

    async def find_orders(
        self,
        query: OrderQuery,
        *,
        companies: frozenset[int],
        budget: Budget,
        correlation_id: str,
        origins: frozenset[OriginCondition] | None = None,
    ) -> FoundOrders:
        """Orders that carry what was typed, by any of the kinds it can be; see ``finding``."""
        return await finding.find_orders(
            self._client,
            query,
            companies=companies,
            origins=origins,
            budget=budget,
            correlation_id=correlation_id,
        )

    async def _read_apart(
        self,
        question: OrderQuestion,
        companies: Sequence[int],
        wanted: Sequence[Branch],
        problems: dict[Branch, BranchProblem],
        ask: Ask,
    ) -> list[Row]:
        """The one repeat: every branch as a call of its own, side by side, so that the refused one stands alone."""
        if len(companies) > 1:
            (located,) = await ask([question.locate()])
            companies = _companies_in(located)
        asked = [(company, branch) for company in companies for branch in wanted]
        answers = await ask([question.tree([branch], company) for company, branch in asked])
        parts = [(branch, _rows_or_error(answer)) for (_, branch), answer in zip(asked, answers, strict=True)]
        merged: dict[int, dict[str, Any]] = {}
        for branch, part in parts:
            if branch is Branch.ORDER:
                if isinstance(part, GatewayError):
                    raise part
                merged |= {row["id"]: dict(row) for row in part}
        refused: dict[Branch, BranchProblem] = {}
        for branch, part in parts:
            if isinstance(part, GatewayError):
                problems[branch] = problem_of(part)
                if isinstance(part, _REFUSALS):
                    refused[branch] = problems[branch]
                continue
            with understanding("a part of an order"):
                for row in part:
                    if branch is not Branch.ORDER and row["id"] in merged:
                        merge_row(merged[row["id"]], row)
        _memory.remember(self._config.slug, self._config.credential_version, refused)
        return list(merged.values())

    def _cards(self, answers: Sequence[Outcome], problems: dict[Branch, BranchProblem]) -> list[Row]:
        if not answers:
            return []
        cards = _rows_or_error(answers[0])
        if not isinstance(cards, GatewayError):
            return cards
        problems[Branch.LOYALTY] = problem_of(cards)
        if isinstance(cards, _REFUSALS):
            known = {Branch.LOYALTY: problems[Branch.LOYALTY]}
            _memory.remember(self._config.slug, self._config.credential_version, known)
        return []


def _rows(answer: Outcome) -> list[Row]:
    if isinstance(answer, GatewayError):
        raise answer
    return records_of(answer)


def _companies_in(located: Outcome) -> tuple[int, ...]:
    with understanding("where an order is"):
        return tuple(sorted({int(row["company_id"]) for row in _rows(located)}))


def _rows_or_error(answer: Outcome) -> list[Row] | GatewayError:
    """One call's rows; an answer that cannot be read is as good as an error, of its own part only."""
    if isinstance(answer, GatewayError):
        return answer
    try:
        return records_of(answer)
    except Garbled as error:
        return error


def problem_of(error: GatewayError) -> BranchProblem:
    """A gateway error in the words of a panel."""
    if isinstance(error, Forbidden):
        return BranchProblem.NO_RIGHT
    if isinstance(error, TimedOut):
        return BranchProblem.TIMED_OUT
    if isinstance(error, _REFUSALS):
        return BranchProblem.UNREADABLE
    return BranchProblem.UNAVAILABLE
