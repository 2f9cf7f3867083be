"""Actions, and the guard that lets them move only as they may.

The guard holds whatever the program does: a state follows only from those it may follow, what was approved is what
runs, nobody approves their own request, a journal is not rewritten, and nothing is deleted.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.actions.identifiers
from cases.migrations._action_guards import GUARD, NARROW_RIGHTS, UNGUARD


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=cases.actions.identifiers.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("kind", models.CharField(choices=[("refund", "Refund request")], max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("awaiting_approval", "awaiting_approval"),
                            ("approved", "approved"),
                            ("queued", "queued"),
                            ("running", "running"),
                            ("unknown", "unknown"),
                            ("succeeded", "succeeded"),
                            ("compensating", "compensating"),
                            ("parked", "parked"),
                            ("cancelled", "cancelled"),
                            ("rejected", "rejected"),
                            ("expired", "expired"),
                        ],
                        max_length=20,
                    ),
                ),
                ("cause", models.CharField(blank=True, default="", max_length=60)),
                ("connection", models.SlugField(db_index=False)),
                ("company_id", models.IntegerField()),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("order_id", models.BigIntegerField()),
                ("order_ref", models.CharField(max_length=100)),
                ("customer_id", models.BigIntegerField(blank=True, null=True)),
                ("business_key", models.CharField(max_length=200)),
                ("payload", models.JSONField()),
                ("payload_hash", models.CharField(max_length=64)),
                ("facts", models.JSONField(default=dict)),
                ("facts_hash", models.CharField(blank=True, default="", max_length=64)),
                ("policy_version", models.PositiveIntegerField(default=0)),
                ("verdict", models.JSONField(default=dict)),
                ("preview", models.JSONField(default=list)),
                ("content_hash", models.CharField(max_length=64)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=40)),
                ("note", models.BinaryField(default=b"")),
                ("note_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("idempotency_key", models.CharField(blank=True, default="", max_length=200)),
                ("request_hash", models.CharField(blank=True, default="", max_length=64)),
                ("approvals_needed", models.PositiveSmallIntegerField(default=1)),
                ("requested_at", models.DateTimeField()),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("lease_holder", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("fence", models.BigIntegerField(default=0)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("queued_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("effects", models.JSONField(default=list)),
                ("fix", models.JSONField(blank=True, default=dict)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="cases.case",
                    ),
                ),
                (
                    "fix_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ActionPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("refund", "Refund request")], max_length=20)),
                ("version", models.PositiveIntegerField()),
                ("rules", models.JSONField()),
                ("note", models.CharField(max_length=200)),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ActionStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("attempt", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("intended", "Sent, no answer yet"),
                            ("done", "Done"),
                            ("unknown", "No answer: being checked"),
                            ("not_sent", "Not sent"),
                            ("refused", "Refused"),
                        ],
                        default="intended",
                        max_length=10,
                    ),
                ),
                ("fence", models.BigIntegerField()),
                ("key", models.CharField(max_length=100)),
                ("request", models.BinaryField(default=b"")),
                ("request_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("request_hash", models.CharField(max_length=64)),
                ("intended_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("reply_hash", models.CharField(blank=True, default="", max_length=64)),
                ("problem", models.CharField(blank=True, default="", max_length=60)),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="cases.action",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ActionSwitch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("kind", models.CharField(choices=[("refund", "Refund request")], max_length=20)),
                ("company_id", models.IntegerField(blank=True, null=True)),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("is_on", models.BooleanField()),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[("approved", "Approved"), ("rejected", "Rejected")], max_length=10
                    ),
                ),
                ("content_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("stepped_up_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.BinaryField(default=b"")),
                ("reason_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_cause", models.CharField(blank=True, default="", max_length=40)),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="cases.action",
                    ),
                ),
                (
                    "approver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StepUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_hash", models.CharField(blank=True, default="", max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.apitoken",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TicketNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.CharField(max_length=40)),
                ("ticket_source", models.SlugField(blank=True, db_index=False, default="")),
                ("ticket_ref", models.CharField(blank=True, default="", max_length=100)),
                ("facts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_connected", "Not Connected"),
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                        ],
                        default="not_connected",
                        max_length=20,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="cases.action",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "running", "unknown", "compensating"])),
                fields=["next_try_at"],
                name="action_due",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("state__in", ["awaiting_approval", "draft", "approved"])),
                fields=["expires_at"],
                name="action_by_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["connection", "company_id", "state", "requested_at"], name="action_by_scope"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["case", "requested_at"], name="action_by_case"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["connection", "company_id", "order_id"], name="action_by_order"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["requester", "requested_at"], name="action_by_requester"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("customer_id__isnull", False)),
                fields=["connection", "customer_id", "requested_at"],
                name="action_by_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "awaiting_approval",
                            "approved",
                            "queued",
                            "running",
                            "unknown",
                            "succeeded",
                            "compensating",
                            "parked",
                            "cancelled",
                            "rejected",
                            "expired",
                        ],
                    )
                ),
                name="action_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["refund"])), name="action_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(("company_id__gt", 0)), name="action_company_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="action_amount_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("content_hash__regex", "^[0-9a-f]{64}$"), ("payload_hash__regex", "^[0-9a-f]{64}$")
                ),
                name="action_hashes_are_sha256",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finished_at__isnull", False),
                        ("state__in", ["cancelled", "expired", "rejected", "succeeded"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["cancelled", "expired", "rejected", "succeeded"]), _negated=True
                        ),
                        ("finished_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="action_final_has_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "running"), _negated=True),
                    models.Q(("lease_until__isnull", False), models.Q(("lease_holder", ""), _negated=True)),
                    _connector="OR",
                ),
                name="action_running_has_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "parked"), _negated=True),
                    models.Q(("cause", ""), _negated=True),
                    _connector="OR",
                ),
                name="action_parked_has_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fix", {}), ("fix_by__isnull", True)),
                    models.Q(
                        models.Q(("fix", {}), _negated=True), ("fix_by__isnull", False), ("state", "parked")
                    ),
                    _connector="OR",
                ),
                name="action_fix_of_parked_has_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["queued", "running", "unknown"]), _negated=True),
                    ("next_try_at__isnull", False),
                    _connector="OR",
                ),
                name="action_due_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("idempotency_key", ""), models.Q(("request_hash", ""), _negated=True), _connector="OR"
                ),
                name="action_request_has_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["cancelled", "expired", "rejected", "succeeded"]), _negated=True
                ),
                fields=("connection", "company_id", "kind", "business_key"),
                name="action_open_once_per_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["compensating", "running", "unknown"])),
                fields=("connection", "order_id"),
                name="action_one_at_work_per_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("requester", "idempotency_key"),
                name="action_request_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="actionpolicy",
            constraint=models.UniqueConstraint(fields=("kind", "version"), name="action_policy_version_once"),
        ),
        migrations.AddConstraint(
            model_name="actionpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="action_policy_version_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="action_policy_has_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionstep",
            constraint=models.UniqueConstraint(
                fields=("action", "number", "attempt"), name="action_step_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "done")),
                fields=("action", "number"),
                name="action_step_done_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="actionstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["intended", "done", "unknown", "not_sent", "refused"])),
                name="action_step_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="actionstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("state", "intended")),
                    models.Q(models.Q(("state", "intended"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="action_step_answer_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="actionswitch",
            constraint=models.UniqueConstraint(
                fields=("connection", "kind", "company_id", "brand"),
                name="action_switch_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="actionswitch",
            constraint=models.CheckConstraint(
                condition=models.Q(("company_id__isnull", False), ("brand", ""), _connector="OR"),
                name="action_stop_is_for_all_brands",
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["approver", "at"], name="approval_by_person"),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["approved", "rejected"])), name="approval_decision_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_cause", ""), ("voided_at__isnull", True)),
                    models.Q(("voided_at__isnull", False), models.Q(("void_cause", ""), _negated=True)),
                    _connector="OR",
                ),
                name="approval_void_has_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("voided_at__isnull", True), ("voided_at__gte", models.F("at")), _connector="OR"
                ),
                name="approval_void_is_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True)),
                fields=("action", "approver"),
                name="approval_once_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="stepup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("session_hash", ""), ("token__isnull", False)),
                    models.Q(("token__isnull", True), models.Q(("session_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="step_up_of_token_or_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="stepup",
            constraint=models.UniqueConstraint(
                fields=("user", "token", "session_hash"), name="step_up_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketnote",
            constraint=models.UniqueConstraint(fields=("action", "about"), name="ticket_note_once"),
        ),
        migrations.AddConstraint(
            model_name="ticketnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivered_at__isnull", False), ("state", "delivered")),
                    models.Q(models.Q(("state", "delivered"), _negated=True), ("delivered_at__isnull", True)),
                    _connector="OR",
                ),
                name="ticket_note_delivered_has_time",
            ),
        ),
        migrations.RunSQL(GUARD, reverse_sql=UNGUARD),
        migrations.RunSQL(NARROW_RIGHTS, reverse_sql=migrations.RunSQL.noop),
    ]
