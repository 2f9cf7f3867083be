"""Erases what is personal about one customer from our own records, and leaves the proof of what was done whole.

Odoo is the master of customers and is not touched. What cannot be changed is made unreadable: see ``cases.subjects``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from asgiref.sync import async_to_sync
from django.db import transaction

from cases import audit
from cases.actions.states import FINAL
from cases.keyed_hashes import keyed_hash
from cases.masking.roles import Role
from cases.models import Action, CaseKey, Hold
from cases.models.casework import Case, CaseEntry, CaseOrder, EntryKind
from cases.people.viewer import Viewer
from cases.snapshots import forget_order
from cases.subjects import Subject, destroy_keys

ERASED = "—"


class NotPermitted(Exception):
    """Only administrators erase, and never through a token."""


class StillOpen(Exception):
    """Something is still being done for the customer; ``references`` say what."""

    def __init__(self, references: tuple[str, ...]) -> None:
        super().__init__("something is still open")
        self.references = references


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure came to, in numbers."""

    keys: int  # each made notes and reasons unreadable
    cases: int
    texts: int
    holds: int
    orders: int  # of which the last known facts were forgotten


def may_erase(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def erase_by(viewer: Viewer, *, subject: Subject, at: datetime) -> Erased:
    """Raises ``NotPermitted`` and ``StillOpen``."""
    if not may_erase(viewer):
        raise NotPermitted
    return erase(subject, actor=viewer.actor, at=at)


def erase(subject: Subject, *, actor: str, at: datetime) -> Erased:
    """A second time finds only what came since. Raises ``StillOpen``."""
    of_customer = {"connection": subject.connection, "customer_id": subject.customer_id}
    with transaction.atomic():
        actions = Action.objects.filter(**of_customer)
        open_ones = actions.exclude(state__in=[state.value for state in FINAL])
        references = tuple(open_ones.order_by("reference").values_list("reference", flat=True)[:20])
        if references:
            raise StillOpen(references)
        cases = list(Case.objects.select_for_update().filter(**of_customer).values_list("pk", flat=True))
        orders = set(actions.values_list("connection", "order_ref"))
        orders |= set(CaseOrder.objects.filter(case_id__in=cases).values_list("connection", "ref"))
        texts = (
            CaseEntry.objects.filter(case_id__in=cases)
            .exclude(kind=EntryKind.EVENT)
            .exclude(body=ERASED)
            .update(body=ERASED)
        )
        Case.objects.filter(pk__in=cases).update(subject=ERASED, customer_name="")
        CaseKey.objects.filter(case_id__in=cases).delete()
        holds = Hold.objects.filter(**of_customer).exclude(reason=ERASED)
        counted = holds.count()
        Hold.objects.filter(**of_customer).exclude(lift_reason="").update(lift_reason=ERASED)
        holds.update(reason=ERASED)
        erased = Erased(
            keys=destroy_keys(subject, at=at),
            cases=len(cases),
            texts=texts,
            holds=counted,
            orders=len(orders),
        )
        audit.record(
            actor=actor,
            action=audit.Action.SUBJECT_ERASED,
            object_kind="customer",
            object_ref=keyed_hash("customer", f"{subject.connection}/{subject.customer_id}"),
            connection_slug=subject.connection,
            details=asdict(erased),
            at=at,
        )
    for connection, ref in sorted(orders):
        async_to_sync(forget_order)(connection=connection, ref=ref)
    return erased
