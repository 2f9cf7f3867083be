"""A case outside a viewer's company, brand, region or connection is not there, whatever is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases import casework
from cases.casework import CaseNotVisible, CaseScope, DisputeStep, Queue, QueueQuery
from cases.masking.roles import Role
from cases.models import User
from cases.models.casework import Case, CaseEntry, CaseOrder, CaseType
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from tests.casework.conftest import AT, CaseMaker, identity

ViewerMaker = Callable[..., Viewer]

ELSEWHERE: list[dict[str, Any]] = [
    {"company_id": 2},
    {"connection": "north"},
    {"brand": "Other"},
    {"brand": ""},
    {"region": "US"},
    {"region": ""},
]


@pytest.fixture
def narrow(make_viewer: ViewerMaker) -> Viewer:
    """May see one brand in one region of one company."""
    return make_viewer("nora", Role.SUPERVISOR, brand="Lumen", region="EU")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_a_case_elsewhere_is_invisible_to_everything(
    narrow: Viewer, make_case: CaseMaker, elsewhere: dict[str, Any]
) -> None:
    here = make_case(brand="Lumen", region="EU")
    case = make_case(**{"brand": "Lumen", "region": "EU", **elsewhere})
    asked: list[Callable[[], object]] = [
        lambda: casework.find_case(narrow, case.pk),
        lambda: casework.read_case(narrow, case.pk),
        lambda: casework.read_trail(narrow, case.pk),
        lambda: casework.note(viewer=narrow, case_id=case.pk, body="hello"),
        lambda: casework.take(viewer=narrow, case_id=case.pk),
        lambda: casework.snooze(viewer=narrow, case_id=case.pk, until=AT + timedelta(hours=1), at=AT),
        lambda: casework.wake(viewer=narrow, case_id=case.pk),
        lambda: casework.close(viewer=narrow, case_id=case.pk),
        lambda: casework.reopen(viewer=narrow, case_id=case.pk),
        lambda: casework.sort_case(viewer=narrow, case_id=case.pk, type=CaseType.OTHER),
        lambda: casework.tick(viewer=narrow, case_id=case.pk, step=DisputeStep.PAYMENTS_FOUND, done=True),
        lambda: casework.merge(viewer=narrow, case_id=case.pk, into_id=here.pk),
        lambda: casework.merge(viewer=narrow, case_id=here.pk, into_id=case.pk),
        lambda: casework.unlink_order(viewer=narrow, case_id=case.pk, link_id=1),
        lambda: casework.arrive(viewer=narrow, case_id=case.pk, at=AT),
    ]
    for ask in asked:
        with pytest.raises(CaseNotVisible):
            ask()
    assert list(casework.visible_cases(narrow)) == [here]
    assert [row.id.value for row in casework.read_queue(narrow, QueueQuery()).rows] == [here.pk]
    assert casework.count_queues(narrow).queues[Queue.OPEN] == 1
    assert CaseEntry.objects.count() == 0
    assert casework.assign_all(viewer=narrow, case_ids=[case.pk], user_id=narrow.user_id) == (0, 1)


def test_without_a_grant_or_a_role_there_is_no_case(eve: User, make_case: CaseMaker) -> None:
    make_case()
    viewer = viewer_for(eve)

    assert not casework.visible_cases(viewer).exists()
    assert casework.read_queue(viewer, QueueQuery()).rows == ()


def test_a_case_cannot_be_opened_where_one_may_not_look(amy_viewer: Viewer) -> None:
    for scope in (CaseScope(connection="main", company_id=2), CaseScope(connection="north", company_id=1)):
        with pytest.raises(CaseNotVisible):
            casework.open_case(viewer=amy_viewer, scope=scope, subject="Mine now")
    assert not Case.objects.exists()


def test_an_order_of_another_scope_is_not_named_in_a_visible_case(
    amy_viewer: Viewer, sam_viewer: Viewer, case_id: int
) -> None:
    from cases.casework.linking import link_identified

    link_identified(viewer=sam_viewer, case_id=case_id, order=identity("S99999", company_id=2))

    for viewer, is_named in ((sam_viewer, True), (amy_viewer, False)):
        opened = casework.read_case(viewer, case_id)
        refs = [order.ref.value for order in opened.record.case.orders]
        told = " ".join(str(entry.event.value) for entry in opened.record.entries if entry.event.value)
        assert ("S99999" in refs, "S99999" in told) == (is_named, is_named)
    link = CaseOrder.objects.get(ref="S99999")
    with pytest.raises(casework.IllegalChange):
        casework.unlink_order(viewer=amy_viewer, case_id=case_id, link_id=link.pk)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_only_looks_on_changes_nothing(make_viewer: ViewerMaker, case_id: int, role: Role) -> None:
    onlooker = make_viewer("otto", role)
    before = Case.objects.values().get(pk=case_id)

    assert casework.read_case(onlooker, case_id).may_work is False
    with pytest.raises(casework.NotPermitted):
        casework.note(viewer=onlooker, case_id=case_id, body="hello")
    with pytest.raises(casework.NotPermitted):
        casework.close(viewer=onlooker, case_id=case_id)
    with pytest.raises(casework.NotPermitted):
        casework.open_case(viewer=onlooker, order=identity("S00043"), subject="Another")
    assert Case.objects.values().get(pk=case_id) == before


def test_a_case_goes_only_to_somebody_who_may_see_and_work_on_it(
    amy_viewer: Viewer, make_viewer: ViewerMaker, case_id: int
) -> None:
    far = make_viewer("fay", company_id=2)
    onlooker = make_viewer("otto", Role.AUDITOR)
    bo = make_viewer("bo")

    for wrong in (far, onlooker):
        with pytest.raises(casework.IllegalChange):
            casework.assign(viewer=amy_viewer, case_id=case_id, user_id=wrong.user_id)
    casework.assign(viewer=amy_viewer, case_id=case_id, user_id=bo.user_id)

    assert Case.objects.get(pk=case_id).assignee_id == bo.user_id
    listed = {colleague.user_id for colleague in casework.colleagues_of(amy_viewer)}
    assert listed == {amy_viewer.user_id, bo.user_id}


def test_an_agent_reads_what_was_said_without_contact_data_and_an_administrator_nothing(
    amy_viewer: Viewer, sam_viewer: Viewer, make_viewer: ViewerMaker
) -> None:
    said = "Ana Bergström here, call +49 151 2349876 or write ana.b@web.de about S00042, card 4111 1111 1111 1111"
    message = casework.TicketMessage(sender=casework.EntryFrom.CUSTOMER, at=AT, body=said)
    ticket = casework.Ticket(source="zendesk", ref="1", customer_name="Ana Bergström", messages=[message])
    number = casework.open_case(
        viewer=amy_viewer, order=identity(), ticket=ticket, subject="Bergström wants ana.b@web.de changed"
    )
    whole = casework.read_case(sam_viewer, number).record
    part = casework.read_case(amy_viewer, number).record
    none = casework.read_case(make_viewer("ada", Role.ADMIN), number).record

    assert whole.entries[0].body.value == said.replace("4111 1111 1111 1111", "[removed]")
    assert whole.case.customer.value == "Ana Bergström"
    assert "S00042" in part.entries[0].body.value
    for secret in ("Ana", "Bergström", "2349876", "ana.b", "web.de", "4111"):
        assert secret not in str(part.entries[0].body.value)
        assert secret not in str(part.case.subject.value)
    assert part.case.customer.value == "Ana B••••"
    assert none.entries[0].body.value is None
    assert none.case.subject.value is None
    assert none.case.customer.value is None
    assert "4111" not in CaseEntry.objects.get(kind="message").body
