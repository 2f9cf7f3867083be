"""The form in which an action keeps a document that it made, or that was taken for it."""

from __future__ import annotations

from typing import Any

from cases.models import Action
from integrations.canonical import EffectDocument
from integrations.canonical.evidence import Evidence


def effect_of(action: Action, document: EffectDocument | Evidence, **more: Any) -> dict[str, Any]:
    """With ``more`` of what only its kind knows."""
    return {
        "connection": action.connection,
        "model": document.model,
        "id": document.id,
        "ref": document.ref or "",
        "state": document.state.value if document.state else "",
        "total": format(document.total.amount, "f") if document.total else "",
        "currency": document.total.currency if document.total else action.currency,
        **more,
    }
