"""The desk of parked actions: a list with filters, one action beside it, who looks after it, and several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cases import approvals
from cases.actions import caring
from cases.actions.bulk import BulkVerb, Foreseen, Outcome, carry_out, foresee
from cases.actions.candidates import candidates_of
from cases.actions.kinds import kind_named
from cases.actions.parked import AGES, OWNERS, ParkedFilter, causes_there_are, parked_actions
from cases.actions.parked_records import masked_candidates, masked_care
from cases.actions.records import masked_actions
from cases.actions.since_approval import changed_since_approval
from cases.failures import OdooFailure
from cases.models import Action
from cases.people.step_up import WrongPassword
from console.action_words import tell_refusal
from console.parked_words import AGE_WORDS, OWNER_WORDS, age_words, bulk_words, outcome_chip, owner_words
from console.runbooks import TOPIC_OF, cause_sentence, change_sentence
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number, typed_uuid
from console.views.actions import action_context
from console.views.decisions import proven_at
from console.views.frame import frame
from console.views.order_context import explain, state_of


@require_safe
@viewer_required
def parked(request: ViewerRequest) -> HttpResponse:
    """In plain words why, whose, how much money, how long, and what can be done."""
    wanted = _filter(request)
    rows = parked_actions(request.viewer, wanted, at=timezone.now())
    chosen = _chosen(request, rows)
    causes = causes_there_are(request.viewer)
    context = {
        **frame(request.viewer),
        "entries": _entries(rows, request),
        "chosen": str(chosen.pk) if chosen else "",
        "kind": "parked",
        "wanted": wanted,
        "query": _query(wanted),
        "causes": [(cause, cause_sentence(cause) or cause, count) for cause, count in causes.items()],
        "owners": [(owner, owner_words(owner)) for owner in OWNERS],
        "ages": [(age, age_words(age)) for age in AGES],
        "bulk_verbs": [(verb.value, bulk_words(verb.value)) for verb in BulkVerb],
        "may_care": caring.may_care(request.viewer),
        "notices": caring.count_notices(request.viewer),
        **(action_context(request, chosen) if chosen else {"action": None}),
    }
    return render(request, "actions/parked.html", context)


@require_POST
@viewer_required
def care(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """Take it on, give it back, or pass it on to a team."""
    at, viewer = timezone.now(), request.viewer

    def pass_on() -> Action:
        return caring.pass_on(
            viewer=viewer,
            action_id=action_id,
            team_id=row_number(request.POST.get("team", "")) or 0,
            note=request.POST.get("note", ""),
            at=at,
        )

    verbs: dict[str, Callable[[], Action]] = {
        "take": lambda: caring.take(viewer=viewer, action_id=action_id, at=at),
        "give_back": lambda: caring.give_back(viewer=viewer, action_id=action_id, at=at),
        "pass_on": pass_on,
    }
    do = verbs.get(request.POST.get("verb", ""))
    if do is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        do()
    except approvals.ActionNotVisible:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except (approvals.NotPermitted, approvals.Conflict) as refused:
        messages.error(request, tell_refusal(refused.reason))
    else:
        messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("action", args=[action_id]))


@require_safe
@viewer_required
def since_approval(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """What has changed since it was approved, and which documents can be taken for it, read from Odoo now."""
    try:
        found = approvals.find_action(request.viewer, action_id)
    except approvals.ActionNotVisible:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    context: dict[str, Any] = {"action_id": found.pk, "problem": "", "changes": [], "candidates": []}
    if found.state == "parked":
        try:
            context["changes"] = [change_sentence(change) for change in changed_since_approval(found)]
            candidates = masked_candidates(found, candidates_of(found), request.viewer)
            context["candidates"] = [
                {"document": one, "why_not": tell_refusal(one.against.value) if one.against.value else ""}
                for one in candidates
            ]
        except OdooFailure as failure:
            context["problem"] = explain(state_of(failure.reason))
        except LookupError:
            context["problem"] = explain(state_of("unavailable"))
    context["suggested_document"] = found.fix.get("document")
    context["suggested_model"] = found.fix.get("model") or kind_named(found.kind).models[0]
    return render(request, "actions/_since.html", context)


@require_POST
@sensitive_post_parameters("password")
@viewer_required
def bulk(request: ViewerRequest) -> HttpResponse:
    """What would happen to each; confirmed, it happens."""
    verb = request.POST.get("verb", "")
    ids = [one for typed in request.POST.getlist("action") if (one := typed_uuid(typed))]
    if verb not in set(BulkVerb):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if not ids:
        messages.error(request, _("Choose at least one."))
        return HttpResponseRedirect(reverse("parked"))
    chosen, evidence = BulkVerb(verb), request.POST.get("evidence", "")
    is_done = bool(request.POST.get("confirmed")) and not _lacks_evidence(chosen, evidence)
    if request.POST.get("confirmed") and not is_done:
        messages.error(request, tell_refusal("evidence_missing"))
    found: list[Foreseen] = []
    if is_done:
        try:
            found = _carry_out(request, ids, chosen, evidence, timezone.now())
        except (approvals.StepUpRequired, WrongPassword) as refused:
            is_wrong = isinstance(refused, WrongPassword)
            messages.error(request, tell_refusal("wrong_password" if is_wrong else "step_up_required"))
            is_done = False
    if not is_done:
        found = foresee(request.viewer, ids, chosen, evidence=evidence)
    context = {
        **frame(request.viewer),
        "kind": "parked",
        "verb": verb,
        "verb_words": bulk_words(verb),
        "is_done": is_done,
        "evidence": evidence[:500],
        "needs_password": chosen not in (BulkVerb.TAKE, BulkVerb.GIVE_BACK),
        "entries": _foreseen(found, request, is_done),
        "possible": sum(one.outcome in (Outcome.DONE, Outcome.SAID) for one in found),
    }
    return render(request, "actions/bulk.html", context)


def _carry_out(
    request: ViewerRequest, ids: list[UUID], verb: BulkVerb, evidence: str, at: datetime
) -> list[Foreseen]:
    return carry_out(
        request.viewer, ids, verb, evidence=evidence, stepped_up_at=proven_at(request, at), at=at
    )


def _lacks_evidence(verb: BulkVerb, evidence: str) -> bool:
    return verb is BulkVerb.MARK_DONE and not evidence.strip()


def _foreseen(found: list[Foreseen], request: ViewerRequest, is_done: bool) -> list[dict[str, Any]]:
    records = masked_actions([one.action for one in found], request.viewer)
    return [
        {
            "record": record,
            "chip": outcome_chip(one.outcome.value, is_done=is_done),
            "is_possible": one.outcome in (Outcome.DONE, Outcome.SAID),
            "why": explain(state_of(one.why))
            if one.outcome is Outcome.FAILED
            else tell_refusal(one.why)
            if one.why
            else "",
            "changes": [change_sentence(change) for change in one.changed],
        }
        for one, record in zip(found, records, strict=True)
    ]


def _filter(request: ViewerRequest) -> ParkedFilter:
    cause, owner, age = (request.GET.get(name, "") for name in ("cause", "owner", "age"))
    return ParkedFilter(
        cause=cause if cause.isidentifier() and len(cause) <= 60 else "",
        owner=owner if owner in OWNER_WORDS else "",
        older_than=age if age in AGE_WORDS else "",
    )


def _query(wanted: ParkedFilter) -> str:
    parts = (("cause", wanted.cause), ("owner", wanted.owner), ("age", wanted.older_than))
    return "".join(f"&{name}={value}" for name, value in parts if value)


def _chosen(request: ViewerRequest, rows: list[Action]) -> Action | None:
    wanted = typed_uuid(request.GET.get("show", ""))
    found = next((row for row in rows if row.pk == wanted), None)
    if found is None:
        found = next((row for row in rows if row.requester_id != request.viewer.user_id), None)
    found = found or (rows[0] if rows else None)
    return approvals.find_action(request.viewer, found.pk) if found else None


def _entries(rows: list[Action], request: ViewerRequest) -> list[dict[str, Any]]:
    records = masked_actions(rows, request.viewer)
    cares = masked_care(rows, request.viewer)
    return [
        {
            "record": record,
            "care": care_record,
            "cause": cause_sentence(row.cause),
            "has_runbook": row.cause in TOPIC_OF,
            "why_not": tell_refusal(record.why_not.value) if record.why_not.value else "",
        }
        for row, record, care_record in zip(rows, records, cares, strict=True)
    ]
