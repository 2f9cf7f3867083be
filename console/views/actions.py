"""One action as a page: what it will do, who agreed, how far it is; and asking with a draft."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import approvals
from cases.actions.drafting import submit_draft
from cases.actions.following import follow
from cases.actions.parked_records import masked_evidence
from cases.actions.proposing import (
    Refused,
    UnclearWish,
)
from cases.actions.reason_words import words_of_reason
from cases.actions.records import masked_action, masked_verdict
from cases.actions.states import CANCELLABLE, ActionState
from cases.actions.switches import Obstacle, reason_of
from cases.approvals.rights import approval_limit
from cases.casework import CaseNotVisible, NotPermitted
from cases.failures import OdooFailure
from cases.masking import MaskedRecord
from cases.models import Action
from cases.orders.workspace import NotVisible
from cases.rules.reasons import codes_of_kind
from cases.tickets.shown import notes_of_action
from console.action_words import (
    fix_words,
    outcome_word,
    step_word,
    tell_cause,
    tell_refusal,
    tell_state,
)
from console.goods_words import exchange_words, posting_words, return_words, sending_words
from console.kind_words import DOCUMENTS, KINDS, step_name
from console.return_words import instructions_of
from console.security import ViewerRequest, viewer_required
from console.ticketing_words import note_rows
from console.views.frame import frame
from console.views.order_context import explain, order_url, state_of
from console.views.parked_context import parked_context

# After how many seconds the progress asks again by itself: people take their time, Odoo does not.
ASKS_AGAIN_S = {"awaiting_approval": 15, "approved": 15, "queued": 2, "running": 2, "unknown": 2}


@require_safe
@viewer_required
def action(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    try:
        found = approvals.find_action(request.viewer, action_id)
    except approvals.ActionNotVisible:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    context = {**frame(request.viewer), **action_context(request, found)}
    return render(request, "actions/action.html", context)


@require_POST
@viewer_required
def submit(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """Ask with a draft: it is judged by what Odoo says now."""
    verdict: MaskedRecord | None = None
    try:
        async_to_sync(submit_draft)(
            viewer=request.viewer, action_id=action_id, correlation_id=request.id, at=timezone.now()
        )
    except (approvals.ActionNotVisible, CaseNotVisible, NotVisible):
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except (approvals.NotPermitted, approvals.Conflict) as refused:
        messages.error(request, tell_refusal(refused.reason))
    except UnclearWish as unclear:
        messages.error(request, tell_refusal(unclear.reason))
    except Refused as refused:
        messages.error(request, _("The rules refuse it by what Odoo says now. It stays a draft."))
        verdict = masked_verdict(refused.verdict, request.viewer)
    except OdooFailure as failure:
        messages.error(request, explain(state_of(failure.reason)))
    else:
        messages.success(request, _("Asked. Somebody else decides now."))
    if verdict is None:
        return HttpResponseRedirect(reverse("action", args=[action_id]))
    found = approvals.find_action(request.viewer, action_id)
    context = {**frame(request.viewer), "recent": None, **action_context(request, found)}
    context |= {"verdict": verdict, "rules": rules_of(verdict)}
    return render(request, "actions/action.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@viewer_required
def action_progress(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """The part of the page that changes by itself while Odoo is at work."""
    try:
        found = approvals.find_action(request.viewer, action_id)
    except approvals.ActionNotVisible:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return render(request, "actions/_progress.html", action_context(request, found))


@require_safe
@viewer_required
def action_documents(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """The documents of a finished action as Odoo has them now; where Odoo is away, as they were seen last."""
    try:
        found = approvals.find_action(request.viewer, action_id)
    except approvals.ActionNotVisible:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    with suppress(OdooFailure, LookupError):  # what was seen last stays, with its age
        follow(found, at=timezone.now())
    context = {**action_context(request, found), "just_looked": True}
    return render(request, "actions/_documents.html", context)


def action_context(request: ViewerRequest, found: Action) -> dict[str, Any]:
    record = masked_action(found, request.viewer)
    state = record.state.value
    is_own = found.requester_id == request.viewer.user_id
    return {
        **shown(record),
        "action": record,
        "told": tell_state(state, is_sent=bool(record.steps)),
        "cause": _cause(found),
        "why_not": tell_refusal(record.why_not.value) if record.why_not.value else "",
        "steps": [
            {"step": step, "name": step_name(step.name.value), "word": step_word(step.state.value)}
            for step in record.steps
        ],
        "kind_words": KINDS[found.kind],
        "documents": DOCUMENTS,
        "instructions": instructions_of(record),
        "is_followed": state == "succeeded" and bool(record.effects),
        "ticket_notes": note_rows(notes_of_action(found.pk)),
        "just_looked": False,
        "posting": _next_words(found.kind, {effect.state.value for effect in record.effects})
        if state == "succeeded"
        else "",
        "asks_again_s": ASKS_AGAIN_S.get(state, 0),
        "may_cancel": found.state in CANCELLABLE and (is_own or approval_limit(request.viewer) is not None),
        "fixes": [(verb, fix_words(verb)) for verb in ("replay", "adopt", "mark_done", "cancel")]
        if state == "parked" and not record.why_not.value
        else [],
        "suggested": fix_words(record.fix.value) if record.fix.value else "",
        "suggested_by_me": found.fix_by_id == request.viewer.user_id,
        "may_submit": is_own and state == "draft",
        "change_url": _change_url(found) if is_own and state == "draft" and found.case_id else "",
        "reason_words": words_of_reason(codes_of_kind(found.kind), record.reason.value),
        "order_url": order_url(found.connection, found.order_ref, found.company_id),
        **(parked_context(request, found) if state == "parked" else {}),
        **_evidence(found, request),
    }


def _next_words(kind: str, states: set[str]) -> str:
    """Who does what with the documents next."""
    told = {"return": return_words, "replacement": sending_words, "exchange": exchange_words}
    return told.get(kind, posting_words)(states)


def _evidence(found: Action, request: ViewerRequest) -> dict[str, Any]:
    """By what two people know that it was done by other means."""
    if found.cause != "marked_done":
        return {}
    return {"done_by": masked_evidence(found, request.viewer).evidence}


def _change_url(draft: Action) -> str:
    """The forms have their kinds' names."""
    place = {"connection": draft.connection, "company": draft.company_id, "ref": draft.order_ref}
    return f"{reverse(draft.kind, args=[draft.case_id])}?{urlencode({**place, 'draft': str(draft.pk)})}"


def _cause(found: Action) -> str:
    """Why it is where it is; what a switch holds back, with the reason somebody gave for it."""
    told = tell_cause(found.cause)
    if found.state != ActionState.APPROVED or found.cause not in set(Obstacle):
        return told
    said = reason_of(
        Obstacle(found.cause),
        kind=found.kind,
        connection=found.connection,
        company_id=found.company_id,
        brand=found.brand,
    )
    return f"{told} {said}".strip()


def shown(record: MaskedRecord) -> dict[str, Any]:
    return {
        "trial": record,
        "verdict": record.verdict,
        "rules": rules_of(record.verdict),
        "preview": record.preview,
    }


def rules_of(verdict: MaskedRecord) -> list[dict[str, Any]]:
    """What stands against it first."""
    order = {"failed": 0, "raised": 1, "passed": 2}
    rules = sorted(verdict.rules, key=lambda rule: order[rule.outcome.value])
    return [{"rule": rule, "word": outcome_word(rule.outcome.value)} for rule in rules]
