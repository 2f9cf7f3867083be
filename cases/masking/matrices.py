"""Reads, checks and compares matrices: what each role may see of each class of values.

Pure: no Django. What is not said in a matrix is hidden.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cases.masking import Matrix, Mode, is_wider, narrowest, widest
from cases.masking.roles import DEFAULT_MATRIX, Role
from integrations.canonical import Sensitivity

Matrices = Mapping[Role, Matrix]

# What no version may change: paperwork the customer holds is shown to whoever sees the order, secrets to nobody.
_FIXED = {Sensitivity.PUBLIC: Mode.SHOW, Sensitivity.SECRET: Mode.HIDE}
CHANGEABLE = tuple(sensitivity for sensitivity in Sensitivity if sensitivity not in _FIXED)


class Objection(StrEnum):
    """Why a matrix cannot be published."""

    INCOMPLETE = "incomplete"  # a role or a class has no mode, or one that is unknown
    PUBLIC_NOT_SHOWN = "public_not_shown"
    SECRET_NOT_HIDDEN = "secret_not_hidden"  # noqa: S105  # nosec B105 - the name of an objection
    ADMIN_WIDENED = "admin_widened"  # the administrator's role sees more, and nobody said that it should
    NOTHING_CHANGES = "nothing_changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell of the matrix that differs between two versions."""

    role: Role
    sensitivity: Sensitivity
    before: Mode
    after: Mode

    @property
    def widens(self) -> bool:
        return is_wider(self.after, self.before)

    def __str__(self) -> str:
        return f"{self.role.value} {self.sensitivity.value}: {self.before.value} -> {self.after.value}"


def matrix_of(roles: Iterable[Role], matrices: Matrices = DEFAULT_MATRIX) -> Matrix:
    """What a person with these roles may see; without a role, nothing."""
    return MappingProxyType(widest([matrices.get(role, {}) for role in roles]))


def preview_of(role: Role, matrices: Matrices, *, viewer: Matrix) -> Matrix:
    """What the role would see, as far as whoever looks at the preview may see it themselves."""
    return MappingProxyType(narrowest(matrices.get(role, {}), viewer))


def read_matrices(stored: Mapping[str, Any]) -> Matrices:
    """Matrices as they were stored; what is missing or unknown is hidden, and what is fixed stays fixed."""
    return MappingProxyType({role: _read_row(stored.get(role.value)) for role in Role})


def _read_row(stored: Any) -> Matrix:
    row = stored if isinstance(stored, Mapping) else {}
    return MappingProxyType(
        {
            sensitivity: _FIXED.get(sensitivity) or _read_mode(row.get(sensitivity.value))
            for sensitivity in Sensitivity
        }
    )


def _read_mode(stored: Any) -> Mode:
    return Mode(stored) if stored in set(Mode) else Mode.HIDE


def plain_matrices(matrices: Matrices) -> dict[str, dict[str, str]]:
    """Matrices as they are stored."""
    return {
        role.value: {
            sensitivity.value: matrices.get(role, {}).get(sensitivity, Mode.HIDE).value
            for sensitivity in Sensitivity
        }
        for role in Role
    }


def objections(
    chosen: Mapping[str, Any], *, current: Matrices, admin_may_widen: bool
) -> tuple[Objection, ...]:
    """What speaks against publishing what was chosen; nothing when it may be."""
    return tuple(dict.fromkeys(_objections(chosen, current, admin_may_widen)))


def _objections(chosen: Mapping[str, Any], current: Matrices, admin_may_widen: bool) -> Iterator[Objection]:
    for role in Role:
        row = chosen.get(role.value)
        if not isinstance(row, Mapping) or any(row.get(s.value) not in set(Mode) for s in Sensitivity):
            yield Objection.INCOMPLETE
            continue
        if row[Sensitivity.PUBLIC.value] != Mode.SHOW:
            yield Objection.PUBLIC_NOT_SHOWN
        if row[Sensitivity.SECRET.value] != Mode.HIDE:
            yield Objection.SECRET_NOT_HIDDEN
    found = changes(current, read_matrices(chosen))
    if not found:
        yield Objection.NOTHING_CHANGES
    if not admin_may_widen and any(change.role is Role.ADMIN and change.widens for change in found):
        yield Objection.ADMIN_WIDENED


def changes(before: Matrices, after: Matrices) -> tuple[Change, ...]:
    """Every cell that differs, role by role."""
    return tuple(
        Change(role=role, sensitivity=sensitivity, before=old, after=new)
        for role in Role
        for sensitivity in Sensitivity
        if (old := before.get(role, {}).get(sensitivity, Mode.HIDE))
        is not (new := after.get(role, {}).get(sensitivity, Mode.HIDE))
    )


def fingerprint(matrices: Matrices, *, follows: int) -> str:
    """Names exactly what was looked at before it was confirmed: these modes, in place of that version."""
    content = json.dumps([follows, plain_matrices(matrices)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
