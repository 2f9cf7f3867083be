"""Puts a replacement together: the wish, the facts read live, the verdict on it, and what it will do in Odoo.

Decides by its arguments alone. Everything that comes out is plain and is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cases.actions.hashing import plain, plainly, sha256_of
from cases.actions.judged import Judged, Surroundings
from cases.actions.replacement.lines import (
    ReplacementWish,
    Resolved,
    line_json,
    resolve,
    wish_json,
)
from cases.actions.stored_facts import asked_before_json, order_json, preview_line, surroundings_json
from cases.rules.book import RuleBook
from cases.rules.replacement import judge_replacement
from integrations.canonical import Money, ReplacementFacts, ReplacementLine, expected_replacement

KIND = "replacement"
_CENT = Decimal("0.01")


def judge(
    wish: ReplacementWish,
    facts: ReplacementFacts,
    around: Surroundings,
    policy: RuleBook,
    *,
    reason: str,
    round: int = 1,
) -> Judged:
    """The verdict on a wish by facts read now."""
    stock = policy.for_brand(str(around.about["brand"])).replacement_stock
    resolved = resolve(wish, facts, around.requests, stock)
    payload = {
        "kind": KIND,
        "order": order_json(facts),
        "wish": wish_json(wish),
        "lines": [line_json(line) for line in resolved.lines],
        "warehouse_id": resolved.source.id if resolved.source else None,
        "carrier_id": carrier_of(facts),
        "must_reserve": stock.must_be_in_stock,
        "total": plain(resolved.total),
        "currency": facts.currency,
        "reason": reason,
    }
    told = _facts_json(facts, around, resolved, policy, payload)
    return Judged(
        payload=payload,
        facts=told,
        facts_hash=sha256_of(told["expected"]),
        verdict=judge_replacement(payload, told, policy),
        preview=_preview(facts, resolved),
        total=Money(resolved.total, facts.currency),
        round=round,
    )


def carrier_of(facts: ReplacementFacts) -> int | None:
    """The order's own, unless it would put its real costs on the new order when the parcel leaves."""
    return facts.carrier.id if facts.carrier and not facts.carrier.charges_later else None


def expected_hash(
    facts: ReplacementFacts, lines: tuple[ReplacementLine, ...], *, warehouse_id: int | None, is_there: bool
) -> str:
    """Of what Odoo compares when the order is made, and of whether the warehouse has it."""
    expected = plainly(asdict(expected_replacement(facts, lines)))
    return sha256_of(
        {
            "order": facts.order_id,
            "expected": expected,
            "carrier": carrier_of(facts),
            "warehouse": warehouse_id,
            "is_there": is_there,
        }
    )


def _facts_json(
    facts: ReplacementFacts,
    around: Surroundings,
    resolved: Resolved,
    policy: RuleBook,
    payload: Mapping[str, Any],
) -> dict[str, Any]:
    own = policy.for_brand(str(around.about["brand"]))
    source = resolved.source
    return {
        **surroundings_json(facts, around),
        "problem": resolved.problem,
        "lines": [_line_facts(facts, resolved, place) for place in range(len(resolved.lines))],
        "source": {"name": source.name, "is_enough": source.is_enough} if source else None,
        "others": [one.name for one in resolved.sources if one.is_enough and one != source],
        "stock": _stock(facts, resolved),
        "carrier": {"name": facts.carrier.name, "charges_later": facts.carrier.charges_later}
        if facts.carrier
        else None,
        "expected": expected_hash(
            facts,
            resolved.requests,
            warehouse_id=payload["warehouse_id"],
            is_there=source is not None and source.is_enough,
        ),
        **asked_before_json(around, own),
        "about": {**around.about, "lines": [_about_line(around, resolved, n) for n in _places(resolved)]},
    }


def _places(resolved: Resolved) -> range:
    return range(len(resolved.lines))


def _line_facts(facts: ReplacementFacts, resolved: Resolved, place: int) -> dict[str, Any]:
    again = resolved.lines[place]
    obstacle = facts.product(again.product_id).obstacle
    return {
        "line_id": again.line.id,
        "name": again.product_name,
        "ordered": plain(again.line.ordered),
        "kept": plain(again.left.kept),
        "claimed": plain(again.left.claimed),
        "left": plain(again.left.quantity),
        "asked": plain(again.quantity),
        "obstacle": obstacle.value if obstacle else "",
    }


def _about_line(around: Surroundings, resolved: Resolved, place: int) -> dict[str, Any]:
    again = resolved.lines[place]
    known = around.about["products"].get(str(again.line.id), {})
    return {
        **{name: known.get(name, "") for name in ("sku", "category", "left_at")},
        "name": again.product_name,
        "is_goods": True,
        "quantity": plain(again.quantity),
        "total": plain(again.worth),
        "goods_back": False,
    }


def _stock(facts: ReplacementFacts, resolved: Resolved) -> list[dict[str, Any]]:
    """What the warehouse has of each product before and after, and what one costs us."""
    if resolved.source is None:
        return []
    found = []
    for number, much in resolved.needed.items():
        product = facts.product(number)
        free = product.free_in(resolved.source.id) if product.is_counted else None
        cost = None if product.cost is None else (product.cost * much).quantize(_CENT, ROUND_HALF_UP)
        found.append(
            {
                "product": product.name,
                "warehouse": resolved.source.name,
                "needed": plain(much),
                "free": None if free is None else plain(free),
                "cost": None if cost is None else plain(cost),
                "currency": facts.cost_currency,
            }
        )
    return found


def _preview(facts: ReplacementFacts, resolved: Resolved) -> list[dict[str, Any]]:
    """Before and after, as codes and figures: the words are put to it when somebody reads it."""
    if not resolved.lines or resolved.source is None:
        return []
    own = next((one.name for one in facts.warehouses if one.id == facts.warehouse_id), "")
    lines = [preview_line("replacement_order", facts.order_ref, "1", order=facts.order_ref)]
    if facts.customer_ref:
        lines.append(preview_line("customer_ref", facts.customer_ref, facts.customer_ref))
    for again in resolved.lines:
        price = (
            f"{again.line.price:.2f} {facts.currency}" if again.product_id == again.line.product_id else ""
        )
        words = {"quantity": plain(again.quantity), "line": again.product_name}
        lines.append(preview_line("sent_again", price, f"0.00 {facts.currency}", **words))
    lines.append(preview_line("warehouse", own, resolved.source.name))
    if facts.carrier is None:
        lines.append(preview_line("carrier", "", "none"))
    else:
        charges = facts.carrier.charges_later
        lines.append(
            preview_line(
                "carrier", facts.carrier.name, "charges" if charges else "same", carrier=facts.carrier.name
            )
        )
    lines.append(preview_line("no_charges", "", "1"))
    lines.append(preview_line("promised", "", "1"))
    lines.append(preview_line("ticket_note", "", "1"))
    return lines
