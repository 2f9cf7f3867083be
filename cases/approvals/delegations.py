"""Asks a colleague to decide in one's place for a while: never more than one's own right, and never given on.

Nothing is copied: what the giver may decide is asked for anew at each decision, so a right they lose is gone at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from cases import audit
from cases.approvals import StepUpRequired
from cases.approvals.rights import approval_limit
from cases.casework.visible import WORKING_ROLES
from cases.masking.roles import Role
from cases.models import ApprovalDelegation, User
from cases.people.viewer import Viewer

LONGEST = timedelta(days=60)
LISTED = 50


class NotPermitted(Exception):
    """The viewer decides about nothing themselves, or this delegation is not theirs to end."""


class Unsuitable(Exception):
    """It makes no sense so; ``reason`` is a word for programs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    id: int
    delegator: str
    delegate: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    is_given: bool  # by the viewer; otherwise to them
    state: str  # coming, current, over, taken_back

    @property
    def is_open(self) -> bool:
        return self.state in ("coming", "current")


def may_delegate(viewer: Viewer) -> bool:
    """Whoever decides by a right of their own, not by one given to them."""
    return approval_limit(viewer) is not None


def possible_delegates(viewer: Viewer) -> list[tuple[int, str]]:
    """Colleagues who work on cases and see something of what the viewer sees."""
    return [(person.pk, _name(person)) for person in _possible(viewer).order_by("username")[:500]]


def _possible(viewer: Viewer) -> QuerySet[User]:
    scope = "groups__scopegrant__content_object"
    shared = Q(pk__in=[])
    for grant in viewer.grants:
        shared |= Q(**{f"{scope}__connection": grant.connection, f"{scope}__company_id": grant.company_id})
    works = User.objects.filter(is_active=True, groups__name__in=[role.group_name for role in WORKING_ROLES])
    sees = User.objects.filter(shared)
    return (
        User.objects.filter(pk__in=works.values("pk"))
        .filter(pk__in=sees.values("pk"))
        .exclude(pk=viewer.user_id)
    )


def delegate(
    *,
    viewer: Viewer,
    to_id: int,
    starts_at: datetime,
    ends_at: datetime,
    stepped_up_at: datetime | None,
    at: datetime,
) -> ApprovalDelegation:
    """Let a colleague decide in the viewer's place. Raises ``NotPermitted``, ``StepUpRequired``, ``Unsuitable``."""
    if not may_delegate(viewer):
        raise NotPermitted
    if to_id == viewer.user_id:
        raise Unsuitable("oneself")
    if not starts_at < ends_at or ends_at <= at:
        raise Unsuitable("dates")
    if ends_at - max(starts_at, at) > LONGEST:
        raise Unsuitable("too_long")
    if stepped_up_at is None:
        raise StepUpRequired
    with transaction.atomic():
        colleague = _possible(viewer).filter(pk=to_id).first()
        if colleague is None:
            raise Unsuitable("colleague")
        # The row of the giver is the lock: two clicks are one delegation.
        User.objects.select_for_update().get(pk=viewer.user_id)
        same = ApprovalDelegation.objects.filter(
            delegator_id=viewer.user_id,
            delegate=colleague,
            ended_at__isnull=True,
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        )
        if same.exists():
            raise Unsuitable("overlaps")
        made = ApprovalDelegation.objects.create(
            delegator_id=viewer.user_id,
            delegate=colleague,
            starts_at=max(starts_at, at),
            ends_at=ends_at,
            made_at=at,
        )
        _tell(viewer, made, audit.Action.DELEGATION_MADE, at)
    return made


def end_delegation(*, viewer: Viewer, delegation_id: int, at: datetime) -> None:
    """Take it back, or give it back; an administrator may end it as well. A second time changes nothing."""
    with transaction.atomic():
        found = ApprovalDelegation.objects.select_for_update().filter(pk=delegation_id).first()
        if found is None or not _concerns(viewer, found):
            raise NotPermitted
        if found.ended_at is not None or found.ends_at <= at:
            return
        ApprovalDelegation.objects.filter(pk=found.pk).update(ended_at=at, ended_by_id=viewer.user_id)
        _tell(viewer, found, audit.Action.DELEGATION_ENDED, at)


def _concerns(viewer: Viewer, found: ApprovalDelegation) -> bool:
    if viewer.user_id in (found.delegator_id, found.delegate_id):
        return True
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def delegations_of(viewer: Viewer, *, at: datetime) -> tuple[Delegation, ...]:
    """Those the viewer gave and those given to them, the newest first."""
    found = ApprovalDelegation.objects.filter(
        Q(delegator_id=viewer.user_id) | Q(delegate_id=viewer.user_id)
    ).select_related("delegator", "delegate")
    return tuple(_shown(row, viewer, at) for row in found.order_by("-ends_at", "-pk")[:LISTED])


def _shown(row: ApprovalDelegation, viewer: Viewer, at: datetime) -> Delegation:
    return Delegation(
        id=row.pk,
        delegator=_name(row.delegator),
        delegate=_name(row.delegate),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        is_given=row.delegator_id == viewer.user_id,
        state=_state(row, at),
    )


def _state(row: ApprovalDelegation, at: datetime) -> str:
    if row.ended_at is not None:
        return "taken_back"
    if row.ends_at <= at:
        return "over"
    return "coming" if row.starts_at > at else "current"


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


def _tell(viewer: Viewer, row: ApprovalDelegation, what: audit.Action, at: datetime) -> None:
    audit.record(
        actor=viewer.actor,
        action=what,
        object_kind="delegation",
        object_ref=str(row.pk),
        on_behalf_of=f"user:{row.delegator_id}",
        details={
            "to": f"user:{row.delegate_id}",
            "from": row.starts_at.isoformat(),
            "until": row.ends_at.isoformat(),
        },
        at=at,
    )
