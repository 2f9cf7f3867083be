"""Snapshots, and who is reading what just now.

The leases of readings may be lost in a crash, and are written on the way to Odoo: hence UNLOGGED.
"""

import django.db.models.deletion
from django.db import migrations, models

LEASES = """
CREATE UNLOGGED TABLE cases_readinglease (
    key uuid NOT NULL,
    holder uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    outcome text,
    retry_after_s double precision,
    CONSTRAINT reading_lease_once_per_question PRIMARY KEY (key)
) WITH (fillfactor = 50);
"""

# Compressed and encrypted already; and a refresh of a row must find room beside it.
STORAGE = """
ALTER TABLE cases_snapshot ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE cases_snapshot SET (fillfactor = 80);
"""

# However a connection is deleted, what was read from it goes too.
WITH_THEIR_CONNECTION = """
ALTER TABLE cases_snapshot ADD CONSTRAINT snapshot_of_a_connection
    FOREIGN KEY (connection_id) REFERENCES integrations_odooconnection (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_cases"), ("integrations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("order_key", models.UUIDField()),
                ("content", models.BinaryField()),
                ("encryption_key_id", models.CharField(max_length=16)),
                ("size", models.IntegerField()),
                ("is_whole", models.BooleanField()),
                ("fetched_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.odooconnection",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["order_key"], name="snapshot_by_order")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="snapshot_not_empty")
                ],
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(WITH_THEIR_CONNECTION, migrations.RunSQL.noop),
        migrations.RunSQL(LEASES, "DROP TABLE cases_readinglease"),
    ]
