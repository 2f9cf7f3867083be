"""A ticket makes or finds its case, with the order it names and no other, and nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connection as database
from django.utils import timezone

from cases import casework
from cases.casework import merge
from cases.models import AuditEntry, CaseKey, ClosesCase, TicketLine, TicketLink, TicketRules, User
from cases.models.casework import Case, CaseEntry, CaseOrder
from cases.people.access import viewer_for
from cases.tickets import FoundIn, NoSuchTicketing, Outcome, TicketFailure, choose_order
from cases.tickets.records import OrderNamed
from integrations.models import TicketingConnection
from integrations.ticketing.connections import forget_kept
from tests.ticketing.stand_in import CUSTOMER, Entry, StandIn
from tests.tickets.conftest import Look, Orders

pytestmark = pytest.mark.django_db(transaction=True)


def serve_company_1(connected: TicketingConnection, **more: object) -> None:
    given = {"shop_connection": "main", "shop_company_id": 1, "changed_at": timezone.now(), **more}
    TicketRules.objects.update_or_create(ticketing=connected, defaults=given)


def test_a_ticket_that_names_one_known_order_gets_a_case_about_it_once(
    rt: StandIn, orders: Orders, look: Look, amy: User, eve: User
) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042", messages=3)

    found = look("42", viewer_for(amy))

    assert found.outcome is Outcome.OPENED
    assert [order.ref for order in found.orders] == ["S00042"]
    assert (found.ticket.number, found.ticket.state) == ("42", "open")
    case = Case.objects.get()
    assert (case.pk, case.company_id, case.customer_name) == (found.case_id, 1, "Ana Buyer")
    assert case.subject == "Where is my order?"
    messages = CaseEntry.objects.filter(kind="message").order_by("at")
    assert [entry.sender for entry in messages] == ["customer", "agent", "customer"]
    assert messages[0].body == "Message 0: Wo ist mein Paket? 📦 né"
    assert case.waiting_since == messages[2].at
    assert CaseKey.objects.filter(case=case, kind="email").count() == 1
    assert AuditEntry.objects.get(action="case_opened").actor == "system:cases"

    # Again, by somebody else: the same case, nothing twice, and it is not for everybody.
    assert look("42", viewer_for(eve)).outcome is Outcome.NO_ACCESS
    rt.add_entry(rt.tickets[42], "It has arrived by now.", is_public=True)
    again = look()
    assert (again.case_id, again.candidates) == (case.pk, ())
    assert Case.objects.count() == 1
    assert CaseEntry.objects.filter(kind="message").count() == 4
    assert Case.objects.filter(waiting_since=None).exists()
    # The number was asked for once: what is linked and unchanged is known.
    assert orders.asked == ["S00042"]


def test_an_order_in_the_subject_or_the_thread_is_found_and_never_guessed(
    rt: StandIn, orders: Orders, look: Look, connected: TicketingConnection, amy: User
) -> None:
    orders.add("S00042")
    orders.add("S00077")
    rt.add_ticket(42)
    rt.tickets[42].subject = "Order S00042, Hausnummer 12345, tel 0441 123456"
    assert [order.ref for order in look("42", viewer_for(amy)).orders] == ["S00042"]

    rt.add_ticket(43)
    rt.tickets[43].entries[0].text = "Is #s00042 with S00077 or SO-999?"
    several = look("43", viewer_for(amy))
    assert (several.outcome, several.case_id) == (Outcome.AMBIGUOUS, None)
    assert [(each.match.ref.value, each.found_in) for each in several.candidates] == [
        ("S00042", (FoundIn.THREAD,)),
        ("S00077", (FoundIn.THREAD,)),
    ]

    rt.add_ticket(44)
    assert look("44", viewer_for(amy)).outcome is Outcome.NO_MATCH
    assert Case.objects.count() == 1

    # With a shop of its own such a ticket has a case all the same, without an order.
    serve_company_1(connected)
    opened = look("43", viewer_for(amy))
    assert (opened.outcome, opened.orders, len(opened.candidates)) == (Outcome.OPENED, (), 2)
    assert opened.case_id is not None
    assert not CaseOrder.objects.filter(case_id=opened.case_id).exists()
    chosen = async_to_sync(choose_order)(
        viewer=viewer_for(amy),
        connection_slug=connected.slug,
        ticket_id="43",
        order=OrderNamed(connection="main", company_id=1, ref="S00077"),
        correlation_id="test",
    )
    assert ([order.ref for order in chosen.orders], chosen.candidates) == (["S00077"], ())
    assert look("43", viewer_for(amy)).candidates == ()


def test_the_field_counts_before_the_talk_and_a_field_that_names_nothing_settles_nothing(
    rt: StandIn, orders: Orders, look: Look, amy: User
) -> None:
    orders.add("S00042")
    orders.add("S00077")
    rt.add_ticket(42, order_ref="S00042")
    rt.tickets[42].entries[0].text = "What about S00077?"
    rt.add_ticket(43, order_ref="S99999")
    rt.tickets[43].entries[0].text = "What about S00077?"

    assert [order.ref for order in look("42", viewer_for(amy)).orders] == ["S00042"]
    assert look("43", viewer_for(amy)).outcome is Outcome.AMBIGUOUS


def test_an_order_that_two_companies_have_is_a_question_even_to_who_sees_one_of_them(
    rt: StandIn, orders: Orders, look: Look, connected: TicketingConnection, amy: User, sam: User
) -> None:
    orders.add("S00042", company=1)
    orders.add("S00042", company=2)
    rt.add_ticket(42, order_ref="S00042")

    assert look("42", viewer_for(amy)).outcome is Outcome.AMBIGUOUS
    assert len(look("42", viewer_for(amy)).candidates) == 1
    assert len(look("42", viewer_for(sam)).candidates) == 2

    serve_company_1(connected)
    assert [order.company_id for order in look("42", viewer_for(sam)).orders] == [1]


def test_while_odoo_is_silent_nothing_is_concluded(
    rt: StandIn, orders: Orders, look: Look, connected: TicketingConnection
) -> None:
    orders.add("S00042")
    orders.is_silent = True
    rt.add_ticket(42, order_ref="S00042")
    assert look().outcome is Outcome.ODOO_SILENT
    serve_company_1(connected)
    assert (look().outcome, TicketLink.objects.get().match) == (Outcome.OPENED, "unasked")

    orders.is_silent = False
    look()
    assert CaseOrder.objects.get().ref == "S00042"
    assert TicketLink.objects.get().match == "found"


def test_ten_who_open_a_ticket_at_once_open_one_case(rt: StandIn, orders: Orders, look: Look) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042", messages=5)

    def one(_: int) -> int | None:
        try:
            return look().case_id
        finally:
            database.close()

    with ThreadPoolExecutor(10) as pool:
        seen = set(pool.map(one, range(10)))

    assert len(seen) == 1
    assert (Case.objects.count(), TicketLink.objects.count()) == (1, 1)
    assert CaseEntry.objects.filter(kind="message").count() == TicketLine.objects.count() == 5


def test_closed_there_closes_here_and_opened_there_opens_here(
    rt: StandIn, orders: Orders, look: Look, connected: TicketingConnection, amy: User
) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042")
    case_id = look().case_id
    assert case_id is not None

    def status(name: str) -> str:
        rt.tickets[42].status = name
        rt.tickets[42].version += 1
        look()
        return str(Case.objects.get(pk=case_id).state)

    assert status("resolved") == "closed"
    assert status("open") == "open"
    assert status("resolved") == "closed"
    # Who opens it again here is not overruled by another look at the same ticket.
    casework.reopen(viewer=viewer_for(amy), case_id=case_id)
    assert status("resolved") == "open"
    assert status("open") == "open"
    serve_company_1(connected, closes_case=ClosesCase.NEVER)
    assert status("resolved") == "open"
    codes = CaseEntry.objects.filter(kind="event").order_by("pk").values_list("code", flat=True)
    assert list(codes) == [
        "opened_by_ticket",
        "order_linked",
        "closed_with_ticket",
        "reopened_with_ticket",
        "closed_with_ticket",
        "reopened",
    ]


def test_notes_files_and_long_threads_are_kept_as_what_they_are(
    rt: StandIn, orders: Orders, look: Look
) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042", messages=300)
    entries = rt.tickets[42].entries
    entries.append(
        Entry(
            id=9001, author="agent", is_public=False, at=entries[-1].at, text="Ünïcödé — card 4111 1111 1111 1111",
            attachment="photo.png",
        )
    )  # fmt: skip
    look()
    look()

    assert CaseEntry.objects.filter(kind="message").count() == 299
    note = CaseEntry.objects.get(kind="note")
    assert note.sender == "agent"
    assert "4111" not in note.body
    assert "Ünïcödé" in note.body
    assert "photo.png: http" in note.body
    assert not TicketLink.objects.get().is_whole


def test_a_ticket_goes_with_its_case_into_the_one_that_it_is_merged_into(
    rt: StandIn, orders: Orders, look: Look, sam: User
) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042")
    rt.add_ticket(43, order_ref="S00042")
    first, second = look("42").case_id, look("43").case_id
    assert first is not None
    assert second is not None
    assert first != second
    merge(viewer=viewer_for(sam), case_id=second, into_id=first)

    assert look("43").case_id == first
    rt.tickets[43].status = "resolved"
    rt.tickets[43].version += 1
    look("43")
    assert Case.objects.get(pk=first).state == "open", "the other ticket is still open"


def test_what_is_not_there_is_said_and_nothing_personal_stays_outside_the_entries(
    rt: StandIn, orders: Orders, look: Look, connected: TicketingConnection
) -> None:
    with pytest.raises(TicketFailure):
        look("4711")
    with pytest.raises(TicketFailure):
        look("../1")
    TicketingConnection.objects.update(is_active=False)
    forget_kept()
    with pytest.raises(NoSuchTicketing):
        look()
    TicketingConnection.objects.update(is_active=True)
    forget_kept()

    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042")
    look()
    kept = [str(vars(row)) for row in (*TicketLink.objects.all(), *TicketLine.objects.all())]
    kept += [str(vars(row)) for row in AuditEntry.objects.all()]
    for word in (*CUSTOMER, "Paket", "Where is my"):
        assert not [row for row in kept if word in row]
