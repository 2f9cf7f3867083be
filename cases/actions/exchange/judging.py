"""Puts an exchange together: what comes back and what goes out, each as its own kind has it, and what lies between.

Decides by its arguments alone. Everything that comes out is plain and is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cases.actions.exchange.form import ExchangeForm, WishedSwap, wish_json
from cases.actions.hashing import plain, sha256_of
from cases.actions.judged import Judged, Surroundings
from cases.actions.replacement import judging as replacement_judging
from cases.actions.replacement.lines import ReplacementWish, WishedAgain, resolve
from cases.actions.returns import judging as return_judging
from cases.actions.returns.form import ReturnForm, WishedBack
from cases.actions.stored_facts import order_json, preview_line
from cases.rules.book import RuleBook
from cases.rules.exchange import judge_exchange
from cases.rules.outcomes import money
from integrations.canonical import ReplacementFacts, ReturnFacts

KIND = "exchange"
NO_PRODUCT = 0  # what is named by a code that nothing, or more than one thing, has
# What only the way back is judged and compared by.
_OF_RETURN = (
    "deliveries", "expected", "back", "authorized", "before", "returned", "pending", "problem", "problem_about",
    "problem_left", "place_problem",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFacts:
    back: ReturnFacts
    again: ReplacementFacts


def judge(
    form: ExchangeForm,
    facts: ExchangeFacts,
    around: Surroundings,
    policy: RuleBook,
    *,
    round: int = 1,
) -> Judged:
    """The verdict on a wish by facts read now."""
    lines = tuple(_with_product(line, facts.again) for line in form.lines)
    wish = _sent_instead(form, lines)
    back = return_judging.judge(
        _asked_back(form), facts.back, around, policy, currency=facts.again.currency, round=round
    )
    again = replacement_judging.judge(wish, facts.again, around, policy, reason=form.reason, round=round)
    price = _price(wish, facts.again, around, policy)
    payload = {
        "kind": KIND,
        "order": order_json(facts.again),
        "wish": {"lines": wish_json(lines), "warehouse": form.warehouse, "back_to": form.back_to},
        "returns": back.payload["returns"],
        **{name: again.payload[name] for name in ("lines", "warehouse_id", "carrier_id", "must_reserve")},
        "difference": price["difference"],
        "total": again.payload["total"],
        "currency": facts.again.currency,
        "reason": form.reason,
    }
    told = _facts_json(back, again, price)
    return Judged(
        payload=payload,
        facts=told,
        facts_hash=sha256_of({"back": told["of_return"]["expected"], "again": told["expected"]}),
        verdict=judge_exchange(payload, told, policy),
        preview=_preview(back, again, price, facts.again.currency),
        total=again.total,
        round=round,
    )


# -- the two halves --------------------------------------------------------------------------------------------------


def _asked_back(form: ExchangeForm) -> ReturnForm:
    return ReturnForm(
        connection=form.connection,
        ref=form.ref,
        company=form.company,
        lines=tuple(
            WishedBack(
                line_id=line.line_id,
                quantity=None if line.lots else line.quantity,
                reason=line.reason,
                lots=line.lots,
            )
            for line in form.lines
        ),
        warehouse=form.back_to,
    )


def _sent_instead(form: ExchangeForm, lines: tuple[WishedSwap, ...]) -> ReplacementWish:
    return ReplacementWish(
        lines=tuple(
            WishedAgain(line_id=line.line_id, quantity=line.quantity, product_id=line.product_id)
            for line in lines
        ),
        warehouse_id=form.warehouse,
        before=form.before,
    )


def _with_product(line: WishedSwap, facts: ReplacementFacts) -> WishedSwap:
    """A code or barcode stands for the one product that has it; the code goes before the barcode."""
    if not line.product_code:
        return line
    coded = [one.id for one in facts.products if one.code == line.product_code]
    found = coded or [one.id for one in facts.products if one.barcode == line.product_code]
    return replace(line, product_id=found[0] if len(found) == 1 else NO_PRODUCT, product_code="")


# -- what lies between -----------------------------------------------------------------------------------------------


def _price(
    wish: ReplacementWish, facts: ReplacementFacts, around: Surroundings, policy: RuleBook
) -> dict[str, Any]:
    """What the goods that come back cost and what the new ones do, tax included; more is positive."""
    stock = policy.for_brand(str(around.about["brand"])).replacement_stock
    lines = resolve(wish, facts, around.requests, stock).lines
    back = sum((line.in_place_of for line in lines), Decimal(0))
    new = sum((line.worth for line in lines), Decimal(0))
    return {
        "is_known": all(line.is_priced for line in lines),
        "back": plain(back),
        "new": plain(new),
        "difference": plain(new - back),
    }


def _facts_json(back: Judged, again: Judged, price: Mapping[str, Any]) -> dict[str, Any]:
    """Those of what is sent, with those of the way back beside them: both have some of the same name."""
    return {
        **again.facts,
        "addresses": back.facts["addresses"],
        "of_return": {
            **{name: back.facts[name] for name in _OF_RETURN},
            "lines": back.facts["about"]["lines"],
        },
        "price": dict(price),
    }


def _preview(back: Judged, again: Judged, price: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    lines = [line for line in (*back.preview, *again.preview) if line["what"] != "ticket_note"]
    if not back.preview or not again.preview:
        return lines
    if price["is_known"]:
        worth = {name: money(Decimal(price[name]), currency) for name in ("back", "new")}
        lines.append(preview_line("exchanged_worth", worth["back"], worth["new"]))
        difference = Decimal(price["difference"])
        side = "more" if difference > 0 else "less" if difference < 0 else "none"
        lines.append(preview_line("price_difference", "", side, amount=money(abs(difference), currency)))
    else:
        lines.append(preview_line("price_difference", "", "unknown"))
    lines.append(preview_line("ticket_note", "", "1"))
    return lines
