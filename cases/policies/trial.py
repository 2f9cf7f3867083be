"""Tries a draft of rules on what was decided in the last ninety days, by what was stored then; nothing is changed.

Few decisions are tried at once, many in steps by the worker: whoever waits sees how far it is. A trial belongs to
exactly these rules in place of exactly that version, so a draft that changes is tried anew.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from cases.actions.verdicts import verdict_of
from cases.models import Action, PolicyTrial, RefusedRequest, TrialState
from cases.people.viewer import Viewer
from cases.policies.drafts import Draft, NotPermitted, find_draft, may_read_rules
from cases.rules.book import RuleBook
from cases.rules.judges import judge_stored
from cases.rules.trying import Difference, compare

logger = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=90)
AT_ONCE = 300
STEP = 200
LISTED = 200
BELL = "cases.tasks.try_draft"
GIVEN_UP_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """One decision: an action, or a request that was refused."""

    kind: str
    number: str
    payload: Mapping[str, Any]
    facts: Mapping[str, Any]
    verdict: Mapping[str, Any]


def trial_of(draft: Draft) -> PolicyTrial | None:
    """The trial of the draft as it is now."""
    return PolicyTrial.objects.filter(draft=draft.row, fingerprint=draft.fingerprint).first()


def start_trial(*, viewer: Viewer, draft_id: int, at: datetime) -> PolicyTrial:
    """Try the draft as it is now, unless that was done. Raises ``NotPermitted`` or ``NoSuchDraft``."""
    if not may_read_rules(viewer) or viewer.token_id is not None:
        raise NotPermitted
    draft = find_draft(draft_id)
    with transaction.atomic():
        trial, is_new = PolicyTrial.objects.get_or_create(
            draft=draft.row,
            fingerprint=draft.fingerprint,
            defaults={"asked_by_id": viewer.user_id, "asked_at": at, "total": _number(at)},
        )
        if not is_new and not _is_dead(trial, at):
            return trial
        PolicyTrial.objects.filter(pk=trial.pk).update(
            state=TrialState.WAITING, done=0, counts={}, differing=[], unreadable=0, asked_at=at
        )
        if trial.total > AT_ONCE:
            async_task(BELL, trial.pk)
    if trial.total <= AT_ONCE:
        run_trial(trial.pk)
    trial.refresh_from_db()
    return trial


def _is_dead(trial: PolicyTrial, at: datetime) -> bool:
    """Failed, or nobody has worked on it for so long that nobody will."""
    if trial.state == TrialState.DONE:
        return False
    return trial.state == TrialState.FAILED or trial.asked_at < at - GIVEN_UP_AFTER


def run_trial(trial_id: int) -> None:
    """Work a trial off; one that is being worked on, or is done, is left alone."""
    claimed = PolicyTrial.objects.filter(pk=trial_id, state=TrialState.WAITING).update(
        state=TrialState.RUNNING
    )
    if not claimed:
        return
    trial = PolicyTrial.objects.select_related("draft").get(pk=trial_id)
    try:
        _work(trial)
    except Exception:
        logger.exception("A draft of rules could not be tried")
        PolicyTrial.objects.filter(pk=trial_id).update(state=TrialState.FAILED, finished_at=timezone.now())


def _work(trial: PolicyTrial) -> None:
    draft = find_draft(trial.draft_id)
    if draft.fingerprint != trial.fingerprint:  # changed meanwhile: its page asks for another trial
        PolicyTrial.objects.filter(pk=trial.pk).update(state=TrialState.FAILED, finished_at=timezone.now())
        return
    counts: Counter[str] = Counter()
    differing: list[dict[str, Any]] = []
    done = unreadable = 0
    for stored in _decisions(trial.asked_at):
        done += 1
        try:
            found = _tried(stored, draft.book)
        except (KeyError, ValueError, ArithmeticError, TypeError):
            unreadable += 1
            found = None
        if found is not None:
            counts[found.kind.value] += 1
            if len(differing) < LISTED:
                differing.append({"of": stored.kind, "number": stored.number, **found.as_json()})
        if done % STEP == 0:
            PolicyTrial.objects.filter(pk=trial.pk).update(done=min(done, trial.total))
    PolicyTrial.objects.filter(pk=trial.pk).update(
        state=TrialState.DONE,
        total=done,
        done=done,
        unreadable=unreadable,
        counts=dict(counts),
        differing=differing,
        finished_at=timezone.now(),
    )


def _tried(stored: _Stored, book: RuleBook) -> Difference | None:
    then = verdict_of(stored.verdict)
    return compare(then, judge_stored(stored.payload, stored.facts, book))


def _number(at: datetime) -> int:
    actions = _judged().filter(requested_at__gt=at - LOOKS_BACK, requested_at__lte=at).count()
    return (
        actions
        + RefusedRequest.objects.filter(requested_at__gt=at - LOOKS_BACK, requested_at__lte=at).count()
    )


def _judged() -> QuerySet[Action]:
    """What is a draft still was judged by no rule."""
    return Action.objects.exclude(verdict={})


def _decisions(at: datetime) -> Iterator[_Stored]:
    """The newest first."""
    since = {"requested_at__gt": at - LOOKS_BACK, "requested_at__lte": at}
    columns = ("pk", "payload", "facts", "verdict")
    for kind, rows in (("action", _judged()), ("refused", RefusedRequest.objects.all())):
        found = rows.filter(**since).order_by("-requested_at").values_list(*columns)
        for number, payload, facts, verdict in found.iterator(chunk_size=STEP):
            yield _Stored(kind=kind, number=str(number), payload=payload, facts=facts, verdict=verdict)
