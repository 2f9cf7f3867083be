"""Signs what hosts sign, with real keys made for the run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUDIENCE = "https://acme.zendesk.com/api/v2/apps/installations/123456.json"
ORGANISATION = "https://acme.my.salesforce.com"
CONSUMER_SECRET = "consumer-secret-of-the-tests"
SUBJECT = "005x0000001SyyEAAS"


@lru_cache(maxsize=4)
def key(name: str = "ours") -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name: str = "ours") -> str:
    made = key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made.decode()


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Token:
    """A signed address of Zendesk, right in everything that nobody changes."""

    now: datetime
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: str = "ours"

    def text(self) -> str:
        moment = self.now.timestamp()
        claims: dict[str, Any] = {
            "iss": "acme.zendesk.com",
            "aud": AUDIENCE,
            "iat": moment,
            "exp": moment + 60,
            "context": {"product": "support", "location": "ticket_sidebar"},
            **self.claims,
        }
        header = {"alg": "RS256", "typ": "JWT", "kid": "key-1", **self.header}
        parts = [
            {name: value for name, value in part.items() if value is not None} for part in (header, claims)
        ]
        signed = ".".join(encode(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{encode(self._signature(signed.encode(), header['alg']))}"

    def _signature(self, signed: bytes, algorithm: str | None) -> bytes:
        if algorithm == "none":
            return b""
        if algorithm == "HS256":  # with the public key as the secret: the classic mistake
            return hmac.new(public_pem(self.key).encode(), signed, hashlib.sha256).digest()
        return key(self.key).sign(signed, padding.PKCS1v15(), hashes.SHA256())


def signed_request(secret: str = CONSUMER_SECRET, **changes: Any) -> str:
    content = {
        "algorithm": "HMACSHA256",
        "userId": SUBJECT,
        "client": {"instanceUrl": ORGANISATION},
        "context": {
            "user": {"email": "amy@example.com"},
            "environment": {"parameters": {"orderRef": "S00042"}},
        },
        **changes,
    }
    envelope = base64.b64encode(json.dumps(content).encode()).decode()
    signature = hmac.new(secret.encode(), envelope.encode(), hashlib.sha256).digest()
    return f"{base64.b64encode(signature).decode()}.{envelope}"
