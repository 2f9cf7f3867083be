"""Doors for the queue: each takes ids or nothing, catches nothing it cannot handle, and returns nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from cases.actions.following import follow_what_was_made
from cases.actions.refusals import forget_refusals
from cases.actions.running import run_due
from cases.audit.anchor import write_anchor
from cases.audit.check import read_heads
from cases.casework import wake_due_cases
from cases.casework.presence import forget_presence
from cases.embedding import entering
from cases.policies.trial import run_trial
from cases.reconciliation import carry_on, reconcile_all
from cases.snapshots.table import sweep as sweep_snapshots
from cases.tickets.delivering import deliver, deliver_due
from cases.tickets.hooks import forget_hooks, read_due, read_hook

logger = logging.getLogger(__name__)

SWEEP_TIME = timedelta(seconds=15)  # and the one that has begun by then, which may take most of a minute


def anchor_audit() -> None:
    """Sign the heads of the audit chains, if this installation keeps anchors."""
    if not settings.AUDIT_ANCHOR_DIR:
        return
    try:
        write_anchor(Path(settings.AUDIT_ANCHOR_DIR), read_heads(), at=timezone.now())
    except OSError as error:
        logger.error("The audit trail could not be anchored: %s", error.strerror or error)


def beat() -> None:
    """Nothing: that it comes to its end is what whoever watches the queue wants to know."""


def run_action(action_id: str) -> None:
    """Carry out one action, if it is due and nobody else does; what fails stays in its row for the next attempt."""
    try:
        run_due(action_id=UUID(action_id))
    except Exception:
        logger.exception("An action could not be carried out")


def follow_documents() -> None:
    """Look at the credit notes that were made lately: finance posts them, changes them, deletes them."""
    changed = follow_what_was_made(at=timezone.now())
    if changed:
        logger.info("Documents that actions made have changed in Odoo: %s", changed)


def forget_old_sessions() -> None:
    call_command("clearsessions")


def forget_old_snapshots() -> None:
    """Delete last known facts of orders beyond the time for which this installation keeps them."""
    deleted = sweep_snapshots()
    if deleted:
        logger.info("Snapshots beyond their time were deleted: %s", deleted)


def forget_old_refusals() -> None:
    """Delete requests that the rules refused, beyond the time for which drafts of rules are tried on them."""
    deleted = forget_refusals(at=timezone.now())
    if deleted:
        logger.info("Refused requests beyond their time were deleted: %s", deleted)


def forget_old_frames() -> None:
    """Delete codes and bearers of frames that are over since a day."""
    entering.forget_old_frames(at=timezone.now())


def try_draft(trial_id: int) -> None:
    """Work out what a draft of rules would have changed; what fails is said on its page."""
    run_trial(trial_id)


def wake_cases() -> None:
    """Open the cases whose pause is over, and forget who had one open long ago."""
    now = timezone.now()
    wake_due_cases(at=now)
    forget_presence(at=now)


def tell_ticket(note_id: int) -> None:
    """Deliver one note to its ticket; what fails stays in its row for the next attempt."""
    try:
        deliver(note_id)
    except Exception:
        logger.exception("A note could not be brought to its ticket")


def read_ticket(hook_id: int) -> None:
    """Read a ticket again because its tool says that it changed."""
    try:
        read_hook(hook_id)
    except Exception:
        logger.exception("A ticket could not be read again")


def serve_tickets() -> None:
    """Notes and calls that are due, within less time than the queue gives a task."""
    until = timezone.now() + SWEEP_TIME
    deliver_due(until=until)
    read_due(until=until)


def forget_old_hooks() -> None:
    """Delete calls of ticketing tools that were worked off long ago."""
    forget_hooks(at=timezone.now())


def reconcile(run_id: int) -> None:
    """Compare with Odoo, as somebody asked for; what there is no time for is for the clock."""
    carry_on(run_id)


def reconcile_by_the_clock() -> None:
    reconcile_all(at=timezone.now())
