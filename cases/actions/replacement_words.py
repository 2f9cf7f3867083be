"""Keeps a replacement as the very text that was sent, so that a second attempt says the same to the letter."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    ExpectedReplacedLine,
    ExpectedReplacement,
    ExpectedReplacementFacts,
    ReplacementLine,
    ReplacementRequest,
    payload_of,
)


def words_of_replacement(request: ReplacementRequest) -> str:
    return json.dumps(
        {"key": request.key, "connection": request.connection, "payload": payload_of(request)},
        separators=(",", ":"),
    )


def replacement_of_words(words: str) -> ReplacementRequest:
    """The request as it was; raises ``ValueError`` where it would not be sent as the same words again."""
    kept: dict[str, Any] = json.loads(words)
    given: dict[str, Any] = json.loads(kept["payload"])
    expected = given["expected"]
    request = ReplacementRequest(
        key=kept["key"],
        connection=kept["connection"],
        company_id=given["company_id"],
        order_id=given["order_id"],
        order_ref=given["order_ref"],
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
        reference=given["reference"],
        reason=given["reason"],
        requested_by=given["requested_by"],
        approved_by=given["approved_by"],
        assignee_id=given["assignee_id"],
        task=given["task"],
    )
    if payload_of(request) != kept["payload"]:
        raise ValueError("the request would not be sent as the same words again")
    return request
