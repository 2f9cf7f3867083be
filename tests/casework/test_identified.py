"""Which of several matches a person said is meant goes into the case that follows from it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import casework
from cases.casework.linking import link_identified
from cases.models import IdentityChoice, SearchAttempt
from cases.models.casework import Case
from cases.people.viewer import Viewer
from cases.search.identity import CHOOSE_WITHIN_S, Candidate, remember_identity
from tests.casework.conftest import CaseMaker, identity

SAID = "said which of 3 matches is meant"


def choose(viewer: Viewer, ref: str = "S00042") -> IdentityChoice:
    search = SearchAttempt.objects.create(
        id=uuid4(), person_id=viewer.user_id, kind="name", at=timezone.now(), text_hash="t", stem_hash="s"
    )
    return remember_identity(
        viewer=viewer,
        candidate=Candidate(
            search_id=search.id,
            connection="main",
            company_id=1,
            order_id=7,
            order_ref=ref,
            customer_id=87,
            account_id=87,
            candidates=3,
            brand="",
            region="",
        ),
    )


def told(viewer: Viewer, case_id: int) -> list[str]:
    return [line.what for line in casework.read_trail(viewer, case_id)]


def test_a_case_opened_from_a_choice_keeps_it(amy_viewer: Viewer) -> None:
    choice = choose(amy_viewer)

    case_id = casework.open_case(viewer=amy_viewer, subject="Where is it?", order=identity())

    choice.refresh_from_db()
    assert choice.case_id == case_id
    assert SAID in told(amy_viewer, case_id)


def test_an_order_added_to_a_case_brings_its_choice(amy_viewer: Viewer, make_case: CaseMaker) -> None:
    case = make_case()
    choice = choose(amy_viewer)

    link_identified(viewer=amy_viewer, case_id=case.pk, order=identity())

    choice.refresh_from_db()
    assert choice.case_id == case.pk
    assert SAID in told(amy_viewer, case.pk)


def test_choosing_again_takes_nothing_from_the_case_before(amy_viewer: Viewer) -> None:
    first = choose(amy_viewer)
    case_id = casework.open_case(viewer=amy_viewer, subject="Where is it?", order=identity())

    again = choose(amy_viewer)

    first.refresh_from_db()
    assert (first.case_id, again.case_id) == (case_id, None)


@pytest.mark.parametrize("how", ["another order", "too long ago", "somebody else"])
def test_what_was_not_chosen_for_this_order_now_stays_away(
    amy_viewer: Viewer, sam_viewer: Viewer, how: str
) -> None:
    choice = choose(
        sam_viewer if how == "somebody else" else amy_viewer, "S00043" if how == "another order" else "S00042"
    )
    if how == "too long ago":
        old = timezone.now() - timedelta(seconds=CHOOSE_WITHIN_S + 1)
        IdentityChoice.objects.filter(pk=choice.pk).update(at=old)

    case_id = casework.open_case(viewer=amy_viewer, subject="Where is it?", order=identity())

    choice.refresh_from_db()
    assert choice.case_id is None
    assert SAID not in told(amy_viewer, case_id)


def test_a_merged_case_hands_on_what_was_said(amy_viewer: Viewer, make_case: CaseMaker) -> None:
    target: Case = make_case()
    choice = choose(amy_viewer)
    case_id = casework.open_case(viewer=amy_viewer, subject="Where is it?", order=identity())

    casework.merge(viewer=amy_viewer, case_id=case_id, into_id=target.pk)

    choice.refresh_from_db()
    assert choice.case_id == target.pk
