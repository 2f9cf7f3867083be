"""The cases people work on: what a customer asked, what was said and done since, and the orders it is about."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LONGEST_SUBJECT = 200


class CaseType(models.TextChoices):
    ORDER_INQUIRY = "order_inquiry", _("Order inquiry")
    RETURN = "return", _("Return")
    BILLING_DISPUTE = "billing_dispute", _("Billing dispute")
    DELIVERY = "delivery", _("Delivery")
    PRODUCT_QUESTION = "product_question", _("Product question")
    OTHER = "other", _("Other")


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    SNOOZED = "snoozed", _("Snoozed")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")


class CasePriority(models.IntegerChoices):
    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class EntryKind(models.TextChoices):
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Note")
    EVENT = "event", _("Event")


class EntryFrom(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    SYSTEM = "system", _("System")


class Case(models.Model):
    """One matter of one customer. Connection, company, brand and region say who may see it, as for an order."""

    type = models.CharField(max_length=20, choices=CaseType, default=CaseType.ORDER_INQUIRY)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    priority = models.PositiveSmallIntegerField(choices=CasePriority, default=CasePriority.NORMAL)
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()  # Odoo's own id, meaningful only together with the connection
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    customer_id = models.IntegerField(
        null=True, blank=True
    )  # Odoo's number of the account, where it is known
    customer_name = models.CharField(max_length=200, blank=True, default="")
    ticket_source = models.SlugField(max_length=50, blank=True, default="", db_index=False)
    ticket_ref = models.CharField(max_length=100, blank=True, default="")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned_cases",
        db_index=False,
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    waiting_since = models.DateTimeField(
        null=True, blank=True
    )  # the oldest customer's message nobody answered
    snoozed_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_cases"
    )
    checklist = models.JSONField(
        default=dict, blank=True
    )  # of a billing dispute: step -> who ticked it, when
    version = models.PositiveIntegerField(default=1)  # grows with every change of state: two agents, one case

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(type__in=CaseType.values), name="case_type_known"),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(condition=Q(priority__in=CasePriority.values), name="case_priority_known"),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="case_company_positive"),
            models.CheckConstraint(condition=~Q(connection=""), name="case_has_connection"),
            models.CheckConstraint(
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | (~Q(state="snoozed") & Q(snoozed_until__isnull=True)),
                name="case_snoozed_has_until",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "merged"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "merged"]) & Q(closed_at__isnull=True)),
                name="case_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="case_merged_has_target",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="case_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(type="billing_dispute") | Q(checklist={}),
                name="case_checklist_of_billing_dispute",
            ),
            models.UniqueConstraint(
                fields=["connection", "company_id", "ticket_source", "ticket_ref"],
                condition=~Q(ticket_ref=""),
                name="case_ticket_once",
            ),
        ]
        indexes = [
            # Queues are walked in their order and cut short, so that a page costs the same with any number of cases.
            models.Index("state", F("updated_at").desc(), F("id").desc(), name="case_by_update"),
            models.Index(fields=["state", "opened_at", "id"], name="case_by_opening"),
            models.Index(fields=["state", "priority", "opened_at", "id"], name="case_by_priority"),
            models.Index(
                "assignee", "state", F("updated_at").desc(), F("id").desc(), name="case_by_assignee"
            ),
            models.Index(
                "connection",
                "company_id",
                "state",
                F("updated_at").desc(),
                F("id").desc(),
                name="case_by_scope",
            ),
            models.Index(
                fields=["connection", "company_id", "customer_id"],
                condition=Q(customer_id__isnull=False),
                name="case_by_customer",
            ),
            models.Index(fields=["snoozed_until"], condition=Q(state="snoozed"), name="case_by_wake_up"),
            models.Index(fields=["ticket_ref"], condition=~Q(ticket_ref=""), name="case_by_ticket"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"C-{self.pk:06d}"


class CaseEntry(models.Model):
    """One line of a case's history. Entries are only added; a merge moves them to the case that goes on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries", db_index=False)
    moved_from = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=EntryKind)
    sender = models.CharField(max_length=10, choices=EntryFrom)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()
    body = models.TextField(blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")  # what happened, of an event
    facts = models.JSONField(default=dict, blank=True)  # what the event's sentence is filled with

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="case_entry_kind_known"),
            models.CheckConstraint(condition=Q(sender__in=EntryFrom.values), name="case_entry_sender_known"),
            models.CheckConstraint(
                condition=Q(kind="event", body="") & ~Q(code="")
                | ~Q(kind="event") & Q(code="") & ~Q(body=""),
                name="case_entry_event_has_code_others_a_body",
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(sender="agent"), name="case_entry_note_is_from_agent"
            ),
        ]
        indexes = [models.Index(fields=["case", "at", "id"], name="case_entry_in_order")]

    def __str__(self) -> str:
        return f"entry {self.pk} of case {self.case_id}"


class CaseOrder(models.Model):
    """An order a case is about; its own scope, because a case may reach over connections and companies."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="orders", db_index=False)
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    ref = models.CharField(max_length=100)
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    linked_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "connection", "company_id", "ref"], name="case_order_once"
            ),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="case_order_company_positive"),
            models.CheckConstraint(condition=~Q(ref=""), name="case_order_has_ref"),
        ]
        indexes = [models.Index(fields=["connection", "company_id", "ref"], name="case_order_by_order")]

    def __str__(self) -> str:
        return f"{self.ref} in case {self.case_id}"


class CaseView(models.Model):
    """A choice of cases that a person, or a team, keeps under a name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="case_views"
    )
    team = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="case_views"
    )
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, team__isnull=True)
                | Q(owner__isnull=True, team__isnull=False),
                name="case_view_has_one_keeper",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="case_view_has_name"),
            models.UniqueConstraint(fields=["owner", "name"], name="case_view_once_per_person"),
            models.UniqueConstraint(fields=["team", "name"], name="case_view_once_per_team"),
        ]

    def __str__(self) -> str:
        return self.name


class CasePresence(models.Model):
    """Who has a case open right now. Worth nothing after a crash, so the table is not logged."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="present", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_presence_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} at case {self.case_id}"
