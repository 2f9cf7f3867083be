"""Who looks after a parked action: taken on, given back, or passed on to a team with what it has to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet

from cases import audit
from cases.actions.sealing import seal, unseal
from cases.actions.states import ActionState
from cases.approvals import Conflict, NotPermitted, find_action
from cases.approvals.rights import approval_limit
from cases.masking.redaction import redact_payment_numbers
from cases.models import Action, Escalation, ScopeGrant
from cases.people.grants import within_grants
from cases.people.viewer import Viewer
from cases.subjects import subject_of
from integrations.credentials import CannotDecrypt

LONGEST_NOTE = 1000


def may_care(viewer: Viewer) -> bool:
    """Whoever may decide at the desk looks after it too."""
    return approval_limit(viewer) is not None


def take(*, viewer: Viewer, action_id: UUID, at: datetime) -> Action:
    """Look after it from now on, also where somebody else did. An open notice to a team of the viewer's is answered."""
    with transaction.atomic():
        action = _parked(viewer, action_id)
        if action.owner_id != viewer.user_id:
            Action.objects.filter(pk=action.pk).update(owner_id=viewer.user_id, owned_at=at)
            before = f"user:{action.owner_id}" if action.owner_id else ""
            _tell(viewer, action, at, what="taken", before=before)
        Escalation.objects.filter(_to_teams_of(viewer), action=action, taken_at=None).update(
            taken_at=at, taken_by_id=viewer.user_id
        )
    action.refresh_from_db()
    return action


def give_back(*, viewer: Viewer, action_id: UUID, at: datetime) -> Action:
    """Look after it no more; only whoever does can give it back."""
    with transaction.atomic():
        action = _parked(viewer, action_id)
        if action.owner_id != viewer.user_id:
            raise Conflict("not_yours_to_give", action)
        Action.objects.filter(pk=action.pk).update(owner=None, owned_at=None)
        _tell(viewer, action, at, what="given_back")
    action.refresh_from_db()
    return action


def pass_on(*, viewer: Viewer, action_id: UUID, team_id: int, note: str, at: datetime) -> Action:
    """To a team that sees the order, which is told; nobody owns it then until one of them takes it on."""
    said = redact_payment_numbers(" ".join(note.replace("\0", "").split()))[:LONGEST_NOTE]
    with transaction.atomic():
        action = _parked(viewer, action_id)
        if not said:
            raise NotPermitted("no_reason")
        team = teams_for(action).filter(pk=team_id).first()
        if team is None:
            raise Conflict("no_such_team", action)
        Escalation.objects.filter(action=action, taken_at=None).update(
            taken_at=at, taken_by_id=viewer.user_id
        )
        sealed, key_id = seal(
            said, place=_place(action, at), subject=subject_of(action.connection, action.customer_id)
        )
        Escalation.objects.create(
            action=action,
            team=team,
            team_name=team.name,
            by_id=viewer.user_id,
            at=at,
            note=sealed,
            note_key_id=key_id,
        )
        Action.objects.filter(pk=action.pk).update(owner=None, owned_at=None)
        _tell(viewer, action, at, what="passed_on", team=team.name)
    action.refresh_from_db()
    return action


def teams_for(action: Action) -> QuerySet[Group]:
    """Those that may see the order, and that somebody is in."""
    grants = ScopeGrant.objects.filter(
        Q(content_object__brand="") | Q(content_object__brand=action.brand),
        Q(content_object__region="") | Q(content_object__region=action.region),
        content_object__connection=action.connection,
        content_object__company_id=action.company_id,
    )
    found = Group.objects.filter(pk__in=grants.values("group_id"), user__is_active=True)
    return found.distinct().order_by("name")


def escalations_of(action: Action) -> list[dict[str, Any]]:
    """The newest first, with what was said."""
    rows = Escalation.objects.filter(action=action).select_related("by", "taken_by").order_by("-at", "-pk")
    return [{"row": row, "note": _note(action, row)} for row in rows]


def count_notices(viewer: Viewer) -> int:
    """How many were passed on to a team of the viewer's that nobody has taken on; cut off at a hundred."""
    return _notices(viewer)[:100].count()


def noticed(viewer: Viewer) -> set[UUID]:
    return set(_notices(viewer).values_list("action_id", flat=True)[:200])


def _notices(viewer: Viewer) -> QuerySet[Escalation]:
    if not viewer.grants or not may_care(viewer):
        return Escalation.objects.none()
    mine = Action.objects.filter(within_grants(viewer), state=ActionState.PARKED)
    return Escalation.objects.filter(
        _to_teams_of(viewer), taken_at=None, action__in=mine.values("pk")
    ).exclude(by_id=viewer.user_id)


def _to_teams_of(viewer: Viewer) -> Q:
    return Q(team__in=Group.objects.filter(user__pk=viewer.user_id))


def _parked(viewer: Viewer, action_id: UUID) -> Action:
    action = find_action(viewer, action_id, for_update=True)
    if not may_care(viewer):
        raise NotPermitted("no_right")
    if action.state != ActionState.PARKED:
        raise Conflict("not_parked", action)
    return action


def _note(action: Action, row: Escalation) -> str:
    try:
        return unseal(row.note, key_id=row.note_key_id, place=_place(action, row.at))
    except CannotDecrypt:
        return ""


def _place(action: Action, at: datetime) -> str:
    return f"action/{action.pk}/passed-on/{at.isoformat()}"


def _tell(viewer: Viewer, action: Action, at: datetime, **what: str) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.PARKED_CARED_FOR,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        details={"action": str(action.pk), "case": action.case_id or 0, **what, **audit.channel(viewer)},
        at=at,
    )
