"""Makes room for cases; who is looking at one right now is worth nothing after a crash, so that is not logged."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_audit_guard"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("order_inquiry", "Order inquiry"),
                            ("return", "Return"),
                            ("billing_dispute", "Billing dispute"),
                            ("delivery", "Delivery"),
                            ("product_question", "Product question"),
                            ("other", "Other"),
                        ],
                        default="order_inquiry",
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("snoozed", "Snoozed"),
                            ("closed", "Closed"),
                            ("merged", "Merged"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low")], default=3
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("company_id", models.IntegerField()),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("customer_id", models.IntegerField(blank=True, null=True)),
                ("customer_name", models.CharField(blank=True, default="", max_length=200)),
                ("ticket_source", models.SlugField(blank=True, db_index=False, default="")),
                ("ticket_ref", models.CharField(blank=True, default="", max_length=100)),
                ("opened_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("waiting_since", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("checklist", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_cases",
                        to="cases.case",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
            name="CaseEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("message", "Message"), ("note", "Note"), ("event", "Event")], max_length=10
                    ),
                ),
                (
                    "sender",
                    models.CharField(
                        choices=[("customer", "Customer"), ("agent", "Agent"), ("system", "System")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("body", models.TextField(blank=True, default="")),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="cases.case",
                    ),
                ),
                (
                    "moved_from",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CaseOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("company_id", models.IntegerField()),
                ("ref", models.CharField(max_length=100)),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("linked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="cases.case",
                    ),
                ),
                (
                    "linked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
            name="CasePresence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="present",
                        to="cases.case",
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
            name="CaseView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("filters", models.JSONField(default=dict)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_views",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("state"),
                models.OrderBy(models.F("updated_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="case_by_update",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "opened_at", "id"], name="case_by_opening"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "priority", "opened_at", "id"], name="case_by_priority"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("assignee"),
                models.F("state"),
                models.OrderBy(models.F("updated_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="case_by_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("connection"),
                models.F("company_id"),
                models.F("state"),
                models.OrderBy(models.F("updated_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="case_by_scope",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("customer_id__isnull", False)),
                fields=["connection", "company_id", "customer_id"],
                name="case_by_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "snoozed")), fields=["snoozed_until"], name="case_by_wake_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "type__in",
                        [
                            "order_inquiry",
                            "return",
                            "billing_dispute",
                            "delivery",
                            "product_question",
                            "other",
                        ],
                    )
                ),
                name="case_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "snoozed", "closed", "merged"])),
                name="case_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", [1, 2, 3, 4])), name="case_priority_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("company_id__gt", 0)), name="case_company_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("connection", ""), _negated=True), name="case_has_connection"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("snoozed_until__isnull", False), ("state", "snoozed")),
                    models.Q(models.Q(("state", "snoozed"), _negated=True), ("snoozed_until__isnull", True)),
                    _connector="OR",
                ),
                name="case_snoozed_has_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state__in", ["closed", "merged"])),
                    models.Q(
                        models.Q(("state__in", ["closed", "merged"]), _negated=True),
                        ("closed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="case_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)),
                    _connector="OR",
                ),
                name="case_merged_has_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="case_not_merged_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("type", "billing_dispute"), ("checklist", {}), _connector="OR"),
                name="case_checklist_of_billing_dispute",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ticket_ref", ""), _negated=True),
                fields=("connection", "company_id", "ticket_source", "ticket_ref"),
                name="case_ticket_once",
            ),
        ),
        migrations.AddIndex(
            model_name="caseentry",
            index=models.Index(fields=["case", "at", "id"], name="case_entry_in_order"),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["message", "note", "event"])), name="case_entry_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("sender__in", ["customer", "agent", "system"])),
                name="case_entry_sender_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body", ""), ("kind", "event"), models.Q(("code", ""), _negated=True)),
                    models.Q(
                        models.Q(("kind", "event"), _negated=True),
                        ("code", ""),
                        models.Q(("body", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_entry_event_has_code_others_a_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "note"), _negated=True), ("sender", "agent"), _connector="OR"
                ),
                name="case_entry_note_is_from_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="caseorder",
            index=models.Index(fields=["connection", "company_id", "ref"], name="case_order_by_order"),
        ),
        migrations.AddConstraint(
            model_name="caseorder",
            constraint=models.UniqueConstraint(
                fields=("case", "connection", "company_id", "ref"), name="case_order_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("company_id__gt", 0)), name="case_order_company_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("ref", ""), _negated=True), name="case_order_has_ref"
            ),
        ),
        migrations.AddConstraint(
            model_name="casepresence",
            constraint=models.UniqueConstraint(fields=("case", "user"), name="case_presence_once"),
        ),
        migrations.AddConstraint(
            model_name="caseview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner__isnull", False), ("team__isnull", True)),
                    models.Q(("owner__isnull", True), ("team__isnull", False)),
                    _connector="OR",
                ),
                name="case_view_has_one_keeper",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="case_view_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseview",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="case_view_once_per_person"),
        ),
        migrations.AddConstraint(
            model_name="caseview",
            constraint=models.UniqueConstraint(fields=("team", "name"), name="case_view_once_per_team"),
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_casepresence SET UNLOGGED",
            reverse_sql="ALTER TABLE cases_casepresence SET LOGGED",
        ),
    ]
