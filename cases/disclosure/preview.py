"""Shows an order field by field as a role would see it, and never more than whoever looks may see themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cases.disclosure.matrix_versions import NotPermitted, fields_by_class, may_read_policy
from cases.masking import Cell, MaskedRecord
from cases.masking.matrices import Matrices, preview_of
from cases.masking.roles import Role
from cases.orders.workspace import OpenedOrder, open_order
from cases.people.viewer import Viewer
from integrations.canonical import Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One example of every field that the order has, by class; lists show their first item."""

    company_id: int
    ref: str
    by_class: dict[Sensitivity, tuple[Cell, ...]]


async def preview_order(
    *,
    viewer: Viewer,
    role: Role,
    matrices: Matrices,
    connection: str,
    ref: str,
    company: int | None,
    correlation_id: str,
) -> Preview:
    """Raises ``NotPermitted``, and what ``open_order`` raises: the order has to be one that the viewer may open."""
    if not may_read_policy(viewer):
        raise NotPermitted
    opened = await open_order(
        viewer=replace(viewer, matrix=preview_of(role, matrices, viewer=viewer.matrix)),
        connection=connection,
        ref=ref,
        company=company,
        correlation_id=correlation_id,
        accept_recent=True,
    )
    return Preview(company_id=opened.company_id, ref=opened.ref, by_class=_by_class(opened))


def _by_class(opened: OpenedOrder) -> dict[Sensitivity, tuple[Cell, ...]]:
    cells: dict[str, Cell] = {}
    for cell in (*_cells(opened.record), *_cells(opened.timeline)):
        known = cells.get(cell.path)
        if known is None or (not known and cell):  # the first that has something to show
            cells[cell.path] = cell
    return {
        sensitivity: tuple(cells[path] for path in paths if path in cells)
        for sensitivity, paths in fields_by_class().items()
    }


def _cells(value: Any) -> Iterator[Cell]:
    if isinstance(value, Cell):
        yield value
    elif isinstance(value, MaskedRecord):
        for inner in value.values():
            yield from _cells(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _cells(inner)
