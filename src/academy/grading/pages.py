"""Pages around marking: the facilitator's page of an assessment, and the participant's feedback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from academy.content.catalogue import load
from academy.content.model import Assessment
from academy.content.render import feedback_html
from academy.errors import AcademyError, BadInput
from academy.grading import actions, queries
from academy.grading.essays import essays
from academy.grading.model import JobKind, course_folder
from academy.grading.overview import deadline_to_begin_with, overview
from academy.languages.digits import ascii_digits
from academy.languages.phrases import phrase
from academy.learning.place import assessment_of
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Form, Page, Redirect, Request, Response, Route

__all__ = ["ROUTES", "read_local"]

HERE = "/c/{cohort}/facilitate/assessments/{assessment}"


class Releasing(Form):
    """When the cohort's time is over."""

    due_at: Annotated[str, Field(max_length=40)] = ""


class Extending(Form):
    """More time for one person."""

    person: Annotated[str, Field(min_length=1, max_length=40)]
    due_at: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Nothing(Form):
    """A button without fields."""


def read_local(text: str, zone: str, field: str) -> datetime:
    """Read the value of a date-and-time control as a moment in ``zone``. Raises ``BadInput``."""
    try:
        return datetime.fromisoformat(ascii_digits(text)).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        message = phrase("Write the date and the time, for example 2026-12-01 18:00.")
        raise BadInput(message, code="bad-time", field=field) from None


def show(request: Request) -> Response:
    """Show how far the assessment has come and what to do next."""
    return _page(request, None)


def _page(request: Request, problem: AcademyError | None) -> Page:
    found = overview(request)
    course = load(request.config.content).course(found.cohort.course)
    folder = course_folder(request.config, found.cohort.slug)
    context = {
        "it": found,
        "problem": problem,
        "suggested": deadline_to_begin_with(course, found, request.now),
        "here": f"/c/{found.cohort.slug}/facilitate/assessments/{found.assessment.slug}",
        "typed": dict(request.body),
        "essays": any(one.points is None for one in essays(folder, found.assessment.slug)),
    }
    return Page("grading/assessment.html", context, status=problem.status if problem else 200)


def _back(request: Request) -> Redirect:
    return Redirect(f"/c/{request.path['cohort']}/facilitate/assessments/{request.path['assessment']}")


def release(request: Request) -> Response:
    """Release the assessment, or change its deadline."""
    assessment = assessment_of(request)
    cohort = people.cohort(request.db, request.path["cohort"])
    try:
        text = request.read(Releasing).due_at
        due = read_local(text, cohort.zone, "due_at") if text else None
        actions.release(
            request.db,
            actor=request.actor,
            now=request.now,
            cohort=cohort.slug,
            assessment=assessment.slug,
            due_at=due,
        )
    except BadInput as problem:
        return _page(request, problem)
    return _back(request)


def _asking(kind: JobKind) -> Route:
    def ask(request: Request) -> Response:
        request.read(Nothing)
        assessment = assessment_of(request)
        actions.ask(
            request.db,
            actor=str(request.actor.username),
            now=request.now,
            cohort=request.path["cohort"],
            assessment=assessment.slug,
            kind=kind,
        )
        return _back(request)

    return Route("POST", f"{HERE}/{kind}", Right.FACILITATE, ask)


def extend(request: Request) -> Response:
    """Give one person more time."""
    assessment = assessment_of(request)
    cohort = people.cohort(request.db, request.path["cohort"])
    try:
        form = request.read(Extending)
        actions.extend(
            request.db,
            actor=request.actor,
            now=request.now,
            cohort=cohort.slug,
            assessment=assessment.slug,
            person=form.person,
            due_at=read_local(form.due_at, cohort.zone, "due_at"),
            reason=form.reason,
        )
    except BadInput as problem:
        return _page(request, problem)
    return _back(request)


def feedback(request: Request) -> Response:
    """Show a participant her marks, and the reason behind every option."""
    assessment = load(request.config.content).assessment(assessment_of(request).slug, request.language)
    cohort = people.cohort(request.db, request.path["cohort"])
    found = queries.feedback_of(
        request.db, person=str(request.actor.person), cohort=cohort.slug, assessment=assessment.slug
    )
    context = {
        "cohort": cohort,
        "assessment": assessment,
        "questions": [],
        "tests": [],
        "total": None,
        "most": 0.0,
        "open": 0,
    }
    if found is not None:
        answers, marks = found
        by_id = {mark.question: mark for mark in marks}
        shown = [(question, by_id[question.id]) for question in assessment.questions if question.id in by_id]
        context["tests"] = _tests(assessment, by_id)
        context["questions"] = [
            feedback_html(
                question,
                answers.get(question.id),
                mark.score,
                mark.comment or None,
                number=number,
                language=assessment.language,
            )
            for number, (question, mark) in enumerate(shown, 1)
        ]
        context["total"] = sum(mark.score or 0.0 for mark in marks)
        context["most"] = sum(mark.points for mark in marks)
        context["open"] = sum(mark.score is None for mark in marks)
    return Page("grading/feedback.html", context)


def _tests(assessment: Assessment, marks: Mapping[str, queries.Feedback]) -> list[tuple[str, queries.Feedback]]:
    """Return the tests of a lab by the headings under which they stand, with their marks."""
    tests = assessment.lab.tests if assessment.lab else ()
    return [(test.title, marks[test.id]) for test in tests if test.id in marks]


ROUTES = [
    Route("GET", HERE, Right.FACILITATE, show),
    Route("POST", f"{HERE}/release", Right.FACILITATE, release),
    *(_asking(kind) for kind in (JobKind.COLLECT, JobKind.AUTOGRADE, JobKind.FEEDBACK)),
    Route("POST", f"{HERE}/extensions", Right.FACILITATE, extend),
    Route("GET", "/c/{cohort}/assessments/{assessment}/feedback", Right.TAKE, feedback),
]
