"""What waits for a decision within a viewer's scope, and the actions of a case."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from cases.actions.states import ActionState
from cases.casework.visible import resolve_case
from cases.models import Action
from cases.people.grants import within_grants
from cases.people.viewer import Viewer

AT_ONCE = 50


def waiting_actions(viewer: Viewer, *, after: UUID | None = None) -> tuple[list[Action], UUID | None]:
    """Requests that wait, the oldest first, and where the next page begins. Ids sort by time."""
    if not viewer.grants:
        return [], None
    found = Action.objects.filter(within_grants(viewer), state=ActionState.AWAITING_APPROVAL)
    if after is not None:
        found = found.filter(pk__gt=after)
    rows = list(found.select_related("requester", "fix_by").order_by("pk")[: AT_ONCE + 1])
    return rows[:AT_ONCE], rows[AT_ONCE - 1].pk if len(rows) > AT_ONCE else None


def waiting_for_others(viewer: Viewer) -> QuerySet[Action]:
    """Requests that wait and that the viewer did not make."""
    if not viewer.grants:
        return Action.objects.none()
    found = Action.objects.filter(within_grants(viewer), state=ActionState.AWAITING_APPROVAL)
    return found.exclude(requester_id=viewer.user_id)


def actions_of_case(viewer: Viewer, case_id: int) -> list[Action]:
    """Of a case in scope, the newest first; actions elsewhere that belong to it are not shown."""
    case = resolve_case(viewer, case_id)
    found = Action.objects.filter(within_grants(viewer), case_id=case.pk)
    return list(found.select_related("requester", "fix_by").order_by("-requested_at")[:AT_ONCE])


def actions_about(viewer: Viewer, case_id: int) -> list[Action]:
    """The same of a case that was opened already."""
    if not viewer.grants:
        return []
    found = Action.objects.filter(within_grants(viewer), case_id=case_id)
    return list(found.select_related("requester", "fix_by").order_by("-requested_at")[:AT_ONCE])


def actions_of_order(viewer: Viewer, connection: str, company_id: int, ref: str) -> list[Action]:
    if not viewer.grants:
        return []
    found = Action.objects.filter(
        within_grants(viewer), connection=connection, company_id=company_id, order_ref=ref
    )
    return list(found.select_related("requester", "fix_by").order_by("-requested_at")[:AT_ONCE])
