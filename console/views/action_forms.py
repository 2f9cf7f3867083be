"""What the forms have in common that ask for an action: judged live as they are filled in, asked with, or put down.

Each kind has a page of its own beside this one, which says what its form shows and how it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import approvals, casework
from cases.actions.asking import Form, UnclearWish
from cases.actions.drafting import find_draft, form_of, keep_draft
from cases.actions.proposing import AlreadyOpen, KeyUsed, Proposed, Refused, propose_action
from cases.actions.reason_words import reasons_in_use
from cases.actions.records import masked_trial, masked_verdict
from cases.actions.switches import obstacle_to, reason_of
from cases.casework import CaseNotVisible, NotPermitted
from cases.failures import OdooFailure
from cases.models import Action
from cases.orders.workspace import AmbiguousOrder, NotVisible, OpenedOrder, open_order
from cases.rules.reasons import codes_of_kind
from console.action_words import tell_cause, tell_refusal
from console.kind_words import KINDS
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number, typed_uuid
from console.views.actions import rules_of, shown
from console.views.case import not_found
from console.views.frame import frame
from console.views.order_context import explain, order_url, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What one kind's form is made of."""

    kind: str
    template: str
    fill: Callable[[QueryDict], Form]  # what was typed; raises ``UnclearWish`` for what is no number
    show: Callable[[ViewerRequest, OpenedOrder], dict[str, Any]]  # what else the template needs
    filled: Callable[[Form], dict[str, str]]  # a draft's form under the names of its fields


def addresses_of(page: FormPage) -> list[URLPattern]:
    """Where a kind's form is shown, judged and asked with; each address has the kind's name."""
    at = f"cases/<int:case_id>/{page.kind}/"
    show, judge, ask = (partial(view, page=page) for view in (_show_form, _try_form, _ask_with))
    return [
        path(at, require_safe(viewer_required(show)), name=page.kind),
        path(f"{at}try/", require_POST(viewer_required(judge)), name=f"{page.kind}-try"),
        path(f"{at}ask/", require_POST(viewer_required(ask)), name=f"{page.kind}-ask"),
    ]


def _show_form(request: ViewerRequest, case_id: int, page: FormPage) -> HttpResponse:
    try:
        casework.require_worker(request.viewer, case_id)
        opened = order_of(request, request.GET)
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
    context = _context(request, case_id, opened, page)
    draft = _draft_to_change(request, page)
    if draft is not None:
        context |= {
            "filled": {**page.filled(form_of(draft)), "draft": str(draft.pk)},
            "draft_id": str(draft.pk),
        }
    return render(request, page.template, context)


def _try_form(request: ViewerRequest, case_id: int, page: FormPage) -> HttpResponse:
    """The verdict and the preview of what is filled in now; nothing is stored."""
    context: dict[str, Any] = {
        "case_id": case_id,
        "is_live": True,
        "draft_id": request.POST.get("draft", ""),
        **_live_part(case_id, page),
    }
    try:
        proposed = _propose(request, case_id, page, dry_run=True)
    except (CaseNotVisible, NotVisible, AmbiguousOrder):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except UnclearWish as unclear:
        context["problem"] = tell_refusal(unclear.reason)
    except OdooFailure as failure:
        context |= {"problem": explain(state_of(failure.reason)), "is_down": True}
    else:
        if proposed.judged is not None:
            context |= shown(masked_trial(proposed.judged, request.viewer))
    return render(request, "actions/_verdict.html", context)


def _ask_with(request: ViewerRequest, case_id: int, page: FormPage) -> HttpResponse:
    """Ask for it, or put it down as a draft; whoever asks is led to the page of the request."""
    is_draft = request.POST.get("do") == "draft"
    try:
        proposed = (
            _put_down(request, case_id, page) if is_draft else _propose(request, case_id, page, dry_run=False)
        )
    except CaseNotVisible:
        return not_found(request, case_id)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except (NotVisible, AmbiguousOrder):
        return render(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)
    except Refused as refused:
        return _again(request, case_id, page, verdict=masked_verdict(refused.verdict, request.viewer))
    except UnclearWish as unclear:
        return _again(request, case_id, page, problem=tell_refusal(unclear.reason))
    except AlreadyOpen as already:
        told = f"{tell_refusal('already_open')} {already.reference}"
        return _again(request, case_id, page, problem=told)
    except KeyUsed:
        return _again(request, case_id, page, problem=tell_refusal("content_changed"))
    except OdooFailure as failure:
        return _again(request, case_id, page, problem=explain(state_of(failure.reason)), is_down=True)
    if proposed.action is None:
        raise AssertionError("a request that was not refused has an action")
    return HttpResponseRedirect(reverse("action", args=[proposed.action.pk]))


def order_of(request: ViewerRequest, form: QueryDict) -> OpenedOrder:
    return async_to_sync(open_order)(
        viewer=request.viewer,
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        correlation_id=request.id,
        accept_recent=True,
    )


def _context(request: ViewerRequest, case_id: int, opened: OpenedOrder, page: FormPage) -> dict[str, Any]:
    brand = opened.record.order.brand.value or ""
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
        "held_back": obstacle_words(page.kind, opened.connection, opened.company_id, brand),
        "reasons": reasons_in_use(codes_of_kind(page.kind)),
        "is_down": opened.blocked_because not in ("", "stale"),
        "draft_id": request.POST.get("draft", ""),
        "key": str(uuid4()),  # two clicks on one page are one request
        **_live_part(case_id, page),
        **page.show(request, opened),
    }


def _live_part(case_id: int, page: FormPage) -> dict[str, Any]:
    """Of the part that is judged as the form is filled in; the addresses of a form have its kind's name."""
    return {
        "ask_url": reverse(f"{page.kind}-ask", args=[case_id]),
        "try_url": reverse(f"{page.kind}-try", args=[case_id]),
        "kind_words": KINDS[page.kind],
    }


def obstacle_words(kind: str, connection: str, company_id: int, brand: str) -> str:
    """Why what is asked for now would wait, although it may be approved; empty where nothing holds it."""
    obstacle = obstacle_to(kind, connection=connection, company_id=company_id, brand=brand)
    if obstacle is None:
        return ""
    said = reason_of(obstacle, kind=kind, connection=connection, company_id=company_id, brand=brand)
    return f"{tell_cause(obstacle.value)} {said}".strip()


def _draft_to_change(request: ViewerRequest, page: FormPage) -> Action | None:
    number = typed_uuid(request.GET.get("draft", ""))
    try:
        draft = find_draft(request.viewer, number) if number else None
    except (approvals.ActionNotVisible, approvals.NotPermitted, approvals.Conflict):
        return None
    return draft if draft is not None and draft.kind == page.kind else None


def _propose(request: ViewerRequest, case_id: int, page: FormPage, *, dry_run: bool) -> Proposed:
    casework.require_worker(request.viewer, case_id)  # what is not there says so before the form is looked at
    form = request.POST
    return async_to_sync(propose_action)(
        viewer=request.viewer,
        case_id=case_id,
        form=page.fill(form),
        key=f"page {form.get('key', '')[:60]}",
        body_hash="0" * 64,  # the key is the page's own: the same page is the same request
        dry_run=dry_run,
        instead_of=None if dry_run else typed_uuid(form.get("draft", "")),
        correlation_id=request.id,
        at=timezone.now(),
    )


def _put_down(request: ViewerRequest, case_id: int, page: FormPage) -> Proposed:
    casework.require_worker(request.viewer, case_id)
    return async_to_sync(keep_draft)(
        viewer=request.viewer,
        case_id=case_id,
        form=page.fill(request.POST),
        key=f"draft {request.POST.get('key', '')[:60]}",
        body_hash="0" * 64,
        correlation_id=request.id,
        at=timezone.now(),
    )


def _again(request: ViewerRequest, case_id: int, page: FormPage, **why: Any) -> HttpResponse:
    """The form once more, with what stands against it."""
    try:
        opened = order_of(request, request.POST)
    except (NotVisible, AmbiguousOrder, OdooFailure):
        messages.error(request, why.get("problem") or tell_refusal(""))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    context = _context(request, case_id, opened, page)
    if "verdict" in why:
        context |= {"verdict": why["verdict"], "rules": rules_of(why["verdict"])}
    context["problem"] = why.get("problem", "")
    context["filled"] = request.POST
    context["is_down"] = context["is_down"] or why.get("is_down", False)
    return render(request, page.template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def typed_number(typed: str, name: str) -> Decimal | None:
    """A number with a point or a comma. Raises ``UnclearWish`` naming the field."""
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
