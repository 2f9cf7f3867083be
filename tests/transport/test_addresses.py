"""Where a key may be sent: encrypted or to this machine, and only to a server that proves its name."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations import errors
from integrations.http import CertificateRefused, InsecureAddress, require_safe_address
from integrations.odoo.capabilities import Protocol
from tests.transport.conftest import Connect, Serve
from tests.transport.test_reading import read_one


@pytest.mark.parametrize(
    "url",
    [
        "http://odoo.example.com",
        "http://10.0.0.5:8069",
        "ftp://odoo.example.com",
        "https://user:pass@odoo.example.com",
        "https://odoo.example.com/?db=x",
        "odoo.example.com",
        "http://127.0.0.1.example.com",
    ],
)
def test_an_address_that_would_leak_keys_is_refused(url: str) -> None:
    with pytest.raises(InsecureAddress):
        require_safe_address(url)


@pytest.mark.parametrize(
    "url", ["https://odoo.example.com/", "http://127.0.0.1:8069", "http://[::1]:8069", "http://localhost"]
)
def test_encrypted_and_local_addresses_are_allowed(url: str) -> None:
    assert require_safe_address(url) == url.rstrip("/")


async def test_a_row_with_an_open_address_is_not_called(connect: Connect, serve: Serve) -> None:
    from dataclasses import replace

    config = replace(await connect("https://odoo.example.com"), url="http://odoo.example.com")

    outcome = await read_one(config)

    assert isinstance(outcome, errors.Unreachable)


async def test_a_server_that_cannot_prove_its_name_is_told_nothing(connect: Connect, serve: Serve) -> None:
    received: list[bytes] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=self_signed())
    port = server.sockets[0].getsockname()[1]
    async with server:
        outcome = await read_one(await connect(f"https://127.0.0.1:{port}", protocol=Protocol.JSON2))

    assert isinstance(outcome, CertificateRefused)
    assert not any(received)


def self_signed() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as both:
        both.write(certificate.public_bytes(serialization.Encoding.PEM))
        both.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        both.flush()
        context.load_cert_chain(both.name)
    return context
