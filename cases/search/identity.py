"""Remembers which of several candidates a person said is meant, so that nobody has to find out twice.

A choice belongs to a search first; a case that is opened from it takes it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from cases import audit
from cases.masking import MaskedRecord
from cases.models import IdentityChoice, SearchAttempt
from cases.people.viewer import Viewer

if TYPE_CHECKING:
    from cases.models.casework import Case

# A page of results may lie open over lunch; a choice made the day after is made on old facts.
CHOOSE_WITHIN_S = 4 * 3600
_SALT = "deskglass.identity"


class NoSuchCandidate(Exception):
    """What was chosen was not offered to this person, or too long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One offered order. Holds numbers only, nothing personal."""

    search_id: UUID
    connection: str
    company_id: int
    order_id: int
    order_ref: str
    customer_id: int | None
    account_id: int | None
    candidates: int
    brand: str
    region: str


def offer(viewer: Viewer, search_id: UUID, match: MaskedRecord, *, candidates: int) -> str:
    """A token by which this person may choose this match; the form of a page carries it back."""
    content = [
        viewer.user_id,
        str(search_id),
        match.connection.value,
        match.company.id.value,
        match.id.value,
        match.ref.value,
        match.customer_id.value,
        match.account_id.value,
        candidates,
        match.brand.value or "",
        match.region.value or "",
    ]
    return signing.dumps(content, salt=_SALT)


def read_offer(viewer: Viewer, token: str) -> Candidate:
    """What a token offers; raises ``NoSuchCandidate``, also where the order has left the viewer's scope."""
    try:
        user_id, search_id, *rest = signing.loads(token, salt=_SALT, max_age=CHOOSE_WITHIN_S)
    except signing.BadSignature:
        raise NoSuchCandidate from None
    names = (
        "connection",
        "company_id",
        "order_id",
        "order_ref",
        "customer_id",
        "account_id",
        "candidates",
        "brand",
        "region",
    )
    if len(rest) != len(names):
        raise NoSuchCandidate  # offered by another version of this code
    fields: dict[str, Any] = dict(zip(names, rest, strict=True))
    candidate = Candidate(search_id=UUID(search_id), **fields)
    in_scope = viewer.may_see(
        candidate.connection,
        candidate.company_id,
        brand=candidate.brand or None,
        region=candidate.region or None,
    )
    if user_id != viewer.user_id or not in_scope:
        raise NoSuchCandidate
    return candidate


@transaction.atomic
def remember_identity(*, viewer: Viewer, candidate: Candidate) -> IdentityChoice:
    """Keep the choice with its search until a case takes it over; choosing again replaces it."""
    if not SearchAttempt.objects.filter(id=candidate.search_id, person_id=viewer.user_id).exists():
        raise NoSuchCandidate
    choice, _ = IdentityChoice.objects.update_or_create(
        search_id=candidate.search_id,
        chosen_by_id=viewer.user_id,
        case=None,
        defaults={
            "connection": candidate.connection,
            "company_id": candidate.company_id,
            "order_id": candidate.order_id,
            "order_ref": candidate.order_ref,
            "customer_id": candidate.customer_id,
            "account_id": candidate.account_id,
            "candidates": candidate.candidates,
            "at": timezone.now(),
        },
    )
    audit.record(
        **audit.identity_chosen(
            viewer,
            connection_slug=candidate.connection,
            company_id=candidate.company_id,
            ref=candidate.order_ref,
            candidates=candidate.candidates,
        )
    )
    return choice


def hand_over_choice(
    viewer: Viewer, case: Case, *, connection: str, company_id: int, order_ref: str
) -> IdentityChoice | None:
    """Give the viewer's latest choice of this order to the case it led to; its caller records the case's change.

    None where there was nothing to choose from, or where the choice is too old to be meant.
    """
    choice = (
        IdentityChoice.objects.filter(
            chosen_by_id=viewer.user_id,
            connection=connection,
            company_id=company_id,
            order_ref=order_ref,
            case__isnull=True,
            at__gte=timezone.now() - timedelta(seconds=CHOOSE_WITHIN_S),
        )
        .order_by("-at")
        .first()
    )
    if choice is None:
        return None
    choice.case = case
    choice.save(update_fields=["case"])
    return choice
