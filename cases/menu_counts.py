"""What the menu counts for whoever decides and looks after others, in one statement for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

from cases.approvals.inbox import waiting_for_others
from cases.disclosure.review import open_notice_rows
from cases.masking.roles import Role
from cases.people.viewer import Viewer

AT_MOST = 100
DECIDING_ROLES = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.SENIOR_AGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuCounts:
    waiting: int = 0  # requests that somebody else made and that wait for a decision; cut off at a hundred
    notices: int = 0  # of unusually many reveals


def has_counts(viewer: Viewer) -> bool:
    """Nothing is counted for the others, so that their pages ask the database for nothing."""
    return bool(viewer.grants) and bool(viewer.roles & DECIDING_ROLES)


def count_for_menu(viewer: Viewer) -> MenuCounts:
    if not has_counts(viewer):
        return MenuCounts()
    found: QuerySet[Any, Any] = _marked(waiting_for_others(viewer), "waiting")
    if Role.SUPERVISOR in viewer.roles:
        found = found.union(_marked(open_notice_rows(viewer), "notice"), all=True)
    kinds = [kind for (kind,) in found]
    return MenuCounts(waiting=kinds.count("waiting"), notices=kinds.count("notice"))


def _marked(rows: QuerySet[Any], kind: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(kind))[:AT_MOST]
