"""Actions, and the guard that lets them move only as they may.

The guard holds whatever the program does: a state follows only from those it may follow, what was approved is what
runs, nobody approves their own request, a journal is not rewritten, and nothing is deleted.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.actions.identifiers

GUARD = """
CREATE FUNCTION action_deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is denied: what was asked for and done stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION action_may_move(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT before = after AND before NOT IN ('succeeded', 'cancelled', 'rejected', 'expired') OR after = ANY (
        CASE before
        WHEN 'draft' THEN ARRAY['awaiting_approval', 'approved', 'rejected', 'cancelled', 'expired']
        WHEN 'awaiting_approval' THEN ARRAY['approved', 'rejected', 'cancelled', 'expired']
        WHEN 'approved' THEN ARRAY['queued', 'awaiting_approval', 'rejected', 'cancelled', 'expired']
        WHEN 'queued' THEN ARRAY['running', 'approved', 'cancelled', 'parked']
        WHEN 'running' THEN ARRAY['queued', 'unknown', 'succeeded', 'compensating', 'parked', 'awaiting_approval',
                                  'rejected']
        WHEN 'unknown' THEN ARRAY['running', 'queued', 'succeeded', 'compensating', 'parked', 'awaiting_approval',
                                  'rejected']
        WHEN 'compensating' THEN ARRAY['cancelled', 'parked']
        WHEN 'parked' THEN ARRAY['queued', 'succeeded', 'cancelled']
        ELSE ARRAY[]::text[] END)
$$;

CREATE FUNCTION action_is_approved(wanted uuid, hash text, asked_by bigint, needed integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT p.approver_id) >= needed FROM cases_approval p
    WHERE p.action_id = wanted AND p.decision = 'approved' AND p.voided_at IS NULL
        AND p.content_hash = hash AND p.approver_id <> asked_by
$$;

CREATE FUNCTION action_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('draft', 'awaiting_approval', 'approved', 'rejected') THEN
            RAISE EXCEPTION 'action_begins_undecided: an action does not begin as %', NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        IF NOT action_may_move(OLD.state, NEW.state) THEN
            RAISE EXCEPTION 'action_legal_move: an action does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        IF (NEW.id, NEW.reference, NEW.kind, NEW.connection, NEW.company_id, NEW.order_id, NEW.order_ref,
            NEW.requester_id, NEW.requested_at, NEW.idempotency_key, NEW.request_hash, NEW.business_key)
            IS DISTINCT FROM
           (OLD.id, OLD.reference, OLD.kind, OLD.connection, OLD.company_id, OLD.order_id, OLD.order_ref,
            OLD.requester_id, OLD.requested_at, OLD.idempotency_key, OLD.request_hash, OLD.business_key) THEN
            RAISE EXCEPTION 'action_identity_stays: what an action is and who asked for it never changes'
                USING ERRCODE = 'check_violation';
        END IF;
        IF (NEW.payload, NEW.payload_hash, NEW.facts, NEW.verdict, NEW.preview, NEW.policy_version, NEW.content_hash,
            NEW.amount, NEW.currency, NEW.approvals_needed)
            IS DISTINCT FROM
           (OLD.payload, OLD.payload_hash, OLD.facts, OLD.verdict, OLD.preview, OLD.policy_version, OLD.content_hash,
            OLD.amount, OLD.currency, OLD.approvals_needed)
            AND OLD.state <> 'draft' AND NEW.state NOT IN ('awaiting_approval', 'rejected') THEN
            RAISE EXCEPTION 'action_content_stays: what was approved does not change afterwards'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.fence < OLD.fence THEN
            RAISE EXCEPTION 'action_fence_grows: a fence never goes back' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state = 'queued' AND NEW.state = 'running'
            AND (NEW.fence <> OLD.fence + 1 OR NEW.attempts <> OLD.attempts + 1) THEN
            RAISE EXCEPTION 'action_claim_counts: a claim takes the next fence and counts'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state IN ('approved', 'queued', 'running') AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state)
        AND NOT action_is_approved(NEW.id, NEW.content_hash, NEW.requester_id, NEW.approvals_needed) THEN
        RAISE EXCEPTION 'action_is_approved: % lacks approvals of exactly this content', NEW.reference
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT a.requester_id, a.content_hash, a.state INTO asked FROM cases_action a WHERE a.id = NEW.action_id;
        IF asked.requester_id = NEW.approver_id THEN
            RAISE EXCEPTION 'approval_by_another: nobody decides on their own request'
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
        OR (NEW.action_id, NEW.approver_id, NEW.decision, NEW.content_hash, NEW.at, NEW.stepped_up_at, NEW.reason)
        IS DISTINCT FROM
           (OLD.action_id, OLD.approver_id, OLD.decision, OLD.content_hash, OLD.at, OLD.stepped_up_at, OLD.reason) THEN
        RAISE EXCEPTION 'approval_stays: an approval can only be voided, once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION action_step_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'intended' THEN
            RAISE EXCEPTION 'action_step_begins_intended: the intent is written before the call'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'intended' OR NEW.state = 'intended'
        OR (NEW.action_id, NEW.number, NEW.attempt, NEW.name, NEW.fence, NEW.key, NEW.request, NEW.request_hash,
            NEW.intended_at)
        IS DISTINCT FROM
           (OLD.action_id, OLD.number, OLD.attempt, OLD.name, OLD.fence, OLD.key, OLD.request, OLD.request_hash,
            OLD.intended_at) THEN
        RAISE EXCEPTION 'action_step_stays: a journal is completed once and never rewritten'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER action_guarded BEFORE INSERT OR UPDATE ON cases_action
    FOR EACH ROW EXECUTE FUNCTION action_guard();
CREATE TRIGGER action_stays BEFORE DELETE ON cases_action FOR EACH ROW EXECUTE FUNCTION action_deny();
CREATE TRIGGER approval_guarded BEFORE INSERT OR UPDATE ON cases_approval
    FOR EACH ROW EXECUTE FUNCTION approval_guard();
CREATE TRIGGER approval_kept BEFORE DELETE ON cases_approval FOR EACH ROW EXECUTE FUNCTION action_deny();
CREATE TRIGGER action_step_guarded BEFORE INSERT OR UPDATE ON cases_actionstep
    FOR EACH ROW EXECUTE FUNCTION action_step_guard();
CREATE TRIGGER action_step_kept BEFORE DELETE ON cases_actionstep FOR EACH ROW EXECUTE FUNCTION action_deny();
CREATE TRIGGER action_policy_kept BEFORE UPDATE OR DELETE ON cases_actionpolicy
    FOR EACH ROW EXECUTE FUNCTION action_deny();
ALTER TABLE cases_action ENABLE ALWAYS TRIGGER action_guarded;
ALTER TABLE cases_action ENABLE ALWAYS TRIGGER action_stays;
ALTER TABLE cases_approval ENABLE ALWAYS TRIGGER approval_guarded;
ALTER TABLE cases_approval ENABLE ALWAYS TRIGGER approval_kept;
ALTER TABLE cases_actionstep ENABLE ALWAYS TRIGGER action_step_guarded;
ALTER TABLE cases_actionstep ENABLE ALWAYS TRIGGER action_step_kept;
ALTER TABLE cases_actionpolicy ENABLE ALWAYS TRIGGER action_policy_kept;
"""

# Whoever got rights on the new tables by default, whatever the role is called, keeps only what the work needs.
NARROW_RIGHTS = """
DO $$
DECLARE who record;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::name) END AS grantee
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'cases_action'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_action, cases_actionstep, cases_approval, '
                       'cases_actionpolicy, cases_ticketnote FROM %s', who.grantee);
        EXECUTE format('REVOKE UPDATE ON cases_actionpolicy FROM %s', who.grantee);
    END LOOP;
END $$;
"""

UNGUARD = """
DROP TRIGGER action_guarded ON cases_action;
DROP TRIGGER action_stays ON cases_action;
DROP TRIGGER approval_guarded ON cases_approval;
DROP TRIGGER approval_kept ON cases_approval;
DROP TRIGGER action_step_guarded ON cases_actionstep;
DROP TRIGGER action_step_kept ON cases_actionstep;
DROP TRIGGER action_policy_kept ON cases_actionpolicy;
DROP FUNCTION action_guard(), approval_guard(), action_step_guard(), action_deny(), action_may_move(text, text),
    action_is_approved(uuid, text, bigint, integer);
"""


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
