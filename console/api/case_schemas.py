"""The shapes of cases in the API, and the checks of what comes in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.casework import CasePriority, CaseState, CaseType
from console.api.schemas import Shape

LONGEST_BODY = 20_000


class LinkedOrderShape(Shape):
    id = serializers.IntegerField(help_text="Of the link, not of the order.")
    connection = serializers.CharField()
    company = serializers.IntegerField()
    ref = serializers.CharField()


class CaseSummaryShape(Shape):
    id = serializers.IntegerField()
    reference = serializers.CharField(help_text="C-000123: to be said on the phone.")
    type = serializers.ChoiceField(choices=CaseType.choices)
    state = serializers.ChoiceField(choices=CaseState.choices)
    priority = serializers.ChoiceField(choices=CasePriority.choices)
    subject = serializers.CharField(allow_null=True)
    customer = serializers.CharField(allow_null=True)
    connection = serializers.CharField()
    company = serializers.IntegerField()
    brand = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    ticket = serializers.CharField(allow_null=True)
    assignee_id = serializers.IntegerField(allow_null=True)
    assignee = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    snoozed_until = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(
        help_text="Send it with a change to be told when somebody was quicker."
    )
    orders = LinkedOrderShape(many=True)


class CaseEntryShape(Shape):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=["message", "note", "event"])
    sender = serializers.ChoiceField(choices=["customer", "agent", "system"])
    author = serializers.CharField(allow_null=True, help_text="A colleague.")
    customer = serializers.CharField(allow_null=True)
    body = serializers.CharField(allow_null=True)
    event = serializers.CharField(allow_null=True)


class ChecklistStepShape(Shape):
    step = serializers.CharField()
    done_by = serializers.CharField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)


class LinkedTicketShape(Shape):
    connection = serializers.CharField(help_text="Of the ticketing tool.")
    id = serializers.CharField(help_text="By which the tool knows it.")
    number = serializers.CharField(help_text="By which people do.")
    url = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=["open", "waiting", "solved", "closed"])
    read_at = serializers.DateTimeField()


class CaseShape(CaseSummaryShape):
    tickets = LinkedTicketShape(many=True)
    entries = CaseEntryShape(many=True)
    checklist = ChecklistStepShape(many=True)
    masked = serializers.ListField(child=serializers.CharField())


class CaseListShape(Shape):
    results = CaseSummaryShape(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="For ?cursor=; null on the last page.")


class OrderReference(Shape):
    connection = serializers.SlugField(max_length=50)
    ref = serializers.CharField(max_length=100)
    company = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class TicketMessageBody(Shape):
    sender = serializers.ChoiceField(choices=["customer", "agent"])
    at = serializers.DateTimeField()
    body = serializers.CharField(max_length=LONGEST_BODY)


class TicketBody(Shape):
    """In a connected tool: ``connection`` and ``id``, it is read there. Else ``source``, ``ref`` and what it says."""

    connection = serializers.SlugField(required=False, max_length=40)
    id = serializers.CharField(required=False, max_length=100)
    source = serializers.SlugField(  # type: ignore[assignment]  # a name that the framework uses for its own
        required=False, max_length=50, help_text="The tool: zendesk, chatwoot, ..."
    )
    ref = serializers.CharField(required=False, max_length=100)
    customer_name = serializers.CharField(required=False, max_length=200)
    customer_email = serializers.CharField(
        required=False,
        max_length=254,
        help_text="Finds the case by its exact value; it is kept as a hash only.",
    )
    customer_phone = serializers.CharField(required=False, max_length=40, help_text="The same.")
    messages = serializers.ListField(child=TicketMessageBody(), required=False, max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        connected, told = {"connection", "id"} & set(attrs), set(attrs) - {"connection", "id"}
        if not (len(connected) == 2 and not told) and not (not connected and {"source", "ref"} <= told):
            raise serializers.ValidationError("Either connection and id alone, or source and ref.")
        return attrs


class NewCase(Shape):
    """About an order, from a ticket, or both. Without an order it needs its connection and company.

    The case of a ticket in a connected tool is made or found: it brings its own subject, and an order is needed only
    where the ticket names none or several, then with its company.
    """

    subject = serializers.CharField(required=False, max_length=200)
    type = serializers.ChoiceField(choices=CaseType.choices, required=False)
    priority = serializers.ChoiceField(choices=CasePriority.choices, required=False)
    order = OrderReference(required=False)
    ticket = TicketBody(required=False)
    connection = serializers.SlugField(required=False, max_length=50)
    company = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "id" in attrs.get("ticket", {}):
            if "company" not in attrs.get("order", {"company": 0}):
                raise serializers.ValidationError({"order": "Name its company."})
        elif "subject" not in attrs:
            raise serializers.ValidationError({"subject": "This field is required."})
        return attrs


class CaseChange(Shape):
    """Any part; what is left out stays. ``version`` refuses the change when somebody was quicker."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    state = serializers.ChoiceField(choices=["open", "snoozed", "closed"], required=False)
    snoozed_until = serializers.DateTimeField(required=False)
    type = serializers.ChoiceField(choices=CaseType.choices, required=False)
    priority = serializers.ChoiceField(choices=CasePriority.choices, required=False)
    assignee_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1)
    merged_into = serializers.IntegerField(required=False, min_value=1, max_value=2**62)


class NewNote(Shape):
    body = serializers.CharField(max_length=LONGEST_BODY)
