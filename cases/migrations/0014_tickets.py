"""Tickets of other tools: their cases, what is kept of them, webhooks, and the delivery of notes."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_return_routes"),
        ("integrations", "0005_ticketing"),
    ]

    operations = [
        migrations.CreateModel(
            name="TicketHook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("delivery", models.CharField(max_length=120)),
                ("ticket_id", models.CharField(blank=True, default="", max_length=100)),
                ("kind", models.CharField(blank=True, default="", max_length=100)),
                ("is_trusted", models.BooleanField()),
                ("received_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=60)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TicketLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(max_length=100)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TicketLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticket_id", models.CharField(max_length=100)),
                ("number", models.CharField(max_length=100)),
                ("url", models.CharField(blank=True, default="", max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("waiting", "Waiting"),
                            ("solved", "Solved"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("order_ref", models.CharField(blank=True, default="", max_length=100)),
                (
                    "match",
                    models.CharField(
                        choices=[
                            ("found", "The order is known"),
                            ("none", "No known order is named"),
                            ("several", "Several orders are named"),
                            ("unasked", "Odoo could not be asked"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("is_whole", models.BooleanField(default=True)),
                ("linked_at", models.DateTimeField()),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TicketRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shop_connection", models.SlugField(blank=True, db_index=False, default="")),
                ("shop_company_id", models.IntegerField(blank=True, null=True)),
                (
                    "closes_case",
                    models.CharField(
                        choices=[
                            ("solved", "When the ticket is solved or closed"),
                            ("closed", "Only when the ticket is closed for good"),
                            ("never", "Never"),
                        ],
                        default="solved",
                        max_length=10,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="ticketnote",
            name="ticket_note_once",
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="key",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="next_try_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="order_field",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not written"),
                    ("written", "Written"),
                    ("conflict", "Holds something else"),
                    ("unsuited", "The tool has no place for it"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="problem",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="tried_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="way_back",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not written"),
                    ("written", "Written"),
                    ("conflict", "Holds something else"),
                    ("unsuited", "The tool has no place for it"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="ticketnote",
            name="state",
            field=models.CharField(
                choices=[
                    ("not_connected", "Not delivered: no ticket is connected"),
                    ("waiting", "Being delivered"),
                    ("delivered", "Delivered"),
                    ("failed", "Could not be delivered"),
                ],
                default="not_connected",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="tickethook",
            name="ticketing",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="integrations.ticketingconnection",
            ),
        ),
        migrations.AddField(
            model_name="ticketline",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.caseentry"
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tickets", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="ticketing",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="integrations.ticketingconnection",
            ),
        ),
        migrations.AddField(
            model_name="ticketline",
            name="link",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="cases.ticketlink",
            ),
        ),
        migrations.AddField(
            model_name="ticketnote",
            name="link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="cases.ticketlink",
            ),
        ),
        migrations.AddIndex(
            model_name="ticketnote",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["next_try_at"], name="ticket_note_due"
            ),
        ),
        migrations.AddIndex(
            model_name="ticketnote",
            index=models.Index(fields=["state", "written_at"], name="ticket_note_by_state"),
        ),
        migrations.AddConstraint(
            model_name="ticketnote",
            constraint=models.UniqueConstraint(
                fields=("action", "about", "link"), name="ticket_note_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_try_at__isnull", False), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("next_try_at__isnull", True)),
                    _connector="OR",
                ),
                name="ticket_note_waiting_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "not_connected"), ("link__isnull", False), _connector="OR"),
                name="ticket_note_has_ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticketrules",
            name="changed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ticketrules",
            name="ticketing",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="integrations.ticketingconnection",
            ),
        ),
        migrations.AddIndex(
            model_name="tickethook",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["next_try_at"], name="ticket_hook_due"
            ),
        ),
        migrations.AddIndex(
            model_name="tickethook",
            index=models.Index(fields=["received_at"], name="ticket_hook_by_age"),
        ),
        migrations.AddConstraint(
            model_name="tickethook",
            constraint=models.UniqueConstraint(fields=("ticketing", "delivery"), name="ticket_hook_once"),
        ),
        migrations.AddConstraint(
            model_name="tickethook",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("next_try_at__isnull", False)),
                    models.Q(("done_at__isnull", False), ("next_try_at__isnull", True)),
                    _connector="OR",
                ),
                name="ticket_hook_waits_or_is_done",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(fields=("ticketing", "ticket_id"), name="ticket_link_once"),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "waiting", "solved", "closed"])),
                name="ticket_link_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("match__in", ["found", "none", "several", "unasked"])),
                name="ticket_link_match_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("ticket_id", ""), _negated=True), name="ticket_link_has_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketline",
            constraint=models.UniqueConstraint(fields=("link", "message_id"), name="ticket_line_once"),
        ),
        migrations.AddConstraint(
            model_name="ticketrules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("shop_company_id__isnull", True), ("shop_connection", "")),
                    models.Q(models.Q(("shop_connection", ""), _negated=True), ("shop_company_id__gt", 0)),
                    _connector="OR",
                ),
                name="ticket_rules_shop_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketrules",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_case__in", ["solved", "closed", "never"])),
                name="ticket_rules_closes_case_known",
            ),
        ),
    ]
