"""The default matrix, line by line: what each role sees, and that no line of it is idle."""

from __future__ import annotations

import pytest

from cases.masking import Matrix, Mode, mask
from cases.masking.matrices import matrix_of
from cases.masking.roles import DEFAULT_MATRIX, GROUP_PREFIX, Role, roles_of
from integrations.canonical import Sensitivity
from tests.rules.seen import cells
from tests.rules.specimens import EMAIL, PROVIDER_REF, OneOfEach, full_record

LINES = [(role, sensitivity) for role in Role for sensitivity in Sensitivity]
WIDTH = (Mode.HIDE, Mode.PARTIAL, Mode.REVEAL, Mode.SHOW)

# Written down a second time: a change of the defaults has to be meant.
EXPECTED = {
    Role.AGENT: "show partial reveal show hide hide",
    Role.SENIOR_AGENT: "show show show show partial hide",
    Role.SUPERVISOR: "show show show show partial hide",
    Role.FINANCE: "show show reveal show show hide",
    Role.AUDITOR: "show show reveal show partial hide",
    Role.ADMIN: "show hide hide hide hide hide",
}
CLASSES = ("public", "internal", "personal", "financial", "payment", "secret")


def observed(matrix: Matrix) -> list[tuple[object, ...]]:
    return [(cell.path, cell.mode, cell.value, cell.revealable) for cell in cells(mask(OneOfEach(), matrix))]


@pytest.mark.parametrize("role", Role)
def test_the_defaults_of_each_role(role: Role) -> None:
    modes = EXPECTED[role].split()
    assert {sensitivity.value: mode.value for sensitivity, mode in DEFAULT_MATRIX[role].items()} == dict(
        zip(CLASSES, modes, strict=True)
    )


@pytest.mark.parametrize(("role", "sensitivity"), LINES)
def test_every_other_mode_in_a_line_would_change_what_is_visible(
    role: Role, sensitivity: Sensitivity
) -> None:
    before = observed(DEFAULT_MATRIX[role])
    for mode in WIDTH:
        if mode is not DEFAULT_MATRIX[role][sensitivity]:
            assert observed({**DEFAULT_MATRIX[role], sensitivity: mode}) != before


@pytest.mark.parametrize("sensitivity", [entry for entry in Sensitivity if entry is not Sensitivity.SECRET])
def test_every_class_stands_for_something_on_a_real_page(sensitivity: Sensitivity) -> None:
    record = full_record()
    shown = {
        cell.path for cell in cells(mask(record, dict.fromkeys(Sensitivity, Mode.SHOW))) if not cell.masked
    }
    without = {**dict.fromkeys(Sensitivity, Mode.SHOW), sensitivity: Mode.HIDE}
    assert {cell.path for cell in cells(mask(record, without)) if not cell.masked} < shown


@pytest.mark.parametrize("role", Role)
def test_nobody_sees_secrets_by_default(role: Role) -> None:
    assert DEFAULT_MATRIX[role][Sensitivity.SECRET] is Mode.HIDE


def test_an_agent_and_finance_together_see_the_payment_and_the_figures() -> None:
    masked = mask(full_record(), matrix_of([Role.AGENT, Role.FINANCE]))
    assert PROVIDER_REF in {cell.value for cell in cells(masked)}
    assert EMAIL not in {cell.value for cell in cells(masked)}
    assert masked.customer.email.revealable


def test_an_admin_runs_the_integration_and_sees_no_customer() -> None:
    masked = mask(full_record(), matrix_of([Role.ADMIN]))
    assert {cell.sensitivity for cell in cells(masked) if not cell.masked} == {Sensitivity.PUBLIC}


def test_without_a_role_every_cell_is_hidden() -> None:
    assert {cell.value for cell in cells(mask(full_record(), matrix_of([])))} == {None}


def test_the_defaults_cannot_be_changed_in_passing() -> None:
    with pytest.raises(TypeError):
        DEFAULT_MATRIX[Role.AGENT][Sensitivity.SECRET] = Mode.SHOW  # type: ignore[index]


def test_roles_come_from_groups_with_their_prefix_only() -> None:
    assert roles_of([f"{GROUP_PREFIX}agent", "finance", "team: north", f"{GROUP_PREFIX}emperor"]) == {
        Role.AGENT
    }
