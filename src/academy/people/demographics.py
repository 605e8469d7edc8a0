"""Voluntary answers for statistics: what may be said, what is kept of it, how it is counted.

The six questions are the Washington Group Short Set on Functioning, in its order and wording; answers to them are
never kept, only the identifier that follows from them (cut-off 3: "a lot" or "cannot" in at least one).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from academy.languages.phrases import phrase

__all__ = [
    "NOTHING",
    "NOT_COLLECTED",
    "QUESTIONS",
    "AgeBand",
    "Demographic",
    "Difficulty",
    "Gender",
    "Identifier",
    "Totals",
    "identifier",
    "row_key",
    "totals",
]

NOT_COLLECTED = "not collected"


class Gender(StrEnum):
    """Sex or gender, as a person says it. Her own words for "other" are not asked."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"
    DECLINED = "declined"


class AgeBand(StrEnum):
    """Age in completed years."""

    UNDER_18 = "under-18"
    FROM_18 = "18-24"
    FROM_25 = "25-35"
    FROM_36 = "36-59"
    FROM_60 = "60-and-over"
    DECLINED = "declined"


class Difficulty(StrEnum):
    """Answer to one of the six questions."""

    NONE = "none"
    SOME = "some"
    A_LOT = "a-lot"
    CANNOT = "cannot-do"
    REFUSED = "refused"
    UNKNOWN = "do-not-know"


class Identifier(StrEnum):
    """What is kept of the six answers. ``UNKNOWN`` is not ``NO``."""

    YES = "1"
    NO = "0"
    UNKNOWN = "unknown"
    DECLINED = "declined"


COMMUNICATING = phrase(
    "Using your usual language, do you have difficulty communicating, for example understanding or being understood?"
)
QUESTIONS = (
    ("seeing", phrase("Do you have difficulty seeing, even if wearing glasses?")),
    ("hearing", phrase("Do you have difficulty hearing, even if using a hearing aid?")),
    ("walking", phrase("Do you have difficulty walking or climbing steps?")),
    ("remembering", phrase("Do you have difficulty remembering or concentrating?")),
    ("self_care", phrase("Do you have difficulty with self-care, such as washing all over or dressing?")),
    ("communicating", COMMUNICATING),
)
"""Field and wording, in the official order."""


@dataclass(frozen=True, slots=True)
class Demographic:
    """What is kept of one person in one cohort; None: not collected."""

    gender: Gender | None = None
    age_band: AgeBand | None = None
    disability: Identifier | None = None


NOTHING = Demographic()


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of people. In each mapping every value stands, also with 0, and they add up to the participants."""

    participants: int
    answered: int
    gender: Mapping[str, int]
    age_band: Mapping[str, int]
    disability: Mapping[str, int]


def identifier(answers: Sequence[Difficulty | None]) -> Identifier | None:
    """Return what is kept of the six answers; None stands for a question left open, and for all six left open.

    One "a lot" or "cannot" is enough for ``YES``. ``NO`` needs all six answered with less: where one is missing, the
    result is ``UNKNOWN``. Whoever refuses all six has declined.
    """
    if len(answers) != len(QUESTIONS):
        message = "The short set has six questions."
        raise ValueError(message)
    given = set(answers)
    if given & {Difficulty.A_LOT, Difficulty.CANNOT}:
        return Identifier.YES
    if given <= {Difficulty.NONE, Difficulty.SOME}:
        return Identifier.NO
    if given == {Difficulty.REFUSED}:
        return Identifier.DECLINED
    return None if given == {None} else Identifier.UNKNOWN


def row_key(secret: bytes, person: str) -> str:
    """Return the key of a person's row in one cohort. Without the cohort's secret it leads to nobody."""
    return hmac.new(secret, b"demographic:" + person.encode(), hashlib.sha256).hexdigest()


def totals(rows: Iterable[Demographic], participants: int) -> Totals:
    """Count people by category; whoever has no row is "not collected". Raises ``ValueError`` for too many rows."""
    kept = list(rows)
    silent = participants - len(kept)
    if silent < 0:
        message = "There are more answers than participants."
        raise ValueError(message)
    everybody = kept + [NOTHING] * silent
    return Totals(
        participants=participants,
        answered=sum(row != NOTHING for row in kept),
        gender=_count(Gender, (row.gender for row in everybody)),
        age_band=_count(AgeBand, (row.age_band for row in everybody)),
        disability=_count(Identifier, (row.disability for row in everybody)),
    )


def _count(values: type[StrEnum], found: Iterable[StrEnum | None]) -> Mapping[str, int]:
    counted = Counter(NOT_COLLECTED if value is None else str(value) for value in found)
    return {name: counted[name] for name in [*map(str, values), NOT_COLLECTED]}
