"""What each kind of action is called on its pages, with the drawings that go with it.

One entry for each kind: its page, its button, its documents and its calls to Odoo find their words here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.actions.kinds import carried_out

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    title: Text  # before the reference
    heading: Text  # of the form, with %(ref)s
    asking: Text  # below it: what comes of asking
    why: Text  # before the reasons
    button: Text  # on the order
    icon: str
    subject: Text  # of a case that is opened for it, with %(ref)s
    worth: Text  # before the sum that a verdict is about
    note: Text  # below what it changes
    password: Text  # why whoever decides gives it again
    key: str = ""  # on the keyboard, on the order's page


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWords:
    label: Text
    icon: str
    states: str  # the vocabulary of its states


KINDS: dict[str, KindWords] = {
    "refund": KindWords(
        title=_("Refund"),
        heading=_("Refund for %(ref)s"),
        asking=_("You ask, somebody else approves, and Odoo gets one draft credit note."),
        why=_("Reason"),
        button=_("Refund"),
        icon="banknotes",
        subject=_("Refund of %(ref)s"),
        worth=_("Refund of"),
        note=_("A draft only: finance checks, posts and pays it in Odoo. Nothing here pays money out."),
        password=_("Your password, because money moves"),
        key="f",
    ),
    "return": KindWords(
        title=_("Return"),
        heading=_("Return for %(ref)s"),
        asking=_(
            "You ask, somebody else approves, and Odoo awaits the goods. Money is asked for beside it, with a refund."
        ),
        why=_("Why it comes back"),
        button=_("Return"),
        icon="arrow-uturn-left",
        subject=_("Return of %(ref)s"),
        worth=_("Return of goods worth"),
        note=_("Odoo awaits the goods; nothing is received and nothing is paid by this."),
        password=_("Your password, to be sure that it is you"),
    ),
    "replacement": KindWords(
        title=_("Replacement"),
        heading=_("Replacement for %(ref)s"),
        asking=_(
            "You ask, somebody else approves, and Odoo gets a confirmed order that the customer pays nothing for."
        ),
        why=_("Why it is sent again"),
        button=_("Replace"),
        icon="gift",
        subject=_("Replacement for %(ref)s"),
        worth=_("Goods worth"),
        note=_(
            "The order is confirmed and its goods are reserved; nothing is charged, and nothing leaves by this."
        ),
        password=_("Your password, because goods are given away"),
    ),
    "exchange": KindWords(
        title=_("Exchange"),
        heading=_("Exchange for %(ref)s"),
        asking=_(
            "You ask, somebody else approves, and Odoo awaits the goods and gets a confirmed order for the new ones."
        ),
        why=_("Why it is exchanged"),
        button=_("Exchange"),
        icon="arrows-right-left",
        subject=_("Exchange for %(ref)s"),
        worth=_("New goods worth"),
        note=_(
            "First Odoo awaits the goods, then the new ones are reserved. A difference in price is told to "
            "finance; nothing is charged or paid by this."
        ),
        password=_("Your password, because goods are given away"),
    ),
}

DOCUMENTS: dict[str, DocumentWords] = {
    "account.move": DocumentWords(label=_("Credit note"), icon="document-minus", states="DocumentState"),
    "sale.order": DocumentWords(label=_("New order"), icon="shopping-cart", states="OrderState"),
    "stock.picking": DocumentWords(label=_("Transfer"), icon="truck", states="ShipmentState"),
    "rma": DocumentWords(
        label=_("Return authorization"), icon="arrow-uturn-left", states="AuthorizationState"
    ),
}

STEPS: dict[str, Text] = {
    "credit_note": _("Draft credit note"),
    "return": _("Transfer back"),
    "replacement": _("Replacement order"),
}


def step_name(name: str) -> str:
    return str(STEPS.get(name, name))


def askable() -> list[tuple[str, KindWords]]:
    """The kinds there are, in the order of their buttons."""
    return [(kind, KINDS[kind]) for kind in carried_out()]
