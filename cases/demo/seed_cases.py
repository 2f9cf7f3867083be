"""Fills the queues of a demo whose shops are stand-ins; a real Odoo never gets a made-up case."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.models import Group

from cases import casework
from cases.casework import CaseScope, CaseType, EntryFrom, Queue, QueueQuery, Ticket, TicketMessage
from cases.casework.linking import link_identified
from cases.demo.case_stories import STORIES, A, C, Story
from cases.demo.people import ALL_COMPANIES, FIRST_COMPANIES, Companies
from cases.models import User
from cases.models.casework import Case, CaseEntry, CaseView
from cases.orders.workspace import AmbiguousOrder, NotVisible, OrderIdentity, identify_order
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from integrations.errors import GatewayError

SOURCE = "inbox"
OPENER = "senior_agent"  # sees every company
TEAM_VIEWS = (
    ("Disputes, oldest first", {"queue": Queue.OPEN, "type": CaseType.BILLING_DISPUTE, "sort": "oldest"}),
    ("Most pressing", {"queue": Queue.OPEN, "sort": "priority"}),
)

Orders = Mapping[tuple[int, str], OrderIdentity]


def is_told(stories: Mapping[str, Path | None]) -> bool:
    """Whether every shop is a stand-in with a story of its own."""
    return bool(stories) and all(stories.values())


def has_cases() -> bool:
    return Case.objects.exists()


def case_opener() -> Viewer:
    return viewer_for(User.objects.get(username=OPENER))


async def find_story_orders(viewer: Viewer, stories: Mapping[str, Path | None]) -> Orders:
    """Whose the orders of the stories are, as the stand-ins tell it; one that cannot be read is left out."""
    told = {slug: _chapters(story) for slug, story in stories.items() if story}
    wanted = {
        (story.shop, chapter)
        for story in STORIES
        for chapter in (story.chapter, story.also)
        if chapter and story.shop < len(told)
    }
    slugs, limit = list(told), asyncio.Semaphore(4)

    async def identify(shop: int, chapter: str) -> OrderIdentity | None:
        ref = told[slugs[shop]].get(chapter)
        if ref is None:
            return None
        try:
            async with limit:
                return await identify_order(
                    viewer=viewer, connection=slugs[shop], ref=ref, company=None, correlation_id="seed-demo"
                )
        except (NotVisible, AmbiguousOrder, GatewayError):
            return None

    places = sorted(wanted)
    found = await asyncio.gather(*(identify(*place) for place in places))
    return {place: order for place, order in zip(places, found, strict=True) if order is not None}


def seed_cases(viewer: Viewer, *, companies: Companies, orders: Orders, at: datetime) -> int:
    """Open every story whose order is there, with its history as it would have been; returns how many."""
    people = {user.username: user for user in User.objects.all()}
    slugs, made = list(companies), 0
    for number, story in enumerate(STORIES):
        order = orders.get((story.shop, story.chapter))
        if story.shop >= len(slugs) or (story.chapter and order is None):
            continue
        slug = slugs[story.shop]
        case_id = casework.open_case(
            viewer=viewer,
            order=order,
            scope=CaseScope(connection=slug, company_id=companies[slug][0][0]),
            ticket=Ticket(source=SOURCE, ref=str(35400 + number), messages=_messages(story, at)),
            subject=story.subject,
            type=story.type,
            priority=story.priority,
        )
        if (also := orders.get((story.shop, story.also))) is not None:
            link_identified(viewer=viewer, case_id=case_id, order=also)
        _work(viewer, case_id, story, people, at)
        _set_back(case_id, story, at)
        made += 1
    _keep_team_views()
    return made


def _chapters(story: Path) -> dict[str, str]:
    try:
        told = json.loads(story.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {chapter: found["order"] for chapter, found in told.items()}


def _messages(story: Story, at: datetime) -> Sequence[TicketMessage]:
    senders = {C: EntryFrom.CUSTOMER, A: EntryFrom.AGENT}
    return [
        TicketMessage(sender=senders[who], at=at - timedelta(hours=hours), body=text)
        for hours, who, text in story.said
        if who in senders
    ]


def _work(viewer: Viewer, case_id: int, story: Story, people: Mapping[str, User], at: datetime) -> None:
    owner = people.get(story.owner)
    if owner is not None:
        try:
            casework.assign(viewer=viewer, case_id=case_id, user_id=owner.pk)
        except casework.IllegalChange:
            owner = None  # the order belongs to a company that this person does not see
    writer = viewer_for(owner) if owner else viewer
    for _hours, who, text in story.said:
        if who not in (C, A):
            casework.note(viewer=writer, case_id=case_id, body=text)
    if story.snoozed_h:
        casework.snooze(viewer=writer, case_id=case_id, until=at + timedelta(hours=story.snoozed_h))
    if story.closed:
        casework.close(viewer=writer, case_id=case_id)


def _set_back(case_id: int, story: Story, at: datetime) -> None:
    """Give rows of the case the times of its story; the trail keeps the time at which all this was made up."""
    opened = at - timedelta(hours=story.said[0][0])
    last = at - timedelta(hours=story.said[-1][0])
    written = [(hours, who) for hours, who, _text in story.said if who not in (C, A)]
    notes = CaseEntry.objects.filter(case_id=case_id, kind="note").order_by("pk")
    for note, (hours, _who) in zip(notes, written, strict=True):
        CaseEntry.objects.filter(pk=note.pk).update(at=at - timedelta(hours=hours))
    for position, event in enumerate(CaseEntry.objects.filter(case_id=case_id, kind="event").order_by("pk")):
        moment = opened if position == 0 else max(opened, last) + timedelta(minutes=position)
        CaseEntry.objects.filter(pk=event.pk).update(at=min(moment, at))
    owner = Case.objects.values_list("assignee_id", flat=True).get(pk=case_id)
    CaseEntry.objects.filter(case_id=case_id, kind="message", sender="agent").update(author_id=owner)
    Case.objects.filter(pk=case_id).update(opened_at=opened, updated_at=last)
    if story.closed:
        Case.objects.filter(pk=case_id).update(closed_at=last)


def _keep_team_views() -> None:
    for team in Group.objects.filter(name__in=[FIRST_COMPANIES, ALL_COMPANIES]):
        for position, (name, given) in enumerate(TEAM_VIEWS):
            filters = QueueQuery.of(given).filters
            CaseView.objects.update_or_create(
                team=team, name=name, defaults={"filters": filters, "position": position}
            )
