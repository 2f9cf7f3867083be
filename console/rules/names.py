"""The names of rules and of what stands in them; the rules themselves know codes only."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def rule_name(rule: str) -> str:
    return _rules(get_language() or "")[rule][0]


def rule_meaning(rule: str) -> str:
    return _rules(get_language() or "")[rule][1]


def field_label(rule: str, field: str, column: str = "") -> str:
    return _labels(get_language() or "")[f"{rule}.{column or field}"]


def field_help(rule: str, field: str) -> str:
    return _helps(get_language() or "").get(f"{rule}.{field}", "")


@lru_cache(maxsize=16)
def _rules(language: str) -> dict[str, tuple[str, str]]:
    return {
        "windows": (
            _("Time windows"),
            _("How long a customer may come back, and for what. The most exact row counts."),
        ),
        "statutory": (
            _("Statutory floor"),
            _(
                "What the law gives consumers who bought at a distance. No window, final sale or fee undercuts it."
            ),
        ),
        "warranty": (
            _("Warranty"),
            _("How long a fault is ours. For a faulty product this beats the window and the restocking fee."),
        ),
        "final_sale": (_("Final sale"), _("What is sold for good.")),
        "returnable": (
            _("Never comes back"),
            _("Products that are not taken back; money for them, if any, is given without a return."),
        ),
        "restocking": (
            _("Restocking fee"),
            _(
                "What the shop keeps back of sound goods. Whoever asks for the whole price needs a second person."
            ),
        ),
        "keep_item": (
            _("Keep the item"),
            _("Goods that may stay with a customer who gets their money back."),
        ),
        "replacement_stock": (
            _("Stock for replacements"),
            _("Whether a replacement or exchange may be promised that is not on the shelf."),
        ),
        "holds": (_("Holds and fraud"), _("What an open hold on the customer means for money.")),
        "thresholds": (_("Number of approvals"), _("From which amount how many people have to agree.")),
        "approval_limits": (
            _("Approval limits"),
            _("Up to which amount a role approves. Without a limit it approves nothing."),
        ),
        "agent_day": (
            _("Limit per person and day"),
            _("How much one person asks for within a day. Without a limit a role asks for nothing."),
        ),
        "customer_limit": (
            _("Limit per customer"),
            _("How much one customer gets within some days before a second person has to agree."),
        ),
        "split": (_("Split refunds"), _("Refunds of one order within these days count as one.")),
        "payout": (_("Payout times"), _("What the customer is told about when the money arrives.")),
        "reasons": (
            _("Reason codes"),
            _("Why goods come back, why it was decided so, why money goes back, and where goods go."),
        ),
    }


@lru_cache(maxsize=16)
def _labels(language: str) -> dict[str, str]:
    category, region = _("Category (empty: all)"), _("Region (empty: all)")
    days, up_to, limits = _("Days"), _("Up to"), _("Limit")
    columns = {
        "code": _("Code"),
        "words": _("Words"),
        "nature": _("Counts as"),
        "odoo": _("Word in Odoo"),
        "channels": _("Words of channels"),
        "active": _("In use"),
    }
    return {
        "windows.rows": _("Windows"),
        "windows.remedy": _("For"),
        "windows.category": category,
        "windows.region": region,
        "windows.counted_from": _("Counted from"),
        "windows.days": days,
        "windows.transit_days": _("Days on the way"),
        "statutory.rows": _("Days by law"),
        "statutory.region": region,
        "statutory.countries": _("Countries (empty: all)"),
        "statutory.days": days,
        "statutory.transit_days": _("Days on the way"),
        "statutory.consumers_only": _("Consumers only"),
        "statutory.counter_teams": _("Sales teams at a counter"),
        "statutory.excepted_skus": _("Excepted products"),
        "statutory.excepted_categories": _("Excepted categories"),
        "statutory.standard_shipping": _("Standard delivery costs"),
        "warranty.rows": _("Warranties"),
        "warranty.category": category,
        "warranty.days": days,
        "final_sale.skus": _("Products"),
        "final_sale.categories": _("Categories"),
        "final_sale.unless_faulty": _("Not when it is faulty"),
        "returnable.never_skus": _("Products"),
        "returnable.never_categories": _("Categories"),
        "restocking.rows": _("Fees"),
        "restocking.category": category,
        "restocking.percent": _("Share of the price"),
        "restocking.at_most": _("At most"),
        "keep_item.up_to": up_to,
        "replacement_stock.must_be_in_stock": _("It has to be in stock"),
        "replacement_stock.kept_back": _("Kept back"),
        "holds.effects": _("A hold means"),
        "thresholds.no_approval_up_to": _("Nobody has to agree up to"),
        "thresholds.second_approval_above": _("A second person above"),
        "approval_limits.limits": limits,
        "approval_limits.expires_after_h": _("A request expires after"),
        "agent_day.limits": limits,
        "customer_limit.up_to": up_to,
        "customer_limit.days": _("Within"),
        "split.days": _("Within"),
        "split.most_parts": _("Requests for one order without a second person"),
        "payout.days": _("Within"),
        "reasons.customer": _("Reasons of customers"),
        "reasons.decision": _("Reasons of decisions"),
        "reasons.refund": _("Reasons for refunds"),
        "reasons.disposition": _("Where goods go"),
        **{f"reasons.{name}": words for name, words in columns.items()},
    }


@lru_cache(maxsize=16)
def _helps(language: str) -> dict[str, str]:
    listed = _("Product numbers, separated by commas.")
    categories = _("Names of categories in Odoo, separated by commas; those below count, too.")
    return {
        "windows.transit_days": _(
            "Added where a window is counted from delivery: carriers seldom say when it was."
        ),
        "statutory.transit_days": _("The law counts from receipt, which nobody knows: granted on top."),
        "statutory.consumers_only": _("Companies and their contacts have no right to withdraw."),
        "statutory.counter_teams": _("As named in Odoo; what they sell was not bought at a distance."),
        "statutory.excepted_skus": listed,
        "statutory.excepted_categories": categories,
        "statutory.standard_shipping": _(
            "When everything is sent back in time, so much of the delivery charge has to come back."
        ),
        "final_sale.skus": listed,
        "final_sale.categories": categories,
        "returnable.never_skus": listed,
        "returnable.never_categories": categories,
        "keep_item.up_to": _("Above, a second person has to agree."),
        "replacement_stock.kept_back": _("Pieces that stay for other orders."),
        "customer_limit.up_to": _("Above, a second person has to agree."),
        "reasons.refund": _(
            "Counts as a fault: warranty applies. Counts as a change of mind: the right to withdraw applies."
        ),
    }
