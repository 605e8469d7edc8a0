"""Records of the learning part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Attempt", "Sitting"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of answers: what the receipt shows."""

    id: str
    number: str
    """Receipt number, such as ``k7mq-x2rt``."""
    attempt: int
    """1 for the first sending."""
    checksum: str
    """SHA-256 of the canonical JSON of the answers or, of a notebook, of the file."""
    submitted_at: datetime
    """When it was sent or, of answers that were saved without a line, when they were saved."""
    arrived_at: datetime
    due_at: datetime | None
    """The deadline that held for this person."""
    answers: Mapping[str, Any]
    """Question id to answer."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where a person stands with an assessment."""

    released: bool
    due_at: datetime | None
    """Her deadline, an extension included; None: none."""
    attempts: tuple[Attempt, ...]
    draft: Mapping[str, Any]
    """Saved answers, not sent yet."""
    saved_at: datetime | None
    feedback_at: datetime | None
    """When feedback was released; None: not yet."""
