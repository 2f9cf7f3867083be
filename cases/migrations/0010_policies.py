"""Rules in versions that two people stand for, drafts of them, trials of drafts, and what the rules refused."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION action_policy_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.author_id IS NULL OR NEW.author_id = NEW.published_by_id THEN
        RAISE EXCEPTION 'action_policy_by_two_people: nobody publishes rules they wrote' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM cases_actionpolicy) THEN
        RAISE EXCEPTION 'version % of the rules does not follow the last one', NEW.version
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION policy_draft_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.withdrawn_at IS NOT NULL OR NEW.published_id IS NOT NULL THEN
            RAISE EXCEPTION 'policy_draft_begins_open: a draft begins as one' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.withdrawn_at IS NOT NULL OR OLD.published_id IS NOT NULL
        OR (NEW.author_id, NEW.by_admin, NEW.created_at) IS DISTINCT FROM (OLD.author_id, OLD.by_admin, OLD.created_at)
    THEN
        RAISE EXCEPTION 'policy_draft_stays: a draft that ended stays as it is, and its author always does'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.published_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases_actionpolicy p
        WHERE p.id = NEW.published_id AND p.author_id = NEW.author_id AND p.rules = NEW.rules AND p.rules = OLD.rules
    ) THEN
        RAISE EXCEPTION 'policy_draft_is_what_was_published: other rules, or of somebody else'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER action_policy_grows BEFORE INSERT ON cases_actionpolicy
    FOR EACH ROW EXECUTE FUNCTION action_policy_grows();
CREATE TRIGGER policy_draft_guarded BEFORE INSERT OR UPDATE ON cases_policydraft
    FOR EACH ROW EXECUTE FUNCTION policy_draft_guard();
CREATE TRIGGER policy_draft_kept BEFORE DELETE ON cases_policydraft FOR EACH ROW EXECUTE FUNCTION action_deny();
CREATE TRIGGER refused_request_stays BEFORE UPDATE ON cases_refusedrequest
    FOR EACH ROW EXECUTE FUNCTION action_deny();
ALTER TABLE cases_actionpolicy ENABLE ALWAYS TRIGGER action_policy_grows;
ALTER TABLE cases_policydraft ENABLE ALWAYS TRIGGER policy_draft_guarded;
ALTER TABLE cases_policydraft ENABLE ALWAYS TRIGGER policy_draft_kept;
ALTER TABLE cases_refusedrequest ENABLE ALWAYS TRIGGER refused_request_stays;
"""

UNGUARD = """
DROP TRIGGER action_policy_grows ON cases_actionpolicy;
DROP TRIGGER policy_draft_guarded ON cases_policydraft;
DROP TRIGGER policy_draft_kept ON cases_policydraft;
DROP TRIGGER refused_request_stays ON cases_refusedrequest;
DROP FUNCTION action_policy_grows(), policy_draft_guard();
"""

# Whoever got rights on the new tables by default, whatever the role is called, keeps only what the work needs.
NARROW_RIGHTS = """
DO $$
DECLARE who record;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::name) END AS grantee
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'cases_policydraft'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_policydraft, cases_policytrial FROM %s',
                       who.grantee);
        EXECUTE format('REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON cases_refusedrequest FROM %s', who.grantee);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_delegations_sightings_subjects"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_admin", models.BooleanField()),
                ("based_on", models.PositiveIntegerField()),
                ("rules", models.JSONField()),
                ("note", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PolicyTrial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("differing", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RefusedRequest",
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
                ("order_ref", models.CharField(max_length=100)),
                ("payload", models.JSONField()),
                ("facts", models.JSONField()),
                ("policy_version", models.PositiveIntegerField()),
                ("verdict", models.JSONField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=20)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("requested_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="actionpolicy",
            name="action_policy_version_once",
        ),
        migrations.RemoveField(
            model_name="actionpolicy",
            name="kind",
        ),
        migrations.AddField(
            model_name="actionpolicy",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="actionpolicy",
            name="version",
            field=models.PositiveIntegerField(unique=True),
        ),
        migrations.AddConstraint(
            model_name="actionpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("author", models.F("published_by")), _negated=True),
                name="action_policy_by_two_people",
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="published",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="draft",
                to="cases.actionpolicy",
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policytrial",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policytrial",
            name="draft",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="trials",
                to="cases.policydraft",
            ),
        ),
        migrations.AddField(
            model_name="refusedrequest",
            name="requester",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="policydraft",
            index=models.Index(
                condition=models.Q(("published__isnull", True), ("withdrawn_at__isnull", True)),
                fields=["created_at"],
                name="policy_draft_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="policy_draft_has_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(
                        ("published__isnull", True),
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="policy_draft_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="policytrial",
            constraint=models.UniqueConstraint(fields=("draft", "fingerprint"), name="policy_trial_once"),
        ),
        migrations.AddConstraint(
            model_name="policytrial",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "done", "failed"])),
                name="policy_trial_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="policytrial",
            constraint=models.CheckConstraint(
                condition=models.Q(("done__lte", models.F("total"))), name="policy_trial_done_of_total"
            ),
        ),
        migrations.AddConstraint(
            model_name="refusedrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("company_id__gt", 0)), name="refused_request_company_positive"
            ),
        ),
        migrations.RunSQL(GUARD, reverse_sql=UNGUARD),
        migrations.RunSQL(NARROW_RIGHTS, reverse_sql=migrations.RunSQL.noop),
    ]
