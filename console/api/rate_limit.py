"""Keeps one API token from using up the whole service: a bucket of calls per token that refills steadily.

Each web process has its own buckets, so with several processes the limit is that many times as high.
Pure: time is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Bucket:
    calls: float
    updated_s: float


@dataclass(slots=True)
class RateLimit:
    per_second: float
    burst: int
    max_buckets: int = 10_000
    _buckets: dict[int, _Bucket] = field(default_factory=dict)

    def wait_s(self, token_id: int, *, now_s: float) -> float:
        """Take one call of the token; 0 when it may go ahead, else the seconds until the next one may."""
        bucket = self._buckets.get(token_id)
        if bucket is None:
            self._make_room()
            bucket = self._buckets[token_id] = _Bucket(float(self.burst), now_s)
        earned = max(0.0, now_s - bucket.updated_s) * self.per_second
        bucket.calls = min(float(self.burst), bucket.calls + earned)
        bucket.updated_s = now_s
        if bucket.calls >= 1:
            bucket.calls -= 1
            return 0.0
        return (1 - bucket.calls) / self.per_second

    def _make_room(self) -> None:
        if len(self._buckets) >= self.max_buckets:
            oldest = min(self._buckets, key=lambda token_id: self._buckets[token_id].updated_s)
            del self._buckets[oldest]
