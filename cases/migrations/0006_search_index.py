import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_masking_policy_and_reveals")]

    operations = [
        migrations.CreateModel(
            name="SearchAttempt",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=16)),
                ("text_hash", models.CharField(max_length=64)),
                ("stem_hash", models.CharField(max_length=64)),
                ("hits", models.IntegerField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["person", "at"], name="search_attempt_by_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hits__isnull", True), ("hits__gte", 0), _connector="OR"),
                        name="search_hits_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["name", "email", "phone", "number"])),
                        name="search_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("search_id", models.UUIDField(blank=True, null=True)),
                ("connection", models.SlugField()),
                ("company_id", models.IntegerField()),
                ("order_id", models.BigIntegerField()),
                ("order_ref", models.CharField(max_length=100)),
                ("customer_id", models.BigIntegerField(blank=True, null=True)),
                ("account_id", models.BigIntegerField(blank=True, null=True)),
                ("candidates", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="cases.case",
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
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
                        condition=models.Q(("case__isnull", True)),
                        fields=("search_id", "chosen_by"),
                        name="identity_choice_once_per_search",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("search_id__isnull", False), ("case__isnull", False), _connector="OR"
                        ),
                        name="identity_choice_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("company_id__gt", 0)), name="identity_choice_company_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("email", "Email"), ("phone", "Phone")], max_length=5),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["case"], name="case_key_by_case")],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "case"), name="case_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["email", "phone"])), name="case_key_kind_known"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("ticket_ref", ""), _negated=True),
                fields=["ticket_ref"],
                name="case_by_ticket",
            ),
        ),
    ]
