"""The one place that reads the time. Everywhere else ``now`` is an argument."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["now", "require_aware"]


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def require_aware(moment: datetime) -> datetime:
    """Return ``moment`` in UTC. Raises ``ValueError`` for a naive datetime: its zone is unknown, not UTC."""
    if moment.tzinfo is None:
        message = "A naive datetime has no zone; pass an aware one."
        raise ValueError(message)
    return moment.astimezone(UTC)
