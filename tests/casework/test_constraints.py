"""The database itself refuses rows that make no sense, each under a name that says why."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from cases.models import User
from cases.models.casework import Case, CaseEntry, CaseOrder, CasePresence, CaseView
from tests.casework.conftest import AT, CaseMaker

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("case_type_known", {"type": "gossip"}),
    ("case_state_known", {"state": "lost"}),
    ("case_priority_known", {"priority": 9}),
    ("case_company_positive", {"company_id": 0}),
    ("case_has_connection", {"connection": ""}),
    ("case_snoozed_has_until", {"state": "snoozed", "snoozed_until": None}),
    ("case_snoozed_has_until", {"snoozed_until": AT}),
    ("case_closed_has_time", {"state": "closed", "closed_at": None}),
    ("case_closed_has_time", {"closed_at": AT}),
    ("case_merged_has_target", {"state": "merged", "closed_at": AT}),
    ("case_checklist_of_billing_dispute", {"type": "return", "checklist": {"x": 1}}),
]


@pytest.mark.parametrize(("name", "fields"), REFUSED)
def test_a_case_that_makes_no_sense_is_refused(
    make_case: CaseMaker, name: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=name):
        make_case(**fields)


def test_a_case_is_not_merged_into_itself_nor_open_with_a_target(make_case: CaseMaker) -> None:
    case, other = make_case(), make_case()
    merged = Case.objects.filter(pk=case.pk)
    with pytest.raises(IntegrityError, match="case_not_merged_into_itself"), transaction.atomic():
        merged.update(state="merged", merged_into=case, closed_at=AT)
    with pytest.raises(IntegrityError, match="case_merged_has_target"), transaction.atomic():
        merged.update(merged_into=other)


def test_one_link_per_order_one_case_per_ticket_one_place_per_person(make_case: CaseMaker, amy: User) -> None:
    case = make_case(ticket_source="zendesk", ticket_ref="1")
    order = {"case": case, "connection": "main", "company_id": 1, "ref": "S1"}
    CaseOrder.objects.create(**order)
    CasePresence.objects.create(case=case, user=amy, seen_at=AT)
    with pytest.raises(IntegrityError, match="case_order_once"), transaction.atomic():
        CaseOrder.objects.create(**order)
    with pytest.raises(IntegrityError, match="case_presence_once"), transaction.atomic():
        CasePresence.objects.create(case=case, user=amy, seen_at=AT)
    with pytest.raises(IntegrityError, match="case_ticket_once"), transaction.atomic():
        make_case(ticket_source="zendesk", ticket_ref="1")


ENTRIES: list[tuple[str, dict[str, Any]]] = [
    ("case_entry_event_has_code_others_a_body", {"kind": "event", "sender": "agent"}),
    (
        "case_entry_event_has_code_others_a_body",
        {"kind": "event", "sender": "agent", "code": "x", "body": "y"},
    ),
    ("case_entry_event_has_code_others_a_body", {"kind": "note", "sender": "agent"}),
    ("case_entry_note_is_from_agent", {"kind": "note", "sender": "customer", "body": "y"}),
    ("case_entry_kind_known", {"kind": "shout", "sender": "agent", "body": "y"}),
    ("case_entry_sender_known", {"kind": "message", "sender": "ghost", "body": "y"}),
]


@pytest.mark.parametrize(("name", "fields"), ENTRIES)
def test_an_entry_that_makes_no_sense_is_refused(
    make_case: CaseMaker, name: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=name):
        CaseEntry.objects.create(case=make_case(), at=AT, **fields)


def test_a_view_belongs_to_a_person_or_to_a_team(amy: User) -> None:
    team = Group.objects.create(name="team")
    for keepers in ({}, {"owner": amy, "team": team}):
        with pytest.raises(IntegrityError, match="case_view_has_one_keeper"), transaction.atomic():
            CaseView.objects.create(name="Late", **keepers)
    CaseView.objects.create(name="Late", owner=amy)
    with pytest.raises(IntegrityError, match="case_view_once_per_person"), transaction.atomic():
        CaseView.objects.create(name="Late", owner=amy)
