"""The waiting line for slots, the cap that follows Odoo's answers, and who caused how many calls.

All UNLOGGED like the slots: they tell of the last seconds or hours, and a crash may take them. Whether there ever
were slots is kept with the connection itself, so that slots made after a crash are told from the very first ones.
"""

from django.db import migrations, models

FORWARDS = """
ALTER TABLE integrations_odooslot RENAME COLUMN freed_at TO idle_since;

CREATE UNLOGGED TABLE integrations_odoowaiter (
    connection_id bigint NOT NULL,
    lane text NOT NULL,
    process uuid NOT NULL,
    arrived_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT odoo_waiter_once_per_process PRIMARY KEY (connection_id, lane, process)
) WITH (fillfactor = 50);

CREATE UNLOGGED TABLE integrations_odoolimit (
    connection_id bigint NOT NULL,
    cap smallint NOT NULL,
    good integer NOT NULL DEFAULT 0,
    cause text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT '-infinity',
    cut_at timestamptz NOT NULL DEFAULT '-infinity',
    paused_until timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT odoo_limit_once_per_connection PRIMARY KEY (connection_id),
    CONSTRAINT odoo_limit_from_1 CHECK (cap >= 1)
) WITH (fillfactor = 50);

CREATE UNLOGGED TABLE integrations_odooload (
    connection_id bigint NOT NULL,
    minute bigint NOT NULL,
    workflow text NOT NULL,
    person_id bigint NOT NULL,
    calls integer NOT NULL,
    failed integer NOT NULL,
    turned_away integer NOT NULL,
    busy_ms bigint NOT NULL,
    CONSTRAINT odoo_load_once_per_minute PRIMARY KEY (connection_id, minute, workflow, person_id)
) WITH (fillfactor = 70);
"""

BACKWARDS = """
DROP TABLE integrations_odooload;
DROP TABLE integrations_odoolimit;
DROP TABLE integrations_odoowaiter;
ALTER TABLE integrations_odooslot RENAME COLUMN idle_since TO freed_at;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_slots_and_breaker")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.AddField(
            model_name="odooconnection",
            name="slots_made_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
