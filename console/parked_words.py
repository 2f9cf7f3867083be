"""What the desk of parked actions calls its filters, its verbs for several at once, and what becomes of each."""

from __future__ import annotations

from django.utils.translation import gettext as _

OWNER_WORDS = ("mine", "nobody", "others", "my_teams")
AGE_WORDS = ("hour", "day", "week")


def owner_words(owner: str) -> str:
    return {
        "mine": _("Mine"),
        "nobody": _("Nobody’s"),
        "others": _("Somebody else’s"),
        "my_teams": _("Passed on to my teams"),
    }[owner]


def age_words(age: str) -> str:
    return {
        "hour": _("More than an hour"),
        "day": _("More than a day"),
        "week": _("More than a week"),
    }[age]


def bulk_words(verb: str) -> str:
    return {
        "take": _("Look after them"),
        "give_back": _("Give them back"),
        "replay": _("Send them again"),
        "mark_done": _("Call them done"),
        "cancel": _("Give them up"),
    }[verb]


def outcome_chip(outcome: str, *, is_done: bool) -> tuple[str, str, str]:
    """What will become of one, or what has become of it."""
    if is_done:
        known = {
            "done": (_("Done"), "ok", "check"),
            "said": (_("Said; a second person does it"), "info", "clock"),
            "refused": (_("Not done"), "danger", "cross"),
            "failed": (_("Odoo does not answer"), "warn", "question"),
        }
    else:
        known = {
            "done": (_("Will be done"), "ok", "check"),
            "said": (_("Waits for a second person then"), "info", "clock"),
            "refused": (_("Cannot be done"), "danger", "cross"),
            "failed": (_("Odoo does not answer"), "warn", "question"),
        }
    return known[outcome]
