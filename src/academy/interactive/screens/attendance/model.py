"""What the register shows, worked out from the API's answer; no widgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from academy.errors import BadInput
from academy.languages.digits import ascii_digits
from academy.languages.phrases import phrase

__all__ = ["STATUSES", "Counts", "clock", "correction", "counts"]

TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?", re.ASCII)
STATUSES = {"present": phrase("Present"), "absent": phrase("Absent"), "excused": phrase("Excused")}
"""What a facilitator can say of a person, and how it is called."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people are where."""

    here: int
    """Present, late ones and those who are only counted included."""
    people: int
    """All rows of the register and those who are only counted."""
    late: int
    absent: int
    excused: int
    unmarked: int
    uncounted: int
    """People counted without a name."""


def counts(register: Mapping[str, Any]) -> Counts:
    """Count the rows of a register."""
    rows = register["rows"]
    by = {status: sum(row["status"] == status for row in rows) for status in (*STATUSES, "unmarked")}
    unnamed = int(register["uncounted"])
    return Counts(
        here=by["present"] + unnamed,
        people=len(rows),
        late=sum(bool(row["late"]) for row in rows),
        absent=by["absent"],
        excused=by["excused"],
        unmarked=by["unmarked"],
        uncounted=unnamed,
    )


def clock(moment: str | None, zone: str) -> str:
    """Return an ISO moment as hours and minutes in the session's zone; empty when not known."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).strftime("%H:%M") if moment else ""


def correction(fields: Mapping[str, Any], *, person: str, session: Mapping[str, Any]) -> dict[str, Any]:
    """Read the correction form. Raises ``BadInput`` that names the field."""
    reason = str(fields.get("reason", "")).strip()
    if not reason:
        message = phrase("Say in a few words why you correct this; the reason stays in the history.")
        raise BadInput(message, code="no-reason", field="reason")
    return {
        "person": person,
        "status": str(fields.get("status", "")),
        "arrived_at": _moment(fields.get("arrived", ""), session, "arrived"),
        "left_at": _moment(fields.get("left", ""), session, "left"),
        "reason": reason,
    }


def _moment(text: Any, session: Mapping[str, Any], field: str) -> str | None:
    """Return a time of day on the day of the session as ISO 8601; a session may pass midnight."""
    if not text:
        return None
    start = datetime.fromisoformat(session["starts_at"]).astimezone(ZoneInfo(session["zone"]))
    end = datetime.fromisoformat(session["ends_at"]).astimezone(ZoneInfo(session["zone"]))
    found = TIME.fullmatch(ascii_digits(str(text)))
    if found is None:
        message = phrase("Write times like 14:05.")
        raise BadInput(message, code="bad-time", field=field)
    moment = start.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    if end.date() > start.date() and moment < start - timedelta(hours=12):
        moment += timedelta(days=1)
    return moment.isoformat()
