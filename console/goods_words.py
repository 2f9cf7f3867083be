"""What goods and documents of actions are called on pages: why goods cannot move, and who does what with them next."""

from __future__ import annotations

from django.utils.translation import gettext as _


def obstacle_word(obstacle: str) -> str:
    """Why nothing of a delivery's line can be asked back, in two or three words."""
    known = {
        "kit": _("part of a kit"),
        "drop_shipped": _("came from the supplier"),
        "not_delivered": _("not delivered yet"),
    }
    return known.get(obstacle) or _("cannot come back")


def return_words(states: set[str]) -> str:
    """Who does what with a return next, by the states its documents are in."""
    if states & {"done", "received", "ended"}:
        return _("The warehouse has received it. Money goes back with a refund of its own.")
    if states <= {"cancelled", "gone"}:
        return _("It was cancelled in Odoo: nothing of it is awaited any more.")
    return _("The warehouse awaits the goods. What becomes of it is shown here.")


def unsendable_word(obstacle: str) -> str:
    """Why nothing of a line can be sent again, in two or three words."""
    return _("not sold any more") if obstacle == "product_archived" else _("no goods")


def sending_words(states: set[str]) -> str:
    """Who does what with a replacement next, by the states its documents are in."""
    if "cancelled" in states or states == {"gone"}:
        return _("Something of it was cancelled in Odoo: look at it there.")
    if states <= {"confirmed", "done"} and "done" in states:
        return _("It has left the warehouse.")
    return _("The warehouse packs and sends it. What becomes of it is shown here.")


def exchange_words(states: set[str]) -> str:
    """Who does what with the two halves of an exchange next, by the states of the documents of both."""
    if states & {"cancelled", "gone"}:
        return _("Something of it was cancelled in Odoo: look at it there.")
    return _("The warehouse awaits the goods, and packs and sends the new ones. Both are shown here.")


def posting_words(states: set[str]) -> str:
    """Who does what with the documents next, by the states they are in."""
    if "draft" in states:
        return _(
            "Finance checks and posts it in Odoo; nothing here posts or pays. What becomes of it is shown here."
        )
    if "posted" in states:
        return _("Finance has posted it in Odoo. The money goes back from there; nothing here pays.")
    return _("Finance took it back in Odoo: nothing of it counts any more.")
