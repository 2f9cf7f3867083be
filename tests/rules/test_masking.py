"""Nothing leaves but what the matrix lets through, in the form it lets it through."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.masking import BULLETS, Mode, mask, widest
from cases.orders.timeline import TimelineEvent
from integrations import canonical
from integrations.canonical import (
    BridgeStatus,
    CreditNoteForecast,
    CreditNoteRequest,
    EffectResult,
    ExpectedReplacementFacts,
    ExpectedReturnFacts,
    FinancePerson,
    OrderMatch,
    OrderRecord,
    RefundFacts,
    ReplacementFacts,
    ReplacementRequest,
    ReturnFacts,
    ReturnRequest,
    Sensitivity,
)
from tests.rules.seen import ALL, NOTHING, cells, only, shown
from tests.rules.specimens import (
    COST,
    EMAIL,
    NOTE_BODY,
    PROVIDER_REF,
    STREET,
    Below,
    OneOfEach,
    WithForgottenLeaves,
    full_record,
)

# --- Every leaf says how sensitive it is -------------------------------------------------------------------------


def records_below(hint: Any) -> Iterator[type[Any]]:
    if get_origin(hint) is Annotated:
        return
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from records_below(part)


def reachable(record: type[Any], seen: set[type[Any]]) -> set[type[Any]]:
    if record not in seen:
        seen.add(record)
        for hint in get_type_hints(record, include_extras=True).values():
            for below in records_below(hint):
                reachable(below, seen)
    return seen


SHOWN = (
    OrderRecord, OrderMatch, TimelineEvent, RefundFacts, CreditNoteRequest, CreditNoteForecast, EffectResult,
    BridgeStatus, ReturnFacts, ReturnRequest, ReplacementFacts, ReplacementRequest, FinancePerson,
    ExpectedReturnFacts, ExpectedReplacementFacts,
)  # fmt: skip
RECORDS = sorted(
    set().union(*(reachable(record, set()) for record in SHOWN)),
    key=lambda record: record.__name__,
)


def unmarked_leaves(record: type[Any]) -> list[str]:
    missing = []
    for name, hint in get_type_hints(record, include_extras=True).items():
        if get_origin(hint) is Annotated:
            if not any(isinstance(mark, Sensitivity) for mark in get_args(hint)[1:]):
                missing.append(name)
        elif not all(
            part in (NoneType, Ellipsis) or list(records_below(part)) for part in (get_args(hint) or (hint,))
        ):
            missing.append(name)
    return missing


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_leaf_of_a_record_states_its_sensitivity(record: type[Any]) -> None:
    assert unmarked_leaves(record) == []


def test_the_walk_over_the_records_finds_the_forgotten_leaf_and_reaches_all_records() -> None:
    assert unmarked_leaves(WithForgottenLeaves) == [
        "text", "nothing", "number", "at", "words", "no_words", "table", "either", "annotated",
    ]  # fmt: skip
    assert unmarked_leaves(Below) == ["unmarked"]
    known = {
        value
        for value in vars(canonical).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    }
    # Values and answers that hold records, and questions: what people typed, which is shown to nobody else.
    not_shown = {
        canonical.Money,
        canonical.OrderReading,
        canonical.FoundOrders,
        canonical.OrderQuery,
        canonical.OriginCondition,
        canonical.PhoneNumber,
    }
    assert known - set(RECORDS) == not_shown


# --- Unknown is hidden -------------------------------------------------------------------------------------------


def test_a_leaf_without_a_sensitivity_is_hidden_from_everybody() -> None:
    masked = mask(WithForgottenLeaves(), ALL)
    assert "forgotten" not in shown(masked)
    assert "7391" not in shown(masked)
    assert "739.10" not in shown(masked)
    assert "2026" not in shown(masked)
    assert masked.marked.value == "marked"
    assert masked.below.marked.value == "marked"
    assert masked.masked_paths == (
        "annotated", "at", "below.unmarked", "either", "many.unmarked", "money.amount", "money.currency", "no_words",
        "nothing", "number", "table", "text", "words",
    )  # fmt: skip


def test_an_empty_leaf_without_a_sensitivity_does_not_even_tell_that_it_is_empty() -> None:
    masked = mask(WithForgottenLeaves(), ALL)
    empty, full = masked.nothing, masked.text
    assert empty._replace(path="", place="") == full._replace(path="", place="")
    assert masked.no_words._replace(path="", place="") == masked.words._replace(path="", place="")


def test_a_masked_record_cannot_be_changed() -> None:
    masked = mask(OneOfEach(), ALL)
    with pytest.raises(AttributeError):
        masked.personal = "somebody else"
    with pytest.raises(AttributeError):
        masked.personal.value = "somebody else"


def test_two_matrices_one_after_the_other_do_not_mix() -> None:
    narrow, wide = only(Sensitivity.PUBLIC, Mode.SHOW), ALL
    first = [mask(OneOfEach(), matrix) for matrix in (wide, narrow, wide, narrow)]
    assert first[0] == first[2]
    assert first[1] == first[3]
    assert first[1].personal.value is None
    assert first[0].personal.value is not None


def test_a_class_that_the_matrix_does_not_name_is_hidden() -> None:
    masked = mask(OneOfEach(), {})
    assert {cell.value for cell in cells(masked)} == {None}
    assert not any(cell.revealable for cell in cells(masked))


# --- Modes -------------------------------------------------------------------------------------------------------


def test_show_gives_the_value_itself() -> None:
    cell = mask(OneOfEach(), only(Sensitivity.PERSONAL, Mode.SHOW)).personal
    assert (cell.value, cell.masked, cell.revealable) == ("Hugo Markerson", False, False)


def test_partial_gives_the_partial_form_and_nothing_where_there_is_none() -> None:
    masked = mask(OneOfEach(), only(Sensitivity.PERSONAL, Mode.PARTIAL))
    assert (masked.personal.value, masked.personal.masked) == (f"Hugo M{BULLETS}", True)
    assert (masked.street.value, masked.street.mode) == (None, Mode.HIDE)
    assert not masked.personal.revealable


def test_reveal_shows_as_partial_and_offers_the_rest() -> None:
    masked = mask(OneOfEach(), only(Sensitivity.PERSONAL, Mode.REVEAL))
    assert (masked.personal.value, masked.personal.revealable) == (f"Hugo M{BULLETS}", True)
    assert (masked.street.value, masked.street.revealable) == (None, True)


def test_hide_gives_nothing_and_offers_nothing() -> None:
    masked = mask(OneOfEach(), NOTHING)
    assert [cell for cell in cells(masked) if cell.value is not None or cell.revealable or cell.empty] == []


def test_a_hidden_value_does_not_tell_whether_there_is_one() -> None:
    hugo = mask(OneOfEach(), NOTHING).personal
    nobody = mask(OneOfEach(personal=""), NOTHING).personal
    assert hugo == nobody


def test_an_empty_value_that_may_be_seen_is_told_from_a_hidden_one() -> None:
    cell = mask(OneOfEach(personal=""), ALL).personal
    assert (cell.empty, cell.masked, bool(cell), str(cell)) == (True, False, False, "")
    assert str(mask(OneOfEach(), NOTHING).personal) == BULLETS


def test_the_masked_paths_are_exactly_those_of_the_masked_cells() -> None:
    masked = mask(full_record(), only(Sensitivity.PUBLIC, Mode.SHOW))
    assert set(masked.masked_paths) == {cell.path for cell in cells(masked) if cell.masked}
    assert "customer.email" in masked.masked_paths
    assert "order.lines.stock.on_hand" in masked.masked_paths
    assert "order.ref" not in masked.masked_paths


def test_a_masked_record_reads_by_name_and_by_key_and_knows_no_other() -> None:
    masked = mask(OneOfEach(), ALL)
    assert masked["public"] is masked.public
    assert len(masked) == len(dataclasses.fields(OneOfEach))
    with pytest.raises(AttributeError):
        masked.no_such_field  # noqa: B018


# --- Several roles -----------------------------------------------------------------------------------------------


def test_several_roles_see_the_widest_of_each_class() -> None:
    first = {Sensitivity.PERSONAL: Mode.REVEAL, Sensitivity.PAYMENT: Mode.SHOW}
    second = {Sensitivity.PERSONAL: Mode.PARTIAL, Sensitivity.INTERNAL: Mode.SHOW}
    joined = widest([first, second])
    assert joined[Sensitivity.PERSONAL] is Mode.REVEAL
    assert joined[Sensitivity.PAYMENT] is Mode.SHOW
    assert joined[Sensitivity.INTERNAL] is Mode.SHOW
    assert joined[Sensitivity.SECRET] is Mode.HIDE


def test_nobody_without_a_role_sees_anything() -> None:
    assert set(widest([]).values()) == {Mode.HIDE}


# --- The invariant -----------------------------------------------------------------------------------------------

matrices: st.SearchStrategy[Mapping[Sensitivity, Mode]] = st.dictionaries(
    st.sampled_from(list(Sensitivity)), st.sampled_from(list(Mode))
)
RECORD = full_record()


@given(matrices)
def test_whatever_the_matrix_only_what_it_allows_is_visible(matrix: Mapping[Sensitivity, Mode]) -> None:
    whole = {cell.path + str(number): cell for number, cell in enumerate(cells(mask(RECORD, ALL)))}
    seen = {cell.path + str(number): cell for number, cell in enumerate(cells(mask(RECORD, matrix)))}
    assert whole.keys() == seen.keys()
    for key, cell in seen.items():
        assert cell.sensitivity is not None
        mode = matrix.get(cell.sensitivity, Mode.HIDE)
        if mode is Mode.SHOW:
            assert cell == whole[key]
        else:
            assert cell.masked
            assert cell.value is None or (mode is not Mode.HIDE and cell.mode is Mode.PARTIAL)
            assert cell.revealable in (False, mode is Mode.REVEAL)


MARKERS = {
    Sensitivity.PERSONAL: (EMAIL, STREET, NOTE_BODY, "Markerson Holdings", "Markervance", "markerword"),
    Sensitivity.PAYMENT: (PROVIDER_REF, "stripe", "MARKER9"),
    Sensitivity.INTERNAL: (COST, "7391"),
    Sensitivity.FINANCIAL: ("2311.03", "6904.04"),
}


@pytest.mark.parametrize("hidden", MARKERS)
@pytest.mark.parametrize("mode", [Mode.HIDE, Mode.PARTIAL, Mode.REVEAL])
def test_no_text_made_of_a_masked_record_holds_a_hidden_value(hidden: Sensitivity, mode: Mode) -> None:
    text = shown(mask(RECORD, {**ALL, hidden: mode}))
    assert [marker for marker in MARKERS[hidden] if marker in text] == []
    others = [marker for other, markers in MARKERS.items() if other is not hidden for marker in markers]
    assert [marker for marker in others if marker not in text] == []
