"""Whether Odoo's documents let money go back at all: these rules are nobody's choice.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal

from cases.actions.verdicts import RuleResult
from cases.rules.asked import Asked
from cases.rules.outcomes import failed, passed
from cases.sentences import gettext_noop

# What was cancelled after the invoice has to be paid back, too.
_CONFIRMED = frozenset({"sale", "done", "cancel"})


def order_confirmed(asked: Asked) -> RuleResult:
    if asked.facts["order_state"] in _CONFIRMED:
        return passed("order_confirmed", gettext_noop("The order was confirmed."))
    return failed(
        "order_confirmed",
        gettext_noop("This is a quotation: nothing was sold yet."),
        gettext_noop("Possible once the order is confirmed and invoiced."),
    )


def invoiced(asked: Asked) -> RuleResult:
    posted = [invoice for invoice in asked.facts["invoices"] if invoice["state"] == "posted"]
    if posted:
        named = ", ".join(invoice["ref"] for invoice in posted)
        return passed("invoiced", gettext_noop("There is a posted invoice: %(invoices)s."), invoices=named)
    if asked.facts["paid"]:
        return failed(
            "invoiced",
            gettext_noop("The order was paid, but there is no posted invoice to credit."),
            gettext_noop("Ask finance: they post the invoice, or pay the money back without one."),
        )
    return failed(
        "invoiced",
        gettext_noop("Nothing was invoiced, so there is nothing to refund."),
        gettext_noop("Possible once an invoice is posted."),
    )


def no_draft(asked: Asked) -> RuleResult:
    touched = {note["invoice_id"] for note in asked.payload["notes"]}
    drafts = [
        draft
        for invoice in asked.facts["invoices"]
        if invoice["id"] in touched or not touched
        for draft in invoice["drafts"]
    ]
    if not drafts:
        return passed("no_draft", gettext_noop("No credit note waits in Odoo as a draft."))
    return failed(
        "no_draft",
        gettext_noop("A draft credit note is waiting in Odoo already: %(amounts)s."),
        gettext_noop("Possible once finance has posted or deleted that draft."),
        amounts=", ".join(asked.money(Decimal(draft["total"])) for draft in drafts),
    )


_PROBLEMS = {
    "quantity": gettext_noop("More pieces are asked for than were invoiced and not credited yet."),
    "not_invoiced": gettext_noop("One of the lines is on no posted invoice."),
    "other_orders": gettext_noop(
        "The invoice bills other orders too: only single lines of it can be refunded here."
    ),
    "nothing_left": gettext_noop("Everything that was invoiced has been credited already."),
}


def within_refundable(asked: Asked) -> RuleResult:
    left = sum((Decimal(invoice["refundable"]) for invoice in asked.facts["invoices"]), Decimal(0))
    words = {"total": asked.money(asked.total), "left": asked.money(left)}
    if asked.payload["notes"] and Decimal(0) < asked.total <= left:
        return passed("within_refundable", gettext_noop("%(total)s of %(left)s can be refunded."), **words)
    default = gettext_noop("%(total)s is asked for, but only %(left)s can be refunded.")
    return failed(
        "within_refundable",
        _PROBLEMS.get(asked.facts["problem"], default),
        gettext_noop("Possible for at most %(left)s."),
        **words,
    )
