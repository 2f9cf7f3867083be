"""What the worker does by the clock, written down once and put into the queue's tables by ``sync_schedules``."""

from __future__ import annotations

from dataclasses import dataclass

from django_q.models import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    name: str
    task: str  # dotted, without arguments: a task looks up what it needs
    minutes: int


JOBS = (
    Job(name="anchor the audit trail", task="cases.tasks.anchor_audit", minutes=1),
    Job(name="wake snoozed cases", task="cases.tasks.wake_cases", minutes=1),
    Job(name="serve tickets", task="cases.tasks.serve_tickets", minutes=1),
    Job(name="forget old webhooks", task="cases.tasks.forget_old_hooks", minutes=24 * 60),
    Job(name="follow what actions made", task="cases.tasks.follow_documents", minutes=10),
    Job(name="compare with Odoo", task="cases.tasks.reconcile_by_the_clock", minutes=15),
    Job(name="forget old snapshots", task="cases.tasks.forget_old_snapshots", minutes=60),
    Job(name="forget old frames", task="cases.tasks.forget_old_frames", minutes=60),
    Job(name="forget old refusals", task="cases.tasks.forget_old_refusals", minutes=24 * 60),
    Job(name="forget old sessions", task="cases.tasks.forget_old_sessions", minutes=24 * 60),
)


def sync_schedules() -> None:
    """Make the queue's schedules equal to ``JOBS``; running it twice changes nothing."""
    for job in JOBS:
        Schedule.objects.update_or_create(
            name=job.name,
            defaults={
                "func": job.task,
                "schedule_type": Schedule.MINUTES,
                "minutes": job.minutes,
                "repeats": -1,
            },
        )
    Schedule.objects.exclude(name__in=[job.name for job in JOBS]).delete()
