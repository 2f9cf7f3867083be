"""Forty ways to open or enter a frame that must not work: each is refused, with its reason in the trail and no more."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from cases.models import AuditEntry, Embedding, FrameBearer, FrameCode, FrameLaunch, User
from integrations.launch_proofs import ProofRefused, verify_signed_request
from tests.embed.conftest import VERIFIER, ZENDESK, Frame, entered, window_of
from tests.embed.places import ORIGIN, make_place
from tests.embed.signing import AUDIENCE, SUBJECT, Token, encode, signed_request

pytestmark = pytest.mark.django_db


@dataclass
class Hand:
    """What somebody with bad intentions, or a tool set up badly, holds in hand."""

    amy: User
    eve: User
    now: datetime

    def launch(self, slug: str = "acme", *, token: str | None = None, **headers: str) -> Any:
        client = Client()
        if token is None:
            return client.get(f"/embed/{slug}/", headers=headers)
        return client.post(f"/embed/{slug}/", {"token": token}, headers=headers)

    def token(self, key: str = "ours", header: Any = None, **claims: Any) -> Any:
        made = Token(now=self.now, header=header or {}, claims=claims, key=key)
        return self.launch(token=made.text())

    def request(self, text: str) -> Any:
        return Client().post("/embed/force/", {"signed_request": text})

    def code(self, slug: str = "tool") -> str:
        return window_of(self.amy).code(slug)

    def enter(self, slug: str = "tool", **form: str) -> Any:
        shown = {"verifier": VERIFIER, "origin": ORIGIN, **form}
        return Frame(slug, Client()).enter(**shown)


def later(hand: Hand, seconds: float) -> float:
    return hand.now.timestamp() + seconds


def twice(hand: Hand) -> Any:
    text = Token(now=hand.now).text()
    assert hand.launch(token=text).status_code == 200
    return hand.launch(token=text)


def same_name(hand: Hand) -> Any:
    assert hand.token(jti="one").status_code == 200
    return hand.token(jti="one", exp=later(hand, 61))


def off(hand: Hand) -> Any:
    Embedding.objects.filter(slug="tool").update(is_active=False)
    return hand.launch("tool")


def request_twice(hand: Hand) -> Any:
    text = signed_request()
    assert hand.request(text).status_code == 200
    return hand.request(text)


def blocked(hand: Hand) -> Any:
    User.objects.filter(pk=hand.amy.pk).update(is_active=False)
    return hand.request(signed_request())


def expired_code(hand: Hand) -> Any:
    code = hand.code()
    old = hand.now - timedelta(minutes=5)
    FrameCode.objects.update(at=old, expires_at=old + timedelta(minutes=1))
    return hand.enter(code=code)


def reused_code(hand: Hand) -> Any:
    code = hand.code()
    assert hand.enter(code=code).status_code == 200
    answer = hand.enter(code=code)
    assert FrameBearer.objects.get().ended_at is not None, "what the code had opened is closed"
    return answer


def used_up_by_a_wrong_try(hand: Hand) -> Any:
    code = hand.code()
    assert hand.enter(code=code, verifier="guessed").status_code == 403
    return hand.enter(code=code)


def elsewhere(hand: Hand) -> Any:
    make_place("other", "generic")
    return hand.enter("other", code=hand.code())


def handle_in(page: Any) -> str:
    found = re.search(r'data-launch="([^"]+)"', page.content.decode())
    assert found, "the page was not opened"
    return found[1]


def handle_twice(hand: Hand) -> Any:
    handle = handle_in(hand.request(signed_request()))
    assert Frame("force", Client()).enter(launch=handle).status_code == 200
    return Frame("force", Client()).enter(launch=handle)


def handle_of_nobody(hand: Hand) -> Any:
    handle = handle_in(hand.token())
    return Frame("acme", Client()).enter(launch=handle)


def old_handle(hand: Hand) -> Any:
    handle = handle_in(hand.request(signed_request()))
    old = hand.now - timedelta(hours=1)
    FrameLaunch.objects.update(at=old, expires_at=old + timedelta(minutes=1))
    return Frame("force", Client()).enter(launch=handle)


def code_for_elsewhere(hand: Hand) -> Any:
    client = window_of(hand.amy).client
    return client.post(
        "/embed/tool/code/", {"challenge": encode(b"x" * 32), "origin": "https://evil.example"}
    )


def code_without_challenge(hand: Hand) -> Any:
    client = window_of(hand.amy).client
    return client.post("/embed/tool/code/", {"challenge": "short", "origin": ORIGIN})


def signed_out(hand: Hand) -> Any:
    frame = entered("tool", hand.amy)
    Session.objects.all().delete()
    return frame.post("view", ticket="42")


def wrong_password_since(hand: Hand) -> Any:
    frame = entered("tool", hand.amy)
    hand.amy.set_password("another one altogether")
    hand.amy.save()
    return frame.post("view", ticket="42")


def blocked_in_frame(hand: Hand) -> Any:
    frame = entered("tool", hand.amy)
    User.objects.filter(pk=hand.amy.pk).update(is_active=False)
    return frame.post("view", ticket="42")


BAD: dict[str, tuple[Callable[[Hand], Any], str, int]] = {
    "no such place": (lambda hand: hand.launch("nowhere"), "no_such_place", 403),
    "switched off": (off, "no_such_place", 403),
    "opened as a page": (lambda hand: hand.launch("tool", **{"Sec-Fetch-Dest": "document"}), "not_in_a_frame", 403),
    "opened as an object": (lambda hand: hand.launch("tool", **{"Sec-Fetch-Dest": "object"}), "not_in_a_frame", 403),
    "wrong parent": (lambda hand: hand.launch("tool", Referer="https://evil.example/"), "wrong_parent", 403),
    "parent of the same maker": (
        lambda hand: hand.launch(Referer="https://trial.zendesk.com/"), "wrong_parent", 403),
    "parent without encryption": (
        lambda hand: hand.launch("tool", Referer="http://tool.example/"), "wrong_parent", 403),
    "parent on another port": (
        lambda hand: hand.launch("tool", Referer="https://tool.example:8443/"), "wrong_parent", 403),
    "parent that only begins so": (
        lambda hand: hand.launch("tool", Referer="https://tool.example.evil.example/"), "wrong_parent", 403),
    "garbage for a proof": (lambda hand: hand.launch(token="x.y"), "malformed", 403),
    "garbage in three parts": (lambda hand: hand.launch(token="e30.e30.%%%"), "malformed", 403),
    "a proof of a megabyte": (lambda hand: hand.launch(token="a." * 2 + "a" * 1_000_000), "malformed", 403),
    "a form without a proof": (lambda hand: hand.launch(token=""), "no_proof", 403),
    "a proof for a place that checks none": (lambda hand: hand.launch("tool", token="x.y.z"), "no_key", 403),
    "no signature at all": (lambda hand: hand.token(header={"alg": "none"}), "wrong_algorithm", 403),
    "the public key as a secret": (lambda hand: hand.token(header={"alg": "HS256"}), "wrong_algorithm", 403),
    "somebody else's key": (lambda hand: hand.token(key="theirs"), "wrong_key", 403),
    "a key of another name": (lambda hand: hand.token(header={"kid": "key-2"}), "wrong_key", 403),
    "another installation": (
        lambda hand: hand.token(aud=AUDIENCE.replace("123456", "123457")), "wrong_audience", 403),
    "another organisation's install": (
        lambda hand: hand.token(aud=AUDIENCE.replace("acme", "evil")), "wrong_audience", 403),
    "another organisation signs": (lambda hand: hand.token(iss="evil.zendesk.com"), "wrong_issuer", 403),
    "nobody signs": (lambda hand: hand.token(iss=None), "wrong_issuer", 403),
    "expired": (lambda hand: hand.token(iat=later(hand, -90), exp=later(hand, -30)), "expired", 403),
    "never expires": (lambda hand: hand.token(exp=None), "malformed", 403),
    "lives too long": (lambda hand: hand.token(exp=later(hand, 3600)), "lives_too_long", 403),
    "from the future": (
        lambda hand: hand.token(iat=later(hand, 120), exp=later(hand, 180)), "not_yet", 403),
    "not valid yet": (lambda hand: hand.token(nbf=later(hand, 50)), "not_yet", 403),
    "another part of the tool": (
        lambda hand: hand.token(context={"product": "support", "location": "top_bar"}), "wrong_place", 403),
    "replayed": (twice, "replayed", 403),
    "replayed under its name": (same_name, "replayed", 403),
    "signed request without one": (lambda hand: hand.launch("force"), "no_proof", 403),
    "signed request of another secret": (
        lambda hand: hand.request(signed_request("another secret")), "wrong_key", 403),
    "signed request of another organisation": (
        lambda hand: hand.request(signed_request(client={"instanceUrl": "https://evil.my.salesforce.com"})),
        "wrong_audience", 403),
    "signed request that names nobody": (
        lambda hand: hand.request(signed_request(userId=None)), "nobody_named", 403),
    "agent without an account": (
        lambda hand: hand.request(signed_request(userId=SUBJECT[:-1] + "T")), "agent_without_account", 403),
    "agent who is blocked": (blocked, "agent_is_blocked", 403),
    "signed request replayed": (request_twice, "replayed", 403),
    "handle shown twice": (handle_twice, "launch_unknown", 403),
    "handle too old": (old_handle, "launch_unknown", 403),
    "handle that names no person": (handle_of_nobody, "nobody_named", 403),
    "code nobody gave": (lambda hand: hand.enter(code="guessed"), "code_unknown", 403),
    "code expired": (expired_code, "code_expired", 403),
    "code reused": (reused_code, "code_reused", 403),
    "code stolen from another frame": (
        lambda hand: hand.enter(code=hand.code(), verifier="another frame's"), "challenge_differs", 403),
    "code after a wrong try": (used_up_by_a_wrong_try, "code_reused", 403),
    "code of another place": (elsewhere, "wrong_place", 403),
    "code under another parent": (
        lambda hand: hand.enter(code=hand.code(), origin=ZENDESK), "wrong_parent", 403),
    "code for a parent that is not named": (code_for_elsewhere, "wrong_parent", 403),
    "code without a challenge": (code_without_challenge, "no_challenge", 403),
    "session ended": (signed_out, "session_over", 401),
    "password changed": (wrong_password_since, "session_over", 401),
    "person blocked": (blocked_in_frame, "session_over", 401),
}  # fmt: skip


@pytest.fixture
def hand(tool: Embedding, zendesk: Embedding, salesforce: Embedding, amy: User, eve: User) -> Hand:
    return Hand(amy=amy, eve=eve, now=timezone.now())


def test_there_are_at_least_forty() -> None:
    assert len(BAD) >= 40


@pytest.mark.parametrize("name", BAD)
def test_refused_with_a_reason_in_the_trail_and_nowhere_else(
    name: str, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    attempt, reason, status = BAD[name]
    with caplog.at_level(logging.DEBUG):
        answer = attempt(hand)
    assert answer.status_code == status
    entry = AuditEntry.objects.filter(action="frame_refused").order_by("-seq").first()
    assert entry is not None
    assert (entry.reason, entry.decision, entry.details) == (reason, "denied", {})
    text = answer.content.decode()
    assert reason not in text
    assert "Traceback" not in text
    assert not [record for record in caplog.records if record.exc_info]
    assert not answer.cookies
    assert "amy@example.com" not in caplog.text
    if status == 403:
        assert "bearer" not in text.lower()
        assert answer.headers["X-Request-Id"] == entry.request_id


@pytest.mark.parametrize("iss", ["acme.zendesk.com", "https://acme.zendesk.com"])
def test_a_right_launch_opens_an_empty_page_for_its_parents_alone(hand: Hand, iss: str) -> None:
    answer = hand.token(iss=iss)
    assert answer.status_code == 200
    assert f"frame-ancestors {ZENDESK}" in answer.headers["Content-Security-Policy"].split("; ")
    assert "X-Frame-Options" not in answer.headers
    assert not answer.cookies
    page = answer.content.decode()
    assert hand.amy.username not in page
    entry = AuditEntry.objects.get(action="frame_launched")
    assert (entry.actor, entry.details) == ("anonymous", {"proven": "installation"})


def test_the_published_vector_of_a_signed_request_verifies_and_one_changed_sign_does_not() -> None:
    vectors = json.loads((Path(__file__).parents[1] / "ticketing" / "signature-vectors.json").read_text())
    (vector,) = [each for each in vectors["vectors"] if each["vendor"] == "salesforce-canvas"]
    with pytest.raises(ProofRefused) as refused:
        verify_signed_request(vector["value"][:-9] + "A" + vector["value"][-8:], secret=vector["secret"],
                              account="", now=timezone.now())  # fmt: skip
    assert refused.value.reason == "wrong_key"
    # Its envelope spells the algorithm with hyphens; the vendor's own do not, and both are the same one.
    proof = verify_signed_request(vector["value"], secret=vector["secret"], account="", now=timezone.now())
    assert (proof.subject, proof.order_ref) == (SUBJECT, "S00042")
