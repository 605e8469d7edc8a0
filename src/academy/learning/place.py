"""Where in a course a request points: what is not part of the cohort's course does not exist for it."""

from __future__ import annotations

from dataclasses import dataclass

from academy.content.catalogue import load
from academy.content.model import Assessment, Course, Lesson, Module
from academy.errors import NotFound
from academy.people import queries as people
from academy.people.model import Cohort
from academy.routing import Request

__all__ = ["Place", "assessment_of", "course_lessons", "lesson_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """A lesson in the course of a cohort."""

    cohort: Cohort
    module: Module
    lesson: Lesson
    following: str | None
    """Path of what comes next in the module; None at its end."""


def course_lessons(request: Request, course: Course) -> list[tuple[str, str]]:
    """Return all (module, lesson) pairs of a course in order."""
    content = load(request.config.content)
    return [(slug, lesson.slug) for slug in course.modules for lesson in content.module(slug).lessons]


def _cohort_course(request: Request) -> tuple[Cohort, Course]:
    cohort = people.cohort(request.db, request.path["cohort"])
    return cohort, load(request.config.content).course(cohort.course)


def lesson_of(request: Request) -> Place:
    """Return the lesson that the path names. Raises ``NotFound``."""
    cohort, course = _cohort_course(request)
    if request.path["module"] not in course.modules:
        raise NotFound
    module = load(request.config.content).module(request.path["module"], request.language)
    slugs = [lesson.slug for lesson in module.lessons]
    if request.path["lesson"] not in slugs:
        raise NotFound
    position = slugs.index(request.path["lesson"])
    after = slugs[position + 1 : position + 2]
    return Place(
        cohort=cohort,
        module=module,
        lesson=module.lessons[position],
        following=f"/c/{cohort.slug}/lessons/{module.slug}/{after[0]}" if after else None,
    )


def assessment_of(request: Request) -> Assessment:
    """Return the assessment that the path names. Raises ``NotFound``."""
    _, course = _cohort_course(request)
    if request.path["assessment"] not in course.assessments:
        raise NotFound
    return load(request.config.content).assessment(request.path["assessment"], request.language)
