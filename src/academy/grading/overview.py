"""One assessment of a cohort, as its facilitator sees it: gathered from the store, the course folder, the gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from academy.content.model import Assessment, Course
from academy.grading import queries
from academy.grading.gradebook import Score, scores
from academy.grading.intake import collected
from academy.grading.model import Job, JobKind, Verdict, course_folder
from academy.grading.progress import Progress, progress
from academy.learning.place import assessment_of
from academy.people import queries as people
from academy.people.model import Cohort, Member
from academy.routing import Request

__all__ = ["Eye", "Overview", "deadline_to_begin_with", "overview"]


@dataclass(frozen=True, slots=True)
class Eye:
    """One thing that only a person can settle."""

    name: str
    """Who it is about."""
    question: str
    """Question id; empty: the whole submission."""
    why: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of an assessment shows."""

    cohort: Cohort
    assessment: Assessment
    release: queries.Release | None
    progress: Progress
    running: Job | None
    """The job that is being done or waits; None: none."""
    failed: Job | None
    """The newest job, if it failed."""
    missing: list[Member]
    """Participants who have sent nothing."""
    extensions: list[tuple[str, queries.Extension]]
    """Name and extension."""
    members: list[Member]
    eyes: list[Eye]


def overview(request: Request) -> Overview:
    """Gather everything about the assessment of the path. Raises ``NotFound``."""
    assessment = assessment_of(request)
    cohort = people.cohort(request.db, request.path["cohort"])
    here: dict[str, Any] = {"cohort": cohort.slug, "assessment": assessment.slug}
    members = people.participants(request.db, cohort.slug)
    names = {member.username: member.name for member in members}
    handed = queries.handed_in(request.db, **here)
    jobs = queries.jobs(request.db, **here)
    release = queries.release_of(request.db, **here)
    folder = course_folder(request.config, cohort.slug)
    marks = scores(folder, assessment.slug)
    arrived = collected(folder, assessment.slug)
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
        running=next((job for job in jobs.values() if job.state in ("waiting", "running")), None),
        failed=_failed(jobs),
        missing=[one for one in members if one.person not in handed and one.username not in arrived],
        extensions=_extensions(request, members, here),
        members=members,
        eyes=_eyes(jobs, marks, names),
    )


def _notes(jobs: dict[JobKind, Job], kind: JobKind) -> dict[str, str]:
    """Return what the newest job of a kind said about single submissions, by user name."""
    result = jobs[kind].result if kind in jobs else None
    return {note["student"]: note["note"] for note in (result or {}).get("notes", [])}


def _failed(jobs: dict[JobKind, Job]) -> Job | None:
    newest = max(jobs.values(), key=lambda job: job.id, default=None)
    return newest if newest is not None and newest.state == "failed" else None


def _extensions(request: Request, members: list[Member], here: dict[str, Any]) -> list[tuple[str, queries.Extension]]:
    names = {member.person: member.name for member in members}
    found = queries.extensions(request.db, **here)
    return [(names[one.person], one) for one in found if one.person in names]


def _eyes(jobs: dict[JobKind, Job], marks: list[Score], names: dict[str, str]) -> list[Eye]:
    """List whole submissions first, then single answers without evidence; essays are counted elsewhere.

    What marking could not read is settled once a person has marked it.
    """
    waiting = {mark.student for mark in marks if mark.needs_manual_grade}
    unmarked = {name: why for name, why in _notes(jobs, JobKind.AUTOGRADE).items() if name in waiting}
    whole = _notes(jobs, JobKind.DELIVER) | _notes(jobs, JobKind.COLLECT) | unmarked
    found = [Eye(name=names.get(student, student), question="", why=why) for student, why in sorted(whole.items())]
    unread = [
        Eye(name=names.get(mark.student, mark.student), question=mark.question, why="This answer could not be read.")
        for mark in marks
        if mark.needs_manual_grade and mark.verdict is Verdict.DID_NOT_RUN and mark.student not in whole
    ]
    return found + unread


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
