"""What a note on a ticket says. Whoever may read the ticket reads it, so it holds nothing that is hidden from anybody.

References, order numbers, amounts and numbers of documents are public among colleagues in every matrix; names, reasons
and what people typed are left out.
"""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext, to_locale

from cases.models import ActionKind, TicketNote


def write_note(note: TicketNote, *, case_id: int) -> str:
    facts = note.facts
    sentences = {
        "requested": gettext(
            "%(kind)s %(reference)s for order %(order)s was asked for: %(amount)s. It waits for approval."
        ),
        "succeeded": gettext("%(kind)s %(reference)s for order %(order)s is done: %(amount)s."),
        "rejected": gettext("%(kind)s %(reference)s for order %(order)s was not approved: %(amount)s."),
        "cancelled": gettext("%(kind)s %(reference)s for order %(order)s was withdrawn: %(amount)s."),
        "expired": gettext(
            "%(kind)s %(reference)s for order %(order)s expired before it was decided: %(amount)s."
        ),
    }
    words = {
        "kind": str(ActionKind(note.action.kind).label),
        "reference": facts["reference"],
        "order": facts["order"],
        "amount": _amount(facts["amount"], facts["currency"]),
    }
    lines = [sentences[note.about] % words]
    documents = [document for document in facts.get("documents", ()) if document]
    if documents:
        lines.append(gettext("In Odoo: %(documents)s") % {"documents": ", ".join(documents)})
    if address := case_address(case_id):
        lines.append(address)
    return "\n".join(lines)


def case_address(case_id: int) -> str:
    """Where colleagues open the case; "" where the installation does not know its own address."""
    return f"{settings.CONSOLE_ADDRESS}{reverse('case', args=[case_id])}" if settings.CONSOLE_ADDRESS else ""


def _amount(amount: str, currency: str) -> str:
    return str(format_currency(Decimal(amount), currency, locale=to_locale(get_language() or "en")))
