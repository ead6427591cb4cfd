"""How an upstream has been answering, and what follows: one that fails is left alone, then asked by one task at a time.

Pure: times are milliseconds and come as arguments. What an upstream does to one task (a 404, a refusal) is not its
health.
"""

from __future__ import annotations

import msgspec

from framegate.engine.pace import after_miss

MISSES = 3
"""Failures in a row after which an upstream counts as sick: one bad answer may be one bad task's."""
QUIET = 5.0
"""Seconds without new orders after a 429 that does not say how long."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`misses` in a row. A sick upstream is asked again at `probe_at`; new orders wait until `quiet_until`."""

    misses: int = 0
    probe_at: int = 0
    quiet_until: int = 0
    why: str = ""

    @property
    def sick(self) -> bool:
        return self.misses >= MISSES


WELL = Health()


def answered(health: Health) -> Health:
    """It did its work."""
    return Health(quiet_until=health.quiet_until) if health.misses else health


def missed(health: Health, at: int, why: str, *, grave: bool = False, seed: str = "") -> Health:
    """It failed; `grave`: it refuses us whatever we ask (a bad credential, an empty account)."""
    misses = max(health.misses + 1, MISSES if grave else 0)
    probe_at = after_miss(at, max(1, misses - MISSES + 1), None, seed=seed)
    return Health(misses=misses, probe_at=probe_at, quiet_until=health.quiet_until, why=why[:300])


def asked_to_wait(health: Health, at: int, retry_after: float | None) -> Health:
    """It answered 429: polls go on, new orders wait."""
    pause = int(1000 * min(QUIET if retry_after is None else retry_after, 3600))
    return msgspec.structs.replace(health, quiet_until=max(health.quiet_until, at + pause))
