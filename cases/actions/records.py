"""An action as somebody may see it: masked like anything else, its sentences in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.actions.following import GONE, document_of, newest_sightings
from cases.actions.goods_records import goods_of
from cases.actions.judged import Judged
from cases.actions.preview_records import preview_records
from cases.actions.proposing import note_place
from cases.actions.record_shapes import (
    ActionRecord,
    ApprovalRecord,
    EffectRecord,
    RuleRecord,
    StepRecord,
    VerdictRecord,
)
from cases.actions.replacement.preview import stock_records
from cases.actions.sealing import unseal
from cases.actions.telling import told
from cases.actions.verdicts import Verdict, verdict_of
from cases.approvals import reason_place
from cases.approvals.rights import Right, deciding_right, rights_of
from cases.masking import MaskedRecord, mask
from cases.models import Action, ActionStep, Approval, DocumentSighting, User
from cases.people.viewer import Viewer
from integrations.canonical import Money
from integrations.credentials import CannotDecrypt
from integrations.models import OdooConnection
from integrations.odoo.addresses import document_address


def masked_action(action: Action, viewer: Viewer) -> MaskedRecord:
    """One action with its journal, note and decisions."""
    return _masked(action, viewer, whole=True, rights=rights_of(viewer, at=timezone.now()))


def masked_actions(actions: Sequence[Action], viewer: Viewer) -> tuple[MaskedRecord, ...]:
    """Rows of a list, without what only a whole action shows; the viewer's rights are asked for once."""
    rights = rights_of(viewer, at=timezone.now()) if actions else ()
    return tuple(_masked(action, viewer, whole=False, rights=rights) for action in actions)


def _masked(action: Action, viewer: Viewer, *, whole: bool, rights: tuple[Right, ...]) -> MaskedRecord:
    waits = action.state == "awaiting_approval"
    # At the desk of parked actions everybody speaks for themselves.
    right = deciding_right(viewer, action, [one for one in rights if waits or one.giver is None])
    why = right if isinstance(right, str) else ""
    giver = None if isinstance(right, str) else right.giver
    record = ActionRecord(
        id=str(action.pk),
        reference=action.reference,
        kind=action.kind,
        state=action.state,
        cause=action.cause or None,
        connection=action.connection,
        company=action.company_id,
        order=action.order_ref,
        case=action.case_id,
        amount=Money(_tidy(action.amount), action.currency),
        reason=action.reason,
        refund_to=action.payload.get("refund_to", ""),
        note=_note(action) if whole else None,
        requested_by=_name(action.requester),
        requested_at=action.requested_at,
        judged_at=action.judged_at,
        expires_at=action.expires_at if waits else None,
        finished_at=action.finished_at,
        approvals_needed=action.approvals_needed,
        content_hash=action.content_hash,
        may_decide=waits and not why,
        why_not=why or None,
        decides_for=giver.name if giver else None,
        fix=action.fix.get("verb"),
        fix_document=action.fix.get("document"),
        fix_by=_name(action.fix_by) if action.fix_by else None,
        verdict=_verdict(verdict_of(action.verdict)),
        goods=goods_of(action.payload, action.facts),
        preview=preview_records(action.preview),
        stock=stock_records(action.facts) if whole else (),
        steps=_steps(action) if whole else (),
        effects=_effects(action, whole=whole),
        approvals=_approvals(action) if whole else (),
    )
    return mask(record, viewer.matrix, path="action")


def masked_trial(judged: Judged, viewer: Viewer) -> MaskedRecord:
    """What a request would come to, without one."""
    record = ActionRecord(
        id=None,
        reference=None,
        kind=str(judged.payload["kind"]),
        state="draft",
        cause=None,
        connection=judged.payload["order"]["connection"],
        company=judged.payload["order"]["company"],
        order=judged.payload["order"]["ref"],
        case=None,
        amount=judged.total,
        reason=judged.payload["reason"],
        refund_to=judged.payload.get("refund_to", ""),
        note=None,
        requested_by=None,
        requested_at=None,
        judged_at=None,
        expires_at=None,
        finished_at=None,
        approvals_needed=judged.verdict.needs_approval,
        content_hash=judged.content_hash,
        may_decide=False,
        why_not=None,
        decides_for=None,
        fix=None,
        fix_document=None,
        fix_by=None,
        verdict=_verdict(judged.verdict),
        goods=goods_of(judged.payload, judged.facts),
        preview=preview_records(judged.preview),
        stock=stock_records(judged.facts),
        steps=(),
        effects=(),
        approvals=(),
    )
    return mask(record, viewer.matrix, path="action")


def masked_verdict(verdict: Verdict, viewer: Viewer) -> MaskedRecord:
    return mask(_verdict(verdict), viewer.matrix, path="action.verdict")


def _verdict(verdict: Verdict) -> VerdictRecord:
    return VerdictRecord(
        allowed=verdict.allowed,
        needs_approval=verdict.needs_approval,
        rules=tuple(
            RuleRecord(
                id=rule.id,
                version=rule.version,
                outcome=rule.outcome.value,
                explanation=told(rule.explanation, rule.words),
                eligible_if=told(rule.eligible_if, rule.words) if rule.eligible_if else None,
            )
            for rule in verdict.rules
        ),
    )


def _steps(action: Action) -> tuple[StepRecord, ...]:
    return tuple(
        StepRecord(
            number=step.number,
            name=step.name,
            attempt=step.attempt,
            state=step.state,
            problem=step.problem or None,
            at=step.intended_at,
            answered_at=step.answered_at,
        )
        for step in ActionStep.objects.filter(action=action).order_by("number", "attempt")
    )


def _approvals(action: Action) -> tuple[ApprovalRecord, ...]:
    found = Approval.objects.filter(action=action).select_related("approver", "on_behalf_of").order_by("at")
    return tuple(
        ApprovalRecord(
            by=_name(approval.approver),
            on_behalf_of=_name(approval.on_behalf_of) if approval.on_behalf_of else None,
            decision=approval.decision,
            at=approval.at,
            void=approval.void_cause or None,
            reason=_unsealed(
                approval.reason,
                key_id=approval.reason_key_id,
                place=reason_place(action.pk, approval.approver_id),
            ),
        )
        for approval in found
    )


def _effects(action: Action, *, whole: bool) -> tuple[EffectRecord, ...]:
    """As they were made; of a whole action as they were seen last, and where they are."""
    seen = newest_sightings(action) if whole and action.effects else {}
    place = _place(action.connection) if whole and action.effects else None
    return tuple(_effect(effect, seen.get(document_of(effect)), place) for effect in action.effects)


def _place(connection: str) -> tuple[str, str] | None:
    return OdooConnection.objects.filter(slug=connection).values_list("url", "version").first()


def _effect(
    effect: Mapping[str, Any], seen: DocumentSighting | None, place: tuple[str, str] | None
) -> EffectRecord:
    model, number = str(effect["model"]), int(effect["id"])
    total = seen.total if seen else Decimal(effect["total"]) if effect.get("total") else None
    is_there = seen is None or seen.state != GONE
    return EffectRecord(
        connection=str(effect.get("connection", "")),
        model=model,
        id=number,
        ref=(seen.ref if seen else effect.get("ref")) or None,
        state=(seen.state if seen else effect.get("state")) or None,
        total=Money(_tidy(total), str(effect.get("currency", ""))) if total is not None else None,
        payment=(seen.payment or None) if seen else None,
        quantity=_tidy_quantity(seen.quantity) if seen and seen.quantity is not None else None,
        seen_at=seen.seen_at if seen else None,
        due_at=datetime.fromisoformat(effect["due_at"]) if effect.get("due_at") else None,
        url=document_address(place[0], version=place[1], model=model, number=number)
        if place and is_there
        else None,
    )


def _tidy_quantity(quantity: Decimal) -> Decimal:
    return quantity.quantize(Decimal(1)) if quantity == quantity.to_integral_value() else quantity.normalize()


def _note(action: Action) -> str | None:
    return _unsealed(action.note, key_id=action.note_key_id, place=note_place(action.pk))


def _unsealed(sealed: bytes | memoryview, *, key_id: str, place: str) -> str | None:
    """A text whose key is gone, as after an erasure, is no text any more."""
    try:
        return unseal(sealed, key_id=key_id, place=place) or None
    except CannotDecrypt:
        return None


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


def _tidy(amount: Decimal) -> Decimal:
    """With two places, or as many as it really has."""
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount.normalize()
