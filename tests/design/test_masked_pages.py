"""No page shows what the viewer's role masks, and every page shows what it does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from html import escape
from typing import Any

import pytest

from cases.masking import Cell, MaskedRecord, Matrix, Mode, mask
from cases.masking.roles import DEFAULT_MATRIX, Role
from cases.orders.timeline import timeline
from console.formatting import current_writer
from integrations.canonical import Money, Sensitivity
from tests.design.drawings import ORDER_PARTS, draw_order, draw_troubled
from tests.design.specimen import build_order

EVERYTHING: Matrix = dict.fromkeys(Sensitivity, Mode.SHOW)
NOTHING: Matrix = dict.fromkeys(Sensitivity, Mode.HIDE)
# The page knows these without any record: the address, the connection, the list of recent orders, a label.
PLENTY, FIFTEEN = (f'{label}<span class="vh"> available' for label in ("Plenty", "15"))
KNOWN_TO_THE_FRAME = {"S00042", "Meridian", "Meridian Home SAS", "E-mail"}
MATRICES: dict[str, Matrix] = {role.value: DEFAULT_MATRIX[role] for role in Role} | {"no role": NOTHING}


def _leaves(raw: Any, masked: Any) -> Iterator[tuple[Any, Cell]]:
    """Every value of a record beside the cell it became."""
    if isinstance(masked, Cell):
        yield raw, masked
    elif isinstance(masked, MaskedRecord):
        for field in dataclasses.fields(raw):
            yield from _leaves(getattr(raw, field.name), masked[field.name])
    elif isinstance(masked, tuple):
        for one, its_mask in zip(raw, masked, strict=True):
            yield from _leaves(one, its_mask)


def _telling(raw: Any) -> list[str]:
    """The texts a value would betray itself by; small numbers and single words of states are everywhere."""
    if isinstance(raw, tuple):
        return [text for item in raw for text in _telling(item)]
    if raw == "fr_BE":
        return ["French (Belgium)"]  # a language is told by its name
    if isinstance(raw, Money):
        return [current_writer().money(raw.amount, raw.currency)] if raw.amount else []
    return [raw] if isinstance(raw, str) and len(raw) > 4 and not hasattr(raw, "name") else []


def _split(matrix: Matrix) -> tuple[set[str], set[str]]:
    """What the holder of ``matrix`` may read, and what they may not."""
    record = build_order()
    shown: set[str] = set()
    hidden: set[str] = set()
    for raw in (record, *timeline(record)):
        for value, cell in _leaves(raw, mask(raw, matrix)):
            readable = not cell.masked or cell.value == value
            (shown if readable else hidden).update(_telling(value))
    hidden -= KNOWN_TO_THE_FRAME
    return shown, {text for text in hidden if not any(text in other for other in shown)}


@pytest.mark.parametrize("role", MATRICES)
def test_no_page_shows_what_the_role_masks(role: str) -> None:
    matrix = MATRICES[role]
    _shown, hidden = _split(matrix)
    pages = {part: draw_order(matrix, f"orders/_{part}.html") for part in ORDER_PARTS}
    pages |= {"order": draw_order(matrix), "in trouble": draw_troubled(matrix)}

    leaks = [
        (page, text)
        for page, html in pages.items()
        for text in hidden
        if text in html or escape(text) in html
    ]

    assert leaks == []


def test_masking_hides_a_good_number_of_values_from_an_agent() -> None:
    _shown, hidden = _split(DEFAULT_MATRIX[Role.AGENT])

    assert {"ana.bertrand@example.com", "17 rue Secrète", "pi_3QxSECRETk2bV4821", "€777.13"} <= hidden


def test_page_shows_everything_that_is_not_masked() -> None:
    shown, _hidden = _split(EVERYTHING)
    html = draw_order(EVERYTHING)

    # What a page leaves out: ids of the connection and the kind of source; the customer's own address where the
    # order is delivered to the same one; links that are no web addresses.
    left_out = {"sale.order", "javascript:alert(1)"}
    missing = {text for text in shown - left_out if text not in html and escape(text) not in html}

    assert missing == set()


def test_supervisor_reads_what_the_agent_does_not() -> None:
    agent, supervisor = (draw_order(DEFAULT_MATRIX[role]) for role in (Role.AGENT, Role.SUPERVISOR))

    assert "ana.bertrand@example.com" not in agent
    assert "ana.bertrand@example.com" in supervisor
    assert "a••••@example.com" in agent


def test_agent_sees_a_band_instead_of_the_stock_figure() -> None:
    agent, supervisor = (draw_order(DEFAULT_MATRIX[role]) for role in (Role.AGENT, Role.SUPERVISOR))

    assert PLENTY in agent
    assert FIFTEEN not in agent
    assert FIFTEEN in supervisor


def test_masked_value_has_no_copy_button() -> None:
    assert 'data-copy="ana.bertrand@example.com"' in draw_order(DEFAULT_MATRIX[Role.SUPERVISOR])
    assert 'data-copy="a••••' not in draw_order(DEFAULT_MATRIX[Role.AGENT])


def test_masked_value_says_why() -> None:
    assert "Personal: your role sees part of this" in draw_order(DEFAULT_MATRIX[Role.AGENT])
    assert "Payment detail: your role does not see this" in draw_order(DEFAULT_MATRIX[Role.AGENT])
