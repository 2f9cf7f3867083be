"""Two sites on this machine, under names of their own and with TLS: the console's, and that of the tool around it."""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

NAMES = ("desk.example", "tool.test", "evil.test")  # different sites, for names decide and not ports


@dataclass(frozen=True)
class Certificate:
    """For all the names; the browser is told to believe this one key and no other."""

    file: Path
    key: Path
    pin: str

    @classmethod
    def made(cls, folder: Path) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMES[0])])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in NAMES]), critical=False)
            .sign(key, hashes.SHA256())
        )
        file, secret = folder / "certificate.pem", folder / "key.pem"
        file.write_bytes(made.public_bytes(Encoding.PEM))
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(file, secret, base64.b64encode(hashlib.sha256(public).digest()).decode())


@dataclass
class ToolSite:
    """The tool: pages that a test puts there, under two names."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://tool.test:{self.port}"

    @property
    def evil_url(self) -> str:
        return f"https://evil.test:{self.port}"


@contextmanager
def tool_site(certificate: Certificate) -> Iterator[ToolSite]:
    site = ToolSite(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            body = (page or "nothing").encode()
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


# As the tools' own pages do it, so far as a frame sees of it.
CHATWOOT = """<!doctype html><title>Conversation</title>
<button id="next">Next conversation</button><pre id="heard"></pre>
<iframe id="frame" src="{address}" width="{width}" height="900"></iframe>
<script>
let open_ = {first};
const context = () => JSON.stringify({{event: "appContext", data: {{
  conversation: {{id: open_, account_id: 3, custom_attributes: {{}}, messages: [{{id: 1, content: "x".repeat(9000)}}]}},
  contact: {{id: 7, email: "ana.buyer@example.com"}}, currentAgent: {{id: 5, email: "agent@example.com"}}}}}});
const frame = document.getElementById("frame");
const tell = () => frame.contentWindow.postMessage(context(), "*");
addEventListener("message", ({{data}}) => {{
  document.getElementById("heard").textContent += JSON.stringify(data) + "\\n";
  if (data === "chatwoot-dashboard-app:fetch-info") tell();
}});
document.getElementById("next").addEventListener("click", () => {{ open_ += 1; tell(); }});
</script>"""

ZENDESK = """<!doctype html><title>Ticket</title><pre id="heard"></pre>
<form id="launch" method="post" target="app" action="{address}?origin={origin}&app_guid=guid-1">
<input type="hidden" name="token" value="{token}"></form>
<iframe id="frame" name="app" width="{width}" height="900"></iframe>
<script>
const frame = document.getElementById("frame");
addEventListener("message", (event) => {{
  const message = JSON.parse(event.data);
  document.getElementById("heard").textContent += event.data + "\\n";
  const answer = (body) => event.source.postMessage(JSON.stringify(body), event.origin);
  const registered = {{key: "zaf.app.registered", message: {{metadata: {{}}, context: {{}}}}}};
  if (message.key === "iframe.handshake") answer(registered);
  if (message.request === "get") answer({{id: message.id, result: {{"ticket.id": {first}, errors: {{}}}}}});
  if (message.request === "invoke") frame.height = parseInt(message.params.resize[0].height);
}});
document.getElementById("launch").submit();
</script>"""
