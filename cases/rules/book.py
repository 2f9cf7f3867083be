"""One version of all rules, with what single brands do differently; read from whatever an older version stored.

Pure: no Django. The rules in the code are version 0 for ever: what was judged by them must come out the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cases.rules.approval import ApprovalLimits, Thresholds
from cases.rules.final_sale import FinalSale
from cases.rules.holds import Holds
from cases.rules.keep_item import KeepItem
from cases.rules.limits import AgentDay, CustomerLimit
from cases.rules.older import nested
from cases.rules.parts import plain_part, read_part
from cases.rules.payout import Payout
from cases.rules.reasons import Reasons
from cases.rules.replacement_stock import ReplacementStock
from cases.rules.restocking import Restocking
from cases.rules.returnable import Returnable
from cases.rules.split import Split
from cases.rules.statutory import Statutory
from cases.rules.warranty import Warranty
from cases.rules.windows import Windows

PARTS: Mapping[str, type] = {
    "windows": Windows,
    "statutory": Statutory,
    "warranty": Warranty,
    "final_sale": FinalSale,
    "returnable": Returnable,
    "restocking": Restocking,
    "keep_item": KeepItem,
    "replacement_stock": ReplacementStock,
    "holds": Holds,
    "thresholds": Thresholds,
    "approval_limits": ApprovalLimits,
    "agent_day": AgentDay,
    "customer_limit": CustomerLimit,
    "split": Split,
    "payout": Payout,
    "reasons": Reasons,
}
# One person works for all brands and the law is the same for all of them; the rest a brand may do differently.
FOR_ALL_BRANDS = frozenset({"statutory", "approval_limits", "agent_day", "reasons"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    version: int = 0
    windows: Windows = field(default_factory=Windows)
    statutory: Statutory = field(default_factory=Statutory)
    warranty: Warranty = field(default_factory=Warranty)
    final_sale: FinalSale = field(default_factory=FinalSale)
    returnable: Returnable = field(default_factory=Returnable)
    restocking: Restocking = field(default_factory=Restocking)
    keep_item: KeepItem = field(default_factory=KeepItem)
    replacement_stock: ReplacementStock = field(default_factory=ReplacementStock)
    holds: Holds = field(default_factory=Holds)
    thresholds: Thresholds = field(default_factory=Thresholds)
    approval_limits: ApprovalLimits = field(default_factory=ApprovalLimits)
    agent_day: AgentDay = field(default_factory=AgentDay)
    customer_limit: CustomerLimit = field(default_factory=CustomerLimit)
    split: Split = field(default_factory=Split)
    payout: Payout = field(default_factory=Payout)
    reasons: Reasons = field(default_factory=Reasons)
    brands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def for_brand(self, brand: str) -> RuleBook:
        """The rules as they are for one brand."""
        own = self.brands.get(brand)
        return replace(self, **own) if own else self

    def part(self, rule: str, brand: str = "") -> Any:
        """``KeyError`` where there is no such rule."""
        own = self.brands.get(brand, {}) if brand else {}
        return own[rule] if rule in own else getattr(self, _known(rule))

    def changed(self, rule: str, part: Any, brand: str = "") -> RuleBook:
        """With another rule, for all brands or for one."""
        if not brand:
            return replace(self, **{_known(rule): part})
        if rule in FOR_ALL_BRANDS:
            raise KeyError(rule)
        return replace(
            self, brands={**self.brands, brand: {**self.brands.get(brand, {}), _known(rule): part}}
        )

    def without(self, rule: str, brand: str) -> RuleBook:
        """With the brand doing what all do."""
        own = {name: part for name, part in self.brands.get(brand, {}).items() if name != rule}
        others = {name: parts for name, parts in self.brands.items() if name != brand}
        return replace(self, brands={**others, brand: own} if own else others)

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": {name: plain_part(getattr(self, name)) for name in PARTS},
            "brands": {
                brand: {name: plain_part(part) for name, part in sorted(parts.items())}
                for brand, parts in sorted(self.brands.items())
            },
        }


def _known(rule: str) -> str:
    if rule not in PARTS:
        raise KeyError(rule)
    return rule


def rulebook_of(version: int, stored: Mapping[str, Any]) -> RuleBook:
    """The rules as they were published; what an older version did not know has its default."""
    shape = nested(stored)
    rules = _read(shape["rules"])
    brands = {str(brand): _read(parts) for brand, parts in shape.get("brands", {}).items()}
    return RuleBook(version=version, brands=brands, **rules)


def _read(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read_part(PARTS[name], found) for name, found in stored.items() if name in PARTS}
