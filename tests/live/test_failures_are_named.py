"""Whatever goes wrong with a real Odoo ends as a state with a name, in time, and says nothing it should not."""

from __future__ import annotations

import html
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from cases.models import Scope
from integrations.models import OdooConnection
from tests.live.choose_orders import ChosenOrder
from tests.live.conftest import PASSWORD, Connect, People, RealOdoo, account_of
from tests.live.console_process import Answer, Browser, ConsoleProcess
from tests.live.interposer import LEAKS, Call, Fault, Interposer, wait_until

PAGE_S = 2.5
GRACE_S = 1.0
TRIES = 12
SLOW = ("timed_out", "busy", "unavailable", "breaker_open", "outcome_unknown")

# The reason a program is told, by what goes wrong.
REASONS = {
    Fault.REFUSED: {"unreachable"},
    Fault.RESET: {"outcome_unknown"},
    Fault.HALF: {"outcome_unknown"},
    Fault.SLOW: {"timed_out"},
    Fault.HANGING: {"timed_out"},
    Fault.GARBAGE: {"garbled"},
    Fault.WRONG_SHAPE: {"garbled"},
    Fault.ERROR_500: {"unavailable"},
}
# The words a person reads, by the reason.
LABELS = {
    "unreachable": "Unavailable",
    "outcome_unknown": "Unavailable",
    "unavailable": "Unavailable",
    "breaker_open": "Unavailable",
    "timed_out": "Too slow",
    "garbled": "Unreadable answer",
    "busy": "Busy",
    "authentication_failed": "Key refused",
}
TELLING = (
    "returned and credited",
    "credited",
    "out_refund posted",
    "transaction done",
    "down payment",
    "customer to",
)
NOT_FACTS = ("order.connection", "problems", "freshness", "odoo_calls", "timeline")
FAULTS = [fault for fault in Fault if fault in REASONS]

Place = tuple[Interposer, str]


@pytest.fixture(scope="module", autouse=True)
def only_main_stays(main_connection: str) -> Iterator[None]:
    """The broken connections of this file are nobody's afterwards: a search asks all that a person may see."""
    yield
    Scope.objects.exclude(connection=main_connection).delete()
    OdooConnection.objects.exclude(slug=main_connection).delete()


@pytest.fixture(scope="module")
def shown(chosen_orders: list[ChosenOrder]) -> ChosenOrder:
    """An order with something in every panel, as far as there is one."""
    return max(chosen_orders, key=lambda order: order.why.count("out_invoice") + order.why.count("transfer"))


@pytest.fixture(scope="module")
def interposed(
    real_odoo: RealOdoo,
    connect: Connect,
    console: ConsoleProcess,
    people: People,
    shown: ChosenOrder,
    chosen_orders: list[ChosenOrder],
) -> Iterator[Callable[[str], Place]]:
    """A connection of its own per trouble, so that one breaker does not speak for another.

    Another order was opened through it before: of the one that is shown nothing is known that could stand in.
    """
    other = next(order for order in chosen_orders if order.name != shown.name)
    running: list[Interposer] = []

    def make(slug: str) -> Place:
        middle = Interposer(real_odoo.url)
        running.append(middle)
        connect(slug, middle.url)
        _open_patiently(console, slug, other, people.seeing)
        return middle, slug

    yield make
    for middle in running:
        middle.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_odoo_is_named_in_time(
    fault: Fault,
    interposed: Callable[[str], Place],
    console: ConsoleProcess,
    people: People,
    browser: Browser,
    shown: ChosenOrder,
) -> None:
    middle, slug = interposed(f"all-{fault.value.replace('_', '-')}")
    with middle.misbehaving(fault):
        answer = console.order(slug, shown.name, token=people.seeing, company=shown.company)
        page = console.page(slug, shown.name, browser=browser, company=shown.company)
        panel = console.page(slug, shown.name, browser=browser, company=shown.company, panel="shipments")
    _assert_problem(answer, REASONS[fault])
    known = {*REASONS[fault], "breaker_open"}
    assert page.status in (200, 503)
    assert page.status == 503 or "aria-busy" in page.body, "a page without facts has to say that it waits"
    _assert_page(page, labels={LABELS[reason] for reason in known} if page.status == 503 else set())
    assert panel.status == 200
    assert "panel-problem" in panel.body
    _assert_page(panel, labels={LABELS[reason] for reason in known})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_part_leaves_the_rest(
    fault: Fault,
    interposed: Callable[[str], Place],
    console: ConsoleProcess,
    people: People,
    browser: Browser,
    shown: ChosenOrder,
) -> None:
    if fault is Fault.REFUSED:
        pytest.skip("a server that refuses connections refuses them all")
    middle, slug = interposed(f"part-{fault.value.replace('_', '-')}")
    before = _open_patiently(console, slug, shown, people.seeing).json
    with middle.misbehaving(fault, _loyalty_only):
        answer = console.order(slug, shown.name, token=people.seeing, company=shown.company)
        panel = console.page(slug, shown.name, browser=browser, company=shown.company, panel="loyalty")
    if answer.status == 503 and answer.json["reason"] in SLOW:
        pytest.skip("this Odoo was too slow for the order itself")
    assert answer.status == 200, answer.body[:300]
    assert answer.seconds < PAGE_S + GRACE_S
    assert set(answer.json["problems"]) - set(before["problems"]) == {"loyalty"}
    assert answer.json["problems"]["loyalty"] in ("timed_out", "unavailable")
    assert answer.json["order"] == before["order"]
    assert answer.json["invoices"] == before["invoices"]
    assert panel.status == 200
    assert "panel-problem" in panel.body
    _assert_page(panel, labels={"Too slow", "Unavailable"})


def test_odoo_stops_and_comes_back(
    interposed: Callable[[str], Place],
    console: ConsoleProcess,
    people: People,
    browser: Browser,
    shown: ChosenOrder,
) -> None:
    middle, slug = interposed("stops")
    with middle.misbehaving(Fault.REFUSED):
        for panel in ("lines", "invoices", "customer", "timeline"):
            found = console.page(slug, shown.name, browser=browser, company=shown.company, panel=panel)
            assert found.status == 200
            assert "panel-problem" in found.body
            _assert_page(found, labels={"Unavailable"})

    def is_back() -> bool:
        return console.order(slug, shown.name, token=people.seeing, company=shown.company).status == 200

    assert wait_until(is_back, 40), "the console does not find Odoo again"


@pytest.mark.parametrize("trouble", ["wrong key", "expired key", "wrong database"])
def test_a_refused_key_is_named(
    trouble: str,
    connect: Connect,
    console: ConsoleProcess,
    people: People,
    browser: Browser,
    real_odoo: RealOdoo,
    shown: ChosenOrder,
) -> None:
    account, database = real_odoo.account, ""
    if trouble == "wrong key":
        account = replace(account, key="0123456789abcdef" * 2 + "01234567")
    elif trouble == "expired key":
        expired = os.environ.get("ODOO_EXPIRED_API_KEY")
        if not expired:
            pytest.skip("ODOO_EXPIRED_API_KEY is not set")
        account = replace(account, key=expired)
    else:
        database = "no-such-database-here"
    slug = connect(trouble.replace(" ", "-"), real_odoo.url, account, database=database)
    answer = console.order(slug, shown.name, token=people.seeing, company=shown.company)
    _assert_problem(answer, {"authentication_failed"})
    page = console.page(slug, shown.name, browser=browser, company=shown.company)
    _assert_page(page, labels={"Key refused"} if page.status == 503 else set())
    panel = console.page(slug, shown.name, browser=browser, company=shown.company, panel="lines")
    _assert_page(panel, labels={"Key refused"})
    checked = console.manage("check_odoo", slug, "--json")
    assert checked.returncode == 2
    codes = _codes(checked.stdout)
    assert codes == {"no_such_database" if trouble == "wrong database" else "key_refused"}
    _assert_says_nothing(checked.stdout + checked.stderr, account.key)


@pytest.mark.parametrize("purpose", ["NOINV", "SALES"])
def test_missing_rights_show_less_and_never_something_else(
    purpose: str,
    connect: Connect,
    console: ConsoleProcess,
    people: People,
    browser: Browser,
    real_odoo: RealOdoo,
    main_connection: str,
    chosen_orders: list[ChosenOrder],
    shown: ChosenOrder,
) -> None:
    account = account_of(purpose)
    middle = Interposer(real_odoo.url)
    slug = connect(f"as-{purpose.lower()}", middle.url, account)
    _open_patiently(console, slug, shown, people.seeing)  # finds the rights out
    try:
        telling = sorted(chosen_orders, key=lambda order: -sum(mark in order.why for mark in TELLING))
        for chosen in [shown, *telling[:6], *chosen_orders[::12]]:
            whole = _open_patiently(console, main_connection, chosen, people.seeing).json
            less = _open_patiently(console, slug, chosen, people.seeing).json
            with middle.counting() as calls:
                console.order(slug, chosen.name, token=people.seeing, company=chosen.company)
            assert len(calls) <= 3, "what is refused is known and not asked for again"
            missing = {name: why for name, why in less["problems"].items() if why == "no_right"}
            assert missing, "something is missing and nothing says so"
            wrong = [path for path in _changed(less, whole) if not path.startswith(NOT_FACTS)]
            assert not wrong, f"{chosen.name}: {wrong}"
            _assert_panels_say_so(console, browser, slug, chosen, missing)
    finally:
        middle.stop()


def _assert_panels_say_so(
    console: ConsoleProcess, browser: Browser, slug: str, chosen: ChosenOrder, missing: dict[str, str]
) -> None:
    for panel in missing:
        for _ in range(TRIES):
            found = console.page(slug, chosen.name, browser=browser, company=chosen.company, panel=panel)
            if "Too slow" not in found.body:
                break
        assert found.status == 200
        _assert_page(found, labels={"Odoo refuses access", "Not all of it"})


def _changed(less: object, whole: object, path: str = "") -> list[str]:
    """Where the narrower answer says something else, instead of nothing or less."""
    if less is None or less == whole:
        return []
    if isinstance(less, dict) and isinstance(whole, dict):
        return [
            found
            for name in less
            for found in _changed(less[name], whole.get(name), f"{path}.{name}" if path else name)
        ]
    if isinstance(less, list) and isinstance(whole, list):
        if len(less) < len(whole):
            return [f"{path}[]" for entry in less if entry not in whole]
        return [
            found
            for number, (mine, theirs) in enumerate(zip(less, whole, strict=False))
            for found in _changed(mine, theirs, f"{path}[{number}]")
        ]
    return [f"{path}: {less!r} instead of {whole!r}"]


def test_another_company_is_not_there(
    console: ConsoleProcess,
    main_connection: str,
    people: People,
    browser: Browser,
    chosen_orders: list[ChosenOrder],
) -> None:
    """For a person whose scope is the first company an order of another answers like one that does not exist."""
    first = min(order.company for order in chosen_orders)
    names = {order.name for order in chosen_orders if order.company == first}
    other = next(
        (o for o in chosen_orders if o.company != first and o.name not in names and _is_alone(o)), None
    )
    if other is None:
        pytest.skip("this Odoo has orders of one company only")
    absent = console.order(main_connection, "no-such-order-here", token=people.narrow)
    found = console.order(main_connection, other.name, token=people.narrow)
    named = console.order(main_connection, other.name, token=people.narrow, company=other.company)
    for answer in (absent, found, named):
        assert answer.status == 404
        assert answer.json["code"] == "not_found"
    narrow = console.sign_in("narrow", PASSWORD)
    assert console.page(main_connection, other.name, browser=narrow).status == 404


def _is_alone(order: ChosenOrder) -> bool:
    return "one number in several companies" not in order.why


def test_a_user_of_the_other_company_sees_that_one_only(
    connect: Connect,
    console: ConsoleProcess,
    people: People,
    real_odoo: RealOdoo,
    chosen_orders: list[ChosenOrder],
) -> None:
    account = account_of("C2")
    companies = real_odoo.wire(account).call("res.company", "search_read", domain=[], fields=["id"])
    own = {row["id"] for row in companies}
    slug = connect("as-other-company", real_odoo.url, account)
    inside = next(order for order in chosen_orders if order.company in own)
    outside = next(order for order in chosen_orders if order.company not in own and _is_alone(order))
    answer = _open_patiently(console, slug, inside, people.seeing)
    assert answer.json["order"]["company"] in own
    hidden = console.order(slug, outside.name, token=people.seeing, company=outside.company)
    assert hidden.status in (404, 503)
    if hidden.status == 503:
        _assert_problem(hidden, {"forbidden"})


def test_check_odoo_tells_what_there_is(
    console: ConsoleProcess, main_connection: str, real_odoo: RealOdoo
) -> None:
    checked = console.manage("check_odoo", main_connection, "--json")
    assert checked.returncode in (0, 1), checked.stdout + checked.stderr
    (report,) = json.loads(checked.stdout)["connections"]
    severities = {finding["severity"] for finding in report["findings"]}
    assert checked.returncode == (1 if "limit" in severities else 0)
    assert report["version"].startswith(str(real_odoo.major))
    assert report["protocol"] == ("json2" if real_odoo.major >= 19 else "jsonrpc")
    assert report["companies"]
    _assert_says_nothing(checked.stdout + checked.stderr, real_odoo.account.key)


def test_nothing_secret_was_logged(console: ConsoleProcess, real_odoo: RealOdoo, people: People) -> None:
    """Runs last in this file: everything above is in the log by now."""
    assert console.log.count("odoo_call_failed") > 0
    keys = [
        value for name, value in os.environ.items() if name.startswith("ODOO_") and name.endswith("API_KEY")
    ]
    for secret in filter(None, (*keys, people.seeing, people.agent)):
        assert secret not in console.log
    _assert_says_nothing(console.log, real_odoo.account.key)


# --- What every answer has to keep to ----------------------------------------------------------------------------


def _assert_problem(answer: Answer, reasons: set[str]) -> None:
    assert answer.status == 503, answer.body[:300]
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "odoo_unavailable"
    assert answer.json["reason"] in reasons
    assert answer.json["request_id"]
    assert answer.seconds < PAGE_S + GRACE_S
    _assert_says_nothing(answer.body, "")


def _assert_page(page: Answer, *, labels: set[str]) -> None:
    assert page.status != 500
    assert page.seconds < PAGE_S + GRACE_S
    said = html.unescape(page.body)
    assert not labels or any(label in said for label in labels), said[-2000:]
    _assert_says_nothing(page.body, "")


def _assert_says_nothing(text: str, key: str) -> None:
    for leak in LEAKS:
        assert leak not in text
    assert not key or key not in text


def _open_patiently(console: ConsoleProcess, slug: str, chosen: ChosenOrder, token: str) -> Answer:
    """A busy machine may be too slow for the deadline at first."""
    for _ in range(TRIES):
        answer = console.order(slug, chosen.name, token=token, company=chosen.company)
        if answer.status == 200 and not any(why in SLOW for why in answer.json["problems"].values()):
            break
        time.sleep(2)
    assert answer.status == 200, f"{slug}: {answer.status} {answer.body[:300]}"
    return answer


def _loyalty_only(call: Call) -> bool:
    return call.model == "loyalty.card" and call.method != "fields_get"


def _codes(report: str) -> set[str]:
    (connection,) = json.loads(report)["connections"]
    return {finding["code"] for finding in connection["findings"] if finding["severity"] == "fatal"}
