"""Keeps a replacement as the very text that was sent, so that a second attempt says the same to the letter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cases.actions.sent_words import request_of
from integrations.canonical import (
    ExpectedReplacedLine,
    ExpectedReplacement,
    ExpectedReplacementFacts,
    ReplacementLine,
    ReplacementRequest,
)


def replacement_of_words(words: str) -> ReplacementRequest:
    """Raises ``ValueError`` where it would not be sent as the same words again."""
    return request_of(words, _made)


def _made(given: dict[str, Any], common: dict[str, Any]) -> ReplacementRequest:
    expected = given["expected"]
    return ReplacementRequest(
        **common,
        warehouse_id=given["warehouse_id"],
        carrier_id=given["carrier_id"],
        must_reserve=given["must_reserve"],
        lines=tuple(
            ReplacementLine(
                order_line_id=line["line_id"],
                product_id=line["product_id"],
                quantity=Decimal(line["quantity"]),
            )
            for line in given["lines"]
        ),
        expected=ExpectedReplacementFacts(
            order_state=expected["order_state"],
            order_lines=tuple(
                ExpectedReplacedLine(id=number, ordered=Decimal(ordered), delivered=Decimal(delivered))
                for number, ordered, delivered in expected["order_lines"]
            ),
            replacements=tuple(
                ExpectedReplacement(id=number, state=state) for number, state in expected["replacements"]
            ),
        ),
    )
