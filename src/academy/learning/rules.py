"""Pure rules about answers, deadlines and progress."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from academy.languages.phrases import counted, phrase
from academy.learning.model import Sitting
from academy.people.rules import readable_code

__all__ = [
    "checksum",
    "closed_reason",
    "deadline",
    "file_checksum",
    "is_complete",
    "new_number",
    "own_date",
    "week_number",
]


def new_number() -> str:
    """Return a receipt number that is easy to read aloud, such as ``k7mq-x2rt``."""
    return readable_code(2)


def checksum(answers: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the answers as canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def file_checksum(data: bytes) -> str:
    """Return the SHA-256 of a file, as ``sha256sum`` prints it."""
    return hashlib.sha256(data).hexdigest()


def deadline(released_due: datetime | None, extended_due: datetime | None) -> datetime | None:
    """Return a person's deadline: an extension only ever gives more time."""
    if released_due is None or extended_due is None:
        return released_due
    return max(released_due, extended_due)


def closed_reason(sitting: Sitting, *, now: datetime, most_attempts: int | None) -> str | None:
    """Say in one sentence why answers cannot be sent now; None when they can."""
    if not sitting.released:
        return phrase("This assessment is not open yet.")
    if sitting.due_at is not None and now > sitting.due_at:
        return phrase("The deadline has passed. Your answers are kept as a draft; ask your facilitator for more time.")
    if most_attempts is not None and len(sitting.attempts) >= most_attempts:
        return counted(
            "You have sent your answers %(count)s times, which is the most for this assessment.",
            "You have sent your answers %(count)s times, which is the most for this assessment.",
            len(sitting.attempts),
        )
    return None


def own_date(saved_at: datetime, *, opened_at: datetime, now: datetime) -> datetime:
    """Return the moment that counts for answers that were saved without a line and arrive ``now``.

    It is that of the device on which they were saved, as long as its clock can be right.
    """
    return saved_at if opened_at <= saved_at <= now else now


def is_complete(lessons: Collection[str], done: Collection[str]) -> bool:
    """Tell whether every lesson of a module is done; a module without lessons is never complete."""
    return bool(lessons) and set(lessons) <= set(done)


def week_number(starts_at: datetime, now: datetime) -> int:
    """Return the week of a course that runs at ``now``: 0 before it starts, 1 in its first seven days."""
    return (now - starts_at).days // 7 + 1 if now >= starts_at else 0
