"""How each connection stands at this moment, from the tables that all processes share: for figures and for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from integrations import database

_LOOK = """
SELECT c.slug, c.name, c.probe_state, c.version, c.max_in_flight,
       least(c.max_in_flight, coalesce(l.cap, c.max_in_flight)), coalesce(l.cause, ''),
       (SELECT count(*) FROM integrations_odooslot s
         WHERE s.connection_id = c.id AND s.expires_at > clock_timestamp()),
       (SELECT count(*) FROM integrations_odoowaiter w
         WHERE w.connection_id = c.id AND w.until > clock_timestamp()),
       b.connection_id IS NOT NULL,
       greatest(0, coalesce(extract(epoch FROM b.open_until - clock_timestamp())::float8, 0)),
       greatest(0, coalesce(extract(epoch FROM l.paused_until - clock_timestamp())::float8, 0))
  FROM integrations_odooconnection c
  LEFT JOIN integrations_odoolimit l ON l.connection_id = c.id
  LEFT JOIN integrations_odoobreaker b ON b.connection_id = c.id
 WHERE c.is_active AND (%(slug)s = '' OR c.slug = %(slug)s)
 ORDER BY c.position, c.slug
"""


class Traffic(StrEnum):
    """Whether calls go out, and why not."""

    FLOWING = "flowing"
    SLOWED = "slowed"  # the cap is lower than configured
    TRYING = "trying"  # the breaker is half open
    STOPPED = "stopped"  # the breaker is open
    PAUSED = "paused"  # Odoo has asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    connection: str
    name: str
    probe_state: str
    version: str
    cap_configured: int
    cap: int
    cause: str  # of a lowered cap: failing, slow or restart
    in_flight: int
    waiting: int  # processes in the lines
    is_broken: bool
    open_for_s: float
    paused_for_s: float

    @property
    def traffic(self) -> Traffic:
        if self.is_broken:
            return Traffic.STOPPED if self.open_for_s else Traffic.TRYING
        if self.paused_for_s:
            return Traffic.PAUSED
        return Traffic.SLOWED if self.cap < self.cap_configured else Traffic.FLOWING


async def standings(slug: str = "") -> tuple[Standing, ...]:
    """Of all active connections, or of one."""
    return tuple(
        Standing(
            connection=connection,
            name=name,
            probe_state=probe_state or "unknown",
            version=version,
            cap_configured=configured,
            cap=cap,
            cause=cause,
            in_flight=in_flight,
            waiting=waiting,
            is_broken=is_broken,
            open_for_s=open_for_s,
            paused_for_s=paused_for_s,
        )
        for (
            connection, name, probe_state, version, configured, cap, cause, in_flight, waiting, is_broken,
            open_for_s, paused_for_s,
        ) in await database.rows(_LOOK, {"slug": slug})
    )  # fmt: skip
