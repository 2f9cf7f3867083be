"""Gives a command a throw-away PostgreSQL, and a Chromium where asked, for as long as it runs."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.runtime.chromium import ensure_chromium
from console.runtime.embedded_postgres import running_server
from console.runtime.failure import RuntimeFailure, explain_os_error
from console.runtime.postgres_placement import forget_placement
from console.runtime.processes import die_with_parent


def main() -> int:
    arguments = _parse_arguments()
    environment = dict(os.environ)
    try:
        if arguments.with_chromium:
            environment["CHROMIUM"] = str(ensure_chromium())
        with database_of_its_own(environment):
            return run(arguments.command, environment)
    except RuntimeFailure as failure:
        print(f"test: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"test: {explain_os_error(error, error.filename or tempfile.gettempdir())}", file=sys.stderr)
        return 1


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m console.runtime.testing", description=__doc__)
    parser.add_argument("--with-chromium", action="store_true", help="install a Chromium where none is")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    return parser.parse_args()


@contextmanager
def database_of_its_own(environment: dict[str, str]) -> Iterator[None]:
    """Set both database addresses; a database that DATABASE_URL names is used instead of an own one."""
    if environment.get("DATABASE_URL"):
        environment.setdefault("DATABASE_OWNER_URL", environment["DATABASE_URL"])
        yield
        return
    directory = Path(tempfile.mkdtemp(prefix="deskglass-test-"))
    directory.chmod(0o711)
    try:
        with running_server(directory / "pg", durable=False) as server:
            environment["DATABASE_URL"] = server.app_url
            environment["DATABASE_OWNER_URL"] = server.owner_url
            yield
    finally:
        forget_placement(directory / "pg")
        shutil.rmtree(directory, ignore_errors=True)


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run in our own terminal session, so that Ctrl-C and debuggers reach the command itself."""
    child = subprocess.Popen(command, env=environment, preexec_fn=lambda: die_with_parent(signal.SIGTERM))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
