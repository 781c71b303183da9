"""Times as machine formats write them."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the millisecond; one without a zone is taken as UTC."""
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
