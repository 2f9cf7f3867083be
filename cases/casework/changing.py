"""The frame of every change to a case: in scope, locked, not changed meanwhile, told in the case and the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from cases import audit
from cases.casework.visible import NotPermitted, find_case, may_work
from cases.models.casework import Case, CaseEntry, CaseOrder, CaseState, EntryFrom, EntryKind
from cases.orders.workspace import OrderIdentity
from cases.people.viewer import Viewer


class CaseChanged(Exception):
    """Somebody changed the case after the viewer last saw it."""

    def __init__(self, *, by: str, at: datetime) -> None:
        super().__init__("the case was changed meanwhile")
        self.by = by
        self.at = at


class IllegalChange(Exception):
    """What was asked for makes no sense for the case as it is; ``reason`` is a word for programs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def changing(*, viewer: Viewer, case_id: int, version: int | None = None) -> Iterator[Case]:
    """One transaction around one change. ``version`` is the one the viewer decided by; None: whatever it is now."""
    with transaction.atomic():
        case = find_case(viewer, case_id, for_update=True)
        if not may_work(viewer):
            raise NotPermitted
        if version is not None and version != case.version:
            raise CaseChanged(by=_who_changed(case), at=case.updated_at)
        if case.state == CaseState.MERGED:
            raise IllegalChange("merged")
        yield case


def record_change(
    *,
    viewer: Viewer | None,
    case: Case,
    code: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    action: audit.Action = audit.Action.CASE_CHANGED,
) -> None:
    """Save the case with its event and its entry in the trail; the last thing in the transaction.

    ``facts`` hold numbers, codes and document numbers: they go into the trail as well, so nothing personal.
    """
    facts = dict(facts or {})
    case.version += 1
    case.updated_at = at
    case.save()
    CaseEntry.objects.create(
        case=case,
        kind=EntryKind.EVENT,
        sender=EntryFrom.AGENT if viewer else EntryFrom.SYSTEM,
        author_id=viewer.user_id if viewer else None,
        at=at,
        code=code,
        facts=facts,
    )
    write_trail(viewer=viewer, case=case, change=code, at=at, facts=facts, action=action)


def write_trail(
    *,
    viewer: Viewer | None,
    case: Case,
    change: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    action: audit.Action = audit.Action.CASE_CHANGED,
) -> None:
    audit.record(
        actor=viewer.actor if viewer else "system:cases",
        action=action,
        object_kind="case",
        object_ref=str(case.pk),
        connection_slug=case.connection,
        company_id=case.company_id,
        details={"change": change, **(facts or {}), **(audit.channel(viewer) if viewer else {})},
        at=at,
    )


def order_facts(order: OrderIdentity | CaseOrder) -> dict[str, str | int]:
    """What an event keeps of an order: enough to know later who may read its number."""
    place = {name: value for name, value in (("brand", order.brand), ("region", order.region)) if value}
    return {"ref": order.ref, "connection": order.connection, "company": order.company_id, **place}


def _who_changed(case: Case) -> str:
    last = (
        CaseEntry.objects.filter(case=case, kind=EntryKind.EVENT)
        .select_related("author")
        .order_by("-at", "-id")
        .first()
    )
    if last is None or last.author is None:
        return ""
    return last.author.get_full_name() or last.author.get_username()
