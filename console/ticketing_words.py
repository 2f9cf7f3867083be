"""Says in words what is wrong with a connection to a ticketing tool, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from cases.tickets.connecting import Tried
from cases.tickets.shown import ShownNote

_PROBLEMS: dict[str, Callable[[], str]] = {
    "switched_off": lambda: _("It is switched off. Switch it on, and test it again."),
    "authentication_failed": lambda: _(
        "The tool does not accept the key, or none is stored. Store a new one."
    ),
    "forbidden": lambda: _(
        "The key is right, but its user may not do this. Give the user the role of an agent."
    ),
    "missing": lambda: _("There is nothing at this address that we know. Check the address and the account."),
    "address_refused": lambda: _(
        "The address is not one that keys may be sent to. A tool inside your network has to be named in "
        "TICKETING_PRIVATE_HOSTS by whoever runs the server."
    ),
    "unreachable": lambda: _(
        "The address cannot be reached from here. Check the name, the port and the firewall."
    ),
    "timed_out": lambda: _("The tool did not answer in time. Look whether it is up, and test again."),
    "asked_to_wait": lambda: _("The tool wants to be left alone for a while. Test again in a few minutes."),
    "busy": lambda: _("All calls that may be made at the same time are under way. Test again in a moment."),
    "overloaded": lambda: _("The tool says that it has too much to do. Test again in a few minutes."),
    "garbled": lambda: _(
        "What answers there is not this tool. Check the address: it may lead to a sign-in page."
    ),
    "not_supported": lambda: _("This version of the tool does not know what is needed."),
}


def tell_problem(reason: str) -> str:
    told = _PROBLEMS.get(reason)
    return told() if told else _("The tool did not answer as it should. Look at its own log.")


def tell_lacks(tried: Tried) -> list[str]:
    """What works without, and what would be better with it."""
    sentences = {
        "order_field": _(
            "No field for the order’s number is set up: it is read from subject and thread only."
        ),
        "link_field": _("No field for the link to us is set up: tickets do not lead to their cases."),
        "hook_secret": _(
            "No secret for webhooks is stored: whoever knows the address can make us read tickets again."
        ),
    }
    lacks = [sentences[name] for name in tried.lacks]
    if tried.has_order_field is False:
        lacks.insert(
            0, _("The tool has no field of that name for the order’s number: correct it, or make the field.")
        )
    elif tried.has_order_field is None and "order_field" not in tried.lacks and not tried.problem:
        lacks.insert(
            0, _("This user may not list fields, so nobody can tell whether the order’s field exists.")
        )
    return lacks


def key_word(purpose: str) -> str:
    return {
        "api": _("Key for the API"),
        "client": _("OAuth client: its name and secret"),
        "hook": _("Secret of webhooks"),
    }.get(purpose, purpose)


def note_word(state: str) -> tuple[str, str, str]:
    """Words, tone and drawing for where a note on a ticket is."""
    return {
        "not_connected": (_("No ticket is connected"), "neutral", "dot"),
        "waiting": (_("Being delivered"), "info", "clock"),
        "delivered": (_("Delivered"), "ok", "check"),
        "failed": (_("Could not be delivered"), "danger", "alert"),
    }[state]


def tell_note_problem(reason: str) -> str:
    """Why a note is not there yet, in a few words; nothing where there is nothing to say."""
    known = {
        "": "",
        "not_connected": _("The tool is not connected any more."),
        "missing": _("The ticket is gone."),
        "authentication_failed": _("The tool does not accept our key."),
        "forbidden": _("Our user may not do this there."),
        "not_kept": _("The tool took it, but it is not where it should be: look at the ticket."),
        "not_supported": _("The tool cannot take it."),
    }
    return known.get(reason, _("The tool does not answer as it should; it is tried again."))


def about_word(about: str) -> str:
    return {
        "requested": _("asked for"),
        "succeeded": _("done"),
        "rejected": _("not approved"),
        "cancelled": _("withdrawn"),
        "expired": _("expired"),
    }.get(about, about)


def ticket_state_word(state: str) -> tuple[str, str, str]:
    return {
        "open": (_("Open"), "info", "dot"),
        "waiting": (_("Waiting"), "warn", "clock"),
        "solved": (_("Solved"), "ok", "check"),
        "closed": (_("Closed"), "neutral", "check"),
    }[state]


def note_rows(notes: tuple[ShownNote, ...]) -> list[dict[str, Any]]:
    return [
        {
            "note": note,
            "word": note_word(note.state.value),
            "about": about_word(note.about),
            "problem": tell_note_problem(note.problem),
        }
        for note in notes
    ]
