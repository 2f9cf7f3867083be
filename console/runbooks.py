"""Which runbook belongs to which cause for which an action is parked, and the cause as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from console.action_words import tell_cause

# A runbook is a template of this name under templates/help/runbooks/.
_TOPICS: Mapping[str, str] = {
    "outcome": "outcome_unknown revoked key_conflict key_too_old key_revoked",
    "tried": "gave_up conflict refused",
    "document": "document_gone not_found_again total_differs quantity_differs sent_differs"
    " cancelled_there not_as_asked",
    "changed": "order_changed invoice_changed credit_notes_changed returns_changed delivery_changed"
    " replacements_changed stock_gone",
    "amount": "more_than_left more_than_returnable more_than_ordered not_posted not_of_order not_confirmed",
    "goods": "not_delivered not_to_customer drop_shipped kit lot_needed wrong_lot destination_wrong"
    " product_archived not_goods not_from_warehouse carrier carrier_charges rma_operation rma_lots no_rma",
    "set_up": "not_proven not_installed no_right forbidden authentication_failed not_supported missing"
    " wrong_company assignee_unknown malformed",
    "odoo": "refused_by_odoo business_refusal rejected",
}
TOPIC_OF: Mapping[str, str] = MappingProxyType(
    {cause: topic for topic, causes in _TOPICS.items() for cause in causes.split()}
)


def cause_sentence(cause: str) -> str:
    """Why an action is parked; where a word means something else at a desk, what it means there."""
    known = {
        "order_changed": _("A part of it is in Odoo, and the order is not as it was approved any more."),
        "invoice_changed": _("A part of it is in Odoo, and the invoice is not as it was approved any more."),
        "credit_notes_changed": _(
            "A part of it is in Odoo, and somebody made or changed a credit note since."
        ),
        "returns_changed": _(
            "A part of it is in Odoo, and somebody returned, received or cancelled goods since."
        ),
        "delivery_changed": _(
            "A part of it is in Odoo, and the delivery moved other quantities than approved."
        ),
        "replacements_changed": _(
            "A part of it is in Odoo, and somebody made or changed a replacement since."
        ),
        "stock_gone": _("A part of it is in Odoo, and the warehouse has not enough left to reserve."),
        "rejected": _("Odoo refused the call without saying more."),
        "refused": _("Odoo refused it without saying why."),
        "conflict": _("Somebody changed the same records in Odoo again and again."),
        "key_revoked": _("Its key was given up in Odoo."),
        "not_as_asked": _("Odoo, or an add-on, would have made something else of it: nothing was made."),
        "more_than_returnable": _("Less can come back than was approved."),
        "more_than_ordered": _("The order has fewer units than were to be replaced."),
        "not_posted": _("The invoice is a draft or cancelled."),
        "not_of_order": _("The invoice or one of its lines belongs to another order."),
        "not_confirmed": _("The order is a quotation or cancelled."),
        "not_delivered": _("The delivery, or a line of it, is not done."),
        "not_to_customer": _("That transfer did not bring goods to the customer."),
        "drop_shipped": _("The supplier delivered: there is no way back into a warehouse of ours."),
        "kit": _("The delivery moved parts of a kit: Odoo cannot take back the product as it was ordered."),
        "lot_needed": _("The product is tracked by lot or serial number, and none was named."),
        "wrong_lot": _("That delivery did not bring this lot or serial number, or it came back already."),
        "destination_wrong": _("Warehouse, location and kind of transfer do not belong together."),
        "product_archived": _("The product is archived in Odoo."),
        "not_goods": _("A service or a combination is not sent again."),
        "not_from_warehouse": _("Odoo’s routes would send it from somewhere else."),
        "carrier": _("The carrier is unknown, archived or of another company."),
        "carrier_charges": _("That carrier puts its real costs on the order when the parcel leaves."),
        "no_rma": _("This Odoo has no add-on for return authorizations."),
        "rma_operation": _(
            "The kind of return authorization is unknown, or it refunds or replaces by itself."
        ),
        "rma_lots": _("The add-on for return authorizations cannot take lots or serial numbers back."),
        "no_right": _("The connection’s login may not act through the bridge."),
        "not_supported": _("This Odoo does not know what was asked of it."),
        "missing": _("What it is about is not in Odoo any more, or our account does not see it."),
        "wrong_company": _("Our account in Odoo does not work for that company."),
        "malformed": _("What was sent lacked something: a mistake of this program. Ask an administrator."),
    }
    return known.get(cause) or tell_cause(cause)


def change_sentence(change: str) -> str:
    """What is not as it was when it was approved."""
    return {
        "refused_now": _("The rules would refuse it now: it is not sent again."),
        "needs_more_approvals": _("The rules would want more approvals now."),
        "order_changed": _(
            "The order is not what was approved any more; it is judged again before it is sent."
        ),
        "policy_changed": _("The rules have changed since."),
        "requester_left": _("Whoever asked for it is not here any more."),
        "approver_left": _("Somebody who approved it could not approve it now."),
    }[change]
