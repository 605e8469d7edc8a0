"""One assessment of a cohort, as its facilitator sees it: gathered from the store, the course folder, the gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from academy.config import Config
from academy.content.model import Assessment, Course
from academy.grading import queries
from academy.grading.gradebook import Score, scores
from academy.grading.intake import collected
from academy.grading.model import Job, JobKind, Verdict, course_folder
from academy.grading.progress import Progress, progress
from academy.grading.progress_file import progress_of
from academy.languages.phrases import Phrase, phrase, recalled
from academy.learning.place import assessment_of
from academy.people import queries as people
from academy.people.model import Cohort, Member
from academy.routing import Request

__all__ = ["Eye", "Overview", "deadline_to_begin_with", "in_words", "marked_so_far", "overview"]

_STOPPED = phrase("This test was stopped: %(why)s.")
_WORDS = {
    Verdict.DID_NOT_RUN: (phrase("This test gave no result: %(why)s."), phrase("This answer could not be read.")),
    Verdict.TIMED_OUT: (_STOPPED, phrase("This test took too long and was stopped.")),
    Verdict.OUT_OF_MEMORY: (_STOPPED, phrase("This test needed too much memory and was stopped.")),
    Verdict.KERNEL_DIED: (
        phrase("This test did not come to its end: %(why)s."),
        phrase("This test did not come to its end."),
    ),
    Verdict.TAMPERED: (phrase("This test could not be trusted: %(why)s."), phrase("This test could not be trusted.")),
}
"""What is said about an open answer: before a reason, and without one."""
_SAID_ALREADY = "This test cannot be trusted: "
_REASONS = (
    phrase("it took longer than the time limit"),
    phrase("it needed more memory than the limit"),
    phrase("the notebook's process ended while this test ran"),
    phrase("the notebook's process had ended before"),
)
"""What marking writes beside a test, as it stands within a sentence; other reasons hold numbers and stay English."""


@dataclass(frozen=True, slots=True)
class Eye:
    """One thing that only a person can settle."""

    name: str
    """Who it is about."""
    question: str
    """Question id; empty: the whole submission."""
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of an assessment shows."""

    cohort: Cohort
    assessment: Assessment
    release: queries.Release | None
    progress: Progress
    running: Job | None
    """The job that is being done or waits; None: none."""
    marked: tuple[int, int] | None
    """While marking runs: how many submissions are marked, and of how many."""
    failed: Job | None
    """The newest job, if it failed."""
    missing: list[Member]
    """Participants who have sent nothing."""
    extensions: list[tuple[str, queries.Extension]]
    """Name and extension."""
    members: list[Member]
    eyes: list[Eye]
    notes: list[Eye]
    """What marking noticed and no mark depends on."""


def overview(request: Request) -> Overview:
    """Gather everything about the assessment of the path. Raises ``NotFound``."""
    assessment = assessment_of(request)
    cohort = people.cohort(request.db, request.path["cohort"])
    here: dict[str, Any] = {"cohort": cohort.slug, "assessment": assessment.slug}
    members = people.participants(request.db, cohort.slug)
    names = {member.username: member.name for member in members}
    handed = queries.handed_in(request.db, **here)
    jobs = queries.jobs(request.db, **here)
    running = next((job for job in jobs.values() if job.state in ("waiting", "running")), None)
    release = queries.release_of(request.db, **here)
    folder = course_folder(request.config, cohort.slug)
    marks = scores(folder, assessment.slug)
    arrived = collected(folder, assessment.slug)
    noticed = _noticed(queries.done(request.db, **here, kind=JobKind.AUTOGRADE), marks)
    blank = _blank(marks)
    return Overview(
        cohort=cohort,
        assessment=assessment,
        release=release,
        progress=progress(
            people=len(members),
            release=release,
            handed=handed.values(),
            collected=arrived,
            scores=marks,
            refused=_notes(jobs, JobKind.COLLECT).keys(),
            informed=queries.informed(request.db, **here),
        ),
        running=running,
        marked=marked_so_far(request.config, running) if running else None,
        failed=_failed(jobs),
        missing=[one for one in members if one.person not in handed and one.username not in arrived],
        extensions=_extensions(request, members, here),
        members=members,
        eyes=_eyes(jobs, marks, names, {student: noticed.get(student, []) for student in blank}),
        notes=[
            Eye(name=names.get(student, student), question="", why=why)
            for student, said in sorted(noticed.items())
            if student not in blank
            for why in said
        ],
    )


def marked_so_far(config: Config, job: Job) -> tuple[int, int] | None:
    """Return how many submissions are marked and of how many, while this job marks them; None otherwise."""
    if job.kind is not JobKind.AUTOGRADE or job.state != "running":
        return None
    found = progress_of(course_folder(config, job.cohort), job.assessment)
    return found if found and found[1] > 0 else None


def _notes(jobs: dict[JobKind, Job], kind: JobKind) -> dict[str, str]:
    """Return what the newest job of a kind said about single submissions, by user name."""
    result = jobs[kind].result if kind in jobs else None
    return {note["student"]: recalled(note["note"]) for note in (result or {}).get("notes", [])}


def _failed(jobs: dict[JobKind, Job]) -> Job | None:
    newest = max(jobs.values(), key=lambda job: job.id, default=None)
    return newest if newest is not None and newest.state == "failed" else None


def _extensions(request: Request, members: list[Member], here: dict[str, Any]) -> list[tuple[str, queries.Extension]]:
    names = {member.person: member.name for member in members}
    found = queries.extensions(request.db, **here)
    return [(names[one.person], one) for one in found if one.person in names]


def _noticed(jobs: list[Job], marks: list[Score]) -> dict[str, list[str]]:
    """Return, by user name, what was said about the submission that is marked now.

    A job speaks only of those whom it marked, so the newest that speaks of somebody counts; unless what it spoke of
    was older than what is marked now.
    """
    moments = {mark.student: mark.submitted_at for mark in marks}
    found: dict[str, list[str]] = {}
    for job in jobs:
        said: dict[str, list[str]] = {}
        for note in (job.result or {}).get("notes", []):
            said.setdefault(note["student"], []).append(recalled(note["note"]))
        found |= {student: notes for student, notes in said.items() if _is_about(job, moments.get(student))}
    return found


def _is_about(job: Job, sent: datetime | None) -> bool:
    return sent is None or job.started_at is None or sent <= job.started_at


def _blank(marks: list[Score]) -> set[str]:
    """Return the people of whose submission the rules could read nothing at all."""
    by_rules: dict[str, list[Score]] = {}
    for mark in marks:
        if not mark.written:
            by_rules.setdefault(mark.student, []).append(mark)
    return {
        student
        for student, hers in by_rules.items()
        if all(mark.auto is None and mark.found is None for mark in hers) and any(mark.is_open for mark in hers)
    }


def _eyes(
    jobs: dict[JobKind, Job], marks: list[Score], names: dict[str, str], blank: dict[str, list[str]]
) -> list[Eye]:
    """List whole submissions first, then single answers without evidence; essays are counted elsewhere.

    What marking could not read is settled once a person has marked it.
    """
    whole = {student: notes or [in_words(Verdict.DID_NOT_RUN, "")] for student, notes in blank.items()}
    for student, why in (_notes(jobs, JobKind.DELIVER) | _notes(jobs, JobKind.COLLECT)).items():
        whole[student] = [why, *whole.get(student, [])]
    found = [
        Eye(name=names.get(student, student), question="", why=why)
        for student, said in sorted(whole.items())
        for why in said
    ]
    return found + [
        Eye(name=names.get(mark.student, mark.student), question=mark.question, why=in_words(mark.verdict, mark.reason))
        for mark in marks
        if mark.is_open and mark.student not in blank
    ]


def in_words(verdict: Verdict, reason: str) -> Phrase:
    """Return one sentence about an answer for which the rules found no points: what happened, and accusing nobody."""
    with_reason, alone = _WORDS.get(verdict, _WORDS[Verdict.DID_NOT_RUN])
    why = reason.removeprefix(_SAID_ALREADY).strip().rstrip(".")
    return phrase(with_reason.message, why=recalled(f"{why[0].lower()}{why[1:]}")) if why else alone


def deadline_to_begin_with(course: Course, found: Overview, now: datetime) -> str:
    """Return what stands in the form for the deadline, in the cohort's zone; empty: none.

    It is the deadline that holds; before the release the end of a day, counted from the week in which the assessment
    stands, or from today where that time has passed.
    """
    zone = ZoneInfo(found.cohort.zone)
    if found.release is not None:
        return _local(found.release.due_at.astimezone(zone)) if found.release.due_at else ""
    if found.assessment.due_days is None:
        return ""
    week = next(week.number for week in course.weeks if found.assessment.slug in week.assessments)
    starts = [found.cohort.starts_at + timedelta(weeks=week - 1), now]
    days = [(start.astimezone(zone) + timedelta(days=found.assessment.due_days)).date() for start in starts]
    ends = [datetime.combine(day, time(23, 59), zone) for day in days]
    return _local(next((end for end in ends if end > now), ends[-1]))


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")
