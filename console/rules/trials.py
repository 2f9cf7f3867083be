"""What a draft would have changed, in words; of single decisions only those the viewer may see, masked as ever."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import PolicyTrial, TrialState
from cases.people.viewer import Viewer
from cases.policies.tried_decisions import TriedDecision, tried_decisions
from cases.rules.trying import Standing

LISTED = 50


def trial_context(trial: PolicyTrial | None, viewer: Viewer) -> dict[str, Any]:
    if trial is None:
        return {"trial": None}
    seen = tried_decisions(trial, viewer) if trial.state == TrialState.DONE else []
    return {
        "trial": trial,
        "is_running": trial.state in (TrialState.WAITING, TrialState.RUNNING),
        "has_failed": trial.state == TrialState.FAILED,
        "counts": [
            (standing.value, count_words(standing, trial.counts.get(standing.value, 0)))
            for standing in Standing
        ],
        "nothing_differs": not trial.counts,
        "differing": [_entry(decision) for decision in seen[:LISTED]],
        "unseen": sum(trial.counts.values()) - min(len(seen), LISTED),
    }


def count_words(standing: Standing, n: int) -> str:
    if standing is Standing.REFUSED:
        return ngettext("%(n)s would be refused", "%(n)s would be refused", n) % {"n": n}
    if standing is Standing.ALLOWED:
        return ngettext("%(n)s would be allowed", "%(n)s would be allowed", n) % {"n": n}
    if standing is Standing.MORE_PEOPLE:
        return ngettext("%(n)s would need more people", "%(n)s would need more people", n) % {"n": n}
    return ngettext("%(n)s would need fewer people", "%(n)s would need fewer people", n) % {"n": n}


def _entry(decision: TriedDecision) -> dict[str, Any]:
    return {
        "decision": decision,
        "before": _people(decision.before),
        "after": _people(decision.after),
        "because": ", ".join(verdict_rule_name(rule) for rule in decision.because),
    }


def _people(needed: int | None) -> str:
    if needed is None:
        return _("refused")
    if not needed:
        return _("no approval")
    return ngettext("%(n)s approval", "%(n)s approvals", needed) % {"n": needed}


def verdict_rule_name(rule: str) -> str:
    """The rules of a verdict, which are more and finer than those one sets."""
    return {
        "order_confirmed": _("Order confirmed"),
        "invoiced": _("Invoice posted"),
        "no_draft": _("No draft in the way"),
        "within_refundable": _("Within what is left"),
        "window": _("Time windows"),
        "final_sale": _("Final sale"),
        "returnable": _("Never comes back"),
        "no_hold": _("Holds and fraud"),
        "goods_back": _("Keep the item"),
        "restocking_fee": _("Restocking fee"),
        "withdrawal_shipping": _("Statutory floor"),
        "agent_day": _("Limit per person and day"),
        "customer_limit": _("Limit per customer"),
        "split_refund": _("Split refunds"),
        "second_approval": _("Number of approvals"),
    }.get(rule, _("Number of approvals"))
