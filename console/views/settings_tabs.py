"""The pages about who sees what and how it runs, as far as a viewer may enter: tabs on each, and the menu."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.audit.export import may_read_trail
from cases.disclosure.matrix_versions import may_read_policy
from cases.disclosure.review import may_review
from cases.embedding.places import may_embed
from cases.erasure import may_erase
from cases.operations import may_oversee
from cases.people.administration import may_change_people
from cases.people.viewer import Viewer
from cases.policies.drafts import may_read_rules
from cases.reconciliation import may_read as may_read_differences
from cases.scopes.administration import may_change_scopes
from cases.tickets.connecting import may_connect
from cases.writing import may_switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    name: str
    label: str
    url: str
    icon: str
    is_current: bool


def settings_tabs(viewer: Viewer, current: str = "") -> list[Tab]:
    entries = (
        ("masking", _("Masking matrix"), "eye-slash", may_read_policy(viewer)),
        ("policies", _("Policies"), "scale", may_read_rules(viewer)),
        ("scopes", _("Scopes and teams"), "user-group", may_change_scopes(viewer)),
        ("people", _("People"), "users", may_change_people(viewer)),
        ("writing", _("Writing into Odoo"), "pencil-square", may_switch(viewer)),
        ("ticketing", _("Ticketing tools"), "ticket", may_connect(viewer)),
        ("embedding", _("Frames in tools"), "window", may_embed(viewer)),
        ("erasure", _("Erasure"), "trash", may_erase(viewer)),
        ("reveals", _("Reveals"), "lock-open", may_review(viewer)),
        ("trail", _("Audit trail"), "list-bullet", may_read_trail(viewer)),
        ("reconciliation", _("Reconciliation"), "arrows-right-left", may_read_differences(viewer)),
        ("operations", _("Operations"), "server", may_oversee(viewer)),
    )
    return [
        Tab(name=name, label=label, url=reverse(name), icon=icon, is_current=name == current)
        for name, label, icon, may_enter in entries
        if may_enter
    ]
