"""Who asked for an action and who approved exactly its content, by the names Odoo is told."""

from __future__ import annotations

from django.db.models import QuerySet

from cases.models import Action, Approval, Decision, User


def people_of(action: Action) -> tuple[str, str]:
    """Who asked, and who approved; where somebody decided in another's place, in whose."""
    approved_by = sorted(_approver(approval) for approval in approvals_of(action))
    return _name(action.requester), ", ".join(approved_by)


def approvals_of(action: Action) -> QuerySet[Approval]:
    """Those of exactly what it is now."""
    return Approval.objects.filter(
        action=action,
        decision=Decision.APPROVED,
        content_hash=action.content_hash,
        voided_at__isnull=True,
    ).select_related("approver", "on_behalf_of")


def _approver(approval: Approval) -> str:
    by = _name(approval.approver)
    return f"{by} for {_name(approval.on_behalf_of)}" if approval.on_behalf_of else by


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()
