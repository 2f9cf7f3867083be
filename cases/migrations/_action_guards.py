"""The database's own refusals for actions: illegal moves, changed decisions, deleted steps."""

from __future__ import annotations

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
