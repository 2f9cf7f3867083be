"""What a customer writes into a ticket comes out only where a role may see it, and never in a log or the queue."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from django_q.models import OrmQ

from cases import tasks
from cases.masking import Mode
from cases.masking.roles import Role
from cases.models import AuditEntry, TicketHook, TicketLink, User
from cases.people.access import viewer_for
from integrations.canonical import Sensitivity
from tests.conftest import PersonMaker
from tests.ticketing.stand_in import StandIn
from tests.tickets.conftest import Look, Orders
from tests.tickets.test_ticket_hooks import call, event, secret

__all__ = ["secret"]

pytestmark = pytest.mark.django_db(transaction=True)
TOKENS = ("canary.4c1e@mail.example", "+49 441 5550199", "canary-words-77af")


def test_words_of_a_ticket_stay_where_they_belong(
    rt: StandIn,
    orders: Orders,
    look: Look,
    secret: None,
    amy: User,
    make_person: PersonMaker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042")
    rt.tickets[42].entries[0].text = " ".join(TOKENS)
    assert call(event()).status_code == 202
    waiting = [str(row.task) for row in OrmQ.objects.all()]
    tasks.read_ticket(TicketHook.objects.get().pk)
    case_id = TicketLink.objects.get().case_id

    auditor = make_person("otto", Role.AUDITOR, main=[1])
    for person in (amy, auditor):
        client = Client()
        client.force_login(person)
        page = client.get(f"/cases/{case_id}/")
        assert page.status_code == 200
        if viewer_for(person).matrix.get(Sensitivity.PERSONAL) is not Mode.SHOW:
            for token in TOKENS[:2]:
                assert token.encode() not in page.content, person.username
    assert viewer_for(auditor).matrix.get(Sensitivity.PERSONAL) is not Mode.SHOW

    kept = [str(vars(row)) for model in (TicketLink, TicketHook, AuditEntry) for row in model.objects.all()]
    for token in TOKENS:
        assert token not in "".join([*waiting, *kept, caplog.text])
