"""Finds what a reveal is about, raw: an order as Odoo tells it, or a case of our own. Never leaves ``cases``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async

from cases.casework.reading import whole_case
from cases.casework.visible import CaseNotVisible
from cases.disclosure.field_rights import path_of
from cases.masking import Cell, Matrix, cell_at
from cases.orders.timeline import TimelineEvent, timeline
from cases.orders.workspace import NotVisible, read_visible
from cases.people.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One order or case in the viewer's scope, and where it belongs. ``case_id`` None: an order."""

    root: Any
    connection: str
    company_id: int
    brand: str
    region: str
    ref: str
    case_id: int | None = None

    def cell(self, place: str, matrix: Matrix) -> Cell | None:
        return cell_at(self.root, place, matrix)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """The timeline as a record, so that places lead into it."""

    timeline: tuple[TimelineEvent, ...]


def is_of_case(place: str) -> bool:
    """Whether a place lies in a case's own record; every other one is an order's."""
    return path_of(place).partition(".")[0] in ("case", "entries")


async def read_order_subject(
    viewer: Viewer, connection: str, ref: str, company: int | None, place: str, correlation_id: str
) -> Subject:
    """Raises what ``open_order`` raises."""
    record, _ = await read_visible(viewer, connection, ref, company, correlation_id)
    order = record.order
    told = path_of(place).startswith("timeline.")
    return Subject(
        root=_Told(timeline=timeline(record)) if told else record,
        connection=order.connection,
        company_id=order.company.id,
        brand=order.brand or "",
        region=order.region or "",
        ref=order.ref,
    )


async def read_case_subject(viewer: Viewer, case_id: int, *, names_cut_for: Matrix) -> Subject:
    """Raises ``NotVisible``. ``names_cut_for``: texts are without the customer's name for who may not see it."""
    try:
        case, record = await sync_to_async(whole_case)(viewer, case_id, names_cut_for=names_cut_for)
    except CaseNotVisible:
        raise NotVisible from None
    return Subject(
        root=record,
        connection=case.connection,
        company_id=case.company_id,
        brand=case.brand,
        region=case.region,
        ref=case.reference,
        case_id=case.pk,
    )
