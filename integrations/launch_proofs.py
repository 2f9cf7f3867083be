"""Checks what a host signs when it opens our frame: Zendesk names an installation, Salesforce a person. Pure.

Both say why they refuse, in a word for the trail; the texts they look at are never kept or shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

CLOCKS_DIFFER = timedelta(seconds=30)
LONGEST_LIFE = timedelta(minutes=5)
LONGEST_PROOF = 16_384
WEAKEST_KEY_BITS = 2048


class ProofRefused(Exception):
    """The proof proves nothing; ``reason`` is a word for the trail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a host has signed. ``digest`` names it, so that it is taken once."""

    digest: bytes
    expires_at: datetime
    subject: str = ""  # the host's own name of the person; empty where only the installation is proven
    order_ref: str = ""  # an order number among what was signed


def verify_zendesk(token: str, *, public_key: str, audience: str, key_id: str = "", now: datetime) -> Proof:
    """A signed address of Zendesk: RS256 and nothing else, for this installation, now. Raises ``ProofRefused``."""
    header, claims, signed, signature = _parts(token)
    if header.get("alg") != "RS256":
        raise ProofRefused("wrong_algorithm")
    if key_id and header.get("kid", key_id) != key_id:
        raise ProofRefused("wrong_key")
    _verify_rs256(signed, signature, public_key)
    named = claims.get("aud")
    if named != audience and named != [audience]:
        raise ProofRefused("wrong_audience")
    if _host(claims.get("iss")) != urlsplit(audience).hostname:
        raise ProofRefused("wrong_issuer")
    expires_at = _time(claims, "exp")
    _require_now(claims, expires_at, now)
    place = claims.get("context")
    if not isinstance(place, dict) or (place.get("product"), place.get("location")) != (
        "support",
        "ticket_sidebar",
    ):
        raise ProofRefused("wrong_place")
    # Without a name of its own the whole token is the name: the same one comes twice, or it was signed twice.
    name = claims.get("jti")
    named_once = f"jti:{name}" if isinstance(name, str) and name else f"token:{token}"
    return Proof(digest=hashlib.sha256(named_once.encode()).digest(), expires_at=expires_at)


def verify_signed_request(signed_request: str, *, secret: str, account: str, now: datetime) -> Proof:
    """A signed request of Salesforce's kind, which names the person. Raises ``ProofRefused``.

    It says nothing of when it was made, so it is good for one use. ``account`` is the address of the organisation.
    """
    if len(signed_request) > LONGEST_PROOF or signed_request.count(".") != 1:
        raise ProofRefused("malformed")
    given, _, envelope = signed_request.partition(".")
    expected = hmac.new(secret.encode(), envelope.encode(errors="surrogatepass"), hashlib.sha256).digest()
    if not secret or not hmac.compare_digest(_base64(given), expected):
        raise ProofRefused("wrong_key")
    content = _json(_base64(envelope))
    if str(content.get("algorithm")).replace("-", "").upper() != "HMACSHA256":
        raise ProofRefused("wrong_algorithm")
    client, context = (_mapping(content.get(name)) for name in ("client", "context"))
    if account and str(client.get("instanceUrl", "")).rstrip("/") != account.rstrip("/"):
        raise ProofRefused("wrong_audience")
    subject = content.get("userId")
    if not isinstance(subject, str) or not subject:
        raise ProofRefused("nobody_named")
    parameters = _mapping(_mapping(context.get("environment")).get("parameters"))
    order_ref = parameters.get("orderRef", "")
    return Proof(
        digest=hashlib.sha256(f"request:{signed_request}".encode()).digest(),
        expires_at=now + LONGEST_LIFE,
        subject=subject[:100],
        order_ref=order_ref[:100] if isinstance(order_ref, str) else "",
    )


def require_public_key(text: str) -> None:
    """Raise ``ValueError`` unless this is an RSA key of a host, strong enough, and no private one."""
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("not a public key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < WEAKEST_KEY_BITS:
        raise ValueError("not an RSA key of at least 2048 bits")


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    pieces = token.split(".")
    if len(token) > LONGEST_PROOF or len(pieces) != 3 or not token.isascii():
        raise ProofRefused("malformed")
    header, claims = (_json(_base64(piece)) for piece in pieces[:2])
    return header, claims, ".".join(pieces[:2]).encode(), _base64(pieces[2])


def _verify_rs256(signed: bytes, signature: bytes, public_key: str) -> None:
    try:
        key = load_pem_public_key(public_key.encode())
        if not isinstance(key, rsa.RSAPublicKey):
            raise ProofRefused("wrong_key")
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        raise ProofRefused("wrong_key") from None


def _require_now(claims: dict[str, Any], expires_at: datetime, now: datetime) -> None:
    issued_at = _time(claims, "iat")
    if expires_at <= now:
        raise ProofRefused("expired")
    if issued_at > now + CLOCKS_DIFFER or ("nbf" in claims and _time(claims, "nbf") > now + CLOCKS_DIFFER):
        raise ProofRefused("not_yet")
    if expires_at - issued_at > LONGEST_LIFE:
        raise ProofRefused("lives_too_long")


def _time(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProofRefused("malformed")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise ProofRefused("malformed") from None


def _host(issuer: object) -> str | None:
    """Zendesk names itself with and without ``https://``."""
    if not isinstance(issuer, str):
        return None
    return issuer.removeprefix("https://").rstrip("/").lower() or None


def _base64(text: str) -> bytes:
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ProofRefused("malformed") from None


def _json(content: bytes) -> dict[str, Any]:
    try:
        return _mapping(json.loads(content), required=True)
    except (ValueError, RecursionError):
        raise ProofRefused("malformed") from None


def _mapping(value: object, *, required: bool = False) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if required:
        raise ProofRefused("malformed")
    return {}
