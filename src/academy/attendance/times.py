"""What is typed as a date and a time of day, in the zone of a cohort or a session, as an aware UTC moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from academy.attendance.model import Session
from academy.errors import BadInput
from academy.languages.digits import ascii_digits
from academy.languages.phrases import phrase

__all__ = ["moment", "moment_in", "read_date", "read_time"]

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


def read_date(text: str, field: str) -> date:
    """Read ``2026-11-24``. Raises ``BadInput``."""
    try:
        day = date.fromisoformat(ascii_digits(text))
    except ValueError as error:
        message = phrase("Write the date as year-month-day, like 2026-11-24.")
        raise BadInput(message, code="bad-date", field=field) from error
    if not EARLIEST <= day <= LATEST:
        message = phrase("That year looks mistyped. Write the date as year-month-day, like 2026-11-24.")
        raise BadInput(message, code="bad-date", field=field)
    return day


def read_time(text: str, field: str) -> time:
    """Read ``14:00``. Raises ``BadInput``."""
    try:
        read = time.fromisoformat(ascii_digits(text))
    except ValueError as error:
        message = phrase("Write the time as hours and minutes, like 14:00.")
        raise BadInput(message, code="bad-time", field=field) from error
    return read.replace(tzinfo=None)


def moment(day: date, at: time, zone: str) -> datetime:
    """Return the moment of a day and a time in ``zone``.

    Raises ``BadInput`` for an unknown zone and for a time that the zone's clocks skip; of a time that they show
    twice the first is meant.
    """
    if zone not in available_timezones():
        message = phrase("That time zone is not known. Write it like Africa/Nairobi or UTC.")
        raise BadInput(message, code="bad-zone", field="zone")
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    found = local.astimezone(UTC)
    if found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        message = phrase("The clocks skip that time on that day. Choose another time.")
        raise BadInput(message, code="skipped-time", field="starts")
    return found


def moment_in(session: Session, at: time) -> datetime:
    """Return the moment nearest to the session's start at which its clocks show ``at``."""
    local = session.starts_at.astimezone(ZoneInfo(session.zone))
    days = [local.date() + timedelta(days=shift) for shift in (-1, 0, 1)]
    found = [datetime.combine(day, at, tzinfo=local.tzinfo).astimezone(UTC) for day in days]
    return min(found, key=lambda one: abs(one - session.starts_at))
