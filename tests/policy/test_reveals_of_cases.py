"""What a customer wrote in a case, for a reason: the same right, quota, notice and trail as for an order's fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from cases import casework
from cases.audit import Action
from cases.casework import EntryFrom, EntryKind
from cases.disclosure.reveals import (
    NOTICE_ABOVE,
    QUOTA,
    NotRevealable,
    QuotaUsed,
    Revealed,
    Wish,
    look_again,
    reveal_field,
)
from cases.disclosure.review import mark_reviewed, reveals_for_review
from cases.masking import BULLETS
from cases.masking.roles import Role
from cases.models import AuditEntry, Reveal, RevealNotice, User
from cases.models.casework import CaseEntry
from cases.orders.workspace import NotVisible
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from tests.casework.conftest import AT, case_id, make_viewer

__all__ = ["case_id", "make_viewer"]

SAID = "Ana Bergström here, call me on +49 151 6149760"


@pytest.fixture
def entry_id(case_id: int, amy_viewer: Viewer) -> int:
    return casework.write_entry(
        viewer=amy_viewer,
        case_id=case_id,
        body=SAID,
        kind=EntryKind.MESSAGE,
        sender=EntryFrom.CUSTOMER,
        at=AT,
    )


def ask(viewer: Viewer, case_id: int | None, place: str, *, at: Any = AT, **options: Any) -> Revealed:
    wish = Wish(
        **{
            "case_id": case_id,
            "place": place,
            "reason": "contact_customer",
            "reason_text": "Has to be called back today",
            **options,
        }
    )
    return async_to_sync(reveal_field)(viewer=viewer, wish=wish, correlation_id="r", at=at)


def again(viewer: Viewer, shown: Revealed, at: Any) -> Revealed:
    return async_to_sync(look_again)(viewer=viewer, reveal_id=shown.reveal_id, correlation_id="r", at=at)


def test_texts_and_the_customer_of_a_case_are_shown_whole_for_a_reason(
    amy_viewer: Viewer, case_id: int, entry_id: int
) -> None:
    masked = casework.read_case(amy_viewer, case_id).record
    body = next(entry.body for entry in masked.entries if entry.id.value == entry_id)
    assert body.revealable
    assert "Bergström" not in str(body)
    assert "6149760" not in str(body)

    assert ask(amy_viewer, case_id, body.place).cell.value == SAID
    assert ask(amy_viewer, case_id, masked.case.customer.place).cell.value == "Ana Bergström"
    assert ask(amy_viewer, case_id, masked.case.subject.place).cell.value == "Where is my order?"


def test_after_five_minutes_it_is_masked_as_before(amy_viewer: Viewer, case_id: int, entry_id: int) -> None:
    shown = ask(amy_viewer, case_id, f"entries[{entry_id}].body")
    assert shown.until == AT + timedelta(minutes=5)
    assert again(amy_viewer, shown, AT + timedelta(minutes=4)).cell.value == SAID
    late = again(amy_viewer, shown, AT + timedelta(minutes=5)).cell
    assert late.masked
    assert "Bergström" not in str(late)
    assert BULLETS in str(late)


def test_a_card_number_is_not_even_shown_for_a_reason(amy_viewer: Viewer, case_id: int) -> None:
    entry = CaseEntry.objects.create(
        case_id=case_id, kind="message", sender="customer", at=AT, body="Mine is 4111 1111 1111 1111, hurry"
    )
    assert "4111" not in str(ask(amy_viewer, case_id, f"entries[{entry.pk}].body").cell.value)


@pytest.mark.parametrize("place", [
    "customer.email", "entries[999999].body", "entries.body", "entries[#0].body", "case.nothing", "case",
    "case.reference", "entries[1].event", "checklist[1].done_by",
])  # fmt: skip
def test_nothing_else_of_it_is_opened(amy_viewer: Viewer, case_id: int, place: str) -> None:
    with pytest.raises((NotRevealable, NotVisible)):
        ask(amy_viewer, case_id, place)
    assert not Reveal.objects.exists()


def test_an_order_has_no_field_of_a_case(amy_viewer: Viewer) -> None:
    with pytest.raises(NotVisible):
        ask(amy_viewer, None, "case.subject", connection="main", ref="S00042")


@pytest.mark.parametrize("scope", [{"company_id": 2}, {"connection": "north"}, {"brand": "Lumen"}])
def test_a_case_out_of_scope_is_not_there(
    case_id: int, entry_id: int, make_viewer: Callable[..., Viewer], scope: dict[str, Any]
) -> None:
    other = make_viewer("bo", Role.AGENT, **scope)
    for number in (case_id, 999_999):
        with pytest.raises(NotVisible):
            ask(other, number, f"entries[{entry_id}].body")
    assert not Reveal.objects.exists()


def test_an_entry_of_another_case_is_not_opened_through_ones_own(
    amy_viewer: Viewer, case_id: int, make_viewer: Callable[..., Viewer]
) -> None:
    theirs = make_viewer("bo", Role.AGENT, company_id=2)
    elsewhere = casework.open_case(
        viewer=theirs, scope=casework.CaseScope(connection="main", company_id=2), subject="Other"
    )
    entry = casework.note(viewer=theirs, case_id=elsewhere, body="Not for company 1")
    with pytest.raises(NotVisible):
        ask(amy_viewer, case_id, f"entries[{entry}].body")


def test_who_took_it_from_a_case_has_less_left_for_orders(
    amy_viewer: Viewer, case_id: int, entry_id: int
) -> None:
    for number in range(QUOTA):
        ask(amy_viewer, case_id, f"entries[{entry_id}].body", at=AT + timedelta(seconds=number))
    with pytest.raises(QuotaUsed):
        ask(amy_viewer, case_id, "case.subject", at=AT + timedelta(minutes=1))
    notice = RevealNotice.objects.get()
    assert notice.reveals == QUOTA > NOTICE_ABOVE


def test_it_stands_in_the_trail_of_the_case_without_the_value(
    amy_viewer: Viewer, sam: User, case_id: int, entry_id: int
) -> None:
    shown = ask(amy_viewer, case_id, f"entries[{entry_id}].body")
    entry = AuditEntry.objects.get(action=Action.REVEALED.value)
    assert (entry.object_kind, entry.object_ref, entry.reason) == ("case", str(case_id), "contact_customer")
    assert entry.details["field"] == f"entries[{entry_id}].body"
    assert "Bergström" not in str(entry.details)
    lines = casework.read_trail(amy_viewer, case_id)
    assert "saw a masked value for a reason" in {line.what for line in lines}
    assert {line.what for line in lines} >= {"wrote into the case", "opened the case about S00042"}

    reviewer = viewer_for(sam)
    (row,) = reveals_for_review(reviewer, all_of_them=False, before=None)
    assert (row.case_id.value, row.ref.value) == (case_id, f"C-{case_id:06d}")
    mark_reviewed(viewer=reviewer, reveal_id=shown.reveal_id, at=AT)
    reviewed = AuditEntry.objects.get(action=Action.REVEAL_REVIEWED.value)
    assert (reviewed.object_kind, reviewed.object_ref) == ("case", str(case_id))


def test_a_refusal_names_neither_the_case_nor_what_was_typed(amy_viewer: Viewer, case_id: int) -> None:
    with pytest.raises(NotRevealable):
        ask(amy_viewer, case_id, "case.reference")
    entry = AuditEntry.objects.get(action=Action.REVEALED.value)
    assert (entry.decision, entry.object_kind) == ("denied", "case")
    assert str(case_id) != entry.object_ref
