"""Runs the real console as its own process on a free port, and speaks to it as programs and browsers do."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60.0
PATIENCE_S = 30.0
ODOO_VARIABLES = re.compile(r"^ODOO_")

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: str
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ConsoleProcess:
    def __init__(self, *, environment: dict[str, str], log: Path) -> None:
        self._log_path = log
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        # What the console is not told it cannot say: Odoo's keys reach it through its own records only.
        kept = {name: value for name, value in os.environ.items() if not ODOO_VARIABLES.match(name)}
        self._environment = {
            **kept,
            **environment,
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "PYTHONUNBUFFERED": "1",
        }
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", "console.asgi:application"),
                    *("--host", "127.0.0.1", "--port", str(self._port), "--lifespan", "on"),
                    *(
                        "--no-access-log",
                        "--no-server-header",
                        "--no-proxy-headers",
                        "--log-level",
                        "warning",
                    ),
                ],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"the console ended at once:\n{self.log[-3000:]}")
            try:
                if self.get("/healthz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the console is not ready in time")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the same installation."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=120, check=False
        )

    @property
    def log(self) -> str:
        return self._log_path.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str, *, token: str = "", browser: Browser | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.url + path, headers=headers)
        opener = browser.opener if browser else urllib.request.build_opener()
        began = time.monotonic()
        try:
            with opener.open(request, timeout=PATIENCE_S) as found:
                status, kind, body = found.status, found.headers.get_content_type(), found.read()
        except urllib.error.HTTPError as error:
            status, kind, body = error.code, error.headers.get_content_type(), error.read()
        return Answer(status, kind, body.decode(), time.monotonic() - began)

    def order(self, connection: str, name: str, *, token: str, company: int | None = None) -> Answer:
        """Always asked anew: what Odoo says now is what is compared with what Odoo says now."""
        narrowed = f"&company={company}" if company else ""
        return self.get(f"/api/v1/orders/{connection}/{quote(name)}?again=1{narrowed}", token=token)

    def page(
        self, connection: str, name: str, *, browser: Browser, company: int | None = None, panel: str = ""
    ) -> Answer:
        """The page or one panel of it, read anew as "Read again" does."""
        asked = {"company": company, "panel": panel, "again": "1"}
        query = urlencode({key: value for key, value in asked.items() if value})
        return self.get(f"/orders/{connection}/{quote(name)}/?{query}", browser=browser)

    def sign_in(self, username: str, password: str) -> Browser:
        browser = Browser()
        found = _CSRF.search(self.get("/sign-in/", browser=browser).body)
        assert found, "the sign-in page has no form"
        form = {"username": username, "password": password, "csrfmiddlewaretoken": found[1]}
        request = urllib.request.Request(
            f"{self.url}/sign-in/",
            urlencode(form).encode(),
            {"Referer": f"{self.url}/sign-in/", "Origin": self.url},
        )
        with browser.opener.open(request, timeout=PATIENCE_S) as answer:
            assert answer.url.rstrip("/") == self.url, "the sign-in was refused"
        return browser


class Browser:
    """A cookie jar: what a browser is to the console."""

    def __init__(self) -> None:
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
