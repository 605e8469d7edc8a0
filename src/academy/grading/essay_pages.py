"""Marking essays on plain pages: the answer, the rubric as rows to choose from, a comment. Nobody's name is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from academy.content.catalogue import load
from academy.content.model import Assessment
from academy.content.parts import Level
from academy.content.questions import Essay
from academy.errors import AcademyError, BadInput, NotFound
from academy.grading.essays import Written, essay, essays, mark
from academy.grading.model import CourseFolder, course_folder
from academy.languages.phrases import phrase
from academy.learning.place import assessment_of
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Page, Redirect, Request, Response, Route
from academy.store.database import record

__all__ = ["ROUTES"]

HERE = "/c/{cohort}/facilitate/assessments/{assessment}/essays"
LONGEST_COMMENT = 5000


@dataclass(frozen=True, slots=True)
class _Place:
    """What the path names."""

    path: str
    course: CourseFolder
    assessment: Assessment
    questions: dict[str, Essay]


def _place(request: Request) -> _Place:
    slug, cohort = assessment_of(request).slug, request.path["cohort"]
    assessment = load(request.config.content).assessment(slug, request.language)
    questions = {question.id: question for question in assessment.questions if isinstance(question, Essay)}
    path = HERE.format(cohort=cohort, assessment=slug)
    return _Place(path, course_folder(request.config, cohort), assessment, questions)


def _written(place: _Place) -> list[Written]:
    return [one for one in essays(place.course, place.assessment.slug) if one.question in place.questions]


def show(request: Request) -> Response:
    """Show which essays wait and which are marked."""
    place = _place(request)
    context = {
        "cohort": people.cohort(request.db, request.path["cohort"]),
        "assessment": place.assessment,
        "here": place.path,
        "essays": _written(place),
        "most": {name: question.points for name, question in place.questions.items()},
    }
    return Page("grading/essays.html", context)


def read(request: Request) -> Response:
    """Show one essay beside its rubric."""
    return _page(request, None)


def _page(request: Request, problem: AcademyError | None) -> Page:
    place = _place(request)
    written, words = essay(place.course, place.assessment.slug, request.path["grade"])
    question = place.questions.get(written.question)
    if question is None:
        raise NotFound
    everything = _written(place)
    context = {
        "cohort": people.cohort(request.db, request.path["cohort"]),
        "assessment": place.assessment,
        "here": place.path,
        "problem": problem,
        "essay": written,
        "words": words,
        "question": question,
        "rows": [(row.criterion, [(points, level.text) for level in row.levels for points in _steps(level)])
                 for row in question.rubric],
        "typed": {name: str(value) for name, value in request.body.items()},
        "number": [one.id for one in everything].index(written.id) + 1,
        "all": len(everything),
    }  # fmt: skip
    return Page("grading/essay.html", context, status=problem.status if problem else 200)


def _steps(level: Level) -> list[float]:
    """Return the points that a level may give, the most first."""
    return [float(points) for points in range(int(level.points), int(level.least) - 1, -1)] or [float(level.points)]


def save(request: Request) -> Response:
    """Give the points that the chosen rows add up to, keep the comment, and go on to the next that waits."""
    place = _place(request)
    written, _ = essay(place.course, place.assessment.slug, request.path["grade"])
    if written.question not in place.questions:
        raise NotFound
    try:
        points, comment = _points(place.questions[written.question], request.body), _comment(request.body)
    except BadInput as problem:
        return _page(request, problem)
    mark(place.course, written.id, points, comment)
    subject = f"{request.path['cohort']} {place.assessment.slug} {written.question} {written.id}"
    record(request.db, actor=str(request.actor.username), now=request.now, action="mark-essay", subject=subject)
    waiting = [one.id for one in _written(place) if one.points is None]
    return Redirect(f"{place.path}/{waiting[0]}" if waiting else place.path)


def _points(question: Essay, body: Any) -> float:
    """Add up the chosen rows. Raises ``BadInput`` that names the first criterion without one of its levels."""
    total = 0.0
    for number, row in enumerate(question.rubric, start=1):
        chosen = {f"{points:g}": points for level in row.levels for points in _steps(level)}
        value = body.get(f"criterion-{number}")
        if not isinstance(value, str) or value not in chosen:
            message = phrase("Choose one row for “%(criterion)s”. Nothing was saved yet.", criterion=row.criterion)
            raise BadInput(message, code="no-level", field=f"criterion-{number}")
        total += chosen[value]
    return total


def _comment(body: Any) -> str:
    comment = body.get("comment", "")
    if not isinstance(comment, str) or len(comment) > LONGEST_COMMENT:
        message = phrase("The comment is too long; %(most)s characters are the most.", most=LONGEST_COMMENT)
        raise BadInput(message, code="long-comment", field="comment")
    return comment.strip()


ROUTES = (
    Route("GET", HERE, Right.FACILITATE, show),
    Route("GET", f"{HERE}/{{grade}}", Right.FACILITATE, read),
    Route("POST", f"{HERE}/{{grade}}", Right.FACILITATE, save),
)
