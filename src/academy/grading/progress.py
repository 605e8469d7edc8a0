"""How far an assessment has come in a cohort, and what the facilitator does next: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from academy.grading.gradebook import Score
from academy.grading.queries import Handed, Release

__all__ = ["Next", "Progress", "progress"]


class Next(StrEnum):
    """The one thing to do now."""

    RELEASE = "release"
    WAIT_FOR_RELEASE = "wait-for-release"
    WAIT_FOR_ANSWERS = "wait-for-answers"
    COLLECT = "collect"
    AUTOGRADE = "autograde"
    BY_HAND = "by-hand"
    FEEDBACK = "feedback"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of people, and of answers that wait for a person."""

    people: int
    """Participants of the cohort."""
    submitted: int
    """Who have sent answers."""
    uncollected: int
    """Whose newest attempt has not been collected."""
    unmarked: int
    """Whose collected attempt has not been marked by the rules."""
    marked: int
    waiting: int
    """Answers that only a person can mark."""
    next: Next


def progress(
    *,
    people: int,
    release: Release | None,
    handed: Collection[Handed],
    collected: Mapping[str, datetime],
    scores: Collection[Score],
    refused: Collection[str] = (),
    informed: Collection[tuple[str, datetime]] = (),
) -> Progress:
    """Work out the counts and the next step.

    ``refused`` are the people whose files could not be collected; ``informed`` are the attempts (user name and time)
    that have their feedback.
    """
    marked = {score.student: score.submitted_at for score in scores}
    sent = {one.username: one.submitted_at for one in handed}
    uncollected = sum(collected.get(name) != moment for name, moment in sent.items() if name not in refused)
    unmarked = sum(marked.get(student) != moment for student, moment in collected.items())
    waiting = sum(score.needs_manual_grade for score in scores)
    uninformed = sum((student, moment) not in informed for student, moment in marked.items() if student in sent)
    return Progress(
        people=people,
        submitted=len(sent.keys() | collected.keys()),
        uncollected=uncollected,
        unmarked=unmarked,
        marked=len(marked),
        waiting=waiting,
        next=_next(
            release,
            {
                Next.COLLECT: uncollected,
                Next.AUTOGRADE: unmarked,
                Next.BY_HAND: waiting,
                Next.FEEDBACK: uninformed,
                Next.DONE: len(marked),
            },
        ),
    )


def _next(release: Release | None, open_work: Mapping[Next, int]) -> Next:
    if release is None:
        return Next.RELEASE
    if release.released_at is None:
        return Next.WAIT_FOR_RELEASE
    return next((step for step, count in open_work.items() if count), Next.WAIT_FOR_ANSWERS)
