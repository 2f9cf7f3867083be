"""What has changed since a parked action was approved: the order, the rules, and the people who stood for it."""

from __future__ import annotations

from asgiref.sync import async_to_sync

from cases.actions.action_people import approvals_of
from cases.actions.judged import Judged
from cases.actions.rejudging import rejudge
from cases.actions.running import is_doubtful
from cases.approvals.rights import approval_limit
from cases.models import Action, ActionStep, StepState
from cases.people.access import viewer_for
from integrations import gateways
from integrations.gateways import EffectDoor


def may_be_half_done(action: Action) -> bool:
    """Whether something of it is in Odoo, or may be: then what is there now is its own doing too."""
    return is_doubtful(action) or ActionStep.objects.filter(action=action, state=StepState.DONE).exists()


def changed_since_approval(action: Action) -> tuple[str, ...]:
    """Words for programs, the weightiest first. Raises ``GatewayError`` where the order cannot be read."""
    found = list(_of_people(action))
    if may_be_half_done(action):
        return tuple(found)
    judged = judged_now(action)
    if not judged.verdict.allowed:
        found.insert(0, "refused_now")
    elif judged.verdict.needs_approval > action.approvals_needed:
        found.append("needs_more_approvals")
    if judged.facts_hash != action.facts_hash:
        found.append("order_changed")
    if judged.verdict.rules[0].version != action.policy_version:
        found.append("policy_changed")
    return tuple(found)


def is_refused_now(action: Action) -> bool:
    return not may_be_half_done(action) and not judged_now(action).verdict.allowed


def judged_now(action: Action) -> Judged:
    async def judge() -> Judged:
        door: EffectDoor = await gateways.effect_door(action.connection)
        return await rejudge(action, door)

    return async_to_sync(judge)()


def _of_people(action: Action) -> list[str]:
    found = []
    if not action.requester.is_active:
        found.append("requester_left")
    for approval in approvals_of(action):
        whose = approval.on_behalf_of or approval.approver
        viewer = viewer_for(whose)
        sees = viewer.may_see(
            action.connection, action.company_id, brand=action.brand or None, region=action.region or None
        )
        limit = approval_limit(viewer)
        if not whose.is_active or limit is None or not sees or action.amount > limit:
            found.append("approver_left")
            break
    return found
