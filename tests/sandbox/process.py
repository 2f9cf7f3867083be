"""Starts the real sandbox process on a free port and speaks to it as a client without manners would."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """Parsed when it is JSON, else text."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return self.raw.decode("utf-8", "replace")


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """A running sandbox with its keys and its story."""

    serie: int
    folder: Path
    port: int
    process: subprocess.Popen[str]
    started_in: float
    _users: dict[str, int] = field(default_factory=dict)

    @classmethod
    def start(cls, serie: int, folder: Path, *options: str) -> Self:
        command = [sys.executable, "-m", "integrations.odoo.sandbox", "--dialect", str(serie)]
        command += ["--port", "0", "--data", str(folder), "--latency-ms", "0", *options]
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line, f"the sandbox did not start: {line!r}"
        port = int(line.split("http://127.0.0.1:")[1].split()[0])
        return cls(
            serie=serie, folder=folder, port=port, process=process, started_in=time.monotonic() - began
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=START_LIMIT_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()

    # -- facts -------------------------------------------------------------------------------

    @property
    def database(self) -> str:
        return f"sandbox{self.serie}"

    @property
    def keys(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads((self.folder / "keys.json").read_text())
        return found

    @property
    def story(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads((self.folder / "story.json").read_text())
        return found

    def order_name(self, key: str) -> str:
        return self.story[key]["order"]

    def user_id(self, role: str = "integration") -> int:
        if role not in self._users:
            login, key = self.keys[role]["login"], self.keys[role]["key"]
            answer = self.jsonrpc("common", "authenticate", [self.database, login, key, {}])
            self._users[role] = answer.body["result"]
        return self._users[role]

    # -- calls -------------------------------------------------------------------------------

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10,
    ) -> Answer:
        payload = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, payload, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return Answer(status=response.status, headers=dict(response.headers), raw=response.read())
        finally:
            connection.close()

    def jsonrpc(
        self, service: str, method: str, args: list[Any], headers: Mapping[str, str] | None = None
    ) -> Answer:
        params = {"service": service, "method": method, "args": args}
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        return self.send("POST", "/jsonrpc", body, headers)

    def execute(
        self,
        model: str,
        method: str,
        *args: Any,
        role: str = "integration",
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Answer:
        key = self.keys[role]["key"]
        call = [self.database, self.user_id(role), key, model, method, list(args), kwargs]
        return self.jsonrpc("object", "execute_kw", call, headers)

    def call(self, model: str, method: str, *args: Any, role: str = "integration", **kwargs: Any) -> Any:
        """The result of a call that has to succeed."""
        answer = self.execute(model, method, *args, role=role, **kwargs)
        assert answer.status == 200, answer.body
        assert "error" not in answer.body, answer.body["error"]
        return answer.body.get("result")

    def refusal(self, model: str, method: str, *args: Any, role: str = "integration", **kwargs: Any) -> Any:
        """The error data of a call that has to fail."""
        answer = self.execute(model, method, *args, role=role, **kwargs)
        assert answer.status == 200, answer.body
        return answer.body["error"]["data"]

    def json2(self, model: str, method: str, role: str = "integration", **named: Any) -> Answer:
        headers = {
            "Authorization": f"bearer {self.keys[role]['key']}",
            "X-Odoo-Database": self.database,
        }
        return self.send("POST", f"/json/2/{model}/{method}", named, headers)

    def set_faults(self, *rules: Mapping[str, Any]) -> None:
        answer = self.send("POST", "/sandbox/faults", list(rules))
        assert answer.status == 200, answer.body

    def clear_faults(self) -> None:
        self.send("DELETE", "/sandbox/faults")

    def statistics(self) -> Any:
        return self.send("GET", "/sandbox/stats").body

    def open_socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)
