"""Rules for where goods come back to, and how many of them were seen to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_desk_and_reconciliation"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentsighting",
            name="quantity",
            field=models.DecimalField(blank=True, decimal_places=5, max_digits=20, null=True),
        ),
        migrations.CreateModel(
            name="ReturnRoute",
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
                ("warehouse_id", models.BigIntegerField(blank=True, null=True)),
                ("warehouse_name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("picking", "A return transfer"),
                            ("rma", "A return authorization (OCA rma)"),
                        ],
                        default="picking",
                        max_length=10,
                    ),
                ),
                ("operation_id", models.BigIntegerField(blank=True, null=True)),
                ("operation_name", models.CharField(blank=True, default="", max_length=200)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "company_id", "brand", "region"), name="return_route_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["picking", "rma"])), name="return_route_way_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("operation_id__isnull", False), ("way", "rma")),
                            models.Q(("operation_id__isnull", True), ("way", "picking")),
                            _connector="OR",
                        ),
                        name="return_route_operation_of_authorization",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("company_id__gt", 0)), name="return_route_company_positive"
                    ),
                ],
            },
        ),
    ]
