"""Whatever the network or Odoo does: every way of reading ends in time, with a named state and nothing wrong shown."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from tests.faults.conftest import Place, Victim
from tests.faults.misbehaving import LEAKS, Fault
from tests.safety.house import csrf_token

PAGE_S = 2.5
GRACE_S = 5.0  # the machine may be busy; without a deadline it would be ten and more

TOO_MANY = {"breaker_open", "asked_to_wait"}  # what the calls of before have led to
REASONS: dict[Fault, set[str]] = {
    Fault.REFUSED: {"unreachable"},
    Fault.NO_SUCH_HOST: {"unreachable"},
    Fault.EXPIRED_CERTIFICATE: {"certificate_refused"},
    Fault.CLOSED_AT_ONCE: {"outcome_unknown"},
    Fault.RESET: {"outcome_unknown"},
    Fault.CUT_HEAD: {"outcome_unknown"},
    Fault.HALF: {"outcome_unknown"},
    Fault.HANGING: {"timed_out"},
    Fault.HEAD_ONLY: {"timed_out"},
    Fault.DRIPPING: {"timed_out"},
    Fault.SLOW: {"timed_out"},
    Fault.GARBAGE: {"garbled"},
    Fault.WRONG_SHAPE: {"garbled"},
    Fault.ERROR_500: {"unavailable"},
    Fault.TOO_BUSY: {"overloaded"},
    Fault.UNAVAILABLE: {"overloaded"},
    Fault.REDIRECT: {"garbled"},
    Fault.NOT_HTTP: {"outcome_unknown"},
    Fault.TOO_LARGE: {"too_large"},
    Fault.OTHER_ORDER: {"garbled"},
}
WORDS = ("Unavailable", "Too slow", "Unreadable answer", "Busy", "Odoo asks for a pause")
SILENT = ("No answer", "Waiting for Odoo")


@dataclass(frozen=True, slots=True)
class Read:
    """One answer, and how long it took."""

    response: httpx.Response
    seconds: float

    @property
    def text(self) -> str:
        return html.unescape(self.response.text)


Ask = Callable[[Place, Victim, str], httpx.Response]


def order_page(place: Place, victim: Victim, slug: str) -> httpx.Response:
    return victim.browser.get(f"/orders/{slug}/{place.order}/")


def panel(place: Place, victim: Victim, slug: str) -> httpx.Response:
    return victim.browser.get(f"/orders/{slug}/{place.order}/?panel=lines&again=1")


def case_page(place: Place, victim: Victim, slug: str) -> httpx.Response:
    return victim.browser.get(f"/cases/{victim.cases[slug]}/?tab=timeline")


def search_page(place: Place, victim: Victim, slug: str) -> httpx.Response:
    token = csrf_token(victim.browser.get("/").text)
    return victim.browser.post("/search/", data={"csrfmiddlewaretoken": token, "q": f"{place.order}"})


def order_api(place: Place, victim: Victim, slug: str) -> httpx.Response:
    return httpx.get(
        f"{place.url}/api/v1/orders/{slug}/{place.order}",
        headers=_bearer(victim),
        timeout=20,
        trust_env=False,
    )


def search_api(place: Place, victim: Victim, slug: str) -> httpx.Response:
    return httpx.post(
        f"{place.url}/api/v1/search",
        json={"q": place.order},
        headers=_bearer(victim),
        timeout=20,
        trust_env=False,
    )


def _bearer(victim: Victim) -> dict[str, str]:
    return {"Authorization": f"Bearer {victim.token}"}


READS: dict[str, Ask] = {
    "order page": order_page,
    "panel": panel,
    "case page": case_page,
    "search page": search_page,
    "order API": order_api,
    "search API": search_api,
}
# A search asks all connections of its person anyway, and what a case page asks is what the order page asks.
ONCE = {"case page", "search page", "search API"}
Answers = dict[tuple[Fault, str], list[Read]]


@pytest.fixture(scope="module")
def answers(place: Place) -> Iterator[Answers]:
    """All reads of all faults, asked once: what has to wait for its deadline waits side by side."""
    with ThreadPoolExecutor(max_workers=10) as pool:
        asked = {
            (fault, name): [
                pool.submit(_timed, ask, place, victim, slug)
                for slug in victim.connections[: 1 if name in ONCE else None]
            ]
            for name, ask in READS.items()
            for fault, victim in place.victims.items()
        }
        yield {key: [future.result() for future in futures] for key, futures in asked.items()}


def _timed(ask: Ask, place: Place, victim: Victim, slug: str) -> Read:
    began = time.monotonic()
    response = ask(place, victim, slug)
    return Read(response, time.monotonic() - began)


def _check_order_page(read: Read, fault: Fault) -> None:
    if read.response.status_code == 200:
        assert "metrics-waiting" in read.text or _came_late(read, fault)
        return
    assert read.response.status_code == 503
    assert int(read.response.headers["retry-after"]) >= 1
    assert any(word in read.text for word in WORDS), read.text[-2000:]


def _came_late(read: Read, fault: Fault) -> bool:
    """The true answer, kept when it came too late for those who had asked before."""
    return fault is Fault.SLOW and "panel-problem" not in read.text and "S00006" in read.text


def _check_panel(read: Read, fault: Fault) -> None:
    assert read.response.status_code == 200
    if not _came_late(read, fault):
        assert "panel-problem" in read.text
        assert any(word in read.text for word in WORDS), read.text[-2000:]


def _check_case_page(read: Read, fault: Fault) -> None:
    assert read.response.status_code == 200
    assert "Without the order" in read.text or _came_late(read, fault)
    assert "Where is it?" in read.text, "the case itself is ours and stays"


def _check_search_page(read: Read, fault: Fault) -> None:
    assert read.response.status_code == 200
    # An answer without the order that was looked for finds nothing, whatever else it holds.
    words = (*SILENT, "Nothing found here") if fault is Fault.OTHER_ORDER else SILENT
    assert any(word in read.text for word in words), read.text[-2000:]
    assert "S00012" not in read.text, "the other order"


def _check_order_api(read: Read, fault: Fault) -> None:
    if fault is Fault.SLOW and read.response.status_code == 200:
        assert read.response.json()["order"]["ref"] == "S00006"
        return
    assert read.response.status_code == 503
    assert read.response.headers["content-type"] == "application/problem+json"
    told = read.response.json()
    assert told["code"] == "odoo_unavailable"
    assert told["reason"] in REASONS[fault] | TOO_MANY
    assert told["request_id"]
    assert int(read.response.headers["retry-after"]) >= 1


def _check_search_api(read: Read, fault: Fault) -> None:
    assert read.response.status_code == 200
    told = read.response.json()
    assert [found for found in told["results"] if found["kind"] == "order"] == []
    assert len(told["silent"]) == (0 if fault is Fault.OTHER_ORDER else 2)


CHECKS: dict[str, Callable[[Read, Fault], None]] = {
    "order page": _check_order_page,
    "panel": _check_panel,
    "case page": _check_case_page,
    "search page": _check_search_page,
    "order API": _check_order_api,
    "search API": _check_search_api,
}


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_ends_in_time_with_a_name_and_shows_nothing_wrong(
    place: Place, answers: Answers, fault: Fault, name: str
) -> None:
    for read in answers[fault, name]:
        assert read.seconds < PAGE_S + GRACE_S
        _assert_says_nothing(read.text, place)
        CHECKS[name](read, fault)


def test_what_was_logged_of_all_that_is_clean(place: Place, answers: Answers) -> None:
    log = place.log.read_text()

    assert log.count("odoo_call_failed") > len(answers) / 4
    _assert_says_nothing(log, place)


def test_every_fault_was_really_met(place: Place, answers: Answers) -> None:
    told = {
        fault: {read.response.json().get("reason") for read in answers[fault, "order API"]} for fault in Fault
    }
    may_hide = {
        Fault.TOO_BUSY,  # after one of these two nobody is let through to meet it again
        Fault.UNAVAILABLE,
        Fault.SLOW,  # what came late is served from then on
    }

    assert {fault for fault in Fault if not told[fault] & REASONS[fault]} <= may_hide


def _assert_says_nothing(text: str, place: Place) -> None:
    for leak in (*LEAKS, *place.secrets):
        assert leak not in text
