import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0003_waiting_limits_and_load"),
    ]

    operations = [
        migrations.CreateModel(
            name="FinanceAssignee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("company_id", models.IntegerField(verbose_name="company")),
                ("odoo_user_id", models.PositiveIntegerField(verbose_name="Odoo's number of the user")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("checked_at", models.DateTimeField(verbose_name="checked at")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="finance_assignees",
                        to="integrations.odooconnection",
                    ),
                ),
            ],
            options={
                "verbose_name": "finance assignee",
                "verbose_name_plural": "finance assignees",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "company_id"), name="finance_assignee_once_per_company"
                    )
                ],
            },
        ),
    ]
