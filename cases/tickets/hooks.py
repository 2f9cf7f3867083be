"""Takes in what ticketing tools call to say: proven or not, all it leads to is that the ticket is read again.

A call is taken once, answered at once and worked off by the queue; what the queue forgets, a sweep finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from cases import audit
from cases.models import TicketHook
from cases.tickets.pace import wait_after
from cases.tickets.reading import case_for_ticket
from cases.tickets.records import NoSuchTicketing
from integrations.errors import GatewayError, Missing
from integrations.models import TicketingConnection
from integrations.ticketing.hooks import LONGEST_BODY
from integrations.ticketing.records import Hook, Trust
from integrations.ticketing.systems import verify_hook

__all__ = [
    "LONGEST_BODY",
    "HookRefused",
    "forget_hooks",
    "judge_hook",
    "keep_hook",
    "read_due",
    "read_hook",
    "tell_refusal",
]

BELL = "cases.tasks.read_ticket"
KEPT = timedelta(days=30)  # longer than any tool repeats itself, so that what is replayed is known
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8
MOST_AT_ONCE = 200


class HookRefused(Exception):
    """``reason`` is a word for our own records; whoever calls learns nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def judge_hook(*, slug: str, raw_body: bytes, headers: Mapping[str, str], now: datetime) -> Hook:
    """What a call is worth; raises ``HookRefused``."""
    try:
        _, hook = await verify_hook(slug, raw_body, headers, now=now)
    except LookupError:
        raise HookRefused("unknown") from None
    except GatewayError as error:  # the stored secret cannot be read: nothing can be proven
        raise HookRefused(error.reason) from None
    if hook.trust is Trust.REFUSED:
        raise HookRefused(hook.reason)
    return hook


def tell_refusal(slug: str, reason: str) -> None:
    """Into the trail. An unknown name is left out of it: whoever calls could write there anything they like."""
    audit.record_alone(
        actor="system:tickets",
        action=audit.Action.TICKET_HOOK_REFUSED,
        object_kind="ticketing",
        object_ref="" if reason == "unknown" else slug,
        decision=audit.Decision.DENIED,
        reason=reason,
    )


def keep_hook(slug: str, hook: Hook, now: datetime) -> None:
    """Take the call once, and let the queue know, in one transaction."""
    with transaction.atomic():
        row, is_new = TicketHook.objects.get_or_create(
            ticketing=TicketingConnection.objects.get(slug=slug),
            delivery=hook.delivery[:120],
            defaults={
                "ticket_id": hook.ticket_id[:100],
                "kind": hook.kind.replace("\0", "")[:100],
                "is_trusted": hook.trust is Trust.TRUSTED,
                "received_at": now,
                # One that names no ticket has nothing to be read.
                "next_try_at": now if hook.ticket_id else None,
                "done_at": None if hook.ticket_id else now,
            },
        )
        if is_new and hook.ticket_id:
            async_task(BELL, row.pk)


def read_hook(hook_id: int) -> bool:
    """Read the ticket that one call is about, if that is due; it counts for all calls that came before."""
    claimed = _claim(hook_id)
    if claimed is None:
        return False
    began = timezone.now()
    problem, retry_after_s, is_final = "", None, False
    try:
        async_to_sync(case_for_ticket)(
            viewer=None,
            connection_slug=claimed.ticketing.slug,
            ticket_id=claimed.ticket_id,
            correlation_id=f"hook-{claimed.pk}",
        )
    except NoSuchTicketing:
        problem, is_final = "not_connected", True
    except GatewayError as error:
        problem, retry_after_s, is_final = error.reason, error.retry_after_s, isinstance(error, Missing)
    same = TicketHook.objects.filter(
        ticketing_id=claimed.ticketing_id, ticket_id=claimed.ticket_id, done_at=None, received_at__lte=began
    )
    now = timezone.now()
    if problem and not is_final and claimed.attempts < MOST_ATTEMPTS:
        wait = wait_after(claimed.attempts, retry_after_s)
        TicketHook.objects.filter(pk=claimed.pk, done_at=None).update(problem=problem, next_try_at=now + wait)
    else:
        same.update(problem=problem, next_try_at=None, done_at=now)
    return True


def _claim(hook_id: int) -> TicketHook | None:
    with transaction.atomic():
        now = timezone.now()
        found = (
            TicketHook.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("ticketing")
            .filter(pk=hook_id, done_at=None, next_try_at__lte=now)
            .first()
        )
        if found is None:
            return None
        found.attempts += 1
        found.next_try_at = now + LEASE
        found.save(update_fields=["attempts", "next_try_at"])
        return found


def read_due(*, until: datetime) -> int:
    """Those whose bell was lost or whose time has come, as many as there is time for."""
    due = TicketHook.objects.filter(done_at=None, next_try_at__lte=timezone.now()).order_by("next_try_at")
    done = 0
    for hook_id in due.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        if timezone.now() >= until:
            break
        done += read_hook(hook_id)
    return done


def forget_hooks(*, at: datetime) -> int:
    deleted, _ = TicketHook.objects.filter(done_at__isnull=False, received_at__lt=at - KEPT).delete()
    return deleted
