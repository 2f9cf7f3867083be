"""What the templates of an order page are given: the masked record, and each panel's state in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from cases.orders.workspace import OpenedOrder, Panel, PanelState
from console.vocabulary import find_word

FRESH_S, AGING_S = 60, 300

# Not a panel of facts: the head of the page, which a waiting page fetches like one.
HEADER = "header"
# Neither: our own cases about the order and its customer, which the page fetches beside Odoo's panels.
CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """A panel's state as its template reads it."""

    name: str
    problem: str | None
    incomplete: str | None
    fetched_at: datetime | None
    age_s: int
    state: str
    retry_url: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    source: str
    fetched_at: datetime
    age_s: int
    state: str
    stale: bool = False
    problem: str = ""  # why it could not be read anew
    explanation: str = ""


def order_url(connection: str, ref: str, company: int | None = None) -> str:
    address = reverse("order", kwargs={"connection": connection, "ref": ref})
    return f"{address}?{urlencode({'company': company})}" if company is not None else address


def explain_url(connection: str, ref: str, company: int) -> str:
    """Where the order's masked values lead; the field's place is put behind it."""
    return f"{reverse('why')}?{urlencode({'connection': connection, 'company': company, 'ref': ref})}&field="


def panel_url(address: str, panel: str, *, again: bool = False) -> str:
    query = {"panel": panel, "again": "1"} if again else {"panel": panel}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def refresh_url(address: str, facts: str) -> str:
    """Where a page that shows stale facts asks, once, for what has changed since."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'refresh': facts})}"


def age_word(age_s: int) -> str:
    if age_s < FRESH_S:
        return "fresh"
    return "aging" if age_s < AGING_S else "stale"


def order_context(request: HttpRequest, opened: OpenedOrder, *, address: str, at: datetime) -> dict[str, Any]:
    return {
        "ref": opened.ref,
        "record": opened.record,
        "timeline": opened.timeline,
        "contradictions": opened.contradictions,
        "eligibility": opened.eligibility,
        "holds": opened.holds,
        "drawings": opened.drawings,
        "panels": {panel.value: panel_view(state, address, at) for panel, state in opened.panels.items()},
        "freshness": freshness(opened, at),
        "refresh_url": refresh_url(address, opened.facts) if opened.is_refreshing else "",
        "actionable": opened.actionable,
        "blocked_because": blocked_sentence(opened.blocked_because),
        "order_url": address,
        "explain_url": explain_url(opened.connection, opened.ref, opened.company_id),
        "request_id": getattr(request, "id", ""),
    }


def freshness(opened: OpenedOrder, at: datetime) -> Freshness:
    age_s = opened.age_s(at)
    return Freshness(
        source=opened.source.value,
        fetched_at=opened.fetched_at,
        age_s=age_s,
        state=age_word(age_s),
        stale=opened.stale,
        problem=state_of(opened.problem) if opened.problem else "",
        explanation=explain(state_of(opened.problem)) if opened.problem else "",
    )


def blocked_sentence(reason: str) -> str:
    """Why nothing can be done with the order as it is shown; empty where something can."""
    if not reason:
        return ""
    if reason == "stale":
        return gettext("These facts are being read again. Wait for them before you act on the order.")
    why = explain(state_of(reason))
    return gettext("Nothing can be done with the order until Odoo answers. %(why)s") % {"why": why}


def panel_view(state: PanelState, address: str, at: datetime) -> PanelView:
    age_s = max(0, int((at - state.fetched_at).total_seconds()))
    reason = state.problem or state.incomplete
    return PanelView(
        name=state.panel.value,
        problem=state.problem.value if state.problem else None,
        incomplete=state.incomplete.value if state.incomplete else None,
        fetched_at=state.fetched_at,
        age_s=age_s,
        state=age_word(age_s),
        retry_url=panel_url(address, state.panel.value, again=True),
        explanation=explain(reason.value) if reason else "",
    )


def failed_panel(panel: Panel, problem: str, address: str) -> PanelView:
    """A panel whose reading failed as a whole: nothing to show, and a way to try again."""
    return PanelView(
        name=panel.value,
        problem=problem,
        incomplete=None,
        fetched_at=None,
        age_s=0,
        state="stale",
        retry_url=panel_url(address, panel.value, again=True),
        explanation=explain(problem),
    )


def explain(problem: str) -> str:
    """What happened and what to do, in a sentence."""
    sentences = {
        "no_right": gettext(
            "The account that reads Odoo may not see this. An administrator can give it the right in Odoo."
        ),
        "not_installed": gettext("This Odoo does not have the module that would know."),
        "not_permitted": gettext("Your role may not see this."),
        "unreadable": gettext("Odoo refused to answer this part. The rest of the page is not affected."),
        "not_kept": gettext(
            "Payment details are read from Odoo each time and stored nowhere, and Odoo could not be asked just now."
        ),
        "timed_out": gettext("Odoo took too long to answer. Try again in a moment."),
        "unavailable": gettext("Odoo cannot be reached or answers with errors. Try again in a moment."),
        "authentication_failed": gettext(
            "Odoo does not accept the stored key: it is wrong, expired or revoked, or the database is not there. "
            "An administrator has to renew it."
        ),
        "busy": gettext("Too many questions are waiting for this Odoo. Try again in a few seconds."),
        "asked_to_wait": gettext(
            "Odoo has too much to do and has asked for a pause. It is asked again when the pause is over."
        ),
        "garbled": gettext("Odoo answered with something that cannot be read."),
    }
    return sentences.get(problem) or str(find_word(problem, kind="BranchProblem").label)


# A gateway error's reason, as the state that a page names.
_STATES = {
    "timed_out": "timed_out",
    "forbidden": "no_right",
    "authentication_failed": "authentication_failed",
    "busy": "busy",
    "breaker_open": "unavailable",
    "overloaded": "asked_to_wait",
    "asked_to_wait": "asked_to_wait",
    "garbled": "garbled",
    "too_large": "garbled",
    "not_supported": "unreadable",
    "business_refusal": "unreadable",
    "missing": "unreadable",
}


def state_of(reason: str) -> str:
    return _STATES.get(reason, "unavailable")
