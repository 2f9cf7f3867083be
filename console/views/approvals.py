"""What waits for a decision, the oldest first, with the one to decide about beside the list."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.actions.records import masked_actions
from cases.actions.states import ActionState
from cases.approvals import find_action
from cases.approvals.inbox import waiting_actions
from cases.masking import MaskedRecord
from cases.models import Action
from cases.people.viewer import Viewer
from console.action_words import tell_cause, tell_refusal, tell_state
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import typed_uuid
from console.views.actions import action_context
from console.views.frame import frame


@require_safe
@viewer_required
def approvals(request: ViewerRequest) -> HttpResponse:
    """The list at the left, the one to decide about beside it: the first of those that are the viewer's to decide."""
    rows, following = waiting_actions(request.viewer, after=typed_uuid(request.GET.get("after", "")))
    chosen = _chosen(request, rows)
    context = {
        **frame(request.viewer),
        "entries": entries_of(rows, request.viewer),
        "following": following,
        "chosen": str(chosen.pk) if chosen else "",
        "kind": "approvals",
        **(action_context(request, chosen) if chosen else {"action": None}),
    }
    return render(request, "actions/inbox.html", context)


def _chosen(request: ViewerRequest, rows: list[Action]) -> Action | None:
    wanted = typed_uuid(request.GET.get("show", ""))
    found = next((row for row in rows if row.pk == wanted), None)
    if found is None:
        found = next((row for row in rows if row.requester_id != request.viewer.user_id), None)
    found = found or (rows[0] if rows else None)
    return find_action(request.viewer, found.pk) if found else None


def entries_of(rows: list[Action], viewer: Viewer) -> list[dict[str, Any]]:
    """Rows of a list, each with its state and causes in words."""
    return [_entry(row, record) for row, record in zip(rows, masked_actions(rows, viewer), strict=True)]


def _entry(row: Action, record: MaskedRecord) -> dict[str, Any]:
    waits = row.state == ActionState.AWAITING_APPROVAL
    return {
        "record": record,
        "told": tell_state(row.state),
        "cause": tell_cause(row.cause) if not waits else "",
        "why_not": tell_refusal(record.why_not.value) if record.why_not.value else "",
    }
