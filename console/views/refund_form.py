"""The form that asks for a refund: judged live as it is filled in, asked with, or put down as a draft."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import approvals, casework
from cases.actions.drafting import find_draft, form_of, keep_draft
from cases.actions.proposing import (
    AlreadyOpen,
    KeyUsed,
    Proposed,
    RefundForm,
    Refused,
    UnclearWish,
    propose_refund,
)
from cases.actions.reason_words import refund_reasons
from cases.actions.reasons import WAY_WORDS, RefundWay
from cases.actions.records import masked_trial, masked_verdict
from cases.actions.refund_lines import RefundWish, WishedLine
from cases.actions.switches import obstacle_to, reason_of
from cases.casework import CaseNotVisible, NotPermitted
from cases.failures import OdooFailure
from cases.masking import MaskedRecord
from cases.models import Action
from cases.workspace import AmbiguousOrder, NotVisible, OpenedOrder, open_order
from console.action_words import tell_cause, tell_refusal
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number, row_number, typed_uuid
from console.views.actions import rules_of, shown
from console.views.case import not_found
from console.views.frame import frame
from console.views.order_context import explain, order_url, state_of

MOST_LINES = 200


@require_safe
@viewer_required
def refund(request: ViewerRequest, case_id: int) -> HttpResponse:
    """The form: lines of the order, an amount, a reason; judged live as it is filled in."""
    try:
        casework.require_worker(request.viewer, case_id)
        opened = _order(request, request.GET)
    except CaseNotVisible:
        return not_found(request, case_id)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except NotVisible:
        return render(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)
    except AmbiguousOrder:
        raise Http404 from None
    except OdooFailure as failure:
        messages.error(request, explain(state_of(failure.reason)))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    context = _form_context(request, case_id, opened)
    draft = _draft_to_change(request)
    if draft is not None:
        context |= {"filled": _as_filled(draft), "draft_id": str(draft.pk)}
    return render(request, "actions/refund.html", context)


def _draft_to_change(request: ViewerRequest) -> Action | None:
    number = typed_uuid(request.GET.get("draft", ""))
    try:
        return find_draft(request.viewer, number) if number else None
    except (approvals.ActionNotVisible, approvals.NotPermitted, approvals.Conflict):
        return None


def _as_filled(draft: Action) -> dict[str, str]:
    """What was put down, under the names of the form's fields."""
    form = form_of(draft)
    wish = form.wish
    whole = not wish.lines and wish.amount is None
    back = wish.goods_back or any(line.goods_back for line in wish.lines)
    return {
        **{f"quantity_{line.line_id}": format(line.quantity, "f") for line in wish.lines if line.quantity},
        "amount": "" if wish.amount is None else format(wish.amount, "f"),
        "what": "all" if whole else "",
        "goods_back": "1" if back else "",
        "reason": form.reason,
        "refund_to": form.refund_to,
        "note": form.note,
        "draft": str(draft.pk),
    }


def _order(request: ViewerRequest, form: QueryDict) -> OpenedOrder:
    return async_to_sync(open_order)(
        viewer=request.viewer,
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        correlation_id=request.id,
        accept_recent=True,
    )


def _form_context(request: ViewerRequest, case_id: int, opened: OpenedOrder) -> dict[str, Any]:
    lines = [line for line in opened.record.order.lines if _may_be_refunded(line)]
    return {
        **frame(request.viewer),
        "case_id": case_id,
        "case_reference": f"C-{case_id:06d}",
        "may_undo": request.GET.get("opened") == "1"
        and casework.can_undo(request.viewer, case_id, at=timezone.now()),
        "order": opened.record.order,
        "connection": opened.connection,
        "company": opened.company_id,
        "ref": opened.ref,
        "order_url": order_url(opened.connection, opened.ref, opened.company_id),
        "lines": lines[:MOST_LINES],
        "held_back": obstacle_words(
            opened.connection, opened.company_id, opened.record.order.brand.value or ""
        ),
        "reasons": refund_reasons(),
        "ways": [(way.value, _(words)) for way, words in WAY_WORDS.items() if way is not RefundWay.ORIGINAL],
        "is_down": opened.blocked_because not in ("", "stale"),
        "draft_id": request.POST.get("draft", ""),
        "key": str(uuid4()),  # two clicks on one page are one request
    }


def _may_be_refunded(line: MaskedRecord) -> bool:
    """Where it is not known, the rules say so."""
    left = line.refundable.value
    return line.invoiced.value is not None and (
        left is None or not hasattr(left, "amount") or left.amount > 0
    )


def obstacle_words(connection: str, company_id: int, brand: str) -> str:
    """Why a refund that is asked for now would wait, although it may be approved; empty where nothing holds it."""
    obstacle = obstacle_to("refund", connection=connection, company_id=company_id, brand=brand)
    if obstacle is None:
        return ""
    said = reason_of(obstacle, kind="refund", connection=connection, company_id=company_id, brand=brand)
    return f"{tell_cause(obstacle.value)} {said}".strip()


@require_POST
@viewer_required
def try_refund(request: ViewerRequest, case_id: int) -> HttpResponse:
    """The verdict and the preview of what is filled in now; nothing is stored."""
    context: dict[str, Any] = {
        "case_id": case_id,
        "is_live": True,
        "draft_id": request.POST.get("draft", ""),
    }
    try:
        proposed = _propose(request, case_id, dry_run=True)
    except CaseNotVisible:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except (NotVisible, AmbiguousOrder):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    except UnclearWish as unclear:
        context["problem"] = tell_refusal(unclear.reason)
    except OdooFailure as failure:
        context |= {"problem": explain(state_of(failure.reason)), "is_down": True}
    else:
        if proposed.judged is not None:
            context |= shown(masked_trial(proposed.judged, request.viewer))
    return render(request, "actions/_verdict.html", context)


@require_POST
@viewer_required
def ask_refund(request: ViewerRequest, case_id: int) -> HttpResponse:
    """Ask for it, or put it down as a draft; whoever asks is led to the page of the request."""
    is_draft = request.POST.get("do") == "draft"
    try:
        proposed = _put_down(request, case_id) if is_draft else _propose(request, case_id, dry_run=False)
    except CaseNotVisible:
        return not_found(request, case_id)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except (NotVisible, AmbiguousOrder):
        return render(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)
    except Refused as refused:
        return _again(request, case_id, verdict=masked_verdict(refused.verdict, request.viewer))
    except UnclearWish as unclear:
        return _again(request, case_id, problem=tell_refusal(unclear.reason))
    except AlreadyOpen as already:
        told = f"{tell_refusal('already_open')} {already.reference}"
        return _again(request, case_id, problem=told)
    except KeyUsed:
        return _again(request, case_id, problem=tell_refusal("content_changed"))
    except OdooFailure as failure:
        return _again(request, case_id, problem=explain(state_of(failure.reason)), is_down=True)
    if proposed.action is None:
        raise AssertionError("a request that was not refused has an action")
    return HttpResponseRedirect(reverse("action", args=[proposed.action.pk]))


def _propose(request: ViewerRequest, case_id: int, *, dry_run: bool) -> Proposed:
    casework.require_worker(request.viewer, case_id)  # what is not there says so before the form is looked at
    form = request.POST
    return async_to_sync(propose_refund)(
        viewer=request.viewer,
        case_id=case_id,
        form=_filled(form),
        key=f"page {form.get('key', '')[:60]}",
        body_hash="0" * 64,  # the key is the page's own: the same page is the same request
        dry_run=dry_run,
        instead_of=None if dry_run else typed_uuid(form.get("draft", "")),
        correlation_id=request.id,
        at=timezone.now(),
    )


def _put_down(request: ViewerRequest, case_id: int) -> Proposed:
    casework.require_worker(request.viewer, case_id)
    return async_to_sync(keep_draft)(
        viewer=request.viewer,
        case_id=case_id,
        form=_filled(request.POST),
        key=f"draft {request.POST.get('key', '')[:60]}",
        body_hash="0" * 64,
        correlation_id=request.id,
        at=timezone.now(),
    )


def _again(request: ViewerRequest, case_id: int, **why: Any) -> HttpResponse:
    """The form once more, with what stands against it."""
    try:
        opened = _order(request, request.POST)
    except (NotVisible, AmbiguousOrder, OdooFailure):
        messages.error(request, why.get("problem") or tell_refusal(""))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    context = _form_context(request, case_id, opened)
    if "verdict" in why:
        context |= {"verdict": why["verdict"], "rules": rules_of(why["verdict"])}
    context["problem"] = why.get("problem", "")
    context["filled"] = request.POST
    context["is_down"] = context["is_down"] or why.get("is_down", False)
    return render(request, "actions/refund.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _filled(form: QueryDict) -> RefundForm:
    """What was typed. Raises ``UnclearWish`` for what is no number."""
    whole = form.get("what") == "all"
    back = form.get("goods_back") == "1"
    lines = [] if whole else list(_lines(form, back))
    amount = None if whole else _number(form.get("amount", ""), "amount")
    if not (whole or lines or amount is not None):
        raise UnclearWish("nothing")
    return RefundForm(
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        wish=RefundWish(lines=tuple(lines), amount=amount, goods_back=back),
        reason=form.get("reason", ""),
        refund_to=form.get("refund_to", ""),
        note=form.get("note", ""),
    )


def _lines(form: QueryDict, back: bool) -> Any:
    for name in list(form)[: MOST_LINES * 2]:
        number = row_number(name.removeprefix("quantity_")) if name.startswith("quantity_") else None
        typed = _number(form.get(name, ""), "quantity") if number else None
        if number and typed:
            yield WishedLine(line_id=number, quantity=typed, goods_back=back)


def _number(typed: str, name: str) -> Decimal | None:
    text = typed.strip().replace(" ", "").replace(",", ".")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise UnclearWish(name) from None
    if not number.is_finite() or len(text) > 20:
        raise UnclearWish(name)
    return number
