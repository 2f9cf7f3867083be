"""Decides whether a refund may be asked for, and how many people have to agree.

Pure: no Django. Only what was stored goes in, so that the same verdict can be worked out again years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cases.actions.hashing import plain
from cases.actions.verdicts import Outcome, RuleResult, Verdict
from cases.sentences import gettext_noop

_CONFIRMED = frozenset(
    {"sale", "done", "cancel"}
)  # what was cancelled after the invoice has to be paid back, too
_STOPPING_HOLDS = ("fraud", "legal", "payment")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPolicy:
    """Amounts are in the order's own currency. A role without an approval limit of its own approves nothing."""

    version: int = 0
    window_days: int = 365  # from when the last goods left, else from the order
    statutory_days: int = 14
    transit_days: int = 3  # the law counts from receipt, which nobody knows: granted on top
    second_approval_above: Decimal = Decimal(500)
    no_approval_up_to: Decimal = Decimal(0)
    keep_goods_up_to: Decimal = Decimal(
        50
    )  # money for goods that stay with the customer: above, one more agrees
    agent_day: Mapping[str, Decimal] = field(
        default_factory=lambda: {
            "agent": Decimal(1500),
            "senior_agent": Decimal(3000),
            "supervisor": Decimal(10_000),
            "finance": Decimal(50_000),
        }
    )
    customer_window_days: int = 30
    customer_limit: Decimal = Decimal(1000)
    split_window_days: int = 7  # refunds of one order within these days count as one
    approval_limit: Mapping[str, Decimal] = field(
        default_factory=lambda: {
            "senior_agent": Decimal(100),
            "supervisor": Decimal(2000),
            "finance": Decimal(1_000_000),
        }
    )
    expires_after_h: int = 72
    payout_days: Mapping[str, int] = field(
        default_factory=lambda: {"card": 10, "bank": 5, "store_credit": 1, "original": 10}
    )

    @property
    def days(self) -> int:
        """No shop's window undercuts the law."""
        return max(self.window_days, self.statutory_days + self.transit_days)

    def as_json(self) -> dict[str, Any]:
        def spelled(value: Any) -> Any:
            if isinstance(value, Decimal):
                return plain(value)
            if isinstance(value, dict):
                return {name: spelled(item) for name, item in value.items()}
            return value

        return {name: spelled(value) for name, value in asdict(self).items() if name != "version"}


def policy_of(version: int, stored: Mapping[str, Any]) -> RefundPolicy:
    """A policy as it was published; what an older one did not know has its default."""
    given: dict[str, Any] = {}
    for known in fields(RefundPolicy):
        if known.name not in stored or known.name == "version":
            continue
        value, default = stored[known.name], getattr(RefundPolicy(), known.name)
        if isinstance(default, Decimal):
            given[known.name] = Decimal(str(value))
        elif isinstance(default, dict):
            kind = type(next(iter(default.values())))
            given[known.name] = {str(name): kind(str(item)) for name, item in value.items()}
        else:
            given[known.name] = int(value)
    return replace(RefundPolicy(), version=version, **given)


def judge_refund(payload: Mapping[str, Any], facts: Mapping[str, Any], policy: RefundPolicy) -> Verdict:
    """The verdict on a wish by facts as they were stored; all rules speak, also after one has failed."""
    judge = _Judge(payload, facts, policy)
    rules = [
        judge.order_is_confirmed(),
        judge.is_invoiced(),
        judge.has_no_draft(),
        judge.is_within_what_is_left(),
        judge.is_in_time(),
        judge.customer_is_not_held(),
        judge.goods_come_back(),
        judge.agent_has_not_asked_too_much(),
        judge.customer_has_not_had_too_much(),
        judge.one_approval_is_enough(),
    ]
    raised = any(rule.outcome is Outcome.RAISED for rule in rules)
    needed = 2 if raised else 0 if judge.exposure <= policy.no_approval_up_to else 1
    return Verdict(needs_approval=needed, rules=tuple(rules))


class _Judge:
    def __init__(self, payload: Mapping[str, Any], facts: Mapping[str, Any], policy: RefundPolicy) -> None:
        self.payload, self.facts, self.policy = payload, facts, policy
        self.total = Decimal(payload["total"])
        self.currency = str(payload["currency"])

    @property
    def exposure(self) -> Decimal:
        """With what was asked for of the same order before: a refund in parts is one refund."""
        return self.total + Decimal(self.facts["order_before"])

    def _money(self, amount: Decimal) -> str:
        return f"{amount:.2f} {self.currency}"

    def _result(
        self, rule: str, outcome: Outcome, explanation: str, eligible_if: str = "", **words: str
    ) -> RuleResult:
        return RuleResult(
            id=rule,
            version=self.policy.version,
            outcome=outcome,
            explanation=explanation,
            eligible_if="" if outcome is Outcome.PASSED else eligible_if,
            words=words,
        )

    def order_is_confirmed(self) -> RuleResult:
        if self.facts["order_state"] in _CONFIRMED:
            return self._result("order_confirmed", Outcome.PASSED, gettext_noop("The order was confirmed."))
        return self._result(
            "order_confirmed",
            Outcome.FAILED,
            gettext_noop("This is a quotation: nothing was sold yet."),
            gettext_noop("Possible once the order is confirmed and invoiced."),
        )

    def is_invoiced(self) -> RuleResult:
        posted = [invoice for invoice in self.facts["invoices"] if invoice["state"] == "posted"]
        if posted:
            named = ", ".join(invoice["ref"] for invoice in posted)
            return self._result(
                "invoiced",
                Outcome.PASSED,
                gettext_noop("There is a posted invoice: %(invoices)s."),
                invoices=named,
            )
        if self.facts["paid"]:
            return self._result(
                "invoiced",
                Outcome.FAILED,
                gettext_noop("The order was paid, but there is no posted invoice to credit."),
                gettext_noop("Ask finance: they post the invoice, or pay the money back without one."),
            )
        return self._result(
            "invoiced",
            Outcome.FAILED,
            gettext_noop("Nothing was invoiced, so there is nothing to refund."),
            gettext_noop("Possible once an invoice is posted."),
        )

    def has_no_draft(self) -> RuleResult:
        touched = {note["invoice_id"] for note in self.payload["notes"]}
        drafts = [
            draft
            for invoice in self.facts["invoices"]
            if invoice["id"] in touched or not touched
            for draft in invoice["drafts"]
        ]
        if not drafts:
            return self._result(
                "no_draft", Outcome.PASSED, gettext_noop("No credit note waits in Odoo as a draft.")
            )
        amounts = ", ".join(self._money(Decimal(draft["total"])) for draft in drafts)
        return self._result(
            "no_draft",
            Outcome.FAILED,
            gettext_noop("A draft credit note is waiting in Odoo already: %(amounts)s."),
            gettext_noop("Possible once finance has posted or deleted that draft."),
            amounts=amounts,
        )

    def is_within_what_is_left(self) -> RuleResult:
        left = sum((Decimal(invoice["refundable"]) for invoice in self.facts["invoices"]), Decimal(0))
        words = {"total": self._money(self.total), "left": self._money(left)}
        if self.payload["notes"] and Decimal(0) < self.total <= left:
            return self._result(
                "within_refundable",
                Outcome.PASSED,
                gettext_noop("%(total)s of %(left)s can be refunded."),
                **words,
            )
        explanations = {
            "quantity": gettext_noop("More pieces are asked for than were invoiced and not credited yet."),
            "not_invoiced": gettext_noop("One of the lines is on no posted invoice."),
            "other_orders": gettext_noop(
                "The invoice bills other orders too: only single lines of it can be refunded here."
            ),
            "nothing_left": gettext_noop("Everything that was invoiced has been credited already."),
        }
        default = gettext_noop("%(total)s is asked for, but only %(left)s can be refunded.")
        return self._result(
            "within_refundable",
            Outcome.FAILED,
            explanations.get(self.facts["problem"], default),
            gettext_noop("Possible for at most %(left)s."),
            **words,
        )

    def is_in_time(self) -> RuleResult:
        since = self.facts["shipped_at"] or self.facts["placed_at"]
        if not since:
            return self._result(
                "window",
                Outcome.RAISED,
                gettext_noop("Nobody knows since when the time for a refund runs."),
                gettext_noop("A second person decides."),
            )
        until = datetime.fromisoformat(since) + timedelta(days=self.policy.days)
        day = until.date().isoformat()
        if datetime.fromisoformat(self.facts["at"]) <= until:
            return self._result(
                "window",
                Outcome.PASSED,
                gettext_noop("In time: refunds are possible until %(until)s."),
                until=day,
            )
        return self._result(
            "window",
            Outcome.FAILED,
            gettext_noop("Too late: refunds were possible until %(until)s."),
            gettext_noop(
                "Possible if the goods had left later, or by a decision of finance outside this desk."
            ),
            until=day,
        )

    def customer_is_not_held(self) -> RuleResult:
        held = [kind for kind in _STOPPING_HOLDS if kind in self.facts["holds"]]
        if not held:
            return self._result(
                "no_hold", Outcome.PASSED, gettext_noop("Nothing is held against the customer.")
            )
        return self._result(
            "no_hold",
            Outcome.FAILED,
            gettext_noop("There is a hold on the customer."),
            gettext_noop("Possible once whoever placed the hold lifts it."),
        )

    def goods_come_back(self) -> RuleResult:
        kept = Decimal(self.facts["kept_goods"])
        words = {"kept": self._money(kept), "limit": self._money(self.policy.keep_goods_up_to)}
        if kept <= self.policy.keep_goods_up_to:
            return self._result(
                "goods_back",
                Outcome.PASSED,
                gettext_noop("Goods worth %(kept)s stay with the customer, up to %(limit)s are fine."),
                **words,
            )
        return self._result(
            "goods_back",
            Outcome.RAISED,
            gettext_noop("Goods worth %(kept)s stay with the customer, more than %(limit)s."),
            gettext_noop("One approval is enough if the goods come back."),
            **words,
        )

    def agent_has_not_asked_too_much(self) -> RuleResult:
        limits = [
            self.policy.agent_day[role] for role in self.facts["roles"] if role in self.policy.agent_day
        ]
        limit = max(limits, default=Decimal(0))
        asked = Decimal(self.facts["agent_before"]) + self.total
        words = {"asked": self._money(asked), "limit": self._money(limit)}
        if asked <= limit:
            return self._result(
                "agent_day", Outcome.PASSED, gettext_noop("%(asked)s of %(limit)s within a day."), **words
            )
        return self._result(
            "agent_day",
            Outcome.FAILED,
            gettext_noop("That would be %(asked)s within a day, more than your limit of %(limit)s."),
            gettext_noop("Possible for a colleague, or for you later."),
            **words,
        )

    def customer_has_not_had_too_much(self) -> RuleResult:
        had = Decimal(self.facts["customer_before"]) + self.total
        words = {
            "had": self._money(had),
            "limit": self._money(self.policy.customer_limit),
            "days": str(self.policy.customer_window_days),
        }
        if had <= self.policy.customer_limit:
            return self._result(
                "customer_limit",
                Outcome.PASSED,
                gettext_noop("%(had)s for this customer within %(days)s days."),
                **words,
            )
        return self._result(
            "customer_limit",
            Outcome.RAISED,
            gettext_noop("%(had)s for this customer within %(days)s days, more than %(limit)s."),
            gettext_noop("A second person decides."),
            **words,
        )

    def one_approval_is_enough(self) -> RuleResult:
        words = {
            "exposure": self._money(self.exposure),
            "limit": self._money(self.policy.second_approval_above),
        }
        if self.exposure <= self.policy.second_approval_above:
            return self._result(
                "second_approval",
                Outcome.PASSED,
                gettext_noop("%(exposure)s, with what this order had in the last days."),
                **words,
            )
        return self._result(
            "second_approval",
            Outcome.RAISED,
            gettext_noop("%(exposure)s with what this order had in the last days is more than %(limit)s."),
            gettext_noop("A second person decides."),
            **words,
        )
