"""The bridge's words in ours: what became of a key, or why nothing was made."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    AuthorizationState,
    DocumentStanding,
    DocumentState,
    EffectDocument,
    EffectResult,
    EffectState,
    Money,
    OrderState,
    Refusal,
    ShipmentState,
)
from integrations.odoo.mapping.values import moment
from integrations.odoo.order_question import understanding

_STATES = {
    "done": EffectState.DONE,
    "already_done": EffectState.ALREADY_DONE,
    "gone": EffectState.GONE,
    "revoked": EffectState.REVOKED,
}
_STANDINGS: Mapping[str, Mapping[str, DocumentStanding]] = {
    "account.move": {
        "draft": DocumentState.DRAFT,
        "posted": DocumentState.POSTED,
        "cancel": DocumentState.CANCELLED,
    },
    "sale.order": {
        "draft": OrderState.QUOTATION,
        "sent": OrderState.SENT,
        "sale": OrderState.CONFIRMED,
        "done": OrderState.CONFIRMED,
        "cancel": OrderState.CANCELLED,
    },
    "stock.picking": {
        "draft": ShipmentState.DRAFT,
        "waiting": ShipmentState.WAITING,
        "confirmed": ShipmentState.WAITING,
        "assigned": ShipmentState.READY,
        "done": ShipmentState.DONE,
        "cancel": ShipmentState.CANCELLED,
    },
    "rma": {
        "draft": AuthorizationState.DRAFT,
        "confirmed": AuthorizationState.CONFIRMED,
        "received": AuthorizationState.RECEIVED,
        "waiting_return": AuthorizationState.WAITING,
        "waiting_replacement": AuthorizationState.WAITING,
        "cancelled": AuthorizationState.CANCELLED,
    },
}


def refused(key: str, why: Refusal) -> EffectResult:
    return EffectResult(key=key, state=EffectState.REFUSED, refusal=why)


def refused_by_word(key: str, word: str) -> EffectResult:
    if word == "key_conflict":
        return EffectResult(key=key, state=EffectState.KEY_CONFLICT)
    if word == Refusal.KEY_REVOKED:
        return EffectResult(key=key, state=EffectState.REVOKED, refusal=Refusal.KEY_REVOKED)
    try:
        return refused(key, Refusal(word))
    except ValueError:
        return refused(key, Refusal.REFUSED_BY_ODOO)


def result_of(key: str, answer: Mapping[str, Any]) -> EffectResult:
    with understanding("what became of a key"):
        state = _STATES[answer["state"]]
        if state is EffectState.REVOKED:
            return EffectResult(key=key, state=state)
        made = answer["result"]
        now = answer.get("document")
        # What was made beside the document is told as it is now, and only what is left of it.
        beside = (now or {}).get("with") or []
        return EffectResult(
            key=key,
            state=state,
            documents=(_document(made, now), *(_document(one, one) for one in beside)),
            total=_money(made, "total"),
            tax=_money(made, "tax"),
            payload_sha256=str(answer["sha256"]),
        )


def _document(made: Mapping[str, Any], now: Mapping[str, Any] | None) -> EffectDocument:
    return EffectDocument(
        model=str(made["model"]),
        id=int(made["id"]),
        ref=_number((now or made)["ref"]),
        state=standing(str(made["model"]), str(now["state"])) if now else None,
        total=_money(now, "total") if now else None,
        tax=_money(now, "tax") if now else None,
        due_at=moment(now.get("due")) if now else None,
    )


def standing(model: str, state: str) -> DocumentStanding:
    """Odoo's state of a document in our words; an authorization that went further has ended for us."""
    if model == "rma":
        return _STANDINGS[model].get(state, AuthorizationState.ENDED)
    return _STANDINGS[model][state]


def _money(told: Mapping[str, Any], name: str) -> Money | None:
    return Money(Decimal(told[name]), str(told["currency"])) if name in told else None


def _number(ref: Any) -> str | None:
    """A draft has no number yet: 17 calls it "/", 18 and 19 leave it empty."""
    return None if ref in ("", "/", False) else str(ref)
