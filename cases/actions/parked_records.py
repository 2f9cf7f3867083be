"""What is shown of a parked action beside what every action shows: customer, age, owner, candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cases.actions.candidates import Candidate
from cases.actions.caring import escalations_of, noticed
from cases.actions.desk import evidence_of
from cases.masking import MaskedRecord, mask
from cases.models import Action
from cases.models.casework import Case
from cases.people.viewer import Viewer
from integrations.canonical import FINANCIAL, PERSONAL, PUBLIC, Money, Partial
from integrations.models import OdooConnection
from integrations.odoo.addresses import document_address


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRecord:
    action: Annotated[str, PUBLIC]
    customer: Annotated[str | None, PERSONAL, Partial.NAME]
    since: Annotated[datetime, PUBLIC]
    owner: Annotated[str | None, PUBLIC]
    is_mine: Annotated[bool, PUBLIC]
    is_noticed: Annotated[bool, PUBLIC]  # passed on to a team of the viewer's, and nobody took it on yet


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOnRecord:
    team: Annotated[str, PUBLIC]
    by: Annotated[str, PUBLIC]
    at: Annotated[datetime, PUBLIC]
    taken_by: Annotated[str | None, PUBLIC]
    note: Annotated[str | None, PERSONAL, Partial.TALK]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRecord:
    id: Annotated[int, PUBLIC]
    model: Annotated[str, PUBLIC]
    ref: Annotated[str | None, PUBLIC]
    state: Annotated[str, PUBLIC]
    total: Annotated[Money | None, FINANCIAL]
    bears_reference: Annotated[bool, PUBLIC]
    against: Annotated[str | None, PUBLIC]
    url: Annotated[str | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    evidence: Annotated[str | None, PERSONAL, Partial.TALK]


def masked_care(actions: Sequence[Action], viewer: Viewer) -> tuple[MaskedRecord, ...]:
    cases = Case.objects.filter(pk__in=[row.case_id for row in actions if row.case_id])
    customers = dict(cases.values_list("pk", "customer_name"))
    told = noticed(viewer) if actions else set()
    return tuple(
        mask(
            CareRecord(
                action=str(row.pk),
                customer=customers.get(row.case_id or 0) or None,
                since=row.parked_at or row.requested_at,
                owner=(row.owner.get_full_name() or row.owner.get_username()) if row.owner else None,
                is_mine=row.owner_id == viewer.user_id,
                is_noticed=row.pk in told,
            ),
            viewer.matrix,
            path="parked",
        )
        for row in actions
    )


def masked_passed_on(action: Action, viewer: Viewer) -> tuple[MaskedRecord, ...]:
    found = []
    for entry in escalations_of(action):
        row = entry["row"]
        record = PassedOnRecord(
            team=row.team_name,
            by=row.by.get_full_name() or row.by.get_username(),
            at=row.at,
            taken_by=(row.taken_by.get_full_name() or row.taken_by.get_username()) if row.taken_by else None,
            note=entry["note"] or None,
        )
        found.append(mask(record, viewer.matrix, path="parked.passed_on"))
    return tuple(found)


def masked_evidence(action: Action, viewer: Viewer) -> MaskedRecord:
    return mask(EvidenceRecord(evidence=evidence_of(action) or None), viewer.matrix, path="parked")


def masked_candidates(action: Action, found: Iterable[Candidate], viewer: Viewer) -> tuple[MaskedRecord, ...]:
    place = OdooConnection.objects.filter(slug=action.connection).values_list("url", "version").first()
    return tuple(
        mask(
            CandidateRecord(
                id=one.document.id,
                model=one.document.model,
                ref=one.document.ref,
                state=one.document.state.value,
                total=one.document.total,
                bears_reference=one.bears_reference,
                against=one.against or None,
                url=document_address(
                    place[0], version=place[1], model=one.document.model, number=one.document.id
                )
                if place
                else None,
            ),
            viewer.matrix,
            path="parked.candidates",
        )
        for one in found
    )
