"""Judges an action anew by what is so now: facts, limits, rules in force. Another round, so other keys in Odoo."""

from __future__ import annotations

from asgiref.sync import sync_to_async

from cases.actions.asking import asking_for
from cases.actions.judged import Judged
from cases.actions.policies import newest_rules
from cases.actions.surroundings import surroundings_again
from cases.models import Action
from integrations.gateways import EffectDoor


async def rejudge(action: Action, door: EffectDoor) -> Judged:
    """The same wish. Raises ``GatewayError`` where the order cannot be read now."""
    asking = asking_for(action.kind)
    form = asking.form_of(
        action.payload,
        connection=action.connection,
        ref=action.order_ref,
        company=action.company_id,
        reason=action.payload["reason"],
    )
    facts = await asking.read(
        form,
        door,
        order_id=action.order_id,
        order_ref=action.order_ref,
        company_id=action.company_id,
        correlation_id=action.reference,
    )
    around = await sync_to_async(surroundings_again)(action)
    rules = await sync_to_async(newest_rules)()
    return asking.judge(form, facts, around, rules, round=action.round + 1)
