"""What of an order may come back, be replaced or exchanged, until when, and if not, why not and what would change it.

Pure: rules, facts and the time go in, verdicts come out that name every rule they rest on. Nobody has said yet why:
what a fault would change is said beside the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from cases.actions.verdicts import Outcome
from cases.rules.book import RuleBook
from cases.rules.matter import Item, Matter, Nature, Remedy
from cases.rules.of_order import item_of, matter_of
from cases.rules.windows import Start
from cases.sentences import gettext_noop
from integrations.canonical import PUBLIC, LineKind, OrderLine, OrderRecord

REMEDIES = (Remedy.RETURN, Remedy.REPLACE, Remedy.EXCHANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule's word. The sentences are message ids, filled with ``words`` after translation."""

    id: Annotated[str, PUBLIC]
    version: Annotated[int, PUBLIC]
    outcome: Annotated[Outcome, PUBLIC]
    explanation: Annotated[str, PUBLIC]
    eligible_if: Annotated[str | None, PUBLIC]
    words: Mapping[str, str | date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVerdict:
    """What one line's goods may get: how many, until when, and the rules that say so."""

    line_id: Annotated[int, PUBLIC]
    remedy: Annotated[Remedy, PUBLIC]
    allowed: Annotated[bool, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    until: Annotated[datetime | None, PUBLIC]
    rules: tuple[RuleResult, ...]

    @property
    def deciding(self) -> RuleResult:
        """The rule to tell the customer: the first that failed, else the last that passed."""
        return next((rule for rule in self.rules if rule.outcome is Outcome.FAILED), self.rules[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    line: OrderLine
    item: Item
    matter: Matter
    book: RuleBook
    remedy: Remedy

    def result(
        self,
        rule: str,
        passed: bool,
        explanation: str,
        eligible_if: str | None = None,
        words: Mapping[str, str | date] | None = None,
    ) -> RuleResult:
        return RuleResult(
            id=rule,
            version=self.book.version,
            outcome=Outcome.PASSED if passed else Outcome.FAILED,
            explanation=explanation,
            eligible_if=None if passed else eligible_if,
            words=words or {},
        )

    def until(self) -> datetime | None:
        """The later of what the shop and the law grant; the law gives money back, no other goods.

        None where nobody recorded when it left: the day of the order would take days from the customer.
        """
        row = self.book.windows.row_for(self.item, self.matter, self.remedy)
        if self.matter.left_at(self.item) is None and (row is None or row.counted_from is not Start.ORDER):
            return None
        granted = [self.book.windows.until(self.item, self.matter, self.remedy)]
        if self.remedy is Remedy.RETURN:
            granted.append(self.book.statutory.until(self.item, self.matter))
        return max((moment for moment in granted if moment is not None), default=None)


def line_verdicts(record: OrderRecord, *, book: RuleBook, at: datetime) -> tuple[LineVerdict, ...]:
    """One verdict per remedy and line; sections and lines whose moves were not read have none."""
    own, matter = book.for_brand(record.order.brand or ""), matter_of(record, at=at)
    return tuple(
        _verdict(_Judged(line=line, item=item_of(record, line), matter=matter, book=own, remedy=remedy))
        for line in record.order.lines
        if line.returnable is not None
        for remedy in REMEDIES
    )


def _verdict(judged: _Judged) -> LineVerdict:
    rules = [_is_goods(judged), _was_shipped(judged), _is_not_final_sale(judged)]
    if judged.remedy is not Remedy.REPLACE:  # what is replaced may stay where it is
        rules.insert(1, _may_come_back(judged))
    principle = all(rule.outcome is Outcome.PASSED for rule in rules)
    if principle:
        rules.append(_is_left(judged))
        if judged.remedy is not Remedy.RETURN:
            rules.append(_is_in_stock(judged))
        rules.append(_is_in_time(judged))
    allowed = all(rule.outcome is Outcome.PASSED for rule in rules)
    return LineVerdict(
        line_id=judged.line.id,
        remedy=judged.remedy,
        allowed=allowed,
        quantity=_left(judged) if allowed else Decimal(0),
        until=judged.until() if principle else None,
        rules=tuple(rules),
    )


def _left(judged: _Judged) -> Decimal:
    return judged.line.returnable or Decimal(0)


def _is_goods(judged: _Judged) -> RuleResult:
    if judged.line.kind is LineKind.GOODS:
        return judged.result("goods", True, gettext_noop("Goods can be sent back."))
    return judged.result("goods", False, gettext_noop("This is not a thing that can be sent back."))


def _may_come_back(judged: _Judged) -> RuleResult:
    if not judged.book.returnable.never(judged.item):
        return judged.result("returnable", True, gettext_noop("Nothing comes back that may not."))
    return judged.result(
        "returnable",
        False,
        gettext_noop("This product never comes back."),
        gettext_noop("Money or a replacement is possible without a return."),
    )


def _is_not_final_sale(judged: _Judged) -> RuleResult:
    rule, statutory = judged.book.final_sale, judged.book.statutory
    stops = rule.stops(judged.item, judged.matter, statutory)
    if judged.remedy is Remedy.REPLACE and rule.unless_faulty:
        stops = False  # nothing is replaced but what is faulty or lost
    if not stops:
        return judged.result("final_sale", True, gettext_noop("The product is not sold as final."))
    return judged.result(
        "final_sale",
        False,
        gettext_noop("The product is sold as final."),
        gettext_noop("The product may be returned only when it is faulty.") if rule.unless_faulty else None,
    )


def _was_shipped(judged: _Judged) -> RuleResult:
    if (judged.line.shipped or Decimal(0)) > 0:
        return judged.result("shipped", True, gettext_noop("It was shipped."))
    return judged.result(
        "shipped",
        False,
        gettext_noop("Nothing of it has been shipped."),
        gettext_noop("It can be returned once it has been shipped; until then it can be cancelled."),
    )


def _is_left(judged: _Judged) -> RuleResult:
    if _left(judged) > 0:
        return judged.result("quantity", True, gettext_noop("Not all of it has come back or is announced."))
    return judged.result(
        "quantity",
        False,
        gettext_noop("All of it has come back already, or is announced."),
        gettext_noop("An announced return can be cancelled in Odoo."),
    )


def _is_in_stock(judged: _Judged) -> RuleResult:
    enough = judged.book.replacement_stock.is_enough(judged.line.available)
    if enough:
        return judged.result("stock", True, gettext_noop("Another one can be sent."))
    if enough is None:
        return judged.result(
            "stock",
            False,
            gettext_noop("Nobody knows whether another one is in stock."),
            gettext_noop("Possible once the stock can be read."),
        )
    return judged.result(
        "stock",
        False,
        gettext_noop("There is none left to send."),
        gettext_noop("Possible once it is in stock again."),
    )


def _is_in_time(judged: _Judged) -> RuleResult:
    until, words = judged.until(), {}
    if until is None:
        return judged.result(
            "window",
            False,
            gettext_noop("Nobody recorded when it left, so the window cannot be told."),
            gettext_noop("The day it was shipped has to be recorded in Odoo."),
        )
    words = {"day": until.date()}
    if judged.matter.at <= until:
        return judged.result("window", True, _in_time(judged), words={**words, **_fee_words(judged)})
    warranty = judged.book.warranty.until(judged.item, judged.matter)
    if warranty is not None and judged.matter.at <= warranty:
        return judged.result(
            "window",
            False,
            gettext_noop("The window ended on %(day)s."),
            gettext_noop("Possible until %(warranty)s if it is faulty."),
            words={**words, "warranty": warranty.date()},
        )
    return judged.result(
        "window",
        False,
        gettext_noop("The window ended on %(day)s."),
        gettext_noop("It would have been in time until %(day)s."),
        words=words,
    )


def _in_time(judged: _Judged) -> str:
    if judged.remedy is Remedy.REPLACE:
        return gettext_noop("It may be replaced until %(day)s.")
    if judged.remedy is Remedy.EXCHANGE:
        return gettext_noop("It may be exchanged until %(day)s.")
    if _fee_words(judged):
        return gettext_noop("It may come back until %(day)s, less a fee of %(fee)s %% unless it is faulty.")
    return gettext_noop("It may come back until %(day)s.")


def _fee_words(judged: _Judged) -> dict[str, str]:
    if judged.remedy is not Remedy.RETURN:
        return {}
    sound = replace(judged.matter, nature=Nature.OTHER)
    row = judged.book.restocking.row_for(judged.item, sound, judged.book.statutory)
    return {"fee": f"{row.percent:f}"} if row and row.percent else {}
