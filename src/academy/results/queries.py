"""Gathering what the figures of a cohort are worked out from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, select

from academy.attendance import queries as attendance
from academy.content.catalogue import Catalogue
from academy.content.model import Course
from academy.people import queries as people
from academy.results.model import AssessmentFacts, Facts, ModuleFacts, Person
from academy.results.points import Scores, gained, total
from academy.store import schema

__all__ = ["facts"]


def facts(db: Connection, *, cohort: str, catalogue: Catalogue, language: str) -> Facts:
    """Return the facts of a cohort. Raises ``NotFound`` for an unknown cohort or course."""
    course = catalogue.course(people.cohort(db, cohort).course)
    members = sorted(people.participants(db, cohort), key=lambda member: member.username)
    scores = _scores(db, cohort)
    return Facts(
        participants=tuple(Person(member.person, member.username) for member in members),
        registers=tuple(attendance.registers(db, cohort)),
        modules=_modules(catalogue, course, language),
        done=_done(db, cohort),
        assessments=_assessments(db, cohort, catalogue, course, language=language),
        marks={key: total(found) for key, found in scores.items()},
        gained=gained(scores, _places(catalogue, course)),
        modules_to_pass=course.pass_rule.modules,
        points_to_pass=course.pass_rule.assessments,
    )


def _modules(catalogue: Catalogue, course: Course, language: str) -> tuple[ModuleFacts, ...]:
    found = (catalogue.module(slug) for slug in course.modules)
    return tuple(
        ModuleFacts(
            slug=module.slug,
            title=module.title(language),
            lessons=frozenset(lesson.slug for lesson in module.lessons),
        )
        for module in found
    )


def _done(db: Connection, cohort: str) -> frozenset[tuple[str, str, str]]:
    table = schema.progress
    query = select(table.c.person, table.c.module, table.c.lesson).where(table.c.cohort == cohort)
    return frozenset((person, module, lesson) for person, module, lesson in db.execute(query))


def _assessments(
    db: Connection, cohort: str, catalogue: Catalogue, course: Course, *, language: str
) -> tuple[AssessmentFacts, ...]:
    table = schema.release
    query = select(table.c.assessment, table.c.released_at, table.c.feedback_at).where(table.c.cohort == cohort)
    releases = {row.assessment: row for row in db.execute(query)}
    found = (catalogue.assessment(slug) for slug in course.assessments)
    return tuple(
        AssessmentFacts(
            slug=assessment.slug,
            title=assessment.title(language),
            points=assessment.points,
            released=_has(releases.get(assessment.slug), "released_at"),
            feedback_released=_has(releases.get(assessment.slug), "feedback_at"),
        )
        for assessment in found
        if assessment.counts and assessment.instead_of is None
    )


def _has(release: object | None, column: str) -> bool:
    return release is not None and getattr(release, column) is not None


def _places(catalogue: Catalogue, course: Course) -> dict[str, tuple[str, str]]:
    """Return, for each assessment that can take the place of a question, that question with its assessment."""
    found = {slug: catalogue.assessment(slug).instead_of for slug in course.assessments}
    return {slug: place for slug, place in found.items() if place is not None}


def _scores(db: Connection, cohort: str) -> dict[tuple[str, str], Scores | None]:
    """Return the points of each newest marked attempt; an unmarked attempt counts only where none is marked."""
    work, mark = schema.submission, schema.feedback
    query = (
        select(work.c.person, work.c.assessment, work.c.attempt, mark.c.question, mark.c.score)
        .join(mark, mark.c.submission == work.c.id, isouter=True)
        .where(work.c.cohort == cohort)
    )
    attempts: dict[tuple[str, str], dict[int, dict[str, float | None]]] = defaultdict(lambda: defaultdict(dict))
    for person, assessment, attempt, question, score in db.execute(query):
        scores = attempts[person, assessment][attempt]
        if question is not None:
            scores[question] = score
    return {key: _newest(found) for key, found in attempts.items()}


def _newest(attempts: Mapping[int, Scores]) -> Scores | None:
    marked = [attempt for attempt, scores in attempts.items() if scores]
    return attempts[max(marked)] if marked else None
