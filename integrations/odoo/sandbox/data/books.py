"""The ledger the invented retailer is written into before it goes to the store."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

Record = dict[str, Any]
SYSTEM_USER = 1


def stamp(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def precise(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def day(moment: datetime) -> str:
    return moment.date().isoformat()


def cents(amount: float) -> float:
    """Half-up rounding to cents without the surprises of binary floats."""
    sign = -1 if amount < 0 else 1
    return sign * int(abs(amount) * 100 + 0.5 + 1e-7) / 100


class Books:
    """Records by model and id, in Odoo 18 names; `dialects.translate` renames them for 17 and 19."""

    def __init__(self, serie: int, seed: int, born_at: datetime) -> None:
        self.serie = serie
        self.seed = seed
        self.rng = random.Random(seed)  # noqa: S311  # nosec B311
        self.born_at = born_at
        self.rows: dict[str, dict[int, Record]] = defaultdict(dict)
        self.named: dict[str, dict[str, int]] = defaultdict(dict)
        self.story: dict[str, dict[str, str]] = {}
        self._numbers: dict[str, int] = defaultdict(int)
        self._last_ids: dict[str, int] = defaultdict(int)

    def add(
        self, model: str, /, when: datetime | None = None, key: str = "", record_id: int = 0, **values: Any
    ) -> int:
        """Adds a record and returns its id; `key` makes it findable by `find`."""
        table = self.rows[model]
        new_id = record_id or self._last_ids[model] + 1
        self._last_ids[model] = max(self._last_ids[model], new_id)
        moment = when or self.born_at - timedelta(days=400)
        touched = precise(moment + timedelta(microseconds=self.rng.randrange(1, 999_999)))
        table[new_id] = {
            "id": new_id,
            "create_date": touched,
            "write_date": touched,
            "create_uid": SYSTEM_USER,
            "write_uid": SYSTEM_USER,
            **values,
        }
        if key:
            self.named[model][key] = new_id
        return new_id

    def find(self, model: str, key: str) -> int:
        return self.named[model][key]

    def get(self, model: str, record_id: int) -> Record:
        return self.rows[model][record_id]

    def touch(self, model: str, record_id: int, when: datetime, **values: Any) -> None:
        """Changes a record and moves its write_date, never backwards."""
        record = self.rows[model][record_id]
        record.update(values)
        record["write_date"] = max(record["write_date"], precise(when))

    def number(self, sequence: str) -> int:
        self._numbers[sequence] += 1
        return self._numbers[sequence]

    def ago(self, days: float, hour: int | None = None) -> datetime:
        moment = self.born_at - timedelta(days=days)
        if hour is not None:
            moment = moment.replace(hour=hour)
        return min(moment, self.born_at)

    def tell(self, key: str, order: str, sentence: str, **more: str) -> None:
        """Notes in the catalogue which order shows which situation."""
        self.story[key] = {"order": order, "shows": sentence, **more}

    def facts(self, model: str, key: str) -> Mapping[str, Any]:
        return self.rows[model][self.find(model, key)]
