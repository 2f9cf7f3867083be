"""What a matrix may say, how two differ, and how far a preview goes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.masking import Mode, is_wider
from cases.masking.matrices import (
    Objection,
    changes,
    fingerprint,
    matrix_of,
    objections,
    plain_matrices,
    preview_of,
    read_matrices,
)
from cases.masking.roles import DEFAULT_MATRIX, Role
from integrations.canonical import Sensitivity

MODES = st.sampled_from(list(Mode))
ROWS = st.fixed_dictionaries(dict.fromkeys(Sensitivity, MODES))
MATRICES = st.fixed_dictionaries(dict.fromkeys(Role, ROWS))


def chosen(**cells: str) -> dict[str, Any]:
    """The shipped matrix with some cells changed: ``chosen(agent__payment="partial")``."""
    plain = plain_matrices(DEFAULT_MATRIX)
    for name, mode in cells.items():
        role, _, sensitivity = name.partition("__")
        plain[role][sensitivity] = mode
    return plain


@pytest.mark.parametrize(("cells", "found"), [
    ({"agent__payment": "partial"}, set()),
    ({"agent__personal": "hide", "finance__personal": "show"}, set()),
    ({}, {Objection.NOTHING_CHANGES}),
    ({"agent__public": "hide"}, {Objection.PUBLIC_NOT_SHOWN, Objection.NOTHING_CHANGES}),
    ({"supervisor__secret": "partial"}, {Objection.SECRET_NOT_HIDDEN, Objection.NOTHING_CHANGES}),
    ({"agent__payment": "everything"}, {Objection.INCOMPLETE, Objection.NOTHING_CHANGES}),
    ({"agent__payment": ""}, {Objection.INCOMPLETE, Objection.NOTHING_CHANGES}),
    ({"admin__personal": "partial"}, {Objection.ADMIN_WIDENED}),
    ({"admin__public": "hide"}, {Objection.PUBLIC_NOT_SHOWN, Objection.NOTHING_CHANGES}),
])  # fmt: skip
def test_what_speaks_against_a_matrix(cells: dict[str, str], found: set[Objection]) -> None:
    assert set(objections(chosen(**cells), current=DEFAULT_MATRIX, admin_may_widen=False)) == found


def test_the_administrator_is_widened_only_by_saying_so() -> None:
    wider = chosen(admin__personal="partial")

    assert objections(wider, current=DEFAULT_MATRIX, admin_may_widen=True) == ()
    assert Objection.ADMIN_WIDENED not in objections(
        plain_matrices(DEFAULT_MATRIX), current=read_matrices(wider), admin_may_widen=False
    )


def test_a_missing_role_is_an_objection_and_reads_as_hidden() -> None:
    partial = {role: row for role, row in chosen().items() if role != "agent"}

    assert Objection.INCOMPLETE in objections(partial, current=DEFAULT_MATRIX, admin_may_widen=False)
    read = read_matrices(partial)[Role.AGENT]
    assert {s for s, mode in read.items() if mode is not Mode.HIDE} == {Sensitivity.PUBLIC}


def test_whatever_was_stored_secrets_stay_hidden_and_public_shown() -> None:
    stored = {role.value: dict.fromkeys([s.value for s in Sensitivity], "show") for role in Role}
    stored["agent"]["public"] = "hide"
    read = read_matrices(stored)

    assert {row[Sensitivity.SECRET] for row in read.values()} == {Mode.HIDE}
    assert {row[Sensitivity.PUBLIC] for row in read.values()} == {Mode.SHOW}


def test_a_change_reads_as_role_class_before_and_after() -> None:
    made = changes(DEFAULT_MATRIX, read_matrices(chosen(agent__payment="partial", finance__payment="hide")))

    assert [str(change) for change in made] == [
        "agent payment: hide -> partial",
        "finance payment: show -> hide",
    ]
    assert [change.widens for change in made] == [True, False]


@given(matrices=MATRICES)
def test_storing_and_reading_changes_nothing_but_what_is_fixed(matrices: Any) -> None:
    read = read_matrices(plain_matrices(matrices))

    assert {c.sensitivity for c in changes(matrices, read)} <= {Sensitivity.PUBLIC, Sensitivity.SECRET}
    assert read_matrices(plain_matrices(read)) == read


@given(matrices=MATRICES, own=st.sets(st.sampled_from(list(Role))), role=st.sampled_from(list(Role)))
def test_a_preview_shows_no_more_than_the_role_or_the_viewer_sees(
    matrices: Any, own: set[Role], role: Role
) -> None:
    viewer = matrix_of(own, matrices)
    preview = preview_of(role, matrices, viewer=viewer)

    for sensitivity in Sensitivity:
        assert not is_wider(preview[sensitivity], viewer[sensitivity])
        assert not is_wider(preview[sensitivity], matrices[role][sensitivity])
        assert preview[sensitivity] in (viewer[sensitivity], matrices[role][sensitivity])


@given(matrices=MATRICES, roles=st.sets(st.sampled_from(list(Role))))
def test_several_roles_see_what_one_of_them_sees_and_no_role_sees_nothing(
    matrices: Any, roles: set[Role]
) -> None:
    seen = matrix_of(roles, matrices)

    for sensitivity in Sensitivity:
        modes = {matrices[role][sensitivity] for role in roles} or {Mode.HIDE}
        assert seen[sensitivity] in modes
        assert not any(is_wider(mode, seen[sensitivity]) for mode in modes)


def test_a_fingerprint_names_the_modes_and_what_they_follow() -> None:
    wider = read_matrices(chosen(agent__payment="partial"))

    assert fingerprint(wider, follows=3) == fingerprint(read_matrices(plain_matrices(wider)), follows=3)
    assert fingerprint(wider, follows=3) != fingerprint(wider, follows=4)
    assert fingerprint(wider, follows=3) != fingerprint(DEFAULT_MATRIX, follows=3)
