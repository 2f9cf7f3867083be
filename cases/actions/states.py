"""The states of an action and the moves between them, as the database enforces them too (see 0008_actions).

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ActionState(StrEnum):
    DRAFT = "draft"  # put down while Odoo could not be asked: no verdict yet
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"  # whatever was needed is there, but a switch holds it back
    QUEUED = "queued"
    RUNNING = "running"
    UNKNOWN = "unknown"  # a step was sent and its outcome is not known: it is being checked with Odoo
    SUCCEEDED = "succeeded"
    COMPENSATING = "compensating"  # what was done is being taken back
    PARKED = "parked"  # a person has to decide
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


_S = ActionState

LEGAL_MOVES: Mapping[ActionState, frozenset[ActionState]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.AWAITING_APPROVAL, _S.APPROVED, _S.REJECTED, _S.CANCELLED, _S.EXPIRED}),
        _S.AWAITING_APPROVAL: frozenset({_S.APPROVED, _S.REJECTED, _S.CANCELLED, _S.EXPIRED}),
        _S.APPROVED: frozenset({_S.QUEUED, _S.AWAITING_APPROVAL, _S.REJECTED, _S.CANCELLED, _S.EXPIRED}),
        _S.QUEUED: frozenset({_S.RUNNING, _S.APPROVED, _S.CANCELLED, _S.PARKED}),
        # Back to somebody's desk when Odoo refused because the order is not what was approved: nothing was written.
        _S.RUNNING: frozenset(
            {
                _S.QUEUED,
                _S.UNKNOWN,
                _S.SUCCEEDED,
                _S.COMPENSATING,
                _S.PARKED,
                _S.AWAITING_APPROVAL,
                _S.REJECTED,
            }
        ),
        _S.UNKNOWN: frozenset(
            {
                _S.RUNNING,
                _S.QUEUED,
                _S.SUCCEEDED,
                _S.COMPENSATING,
                _S.PARKED,
                _S.AWAITING_APPROVAL,
                _S.REJECTED,
            }
        ),
        _S.COMPENSATING: frozenset({_S.CANCELLED, _S.PARKED}),
        _S.PARKED: frozenset({_S.QUEUED, _S.SUCCEEDED, _S.CANCELLED}),
        _S.SUCCEEDED: frozenset(),
        _S.CANCELLED: frozenset(),
        _S.REJECTED: frozenset(),
        _S.EXPIRED: frozenset(),
    }
)

FINAL = frozenset(state for state, moves in LEGAL_MOVES.items() if not moves)
OPEN = frozenset(ActionState) - FINAL
UNDECIDED = frozenset({_S.DRAFT, _S.AWAITING_APPROVAL})
# Those in which an order is, or may be, being written to: one action at a time.
AT_WORK = frozenset({_S.RUNNING, _S.UNKNOWN, _S.COMPENSATING})
CANCELLABLE = frozenset({_S.DRAFT, _S.AWAITING_APPROVAL, _S.APPROVED, _S.QUEUED})


def may_move(before: ActionState, after: ActionState) -> bool:
    return after in LEGAL_MOVES[before]
