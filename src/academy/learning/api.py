"""Lessons and assessments for the interactive pages, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from academy.content.markdown import markdown_html
from academy.learning import actions, queries
from academy.learning.model import Attempt
from academy.learning.place import assessment_of, lesson_of
from academy.learning.rules import closed_reason
from academy.learning.sheet import read_answers, rendered
from academy.rights import Right
from academy.routing import Form, Json, Request, Response, Route
from academy.store.database import new_id

__all__ = ["ROUTES"]

Nonce = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]


class Fields(Form):
    """Answers as form fields: name to values."""

    fields: dict[str, list[str]]
    nonce: Nonce = ""


class Nothing(Form):
    """An empty body."""


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _receipt(attempt: Attempt) -> dict[str, str | int | None]:
    return {
        "number": attempt.number,
        "attempt": attempt.attempt,
        "checksum": attempt.checksum,
        "submitted_at": _iso(attempt.submitted_at),
    }


def show(request: Request) -> Response:
    """Return an assessment, filled with the saved draft."""
    assessment = assessment_of(request)
    person, cohort = str(request.actor.person), request.path["cohort"]
    sitting = queries.sitting(request.db, person=person, cohort=cohort, assessment=assessment.slug)
    closed = closed_reason(sitting, now=request.now, most_attempts=assessment.attempts)
    questions = rendered(assessment, sitting.draft, seed=person) if sitting.released else []
    return Json(
        {
            "title": assessment.title(request.language),
            "intro_html": markdown_html(assessment.intro(request.language)),
            "open": closed is None,
            "closed_reason": closed,
            "due_at": _iso(sitting.due_at),
            "questions": questions,
            "saved_at": _iso(sitting.saved_at),
            "attempts": [_receipt(attempt) for attempt in sitting.attempts],
        }
    )


def save(request: Request) -> Response:
    """Keep a draft."""
    assessment = assessment_of(request)
    answers = read_answers(assessment.questions, request.read(Fields).fields)
    saved = actions.save_draft(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=request.path["cohort"],
        assessment=assessment.slug,
        answers=answers,
    )
    return Json({"saved_at": _iso(saved)})


def submit(request: Request) -> Response:
    """Send answers and return the receipt."""
    assessment = assessment_of(request)
    form = request.read(Fields)
    attempt = actions.submit(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=request.path["cohort"],
        assessment=assessment.slug,
        answers=read_answers(assessment.questions, form.fields),
        nonce=form.nonce or new_id(),
        most_attempts=assessment.attempts,
    )
    return Json(_receipt(attempt), status=201)


def done(request: Request) -> Response:
    """Mark a lesson as done."""
    request.read(Nothing)
    place = lesson_of(request)
    since = actions.mark_done(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=place.cohort.slug,
        module=place.module.slug,
        lesson=place.lesson.slug,
    )
    return Json({"done_at": _iso(since)})


ROUTES = (
    Route("GET", "/api/c/{cohort}/assessments/{assessment}", Right.TAKE, show),
    Route("POST", "/api/c/{cohort}/assessments/{assessment}/draft", Right.TAKE, save),
    Route("POST", "/api/c/{cohort}/assessments/{assessment}/submissions", Right.TAKE, submit),
    Route("POST", "/api/c/{cohort}/lessons/{module}/{lesson}/done", Right.TAKE, done),
)
