"""Says in words how a connection stands and what its load came from."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.operations import Standing, Traffic


def traffic_chip(standing: Standing) -> tuple[str, str, str]:
    """Words, tone and drawing for the state of the traffic."""
    return {
        Traffic.FLOWING: (_("Calls go out"), "ok", "check"),
        Traffic.SLOWED: (_("Fewer calls at a time"), "warn", "clock"),
        Traffic.TRYING: (_("Trying again"), "warn", "clock"),
        Traffic.STOPPED: (_("Left alone"), "danger", "stop"),
        Traffic.PAUSED: (_("Odoo asks for a pause"), "warn", "clock"),
    }[standing.traffic]


def traffic_sentence(standing: Standing) -> str:
    """Why it is so and when it ends; nothing where all is well."""
    match standing.traffic:
        case Traffic.STOPPED:
            return _(
                "Half of its answers within ten seconds were failures. It is tried again in %(wait)s."
            ) % {"wait": _seconds(standing.open_for_s)}
        case Traffic.TRYING:
            return _("A few calls find out whether it is well; the first good answer lets all go out again.")
        case Traffic.PAUSED:
            return _("It said that it has too much to do. No call goes out for %(wait)s.") % {
                "wait": _seconds(standing.paused_for_s)
            }
        case Traffic.SLOWED:
            return _CAUSES.get(standing.cause, _CAUSES[""])()
    return ""


_CAUSES = {
    "failing": lambda: _(
        "Calls timed out or broke off. One more goes out at a time after twenty good answers."
    ),
    "slow": lambda: _(
        "Answers took twice as long as usual. One more goes out at a time after twenty good answers."
    ),
    "restart": lambda: _("The database was restarted, so calls of before may still be on their way."),
    "": lambda: _("It recovers: one more goes out at a time after twenty good answers."),
}


def _seconds(seconds: float) -> str:
    count = math.ceil(seconds)
    return ngettext("%(n)s second", "%(n)s seconds", count) % {"n": count}


def workflow_name(workflow: str) -> str:
    names = {
        "order_page": _("Order pages"),
        "panel": _("Panels read again"),
        "case_page": _("Case pages"),
        "search": _("Search"),
        "api_order": _("Orders over the API"),
        "api_search": _("Search over the API"),
        "api": _("Other API calls"),
        "other_page": _("Other pages"),
        "background": _("Background work"),
        "sync": _("Keeping up with Odoo"),
        "writeback": _("Writing to Odoo"),
    }
    return names.get(workflow, workflow)
