"""Runs the whole of Deskglass on this machine until it is told to stop; its data waits for the next start."""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from console.runtime.demo_environment import ROOT, demo_directory, publish_environment, withdraw_environment
from console.runtime.demo_services import (
    SANDBOXES,
    DemoSettings,
    actions,
    database_of_sandbox,
    manage,
    names_an_odoo,
    postgres,
    sandbox,
    web,
    worker,
)
from console.runtime.embedded_postgres import EmbeddedPostgres
from console.runtime.failure import RuntimeFailure, explain_os_error
from console.runtime.keys import ensure_keys
from console.runtime.ports import HOST, check_port, same_port_again
from console.runtime.postgres_placement import forget_binaries, forget_placement
from console.runtime.postgres_roles import share_rows
from console.runtime.processes import die_with_parent
from console.runtime.screen import Screen
from console.runtime.supervisor import StopRequested, Supervisor

# Parts of installed packages that no page uses, and that take seconds to compress.
LEFT_OUT = [f"--ignore={pattern}" for pattern in ("htmax*", "*-4.js", "*-4.min.js")]
PARTS = (
    "anchors",
    "figures",
    "logs",
    "postgres",
    "sandbox",
    "secrets",
    "static",
    "environment",
    "state.json",
    "lock",
)


def main() -> int:
    arguments = _parse_arguments()
    if arguments.ends_with_parent:
        die_with_parent(signal.SIGTERM)
    os.umask(0o077)
    directory = demo_directory()
    try:
        if arguments.remove_data:
            remove_data(directory)
            return 0
        port = check_port(os.environ.get("PORT", "8000"))
        prepare_directory(directory)
        run_demo(directory, port)
    except RuntimeFailure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # before the supervisor listens to signals; nothing runs yet
    except OSError as error:
        print(f"demo: {explain_os_error(error, error.filename or directory)}", file=sys.stderr)
        return 1
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m console.runtime.demo", description=__doc__)
    parser.add_argument("--ends-with-parent", action="store_true", help="end when the calling process ends")
    parser.add_argument("--remove-data", action="store_true", help="remove the data of DEMO_DIR and end")
    return parser.parse_args()


def run_demo(directory: Path, port: int) -> None:
    started_at = time.monotonic()
    screen = Screen(directory / "logs")
    lock = take_lock(directory)
    withdraw(directory)
    server = None if _from_environment("DATABASE_URL") else EmbeddedPostgres(directory / "postgres")
    try:
        with Supervisor(screen) as supervisor:
            supervisor.remove_at_the_end(directory / "state.json", directory / "environment")
            app_url, owner_url = start_database(supervisor, server, screen)
            settings = DemoSettings(
                root=ROOT,
                directory=directory,
                port=port,
                app_url=app_url,
                owner_url=owner_url,
                keys=ensure_keys(directory / "secrets"),
                # Into a stand-in always, into a real server only when somebody says so.
                may_write=not any(map(names_an_odoo, os.environ)) or os.environ.get("ODOO_WRITES") == "1",
            )
            start_application(supervisor, settings, screen)
            announce(settings, screen, seconds=time.monotonic() - started_at)
            supervisor.keep_running()
    except StopRequested:
        screen.say("stopped; the data waits for the next start")
    finally:
        withdraw(directory)
        if server is not None:
            server.release()
        os.close(lock)


def start_database(
    supervisor: Supervisor, server: EmbeddedPostgres | None, screen: Screen
) -> tuple[str, str]:
    """Addresses of the database as the app's role and as the schema's owner."""
    if server is not None:
        screen.say("starting PostgreSQL")
        server.prepare()
        supervisor.start(postgres(server))
        supervisor.wait()
        server.set_up()
        return server.app_url, server.owner_url
    app_url = _from_environment("DATABASE_URL")
    owner_url = _from_environment("DATABASE_OWNER_URL")
    if not owner_url:
        screen.say("DATABASE_OWNER_URL is not set: one database role does everything, audit rows included")
        return app_url, app_url
    try:
        share_rows(owner_url=owner_url, app_url=app_url)
    except psycopg.Error as error:
        raise RuntimeFailure(f"The database in DATABASE_OWNER_URL cannot be used: {error}") from error
    return app_url, owner_url


def start_application(supervisor: Supervisor, settings: DemoSettings, screen: Screen) -> None:
    sandboxes = {} if any(map(names_an_odoo, os.environ)) else sandbox_ports(settings.directory)
    supervisor.start(*(sandbox(settings, connection, port) for connection, port in sandboxes.items()))
    screen.say("preparing the database and the static files")
    steps = [manage(settings, "migrate", "migrate", "--no-input", DATABASE_URL=settings.owner_url)]
    remember_static = static_files_changed(settings)
    if remember_static:
        steps.append(manage(settings, "collectstatic", "collectstatic", "--no-input", "--clear", *LEFT_OUT))
    supervisor.run(*steps)
    if remember_static:
        remember_static()
    supervisor.wait()
    shutil.rmtree(settings.figures, ignore_errors=True)  # those of processes that are gone
    settings.figures.mkdir()
    supervisor.start(web(settings))
    screen.say("filling in the demo's people and connections")
    supervisor.run(manage(settings, "seed", "seed_demo", **_facts_for_seeding(settings, sandboxes)))
    supervisor.start(worker(settings), actions(settings))
    supervisor.wait()


def sandbox_ports(directory: Path) -> dict[str, int]:
    (directory / "sandbox").mkdir(exist_ok=True)
    return {name: same_port_again(directory / "sandbox" / f"{name}.port") for name in SANDBOXES}


def _facts_for_seeding(settings: DemoSettings, sandboxes: dict[str, int]) -> dict[str, str]:
    facts = {name: value for name, value in os.environ.items() if names_an_odoo(name)}
    for name, port in sandboxes.items():
        facts[f"SANDBOX_{name.upper()}_URL"] = f"http://{HOST}:{port}"
        facts[f"SANDBOX_{name.upper()}_DB"] = database_of_sandbox(name)
        facts[f"SANDBOX_{name.upper()}_DATA"] = str(settings.directory / "sandbox" / name)
    return {**facts, "DEMO_URL": settings.url, "DEMO_STATE": str(_kept_state(settings.directory))}


def static_files_changed(settings: DemoSettings) -> Callable[[], None] | None:
    """None when the collected files are current, else what to call once they are."""
    digest = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for file in sorted((ROOT / "static").rglob("*")):
        facts = file.stat()
        digest.update(f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    stamp = settings.directory / "static" / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return None
    return lambda: _write(stamp, digest.hexdigest())


def announce(settings: DemoSettings, screen: Screen, *, seconds: float) -> None:
    state = json.loads(_kept_state(settings.directory).read_text(encoding="utf-8"))
    state["url"] = settings.url
    publish_environment(settings.directory, settings.shared)
    screen.say(f"ready after {seconds:.1f} s")
    screen.show(f"\n  Deskglass   {settings.url}\n")
    width = max(len(user["username"]) for user in state["users"])
    for user in state["users"]:
        screen.show(f"  {user['username']:<{width}}  {user['password']}  ({user['role']})")
    orders = ", ".join(state.get("sample_orders", [])[:4])
    screen.show(f"\n  Orders to open: {orders}\n  Logs: {settings.directory / 'logs'}\n  End with Ctrl-C\n")
    # Last, because programs wait for this file.
    _write(settings.directory / "state.json", json.dumps(state, indent=2) + "\n")


def prepare_directory(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    # As root the database runs as another account, which has to pass through; nobody may list what is inside.
    directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
    (directory / "logs").mkdir(exist_ok=True)


def take_lock(directory: Path) -> int:
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise RuntimeFailure(
            f"A demo already runs in {directory}: end it first, or set another DEMO_DIR."
        ) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def withdraw(directory: Path) -> None:
    """Nobody should take a stopped demo for a running one."""
    (directory / "state.json").unlink(missing_ok=True)
    withdraw_environment(directory)


def remove_data(directory: Path) -> None:
    if not directory.exists():
        return
    os.close(take_lock(directory))
    forget_placement(directory / "postgres")
    forget_binaries()
    # Only what we made: DEMO_DIR may name a directory that holds other things too.
    for part in (directory / name for name in PARTS):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
    if not any(directory.iterdir()):
        directory.rmdir()


def _kept_state(directory: Path) -> Path:
    return directory / "secrets" / "state.json"


def _from_environment(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


def _write(file: Path, text: str) -> None:
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.rename(file)


if __name__ == "__main__":
    sys.exit(main())
