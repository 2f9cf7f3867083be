"""What somebody in a frame may see and do: as much as is proven, and what is said of the ticket is read again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cases.models import AuditEntry, Embedding, FrameBearer, User
from cases.models.casework import Case
from console.frames import PAGES_IN_FRAME
from console.views import embed_view
from tests.conftest import PASSWORD
from tests.embed.conftest import Frame, Orders, entered, window_of
from tests.embed.places import make_place
from tests.embed.signing import signed_request
from tests.embed.test_bad_launches import handle_in
from tests.ticketing.stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)


def reasons() -> list[str]:
    return list(
        AuditEntry.objects.filter(action="frame_refused").order_by("seq").values_list("reason", flat=True)
    )


@pytest.fixture
def opened_orders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The orders that a frame shows; what an order's page looks like is proven elsewhere."""
    shown: list[str] = []

    def order(request: Any, connection: str, ref: str, company: int | None, **more: Any) -> Any:
        shown.append(ref)
        return embed_view._draw(request, "embed/_nothing.html", why="shown")

    monkeypatch.setattr(embed_view, "_order", order)
    return shown


def test_a_ticket_is_read_again_before_anything_of_it_is_shown(
    chat: Embedding, rt: StandIn, orders: Orders, amy: User, eve: User, opened_orders: list[str]
) -> None:
    orders.add("S00042")
    orders.add("S00077")
    rt.add_ticket(42, order_ref="S00042")
    frame = entered("chat", amy)
    assert FrameBearer.objects.get().level == "hint"
    assert frame.post("view", ticket="42").status_code == 200
    assert opened_orders == ["S00042"]
    row = FrameBearer.objects.get()
    case = Case.objects.get()
    assert (row.level, row.ticket, row.case_id) == ("verified", "42", case.pk)
    entry = AuditEntry.objects.get(action="frame_ticket")
    assert (entry.actor, entry.object_ref) == (f"user:{amy.pk}", "42")
    assert frame.get(f"/cases/{case.pk}/refund/").status_code == 404, "a page of the frame, without an order"

    # Whoever may not see the case gets a reason and a number, and nothing of it.
    answer = entered("chat", eve).post("view", ticket="42")
    assert "Not open to you" in answer.content.decode()
    assert answer.headers["X-Request-Id"] in answer.content.decode()

    # Several orders: a list, and nobody chooses but the person.
    rt.add_ticket(43)
    rt.tickets[43].entries[0].text = "Is it S00042 or S00077?"
    text = frame.post("view", ticket="43").content.decode()
    assert "Which one is meant?" in text
    assert opened_orders == ["S00042"]
    assert text.count('name="candidate"') == 2

    # A ticket that the tool does not know: back to what a hint is worth.
    text = frame.post("view", ticket="777").content.decode()
    assert "does not know this ticket" in text
    assert reasons() == ["foreign_ticket"]
    row.refresh_from_db()
    assert (row.level, row.ticket, row.case_id) == ("hint", "", None)
    assert frame.get(f"/cases/{case.pk}/refund/").status_code == 401


def test_where_nothing_is_proven_there_is_search_alone_and_it_is_masked(
    tool: Embedding, sam: User, opened_orders: list[str]
) -> None:
    frame = entered("tool", sam)
    text = frame.post("view", ticket="42").content.decode()
    assert "No connection is set up" in text
    assert FrameBearer.objects.get().level == "hint"
    for address in ("/orders/main/S00042/?panel=lines", "/cases/1/refund/", "/why/?field=customer.email"):
        assert frame.get(address).status_code == 401, address
    assert frame.post("order", connection="main", ref="S00042").status_code == 200
    assert frame.post("live").status_code == 204
    assert opened_orders == []


def test_a_signed_request_names_person_and_order_and_nothing_else_is_asked(
    salesforce: Embedding, amy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def signed_order(_request: Any, ref: str) -> HttpResponse:
        asked.append(ref)
        return HttpResponse()

    monkeypatch.setattr(embed_view, "_signed_order", signed_order)
    page = Client().post("/embed/force/", {"signed_request": signed_request()})
    frame = Frame("force", Client())
    assert frame.enter(launch=handle_in(page)).status_code == 200
    frame.post("view", ticket="anything")
    assert asked == ["S00042"]
    row = FrameBearer.objects.get()
    assert (row.user_id, row.level, row.session) == (amy.pk, "verified", None)


def test_a_frame_opens_its_own_pages_alone_and_no_cookie_counts_in_it(chat: Embedding, amy: User) -> None:
    frame = entered("chat", amy)
    FrameBearer.objects.update(level="verified")
    for address in ("/", "/audit/", "/approvals/", "/settings/people/", "/cases/1/", "/nowhere"):
        assert frame.get(address).status_code in (401, 404), address
    assert not {"action-decide", "action-fix", "approvals", "parked", "home"} & PAGES_IN_FRAME

    # A cookie beside it opens nothing, and none is ever set.
    both = window_of(amy).client
    assert both.post("/embed/chat/view/", {"ticket": "42"}).status_code == 401
    headers = {"Authorization": "Bearer dgf_guessed"}
    assert both.get("/", headers=headers).status_code == 401
    answer = frame.post("view", ticket="")
    assert not answer.cookies
    # A bearer is good at its own place.
    make_place("other", "generic")
    assert Frame("other", Client(), frame.bearer).post("view", ticket="42").status_code == 401


def test_a_bearer_is_renewed_while_the_session_lives_and_ends_with_it(chat: Embedding, amy: User) -> None:
    window = window_of(amy)
    frame = Frame("chat", Client())
    frame.enter(
        code=window.code("chat"), verifier="what only this frame knows", origin="https://tool.example"
    )
    first = frame.bearer
    answer = frame.post("renew")
    assert answer.json()["expires_in"] == 720
    frame.bearer = answer.json()["token"]
    assert Frame("chat", Client(), first).post("live").status_code == 401, "the old one is over"
    assert frame.post("live").status_code == 204

    window.client.post("/sign-out/")
    assert frame.post("live").status_code == 401
    assert frame.post("renew").status_code == 401
    assert reasons() == ["session_over"]


def test_a_bearer_is_over_after_twelve_minutes_and_when_the_frame_says_so(chat: Embedding, amy: User) -> None:
    frame = entered("chat", amy)
    old = timezone.now() - timedelta(minutes=13)
    FrameBearer.objects.update(at=old, expires_at=old + timedelta(minutes=12))
    assert frame.post("view", ticket="42").status_code == 401
    frame = entered("chat", amy)
    assert frame.post("end").status_code == 204
    assert frame.post("view", ticket="42").status_code == 401
    assert AuditEntry.objects.filter(action="frame_ended").count() == 1


def test_the_window_signs_in_as_everywhere_and_may_speak_to_its_frame(chat: Embedding, amy: User) -> None:
    client = Client()
    page = client.get("/embed/chat/sign-in/")
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert page.headers["X-Frame-Options"] == "DENY"
    wrong = client.post("/embed/chat/sign-in/", {"username": "amy", "password": "wrong"})
    assert "wrong" in wrong.content.decode()
    right = client.post("/embed/chat/sign-in/", {"username": "amy", "password": PASSWORD})
    assert (right.status_code, right.headers["Location"]) == (302, "/embed/chat/sign-in/")
    page = client.get("/embed/chat/sign-in/")
    assert "Go on in Chat" in page.content.decode()
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert client.get("/embed/nowhere/sign-in/").status_code == 404
    assert Client().post("/embed/chat/code/").status_code == 401


def test_a_forged_form_gets_no_code(chat: Embedding, amy: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amy)
    form = {"challenge": "x" * 43, "origin": "https://tool.example"}
    assert client.post("/embed/chat/code/", form).status_code == 403
