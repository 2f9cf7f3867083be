"""The map of addresses. An order's number is the rest of its path, slashes included."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from console.api.action_decisions import (
    AdoptView,
    ApproveView,
    CancelView,
    MarkDoneView,
    RejectView,
    ReplayView,
    StepUpView,
)
from console.api.actions import ActionView, ApprovalsView, CaseActionsView, ParkedView, SubmitView
from console.api.audit import AuditView
from console.api.cases import CaseNotesView, CasesView, CaseView
from console.api.delegations import DelegationEndView, DelegationsView
from console.api.orders import OrderView
from console.api.reconciliation import ReconciliationView
from console.api.reveals import RevealView
from console.api.search import SearchView
from console.health import healthz, metrics_page, readyz
from console.views import exchange_form, refund_form, replacement_form, return_form
from console.views.action_forms import addresses_of
from console.views.actions import action, action_documents, action_progress, submit
from console.views.approvals import approvals
from console.views.case import case, live
from console.views.case_changes import change_case, open_case, write_note
from console.views.decisions import cancel, decide, fix
from console.views.delegations import delegate, delegation_page, end_delegation
from console.views.embed_launch import (
    FrameSignInView,
    embed,
    embed_code,
    embed_end,
    embed_renew,
    embed_token,
)
from console.views.embed_view import embed_choose, embed_live, embed_order, embed_search, embed_view
from console.views.embedding import change_embedding, embedding_page
from console.views.erasure import erasure_page
from console.views.field_access import reveal, revealed, why
from console.views.holds import lift, place
from console.views.home import assign_cases, home, keep_view
from console.views.masking import masking, masking_preview
from console.views.operations import operations
from console.views.order import order
from console.views.parked import bulk, care, parked, since_approval
from console.views.people import change_person
from console.views.people import people as people_page
from console.views.people import person as person_page
from console.views.policies import policies, policy_version
from console.views.policy_draft import (
    policy_draft,
    policy_trial,
    publish_policy_draft,
    withdraw_policy_draft,
)
from console.views.policy_rule import import_policy_codes, policy_codes, policy_rule
from console.views.preload import preload
from console.views.reconciliation import accept_finding, compare_now, reconciliation
from console.views.refund_from_order import refund_order, undo_refund_case
from console.views.return_routes import change_return_routes, return_routes_page
from console.views.reveal_review import reveal_notice_seen, reveal_reviewed, reveals
from console.views.runbooks import runbook
from console.views.scopes import change_scopes, scopes
from console.views.search import choose, search, search_more
from console.views.sign_in import SignInView, preferences, sign_out
from console.views.ticket_hooks import ticket_hook
from console.views.ticketing import add_ticketing, change_ticketing, ticketing, ticketing_connection
from console.views.trail import export, trail
from console.views.writing import change_writing, guarantee, writing_page

ACTION_FORMS = (refund_form, return_form, replacement_form, exchange_form)

pages = [
    path("", home, name="home"),
    path("cases/open/", open_case, name="case-open"),
    path("cases/assign/", assign_cases, name="cases-assign"),
    path("cases/views/", keep_view, name="case-views"),
    path("cases/<int:case_id>/", case, name="case"),
    path("cases/<int:case_id>/live/", live, name="case-live"),
    path("cases/<int:case_id>/notes/", write_note, name="case-notes"),
    path("cases/<int:case_id>/change/", change_case, name="case-change"),
    path("cases/refund/", refund_order, name="refund-order"),
    path("cases/<int:case_id>/refund/undo/", undo_refund_case, name="refund-undo"),
    *(address for form in ACTION_FORMS for address in addresses_of(form.PAGE)),
    path("actions/<uuid:action_id>/", action, name="action"),
    path("actions/<uuid:action_id>/progress/", action_progress, name="action-progress"),
    path("actions/<uuid:action_id>/documents/", action_documents, name="action-documents"),
    path("actions/<uuid:action_id>/decide/", decide, name="action-decide"),
    path("actions/<uuid:action_id>/submit/", submit, name="action-submit"),
    path("actions/<uuid:action_id>/cancel/", cancel, name="action-cancel"),
    path("actions/<uuid:action_id>/fix/", fix, name="action-fix"),
    path("approvals/", approvals, name="approvals"),
    path("approvals/for-me/", delegation_page, name="delegations"),
    path("approvals/for-me/ask/", delegate, name="delegate"),
    path("approvals/for-me/<int:delegation_id>/end/", end_delegation, name="delegation-end"),
    path("parked/", parked, name="parked"),
    path("parked/several/", bulk, name="parked-bulk"),
    path("actions/<uuid:action_id>/care/", care, name="action-care"),
    path("actions/<uuid:action_id>/since/", since_approval, name="action-since"),
    path("help/runbooks/<slug:cause>/", runbook, name="runbook"),
    path("audit/", trail, name="trail"),
    path("audit/export/", export, name="trail-export"),
    path("holds/place/", place, name="hold-place"),
    path("holds/<int:hold_id>/lift/", lift, name="hold-lift"),
    path("why/", why, name="why"),
    path("reveal/", reveal, name="reveal"),
    path("reveal/<int:reveal_id>/", revealed, name="revealed"),
    path("reveals/", reveals, name="reveals"),
    path("reveals/<int:reveal_id>/reviewed/", reveal_reviewed, name="reveal-reviewed"),
    path("reveals/notices/<int:notice_id>/seen/", reveal_notice_seen, name="reveal-notice-seen"),
    path("settings/masking/", masking, name="masking"),
    path("settings/masking/preview/", masking_preview, name="masking-preview"),
    path("settings/policies/", policies, name="policies"),
    path("settings/policies/codes/", policy_codes, name="policy-codes"),
    path("settings/policies/versions/<int:version>/", policy_version, name="policy-version"),
    path("settings/policies/drafts/<int:draft_id>/", policy_draft, name="policy-draft"),
    path("settings/policies/drafts/<int:draft_id>/trial/", policy_trial, name="policy-trial"),
    path("settings/policies/drafts/<int:draft_id>/publish/", publish_policy_draft, name="policy-publish"),
    path("settings/policies/drafts/<int:draft_id>/withdraw/", withdraw_policy_draft, name="policy-withdraw"),
    path("settings/policies/drafts/<int:draft_id>/codes/", import_policy_codes, name="policy-import"),
    path("settings/policies/drafts/<int:draft_id>/rules/<slug:rule>/", policy_rule, name="policy-rule"),
    path("settings/scopes/", scopes, name="scopes"),
    path("settings/scopes/change/", change_scopes, name="scopes-change"),
    path("settings/people/", people_page, name="people"),
    path("settings/people/<int:user_id>/", person_page, name="person"),
    path("settings/people/<int:user_id>/change/", change_person, name="person-change"),
    path("settings/writing/", writing_page, name="writing"),
    path("settings/writing/change/", change_writing, name="writing-change"),
    path("settings/writing/<slug:connection>/guarantee/", guarantee, name="writing-guarantee"),
    path("settings/returns/", return_routes_page, name="return-routes"),
    path("settings/returns/change/", change_return_routes, name="return-routes-change"),
    path("settings/ticketing/", ticketing, name="ticketing"),
    path("settings/ticketing/add/", add_ticketing, name="ticketing-add"),
    path("settings/ticketing/tools/<slug:slug>/", ticketing_connection, name="ticketing-connection"),
    path("settings/ticketing/tools/<slug:slug>/change/", change_ticketing, name="ticketing-change"),
    path("settings/embedding/", embedding_page, name="embedding"),
    path("settings/embedding/change/", change_embedding, name="embedding-change"),
    path("settings/erasure/", erasure_page, name="erasure"),
    path("operations/", operations, name="operations"),
    path("operations/reconciliation/", reconciliation, name="reconciliation"),
    path("operations/reconciliation/run/", compare_now, name="reconciliation-run"),
    path("operations/reconciliation/<int:finding_id>/accept/", accept_finding, name="finding-accept"),
    path("search/", search, name="search"),
    path("search/more/<slug:connection>/", search_more, name="search-more"),
    path("search/choose/", choose, name="search-choose"),
    path("preload/", preload, name="preload"),
    path("orders/<slug:connection>/<path:ref>/", order, name="order"),
]

# Frames in other tools. What stands below an address of a place asks for the frame's bearer, but for the two windows.
frames = [
    path("embed/<slug:slug>/", embed, name="embed"),
    path("embed/<slug:slug>/sign-in/", FrameSignInView.as_view(), name="embed-sign-in"),
    path("embed/<slug:slug>/code/", embed_code, name="embed-code"),
    path("embed/<slug:slug>/token/", embed_token, name="embed-token"),
    path("embed/<slug:slug>/renew/", embed_renew, name="embed-renew"),
    path("embed/<slug:slug>/end/", embed_end, name="embed-end"),
    path("embed/<slug:slug>/view/", embed_view, name="embed-view"),
    path("embed/<slug:slug>/order/", embed_order, name="embed-order"),
    path("embed/<slug:slug>/search/", embed_search, name="embed-search"),
    path("embed/<slug:slug>/choose/", embed_choose, name="embed-choose"),
    path("embed/<slug:slug>/live/", embed_live, name="embed-live"),
]

people = [
    path("sign-in/", SignInView.as_view(), name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("preferences/", preferences, name="preferences"),
]

api = [
    path(
        "api/v1/schema",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="api-schema",
    ),
    path("api/v1/search", SearchView.as_view(), name="api-search"),
    path("api/v1/reveal", RevealView.as_view(), name="api-reveal"),
    path("api/v1/cases", CasesView.as_view(), name="api-cases"),
    path("api/v1/cases/<int:case_id>", CaseView.as_view(), name="api-case"),
    path("api/v1/cases/<int:case_id>/notes", CaseNotesView.as_view(), name="api-case-notes"),
    path("api/v1/cases/<int:case_id>/actions", CaseActionsView.as_view(), name="api-case-actions"),
    path("api/v1/actions/<uuid:action_id>", ActionView.as_view(), name="api-action"),
    path("api/v1/actions/<uuid:action_id>/submit", SubmitView.as_view(), name="api-action-submit"),
    path("api/v1/actions/<uuid:action_id>/approve", ApproveView.as_view(), name="api-action-approve"),
    path("api/v1/actions/<uuid:action_id>/reject", RejectView.as_view(), name="api-action-reject"),
    path("api/v1/actions/<uuid:action_id>/cancel", CancelView.as_view(), name="api-action-cancel"),
    path("api/v1/actions/<uuid:action_id>/replay", ReplayView.as_view(), name="api-action-replay"),
    path("api/v1/actions/<uuid:action_id>/adopt", AdoptView.as_view(), name="api-action-adopt"),
    path("api/v1/actions/<uuid:action_id>/mark-done", MarkDoneView.as_view(), name="api-action-mark-done"),
    path("api/v1/approvals", ApprovalsView.as_view(), name="api-approvals"),
    path("api/v1/delegations", DelegationsView.as_view(), name="api-delegations"),
    path(
        "api/v1/delegations/<int:delegation_id>/end", DelegationEndView.as_view(), name="api-delegation-end"
    ),
    path("api/v1/parked", ParkedView.as_view(), name="api-parked"),
    path("api/v1/step-up", StepUpView.as_view(), name="api-step-up"),
    path("api/v1/reconciliation", ReconciliationView.as_view(), name="api-reconciliation"),
    path("api/v1/audit", AuditView.as_view(), name="api-audit"),
    path("api/v1/orders/<slug:connection>/<path:ref>", OrderView.as_view(), name="api-order"),
]

machines = [
    path("hooks/tickets/<slug:slug>/", ticket_hook, name="ticket-hook"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics_page, name="metrics"),
]

urlpatterns = [*pages, *frames, *people, *api, *machines]

handler400 = "console.views.errors.bad_request"
handler403 = "console.views.errors.permission_denied"
handler404 = "console.views.errors.not_found"
handler500 = "console.views.errors.server_error"
