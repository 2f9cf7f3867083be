"""What of an order may still be returned, until when, and if not, why not and what would have made it so.

Pure: policy, facts and the time go in, a verdict comes out that names every rule it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from cases.sentences import gettext_noop
from integrations.canonical import PUBLIC, LineKind, OrderLine, OrderRecord, ShipmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPolicy:
    """What a shop grants. ``statutory_days`` is the floor that no shop's window can undercut."""

    version: int = 1
    window_days: int = 30  # from the day the last of the line's goods left
    statutory_days: int = 14
    transit_days: int = (
        3  # the law counts from receipt, which Odoo does not know: days granted on top for the way
    )
    final_sale_skus: frozenset[str] = frozenset()

    @property
    def days(self) -> int:
        return max(self.window_days, self.statutory_days + self.transit_days)


DEFAULT_POLICY = ReturnPolicy()


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


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
class ReturnVerdict:
    """Whether goods of one line may come back: how many, until when, and the rules that say so."""

    line_id: Annotated[int, PUBLIC]
    allowed: Annotated[bool, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    until: Annotated[datetime | None, PUBLIC]
    rules: tuple[RuleResult, ...]

    @property
    def deciding(self) -> RuleResult:
        """The rule to tell the customer: the first that failed, else the last that passed."""
        return next((rule for rule in self.rules if rule.outcome is Outcome.FAILED), self.rules[-1])


def return_verdicts(record: OrderRecord, *, policy: ReturnPolicy, at: datetime) -> tuple[ReturnVerdict, ...]:
    """One verdict per line that can be judged: sections, notes and lines whose moves were not read have none."""
    return tuple(
        _verdict(record, line, policy, at) for line in record.order.lines if line.returnable is not None
    )


def _verdict(record: OrderRecord, line: OrderLine, policy: ReturnPolicy, at: datetime) -> ReturnVerdict:
    left_at = _last_left_at(record, line)
    until = left_at + timedelta(days=policy.days) if left_at else None
    rules = [_is_goods(line, policy), _is_not_final_sale(line, policy), _was_shipped(line, policy)]
    if all(rule.outcome is Outcome.PASSED for rule in rules):
        rules.append(_is_left(line, policy))
        rules.append(_is_in_time(until, policy, at))
    allowed = all(rule.outcome is Outcome.PASSED for rule in rules)
    return ReturnVerdict(
        line_id=line.id,
        allowed=allowed,
        quantity=(line.returnable or Decimal(0)) if allowed else Decimal(0),
        until=until if _returnable_in_principle(rules) else None,
        rules=tuple(rules),
    )


def _returnable_in_principle(rules: list[RuleResult]) -> bool:
    return all(
        rule.outcome is Outcome.PASSED for rule in rules if rule.id in ("goods", "final_sale", "shipped")
    )


def _last_left_at(record: OrderRecord, line: OrderLine) -> datetime | None:
    moments = [
        shipment.done_at
        for shipment in record.shipments
        if shipment.state is ShipmentState.DONE
        and shipment.done_at is not None
        and any(moved.line_id == line.id for moved in shipment.lines)
    ]
    return max(moments, default=None)


def _result(
    rule_id: str,
    policy: ReturnPolicy,
    passed: bool,
    explanation: str,
    eligible_if: str | None = None,
    words: Mapping[str, str | date] | None = None,
) -> RuleResult:
    return RuleResult(
        id=rule_id,
        version=policy.version,
        outcome=Outcome.PASSED if passed else Outcome.FAILED,
        explanation=explanation,
        eligible_if=None if passed else eligible_if,
        words=words or {},
    )


def _is_goods(line: OrderLine, policy: ReturnPolicy) -> RuleResult:
    if line.kind is LineKind.GOODS:
        return _result("goods", policy, True, gettext_noop("Goods can be sent back."))
    return _result("goods", policy, False, gettext_noop("This is not a thing that can be sent back."))


def _is_not_final_sale(line: OrderLine, policy: ReturnPolicy) -> RuleResult:
    if line.sku is None or line.sku not in policy.final_sale_skus:
        return _result("final_sale", policy, True, gettext_noop("The product is not sold as final."))
    return _result(
        "final_sale",
        policy,
        False,
        gettext_noop("The product is sold as final."),
        gettext_noop("The product may be returned only when it is faulty."),
    )


def _was_shipped(line: OrderLine, policy: ReturnPolicy) -> RuleResult:
    if (line.shipped or Decimal(0)) > 0:
        return _result("shipped", policy, True, gettext_noop("It was shipped."))
    return _result(
        "shipped",
        policy,
        False,
        gettext_noop("Nothing of it has been shipped."),
        gettext_noop("It can be returned once it has been shipped; until then it can be cancelled."),
    )


def _is_left(line: OrderLine, policy: ReturnPolicy) -> RuleResult:
    if (line.returnable or Decimal(0)) > 0:
        return _result("quantity", policy, True, gettext_noop("Not all of it has come back or is announced."))
    return _result(
        "quantity",
        policy,
        False,
        gettext_noop("All of it has come back already, or is announced."),
        gettext_noop("An announced return can be cancelled in Odoo."),
    )


def _is_in_time(until: datetime | None, policy: ReturnPolicy, at: datetime) -> RuleResult:
    words: dict[str, str | date] = {"days": str(policy.days), "day": until.date() if until else ""}
    if until is None:
        return _result(
            "window",
            policy,
            False,
            gettext_noop("Nobody recorded when it left, so the window cannot be told."),
            gettext_noop("The day it was shipped has to be recorded in Odoo."),
        )
    if at <= until:
        return _result("window", policy, True, gettext_noop("It may come back until %(day)s."), words=words)
    return _result(
        "window",
        policy,
        False,
        gettext_noop("The window of %(days)s days ended on %(day)s."),
        gettext_noop("It would have been in time until %(day)s."),
        words=words,
    )
