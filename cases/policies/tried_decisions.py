"""The single decisions a trial of rules found, as far as a viewer may see them: masked like any other record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from cases.masking import Cell, mask
from cases.models import Action, PolicyTrial, RefusedRequest
from cases.people.viewer import Viewer
from integrations.canonical import FINANCIAL, PUBLIC, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    order: Annotated[str, PUBLIC]
    amount: Annotated[Money, FINANCIAL]
    requested_at: Annotated[datetime, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedDecision:
    action_id: str  # empty: it was refused, and there is no page of it
    reference: str
    order: Cell
    amount: Cell
    requested_at: Cell
    before: int | None
    after: int | None
    because: tuple[str, ...]


def tried_decisions(trial: PolicyTrial, viewer: Viewer) -> list[TriedDecision]:
    """In the order of the trial, without those beyond the viewer's scope."""
    actions = Action.objects.in_bulk([found["number"] for found in _of(trial, "action")])
    refused = RefusedRequest.objects.in_bulk([int(found["number"]) for found in _of(trial, "refused")])
    by_text = {str(number): row for number, row in actions.items()}
    shown = []
    for found in trial.differing:
        row: Action | RefusedRequest | None = (
            by_text.get(found["number"]) if found["of"] == "action" else refused.get(int(found["number"]))
        )
        if row is not None and viewer.may_see(
            row.connection, row.company_id, brand=row.brand or None, region=row.region or None
        ):
            shown.append(_shown(row, found, viewer))
    return shown


def _of(trial: PolicyTrial, kind: str) -> list[dict[str, Any]]:
    return [found for found in trial.differing if found["of"] == kind]


def _shown(row: Action | RefusedRequest, found: dict[str, Any], viewer: Viewer) -> TriedDecision:
    record = mask(
        _Record(order=row.order_ref, amount=Money(row.amount, row.currency), requested_at=row.requested_at),
        viewer.matrix,
        path="action",
    )
    is_action = isinstance(row, Action)
    return TriedDecision(
        action_id=str(row.pk) if is_action else "",
        reference=row.reference if isinstance(row, Action) else "",
        order=record.order,
        amount=record.amount,
        requested_at=record.requested_at,
        before=found["before"],
        after=found["after"],
        because=tuple(found["because"]),
    )
