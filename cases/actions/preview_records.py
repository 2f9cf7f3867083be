"""Puts words to what an action will change, in the language of whoever reads it: stored are codes and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from cases.actions.reasons import WAY_WORDS, RefundWay
from cases.actions.record_shapes import PreviewRecord
from cases.actions.replacement import preview as replacement_preview


def preview_records(lines: list[dict[str, Any]]) -> tuple[PreviewRecord, ...]:
    return tuple(
        PreviewRecord(
            code=line["what"],
            what=_what(line["what"], line["words"]),
            before=_figure(line["what"], line["before"], line["words"]) or None,
            after=_figure(line["what"], line["after"], line["words"]) or None,
        )
        for line in lines
    )


def _what(code: str, words: Mapping[str, str]) -> str:
    sentences = {
        "credit_note": gettext("Draft credit note for %(invoice)s"),
        "credit_note_tax": gettext("Tax in the credit note for %(invoice)s"),
        "refundable": gettext("Left to refund of %(invoice)s"),
        "line_invoiced": gettext("%(line)s: quantity invoiced"),
        "line_to_invoice": gettext("%(line)s: quantity to invoice"),
        "invoice_status": gettext("Invoicing of the order"),
        "money_back": gettext("How the money goes back"),
        "task": gettext("Task for finance in Odoo"),
        "return_by_picking": gettext("Transfer back of what %(delivery)s brought"),
        "return_by_rma": gettext("Return authorization for what %(delivery)s brought"),
        "comes_back": gettext("%(line)s: comes back (%(unit)s)"),
        "returnable": gettext("%(line)s: can still come back"),
        "numbers": gettext("%(line)s: lot or serial numbers"),
        "label": gettext("Label reference for the customer"),
        "exchanged_worth": gettext("Worth of the goods: what comes back, and the new ones"),
        "price_difference": gettext("Difference in price"),
        "ticket_note": gettext("Note on the ticket"),
    }
    return (sentences | replacement_preview.sentences()).get(code, code) % words


def _figure(code: str, value: str, words: Mapping[str, str]) -> str:
    if not value:
        return ""
    if code in replacement_preview.FIGURES:
        return replacement_preview.figure(code, value, words)
    if code == "invoice_status":
        known = {
            "nothing_to_invoice": gettext("Nothing to invoice"),
            "to_invoice": gettext("To invoice"),
            "invoiced": gettext("Invoiced"),
            "upselling": gettext("More delivered than ordered"),
        }
        return known.get(value, value)
    if code == "money_back":
        way = gettext(WAY_WORDS[RefundWay(value)])
        return gettext("%(way)s, within %(days)s days of posting") % {"way": way, "days": words["days"]}
    if code == "label":
        return gettext("the number of the transfer, once it is in Odoo")
    if code == "task":
        return gettext("check, post and pay")
    if code == "price_difference":
        return _difference(value, words)
    if code == "ticket_note":
        return gettext("one internal note, where a ticket is connected")
    return value


def _difference(side: str, words: Mapping[str, str]) -> str:
    if side == "more":
        return gettext("%(amount)s more: finance collects it") % words
    if side == "less":
        return gettext("%(amount)s less: finance gives it back") % words
    return gettext("none") if side == "none" else gettext("not known: the prices are in other currencies")
