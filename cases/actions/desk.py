"""What people may do about a parked action: send it again, take an existing document for it, call it done, end it.

Where money is at stake one person says what is to be done and another, by saying the same, does it. Before anything
is given up its keys are revoked in Odoo, so that nothing comes through afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from cases import audit
from cases.actions import ticket_notes, waking
from cases.actions.candidates import candidate
from cases.actions.claiming import database_now
from cases.actions.hashing import sha256_text
from cases.actions.journal import tell_move
from cases.actions.kinds import Step, kind_named
from cases.actions.pace import current_pace
from cases.actions.remaining import remaining_of
from cases.actions.running import revoke_key
from cases.actions.sealing import seal, unseal
from cases.actions.since_approval import is_refused_now
from cases.actions.states import ActionState
from cases.approvals import Conflict, NotPermitted, StepUpRequired, find_action
from cases.approvals.rights import approval_limit, exposure_of
from cases.masking.redaction import redact_payment_numbers
from cases.models import Action, ActionStep, Escalation
from cases.people.viewer import Viewer
from cases.subjects import subject_of
from integrations.canonical import EffectDocument
from integrations.credentials import CannotDecrypt

LONGEST_EVIDENCE = 500


class Fix(StrEnum):
    REPLAY = "replay"
    ADOPT = "adopt"
    MARK_DONE = "mark_done"
    CANCEL = "cancel"


def fix(
    *,
    viewer: Viewer,
    action_id: UUID,
    verb: Fix,
    document_id: int | None = None,
    model: str = "",
    evidence: str = "",
    from_step: int | None = None,
    stepped_up_at: datetime | None,
    at: datetime,
) -> Action:
    """Say what is to be done about a parked action; said by a second person, or where no money moves, it is done.

    ``evidence`` says by what it is known that it was done by other means; whoever says the same need not repeat it.
    ``from_step`` sends only what is left, and only where all before it is in Odoo.
    Raises ``ActionNotVisible``, ``NotPermitted``, ``StepUpRequired``, ``Conflict``, or a ``GatewayError``.
    """
    action = find_action(viewer, action_id)
    require_right(viewer, action)
    if stepped_up_at is None:
        raise StepUpRequired
    if action.state != ActionState.PARKED:
        raise Conflict("not_parked", action)
    said = _said(action, evidence) if verb is Fix.MARK_DONE else ""
    wanted = _wanted(action, verb, document_id=document_id, model=model, said=said, from_step=from_step)
    if is_done_by_next(viewer, action, wanted):
        return _carry_out(viewer, action, wanted, said, at)
    return _suggest(viewer, action, wanted, said, at)


def is_done_by_next(viewer: Viewer, action: Action, wanted: dict[str, Any]) -> bool:
    """Whether this person's word is the one that does it."""
    return action.amount == 0 or (action.fix == wanted and action.fix_by_id not in (None, viewer.user_id))


def _wanted(
    action: Action, verb: Fix, *, document_id: int | None, model: str, said: str, from_step: int | None
) -> dict[str, Any]:
    wanted: dict[str, Any] = {"verb": verb.value}
    if verb is Fix.ADOPT:
        if document_id is None:
            raise Conflict("document_missing", action)
        models = kind_named(action.kind).models
        if model and model not in models:
            raise Conflict("no_such_document", action)
        wanted["document"] = document_id
        if model and model != models[0]:
            wanted["model"] = model
    if verb is Fix.MARK_DONE:
        wanted["evidence"] = sha256_text(said)
    if verb is Fix.REPLAY and from_step is not None:
        wanted["from_step"] = from_step
    return wanted


def _said(action: Action, evidence: str) -> str:
    """What is typed now, or what the one who said it first typed."""
    said = redact_payment_numbers(" ".join(evidence.replace("\0", "").split()))[:LONGEST_EVIDENCE]
    if not said and action.fix.get("verb") == Fix.MARK_DONE:
        said = evidence_of(action)
    if not said:
        raise Conflict("evidence_missing", action)
    return said


def evidence_of(action: Action) -> str:
    """By what somebody knows that it was done; nothing where its key is gone."""
    try:
        return unseal(action.evidence, key_id=action.evidence_key_id, place=_evidence_place(action))
    except CannotDecrypt:
        return ""


def _evidence_place(action: Action) -> str:
    return f"action/{action.pk}/evidence"


def require_right(viewer: Viewer, action: Action) -> None:
    """By the roles and limits of now. Raises ``NotPermitted``."""
    limit = approval_limit(viewer)
    if limit is None:
        raise NotPermitted("no_right")
    if action.requester_id == viewer.user_id:
        raise NotPermitted("own_request")
    if exposure_of(action) > limit:
        raise NotPermitted("above_limit")


def _suggest(viewer: Viewer, action: Action, wanted: dict[str, Any], said: str, at: datetime) -> Action:
    with transaction.atomic():
        locked = find_action(viewer, action.pk, for_update=True)
        if locked.state != ActionState.PARKED:
            raise Conflict("not_parked", locked)
        Action.objects.filter(pk=locked.pk).update(
            fix=wanted, fix_by_id=viewer.user_id, **_sealed_evidence(locked, said)
        )
        _tell(viewer, locked, at, wanted=wanted, is_second=False)
    action.refresh_from_db()
    return action


def _sealed_evidence(action: Action, said: str) -> dict[str, Any]:
    sealed, key_id = seal(
        said, place=_evidence_place(action), subject=subject_of(action.connection, action.customer_id)
    )
    return {"evidence": sealed, "evidence_key_id": key_id}


def _carry_out(viewer: Viewer, action: Action, wanted: dict[str, Any], said: str, at: datetime) -> Action:
    verb, effects = Fix(wanted["verb"]), list(action.effects)
    if verb is Fix.REPLAY:
        _require_sendable(action, wanted.get("from_step"))
    elif verb is Fix.CANCEL:
        _give_up_keys(action, kind_named(action.kind).steps(action))
    else:
        left = remaining_of(action)
        _give_up_keys(action, left.open)
        effects = left.proven
        if verb is Fix.ADOPT:
            effects = [*effects, _adopted(action, wanted)]
    with transaction.atomic():
        locked = find_action(viewer, action.pk, for_update=True)
        if locked.state != ActionState.PARKED or locked.fix != action.fix:
            raise Conflict("not_parked", locked)
        _tell(viewer, locked, at, wanted=wanted, is_second=locked.fix == wanted)
        _end(locked, verb, effects, _sealed_evidence(locked, said) if said else {})
    action.refresh_from_db()
    return action


def _require_sendable(action: Action, from_step: int | None) -> None:
    """By the rules of now, unless something of it may be in Odoo: then sending it again only finds that out."""
    if from_step is not None:
        left = remaining_of(action)
        if left.next_step != from_step:
            raise Conflict("earlier_not_proven", action)
    if is_refused_now(action):
        raise Conflict("refused_now", action)


def _end(action: Action, verb: Fix, effects: list[dict[str, Any]], evidence: dict[str, Any]) -> None:
    now = database_now()
    nothing: dict[str, Any] = {"fix": {}, "fix_by_id": None, "owner_id": None, "owned_at": None}
    same = Action.objects.filter(pk=action.pk)
    Escalation.objects.filter(action=action, taken_at=None).update(taken_at=Greatest(F("at"), Value(now)))
    if verb is Fix.REPLAY:
        same.update(**nothing, state=ActionState.QUEUED, cause="", attempts=0, next_try_at=now, queued_at=now)
        tell_move(action, ActionState.QUEUED, cause="replayed")
        waking.ring(action)
        return
    if verb is Fix.CANCEL:
        same.update(**nothing, state=ActionState.CANCELLED, cause="given_up", finished_at=now)
        tell_move(action, ActionState.CANCELLED, cause="given_up")
        ticket_notes.write(action, about="cancelled")
        return
    cause = "adopted" if verb is Fix.ADOPT else "marked_done"
    ticket_notes.write(action, about="succeeded", effects=effects)
    same.update(
        **nothing, **evidence, state=ActionState.SUCCEEDED, cause=cause, finished_at=now, effects=effects
    )
    tell_move(action, ActionState.SUCCEEDED, cause=cause)


def _give_up_keys(action: Action, steps: Iterable[Step]) -> None:
    """Every key of these steps that ever went out; one that had its effect stands against giving them up.

    The first step goes first: what comes after it can still be sent if it turns out to be there.
    """
    numbers = {step.number: step.key for step in steps}
    sent = ActionStep.objects.filter(action=action, number__in=numbers).values_list("number", "key")
    for _, key in sorted({*sent, *numbers.items()}):
        result = revoke_key(action, key, pace=current_pace())
        if result.has_effect and any(_is_there(document) for document in result.documents):
            raise Conflict("came_through", action)  # it is there: replay, and the engine finds it


def _is_there(document: EffectDocument) -> bool:
    """Neither deleted nor cancelled in Odoo."""
    return document.state is not None and document.state.value != "cancelled"


def _adopted(action: Action, wanted: dict[str, Any]) -> dict[str, Any]:
    """The effect that an existing document is, if it fits what is still to be done."""
    found = candidate(action, wanted["document"], model=wanted.get("model", ""))
    if found is None:
        raise Conflict("no_such_document", action)
    if found.against:
        raise Conflict(found.against, action)
    return found.effect


def _tell(viewer: Viewer, action: Action, at: datetime, *, wanted: dict[str, Any], is_second: bool) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.ACTION_FIXED,
        object_kind="action",
        object_ref=action.reference,
        on_behalf_of=f"user:{action.requester_id}",
        connection_slug=action.connection,
        company_id=action.company_id,
        details={
            "action": str(action.pk),
            "case": action.case_id or 0,
            "fix": wanted,
            "second": is_second,
            **audit.channel(viewer),
        },
        at=at,
    )
