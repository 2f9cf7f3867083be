"""Incoming webhooks: what is signed is believed, what is old or changed is refused, what is unsigned is a hint."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.credentials import Secret
from integrations.ticketing.records import HookProof, Trust
from integrations.ticketing.systems import CONNECTORS
from integrations.ticketing.vendors import Vendor

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "signature-vectors.json").read_text(encoding="utf-8")
)["vectors"]
OF_VENDORS = {
    "zendesk-webhook": Vendor.ZENDESK,
    "chatwoot-webhook": Vendor.CHATWOOT,
    "zammad-webhook": Vendor.ZAMMAD,
    "front-app-webhook": Vendor.FRONT,
    "front-rule-webhook": Vendor.FRONT,
}
SIGNED = [
    pytest.param(vector, OF_VENDORS[vector["vendor"]], id=vector["vendor"])
    for vector in VECTORS
    if OF_VENDORS.get(vector["vendor"]) in CONNECTORS
]
signed = pytest.mark.parametrize(("vector", "vendor"), SIGNED)
signed_with_time = pytest.mark.parametrize(
    ("vector", "vendor"),
    [each for each in SIGNED if "timestamp" in str(each.values[0]).lower()],
)


def sent_at(vector: dict[str, Any]) -> datetime:
    for name, value in vector["headers"].items():
        if "Timestamp" in name:
            if "T" in value:
                return datetime.fromisoformat(value.replace("Z", "+00:00"))
            return datetime.fromtimestamp(int(value) / (1000 if len(value) > 11 else 1), UTC)
    return datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


def verify(
    vector: dict[str, Any],
    vendor: Vendor,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    secret: str | None = None,
    later: timedelta = timedelta(seconds=3),
) -> Any:
    return CONNECTORS[vendor].verify_hook(
        vector["body_utf8"].encode() if body is None else body,
        vector["headers"] if headers is None else headers,
        Secret(vector["secret"] if secret is None else secret),
        now=sent_at(vector) + later,
    )


@signed
def test_what_the_vendor_signed_is_trusted(vector: dict[str, Any], vendor: Vendor) -> None:
    hook = verify(vector, vendor)
    assert (hook.trust, hook.reason) == (Trust.TRUSTED, "")
    assert hook.delivery


@signed
def test_headers_are_found_whatever_their_case(vector: dict[str, Any], vendor: Vendor) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    assert verify(vector, vendor, headers=headers).trust is Trust.TRUSTED


@signed
def test_one_changed_byte_is_refused(vector: dict[str, Any], vendor: Vendor) -> None:
    body = vector["body_utf8"].encode()
    for changed in (body + b" ", body[:-1], body.replace(b"42", b"43"), b""):
        assert verify(vector, vendor, body=changed).trust is Trust.REFUSED


@signed
def test_another_secret_and_no_secret_are_refused(vector: dict[str, Any], vendor: Vendor) -> None:
    assert verify(vector, vendor, secret="other").reason == "wrong_signature"
    hook = verify(vector, vendor, secret="")
    assert hook.trust is not Trust.TRUSTED


@signed
def test_a_signature_that_is_missing_is_refused_where_a_secret_is_set_up(
    vector: dict[str, Any], vendor: Vendor
) -> None:
    hook = verify(vector, vendor, headers={})
    assert (hook.trust, hook.reason) == (Trust.REFUSED, "unsigned")


@signed
def test_a_replay_is_refused_where_the_vendor_signs_a_time(vector: dict[str, Any], vendor: Vendor) -> None:
    has_time = any("Timestamp" in name for name in vector["headers"])
    for later in (timedelta(minutes=6), timedelta(minutes=-6)):
        hook = verify(vector, vendor, later=later)
        assert hook.trust is (Trust.REFUSED if has_time else Trust.TRUSTED)
    if has_time:
        assert CONNECTORS[vendor].abilities.hooks is HookProof.SIGNED_WITH_TIME


@signed_with_time
def test_a_new_time_under_an_old_signature_is_refused(vector: dict[str, Any], vendor: Vendor) -> None:
    changed = {
        name: ("2026-11-22T16:00:00Z" if "T" in value and "-" in value else str(int(value) + 86_400_000))
        if "Timestamp" in name
        else value
        for name, value in vector["headers"].items()
    }
    assert verify(vector, vendor, headers=changed, later=timedelta(days=1)).trust is Trust.REFUSED


def test_the_order_of_time_and_body_that_zendesk_once_published_is_refused() -> None:
    (vector,) = [vector for vector in VECTORS if "stale order" in vector["vendor"]]
    assert verify(vector, Vendor.ZENDESK).reason == "wrong_signature"


def test_a_body_that_is_no_json_names_no_ticket() -> None:
    for body in (b"\xff\xfe", b"[1]", b'{"id": {"a": 1}}', b"null"):
        for kind in CONNECTORS.values():
            hook = kind.verify_hook(body, {}, Secret(""), now=datetime(2026, 11, 21, tzinfo=UTC))
            assert hook.ticket_id == ""
            assert hook.trust is not Trust.TRUSTED
