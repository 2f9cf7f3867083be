"""Words for modes, roles and what speaks against a matrix; the rules themselves know codes only."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.masking import Mode
from cases.masking.matrices import Objection
from cases.masking.roles import Role


def role_name(role: Role) -> str:
    return {
        Role.AGENT: _("Agent"),
        Role.SENIOR_AGENT: _("Senior agent"),
        Role.SUPERVISOR: _("Supervisor"),
        Role.FINANCE: _("Finance"),
        Role.AUDITOR: _("Auditor"),
        Role.ADMIN: _("Administrator"),
    }[role]


def mode_name(mode: Mode) -> str:
    return {
        Mode.SHOW: _("Shown"),
        Mode.REVEAL: _("For a reason"),
        Mode.PARTIAL: _("In part"),
        Mode.HIDE: _("Hidden"),
    }[mode]


def mode_meaning(mode: Mode) -> str:
    return {
        Mode.SHOW: _("The whole value."),
        Mode.REVEAL: _("A part of it, and the whole for five minutes to whoever says why."),
        Mode.PARTIAL: _("A part of it where there is one, such as the last digits."),
        Mode.HIDE: _("Nothing, not even whether there is a value."),
    }[mode]


def objection_sentence(objection: Objection) -> str:
    return {
        Objection.INCOMPLETE: _("Some roles have no choice for some classes. Choose one for each."),
        Objection.PUBLIC_NOT_SHOWN: _("Public values stay shown: they are on the customer’s own paperwork."),
        Objection.SECRET_NOT_HIDDEN: _("Secrets are never shown to anybody."),
        Objection.ADMIN_WIDENED: _(
            "This shows the administrator’s role more than before. Tick the box below if that is what you mean."
        ),
        Objection.NOTHING_CHANGES: _("Nothing differs from what is in force."),
    }[objection]
