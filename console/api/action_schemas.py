"""The shapes of actions in the API, and the checks of what comes in."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from cases.actions.kinds import carried_out
from cases.actions.reasons import RefundWay
from console.api.case_schemas import OrderReference
from console.api.schemas import MoneyShape, Shape


class RuleShape(Shape):
    id = serializers.CharField()
    version = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=["passed", "raised", "failed"])
    explanation = serializers.CharField(allow_null=True)
    eligible_if = serializers.CharField(allow_null=True)


class VerdictShape(Shape):
    allowed = serializers.BooleanField()
    needs_approval = serializers.IntegerField(help_text="How many people have to agree.")
    rules = RuleShape(many=True)


class PreviewShape(Shape):
    code = serializers.CharField()
    what = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class StockShape(Shape):
    """What leaves a shelf, in the product's own unit; figures by who may see them."""

    product = serializers.CharField()
    warehouse = serializers.CharField()
    needed = serializers.CharField()
    free_before = serializers.CharField(allow_null=True)
    free_after = serializers.CharField(allow_null=True)
    cost = MoneyShape(allow_null=True)


class StepShape(Shape):
    number = serializers.IntegerField()
    name = serializers.CharField()
    attempt = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["intended", "done", "unknown", "not_sent", "refused"])
    problem = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class EffectShape(Shape):
    connection = serializers.CharField()
    model = serializers.CharField()
    id = serializers.IntegerField()
    ref = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True)
    total = MoneyShape(allow_null=True)
    payment = serializers.CharField(allow_null=True, help_text="Of a posted document.")
    quantity = serializers.CharField(
        allow_null=True, help_text="Of goods that were received or sent, over all lines."
    )
    seen_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is as it is, where it changed since it was made."
    )
    due_at = serializers.DateTimeField(allow_null=True, help_text="Of a transfer: when it is promised.")
    url = serializers.CharField(allow_null=True, help_text="In Odoo’s own client.")


class GoodsShape(Shape):
    name = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField(help_text="Of the delivery’s line.")
    reason = serializers.CharField()
    reason_words = serializers.CharField()
    numbers = serializers.ListField(child=serializers.CharField(), help_text="Lots or serial numbers.")
    of = serializers.CharField(help_text="The delivery it came with.")
    place = serializers.CharField(help_text="The warehouse it comes back to.")
    address = serializers.CharField()


class DecisionShape(Shape):
    by = serializers.CharField()
    on_behalf_of = serializers.CharField(
        allow_null=True, help_text="Whose right it was, where not their own."
    )
    decision = serializers.ChoiceField(choices=["approved", "rejected"])
    at = serializers.DateTimeField()
    void = serializers.CharField(allow_null=True, help_text="Why it does not count any more.")
    reason = serializers.CharField(allow_null=True)


class ActionSummaryShape(Shape):
    id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField(allow_null=True, help_text="R-7K3D9: to be said on the phone.")
    kind = serializers.CharField()
    state = serializers.CharField()
    cause = serializers.CharField(allow_null=True)
    connection = serializers.CharField()
    company = serializers.IntegerField()
    order = serializers.CharField()
    case = serializers.IntegerField(allow_null=True)
    amount = MoneyShape(allow_null=True)
    reason = serializers.CharField()
    refund_to = serializers.CharField()
    requested_by = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    approvals_needed = serializers.IntegerField()
    content_hash = serializers.CharField(help_text="What an approval is bound to.")
    may_decide = serializers.BooleanField()
    why_not = serializers.CharField(allow_null=True)
    decides_for = serializers.CharField(allow_null=True, help_text="In whose place the caller would decide.")
    fix = serializers.CharField(
        allow_null=True, help_text="What one person wants to do about it; another confirms."
    )
    fix_document = serializers.IntegerField(allow_null=True)
    fix_by = serializers.CharField(allow_null=True)
    verdict = VerdictShape()
    goods = GoodsShape(many=True)
    preview = PreviewShape(many=True)
    stock = StockShape(many=True)
    effects = EffectShape(many=True)


class ActionShape(ActionSummaryShape):
    note = serializers.CharField(allow_null=True)
    steps = StepShape(many=True)
    approvals = DecisionShape(many=True)
    masked = serializers.ListField(child=serializers.CharField())


class ActionListShape(Shape):
    results = ActionSummaryShape(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class WishedLotBody(Shape):
    id = serializers.IntegerField(min_value=1, max_value=2**53)
    quantity = serializers.DecimalField(max_digits=15, decimal_places=6, required=False, default=Decimal(1))


class WishedLineBody(Shape):
    line_id = serializers.IntegerField(
        min_value=1, max_value=2**53, required=False, allow_null=True, help_text="Of the order."
    )
    move_id = serializers.IntegerField(
        min_value=1,
        max_value=2**53,
        required=False,
        allow_null=True,
        help_text="Of a return: a delivery’s line instead of the order’s; the quantity is in its unit then.",
    )
    lots = serializers.ListField(
        child=WishedLotBody(),
        required=False,
        max_length=200,
        help_text="Of a return: which lots or serial numbers come back, where the product has them.",
    )
    quantity = serializers.DecimalField(
        max_digits=15,
        decimal_places=6,
        required=False,
        allow_null=True,
        help_text="All that is left, if left out.",
    )
    goods_back = serializers.BooleanField(required=False, allow_null=True)
    reason = serializers.CharField(
        max_length=40,
        required=False,
        help_text="A code in force: of refund reasons; of a return, of the customer’s reasons, line by line.",
    )
    product_code = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        help_text="Of an exchange: code or barcode of another product that is sent instead.",
    )


class NewAction(Shape):
    """Lines, an amount, both for one line, or neither: then all that is left."""

    kind = serializers.ChoiceField(choices=carried_out())
    order = OrderReference()
    lines = serializers.ListField(child=WishedLineBody(), required=False, max_length=200)
    amount = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    reason = serializers.CharField(
        max_length=40, required=False, help_text="A code of the set of refund reasons in force."
    )
    goods_back = serializers.BooleanField(
        required=False, default=False, help_text="Whether the goods come back."
    )
    refund_to = serializers.ChoiceField(
        choices=[way.value for way in RefundWay], required=False, allow_null=True
    )
    warehouse = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="Odoo’s id: where goods come back to, or, where some are sent, where those leave from.",
    )
    back_to = serializers.IntegerField(
        required=False, allow_null=True, help_text="Of an exchange: the warehouse goods come back to."
    )
    exchange_product = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**53,
        help_text="Of an exchange: Odoo’s id of another product that is sent instead, for every line without a code.",
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    dry_run = serializers.BooleanField(required=False, default=False)
    draft = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Put it down without a verdict, also while Odoo cannot be asked; submit judges it.",
    )


class ApproveBody(Shape):
    content_hash = serializers.RegexField("^[0-9a-f]{64}$", max_length=64)


class RejectBody(Shape):
    reason = serializers.CharField(max_length=500)


class AdoptBody(Shape):
    document = serializers.IntegerField(
        min_value=1, max_value=2**53, help_text="Odoo's id of the credit note."
    )


class ReplayBody(Shape):
    from_step = serializers.IntegerField(
        min_value=1,
        max_value=99,
        required=False,
        help_text="Only what is left from this step on; all before it has to be in Odoo.",
    )


class MarkDoneBody(Shape):
    evidence = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="By what it is known: a text or a link. Whoever says the same second need not repeat it.",
    )


class StepUpBody(Shape):
    password = serializers.CharField(max_length=200, trim_whitespace=False, write_only=True)


class StepUpAnswer(Shape):
    until = serializers.DateTimeField()


class AuditEntryShape(Shape):
    at = serializers.CharField()
    chain = serializers.CharField()
    seq = serializers.IntegerField()
    actor = serializers.CharField()
    who = serializers.CharField(allow_null=True)
    on_behalf_of = serializers.CharField(allow_blank=True)
    action = serializers.CharField()
    object_kind = serializers.CharField()
    object_ref = serializers.CharField()
    connection = serializers.CharField(allow_blank=True)
    company_id = serializers.IntegerField(allow_null=True)
    decision = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    request_id = serializers.CharField(allow_blank=True)
    details = serializers.DictField()
    prev_hash = serializers.CharField()
    hash = serializers.CharField()


class AuditPageShape(Shape):
    results = AuditEntryShape(many=True)
    next_cursor = serializers.CharField(allow_null=True)
