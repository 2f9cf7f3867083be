"""Puts a return together: the wish, the facts read live, the verdict on it, and what it will do in the warehouse.

Decides by its arguments alone. Everything that comes out is plain and is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cases.actions.hashing import plain, plainly, sha256_of
from cases.actions.judged import Judged, Surroundings
from cases.actions.returns.form import ReturnForm, wish_json
from cases.actions.returns.lines import Back, BackLine, ResolvedBack, resolve, returnable_of, sizes_of
from cases.actions.stored_facts import order_json, preview_line, surroundings_json
from cases.rules.book import RuleBook
from cases.rules.return_ import judge_return
from integrations.canonical import (
    Destination,
    Money,
    ReturnFacts,
    ReturnLineRequest,
    ReturnLot,
    expected_return,
)

KIND = "return"
_CENT = Decimal("0.01")


def judge(
    form: ReturnForm,
    facts: ReturnFacts,
    around: Surroundings,
    policy: RuleBook,
    *,
    currency: str,
    round: int = 1,
) -> Judged:
    """The verdict on a wish by facts read now."""
    sizes = sizes_of(facts, around.about["products"])
    resolved = resolve(form.lines, facts, pending=around.pending, sizes=sizes)
    places, problem = _places(form, facts, around, resolved)
    worths = _worths(resolved, around.about["products"], sizes)
    total = sum(worths.values(), Decimal(0))
    payload = {
        "kind": KIND,
        "order": order_json(facts),
        "wish": {"lines": wish_json(form.lines), "warehouse": form.warehouse},
        "returns": [] if problem else [
            _back_json(back, places[back.delivery.id], around.way, facts, worths) for back in resolved.backs
        ],
        "total": plain(total),
        "currency": currency,
        "reason": form.reason,
    }  # fmt: skip
    told = _facts_json(facts, around, resolved, payload, worths, problem)
    return Judged(
        payload=payload,
        facts=told,
        facts_hash=sha256_of(told["expected"]),
        verdict=judge_return(payload, told, policy),
        preview=_preview(payload, told),
        total=Money(total, currency),
        round=round,
    )


# -- where to --------------------------------------------------------------------------------------------------------


def _places(
    form: ReturnForm, facts: ReturnFacts, around: Surroundings, resolved: ResolvedBack
) -> tuple[dict[int, Destination], str]:
    """By delivery, where it comes back to; or what is wrong with that, in the bridge's word."""
    is_rma = around.way.get("by") == "rma"
    if is_rma and not facts.has_rma:
        return {}, "no_rma"
    operation = around.way.get("operation")
    if is_rma and not any(one.id == operation and not one.acts_alone for one in facts.rma_operations):
        return {}, "rma_operation"
    found = {}
    for back in resolved.backs:
        wanted = form.warehouse or around.way.get("warehouse") or back.delivery.warehouse_id
        place = next((one for one in facts.destinations if one.warehouse_id == wanted), None)
        if place is None or (place.rma_location_id if is_rma else place.operation_type_id) is None:
            return {}, "destination_wrong"
        found[back.delivery.id] = place
    return found, ""


# -- what is asked for ---------------------------------------------------------------------------------------------


def _worths(
    resolved: ResolvedBack, products: Mapping[str, Mapping[str, Any]], sizes: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """By delivery's line, what was charged for what comes back of it, tax included."""
    found = {}
    for back in resolved.backs:
        for one in back.lines:
            number = one.line.order_line_id or 0
            product = products.get(str(number), {})
            ordered, size = Decimal(product.get("ordered") or "0"), sizes.get(number)
            if ordered > 0 and size:
                pieces = one.quantity * one.line.unit_size / size
                worth = (Decimal(product.get("worth") or "0") * pieces / ordered).quantize(
                    _CENT, ROUND_HALF_UP
                )
            else:
                worth = Decimal(0)
            found[one.line.move_id] = max(Decimal(0), worth)
    return found


def _back_json(
    back: Back,
    place: Destination,
    way: Mapping[str, Any],
    facts: ReturnFacts,
    worths: Mapping[int, Decimal],
) -> dict[str, Any]:
    is_rma = way.get("by") == "rma"
    return {
        "delivery_id": back.delivery.id,
        "delivery": back.delivery.ref,
        "by": "rma" if is_rma else "picking",
        "warehouse_id": place.warehouse_id,
        "warehouse": place.name,
        "location_id": place.rma_location_id if is_rma else place.location_id,
        "operation_type_id": None if is_rma else place.operation_type_id,
        "rma_operation_id": way.get("operation") if is_rma else None,
        "lines": [
            {
                "move_id": one.line.move_id,
                "order_line_id": one.line.order_line_id,
                "name": one.line.name,
                "unit": one.line.unit or "",
                "quantity": plain(one.quantity),
                "reason": one.reason,
                "worth": plain(worths[one.line.move_id]),
                "lots": [[lot.id, _lot_name(one, lot.id), plain(lot.quantity)] for lot in one.lots],
            }
            for one in back.lines
        ],
    }


def _lot_name(one: BackLine, number: int) -> str:
    return next((lot.name for lot in one.line.lots if lot.id == number), str(number))


def lines_of(stored: Mapping[str, Any], *, to_refund: bool) -> tuple[ReturnLineRequest, ...]:
    """The lines of one delivery as the bridge is asked for them."""
    return tuple(
        ReturnLineRequest(
            move_id=line["move_id"],
            quantity=Decimal(line["quantity"]),
            to_refund=to_refund,
            lots=tuple(ReturnLot(id=number, quantity=Decimal(much)) for number, _, much in line["lots"]),
        )
        for line in stored["lines"]
    )


# -- what it was judged by -----------------------------------------------------------------------------------------


def expected_hash(facts: ReturnFacts, stored: Mapping[str, Any]) -> str:
    """Of exactly those facts that Odoo compares when this return is made."""
    delivery = int(stored["delivery_id"])
    expected = plainly(asdict(expected_return(facts, delivery, lines_of(stored, to_refund=True))))
    return sha256_of({"order": facts.order_id, "delivery": delivery, "expected": expected})


def as_approved(facts: ReturnFacts, told: Mapping[str, Any]) -> ReturnFacts:
    """As if only those ways back were there that were approved: our own first ones may have landed since."""
    back, authorized = set(told["back"]), set(told["authorized"])
    return replace(
        facts,
        returns=tuple(one for one in facts.returns if one.id in back),
        authorizations=tuple(one for one in facts.authorizations if one.id in authorized),
    )


def _facts_json(
    facts: ReturnFacts,
    around: Surroundings,
    resolved: ResolvedBack,
    payload: Mapping[str, Any],
    worths: Mapping[int, Decimal],
    place_problem: str,
) -> dict[str, Any]:
    left = returnable_of(facts, around.pending)
    asked = [(back, one) for back in resolved.backs for one in back.lines]
    return {
        **surroundings_json(facts, around),
        "deliveries": [one.ref for one in facts.deliveries if any(line.done > 0 for line in one.lines)],
        "expected": {
            str(stored["delivery_id"]): expected_hash(facts, stored) for stored in payload["returns"]
        },
        "back": [one.id for one in facts.returns],
        "authorized": [one.id for one in facts.authorizations],
        "before": {str(one.line.move_id): plain(one.line.returned + one.line.announced) for _, one in asked},
        "returned": {str(one.line.move_id): plain(one.line.returned) for _, one in asked},
        "pending": {str(move): plain(much) for move, much in sorted(around.pending.items())},
        "problem": resolved.problem,
        "problem_about": resolved.about,
        "problem_left": _left_of(resolved, payload["wish"]["lines"], facts, left),
        "place_problem": place_problem,
        "addresses": {
            str(one.warehouse_id): one.address
            for one in facts.destinations
            if any(stored["warehouse_id"] == one.warehouse_id for stored in payload["returns"])
        },
        "order_before": "0",  # no money moves: no limit of money counts this
        "about": {
            **around.about,
            "lines": [
                {
                    **_product(around.about["products"], one),
                    "name": one.line.name,
                    "quantity": plain(one.quantity),
                    "returnable": plain(left[one.line.move_id]),
                    "total": plain(worths[one.line.move_id]),
                    "reason": one.reason,
                }
                for _, one in asked
            ],
        },
    }


def _product(products: Mapping[str, Mapping[str, Any]], one: BackLine) -> dict[str, str]:
    known = products.get(str(one.line.order_line_id), {})
    return {name: str(known.get(name, "")) for name in ("sku", "category", "left_at")}


def _left_of(
    resolved: ResolvedBack,
    wished: Sequence[Mapping[str, Any]],
    facts: ReturnFacts,
    left: Mapping[int, Decimal],
) -> str:
    """How much of what was asked for in vain could come back."""
    if resolved.problem not in ("quantity", "nothing_left"):
        return ""
    lines = [line for delivery in facts.deliveries for line in delivery.lines if line.name == resolved.about]
    most = max((left[line.move_id] for line in lines), default=Decimal(0))
    unit = next((line.unit for line in lines if line.unit), "") or ""
    return f"{plain(most)} {unit}".strip()


# -- what it will do -----------------------------------------------------------------------------------------------


def _preview(payload: Mapping[str, Any], told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Before and after, as codes and figures: the words are put to it when somebody reads it."""
    lines: list[dict[str, Any]] = []
    left = (Decimal(one["returnable"]) for one in told["about"]["lines"])  # of the same lines, in this order
    for stored in payload["returns"]:
        about = {"delivery": stored["delivery"], "warehouse": stored["warehouse"]}
        lines.append(preview_line(f"return_by_{stored['by']}", "", stored["warehouse"], **about))
        for line in stored["lines"]:
            named = {"line": line["name"], "unit": line["unit"], **about}
            before = next(left)
            lines.append(preview_line("comes_back", "", line["quantity"], **named))
            lines.append(
                preview_line("returnable", plain(before), plain(before - Decimal(line["quantity"])), **named)
            )
            if line["lots"]:
                numbers = ", ".join(name for _, name, _ in line["lots"])
                lines.append(preview_line("numbers", "", numbers, **named))
    if payload["returns"]:
        lines.append(preview_line("label", "", "1"))
        lines.append(preview_line("ticket_note", "", "1"))
    return lines
