"""Choices of cases that people keep under a name, for themselves or for their team."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Q

from cases.casework.changing import IllegalChange
from cases.casework.queues import QueueQuery
from cases.casework.visible import NotPermitted
from cases.masking.roles import GROUP_PREFIX, Role
from cases.models.casework import CaseView
from cases.people.viewer import Viewer

MOST_VIEWS = 20
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    id: int
    name: str
    query: QueueQuery
    is_own: bool


def saved_views(viewer: Viewer) -> list[SavedView]:
    """The viewer's own and their teams', by one query."""
    teams = Group.objects.filter(user=viewer.user_id).values("pk")
    found = CaseView.objects.filter(Q(owner_id=viewer.user_id) | Q(team__in=teams)).order_by(
        "position", "name"
    )
    return [
        SavedView(
            id=view.pk,
            name=view.name,
            query=QueueQuery.of(view.filters),
            is_own=view.owner_id == viewer.user_id,
        )
        for view in found[: 2 * MOST_VIEWS]
    ]


def save_view(*, viewer: Viewer, name: str, query: QueueQuery, for_team: bool = False) -> None:
    """Keep a choice under a name; the same name again replaces it. Supervisors keep views for their teams."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise IllegalChange("no_name")
    if for_team and Role.SUPERVISOR not in viewer.roles:
        raise NotPermitted
    if CaseView.objects.filter(owner_id=viewer.user_id).count() >= MOST_VIEWS:
        raise IllegalChange("too_many_views")
    if not for_team:
        CaseView.objects.update_or_create(
            owner_id=viewer.user_id, name=name, defaults={"filters": query.filters}
        )
        return
    for team in Group.objects.filter(user=viewer.user_id).exclude(name__startswith=GROUP_PREFIX):
        CaseView.objects.update_or_create(team=team, name=name, defaults={"filters": query.filters})


def forget_view(*, viewer: Viewer, view_id: int) -> None:
    """Only one's own; a view of somebody else stays, and is not spoken of."""
    CaseView.objects.filter(pk=view_id, owner_id=viewer.user_id).delete()
