"""Tables for what all processes must agree on within a millisecond and may lose in a crash: hence UNLOGGED.

They have no foreign key: a check per call would buy nothing, as rows of a connection that is gone do no harm.
"""

from django.db import migrations

FORWARDS = """
CREATE UNLOGGED TABLE integrations_odooslot (
    connection_id bigint NOT NULL,
    number smallint NOT NULL,
    holder uuid,
    expires_at timestamptz NOT NULL DEFAULT '-infinity',
    freed_at timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT odoo_slot_once_per_number PRIMARY KEY (connection_id, number),
    CONSTRAINT odoo_slot_number_from_1 CHECK (number >= 1)
) WITH (fillfactor = 50);

CREATE UNLOGGED TABLE integrations_odoobreaker (
    connection_id bigint NOT NULL,
    open_until timestamptz NOT NULL,
    probes smallint NOT NULL DEFAULT 0,
    probes_until timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT odoo_breaker_once_per_connection PRIMARY KEY (connection_id)
) WITH (fillfactor = 50);

CREATE UNLOGGED TABLE integrations_odooutcome (
    connection_id bigint NOT NULL,
    second bigint NOT NULL,
    succeeded integer NOT NULL,
    failed integer NOT NULL,
    CONSTRAINT odoo_outcome_once_per_second PRIMARY KEY (connection_id, second)
) WITH (fillfactor = 50);
"""

BACKWARDS = """
DROP TABLE integrations_odooutcome;
DROP TABLE integrations_odoobreaker;
DROP TABLE integrations_odooslot;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
