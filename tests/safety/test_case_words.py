"""What people wrote in a case reaches nobody by whom it may not be read, on no page, in no answer, in no log."""

from __future__ import annotations

import httpx
import pytest

from tests.safety.expected import ROLES
from tests.safety.house import House, post_form
from tests.safety.people import CASE, case_words
from tests.safety.tokens import find_pieces, pieces

WHOLE, PART = ("senior_agent", "supervisor"), ("agent", "finance", "auditor")
STRANGERS = ("outsider", "scope_without_role", "other_company")


def _everywhere(house: House, who: str) -> tuple[str, str]:
    """All that somebody gets to see of cases: of pages and of the API."""
    browser = house.browser(who)
    paths = [
        "/",
        "/?queue=unassigned",
        "/?queue=closed",
        "/?part=colleagues",
        "/orders/main/S00042/?panel=cases",
    ]
    paths += [f"/cases/{CASE}/?tab={tab}" for tab in ("thread", "timeline", "notes", "trail")]
    paths += [f"/cases/{CASE}/live/?seen=0&version=9"]
    pages = [browser.get(path) for path in paths]
    pages.append(post_form(browser, f"/cases/{CASE}/change/", do="merge", into="1"))
    answer = post_form(browser, "/search/", q=f"C-{CASE}")
    pages.append(browser.get(answer.headers["Location"]) if answer.is_redirect else answer)
    pages += [browser.get("/settings/people/"), browser.get(f"/why/?case={CASE}&field=entries.body")]
    with house.api(who) as api:
        answers = [api.get("/api/v1/cases"), api.get(f"/api/v1/cases/{CASE}")]
        for typed in (f"C-{CASE}", f"{case_words().local}@mail.example"):  # a page would show it back
            answers.append(api.post("/api/v1/search", json={"q": typed}))
    return _text(pages), _text(answers)


def _text(answers: list[httpx.Response]) -> str:
    return "\n".join(f"{answer.headers.multi_items()}\n{answer.text}" for answer in answers)


@pytest.mark.parametrize("who", [*ROLES, *STRANGERS])
def test_everybody_reads_of_a_case_what_their_role_may(house: House, who: str) -> None:
    words = case_words()
    first, rest = pieces(words.first), pieces(f"{words.last} {words.local} {words.number}")
    for text in _everywhere(house, who):
        found = find_pieces(text)
        if who in WHOLE:
            assert first | rest <= found
        else:
            assert not rest & found
            assert (first <= found) == (who in PART)
            assert ("S00042" in text.replace("/orders/main/S00042/", "")) or who not in PART


def test_no_log_and_no_address_holds_what_was_written(house: House) -> None:
    words = case_words()
    _everywhere(house, "supervisor")
    everything = pieces(f"{words.first} {words.last} {words.local} {words.number}")

    assert not everything & find_pieces(house.log_text())
    assert not any(everything & find_pieces(str(answer.url)) for _who, answer in house.answers)
