"""Makes what the connector needs: somebody to act as, one queue, and the two fields."""

import os

import django
from django.apps import apps

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - settings must be there first

get_user_model().objects.create_superuser(
    username=os.environ["HELPDESK_LOGIN"],
    email="console@example.com",
    password=os.environ["HELPDESK_PASSWORD"],
)
helpdesk = apps.get_app_config("helpdesk")
helpdesk.get_model("Queue")._default_manager.create(title="Support", slug="sup")
fields = helpdesk.get_model("CustomField")._default_manager
fields.create(name="order-ref", label="Order", data_type="varchar", max_length=100, ordering=1)
fields.create(name="console-link", label="Console", data_type="varchar", max_length=200, ordering=2)
