"""The start pages. They stand here because they show a little of every noun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from academy.attendance import queries as attendance
from academy.config import Config
from academy.content.catalogue import Catalogue, load
from academy.content.model import Assessment, Course, Lesson, Part, Week
from academy.errors import NotFound
from academy.languages.phrases import Phrase, phrase
from academy.learning import queries as learning
from academy.learning.model import Sitting
from academy.learning.place import course_lessons
from academy.learning.rules import closed_reason, week_number
from academy.people import queries as people
from academy.people.model import Cohort
from academy.rights import Right
from academy.routing import Page, Redirect, Request, Response, Route

__all__ = ["ROUTES"]

RESULTS = phrase("feedback is here")
DONE = phrase("done")
TO_DO = phrase("to do")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do in a week: a lesson or an assessment."""

    title: str
    language: str
    """The language that the title is in."""
    path: str | None
    """None: not open yet."""
    minutes: int
    kilobytes: int | None
    """What opening it costs; None where it was not measured."""
    state: str
    """done, open, wait: which sign stands beside it."""
    words: Phrase
    """The same in words."""
    kind: Phrase
    """Lesson, Assessment or Optional lab."""
    optional: bool = False
    """Whether one may leave it out without losing anything."""


def start(request: Request) -> Response:
    """Show the places a person has, or take her to the only one."""
    actor = request.actor
    places = sorted(actor.participates | actor.facilitates)
    if actor.coordinates and not places:
        return Redirect("/programme")
    if len(places) == 1 and not actor.coordinates:
        return Redirect(f"/c/{places[0]}")
    cohorts = [people.cohort(request.db, slug) for slug in places]
    return Page("start.html", {"cohorts": cohorts})


def cohort_home(request: Request) -> Response:
    """Show a participant her course; a facilitator is taken to her own page."""
    slug = request.path["cohort"]
    if not request.actor.may(Right.TAKE, slug):
        return Redirect(f"/c/{slug}/facilitate")
    cohort = people.cohort(request.db, slug)
    content = load(request.config.content)
    course = content.course(cohort.course)
    done = learning.lessons_done(request.db, person=str(request.actor.person), cohort=slug)
    weeks = [_week(request, content, cohort, week, done) for week in course.weeks]
    lessons = course_lessons(request, course)
    context = {
        "cohort": cohort,
        "course": course,
        "weeks": weeks,
        "week": min(week_number(cohort.starts_at, request.now), len(course.weeks)),
        "part": _part_of(course, week_number(cohort.starts_at, request.now)),
        "results": [step for week in weeks for step in week["steps"] if step.words == RESULTS],
        "next": _next(weeks),
        "done": len(done & set(lessons)),
        "lessons": len(lessons),
        "session": attendance.next_session(request.db, slug, request.now),
        "check_in": attendance.open_session(request.db, slug, request.now),
        "coding": _coding(request.config),
    }
    return Page("home.html", context)


def _coding(config: Config) -> str:
    """Tell how it stands with notebook servers for participants: offered, missing here, or unwanted."""
    if config.behaviour.participant_servers == "none":
        return "unwanted"
    return "offered" if config.offers_servers else "missing"


def _part_of(course: Course, number: int) -> Part:
    weeks = max(1, number)
    for part in course.parts:
        if weeks <= len(part.weeks):
            return part
        weeks -= len(part.weeks)
    return course.parts[-1]


def _week(
    request: Request, content: Catalogue, cohort: Cohort, week: Week, done: set[tuple[str, str]]
) -> dict[str, Any]:
    asked = [content.assessment(slug) for slug in week.assessments]
    steps = [_assessment_step(request, cohort, one) for one in asked if one.kind == "before"]
    for module in (content.module(slug, request.language) for slug in week.modules):
        steps += [
            _lesson_step(cohort, module.slug, lesson, done=(module.slug, lesson.slug) in done)
            for lesson in module.lessons
        ]
        steps += [_assessment_step(request, cohort, one) for one in asked if one.counts and one.module == module.slug]
    elsewhere = [one for one in asked if one.counts and one.module not in week.modules]
    steps += [_assessment_step(request, cohort, one) for one in elsewhere]
    steps += [_assessment_step(request, cohort, one) for one in asked if one.kind == "after"]
    return {"number": week.number, "title": week.title, "steps": steps}


def _lesson_step(cohort: Cohort, module: str, lesson: Lesson, *, done: bool) -> Step:
    return Step(
        title=lesson.title,
        language=lesson.language,
        path=f"/c/{cohort.slug}/lessons/{module}/{lesson.slug}",
        minutes=lesson.minutes,
        kilobytes=max(1, round(lesson.weight / 1024)),
        state="done" if done else "open",
        words=DONE if done else TO_DO,
        kind=phrase("Lesson"),
    )


def _assessment_step(request: Request, cohort: Cohort, assessment: Assessment) -> Step:
    person, slug = str(request.actor.person), assessment.slug
    sitting = learning.sitting(request.db, person=person, cohort=cohort.slug, assessment=slug)
    closed = closed_reason(sitting, now=request.now, most_attempts=assessment.attempts)
    state, words = _standing(sitting, closed)
    return Step(
        title=assessment.title(request.language),
        language=assessment.title.language_for(request.language),
        path=f"/c/{cohort.slug}/assessments/{slug}" if sitting.released else None,
        minutes=assessment.minutes,
        kilobytes=None,
        state=state,
        words=words,
        kind=phrase("Optional lab") if assessment.instead_of else phrase("Assessment"),
        optional=assessment.instead_of is not None,
    )


def _standing(sitting: Sitting, closed: str | None) -> tuple[str, Phrase]:
    if not sitting.released:
        return "wait", phrase("opens later")
    if sitting.attempts and sitting.feedback_at:
        return "done", RESULTS
    if sitting.attempts:
        return "done", phrase("sent")
    return ("wait", phrase("closed")) if closed else ("open", TO_DO)


def _next(weeks: list[dict[str, Any]]) -> Step | None:
    steps = (step for week in weeks for step in week["steps"])
    return next((step for step in steps if step.path and step.state == "open" and not step.optional), None)


def facilitate(request: Request) -> Response:
    """Show a facilitator what needs her now."""
    cohort = people.cohort(request.db, request.path["cohort"])
    content = load(request.config.content)
    course = content.course(cohort.course)
    participants = people.participants(request.db, cohort.slug)
    senders = learning.senders(request.db, cohort.slug)
    context = {
        "cohort": cohort,
        "course": course,
        "week": min(week_number(cohort.starts_at, request.now), len(course.weeks)),
        "participants": participants,
        "lessons_done": learning.lessons_done_by_person(request.db, cohort.slug),
        "lessons": len(course_lessons(request, course)),
        "senders": senders,
        "assessments": [content.assessment(slug) for slug in course.assessments],
        "modules": [content.module(slug, request.language) for slug in course.modules],
        "session": attendance.next_session(request.db, cohort.slug, request.now),
        "check_in": attendance.open_session(request.db, cohort.slug, request.now),
    }
    return Page("facilitate.html", context)


def guide(request: Request) -> Response:
    """Show a facilitator how to hold the session on a module: its answers are in it."""
    cohort = people.cohort(request.db, request.path["cohort"])
    content = load(request.config.content)
    if request.path["module"] not in content.course(cohort.course).modules:
        raise NotFound
    module = content.module(request.path["module"], request.language)
    if module.guide is None:
        raise NotFound
    return Page("guide.html", {"cohort": cohort, "module": module, "guide": module.guide})


ROUTES = (
    Route("GET", "/", Right.MEMBER, start),
    Route("GET", "/c/{cohort}", Right.BELONG, cohort_home),
    Route("GET", "/c/{cohort}/facilitate", Right.FACILITATE, facilitate),
    Route("GET", "/c/{cohort}/facilitate/guides/{module}", Right.FACILITATE, guide),
)
