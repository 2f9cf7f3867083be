"""The demo's queues: stories of the stand-in shops, told where those are shown and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from cases import casework
from cases.casework import Queue, QueueQuery
from cases.demo.case_stories import STORIES
from cases.demo.people import seed_people
from cases.demo.seed_cases import case_opener, has_cases, is_told, seed_cases
from cases.models import User
from cases.models.casework import Case, CaseEntry, CaseView
from cases.people.access import viewer_for
from tests.casework.conftest import identity

COMPANIES = {"main": [(1, "One"), (2, "Two")], "north": [(1, "One")]}


def test_a_real_odoo_gets_no_made_up_case() -> None:
    assert is_told({"main": Path("story.json"), "north": Path("story.json")})
    assert not is_told({"main": None})
    assert not is_told({"main": Path("story.json"), "shop": None})
    assert not is_told({})


def test_every_story_is_about_an_order_the_stand_in_has(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "integrations.odoo.sandbox", "--data", str(tmp_path), "--print-story"],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    chapters = json.loads(told.stdout)
    wanted = {chapter for story in STORIES for chapter in (story.chapter, story.also) if chapter}

    assert wanted <= set(chapters)
    assert len(STORIES) >= 25
    assert {story.shop for story in STORIES} == {0, 1}


@pytest.mark.django_db
def test_the_queues_of_the_demo_have_something_of_everything() -> None:
    now = timezone.now()
    seed_people(companies=COMPANIES, brands={}, known={}, at=now)
    slugs = list(COMPANIES)
    orders = {
        (story.shop, chapter): identity(f"S-{chapter}"[:40], connection=slugs[story.shop])
        for story in STORIES
        for chapter in (story.chapter, story.also)
        if chapter
    }
    assert not has_cases()
    assert seed_cases(case_opener(), companies=COMPANIES, orders=orders, at=now) == len(STORIES)
    assert has_cases()

    for username in ("agent", "supervisor"):
        viewer = viewer_for(User.objects.get(username=username))
        counts = casework.count_queues(viewer)
        assert counts.queues[Queue.UNASSIGNED] >= 5
        assert counts.queues[Queue.SNOOZED] >= 1
        assert all(counts.types.values())
        assert casework.read_queue(viewer, QueueQuery(queue=Queue.CLOSED)).rows
        assert casework.saved_views(viewer)
    agent = viewer_for(User.objects.get(username="agent"))
    assert casework.count_queues(agent).queues[Queue.MINE] >= 3
    assert Case.objects.filter(opened_at__lt=now - timedelta(days=2)).exists()
    assert not CaseEntry.objects.filter(at__gt=now).exists()
    assert not CaseEntry.objects.filter(body__contains="4111").exists()
    assert CaseView.objects.filter(team__name="team: first companies").exists()
