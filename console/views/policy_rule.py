"""The form of one rule in a draft, for all brands or for one, and the import of reason codes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.actions.policies import current_rules
from cases.policies.drafts import (
    Draft,
    NoSuchDraft,
    NotPermitted,
    change_draft,
    find_draft,
    may_read_rules,
    may_write_rules,
)
from cases.rules.book import FOR_ALL_BRANDS, PARTS, RuleBook
from cases.rules.code_import import LARGEST, ImportRefused, export_codes, import_codes
from cases.rules.fields import Wrong
from cases.rules.parts import Unclear, parse_part, typed_part
from cases.scopes.placing import known_brands
from console.rules.forms import form_of
from console.rules.names import rule_meaning, rule_name
from console.rules.problems import problem_sentence
from console.rules.refusals import tell_draft_refusal
from console.security import ViewerRequest, viewer_required
from console.views.policies import policies_frame

LONGEST_BRAND = 100


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def policy_rule(request: ViewerRequest, draft_id: int, rule: str) -> HttpResponse:
    """One rule of one's own draft; a POST keeps it, or says what is wrong with everything still typed."""
    if not may_write_rules(request.viewer):
        raise PermissionDenied
    draft = _own_draft(request, draft_id) if rule in PARTS else None
    brand = _brand(request, rule)
    if draft is None or (brand and brand not in _brands(draft)):
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _page(request, draft, rule, brand, typed_part(draft.book.part(rule, brand)))
    return _save(request, draft, rule, brand)


def _own_draft(request: ViewerRequest, draft_id: int) -> Draft | None:
    """Another person's draft, and one that ended, is not there to be changed."""
    try:
        draft = find_draft(draft_id)
    except NoSuchDraft:
        return None
    return draft if draft.is_open and draft.row.author_id == request.viewer.user_id else None


def _brand(request: ViewerRequest, rule: str) -> str:
    given = request.POST.get("brand", "") or request.GET.get("brand", "")
    return "" if rule in FOR_ALL_BRANDS else given[:LONGEST_BRAND]


def _brands(draft: Draft) -> list[str]:
    return sorted({*known_brands(), *draft.book.brands})


def _save(request: ViewerRequest, draft: Draft, rule: str, brand: str) -> HttpResponse:
    form = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    if form.get("add"):
        return _page(request, draft, rule, brand, form, more=form["add"])
    try:
        book = _changed(draft, rule, brand, form)
        change_draft(viewer=request.viewer, draft_id=draft.row.pk, book=book, at=timezone.now())
    except Unclear as unclear:
        return _page(request, draft, rule, brand, form, problems=unclear.problems)
    except (NotPermitted, NoSuchDraft):
        raise PermissionDenied from None
    messages.success(request, _("Kept in the draft: %(rule)s.") % {"rule": rule_name(rule)})
    return HttpResponseRedirect(reverse("policy-draft", args=[draft.row.pk]))


def _changed(draft: Draft, rule: str, brand: str, form: Mapping[str, str]) -> RuleBook:
    if brand and form.get("as_all"):
        return draft.book.without(rule, brand)
    return draft.book.changed(rule, parse_part(PARTS[rule], form), brand)


def _page(
    request: ViewerRequest,
    draft: Draft,
    rule: str,
    brand: str,
    typed: Mapping[str, str],
    *,
    problems: Mapping[str, Wrong] | None = None,
    more: str = "",
    import_problems: list[str] | None = None,
) -> HttpResponse:
    is_wrong = bool(problems or import_problems)
    context = {
        **policies_frame(request),
        "draft": draft,
        "row": draft.row,
        "rule": rule,
        "name": rule_name(rule),
        "meaning": rule_meaning(rule),
        "fields": form_of(rule, typed, problems=problems, more=more),
        "problem": problem_sentence(problems[""]) if problems and "" in problems else "",
        "has_problems": bool(problems),
        "import_problems": import_problems or [],
        "brand": brand,
        "brands": [] if rule in FOR_ALL_BRANDS else _brands(draft),
        "is_own": bool(brand) and rule in draft.book.brands.get(brand, {}),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "policies/rule.html", context, status=status)


@require_POST
@viewer_required
def import_policy_codes(request: ViewerRequest, draft_id: int) -> HttpResponse:
    """Take reason codes from a file into one's own draft, all of them or none."""
    if not may_write_rules(request.viewer):
        raise PermissionDenied
    draft = _own_draft(request, draft_id)
    if draft is None:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    file = request.FILES.get("file")
    name = (file.name or "") if file else ""
    try:
        content = file.read(LARGEST + 1) if file else b""
        reasons = import_codes(content, name, draft.book.reasons)
    except ImportRefused as refused:
        told = [_line_problem(found.line, found.column, found.wrong) for found in refused.problems]
        typed = typed_part(draft.book.reasons)
        return _page(request, draft, "reasons", "", typed, import_problems=told)
    try:
        book = draft.book.changed("reasons", reasons)
        change_draft(viewer=request.viewer, draft_id=draft_id, book=book, at=timezone.now())
    except (NotPermitted, NoSuchDraft) as ended:
        raise PermissionDenied(tell_draft_refusal(str(ended))) from None
    messages.success(request, _("Kept in the draft: %(rule)s.") % {"rule": rule_name("reasons")})
    return HttpResponseRedirect(reverse("policy-draft", args=[draft_id]))


def _line_problem(line: int, column: str, wrong: Wrong) -> str:
    words = {"line": line, "column": column, "problem": problem_sentence(wrong)}
    if column:
        return _("Line %(line)s, %(column)s: %(problem)s") % words
    return _("Line %(line)s: %(problem)s") % words


@require_safe
@viewer_required
def policy_codes(request: ViewerRequest) -> HttpResponse:
    """The reason codes in force as a file, to be changed and imported again."""
    if not may_read_rules(request.viewer):
        raise PermissionDenied
    answer = HttpResponse(export_codes(current_rules().reasons), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="reason-codes.csv"'
    return answer
