"""Decisions about what somebody else asked for: by which right, on what content, in whose place."""

from cases.approvals.deciding import (
    ActionNotVisible,
    Conflict,
    NotPermitted,
    StepUpRequired,
    approve,
    cancel,
    find_action,
    reason_place,
    reject,
)

__all__ = [
    "ActionNotVisible",
    "Conflict",
    "NotPermitted",
    "StepUpRequired",
    "approve",
    "cancel",
    "find_action",
    "reason_place",
    "reject",
]
