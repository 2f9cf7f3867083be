"""The request for a return as text and back, word for word: what is resent must be what was sent.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cases.actions.sent_words import request_of
from integrations.canonical import (
    ExpectedAuthorization,
    ExpectedDelivered,
    ExpectedMove,
    ExpectedReturn,
    ExpectedReturnFacts,
    ReturnLineRequest,
    ReturnLot,
    ReturnRequest,
    ReturnSource,
)


def return_of_words(words: str) -> ReturnRequest:
    """Raises ``ValueError`` where it would not be sent as the same words again."""
    return request_of(words, _made)


def _made(given: dict[str, Any], common: dict[str, Any]) -> ReturnRequest:
    return ReturnRequest(
        **common,
        delivery_id=given["transfer_id"],
        by=ReturnSource(given["by"]),
        warehouse_id=given["warehouse_id"],
        location_id=given["location_id"],
        operation_type_id=given["operation_type_id"],
        rma_operation_id=given["rma_operation_id"],
        lines=tuple(_line(line) for line in given["lines"]),
        expected=_expected(given["expected"]),
    )


def _line(line: dict[str, Any]) -> ReturnLineRequest:
    return ReturnLineRequest(
        move_id=line["move_id"],
        quantity=Decimal(line["quantity"]),
        to_refund=line["to_refund"],
        lots=tuple(ReturnLot(id=number, quantity=Decimal(much)) for number, much in line["lots"]),
    )


def _expected(expected: dict[str, Any]) -> ExpectedReturnFacts:
    return ExpectedReturnFacts(
        order_state=expected["order_state"],
        order_lines=tuple(
            ExpectedDelivered(id=number, delivered=Decimal(much)) for number, much in expected["order_lines"]
        ),
        moves=tuple(ExpectedMove(id=number, quantity=Decimal(much)) for number, much in expected["moves"]),
        returns=tuple(
            ExpectedReturn(id=number, is_done=state == "done", quantity=Decimal(much))
            for number, state, much in expected["returns"]
        ),
        authorizations=tuple(
            ExpectedAuthorization(id=number, state=state, quantity=Decimal(much))
            for number, state, much in expected["authorizations"]
        ),
    )
