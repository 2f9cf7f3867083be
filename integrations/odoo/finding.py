"""Finds orders by whatever a customer can name: one batch of calls for the text, one more for whose orders they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from integrations.canonical import FoundOrders, MatchReason, OrderMatch, OrderQuery, OriginCondition
from integrations.errors import GatewayError
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.client import OdooClient
from integrations.odoo.find_question import MAX_FOUND, MAX_PARTNERS, FindQuestion
from integrations.odoo.mapping.matches import (
    document_reasons,
    goods_reasons,
    number_reasons,
    order_match,
    partner_reasons,
)
from integrations.odoo.mapping.values import Row, reference
from integrations.odoo.order_question import records_of, understanding

MAX_ACCOUNTS = 5  # beyond it the search was about no one account

Outcome = OdooAnswer | GatewayError
Reasons = Callable[[Row], Collection[MatchReason]]


@dataclass(slots=True)
class _Findings:
    """What has been found so far: rows and reasons by order, reasons by contact."""

    rows: dict[int, Row] = field(default_factory=dict)
    why: defaultdict[int, set[MatchReason]] = field(default_factory=lambda: defaultdict(set))
    partners: dict[int, set[MatchReason]] = field(default_factory=dict)
    accounts: set[int] = field(default_factory=set)
    has_more: bool = False
    errors: list[GatewayError] = field(default_factory=list)

    def take_orders(self, answer: Outcome, reasons: Reasons) -> None:
        for row in self._rows_of(answer, MAX_FOUND):
            why = reasons(row)
            if why:
                self.rows.setdefault(row["id"], row)
                self.why[row["id"]] |= set(why)

    def take_partners(self, answer: Outcome, query: OrderQuery) -> None:
        if isinstance(answer, GatewayError):
            self.errors.append(answer)
            return
        with understanding("a list of contacts"):
            self.has_more |= len(answer.result) > MAX_PARTNERS
            for row in answer.result[:MAX_PARTNERS]:
                why = partner_reasons(row, query)
                if why:
                    self.partners[row["id"]] = why
                    self.accounts.add(reference(row, "commercial_partner_id") or row["id"])

    def _rows_of(self, answer: Outcome, limit: int) -> list[Row]:
        if isinstance(answer, GatewayError):
            self.errors.append(answer)
            return []
        found = records_of(answer)
        self.has_more |= len(found) > limit
        return found[:limit]

    def accounts_of_orders(self) -> set[int]:
        partners = (row.get("partner_id") for row in self.rows.values())
        accounts = (
            reference(partner, "commercial_partner_id")
            for partner in partners
            if isinstance(partner, Mapping)
        )
        return {account for account in accounts if account}

    def reasons_by_partner(self, row: Row) -> set[MatchReason]:
        ids = (reference(row, name) for name in ("partner_id", "partner_shipping_id", "partner_invoice_id"))
        return set().union(*(self.partners.get(number, set()) for number in ids if number))


async def find_orders(
    client: OdooClient,
    query: OrderQuery,
    *,
    companies: frozenset[int],
    budget: Budget,
    correlation_id: str,
    origins: frozenset[OriginCondition] | None = None,
) -> FoundOrders:
    """Everything in these companies that the text names, and the other orders of the accounts behind it.

    Raises the gateway's errors when nothing at all was answered; an answer in part says so in ``incomplete``.
    """
    question = FindQuestion(await client.capabilities(budget=budget), query, companies, origins)
    findings = _Findings()
    wanted: list[tuple[OdooCall, Callable[[Outcome], None]]] = []
    if call := question.numbers():
        wanted.append((call, _orders_taker(findings, lambda row: number_reasons(row, question.names))))
    if call := question.documents():
        documents = _orders_taker(
            findings, lambda row: document_reasons(row, question.names, question.reversals)
        )
        wanted.append((call, documents))
    if call := question.goods():
        goods = _orders_taker(findings, lambda row: goods_reasons(row, question.names, query.kinds))
        wanted.append((call, goods))
    if call := question.people():
        wanted.append((call, lambda answer: findings.take_partners(answer, query)))
    unsearched = question.unsearched()
    if not wanted:
        return FoundOrders(unsearched=unsearched)

    calls = [call for call, _ in wanted]
    answers = await client.read(calls, budget=budget, correlation_id=correlation_id)
    with understanding("a list of orders"):
        for (_, take), answer in zip(wanted, answers, strict=True):
            take(answer)
    if len(findings.errors) == len(calls):
        raise findings.errors[0]
    others = await _climb(client, question, findings, budget, correlation_id)
    return _found(client.config.slug, findings, others, unsearched)


def _orders_taker(findings: _Findings, reasons: Reasons) -> Callable[[Outcome], None]:
    return lambda answer: findings.take_orders(answer, reasons)


async def _climb(
    client: OdooClient, question: FindQuestion, findings: _Findings, budget: Budget, correlation_id: str
) -> list[Row]:
    """The found contacts' orders, and the other orders of the accounts; rows of the latter."""
    accounts = findings.accounts | findings.accounts_of_orders()
    calls = []
    if findings.partners:
        calls.append(question.orders_of(findings.partners))
    if 0 < len(accounts) <= MAX_ACCOUNTS:
        calls.append(question.orders_of_accounts(accounts, without=findings.rows))
    if not calls:
        return []
    answers = await client.read(calls, budget=budget, correlation_id=correlation_id)
    with understanding("a list of orders"):
        if findings.partners:
            findings.take_orders(answers.pop(0), findings.reasons_by_partner)
        if not answers:
            return []
        if isinstance(answers[0], GatewayError):
            findings.errors.append(answers[0])
            return []
        return [row for row in records_of(answers[0]) if row["id"] not in findings.rows]


def _found(
    slug: str, findings: _Findings, others: list[Row], unsearched: frozenset[MatchReason]
) -> FoundOrders:
    with understanding("a found order"):
        if not findings.rows and findings.partners:
            # The contact ordered nothing, the account did: that is what was asked about.
            why = {MatchReason.ACCOUNT}.union(*findings.partners.values())
            findings.rows = {row["id"]: row for row in others}
            findings.why.update({row["id"]: set(why) for row in others})
            others = []
        matches = [
            order_match(row, connection=slug, why=findings.why[row["id"]]) for row in findings.rows.values()
        ]
        account_orders = [order_match(row, connection=slug, why={MatchReason.ACCOUNT}) for row in others]
    matches.sort(key=_newest_first)
    return FoundOrders(
        matches=tuple(matches[:MAX_FOUND]),
        account_orders=tuple(account_orders[:MAX_FOUND]),
        has_more=findings.has_more or len(matches) > MAX_FOUND,
        incomplete=findings.errors[0].reason if findings.errors else None,
        unsearched=unsearched,
    )


def _newest_first(match: OrderMatch) -> tuple[float, int]:
    return (-match.placed_at.timestamp() if match.placed_at else 0.0, -match.id)
