"""By what right somebody decides about a request: their own, or that of a colleague who asked them to for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cases.actions.policies import newest_rules
from cases.models import Action, ApprovalDelegation
from cases.people.access import viewer_for
from cases.people.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Up to which amount, and in whose place; ``giver`` as they are now, so that a right they lost is gone here too."""

    limit: Decimal
    giver: Viewer | None = None
    until: datetime | None = None

    @property
    def on_behalf_of_id(self) -> int | None:
        return self.giver.user_id if self.giver else None


def approval_limit(viewer: Viewer) -> Decimal | None:
    """Up to which amount the viewer's own roles approve; None where they approve nothing."""
    limits = newest_rules().approval_limits.limits
    return max((limits[role.value] for role in viewer.roles if role.value in limits), default=None)


def rights_of(viewer: Viewer, *, at: datetime) -> tuple[Right, ...]:
    """The viewer's own right first, then those given to them. What was given cannot be given on."""
    limit = approval_limit(viewer)
    own = () if limit is None else (Right(limit=limit),)
    return (*own, *_given_to(viewer, at))


def _given_to(viewer: Viewer, at: datetime) -> Iterable[Right]:
    given = ApprovalDelegation.objects.filter(
        delegate_id=viewer.user_id, starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True
    )
    for delegation in given.select_related("delegator").order_by("delegator_id", "ends_at"):
        giver = viewer_for(delegation.delegator)
        limit = approval_limit(giver)
        if limit is not None:
            yield Right(limit=limit, giver=giver, until=delegation.ends_at)


def exposure_of(action: Action) -> Decimal:
    """What limits compare: with what the same order had in the last days."""
    return action.amount + Decimal(action.facts.get("order_before", "0"))


def deciding_right(viewer: Viewer, action: Action, rights: Iterable[Right]) -> Right | str:
    """The right by which the viewer decides about an action they see, or what keeps them from it."""
    if action.requester_id == viewer.user_id:
        return "own_request"
    reason = "no_right"
    for right in rights:
        against = _against(right, action)
        if not against:
            return right
        reason = against
    return reason


def _against(right: Right, action: Action) -> str:
    giver = right.giver
    if giver is not None and giver.user_id == action.requester_id:
        return "request_of_giver"
    if giver is not None and not giver.may_see(
        action.connection, action.company_id, brand=action.brand or None, region=action.region or None
    ):
        return "beyond_giver"
    return "above_limit" if exposure_of(action) > right.limit else ""


def why_not(viewer: Viewer, action: Action, rights: Iterable[Right]) -> str:
    """What keeps the viewer from deciding; empty: nothing."""
    found = deciding_right(viewer, action, rights)
    return found if isinstance(found, str) else ""
