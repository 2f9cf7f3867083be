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
from integrations.odoo.capacity import Lane
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.late_answers import LateAnswers
from integrations.odoo.mapping.values import Row
from integrations.odoo.order_question import Cost, OrderQuestion, merge_row, records_of, understanding
from integrations.odoo.specification import TREE_BRANCHES, missing_branches
from integrations.odoo.tree_parts import Pace, parts_of, whole_ms

MAX_COMPANIES_AT_ONCE = 2  # with the loyalty cards beside them, three calls

Outcome = OdooAnswer | GatewayError


class Ask(Protocol):
    """Sends some calls at once, with all that a reading has in common."""

    def __call__(
        self, calls: Sequence[OdooCall], /, *, on_late: OnLate | None = None
    ) -> Awaitable[list[Outcome]]: ...


_memory = BranchMemory()
_paces: dict[str, Pace] = {}

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
        in_background: bool = False,
        on_late: Callable[[OrderReading], None] | None = None,
    ) -> OrderReading:
        """Every order with this number in these companies, whole, in one round trip; ``origins`` narrows further.

        Each company is asked by itself, side by side; where there are many, it is found out first which have one.
        A tree that takes its time is asked for in two halves (see ``tree_parts``).

        A branch that Odoo refuses costs one repeat in which each branch is read by itself; it is then left out
        for a while and named in the reading's ``problems``. Raises the gateway's errors when the order itself
        cannot be read. ``on_late`` gets the reading that is whole after all, once the deadline has cut this one.
        ``in_background`` takes the slots of reading for which nobody waits.
        """
        capabilities = await self._client.capabilities(budget=budget)
        problems = missing_branches(capabilities)
        problems |= _memory.refused(self._config.slug, self._config.credential_version)
        question = OrderQuestion(self._config.slug, capabilities, ref, companies, payment_details, origins)
        cost = Cost()
        lane = Lane.SYNC if in_background else Lane.INTERACTIVE
        ask = partial(self._ask, cost=cost, lane=lane, budget=budget, correlation_id=correlation_id)
        wanted = [branch for branch in TREE_BRANCHES if branch not in problems]

        loyalty = [question.loyalty()] if Branch.LOYALTY not in problems else []
        places, cards = question.companies, list[Outcome]()
        if len(places) > MAX_COMPANIES_AT_ONCE:
            located, *cards = await ask([question.locate(), *loyalty])
            places, loyalty = _companies_in(located), []
        pace = _paces.setdefault(self._config.slug, Pace())
        parts = parts_of(wanted, in_halves=len(places) == 1 and pace.pays_in_halves)
        asked = [(place, part) for place in places for part in parts]
        trees = [question.tree(part, place) for place, part in asked]
        known, early_cards = dict(problems), list(cards)

        def complete(found: list[OdooAnswer]) -> None:
            rows = self._put_together(asked, found[: len(trees)], known)
            late_cards = self._cards([*early_cards, *found[len(trees) :]], known)
            if on_late is not None:
                on_late(question.reading(rows, late_cards, known, cost))

        late = LateAnswers([*trees, *loyalty], complete)
        answers = await ask([*trees, *loyalty], on_late=late.take_late)
        late.take_early(answers)
        cards += answers[len(trees) :]
        if len(places) == 1:
            _learn(pace, answers[: len(trees)], answers[len(trees) :])
        answers = answers[: len(trees)]
        if len(wanted) > 1 and any(isinstance(answer, _REFUSALS) for answer in answers):
            found = await self._read_apart(question, places, wanted, problems, ask)
        else:
            found = self._put_together(asked, answers, problems)
        return question.reading(found, self._cards(cards, problems), problems, cost)

    async def _ask(
        self,
        calls: Sequence[OdooCall],
        *,
        cost: Cost,
        lane: Lane,
        budget: Budget,
        correlation_id: str,
        on_late: OnLate | None = None,
    ) -> list[Outcome]:
        answers = await self._client.read(
            calls, budget=budget, lane=lane, correlation_id=correlation_id, on_late=on_late
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
        asked = [(company, (branch,)) for company in companies for branch in wanted]
        answers = await ask([question.tree(part, company) for company, part in asked])
        return self._put_together(asked, answers, problems)

    def _put_together(
        self,
        asked: Sequence[tuple[int, tuple[Branch, ...]]],
        answers: Sequence[Outcome],
        problems: dict[Branch, BranchProblem],
    ) -> list[Row]:
        """The orders of several answers; a part that failed is named in ``problems``, the order's own must be there."""
        merged: dict[int, dict[str, Any]] = {}
        for (_, part), answer in zip(asked, answers, strict=True):
            if Branch.ORDER in part:
                merged |= {row["id"]: dict(row) for row in _rows(answer)}
        refused: dict[Branch, BranchProblem] = {}
        for (_, part), answer in zip(asked, answers, strict=True):
            if Branch.ORDER in part:
                continue
            rows = _rows_or_error(answer)
            if isinstance(rows, GatewayError):
                found = dict.fromkeys(part, problem_of(rows))
                problems |= found
                if isinstance(rows, _REFUSALS) and len(part) == 1:
                    refused |= found
                continue
            with understanding("a part of an order"):
                for row in rows:
                    if row["id"] in merged:
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


def _learn(pace: Pace, trees: Sequence[Outcome], short: Sequence[Outcome]) -> None:
    trees_ms = [answer.elapsed_ms for answer in trees if isinstance(answer, OdooAnswer)]
    short_ms = [answer.elapsed_ms for answer in short if isinstance(answer, OdooAnswer)]
    if short_ms and len(trees_ms) == len(trees):
        pace.learn(tree_ms=whole_ms(trees_ms, short_ms=min(short_ms)), short_ms=min(short_ms))


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
