"""What each role may see, version by version; values that were revealed; rules that place orders in a brand and region.

Versions of the matrix only grow, one after the other. A reveal stays as it was made: only its review is added.
"""

import datetime

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION masking_policy_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION '% on % is denied: versions of the matrix only grow', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM cases_maskingpolicy) THEN
        RAISE EXCEPTION 'version % of the matrix does not follow the last one', NEW.version
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION reveal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% on % is denied: reveals are kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.reviewed_at IS NOT NULL
        OR to_jsonb(NEW) - '{reviewed_by_id,reviewed_at}'::text[] <> to_jsonb(OLD) - '{reviewed_by_id,reviewed_at}'::text[]
    THEN
        RAISE EXCEPTION 'of a reveal only the review is added, once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER masking_policy_only_grows BEFORE INSERT OR UPDATE OR DELETE ON cases_maskingpolicy
    FOR EACH ROW EXECUTE FUNCTION masking_policy_only_grows();
CREATE TRIGGER masking_policy_no_truncate BEFORE TRUNCATE ON cases_maskingpolicy
    FOR EACH STATEMENT EXECUTE FUNCTION masking_policy_only_grows();
CREATE TRIGGER reveal_stays BEFORE UPDATE OR DELETE ON cases_reveal
    FOR EACH ROW EXECUTE FUNCTION reveal_stays();
CREATE TRIGGER reveal_no_truncate BEFORE TRUNCATE ON cases_reveal
    FOR EACH STATEMENT EXECUTE FUNCTION reveal_stays();

ALTER TABLE cases_maskingpolicy ENABLE ALWAYS TRIGGER masking_policy_only_grows;
ALTER TABLE cases_maskingpolicy ENABLE ALWAYS TRIGGER masking_policy_no_truncate;
ALTER TABLE cases_reveal ENABLE ALWAYS TRIGGER reveal_stays;
ALTER TABLE cases_reveal ENABLE ALWAYS TRIGGER reveal_no_truncate;
"""

# Whoever got rights on the new tables by default, whatever the role is called, keeps only what is needed.
NARROW_RIGHTS = """
DO $$
DECLARE who record;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::name) END AS grantee
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid IN ('cases_maskingpolicy'::regclass, 'cases_reveal'::regclass) AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_maskingpolicy FROM %s', who.grantee);
        EXECUTE format('REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_reveal FROM %s', who.grantee);
    END LOOP;
END $$;
"""

UNGUARD = """
DROP TRIGGER masking_policy_only_grows ON cases_maskingpolicy;
DROP TRIGGER masking_policy_no_truncate ON cases_maskingpolicy;
DROP TRIGGER reveal_stays ON cases_reveal;
DROP TRIGGER reveal_no_truncate ON cases_reveal;
DROP FUNCTION masking_policy_only_grows(), reveal_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_snapshots")]

    operations = [
        migrations.CreateModel(
            name="ScopeRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("position", models.PositiveIntegerField()),
                ("company_id", models.IntegerField(blank=True, null=True)),
                ("sales_team", models.CharField(blank=True, default="", max_length=100)),
                ("website", models.CharField(blank=True, default="", max_length=100)),
                ("warehouse", models.CharField(blank=True, default="", max_length=100)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("connection", "position"),
                        name="scope_rule_position_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("brand", ""), _negated=True),
                            models.Q(("region", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="scope_rule_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("company_id__isnull", True), ("company_id__gt", 0), _connector="OR"
                        ),
                        name="scope_rule_company_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaskingPolicy",
            fields=[
                ("version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("matrix", models.JSONField()),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="masking_policy_version_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="masking_policy_has_note"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reveal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("company_id", models.IntegerField()),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("ref", models.CharField(max_length=100)),
                ("field", models.CharField(max_length=200)),
                ("sensitivity", models.CharField(max_length=20)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("confirm_identity", "Confirm who is calling"),
                            ("contact_customer", "Contact the customer"),
                            ("correct_address", "Check or correct an address"),
                            ("check_payment", "Check a payment"),
                            ("legal_request", "Legal request"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason_text", models.CharField(max_length=500)),
                ("policy_version", models.PositiveIntegerField()),
                ("value_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reveals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
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
                "indexes": [
                    models.Index(fields=["person", "at"], name="reveal_by_person"),
                    models.Index(
                        models.F("connection"),
                        models.F("company_id"),
                        models.OrderBy(models.F("at"), descending=True),
                        name="reveal_by_scope",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "confirm_identity",
                                    "contact_customer",
                                    "correct_address",
                                    "check_payment",
                                    "legal_request",
                                    "other",
                                ],
                            )
                        ),
                        name="reveal_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__gt", models.F("at")),
                            (
                                "until__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("at"), "+", models.Value(datetime.timedelta(seconds=300))
                                ),
                            ),
                        ),
                        name="reveal_is_short",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.GreaterThanOrEqual(
                                django.db.models.functions.text.Length("reason_text"), 10
                            )
                        ),
                        name="reveal_reason_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("field", ""), _negated=True), models.Q(("ref", ""), _negated=True)
                        ),
                        name="reveal_names_field",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                            models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="reveal_review_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by__isnull", True),
                            models.Q(("reviewed_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="reveal_reviewed_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RevealNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("company_id", models.IntegerField()),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("reveals", models.PositiveIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seen_by",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)),
                        fields=["connection", "company_id"],
                        name="reveal_notice_unseen",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at__isnull", True), ("seen_by__isnull", True)),
                            models.Q(("seen_at__isnull", False), ("seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="reveal_notice_seen_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seen_by__isnull", True),
                            models.Q(("seen_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="reveal_notice_seen_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, reverse_sql=UNGUARD),
        migrations.RunSQL(NARROW_RIGHTS, reverse_sql=migrations.RunSQL.noop),
    ]
