"""Every fact the console shows of an order equals Odoo's own answer, read by another road."""

from __future__ import annotations

import html
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.live.choose_orders import ChosenOrder
from tests.live.comparison import QUANTUM, Comparison, Difference
from tests.live.conftest import Connect, People, RealOdoo
from tests.live.console_process import Answer, Browser, ConsoleProcess
from tests.live.flat_reader import FlatOrder, FlatReader
from tests.live.flat_wire import FlatOdoo
from tests.live.interposer import Interposer

MOST_CALLS = 3
TRIES = 12
SLOW = ("timed_out", "busy", "unavailable", "breaker_open", "outcome_unknown")
LISTS = ["shipments", "preparations", "returns", "invoices", "credit_notes", "payments", "messages"]


@dataclass
class Tally:
    """What was compared, for the table at the end."""

    orders: int = 0
    fields: int = 0
    repeats: int = 0
    most_calls: int = 0
    records: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[str, Difference]] = field(default_factory=list)
    counted_lines: int = 0
    miscounted: list[str] = field(default_factory=list)  # where the reader itself counts otherwise than Odoo


class Comparer:
    def __init__(self, console: ConsoleProcess, reader: FlatReader, connection: str, token: str) -> None:
        self._console = console
        self._reader = reader
        self._connection = connection
        self._token = token
        self.tally = Tally()

    def compare(self, chosen: ChosenOrder) -> None:
        """Compared again where they differ: somebody may have changed the order between the two readings."""
        for attempt in range(2):
            ours, narrowed = self._ours(chosen)
            theirs = self._reader.read_order(chosen.id, narrowed=narrowed)
            comparison = Comparison()
            comparison.compare(ours, theirs.record)
            if not comparison.differences or attempt:
                break
        self._count(chosen, comparison, theirs)

    def _ours(self, chosen: ChosenOrder) -> tuple[dict[str, Any], bool]:
        """As somebody asks who knows the number only; the company is named where the number is not enough."""
        answer = self._patiently(
            lambda: self._console.order(self._connection, chosen.name, token=self._token)
        )
        narrowed = answer.status == 300
        if narrowed:
            answer = self._patiently(
                lambda: self._console.order(
                    self._connection, chosen.name, token=self._token, company=chosen.company
                )
            )
        assert answer.status == 200, f"{chosen.name}: {answer.status} {answer.body[:300]}"
        found: dict[str, Any] = answer.json
        self.tally.most_calls = max(self.tally.most_calls, found["odoo_calls"])
        return found, narrowed

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """A slow Odoo is a named state, not a difference: asked again."""
        for _ in range(TRIES):
            answer = ask()
            slow = answer.status == 503 and answer.json.get("reason") in SLOW
            if answer.status == 200:
                slow = any(problem in SLOW for problem in answer.json["problems"].values())
            if not slow:
                return answer
            self.tally.repeats += 1
            time.sleep(2)
        return answer

    def _count(self, chosen: ChosenOrder, comparison: Comparison, theirs: FlatOrder) -> None:
        self.tally.orders += 1
        self.tally.fields += comparison.fields
        self.tally.records["order lines"] += len(theirs.record["order"]["lines"])
        for name in LISTS:
            self.tally.records[name] += len(theirs.record[name])
        for line, counted, delivered in theirs.own_delivered():
            self.tally.counted_lines += 1
            if abs(counted - delivered) > QUANTUM:
                self.tally.miscounted.append(
                    f"{chosen.name} line {line}: counted {counted}, Odoo {delivered}"
                )
        self.tally.differences += [(chosen.name, difference) for difference in comparison.differences]


def test_every_fact_equals_odoos_own_answer(
    console: ConsoleProcess,
    flat_reader: FlatReader,
    flat_odoo: FlatOdoo,
    chosen_orders: list[ChosenOrder],
    main_connection: str,
    people: People,
    real_odoo: RealOdoo,
    capsys: pytest.CaptureFixture[str],
) -> None:
    comparer = Comparer(console, flat_reader, main_connection, people.seeing)
    for chosen in chosen_orders:
        comparer.compare(chosen)
    with capsys.disabled():
        _print_table(comparer.tally, real_odoo, chosen_orders)
    total = flat_odoo._wire.call("sale.order", "search_count", domain=[])
    assert comparer.tally.orders >= min(30, total)
    assert comparer.tally.most_calls <= MOST_CALLS
    assert not comparer.tally.miscounted, "the judge is judged: its count of the moves has to be Odoo's own"
    assert not comparer.tally.differences


def _print_table(tally: Tally, odoo: RealOdoo, chosen: list[ChosenOrder]) -> None:
    states = {state for order in chosen for state in order.why.split(", ")}
    rows = [
        ("Odoo", odoo.major),
        ("orders", tally.orders),
        ("states", len(states)),
        *sorted(tally.records.items()),
        ("most calls per order", tally.most_calls),
        ("asked again (slow)", tally.repeats),
        ("net of moves checked", tally.counted_lines),
        ("fields compared", tally.fields),
        ("differences", len(tally.differences)),
    ]
    print()
    for name, value in rows:
        print(f"  {name:<22}{value:>8}")
    for order, difference in tally.differences:
        print(f"  {order}  {difference}")


def test_every_page_opens_with_number_and_total(
    console: ConsoleProcess,
    chosen_orders: list[ChosenOrder],
    main_connection: str,
    people: People,
    browser: Browser,
) -> None:
    for chosen in chosen_orders:
        total = _total(console, main_connection, chosen, people.seeing)
        page = _whole_page(console, main_connection, chosen, browser)
        shown = html.unescape(page.body)
        assert page.status == 200, f"{chosen.name}: {page.status} {console.log[-1500:]}"
        assert chosen.name in shown
        assert _grouped(total) in shown.replace("\u00a0", " ").replace("\u202f", " "), (
            f"{chosen.name}: {total} is not on the page"
        )


def _total(console: ConsoleProcess, connection: str, chosen: ChosenOrder, token: str) -> str:
    for _ in range(TRIES):
        answer = console.order(connection, chosen.name, token=token, company=chosen.company)
        if answer.status == 200:
            break
        time.sleep(1)
    return str(answer.json["order"]["total"]["amount"])


def _whole_page(console: ConsoleProcess, connection: str, chosen: ChosenOrder, browser: Browser) -> Answer:
    """The page with all its parts in it; while Odoo is slow it comes with parts that still wait."""
    for _ in range(TRIES):
        page = console.page(connection, chosen.name, browser=browser, company=chosen.company)
        if page.status != 503 and "aria-busy" not in page.body:
            break
        time.sleep(1)
    return page


def _grouped(amount: str) -> str:
    whole, _, places = amount.partition(".")
    return f"{int(whole):,}" + (f".{places}" if places else "")


def test_a_cold_page_costs_at_most_three_calls(
    console: ConsoleProcess,
    chosen_orders: list[ChosenOrder],
    main_connection: str,
    interposer: Interposer,
    people: People,
    browser: Browser,
) -> None:
    # The first look at a connection may find out what this Odoo can do.
    console.order(
        main_connection, chosen_orders[0].name, token=people.seeing, company=chosen_orders[0].company
    )
    for chosen in chosen_orders[:8]:
        with interposer.counting() as calls:
            page = console.page(main_connection, chosen.name, browser=browser, company=chosen.company)
            time.sleep(0.3)
        assert page.status == 200
        assert 1 <= len(calls) <= MOST_CALLS, f"{chosen.name}: {calls}"


def test_the_other_protocol_gives_the_same(
    console: ConsoleProcess,
    flat_reader: FlatReader,
    chosen_orders: list[ChosenOrder],
    connect: Connect,
    people: People,
    real_odoo: RealOdoo,
) -> None:
    if real_odoo.major < 19:
        pytest.skip("this Odoo speaks one protocol only")
    slug = connect("older-protocol", real_odoo.url, protocol="jsonrpc")
    comparer = Comparer(console, flat_reader, slug, people.seeing)
    for chosen in chosen_orders[::8]:
        comparer.compare(chosen)
    assert comparer.tally.orders
    assert not comparer.tally.differences


def test_an_agent_gets_the_same_facts_or_none(
    console: ConsoleProcess, chosen_orders: list[ChosenOrder], main_connection: str, people: People
) -> None:
    """Masking takes away; it never changes what it leaves."""
    for chosen in chosen_orders[::6]:
        whole = console.order(main_connection, chosen.name, token=people.seeing, company=chosen.company).json
        masked = console.order(main_connection, chosen.name, token=people.agent, company=chosen.company).json
        hidden = set(masked["masked"])
        assert hidden
        changed = [path for path in _changed(masked, whole) if not _is_under(path, hidden)]
        assert not changed, chosen.name
        customer = whole["customer"] or {}
        for name in ("email", "phone", "tax_id"):
            assert not customer.get(name) or masked["customer"][name] != customer[name]


def _changed(masked: Any, whole: Any, path: str = "") -> list[str]:
    """Paths, without the numbers of list entries, under which the two differ."""
    if isinstance(masked, dict) and isinstance(whole, dict):
        return [
            found
            for name in masked
            for found in _changed(masked[name], whole.get(name), f"{path}.{name}" if path else name)
        ]
    if isinstance(masked, list) and isinstance(whole, list) and len(masked) == len(whole):
        return [
            found
            for mine, theirs in zip(masked, whole, strict=True)
            for found in _changed(mine, theirs, path)
        ]
    return [path] if masked != whole else []


def _is_under(path: str, hidden: set[str]) -> bool:
    told = {"masked", "freshness", "odoo_calls"}
    bare = path.removeprefix("order.")
    return path.split(".")[0] in told or any(
        candidate == entry or candidate.startswith(f"{entry}.")
        for entry in hidden
        for candidate in (path, bare)
    )
