"""What decides about actions from outside: switches, fresh proofs of who is there.

Beside them the note for the ticket, which waits in a row of its own until somebody can deliver it.
"""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.actions import ActionKind

LONGEST_SWITCH_REASON = 200


class ActionSwitch(models.Model):
    """Turns a kind of action on for a company or brand, or everything of a kind off for a whole connection.

    A row without a company is the connection's emergency stop for a kind; without a row nothing is stopped. A kind
    runs only where a row of its company says so, of the order's brand or of all brands.
    """

    connection = models.SlugField(max_length=50, db_index=False)
    kind = models.CharField(max_length=20, choices=ActionKind)
    company_id = models.IntegerField(null=True, blank=True)
    brand = models.CharField(max_length=100, blank=True, default="")
    is_on = models.BooleanField()
    reason = models.CharField(max_length=LONGEST_SWITCH_REASON, blank=True, default="")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "company_id", "brand"],
                name="action_switch_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(company_id__isnull=False) | Q(brand=""), name="action_stop_is_for_all_brands"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.connection}"


class StepUp(models.Model):
    """A password given again a moment ago, by a person or for one token of theirs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(
        "cases.ApiToken", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    session_hash = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(token__isnull=False, session_hash="")
                | (Q(token__isnull=True) & ~Q(session_hash="")),
                name="step_up_of_token_or_session",
            ),
            models.UniqueConstraint(
                fields=["user", "token", "session_hash"], name="step_up_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"step-up of user {self.user_id}"


class NoteState(models.TextChoices):
    NOT_CONNECTED = "not_connected", _("Not delivered: no ticket is connected")
    WAITING = "waiting", _("Being delivered")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Could not be delivered")


class FieldState(models.TextChoices):
    """What became of something that goes onto the ticket beside a note."""

    NONE = "", _("Not written")
    WRITTEN = "written", _("Written")
    CONFLICT = "conflict", _("Holds something else")
    UNSUITED = "unsuited", _("The tool has no place for it")


class TicketNote(models.Model):
    """What the ticket is to be told about an action, once; numbers and amounts, nothing personal.

    The row is the journal of its delivery: that an attempt begins is committed before the tool is asked.
    """

    action = models.ForeignKey("cases.Action", on_delete=models.PROTECT, related_name="notes", db_index=False)
    about = models.CharField(max_length=40)  # succeeded, rejected, ...
    link = models.ForeignKey(
        "cases.TicketLink", null=True, blank=True, on_delete=models.PROTECT, related_name="notes"
    )
    ticket_source = models.SlugField(max_length=50, blank=True, default="", db_index=False)
    ticket_ref = models.CharField(max_length=100, blank=True, default="")
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=NoteState, default=NoteState.NOT_CONNECTED)
    key = models.UUIDField(default=uuid4, editable=False)  # under which the tool knows the note
    text = models.TextField(blank=True, default="")  # as first sent, to be sent again word by word
    written_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)  # for the first time
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)  # while an attempt runs: when it counts as lost
    problem = models.CharField(max_length=60, blank=True, default="")
    order_field = models.CharField(max_length=10, choices=FieldState, blank=True, default="")
    way_back = models.CharField(max_length=10, choices=FieldState, blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["action", "about", "link"], name="ticket_note_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at__isnull=True)),
                name="ticket_note_delivered_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_try_at__isnull=False)
                | (~Q(state="waiting") & Q(next_try_at__isnull=True)),
                name="ticket_note_waiting_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="not_connected") | Q(link__isnull=False), name="ticket_note_has_ticket"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="ticket_note_due"),
            models.Index(fields=["state", "written_at"], name="ticket_note_by_state"),
        ]

    def __str__(self) -> str:
        return f"note on {self.action_id}"
