"""What happened to a case, told in the viewer's language; what lies outside their scope is not named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from cases.models.casework import CasePriority, CaseType
from cases.people.viewer import Viewer
from cases.written_dates import write_day, write_moment

STEPS = {
    "customer_identified": gettext_lazy("The customer is who they say they are"),
    "charges_compared": gettext_lazy("What was charged is compared with what was ordered and shipped"),
    "payments_found": gettext_lazy("Every payment of the order is found, the second one included"),
    "credits_checked": gettext_lazy("Earlier credit notes and refunds are looked at"),
    "finance_asked": gettext_lazy("Finance has been asked where money is missing or too much"),
    "customer_told": gettext_lazy("The customer knows what happens next"),
}


def tell_event(code: str, facts: Mapping[str, Any], *, viewer: Viewer, names: Mapping[int, str]) -> str:
    """One event as a sentence without a subject: who did it stands beside it."""
    words = _words(facts, viewer, names)
    sentences = {
        "opened": gettext("opened the case about %(order)s")
        if "ref" in facts
        else gettext("opened the case"),
        "opened_by_ticket": gettext("opened the case for ticket %(ticket)s"),
        "closed_with_ticket": gettext("closed the case with its ticket"),
        "reopened_with_ticket": gettext("opened the case again with its ticket"),
        "taken": gettext("took the case"),
        "assigned": gettext("gave the case to %(to)s"),
        "unassigned": gettext("gave the case back to the queue"),
        "snoozed": gettext("put the case aside until %(until)s"),
        "woken": gettext("opened the case again after its pause"),
        "closed": gettext("closed the case"),
        "reopened": gettext("opened the case again"),
        "type_changed": gettext("changed the kind from %(from)s to %(to)s"),
        "priority_changed": gettext("changed the priority from %(from)s to %(to)s"),
        "ticked": gettext("ticked: %(step)s"),
        "unticked": gettext("took back: %(step)s"),
        "order_linked": gettext("added %(order)s"),
        "order_unlinked": gettext("removed %(order)s"),
        "merged_in": gettext("merged %(case)s into this case"),
        "merged_into": gettext("merged this case into %(case)s"),
        "identified": gettext("said which of %(count)s matches is meant"),
        "written": gettext("wrote into the case"),
        "goods_received": gettext("received %(quantity)s back with %(document)s (%(action)s)")
        if "quantity" in facts
        else gettext("received goods back with %(document)s (%(action)s)"),
        "sent_again": gettext("replaced %(order)s by %(document)s, promised for %(day)s")
        if "day" in facts
        else gettext("replaced %(order)s by %(document)s"),
    }
    sentence = sentences.get(code, code)
    if code == "type_changed":
        words |= {key: _label(CaseType, facts.get(key)) for key in ("from", "to")}
    if code == "priority_changed":
        words |= {key: _label(CasePriority, facts.get(key)) for key in ("from", "to")}
    return sentence % words


def tell_trail(
    action: str, decision: str, details: Mapping[str, Any], *, viewer: Viewer, names: Mapping[int, str]
) -> str:
    """One entry of the trail about a case, in the same words as its history."""
    if action == "revealed":
        shown, refused = (
            gettext("saw a masked value for a reason"),
            gettext("asked for a masked value in vain"),
        )
        return shown if decision == "allowed" else refused
    sentences = {
        "case_read": gettext("looked at the case"),
        "reveal_reviewed": gettext("looked at why a value was shown"),
    }
    change = str(details.get("change", ""))
    return sentences.get(action) or tell_event(change or action, details, viewer=viewer, names=names)


def _words(facts: Mapping[str, Any], viewer: Viewer, names: Mapping[int, str]) -> dict[str, str]:
    somebody, an_order = gettext("somebody"), gettext("an order")
    words = {"to": names.get(_number(facts.get("to")), somebody)}
    words["order"] = words["document"] = an_order
    if "ref" in facts and viewer.may_see(
        str(facts.get("connection")),
        _number(facts.get("company")),
        brand=facts.get("brand"),
        region=facts.get("region"),
    ):
        words["order"] = str(facts["ref"])
        if "document" in facts:
            words["document"] = str(facts["document"])
    if "day" in facts:
        words["day"] = write_day(date.fromisoformat(str(facts["day"])))
    if "candidates" in facts:
        words["count"] = str(_number(facts["candidates"]))
    words |= {name: str(facts[name]) for name in ("action", "quantity") if name in facts}
    if "document" in facts and "ref" not in facts:
        words["document"] = str(facts["document"])
    if "until" in facts:
        words["until"] = write_moment(datetime.fromisoformat(str(facts["until"])))
    if "case" in facts:
        words["case"] = f"C-{_number(facts['case']):06d}"
    if "ticket" in facts:
        words["ticket"] = str(facts["ticket"])
    if "step" in facts:
        words["step"] = str(STEPS.get(str(facts["step"]), facts["step"]))
    return words


def people_in(facts: Mapping[str, Any], code: str) -> set[int]:
    """Numbers of the people an event speaks of."""
    return {_number(facts.get("to"))} if code == "assigned" else set()


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _label(choices: Any, value: Any) -> str:
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value)
