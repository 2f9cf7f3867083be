"""Says in words how a connection stands and what its load came from."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.operations import ActionsNow, Standing, Traffic
from cases.reconciliation import Tally


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


def tally_chip(tally: Tally) -> tuple[str, str, str]:
    """Words, tone and drawing for how a connection compares."""
    if tally.errors:
        words = ngettext("%(n)s difference", "%(n)s differences", tally.errors) % {"n": tally.errors}
        return words, "danger", "alert"
    if tally.last is None:
        return _("Not compared yet"), "neutral", "clock"
    return _("Nothing differs"), "ok", "check"


LATE_DUE, LATE_UNKNOWN, LATE_PARKED = timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15)


def action_rows(now: ActionsNow) -> list[dict[str, Any]]:
    """What hangs, how long, the time above which somebody has to look, and where it is said what to do."""
    rows = (
        (_("Waiting for a worker"), None, now.oldest_due, LATE_DUE, reverse("runbook", args=["gave_up"])),
        (
            _("Outcome being checked"),
            now.unknown,
            now.oldest_unknown,
            LATE_UNKNOWN,
            reverse("runbook", args=["outcome_unknown"]),
        ),
        (_("Needs a person"), now.parked, now.oldest_parked, LATE_PARKED, reverse("parked")),
    )
    return [
        {
            "name": name,
            "count": count,
            "oldest": _minutes(oldest),
            "limit": _minutes(limit),
            "chip": (_("Too long"), "danger", "alert")
            if oldest and oldest > limit
            else (_("Well"), "ok", "check"),
            "url": url,
        }
        for name, count, oldest, limit, url in rows
    ]


def _minutes(spent: timedelta | None) -> str:
    if spent is None:
        return ""
    if spent >= timedelta(days=1):
        return ngettext("%(n)s day", "%(n)s days", spent.days) % {"n": spent.days}
    if spent >= timedelta(hours=1):
        hours = int(spent.total_seconds() // 3600)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    minutes = max(0, math.ceil(spent.total_seconds() / 60))
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
