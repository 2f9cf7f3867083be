"""Several parked actions at once: first what would happen to each and who may not, then each by itself.

Every action keeps its own rules: its rights, its limit, its second person. What one of them refuses stops no other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cases.actions import caring, desk
from cases.actions.desk import Fix
from cases.actions.hashing import sha256_text
from cases.actions.since_approval import changed_since_approval
from cases.actions.states import ActionState
from cases.approvals import ActionNotVisible, Conflict, NotPermitted, StepUpRequired, find_action
from cases.models import Action
from cases.people.viewer import Viewer
from integrations.errors import GatewayError

MOST_AT_ONCE = 20


class BulkVerb(StrEnum):
    TAKE = "take"
    GIVE_BACK = "give_back"
    REPLAY = "replay"
    MARK_DONE = "mark_done"
    CANCEL = "cancel"


class Outcome(StrEnum):
    DONE = "done"  # it is carried out
    SAID = "said"  # a second person has to say the same
    REFUSED = "refused"
    FAILED = "failed"  # Odoo does not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """``changed``: what is not as it was when it was approved; ``why``: a word for what is in the way."""

    action: Action
    outcome: Outcome
    why: str = ""
    changed: tuple[str, ...] = ()


def foresee(viewer: Viewer, ids: Collection[UUID], verb: BulkVerb, *, evidence: str = "") -> list[Foreseen]:
    """Nothing is changed. Those that the viewer does not see are left out."""
    return [_foresee(viewer, action, verb, evidence) for action in _visible(viewer, ids)]


def _visible(viewer: Viewer, ids: Collection[UUID]) -> list[Action]:
    found = []
    for number in sorted(set(ids))[:MOST_AT_ONCE]:
        try:
            found.append(find_action(viewer, number))
        except ActionNotVisible:
            continue
    return found


def _foresee(viewer: Viewer, action: Action, verb: BulkVerb, evidence: str) -> Foreseen:
    if action.state != ActionState.PARKED:
        return Foreseen(action=action, outcome=Outcome.REFUSED, why="not_parked")
    if verb in (BulkVerb.TAKE, BulkVerb.GIVE_BACK):
        return _foresee_care(viewer, action, verb)
    try:
        desk.require_right(viewer, action)
        changed = changed_since_approval(action) if verb is BulkVerb.REPLAY else ()
    except NotPermitted as refused:
        return Foreseen(action=action, outcome=Outcome.REFUSED, why=refused.reason)
    except GatewayError as error:
        return Foreseen(action=action, outcome=Outcome.FAILED, why=error.reason)
    if "refused_now" in changed:
        return Foreseen(action=action, outcome=Outcome.REFUSED, why="refused_now", changed=changed)
    wanted = {"verb": verb.value}
    if verb is BulkVerb.MARK_DONE:
        wanted["evidence"] = sha256_text(" ".join(evidence.split()) or desk.evidence_of(action))
    is_done = desk.is_done_by_next(viewer, action, wanted)
    return Foreseen(action=action, outcome=Outcome.DONE if is_done else Outcome.SAID, changed=changed)


def _foresee_care(viewer: Viewer, action: Action, verb: BulkVerb) -> Foreseen:
    why = ""
    if not caring.may_care(viewer):
        why = "no_right"
    elif verb is BulkVerb.GIVE_BACK and action.owner_id != viewer.user_id:
        why = "not_yours_to_give"
    return Foreseen(action=action, outcome=Outcome.REFUSED if why else Outcome.DONE, why=why)


def carry_out(
    viewer: Viewer,
    ids: Collection[UUID],
    verb: BulkVerb,
    *,
    evidence: str = "",
    stepped_up_at: datetime | None,
    at: datetime,
) -> list[Foreseen]:
    """What became of each. Raises ``StepUpRequired`` before anything is done."""
    if verb not in (BulkVerb.TAKE, BulkVerb.GIVE_BACK) and stepped_up_at is None:
        raise StepUpRequired
    return [_do(viewer, action, verb, evidence, stepped_up_at, at) for action in _visible(viewer, ids)]


def _do(
    viewer: Viewer,
    action: Action,
    verb: BulkVerb,
    evidence: str,
    stepped_up_at: datetime | None,
    at: datetime,
) -> Foreseen:
    try:
        match verb:
            case BulkVerb.TAKE:
                now = caring.take(viewer=viewer, action_id=action.pk, at=at)
            case BulkVerb.GIVE_BACK:
                now = caring.give_back(viewer=viewer, action_id=action.pk, at=at)
            case _:
                now = desk.fix(
                    viewer=viewer,
                    action_id=action.pk,
                    verb=Fix(verb.value),
                    evidence=evidence,
                    stepped_up_at=stepped_up_at,
                    at=at,
                )
    except (NotPermitted, Conflict) as refused:
        return Foreseen(action=action, outcome=Outcome.REFUSED, why=refused.reason)
    except GatewayError as error:
        return Foreseen(action=action, outcome=Outcome.FAILED, why=error.reason)
    is_care = verb in (BulkVerb.TAKE, BulkVerb.GIVE_BACK)
    is_done = is_care or now.state != ActionState.PARKED
    return Foreseen(action=now, outcome=Outcome.DONE if is_done else Outcome.SAID)
