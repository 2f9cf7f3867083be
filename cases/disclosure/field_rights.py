"""Says why a viewer does not see a field, and what would show it; without looking at the value, or for one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cases.casework.records import CaseRecord
from cases.disclosure.matrix_versions import current_policy
from cases.masking import Mode, leaves_of
from cases.masking.roles import Role
from cases.orders.timeline import TimelineEvent
from cases.people.viewer import Viewer
from integrations.canonical import OrderRecord, Sensitivity

_KEYS = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRight:
    """What this viewer may see of one field, and who may see more. Roles stand in the order of the matrix."""

    path: str
    sensitivity: Sensitivity | None  # None: nobody has said how sensitive it is, so nobody sees it
    mode: Mode
    has_part: bool  # whether there is a partial form at all
    roles: tuple[Role, ...]
    policy_version: int
    shown_to: tuple[Role, ...]
    revealed_to: tuple[Role, ...]


def path_of(place: str) -> str:
    """The path of a place: the same for every item of a list."""
    return _KEYS.sub("", place)


def right_to(place: str, viewer: Viewer) -> FieldRight | None:
    """The viewer's right to the field at a place; None where no record has such a field. Blocks on the database."""
    path = path_of(place)
    if path not in _fields():
        return None
    sensitivity, has_part = _fields()[path]
    policy = current_policy()

    def with_mode(mode: Mode) -> tuple[Role, ...]:
        if sensitivity is None:
            return ()
        return tuple(role for role in Role if policy.matrices[role].get(sensitivity, Mode.HIDE) is mode)

    return FieldRight(
        path=path,
        sensitivity=sensitivity,
        mode=viewer.matrix.get(sensitivity, Mode.HIDE) if sensitivity else Mode.HIDE,
        has_part=has_part,
        roles=tuple(role for role in Role if role in viewer.roles),
        policy_version=viewer.policy_version,
        shown_to=with_mode(Mode.SHOW),
        revealed_to=with_mode(Mode.REVEAL),
    )


@cache
def _fields() -> dict[str, tuple[Sensitivity | None, bool]]:
    leaves = (*leaves_of(OrderRecord), *leaves_of(TimelineEvent, path="timeline"), *leaves_of(CaseRecord))
    return {path: (sensitivity, partial is not None) for path, sensitivity, partial in leaves}
