"""Tickets of other tools as cases know them: which case one belongs to, what of its thread is kept, who called.

The texts themselves are entries of the case; what is here holds numbers, states and addresses, nothing personal.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TicketLinkState(models.TextChoices):
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")


class TicketMatch(models.TextChoices):
    """How far it is known which order a ticket is about."""

    FOUND = "found", _("The order is known")
    NONE = "none", _("No known order is named")
    SEVERAL = "several", _("Several orders are named")
    UNASKED = "unasked", _("Odoo could not be asked")


class ClosesCase(models.TextChoices):
    SOLVED = "solved", _("When the ticket is solved or closed")
    CLOSED = "closed", _("Only when the ticket is closed for good")
    NEVER = "never", _("Never")


class TicketRules(models.Model):
    """What people decided about the tickets of one connection; without a row the defaults hold."""

    ticketing = models.OneToOneField(
        "integrations.TicketingConnection", on_delete=models.CASCADE, related_name="rules"
    )
    # The shop whose customers write there: only its orders are looked for, and cases without an order are its own.
    shop_connection = models.SlugField(max_length=50, blank=True, default="", db_index=False)
    shop_company_id = models.IntegerField(null=True, blank=True)
    closes_case = models.CharField(max_length=10, choices=ClosesCase, default=ClosesCase.SOLVED)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(shop_connection="", shop_company_id__isnull=True)
                | (~Q(shop_connection="") & Q(shop_company_id__gt=0)),
                name="ticket_rules_shop_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(closes_case__in=ClosesCase.values), name="ticket_rules_closes_case_known"
            ),
        ]

    def __str__(self) -> str:
        return f"rules of ticketing connection {self.ticketing_id}"


class TicketLink(models.Model):
    """A ticket and the case it is worked on in."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="tickets")
    ticketing = models.ForeignKey(
        "integrations.TicketingConnection", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ticket_id = models.CharField(max_length=100)  # by which the tool knows it
    number = models.CharField(max_length=100)  # by which people do
    url = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=TicketLinkState, default=TicketLinkState.OPEN)
    order_ref = models.CharField(
        max_length=100, blank=True, default=""
    )  # what its order field held when read
    match = models.CharField(max_length=10, choices=TicketMatch, default=TicketMatch.NONE)
    changed_at = models.DateTimeField(null=True, blank=True)  # there, by its own clock
    is_whole = models.BooleanField(default=True)  # whether all of the thread is kept
    linked_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["ticketing", "ticket_id"], name="ticket_link_once"),
            models.CheckConstraint(
                condition=Q(state__in=TicketLinkState.values), name="ticket_link_state_known"
            ),
            models.CheckConstraint(condition=Q(match__in=TicketMatch.values), name="ticket_link_match_known"),
            models.CheckConstraint(condition=~Q(ticket_id=""), name="ticket_link_has_id"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} of case {self.case_id}"


class TicketLine(models.Model):
    """A message of a ticket that a case keeps as an entry: each one once."""

    link = models.ForeignKey(TicketLink, on_delete=models.CASCADE, related_name="lines", db_index=False)
    message_id = models.CharField(max_length=100)
    entry = models.ForeignKey("cases.CaseEntry", on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["link", "message_id"], name="ticket_line_once"),
        ]

    def __str__(self) -> str:
        return f"message of link {self.link_id}"


class TicketHook(models.Model):
    """A tool said that something about a ticket changed; all it leads to is that the ticket is read again."""

    ticketing = models.ForeignKey(
        "integrations.TicketingConnection", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    delivery = models.CharField(max_length=120)  # by what the call is taken once
    ticket_id = models.CharField(max_length=100, blank=True, default="")
    kind = models.CharField(max_length=100, blank=True, default="")
    is_trusted = models.BooleanField()
    received_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["ticketing", "delivery"], name="ticket_hook_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, next_try_at__isnull=False)
                | Q(done_at__isnull=False, next_try_at__isnull=True),
                name="ticket_hook_waits_or_is_done",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(done_at__isnull=True), name="ticket_hook_due"),
            models.Index(fields=["received_at"], name="ticket_hook_by_age"),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"
