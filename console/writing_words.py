"""What holds when something is written into an Odoo, and why somebody cannot be asked there, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.writing import BridgeStatus
from console.vocabulary import Tone, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Guaranteed:
    word: Word
    sentence: str


def guarantee_words(status: BridgeStatus) -> Guaranteed:
    known = {
        "exactly_once": (
            Word(_("Exactly once"), Tone.OK, "check"),
            _("The bridge in this Odoo is the one that was proven: what is sent twice is done once."),
        ),
        "search_first": (
            Word(_("Searched first"), Tone.WARN, "question"),
            _(
                "There is no bridge in this Odoo: it is looked up before writing, and on doubt a person decides."
            ),
        ),
        "none": (
            Word(_("Nothing is written"), Tone.DANGER, "stop"),
            _("The bridge in this Odoo is not the one that was proven: nothing is written through it."),
        ),
    }
    word, sentence = known[status.guarantee.value]
    return Guaranteed(word=word, sentence=sentence)


def tell_unsuitable(reason: str) -> str:
    known = {
        "unknown": _("Odoo has no user of that number."),
        "deactivated": _("That user is deactivated in Odoo: choose somebody who still works there."),
        "portal": _("That is a customer’s or supplier’s account: it works on no documents."),
        "other_company": _("That user does not work for this company in Odoo."),
        "robot": _("That is Odoo’s own account: nobody would read its tasks."),
    }
    return known[reason]
