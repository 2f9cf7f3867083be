"""Actions on orders: what was asked for, who approved exactly that, and every call that was made for it.

These rows are the truth about an action; the queue only rings a bell. Moves between states, the approvals an action
needs before it may run, and what may never change are guarded by the database itself (see 0008_actions).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.actions.identifiers import uuid7
from cases.actions.states import AT_WORK, FINAL, UNDECIDED, ActionState


class ActionKind(models.TextChoices):
    REFUND = "refund", _("Refund request")
    RETURN = "return", _("Return")
    REPLACEMENT = "replacement", _("Replacement")
    EXCHANGE = "exchange", _("Exchange")


class StepState(models.TextChoices):
    INTENDED = "intended", _("Sent, no answer yet")
    DONE = "done", _("Done")
    UNKNOWN = "unknown", _("No answer: being checked")
    NOT_SENT = "not_sent", _("Not sent")
    REFUSED = "refused", _("Refused")


class Decision(models.TextChoices):
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


_STATES = [state.value for state in ActionState]
_FINAL = sorted(state.value for state in FINAL)


class Action(models.Model):
    """One wish to change something in Odoo, from proposal to proof. Its id is the key under which Odoo knows it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=12, unique=True)  # said on the phone, written into Odoo: R-7K3D9
    kind = models.CharField(max_length=20, choices=ActionKind)
    state = models.CharField(max_length=20, choices=[(state, state) for state in _STATES])
    cause = models.CharField(max_length=60, blank=True, default="")  # why it is parked, rejected, put back
    # Where it belongs: whoever may see the order may see the action.
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    order_id = models.BigIntegerField()
    order_ref = models.CharField(max_length=100)
    customer_id = models.BigIntegerField(null=True, blank=True)  # of the account, for limits per customer
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="actions", db_index=False
    )
    # What is asked for, and what it was judged by.
    business_key = models.CharField(max_length=200)  # two open actions never share it
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    facts_hash = models.CharField(max_length=64, blank=True, default="")  # of what an approval rests on
    policy_version = models.PositiveIntegerField(default=0)
    verdict = models.JSONField(default=dict)
    preview = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)  # of all of it: what an approval is bound to
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    note = models.BinaryField(default=b"")  # typed freely: encrypted
    note_key_id = models.CharField(max_length=64, blank=True, default="")
    # Who asked, how, and what it takes.
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="actions", db_index=False
    )
    idempotency_key = models.CharField(max_length=200, blank=True, default="")
    request_hash = models.CharField(max_length=64, blank=True, default="")
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    requested_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True, blank=True)  # when the order was read for the verdict
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # Who works on it. Only the holder of the newest fence may write a result.
    lease_holder = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    round = models.PositiveSmallIntegerField(
        default=1
    )  # grows when it is judged anew: other content, other keys
    queued_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # counted when claimed, so that a killed worker counts
    next_try_at = models.DateTimeField(null=True, blank=True)
    effects = models.JSONField(default=list)  # what was made in Odoo, read back
    # What one person wants to do about a parked action; where money is at stake another has to agree.
    fix = models.JSONField(default=dict, blank=True)
    fix_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # While it is parked: since when, and who looks after it.
    parked_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    owned_at = models.DateTimeField(null=True, blank=True)
    # By what somebody knows that it was done by other means; typed freely: encrypted.
    evidence = models.BinaryField(default=b"")
    evidence_key_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="action_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ActionKind.values), name="action_kind_known"),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="action_company_positive"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="action_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(payload_hash__regex="^[0-9a-f]{64}$", content_hash__regex="^[0-9a-f]{64}$"),
                name="action_hashes_are_sha256",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_FINAL, finished_at__isnull=False)
                | (~Q(state__in=_FINAL) & Q(finished_at__isnull=True)),
                name="action_final_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False) & ~Q(lease_holder=""),
                name="action_running_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="parked") | ~Q(cause=""), name="action_parked_has_cause"
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True, owned_at__isnull=True)
                | Q(owner__isnull=False, owned_at__isnull=False, state="parked"),
                name="action_owner_of_parked_since",
            ),
            models.CheckConstraint(
                condition=~Q(cause="marked_done") | ~Q(evidence=b""),
                name="action_marked_done_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(fix={}, fix_by__isnull=True)
                | (~Q(fix={}) & Q(fix_by__isnull=False, state="parked")),
                name="action_fix_of_parked_has_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "running", "unknown"]) | Q(next_try_at__isnull=False),
                name="action_due_has_time",
            ),
            models.CheckConstraint(
                condition=Q(idempotency_key="") | ~Q(request_hash=""), name="action_request_has_hash"
            ),
            models.UniqueConstraint(
                fields=["connection", "company_id", "kind", "business_key"],
                condition=~Q(state__in=_FINAL),
                name="action_open_once_per_matter",
            ),
            models.UniqueConstraint(
                fields=["connection", "order_id"],
                condition=Q(state__in=sorted(state.value for state in AT_WORK)),
                name="action_one_at_work_per_order",
            ),
            models.UniqueConstraint(
                fields=["requester", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="action_request_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["queued", "running", "unknown", "compensating"]),
                name="action_due",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=[*sorted(state.value for state in UNDECIDED), "approved"]),
                name="action_by_expiry",
            ),
            models.Index(
                fields=["connection", "company_id", "state", "requested_at"], name="action_by_scope"
            ),
            models.Index(fields=["case", "requested_at"], name="action_by_case"),
            models.Index(fields=["connection", "company_id", "order_id"], name="action_by_order"),
            models.Index(fields=["requester", "requested_at"], name="action_by_requester"),
            models.Index(
                fields=["connection", "customer_id", "requested_at"],
                condition=Q(customer_id__isnull=False),
                name="action_by_customer",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ActionStep(models.Model):
    """One attempt at one step: committed before the call is made, completed when its answer is known."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="steps", db_index=False)
    number = models.PositiveSmallIntegerField()
    attempt = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=StepState, default=StepState.INTENDED)
    fence = models.BigIntegerField()
    key = models.CharField(max_length=100)  # under which the other side knows this effect
    request = models.BinaryField(default=b"")  # what was sent, to be sent again word by word: encrypted
    request_key_id = models.CharField(max_length=64, blank=True, default="")
    request_hash = models.CharField(max_length=64)
    intended_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    reply_hash = models.CharField(max_length=64, blank=True, default="")
    problem = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["action", "number", "attempt"], name="action_step_once"),
            models.UniqueConstraint(
                fields=["action", "number"], condition=Q(state="done"), name="action_step_done_once"
            ),
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="action_step_state_known"),
            models.CheckConstraint(
                condition=Q(state="intended", answered_at__isnull=True)
                | (~Q(state="intended") & Q(answered_at__isnull=False)),
                name="action_step_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.action_id}"


class Approval(models.Model):
    """One person's word on exactly this content; worth nothing for any other."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="approvals", db_index=False)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Whose right it was, where somebody decided in another's place.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decision = models.CharField(max_length=10, choices=Decision)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    stepped_up_at = models.DateTimeField(null=True, blank=True)
    reason = models.BinaryField(default=b"")  # typed freely: encrypted
    reason_key_id = models.CharField(max_length=64, blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_cause = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="approval_decision_known"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_cause="")
                | (Q(voided_at__isnull=False) & ~Q(void_cause="")),
                name="approval_void_has_cause",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(voided_at__gte=F("at")), name="approval_void_is_later"
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=F("approver")),
                name="approval_for_another_than_oneself",
            ),
            models.UniqueConstraint(
                fields=["action", "approver"],
                condition=Q(voided_at__isnull=True),
                name="approval_once_per_person",
            ),
        ]
        indexes = [models.Index(fields=["approver", "at"], name="approval_by_person")]

    def __str__(self) -> str:
        return f"{self.decision} {self.action_id}"
