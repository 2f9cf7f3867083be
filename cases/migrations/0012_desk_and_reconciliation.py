"""Comparisons with Odoo and what they find; who looks after a parked action, and to whom it was passed on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever got rights on the new tables by default, whatever the role is called, keeps only what the work needs.
NARROW_RIGHTS = """
DO $$
DECLARE who record;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::name) END AS grantee
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'cases_finding'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_finding, cases_reconciliationrun, '
                       'cases_escalation FROM %s', who.grantee);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cases", "0011_more_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("team_name", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("note", models.BinaryField()),
                ("note_key_id", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                        choices=[
                            ("no_effect", "Done here, not found in Odoo"),
                            ("gone", "Deleted in Odoo"),
                            ("cancelled", "Cancelled in Odoo"),
                            ("amount_differs", "Another amount in Odoo"),
                            ("quantity_differs", "Other quantities in Odoo"),
                            ("other_content", "Odoo keeps other content under its key"),
                            ("second_document", "More than one document for it"),
                            ("unknown_reference", "Bears a reference that nothing here has"),
                            ("not_carried_out", "Made for a request that was not carried out"),
                            ("foreign_credit_note", "Credit note made outside the console"),
                            ("foreign_return", "Return made outside the console"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_error", models.BooleanField()),
                ("connection", models.SlugField(db_index=False)),
                ("company_id", models.IntegerField()),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("order_ref", models.CharField(blank=True, default="", max_length=100)),
                ("reference", models.CharField(blank=True, default="", max_length=20)),
                ("model", models.CharField(blank=True, default="", max_length=60)),
                ("document_id", models.BigIntegerField(default=0)),
                ("document_ref", models.CharField(blank=True, default="", max_length=100)),
                ("amount", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ("expected", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("why", models.BinaryField(default=b"")),
                ("why_key_id", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("started_at", models.DateTimeField()),
                ("changed_since", models.DateTimeField()),
                ("stage", models.CharField(default="actions", max_length=20)),
                ("place", models.JSONField(blank=True, default=dict)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=60)),
                ("actions", models.PositiveIntegerField(default=0)),
                ("by_key", models.PositiveIntegerField(default=0)),
                ("adopted", models.PositiveIntegerField(default=0)),
                ("marked_done", models.PositiveIntegerField(default=0)),
                ("documents", models.PositiveIntegerField(default=0)),
                ("orders", models.PositiveIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="action",
            name="evidence",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="action",
            name="evidence_key_id",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="action",
            name="owned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="action",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="action",
            name="parked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owned_at__isnull", True), ("owner__isnull", True)),
                    models.Q(("owned_at__isnull", False), ("owner__isnull", False), ("state", "parked")),
                    _connector="OR",
                ),
                name="action_owner_of_parked_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "marked_done"), _negated=True),
                    models.Q(("evidence", b""), _negated=True),
                    _connector="OR",
                ),
                name="action_marked_done_has_evidence",
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="action",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="escalations",
                to="cases.action",
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="team",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="auth.group"
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="action",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="cases.action",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="case",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="last_run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.reconciliationrun"
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["action", "at"], name="escalation_of_action"),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", b""), _negated=True), name="escalation_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                    ("taken_at__gte", models.F("at")),
                    _connector="OR",
                ),
                name="escalation_taken_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_at__isnull", True)),
                fields=("action",),
                name="escalation_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="reconciliationrun",
            index=models.Index(fields=["connection", "started_at"], name="reconciliation_by_start"),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at__isnull", True)),
                fields=("connection",),
                name="reconciliation_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["actions", "documents", "orders", "closing"])),
                name="reconciliation_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_at__isnull", True), ("held_until__isnull", True), _connector="OR"
                ),
                name="reconciliation_ended_is_let_go",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=["connection", "company_id"],
                name="finding_open_by_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "no_effect",
                            "gone",
                            "cancelled",
                            "amount_differs",
                            "quantity_differs",
                            "other_content",
                            "second_document",
                            "unknown_reference",
                            "not_carried_out",
                            "foreign_credit_note",
                            "foreign_return",
                        ],
                    )
                ),
                name="finding_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_error", False), ("kind__in", ["foreign_credit_note", "foreign_return"])),
                    models.Q(
                        ("is_error", True),
                        models.Q(("kind__in", ["foreign_credit_note", "foreign_return"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="finding_error_by_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_seen_at__gte", models.F("first_seen_at"))),
                name="finding_seen_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cleared_at__isnull", True),
                    ("cleared_at__gte", models.F("last_seen_at")),
                    _connector="OR",
                ),
                name="finding_cleared_after_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__isnull", False), ("document_id__gt", 0), _connector="OR"),
                name="finding_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document_id", 0), ("model", "")),
                    models.Q(models.Q(("model", ""), _negated=True), ("document_id__gt", 0)),
                    _connector="OR",
                ),
                name="finding_document_has_model",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True), ("why", b"")),
                    models.Q(
                        ("accepted_at__isnull", False),
                        ("accepted_by__isnull", False),
                        models.Q(("why", b""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="finding_accepted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=("connection", "company_id", "kind", "action", "model", "document_id"),
                name="finding_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(NARROW_RIGHTS, reverse_sql=migrations.RunSQL.noop),
    ]
