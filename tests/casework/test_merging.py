"""A merged case goes on in another one: what was said and the orders move, and the old number leads there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases import casework
from cases.casework import IllegalChange
from cases.casework.linking import link_identified
from cases.models.casework import Case, CaseEntry
from cases.people.viewer import Viewer
from tests.casework.conftest import AT, CaseMaker, identity, ticket


@pytest.fixture
def other_id(amy_viewer: Viewer) -> int:
    asked = ticket("77", "And my lamp is broken.", AT - timedelta(hours=3))
    number = casework.open_case(
        viewer=amy_viewer, order=identity("S00050"), ticket=asked, subject="Broken lamp", at=AT
    )
    link_identified(viewer=amy_viewer, case_id=number, order=identity("S00042"))
    return number


def test_entries_and_orders_move_and_the_old_number_answers_with_the_new_case(
    amy_viewer: Viewer, case_id: int, other_id: int
) -> None:
    casework.merge(viewer=amy_viewer, case_id=other_id, into_id=case_id, at=AT)

    old, new = Case.objects.get(pk=other_id), Case.objects.get(pk=case_id)
    assert (old.state, old.merged_into, old.closed_at) == ("merged", new, AT)
    assert sorted(order.ref for order in new.orders.all()) == ["S00042", "S00050"]
    assert new.waiting_since == AT - timedelta(hours=3)
    opened = casework.read_case(amy_viewer, other_id)
    assert opened.id == case_id
    bodies = [entry.body.value for entry in opened.record.entries if entry.body.value]
    assert bodies == ["And my lamp is broken.", "Where is my parcel?"]
    assert CaseEntry.objects.filter(case=new, moved_from=old).exists()
    assert [entry.code for entry in CaseEntry.objects.filter(case=old)] == ["merged_into"]


def test_a_chain_of_merges_ends_at_the_last_case(
    amy_viewer: Viewer, case_id: int, other_id: int, make_case: CaseMaker
) -> None:
    last = make_case()
    casework.merge(viewer=amy_viewer, case_id=other_id, into_id=case_id)
    casework.merge(viewer=amy_viewer, case_id=case_id, into_id=last.pk)

    assert casework.read_case(amy_viewer, other_id).id == last.pk
    assert not CaseEntry.objects.filter(case_id=case_id).exclude(code="merged_into").exists()


def test_a_merged_case_is_changed_no_more(amy_viewer: Viewer, case_id: int, other_id: int) -> None:
    casework.merge(viewer=amy_viewer, case_id=other_id, into_id=case_id)

    with pytest.raises(IllegalChange, match="merged"):
        casework.note(viewer=amy_viewer, case_id=other_id, body="Too late")
    with pytest.raises(IllegalChange, match="merged"):
        casework.merge(viewer=amy_viewer, case_id=case_id, into_id=other_id)


def test_merging_never_widens_who_may_read(sam_viewer: Viewer, case_id: int, make_case: CaseMaker) -> None:
    for elsewhere in ({"company_id": 2}, {"brand": "Lumen"}, {"region": "EU"}):
        other = make_case(**elsewhere)
        with pytest.raises(IllegalChange, match="other_scope"):
            casework.merge(viewer=sam_viewer, case_id=case_id, into_id=other.pk)


def test_nothing_merges_into_itself_or_into_a_closed_case(
    amy_viewer: Viewer, case_id: int, make_case: CaseMaker
) -> None:
    with pytest.raises(IllegalChange, match="into_itself"):
        casework.merge(viewer=amy_viewer, case_id=case_id, into_id=case_id)
    with pytest.raises(IllegalChange, match="target_closed"):
        casework.merge(viewer=amy_viewer, case_id=case_id, into_id=make_case(state="closed").pk)


def test_the_case_of_an_order_is_the_one_being_worked_on(
    amy_viewer: Viewer, sam_viewer: Viewer, case_id: int, other_id: int
) -> None:
    assert casework.case_for_order(amy_viewer, "main", 1, "S00050") == Case(pk=other_id)
    casework.close(viewer=amy_viewer, case_id=other_id)
    assert casework.case_for_order(amy_viewer, "main", 1, "S00050") is None
    assert casework.case_for_order(amy_viewer, "main", 2, "S00042") is None
    assert casework.case_for_order(amy_viewer, "north", 1, "S00042") is None
    about = casework.cases_about(sam_viewer, "main", 1, "S00042", customer_id=87)
    assert {case.id.value for case in about} == {case_id, other_id}
