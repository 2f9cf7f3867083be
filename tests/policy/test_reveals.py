"""A value for a reason: who gets it, how often, how long, and what is left of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection, transaction

from cases.disclosure import revealable
from cases.disclosure.reveals import (
    NOTICE_ABOVE,
    QUOTA,
    NotRevealable,
    QuotaUsed,
    Revealed,
    UnclearReason,
    Wish,
    look_again,
    reveal_field,
)
from cases.disclosure.review import (
    NoSuchReveal,
    NotPermitted,
    mark_notice_seen,
    mark_reviewed,
    open_notices,
    reveals_for_review,
)
from cases.masking.roles import Role
from cases.menu_counts import count_for_menu
from cases.models import AuditEntry, Reveal, RevealNotice, User
from cases.orders.workspace import NotVisible
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from integrations.canonical import OrderRecord
from tests.conftest import PersonMaker
from tests.rules.recorded import recorded_order

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ORDER = "SO-40797"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> OrderRecord:
    """A recorded order, as read for whoever may see company 1 of "main"; reading itself is tested elsewhere."""
    record = recorded_order(18, ORDER)
    record = replace(record, order=replace(record.order, company=replace(record.order.company, id=1)))

    async def read_visible(viewer: Viewer, slug: str, ref: str, company: int | None, *_: Any) -> Any:
        if not viewer.may_see(slug, 1) or ref != ORDER or company not in (None, 1):
            raise NotVisible
        return record, None

    monkeypatch.setattr(revealable, "read_visible", read_visible)
    return record


def ask(viewer: Viewer, place: str = "customer.email", *, at: datetime = AT, **options: Any) -> Revealed:
    options = {
        "connection": "main", "ref": ORDER, "company": None, "place": place,
        "reason": "contact_customer", "reason_text": "Parcel came back, has to be told", **options,
    }  # fmt: skip
    return async_to_sync(reveal_field)(viewer=viewer, wish=Wish(**options), correlation_id="r", at=at)


def again(viewer: Viewer, shown: Revealed, *, at: datetime) -> Revealed:
    return async_to_sync(look_again)(viewer=viewer, reveal_id=shown.reveal_id, correlation_id="r", at=at)


def test_a_masked_value_is_shown_whole_for_a_reason(amy_viewer: Viewer, order: OrderRecord) -> None:
    shown = ask(amy_viewer)

    assert order.customer is not None
    assert shown.cell.value == order.customer.email
    assert shown.until == AT + 5 * MINUTE


def test_every_masked_value_of_the_order_can_be_asked_for_where_it_stands(
    amy_viewer: Viewer, order: OrderRecord
) -> None:
    message = next(message for message in order.messages if message.body)
    assert ask(amy_viewer, f"messages[{message.id}].body").cell.value
    assert ask(amy_viewer, f"timeline[message-{message.id}].author").cell.value == message.author
    assert ask(amy_viewer, "customer.delivery_address.street").cell.value


@pytest.mark.parametrize("place", [
    "order.lines[1].unit_cost",  # internal: the agent sees a part, and no reason opens it
    "payments[1].ref", "customer.total_invoiced", "order.ref",  # hidden, shown, public
    "customer.nothing", "customer", "customer.email.x", "", "customer..email", "__class__", "customer.__dict__",
    "customer.email[0]", "x" * 300,
])  # fmt: skip
def test_what_is_not_open_to_a_reason_is_refused_and_that_is_told(
    amy_viewer: Viewer, order: OrderRecord, place: str
) -> None:
    with pytest.raises((NotRevealable, NotVisible)):
        ask(amy_viewer, place)

    assert not Reveal.objects.exists()


def test_a_refusal_stands_in_the_trail_without_what_was_typed(amy_viewer: Viewer, order: OrderRecord) -> None:
    with pytest.raises(NotRevealable):
        ask(amy_viewer, "customer.nothing")

    entry = AuditEntry.objects.get(action="revealed")
    assert (entry.decision, entry.reason, entry.details["field"]) == ("denied", "not_revealable", "")
    assert ORDER not in entry.object_ref


@pytest.mark.parametrize("options", [
    {"reason": ""}, {"reason": "curiosity"}, {"reason_text": "why not"}, {"reason_text": " " * 40},
    {"reason_text": "x" * 501},
])  # fmt: skip
def test_without_a_reason_nothing_is_shown(
    amy_viewer: Viewer, order: OrderRecord, options: dict[str, Any]
) -> None:
    with pytest.raises(UnclearReason):
        ask(amy_viewer, **options)


@pytest.mark.parametrize("options", [{"connection": "north"}, {"company": 2}, {"ref": "S99999"}])
def test_outside_the_scope_there_is_nothing(
    amy_viewer: Viewer, order: OrderRecord, options: dict[str, Any]
) -> None:
    with pytest.raises(NotVisible):
        ask(amy_viewer, **options)

    assert not Reveal.objects.exists()


def test_a_message_that_is_not_there_is_not_visible(amy_viewer: Viewer, order: OrderRecord) -> None:
    with pytest.raises(NotVisible):
        ask(amy_viewer, "messages[999999].body")


def test_the_value_goes_when_its_time_is_over(amy_viewer: Viewer, order: OrderRecord) -> None:
    shown = ask(amy_viewer)

    assert again(amy_viewer, shown, at=AT + 4 * MINUTE).cell.value == shown.cell.value
    later = again(amy_viewer, shown, at=AT + 5 * MINUTE)
    assert later.cell.masked
    assert later.cell.value != shown.cell.value
    assert later.cell.revealable


def test_nobody_looks_through_anothers_door(
    amy_viewer: Viewer, order: OrderRecord, make_person: PersonMaker
) -> None:
    shown = ask(amy_viewer)

    with pytest.raises(NotVisible):
        again(viewer_for(make_person("bob", Role.AGENT, main=[1])), shown, at=AT)


def test_who_loses_the_right_loses_the_value(amy: User, amy_viewer: Viewer, order: OrderRecord) -> None:
    shown = ask(amy_viewer)
    amy.groups.remove(amy.groups.get(name=Role.AGENT.group_name))

    with pytest.raises(NotVisible):
        again(viewer_for(amy), shown, at=AT + MINUTE)


def test_what_is_kept_names_field_and_reason_but_no_value(amy_viewer: Viewer, order: OrderRecord) -> None:
    shown = ask(amy_viewer)

    kept, entry = Reveal.objects.get(), AuditEntry.objects.get(action="revealed")
    assert (kept.field, kept.reason, kept.sensitivity) == ("customer.email", "contact_customer", "personal")
    assert (entry.reason, entry.object_ref) == ("contact_customer", order.order.ref)
    assert entry.details["field"] == "customer.email"
    everything = f"{vars(kept)} {entry.details} {entry.object_ref} {entry.reason}"
    assert shown.cell.value not in everything
    assert "Parcel came back" not in f"{entry.details}{entry.reason}"


def test_the_hash_tells_one_value_from_another(amy_viewer: Viewer, order: OrderRecord) -> None:
    for place in ("customer.email", "customer.email", "customer.delivery_address.street"):
        ask(amy_viewer, place)

    one, two, three = Reveal.objects.order_by("pk").values_list("value_hash", flat=True)
    assert one == two != three


def test_card_numbers_are_cut_out_of_a_revealed_text(
    amy_viewer: Viewer, order: OrderRecord, monkeypatch: Any
) -> None:
    said = replace(order.messages[0], id=77, body="paid with 4111 1111 1111 1111 yesterday")

    async def read_visible(*_: Any) -> Any:
        return replace(order, messages=(said,)), None

    monkeypatch.setattr(revealable, "read_visible", read_visible)

    assert ask(amy_viewer, "messages[77].body").cell.value == "paid with [removed] yesterday"


def test_the_quota_is_twenty_an_hour_and_says_when_to_come_back(
    amy_viewer: Viewer, order: OrderRecord
) -> None:
    for number in range(QUOTA):
        ask(amy_viewer, at=AT + number * MINUTE)

    with pytest.raises(QuotaUsed) as refused:
        ask(amy_viewer, at=AT + 30 * MINUTE)
    assert refused.value.retry_after_s == 30 * 60
    assert AuditEntry.objects.get(decision="denied").reason == "quota"

    assert ask(amy_viewer, at=AT + 60 * MINUTE).cell.value


def test_ones_quota_is_not_anothers(amy_viewer: Viewer, order: OrderRecord, make_person: PersonMaker) -> None:
    for _ in range(QUOTA):
        ask(amy_viewer)

    assert ask(viewer_for(make_person("bob", Role.AGENT, main=[1]))).cell.value


def test_above_five_an_hour_the_supervisor_is_told_once(
    amy_viewer: Viewer, sam_viewer: Viewer, order: OrderRecord
) -> None:
    for _ in range(NOTICE_ABOVE):
        ask(amy_viewer)
    assert count_for_menu(sam_viewer).notices == 0

    for _ in range(3):
        ask(amy_viewer)

    (notice,) = open_notices(sam_viewer)
    assert (notice.person, notice.reveals) == ("amy", 8)
    mark_notice_seen(viewer=sam_viewer, notice_id=notice.id, at=AT)
    assert count_for_menu(sam_viewer).notices == 0
    ask(amy_viewer)
    assert count_for_menu(sam_viewer).notices == 1


def test_supervisors_elsewhere_are_not_told(
    amy_viewer: Viewer, order: OrderRecord, make_person: PersonMaker
) -> None:
    for _ in range(NOTICE_ABOVE + 1):
        ask(amy_viewer)
    far = viewer_for(make_person("far", Role.SUPERVISOR, main=[2], north=[1]))

    assert RevealNotice.objects.count() == 1
    assert open_notices(far) == ()
    with pytest.raises(NoSuchReveal):
        mark_notice_seen(viewer=far, notice_id=RevealNotice.objects.get().pk, at=AT)


def test_supervisors_and_auditors_of_the_scope_review(
    amy_viewer: Viewer, sam_viewer: Viewer, order: OrderRecord, make_person: PersonMaker
) -> None:
    shown = ask(amy_viewer)
    auditor = viewer_for(make_person("aud", Role.AUDITOR, main=[1]))

    (row,) = reveals_for_review(auditor, all_of_them=False, before=None)
    assert row.reason_text.masked  # an auditor sees what is personal for a reason only
    (row,) = reveals_for_review(sam_viewer, all_of_them=False, before=None)
    assert row.reason_text.value == "Parcel came back, has to be told"

    mark_reviewed(viewer=sam_viewer, reveal_id=shown.reveal_id, at=AT)

    assert reveals_for_review(auditor, all_of_them=False, before=None) == ()
    (row,) = reveals_for_review(auditor, all_of_them=True, before=None)
    assert row.reviewed_by.value == "sam"
    assert AuditEntry.objects.get(action="reveal_reviewed").on_behalf_of == amy_viewer.actor


def test_nobody_reviews_their_own_and_agents_review_nothing(
    amy_viewer: Viewer, order: OrderRecord, make_person: PersonMaker
) -> None:
    both = viewer_for(make_person("own", Role.AUDITOR, main=[1]))
    shown = ask(both)

    with pytest.raises(NotPermitted):
        mark_reviewed(viewer=both, reveal_id=shown.reveal_id, at=AT)
    with pytest.raises(NotPermitted):
        mark_reviewed(viewer=amy_viewer, reveal_id=shown.reveal_id, at=AT)
    with pytest.raises(NotPermitted):
        reveals_for_review(amy_viewer, all_of_them=True, before=None)


@pytest.mark.parametrize("change", [
    lambda row: Reveal.objects.filter(pk=row.pk).update(reason="other"),
    lambda row: Reveal.objects.filter(pk=row.pk).delete(),
    lambda row: Reveal.objects.filter(pk=row.pk).update(until=row.until + timedelta(hours=1)),
    lambda row: Reveal.objects.filter(pk=row.pk).update(reviewed_by_id=row.person_id, reviewed_at=row.at),
])  # fmt: skip
def test_a_reveal_stays_as_it_was_made(
    amy_viewer: Viewer, order: OrderRecord, change: Callable[[Reveal], object]
) -> None:
    ask(amy_viewer)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(Reveal.objects.get())


def test_a_review_is_not_taken_back(amy_viewer: Viewer, sam_viewer: Viewer, order: OrderRecord) -> None:
    shown = ask(amy_viewer)
    mark_reviewed(viewer=sam_viewer, reveal_id=shown.reveal_id, at=AT)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_reveal SET reviewed_by_id = NULL, reviewed_at = NULL")
