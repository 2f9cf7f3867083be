import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# An approval in somebody's place counts as theirs, so that one right never stands for two approvals.
GUARD = """
CREATE OR REPLACE FUNCTION action_is_approved(wanted uuid, hash text, asked_by bigint, needed integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT least(count(DISTINCT p.approver_id), count(DISTINCT COALESCE(p.on_behalf_of_id, p.approver_id))) >= needed
    FROM cases_approval p
    WHERE p.action_id = wanted AND p.decision = 'approved' AND p.voided_at IS NULL
        AND p.content_hash = hash AND p.approver_id <> asked_by
        AND p.on_behalf_of_id IS DISTINCT FROM asked_by
$$;

CREATE OR REPLACE FUNCTION approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT a.requester_id, a.content_hash, a.state INTO asked FROM cases_action a WHERE a.id = NEW.action_id;
        IF asked.requester_id IN (NEW.approver_id, NEW.on_behalf_of_id) THEN
            RAISE EXCEPTION 'approval_by_another: nobody decides on their own request'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.on_behalf_of_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM cases_approvaldelegation d
            WHERE d.delegator_id = NEW.on_behalf_of_id AND d.delegate_id = NEW.approver_id
                AND d.ended_at IS NULL AND d.starts_at <= NEW.at AND d.ends_at > NEW.at) THEN
            RAISE EXCEPTION 'approval_delegated: nobody was asked to decide in that place'
                USING ERRCODE = 'check_violation';
        END IF;
        IF asked.content_hash <> NEW.content_hash OR asked.state <> 'awaiting_approval' THEN
            RAISE EXCEPTION 'approval_of_what_waits: this is not what waits for approval'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.voided_at IS NOT NULL THEN
            RAISE EXCEPTION 'approval_begins_valid' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL
        OR (NEW.action_id, NEW.approver_id, NEW.on_behalf_of_id, NEW.decision, NEW.content_hash, NEW.at,
            NEW.stepped_up_at, NEW.reason)
        IS DISTINCT FROM
           (OLD.action_id, OLD.approver_id, OLD.on_behalf_of_id, OLD.decision, OLD.content_hash, OLD.at,
            OLD.stepped_up_at, OLD.reason) THEN
        RAISE EXCEPTION 'approval_stays: an approval can only be voided, once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION delegation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (NEW.delegator_id, NEW.delegate_id, NEW.starts_at, NEW.ends_at, NEW.made_at)
        IS DISTINCT FROM (OLD.delegator_id, OLD.delegate_id, OLD.starts_at, OLD.ends_at, OLD.made_at) THEN
        RAISE EXCEPTION 'delegation_stays: a delegation can only be ended, once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER delegation_guarded BEFORE UPDATE ON cases_approvaldelegation
    FOR EACH ROW EXECUTE FUNCTION delegation_guard();
CREATE TRIGGER delegation_kept BEFORE DELETE ON cases_approvaldelegation
    FOR EACH ROW EXECUTE FUNCTION action_deny();
CREATE TRIGGER document_sighting_kept BEFORE UPDATE OR DELETE ON cases_documentsighting
    FOR EACH ROW EXECUTE FUNCTION action_deny();
ALTER TABLE cases_approvaldelegation ENABLE ALWAYS TRIGGER delegation_guarded;
ALTER TABLE cases_approvaldelegation ENABLE ALWAYS TRIGGER delegation_kept;
ALTER TABLE cases_documentsighting ENABLE ALWAYS TRIGGER document_sighting_kept;
"""

UNGUARD = """
DROP TRIGGER delegation_guarded ON cases_approvaldelegation;
DROP TRIGGER delegation_kept ON cases_approvaldelegation;
DROP TRIGGER document_sighting_kept ON cases_documentsighting;
DROP FUNCTION delegation_guard();
"""

# Whoever got rights on the new tables by default, whatever the role is called, keeps only what the work needs.
NARROW_RIGHTS = """
DO $$
DECLARE who record;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::name) END AS grantee
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'cases_approvaldelegation'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_approvaldelegation, '
                       'cases_documentsighting, cases_subjectkey FROM %s', who.grantee);
        EXECUTE format('REVOKE UPDATE ON cases_documentsighting FROM %s', who.grantee);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_actions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalDelegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DocumentSighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document_id", models.BigIntegerField()),
                ("state", models.CharField(max_length=20)),
                ("ref", models.CharField(blank=True, default="", max_length=100)),
                ("total", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("payment", models.CharField(blank=True, default="", max_length=20)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SubjectKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.SlugField(db_index=False)),
                ("customer_id", models.BigIntegerField()),
                ("key", models.BinaryField(default=b"")),
                ("wrapped_by", models.CharField(blank=True, default="", max_length=64)),
                ("made_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="approval",
            name="on_behalf_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_behalf_of__isnull", True),
                    models.Q(("on_behalf_of", models.F("approver")), _negated=True),
                    _connector="OR",
                ),
                name="approval_for_another_than_oneself",
            ),
        ),
        migrations.AddField(
            model_name="approvaldelegation",
            name="delegate",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaldelegation",
            name="delegator",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaldelegation",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="documentsighting",
            name="action",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sightings",
                to="cases.action",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("erased_at__isnull", True)),
                fields=("connection", "customer_id"),
                name="subject_key_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("erased_at__isnull", True), models.Q(("key", b""), _negated=True)),
                    models.Q(("erased_at__isnull", False), ("key", b""), ("wrapped_by", "")),
                    _connector="OR",
                ),
                name="subject_key_gone_when_erased",
            ),
        ),
        migrations.AddIndex(
            model_name="approvaldelegation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["delegate", "ends_at"],
                name="delegation_by_delegate",
            ),
        ),
        migrations.AddIndex(
            model_name="approvaldelegation",
            index=models.Index(fields=["delegator", "ends_at"], name="delegation_by_delegator"),
        ),
        migrations.AddConstraint(
            model_name="approvaldelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("delegator", models.F("delegate")), _negated=True),
                name="delegation_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaldelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="delegation_ends_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaldelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="delegation_end_has_person",
            ),
        ),
        migrations.AddIndex(
            model_name="documentsighting",
            index=models.Index(
                fields=["action", "document_id", "seen_at"], name="document_sighting_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentsighting",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", ""), _negated=True), name="document_sighting_has_state"
            ),
        ),
        migrations.RunSQL(GUARD, reverse_sql=UNGUARD),
        migrations.RunSQL(NARROW_RIGHTS, reverse_sql=migrations.RunSQL.noop),
    ]
