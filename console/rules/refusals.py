"""Says why something cannot be done with a draft of rules."""

from __future__ import annotations

from django.utils.translation import gettext as _


def tell_draft_refusal(reason: str) -> str:
    return {
        "note": _("Say in a few words why you change this."),
        "too_many_drafts": _("Too many drafts are open: publish or withdraw some."),
        "nothing_changes": _("Nothing differs from what is in force."),
        "not_confirmed": _("The draft or the version in force changed meanwhile. Look at it again."),
        "step_up": _("Give your password, because money depends on it."),
        "wrong_password": _("That is not your password."),
        "own_draft": _("You wrote it: somebody else publishes it."),
        "not_author": _("Only whoever wrote the draft changes it."),
        "needs_admin": _("One of the two people has to be an administrator."),
        "no_right": _("Your role does not publish rules."),
    }.get(reason, reason)
