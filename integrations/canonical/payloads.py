"""A request as the text that is sent, hashed and compared: the same request gives the same text."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from integrations.canonical.effects import CreditNoteRequest
from integrations.canonical.replacing import ReplacementRequest
from integrations.canonical.returning import ReturnRequest

PAYLOAD_FORMAT = 1

EffectRequest = CreditNoteRequest | ReturnRequest | ReplacementRequest


def kind_of(request: EffectRequest) -> str:
    """What it makes, in the word the other side knows."""
    if isinstance(request, CreditNoteRequest):
        return "credit_note"
    return "return" if isinstance(request, ReturnRequest) else "replacement"


def payload_of(request: EffectRequest) -> str:
    payload = {
        "format": PAYLOAD_FORMAT,
        "kind": kind_of(request),
        "company_id": request.company_id,
        "order_id": request.order_id,
        "order_ref": request.order_ref,
        "reference": request.reference,
        "reason": request.reason,
        "requested_by": request.requested_by,
        "approved_by": request.approved_by,
        "assignee_id": request.assignee_id,
        "task": request.task,
        **_own(request),
    }
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def payload_sha256(request: EffectRequest) -> str:
    return hashlib.sha256(payload_of(request).encode("ascii")).hexdigest()


def _own(request: EffectRequest) -> dict[str, Any]:
    if isinstance(request, CreditNoteRequest):
        return _credit_note(request)
    return _return(request) if isinstance(request, ReturnRequest) else _replacement(request)


def _credit_note(request: CreditNoteRequest) -> dict[str, Any]:
    expected = request.expected
    return {
        "invoice_id": request.invoice_id,
        "currency": request.total.currency,
        "total": _text(request.total.amount),
        "lines": [
            {
                "line_id": line.invoice_line_id,
                "quantity": _text(line.quantity),
                "amount": _text(line.amount),
                "total": _text(line.total),
                "goods_back": line.goods_back,
                "label": line.label,
            }
            for line in request.lines
        ],
        "expected": {
            "order_state": expected.order_state,
            "order_lines": [
                [line.id, _text(line.delivered), _text(line.invoiced)]
                for line in sorted(expected.order_lines, key=lambda line: line.id)
            ],
            "invoice_total": _text(expected.invoice_total),
            "invoice_residual": _text(expected.invoice_residual),
            "payment_state": expected.payment_state,
            "invoice_lines": [
                [line.id, _text(line.quantity), _text(line.total)]
                for line in sorted(expected.invoice_lines, key=lambda line: line.id)
            ],
            "notes": [
                [note.id, note.state.value, _text(note.total)]
                for note in sorted(expected.notes, key=lambda note: note.id)
            ],
        },
    }


def _return(request: ReturnRequest) -> dict[str, Any]:
    expected = request.expected
    return {
        "by": request.by.value,
        "transfer_id": request.delivery_id,
        "warehouse_id": request.warehouse_id,
        "location_id": request.location_id,
        "operation_type_id": request.operation_type_id,
        "rma_operation_id": request.rma_operation_id,
        "lines": [
            {
                "move_id": line.move_id,
                "quantity": _text(line.quantity),
                "to_refund": line.to_refund,
                "lots": [[lot.id, _text(lot.quantity)] for lot in line.lots],
            }
            for line in request.lines
        ],
        "expected": {
            "order_state": expected.order_state,
            "order_lines": [
                [line.id, _text(line.delivered)]
                for line in sorted(expected.order_lines, key=lambda line: line.id)
            ],
            "moves": [
                [move.id, _text(move.quantity)] for move in sorted(expected.moves, key=lambda move: move.id)
            ],
            "returns": [
                [back.id, "done" if back.is_done else "open", _text(back.quantity)]
                for back in sorted(expected.returns, key=lambda back: back.id)
            ],
            "authorizations": [
                [one.id, one.state, _text(one.quantity)]
                for one in sorted(expected.authorizations, key=lambda one: one.id)
            ],
        },
    }


def _replacement(request: ReplacementRequest) -> dict[str, Any]:
    expected = request.expected
    return {
        "warehouse_id": request.warehouse_id,
        "carrier_id": request.carrier_id,
        "must_reserve": request.must_reserve,
        "lines": [
            {
                "line_id": line.order_line_id,
                "product_id": line.product_id,
                "quantity": _text(line.quantity),
            }
            for line in request.lines
        ],
        "expected": {
            "order_state": expected.order_state,
            "order_lines": [
                [line.id, _text(line.ordered), _text(line.delivered)]
                for line in sorted(expected.order_lines, key=lambda line: line.id)
            ],
            "replacements": [
                [one.id, one.state] for one in sorted(expected.replacements, key=lambda one: one.id)
            ],
        },
    }


def _text(number: Decimal | None) -> str | None:
    """A number without trailing zeros or powers of ten, so that 1, 1.0 and 1E+0 read the same."""
    if number is None:
        return None
    plain = format(number.normalize(), "f")
    return "0" if plain in {"-0", "0"} else plain
