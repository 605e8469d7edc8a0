"""Rules of the records drawer: compare what somebody decided for each record with what the invented group decided.

Pure. Which decision fits is a teaching rule of this course. Some records have a second decision that also fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from academy.errors import BadInput

__all__ = ["DECISIONS", "Decision", "Record", "Sorted", "counts", "sort_records"]

Decision = Literal["keep", "code", "move", "delete"]
"""What to do with a record."""
DECISIONS: tuple[Decision, ...] = ("keep", "code", "move", "delete")


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that the group keeps."""

    id: str
    """Short name such as ``R1``."""
    text: str
    """What it is."""
    best: Decision
    """What the group decided."""
    also: tuple[Decision, ...]
    """Other decisions that fit; often none."""
    purpose: str
    """What the group needs it for."""
    at_risk: str
    """Who is hurt if a stranger reads it."""
    copies: str
    """Where it lies today."""
    why: str
    """One sentence that explains the decision."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of one record that somebody sorted."""

    record: Record
    given: Decision | None
    """The decision that was chosen; None when it was left open."""

    @property
    def fits(self) -> bool:
        """Whether the decision is the group's or fits as well."""
        return self.given == self.record.best or self.given in self.record.also


def sort_records(records: Iterable[Record], given: Mapping[str, str]) -> tuple[Sorted, ...]:
    """Compare decisions with the group's. Raises ``BadInput`` for an unknown record or decision."""
    known = {record.id: record for record in records}
    decided: dict[str, Decision] = {}
    for name, decision in given.items():
        if name not in known:
            message = f"There is no record {name!r}."
            raise BadInput(message, code="unknown-record", field=name)
        decided[name] = _decision(decision, name)
    return tuple(Sorted(record, decided.get(name)) for name, record in known.items())


def counts(records: Iterable[Record]) -> dict[Decision, int]:
    """Return how many records the group keeps, codes, moves and deletes."""
    found = Counter(record.best for record in records)
    return {decision: found[decision] for decision in DECISIONS}


def _decision(word: str, record: str) -> Decision:
    for decision in DECISIONS:
        if word == decision:
            return decision
    message = f"{word!r} is none of: {', '.join(DECISIONS)}."
    raise BadInput(message, code="unknown-decision", field=record)
