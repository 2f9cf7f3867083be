"""The versions of the rules, drafts of the next one, what a draft would have changed, and what the rules refused."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LONGEST_POLICY_NOTE = 200


class ActionPolicy(models.Model):
    """One version of the rules; the highest is in force, without a row version 0: the one in the code.

    Two people stand for it. Versions before there were drafts have no author; the table takes no such row any more.
    """

    version = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    note = models.CharField(max_length=LONGEST_POLICY_NOTE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="action_policy_version_from_one"),
            models.CheckConstraint(condition=~Q(note=""), name="action_policy_has_note"),
            models.CheckConstraint(
                condition=~Q(author=F("published_by")), name="action_policy_by_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.version}"


class PolicyDraft(models.Model):
    """Rules on their way to be the next version: one person writes them, another publishes or nobody does."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_admin = models.BooleanField()  # one of the two people has to be an administrator
    based_on = models.PositiveIntegerField()
    rules = models.JSONField()
    note = models.CharField(max_length=LONGEST_POLICY_NOTE)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published = models.OneToOneField(
        ActionPolicy, null=True, blank=True, on_delete=models.PROTECT, related_name="draft"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="policy_draft_has_note"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, published__isnull=True),
                name="policy_draft_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(withdrawn_at__isnull=True, published__isnull=True),
                name="policy_draft_open",
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} of rules"


class TrialState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PolicyTrial(models.Model):
    """What stored decisions would come out as by exactly these rules, worked out step by step."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.CASCADE, related_name="trials", db_index=False)
    fingerprint = models.CharField(max_length=64)  # of the rules tried, and of the version they would replace
    state = models.CharField(max_length=10, choices=TrialState, default=TrialState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    differing = models.JSONField(default=list)  # the newest of them, by number
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["draft", "fingerprint"], name="policy_trial_once"),
            models.CheckConstraint(condition=Q(state__in=TrialState.values), name="policy_trial_state_known"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="policy_trial_done_of_total"),
        ]

    def __str__(self) -> str:
        return f"trial of draft {self.draft_id}"


class RefusedRequest(models.Model):
    """A request the rules refused, with what it was judged by: looser rules are tried on it, nothing is carried out."""

    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    order_ref = models.CharField(max_length=100)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payload = models.JSONField()
    facts = models.JSONField()
    policy_version = models.PositiveIntegerField()
    verdict = models.JSONField()
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3, blank=True, default="")
    requested_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(company_id__gt=0), name="refused_request_company_positive"),
        ]

    def __str__(self) -> str:
        return f"refused request {self.pk}"
