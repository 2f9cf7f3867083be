"""A policy that is loosened anywhere must be noticed: every line of the matrix, every marking of a field."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, get_type_hints

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from cases.connections import ConnectionLabel
from cases.masking import Cell, MaskedRecord, Matrix, Mode, door, mask
from cases.masking.roles import DEFAULT_MATRIX, Role
from cases.orders.timeline import TimelineEvent, timeline
from cases.orders.workspace import OpenedOrder, _opened
from cases.people.viewer import Viewer
from cases.rules.book import RuleBook
from cases.snapshots import Served
from console.api.records import order_json
from console.api.rendering import to_json
from console.views.order_context import order_context
from integrations.canonical import (
    Branch,
    MatchReason,
    OrderMatch,
    OrderReading,
    OrderRecord,
    Partial,
    Sensitivity,
)
from integrations.odoo.dialects import dialect_for
from integrations.odoo.mapping.matches import order_match
from integrations.odoo.mapping.order import order_record
from tests.safety.canary_rows import Book, canary_order
from tests.safety.conftest import ORDER
from tests.safety.expected import (
    CLASS_SIGHT,
    NOT_ON_THE_PAGE,
    OPEN_FIELDS,
    ROLES,
    SENSITIVE_FIELDS,
    SIGHT,
    Sight,
)
from tests.safety.tokens import Mint, find_pieces

NOW = datetime(2026, 9, 9, tzinfo=UTC)
# Who may ask, with a reason, to see the whole of what is personal.
MAY_REVEAL = {"agent", "finance", "auditor"}
WIDER = (Mode.HIDE, Mode.PARTIAL, Mode.REVEAL, Mode.SHOW)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One field of each class, also of those that no record uses today, and one whose class was forgotten."""

    public: Annotated[str, Sensitivity.PUBLIC, Partial.LAST_FOUR]
    internal: Annotated[str, Sensitivity.INTERNAL, Partial.LAST_FOUR]
    personal: Annotated[str, Sensitivity.PERSONAL, Partial.LAST_FOUR]
    financial: Annotated[str, Sensitivity.FINANCIAL, Partial.LAST_FOUR]
    payment: Annotated[str, Sensitivity.PAYMENT, Partial.LAST_FOUR]
    secret: Annotated[str, Sensitivity.SECRET, Partial.LAST_FOUR]
    unmarked: str


TEXT = "0123456789abcdef"
SHOWN_AS = {Sight.NONE: None, Sight.PART: "•••• cdef", Sight.WHOLE: TEXT}
PROBE = Probe(**dict.fromkeys((*Sensitivity, "unmarked"), TEXT))


@dataclasses.dataclass(frozen=True, slots=True)
class Specimen:
    book: Book
    record: OrderRecord
    match: OrderMatch


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    book = Book(Mint(seed=5))
    row, cards = canary_order(book, name=ORDER, company=1)
    record = order_record(
        row, cards, connection="main", dialect=dialect_for(18), read=frozenset(Branch), payment_details=True
    )
    return Specimen(book, record, order_match(row, connection="main", why={MatchReason.ORDER_NUMBER}))


def _open(record: OrderRecord, matrix: Matrix) -> OpenedOrder:
    reading = OrderReading(records=(record,), problems={}, fetched_at=NOW, calls=2, slowest_call_ms=1.0)
    return _opened(record, Served(reading=reading), _viewer(matrix), (), RuleBook())


def _viewer(matrix: Matrix) -> Viewer:
    return Viewer(
        user_id=1, name="", roles=frozenset(), matrix=matrix, grants=frozenset(), language="", time_zone=""
    )


def _page(opened: OpenedOrder) -> str:
    request = RequestFactory().get("/")
    label = ConnectionLabel(slug="main", name="Main", state="ok", version="")
    context = {"connection": label} | order_context(request, opened, address="/orders/main/S00042/", at=NOW)
    return render_to_string("orders/order.html", context, request=request)


def _unlike_the_table(specimen: Specimen, role: str, matrix: Matrix) -> set[str]:
    """What a viewer with this matrix sees, or may reveal, other than the table says for the role."""
    opened = _open(specimen.record, matrix)
    sights = {path: row[role] for path, row in SIGHT.items()}
    needed = specimen.book.needed
    allowed = specimen.book.allowed_to(sights)
    on_page = {piece for piece in allowed if needed[piece][0] not in NOT_ON_THE_PAGE}
    in_json = find_pieces(to_json(order_json(opened, at=NOW)).decode()) & needed.keys()
    in_html = find_pieces(_page(opened)) & needed.keys()
    differences = (in_json ^ allowed) | ((in_html - allowed) | (on_page - in_html))
    found = {needed[piece][0] for piece in differences}
    for path, cell in _cells(specimen, matrix):
        if path in SIGHT and (cell.value is None) != (SIGHT[path][role] is Sight.NONE) and not cell.empty:
            found.add(path)
        if cell.revealable != (
            role in MAY_REVEAL and cell.sensitivity is Sensitivity.PERSONAL and not cell.empty
        ):
            found.add(f"revealing {path}")
    probed = mask(PROBE, matrix)
    for name, sight in {**CLASS_SIGHT[role], "unmarked": Sight.NONE}.items():
        if probed[name].value != SHOWN_AS[sight]:
            found.add(f"a field that is {name}")
    return found


def _cells(specimen: Specimen, matrix: Matrix) -> Iterator[tuple[str, Cell]]:
    opened = _open(specimen.record, matrix)

    def walk(value: Any, path: str) -> Iterator[tuple[str, Cell]]:
        if isinstance(value, Cell):
            yield path, value
        elif isinstance(value, MaskedRecord):
            for name, inner in value.items():
                yield from walk(inner, f"{path}.{name}".lstrip("."))
        elif isinstance(value, tuple):
            for inner in value:
                yield from walk(inner, path)

    yield from walk(opened.record, "")
    yield from walk(mask(specimen.match, matrix), "match")
    for event in opened.timeline:
        yield from walk(event, "timeline")


@pytest.mark.parametrize("role", ROLES)
def test_the_policy_as_it_is_gives_what_the_table_says(specimen: Specimen, role: str) -> None:
    assert _unlike_the_table(specimen, role, DEFAULT_MATRIX[Role(role)]) == set()


def _mutants() -> Iterator[Any]:
    for role, matrix in DEFAULT_MATRIX.items():
        for sensitivity, mode in matrix.items():
            for wider in WIDER[WIDER.index(mode) + 1 :]:
                yield pytest.param(role, sensitivity, wider, id=f"{role}-{sensitivity}-{mode}-{wider}")


@pytest.mark.parametrize(("role", "sensitivity", "wider"), list(_mutants()))
def test_a_loosened_line_of_the_policy_is_noticed(
    specimen: Specimen, role: Role, sensitivity: Sensitivity, wider: Mode
) -> None:
    loosened: Mapping[Sensitivity, Mode] = {**DEFAULT_MATRIX[role], sensitivity: wider}

    assert _unlike_the_table(specimen, role.value, loosened)


def _leaf_fields() -> dict[str, tuple[type[Any], str]]:
    """Every leaf of an order's record and of its timeline, by path, with the record it is declared in."""
    found: dict[str, tuple[type[Any], str]] = {}

    def walk(record_type: type[Any], path: str) -> None:
        for name, hint in get_type_hints(record_type, include_extras=True).items():
            here = f"{path}.{name}".lstrip(".")
            nested = _record_in(hint)
            if nested is None:
                found[here] = (record_type, name)
            else:
                walk(nested, here)

    walk(OrderRecord, "")
    walk(TimelineEvent, "timeline")
    walk(OrderMatch, "match")
    return found


def _record_in(hint: Any) -> type[Any] | None:
    """The record type a field holds, be it one, several or perhaps none; None for a leaf."""
    if hasattr(hint, "__metadata__"):
        return None
    for candidate in (hint, *getattr(hint, "__args__", ())):
        if dataclasses.is_dataclass(candidate):
            return candidate  # type: ignore[return-value]
    return None


LEAVES = _leaf_fields()


def test_every_field_of_every_record_has_a_row_in_the_table() -> None:
    """A new field, or one that changed its class to public, is a decision to be written down there."""
    assert set(LEAVES) == SENSITIVE_FIELDS | OPEN_FIELDS
    assert not SENSITIVE_FIELDS & OPEN_FIELDS


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_a_field_without_a_class_is_hidden_from_everybody(
    specimen: Specimen, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_type, name = LEAVES[path]
    original = door._leaves

    def without_class(asked: type[Any]) -> Any:
        leaves = original(asked)  # type: ignore[arg-type]  # a class is hashable
        return (
            {**leaves, name: door._marking(get_type_hints(asked)[name])} if asked is record_type else leaves
        )

    monkeypatch.setattr(door, "_leaves", without_class)
    monkeypatch.setattr(door, "_steps", door._steps.__wrapped__)  # which keeps what it has worked out
    everything = dict.fromkeys(Sensitivity, Mode.SHOW)
    shown = [cell for at, cell in _cells(specimen, everything) if at == path or at.startswith(f"{path}.")]

    assert not [cell for cell in shown if cell.value is not None or cell.mode is not Mode.HIDE]


@pytest.mark.parametrize(
    ("form", "whole", "part"),
    [
        (Partial.NAME, "Ana Bergström", "Ana B••••"),
        (Partial.NAME, "Ana", "••••"),
        (Partial.NAME, "A Bergström", "••••"),
        (Partial.NAME, "ana@example.com", "••••"),
        (Partial.NAME, "ana@example.com (guest)", "••••"),
        (Partial.NAME, "+4915112345678 Ana", "••••"),
        (Partial.EMAIL, "ana.bergstrom@example.com", "a••••@example.com"),
        (Partial.EMAIL, "an@example.com", "••••"),
        (Partial.EMAIL, "Ana Bergström <ana@example.com>", "••••"),
        (Partial.EMAIL, "ana@example.com, bo@example.com", "••••"),
        (Partial.EMAIL, "no address", "••••"),
        (Partial.PHONE, "+49 151 123 45 57", "•••• 57"),
        (Partial.PHONE, "12345", "••••"),
        (Partial.LAST_FOUR, "DE1234567894821", "•••• 4821"),
        (Partial.LAST_FOUR, "ABC-4821", "••••"),
        (Partial.BAND, Decimal("123456"), "plenty"),
        (Partial.BAND, Decimal("9"), "few"),
        (Partial.BAND, Decimal("-3"), "none"),
        (Partial.PLACE, "Sweden", "Sweden"),
    ],
)
def test_a_part_shows_no_more_than_its_form_says(form: Partial, whole: Any, part: str) -> None:
    shown = dataclasses.make_dataclass(
        "Shown", [("it", Annotated[Any, Sensitivity.INTERNAL, form])], frozen=True
    )

    assert mask(shown(whole), {Sensitivity.INTERNAL: Mode.PARTIAL})["it"].value == part


def test_the_timeline_shows_no_more_than_the_panels(specimen: Specimen) -> None:
    """Its titles are open to everybody, so nothing sensitive may be written into one."""
    titles = " ".join(event.title for event in timeline(specimen.record))

    assert "INV/2026" in titles
    assert not find_pieces(titles) & specimen.book.needed.keys()
