"""More kinds of actions, and documents that are told apart by their model, not by their number alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_policies"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="action",
            name="action_kind_known",
        ),
        migrations.RemoveIndex(
            model_name="documentsighting",
            name="document_sighting_in_order",
        ),
        migrations.AddField(
            model_name="documentsighting",
            name="model",
            field=models.CharField(default="account.move", max_length=60),
        ),
        migrations.AlterField(
            model_name="action",
            name="kind",
            field=models.CharField(
                choices=[
                    ("refund", "Refund request"),
                    ("return", "Return"),
                    ("replacement", "Replacement"),
                    ("exchange", "Exchange"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="actionswitch",
            name="kind",
            field=models.CharField(
                choices=[
                    ("refund", "Refund request"),
                    ("return", "Return"),
                    ("replacement", "Replacement"),
                    ("exchange", "Exchange"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="documentsighting",
            index=models.Index(
                fields=["action", "model", "document_id", "seen_at"], name="document_sighting_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["refund", "return", "replacement", "exchange"])),
                name="action_kind_known",
            ),
        ),
    ]
