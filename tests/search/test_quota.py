"""Guessing is stopped and told of; a day's honest work is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import AuditEntry, SearchAttempt, User
from cases.people.viewer import Viewer
from cases.search import quota as search_quota
from cases.search.kinds import classify
from cases.search.quota import MAX_MISSES, MAX_NAMES, MAX_NEIGHBOURS, SearchRefused, _take, stem

pytestmark = pytest.mark.django_db


def look_for(viewer: Viewer, typed: str, *, hits: int | None = None) -> None:
    search_id = _take(viewer, classify(typed))
    if hits is not None:
        search_quota._execute(search_quota._NOTE, [hits, search_id])


def word(number: int) -> str:
    """Names that are no neighbours of one another."""
    return f"{chr(97 + number % 26)}{chr(97 + number // 26)}lund{chr(97 + number % 26)}sen"


def fishing_entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="search_fishing"))


def refused_among(viewer: Viewer, texts: Sequence[str]) -> tuple[int, SearchRefused]:
    """How many of the texts were looked for before one was refused."""
    for number, typed in enumerate(texts):
        try:
            look_for(viewer, typed, hits=1)
        except SearchRefused as refused:
            return number, refused
    pytest.fail("none was refused")


def test_a_name_grown_letter_by_letter_is_stopped_and_told_of(amy_viewer: Viewer) -> None:
    name = "lindqvistersson"
    allowed, refused = refused_among(amy_viewer, [name[:length] for length in range(3, len(name) + 1)])
    assert allowed <= MAX_NEIGHBOURS + 1
    assert refused.limit == "neighbours"
    assert 0 < refused.retry_after_s <= 600
    (entry,) = fishing_entries()
    assert (entry.actor, entry.decision, entry.reason) == (amy_viewer.actor, "denied", "neighbours")
    assert "lindq" not in str(entry.__dict__)


def test_last_digits_of_a_number_cannot_be_tried_out(amy_viewer: Viewer) -> None:
    _, refused = refused_among(amy_viewer, [f"+49 151 614976{digit}" for digit in range(10)])
    assert refused.limit == "neighbours"


def test_letters_before_the_at_sign_cannot_be_tried_out(amy_viewer: Viewer) -> None:
    allowed, _ = refused_among(amy_viewer, [f"ann{letter}@example.com" for letter in "abcdefghij"])
    assert allowed <= MAX_NEIGHBOURS + 1


def test_too_many_names_are_stopped(amy_viewer: Viewer) -> None:
    for number in range(MAX_NAMES):
        look_for(amy_viewer, word(number), hits=2)
    with pytest.raises(SearchRefused) as refused:
        look_for(amy_viewer, "someone else")
    assert refused.value.limit == "names"


def test_addresses_that_belong_to_nobody_are_stopped_and_those_that_do_are_not(amy_viewer: Viewer) -> None:
    for number in range(MAX_MISSES * 2):
        look_for(amy_viewer, f"{word(number)}@example.com", hits=1)
    for number in range(MAX_MISSES):
        look_for(amy_viewer, f"{word(number)}@example.org", hits=0)
    with pytest.raises(SearchRefused) as refused:
        look_for(amy_viewer, "nobody@example.net")
    assert refused.value.limit == "misses"


def test_numbers_are_never_stopped_even_after_a_refusal(amy_viewer: Viewer) -> None:
    for number in range(60):
        look_for(amy_viewer, f"S{number:05}", hits=0)
    for number in range(MAX_NAMES):
        look_for(amy_viewer, word(number), hits=2)
    with pytest.raises(SearchRefused):
        look_for(amy_viewer, "someone else")
    look_for(amy_viewer, "INV/2026/00001")
    assert len(fishing_entries()) == 1


def test_looking_at_the_same_again_costs_nothing(amy_viewer: Viewer) -> None:
    for _ in range(MAX_NAMES + MAX_MISSES + MAX_NEIGHBOURS):
        look_for(amy_viewer, "Anna Schmidt", hits=1)
        look_for(amy_viewer, "anna@example.com", hits=0)
    assert fishing_entries() == []


def test_a_mistyped_name_and_its_correction_are_no_fishing(amy_viewer: Viewer) -> None:
    for typed in ("Schmid", "Schmidt", "Schmitt", "Anna Schmidt", "Anna Schmid"):
        look_for(amy_viewer, typed, hits=1)
    assert fishing_entries() == []


def test_every_person_has_their_own_limit(amy_viewer: Viewer, sam_viewer: Viewer) -> None:
    for number in range(MAX_NAMES):
        look_for(amy_viewer, word(number), hits=2)
    look_for(sam_viewer, "someone else")


def test_the_window_slides(amy_viewer: Viewer) -> None:
    for number in range(MAX_NAMES):
        look_for(amy_viewer, word(number), hits=2)
    SearchAttempt.objects.update(at=timezone.now() - search_quota.WINDOW - timedelta(seconds=1))
    look_for(amy_viewer, "someone else")


def test_old_searches_are_forgotten(amy_viewer: Viewer) -> None:
    look_for(amy_viewer, "Anna Schmidt", hits=1)
    SearchAttempt.objects.update(at=timezone.now() - search_quota.KEPT - timedelta(seconds=1))
    look_for(amy_viewer, "S00010")
    assert [attempt.kind for attempt in SearchAttempt.objects.all()] == ["number"]


def test_no_text_is_kept(amy_viewer: Viewer) -> None:
    look_for(amy_viewer, "anna@example.com", hits=1)
    (kept,) = SearchAttempt.objects.values()
    assert "anna" not in str(kept)
    assert User.objects.get(pk=kept["person_id"]).username == "amy"


def test_the_stem_of_an_address_is_its_local_part_without_the_last_letter() -> None:
    assert stem("anna@example.com") == "ann@example.com"
    assert stem("schmidt") == "schmid"
