"""What the person at the terminal sees: one short line per event, the full text in a log file per process."""

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

COLOURS = {"postgres": 34, "odoo-main": 35, "odoo-north": 95, "worker": 33, "web": 32, "demo": 36}
BIGGEST_LOG = 5 * 1024 * 1024
WIDTH_WITHOUT_TERMINAL = 200


def worth_showing(line: str) -> str | None:
    """The line as a person wants it; None for everyday events, which the log file keeps."""
    try:
        event = json.loads(line)
        level, what = event["level"], event["event"]
    except (ValueError, TypeError, KeyError):
        return line.strip() or None
    return None if level in ("debug", "info") else f"{level}: {what}"


class Screen:
    """Prints lines with the name of their process; several threads write to it."""

    def __init__(self, logs: Path, *, out: TextIO | None = None) -> None:
        self.logs = logs
        self._out = out or sys.stdout
        self._lock = threading.Lock()
        self._coloured = self._out.isatty() and "NO_COLOR" not in os.environ

    def say(self, message: str, *, name: str = "demo") -> None:
        width = shutil.get_terminal_size().columns if self._out.isatty() else WIDTH_WITHOUT_TERMINAL
        label = f"{name:<10}"
        if self._coloured:
            label = f"\x1b[{COLOURS.get(name, 37)}m{label}\x1b[0m"
        text = message if name == "demo" else message[: max(width - 22, 20)]
        with self._lock:
            self._print(f"{time.strftime('%H:%M:%S')} {label} {text}")

    def show(self, text: str) -> None:
        """Print text as it is."""
        with self._lock:
            self._print(text)

    def listener(self, name: str, *, quiet: bool = False) -> Callable[[str], None]:
        """A receiver of one process's lines; a quiet one only writes the log file."""
        log = self._open_log(name)
        full = False

        def receive(line: str) -> None:
            nonlocal full
            try:
                print(line, file=log, flush=True)
                full = False
            except OSError as error:
                # A full disk must not stop the process that is only talking.
                if not full:
                    self.say(f"logs/{name}.log cannot be written: {error.strerror}")
                full = True
            news = None if quiet else worth_showing(line)
            if news:
                self.say(news, name=name)

        return receive

    def _open_log(self, name: str) -> TextIO:
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > BIGGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        return path.open("a", encoding="utf-8")

    def _print(self, text: str) -> None:
        try:
            print(text, file=self._out, flush=True)
        except OSError:
            return  # the terminal is gone; the logs still hold everything
