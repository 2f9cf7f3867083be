"""One difference between what was done and what Odoo holds, before it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from cases.models import Action, FindingKind
from integrations.canonical.evidence import DocumentName, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: FindingKind
    company_id: int
    brand: str = ""
    region: str = ""
    action_id: UUID | None = None
    case_id: int | None = None
    order_ref: str = ""
    reference: str = ""
    model: str = ""
    document_id: int = 0
    document_ref: str = ""
    amount: Decimal | None = None
    expected: Decimal | None = None
    currency: str = ""


def about_action(
    kind: FindingKind,
    action: Action,
    *,
    name: DocumentName | None = None,
    document: Evidence | None = None,
    expected: Decimal | None = None,
) -> Difference:
    """Of an action, and the document that is not as it should be, where there is one."""
    named = document.name if document else name
    total = document.total if document else None
    return Difference(
        kind=kind,
        company_id=action.company_id,
        brand=action.brand,
        region=action.region,
        action_id=action.pk,
        case_id=action.case_id,
        order_ref=action.order_ref,
        reference=action.reference,
        model=named.model if named else "",
        document_id=named.id if named else 0,
        document_ref=(document.ref or "") if document else "",
        amount=total.amount if total else None,
        expected=expected,
        currency=total.currency if total else action.currency,
    )
