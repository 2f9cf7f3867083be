"""Lets the audit tables only grow: every entry must follow the head of its chain, nothing changes or leaves.

The app's role keeps INSERT and SELECT on entries and SELECT on heads. Heads are taken and moved by functions that
run as the tables' owner, so the role cannot move one by hand. Only the owner could switch the triggers off;
``audit_verify`` with anchors finds what was done then.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION audit_deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is denied: the audit trail only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Locks and returns the head of a chain, making it where the chain is new.
CREATE FUNCTION audit_take_head(wanted text) RETURNS TABLE (seq bigint, hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT h.seq, h.hash::text FROM cases_audithead h WHERE h.chain = wanted FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO cases_audithead (chain, seq, hash) VALUES (wanted, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
        RETURN QUERY SELECT h.seq, h.hash::text FROM cases_audithead h WHERE h.chain = wanted FOR UPDATE;
    END IF;
END $$;

CREATE FUNCTION audit_link_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE cases_audithead SET seq = NEW.seq, hash = NEW.hash
        WHERE chain = NEW.chain AND seq = NEW.seq - 1 AND hash = NEW.prev_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'audit entry % of chain % does not follow its head', NEW.seq, NEW.chain
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_check_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
        SELECT 1 FROM cases_auditentry e WHERE e.chain = NEW.chain AND e.seq = NEW.seq AND e.hash = NEW.hash
    ) THEN
        RAISE EXCEPTION 'the head of chain % moves only to its next entry', OLD.chain
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_entry_links AFTER INSERT ON cases_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_link_entry();
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON cases_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_deny();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON cases_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
CREATE TRIGGER audit_head_advances BEFORE UPDATE ON cases_audithead
    FOR EACH ROW EXECUTE FUNCTION audit_check_head();
CREATE TRIGGER audit_head_stays BEFORE DELETE ON cases_audithead
    FOR EACH ROW EXECUTE FUNCTION audit_deny();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON cases_audithead
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();

-- Also while a session plays a replica, which silences ordinary triggers.
ALTER TABLE cases_auditentry ENABLE ALWAYS TRIGGER audit_entry_links;
ALTER TABLE cases_auditentry ENABLE ALWAYS TRIGGER audit_entry_stays;
ALTER TABLE cases_auditentry ENABLE ALWAYS TRIGGER audit_entry_no_truncate;
ALTER TABLE cases_audithead ENABLE ALWAYS TRIGGER audit_head_advances;
ALTER TABLE cases_audithead ENABLE ALWAYS TRIGGER audit_head_stays;
ALTER TABLE cases_audithead ENABLE ALWAYS TRIGGER audit_head_no_truncate;
"""

# Whoever got rights on the new tables by default, whatever the role is called, keeps only what appending needs.
NARROW_RIGHTS = """
DO $$
DECLARE who record;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(a.grantee::regrole::name) END AS grantee
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid IN ('cases_auditentry'::regclass, 'cases_audithead'::regclass) AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_auditentry FROM %s', who.grantee);
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON cases_audithead FROM %s',
                       who.grantee);
    END LOOP;
END $$;
"""

UNGUARD = """
DROP TRIGGER audit_entry_links ON cases_auditentry;
DROP TRIGGER audit_entry_stays ON cases_auditentry;
DROP TRIGGER audit_entry_no_truncate ON cases_auditentry;
DROP TRIGGER audit_head_advances ON cases_audithead;
DROP TRIGGER audit_head_stays ON cases_audithead;
DROP TRIGGER audit_head_no_truncate ON cases_audithead;
DROP FUNCTION audit_link_entry(), audit_check_head(), audit_take_head(text), audit_deny();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARD, reverse_sql=UNGUARD),
        migrations.RunSQL(NARROW_RIGHTS, reverse_sql=migrations.RunSQL.noop),
    ]
