"""What the small forms of a case do: one address, one named change each, and back to the case."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import casework
from cases.casework import (
    CaseChanged,
    CaseNotVisible,
    CasePriority,
    CaseType,
    DisputeStep,
    EntryFrom,
    EntryKind,
    IllegalChange,
    NotPermitted,
    QueueQuery,
)
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible
from console.formatting import format_age
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number, row_number
from console.views.case import not_found
from console.views.case_context import case_url
from console.views.no_case import NO_CASE, tell_no_case
from console.views.order_context import explain, order_url, state_of

Change = Callable[[QueryDict, dict[str, Any]], None]


@require_POST
@viewer_required
async def open_case(request: ViewerRequest) -> HttpResponse:
    """Open a case about the order the form names; where it goes wrong, back to the order with a sentence."""
    form = request.POST
    connection, ref, company = (
        form.get("connection", ""),
        form.get("ref", ""),
        company_number(form.get("company")),
    )
    try:
        case_id = await casework.open_case_about(
            viewer=request.viewer,
            connection=connection,
            ref=ref,
            company=company,
            subject=form.get("subject", ""),
            type=_one_of(CaseType, form.get("type", ""), CaseType.ORDER_INQUIRY),
            correlation_id=request.id,
        )
    except IllegalChange:
        messages.error(request, _("A case needs a few words about what the customer wants."))
        return HttpResponseRedirect(order_url(connection, ref, company))
    except NO_CASE as why:
        return await tell_no_case(request, why, connection=connection, ref=ref, company=company)
    return HttpResponseRedirect(case_url(case_id))


@require_POST
@viewer_required
async def change_case(request: ViewerRequest, case_id: int) -> HttpResponse:
    """One change, named by ``do``, on top of the version the form was drawn with."""
    return await _changed(request, case_id, _apply)


@require_POST
@viewer_required
async def write_note(request: ViewerRequest, case_id: int) -> HttpResponse:
    return await _changed(request, case_id, _write)


async def _changed(
    request: ViewerRequest, case_id: int, apply: Callable[..., Coroutine[Any, Any, None]]
) -> HttpResponse:
    query = QueueQuery.of(request.GET)
    try:
        await sync_to_async(casework.require_worker)(request.viewer, case_id)
        await apply(request, case_id)
    except CaseNotVisible:
        return await sync_to_async(not_found)(request, case_id)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except CaseChanged as changed:
        messages.warning(request, _tell_changed(changed))
    except (NotVisible, AmbiguousOrder):
        messages.error(request, _("There is no such order, or several: open it first and choose."))
    except OdooFailure as failure:
        messages.error(request, explain(state_of(failure.reason)))
    except IllegalChange as refused:
        messages.error(request, tell_refusal(refused.reason))
    tab = request.GET.get("tab", "")
    return HttpResponseRedirect(
        case_url(case_id, query, **({"tab": tab} if tab.isalpha() and tab.isascii() else {}))
    )


async def _write(request: ViewerRequest, case_id: int) -> None:
    kind, sender = _KINDS.get(request.POST.get("kind", ""), _KINDS["note"])
    await sync_to_async(casework.write_entry)(
        viewer=request.viewer, case_id=case_id, body=request.POST.get("body", ""), kind=kind, sender=sender
    )


_KINDS = {
    "note": (EntryKind.NOTE, EntryFrom.AGENT),
    "heard": (EntryKind.MESSAGE, EntryFrom.CUSTOMER),
    "told": (EntryKind.MESSAGE, EntryFrom.AGENT),
}


async def _apply(request: ViewerRequest, case_id: int) -> None:
    form, version = request.POST, row_number(request.POST.get("version", ""))
    known: dict[str, Any] = {"viewer": request.viewer, "case_id": case_id, "version": version}
    if form.get("do") == "link":
        await casework.link_order(
            **known,
            connection=form.get("connection", ""),
            ref=form.get("ref", ""),
            company=company_number(form.get("company")),
            correlation_id=request.id,
        )
        return
    change = _CHANGES.get(form.get("do", ""))
    if change is None:
        raise IllegalChange("unknown")
    await sync_to_async(change)(form, known)


def _assign(form: QueryDict, known: dict[str, Any]) -> None:
    to = form.get("to", "")
    if to == "nobody":
        casework.assign(**known, user_id=None)
    elif (number := row_number(to)) is not None:
        casework.assign(**known, user_id=number)
    else:
        raise IllegalChange("assignee")


def _snooze(form: QueryDict, known: dict[str, Any]) -> None:
    try:
        until = datetime.fromisoformat(form.get("until") or form.get("until_custom") or "")
    except ValueError:
        raise IllegalChange("until") from None
    casework.snooze(**known, until=until if until.tzinfo else timezone.make_aware(until))


def _sort(form: QueryDict, known: dict[str, Any]) -> None:
    casework.sort_case(
        **known,
        type=_one_of(CaseType, form.get("type", ""), None),
        priority=_one_of(CasePriority, row_number(form.get("priority", "")), None),
    )


def _tick(form: QueryDict, known: dict[str, Any]) -> None:
    step = _one_of(DisputeStep, form.get("step", ""), None)
    if step is None:
        raise IllegalChange("no_checklist")
    casework.tick(**known, step=step, done=form.get("done") == "1")


def _merge(form: QueryDict, known: dict[str, Any]) -> None:
    into = row_number(form.get("into", "").upper().removeprefix("C-"))
    if into is None:
        raise IllegalChange("no_such_case")
    try:
        casework.merge(**known, into_id=into)
    except CaseNotVisible:
        raise IllegalChange("no_such_case") from None  # the other one: this one was found before


_CHANGES: dict[str, Change] = {
    "take": lambda _form, known: casework.take(**known),
    "assign": _assign,
    "snooze": _snooze,
    "wake": lambda _form, known: casework.wake(**known),
    "close": lambda _form, known: casework.close(**known),
    "reopen": lambda _form, known: casework.reopen(**known),
    "sort": _sort,
    "tick": _tick,
    "merge": _merge,
    "unlink": lambda form, known: casework.unlink_order(
        **known, link_id=row_number(form.get("link", "")) or 0
    ),
}


def tell_refusal(reason: str) -> str:
    """Why a change makes no sense for the case as it is."""
    sentences = {
        "merged": _("This case goes on in another one."),
        "nothing_written": _("Nothing was written."),
        "assignee": _("That person cannot have this case: their role or their companies do not reach it."),
        "until": _("Choose a time in the future, within a year."),
        "closed": _("The case is closed. Open it again first."),
        "not_closed": _("The case is open already."),
        "not_snoozed": _("The case is not put aside."),
        "no_checklist": _("Only billing disputes have this checklist."),
        "into_itself": _("A case cannot be merged into itself."),
        "other_scope": _(
            "Cases of different companies, brands or regions stay apart. Link the order instead."
        ),
        "target_closed": _("The other case is closed. Open it again first."),
        "no_such_case": _("There is no such case."),
        "no_such_order": _("That order is not part of this case."),
        "in_use": _("Something was done in this case already: it stays. Close it, if it is over."),
        "too_many_orders": _("A case holds at most twenty orders."),
    }
    return sentences.get(reason) or _("That cannot be done with this case.")


def _tell_changed(changed: CaseChanged) -> str:
    age = format_age(int((timezone.now() - changed.at).total_seconds()))
    who = changed.by or _("somebody")
    return _("%(who)s changed this case %(age)s. Nothing of yours was saved: look again and decide.") % {
        "who": who,
        "age": age,
    }


def _one_of(kind: Any, value: Any, otherwise: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return otherwise
