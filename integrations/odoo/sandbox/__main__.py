"""Starts the stand-in: python -m integrations.odoo.sandbox --dialect 18 --port 8218 --data DIR."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import bridge
from .application import Application
from .data.build import build
from .database import Database
from .dialect import DIALECTS
from .keys import load_or_make_keys, make_users
from .schema import load_schema, without_ledger
from .server import Server, Settings
from .store import Store


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integrations.odoo.sandbox", description=__doc__)
    parser.add_argument("--dialect", type=int, choices=sorted(DIALECTS), default=18)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8218, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="where state, keys and story are kept")
    parser.add_argument("--latency-ms", type=int, default=80, help="how long a call takes at least")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another retailer")
    parser.add_argument("--workers", type=int, default=0, help="calls worked on at once; 0: no limit")
    parser.add_argument("--keep-alive", action="store_true", help="HTTP/1.1 as behind a proxy, not HTTP/1.0")
    parser.add_argument("--no-bridge", action="store_true", help="an Odoo without Deskglass's own part")
    parser.add_argument("--print-story", action="store_true", help="print which order shows what, and end")
    return parser.parse_args(words)


def open_database(folder: Path, serie: int, seed: int, *, with_bridge: bool = True) -> Database:
    folder.mkdir(parents=True, exist_ok=True)
    schema = load_schema(serie) if with_bridge else without_ledger(load_schema(serie))
    store = Store(folder / f"odoo{serie}.sqlite3")
    known = store.fact("born_at")
    born_at = datetime.fromisoformat(known) if known else datetime.now(UTC).replace(microsecond=0)
    users = make_users(schema, load_or_make_keys(folder / "keys.json", serie), born_at)
    if known is None:
        build(store, schema, users, seed, born_at)
    if with_bridge:
        bridge.install(store)
    story = json.dumps(json.loads(store.fact("story") or "{}"), indent=1, ensure_ascii=False)
    (folder / "story.json").write_text(story + "\n", encoding="utf-8")
    return Database(dialect=DIALECTS[serie], schema=schema, store=store, users=users)


async def run(database: Database, settings: Settings) -> None:
    server = await Server(Application(database), settings).serve()
    host, port = server.sockets[0].getsockname()[:2]
    print(
        f"sandbox Odoo {database.dialect.serie} at http://{host}:{port} database {database.name}", flush=True
    )
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    server.close()
    database.store.close()


def main(words: list[str]) -> int:
    arguments = parse_arguments(words)
    logging.basicConfig(level=logging.WARNING)
    database = open_database(
        arguments.data, arguments.dialect, arguments.seed, with_bridge=not arguments.no_bridge
    )
    if arguments.print_story:
        print(json.dumps(json.loads(database.store.fact("story") or "{}"), indent=1, ensure_ascii=False))
        return 0
    settings = Settings(
        host=arguments.host,
        port=arguments.port,
        latency_ms=arguments.latency_ms,
        workers=arguments.workers,
        keep_alive=arguments.keep_alive,
    )
    asyncio.run(run(database, settings))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
