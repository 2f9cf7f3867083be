"""Keeps the sandbox's records: in memory for reading, in one SQLite file so that they survive a restart."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Record = dict[str, Any]
TABLES = """
CREATE TABLE IF NOT EXISTS record (model TEXT, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (model, id));
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """All records of one database. Many2one values are ids or False, x2many values are lists of ids."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables: dict[str, dict[int, Record]] = defaultdict(dict)
        self._inverses: dict[tuple[str, str], dict[Any, list[int]]] = {}
        self._changed: set[tuple[str, int]] = set()
        self._last_ids: dict[str, int] = {}
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.executescript(TABLES)
        for model, record_id, body in self._file.execute("SELECT model, id, body FROM record ORDER BY id"):
            self.tables[model][record_id] = json.loads(body)
        self._last_ids.update(json.loads(self.fact("last_ids") or "{}"))

    def fact(self, name: str) -> str | None:
        row = self._file.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def rows(self, model: str) -> Mapping[int, Record]:
        return self.tables[model]

    def inverse(self, model: str, field: str, target: int | str) -> list[int]:
        """Ids of `model` whose relation `field` holds `target`."""
        index = self._inverses.get((model, field))
        if index is None:
            index = self._inverses[model, field] = self._build_inverse(model, field)
        return index.get(target, [])

    def insert(self, model: str, values: Mapping[str, Any], record_id: int | None = None) -> int:
        table = self.tables[model]
        if model not in self._last_ids:
            self._last_ids[model] = max(table, default=0)
        new_id = record_id or self._last_ids[model] + 1
        self._last_ids[model] = max(
            self._last_ids[model], new_id
        )  # a deleted record's number is not given again
        table[new_id] = dict(values)
        self._touch(model, new_id)
        return new_id

    def update(self, model: str, record_id: int, values: Mapping[str, Any]) -> None:
        self.tables[model][record_id] = {**self.tables[model][record_id], **values}
        self._touch(model, record_id)

    def delete(self, model: str, record_id: int) -> None:
        del self.tables[model][record_id]
        self._touch(model, record_id)

    @contextmanager
    def transaction(self, facts: Mapping[str, str] | None = None) -> Iterator[None]:
        """Writes everything changed inside the block to the file at once, or nothing at all."""
        before = {model: dict(table) for model, table in self.tables.items()}
        try:
            yield
            self._flush(facts or {})
        except BaseException:
            self.tables = defaultdict(dict, before)
            self._inverses.clear()
            self._changed.clear()
            raise

    def close(self) -> None:
        self._file.close()

    def _touch(self, model: str, record_id: int) -> None:
        self._changed.add((model, record_id))
        for key in [key for key in self._inverses if key[0] == model]:
            del self._inverses[key]

    def _flush(self, facts: Mapping[str, str]) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            self._write_records(self._changed)
            kept = {**facts, "last_ids": json.dumps(self._last_ids)}
            self._file.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", kept.items())
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")
        self._changed.clear()

    def _write_records(self, keys: Iterable[tuple[str, int]]) -> None:
        kept = [(m, i, json.dumps(self.tables[m][i])) for m, i in keys if i in self.tables[m]]
        gone = [(m, i) for m, i in keys if i not in self.tables[m]]
        self._file.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", kept)
        self._file.executemany("DELETE FROM record WHERE model = ? AND id = ?", gone)

    def _build_inverse(self, model: str, field: str) -> dict[Any, list[int]]:
        index: dict[Any, list[int]] = defaultdict(list)
        for record_id, record in self.tables[model].items():
            value = record.get(field)
            if isinstance(value, list):
                for target in value:
                    index[target].append(record_id)
            elif value:
                index[value].append(record_id)
        return index
