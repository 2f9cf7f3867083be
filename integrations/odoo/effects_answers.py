"""The bridge's words in ours: what became of a key, or why nothing was made."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    DocumentState,
    EffectDocument,
    EffectResult,
    EffectState,
    Money,
    Refusal,
)
from integrations.odoo.order_question import understanding

_STATES = {
    "done": EffectState.DONE,
    "already_done": EffectState.ALREADY_DONE,
    "gone": EffectState.GONE,
    "revoked": EffectState.REVOKED,
}
_DOCUMENT_STATES = {
    "draft": DocumentState.DRAFT,
    "posted": DocumentState.POSTED,
    "cancel": DocumentState.CANCELLED,
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
        document = EffectDocument(
            model=str(made["model"]),
            id=int(made["id"]),
            ref=_number((now or made)["ref"]),
            state=_DOCUMENT_STATES[now["state"]] if now else None,
            total=_money(now, "total") if now else None,
            tax=_money(now, "tax") if now else None,
        )
        return EffectResult(
            key=key,
            state=state,
            documents=(document,),
            total=_money(made, "total"),
            tax=_money(made, "tax"),
            payload_sha256=str(answer["sha256"]),
        )


def _money(told: Mapping[str, Any], name: str) -> Money:
    return Money(Decimal(told[name]), str(told["currency"]))


def _number(ref: Any) -> str | None:
    """A draft has no number yet: 17 calls it "/", 18 and 19 leave it empty."""
    return None if ref in ("", "/", False) else str(ref)
