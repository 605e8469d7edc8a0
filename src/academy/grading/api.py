"""Marking over JSON: ask for a step, look how it goes, read the scores."""

from __future__ import annotations

from pydantic import AwareDatetime

from academy.errors import NotFound
from academy.grading import actions, queries
from academy.grading.gradebook import scores as read_scores
from academy.grading.model import JobKind, course_folder
from academy.grading.overview import marked_so_far
from academy.languages.phrases import phrase
from academy.learning.place import assessment_of
from academy.rights import Right
from academy.routing import Form, Json, Request, Response, Route

__all__ = ["ROUTES"]

HERE = "/api/c/{cohort}/assessments/{assessment}"


class Releasing(Form):
    """When the cohort's time is over; null: never."""

    due_at: AwareDatetime | None = None


class Nothing(Form):
    """An empty body."""


def release(request: Request) -> Response:
    """Release the assessment, or change its deadline."""
    number = actions.release(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=request.path["cohort"],
        assessment=assessment_of(request).slug,
        due_at=request.read(Releasing).due_at,
    )
    return Json({"job": number}, status=202)


def _asking(kind: JobKind) -> Route:
    def ask(request: Request) -> Response:
        request.read(Nothing)
        number = actions.ask(
            request.db,
            actor=str(request.actor.username),
            now=request.now,
            cohort=request.path["cohort"],
            assessment=assessment_of(request).slug,
            kind=kind,
        )
        return Json({"job": number}, status=202)

    return Route("POST", f"{HERE}/{kind}", Right.FACILITATE, ask)


def job(request: Request) -> Response:
    """Say how far a job has come."""
    text = request.path["job"]
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - far more jobs than anybody asks for
        message = phrase("There is no such job in this cohort.")
        raise NotFound(message)
    found = queries.job(request.db, cohort=request.path["cohort"], number=int(text))
    far = marked_so_far(request.config, found)
    return Json(
        {
            "job": found.id,
            "kind": str(found.kind),
            "assessment": found.assessment,
            "state": found.state,
            "progress": {"done": far[0], "total": far[1]} if far else None,
            "asked_at": found.asked_at.isoformat(),
            "started_at": found.started_at.isoformat() if found.started_at else None,
            "ended_at": found.ended_at.isoformat() if found.ended_at else None,
            "result": found.result,
            "error": found.error,
        }
    )


def scores(request: Request) -> Response:
    """List what the gradebook holds, one row per participant and question."""
    folder = course_folder(request.config, request.path["cohort"])
    rows = [
        {
            "student": score.student,
            "question": score.question,
            "auto": score.auto,
            "manual": score.manual,
            "score": score.total,
            "most": score.most,
            "verdict": str(score.verdict),
            "reason": score.reason,
            "needs_manual_grade": score.needs_manual_grade,
            "comment": score.comment,
            "submitted_at": score.submitted_at.isoformat() if score.submitted_at else None,
        }
        for score in read_scores(folder, assessment_of(request).slug)
    ]
    return Json({"scores": rows})


ROUTES = [
    Route("POST", f"{HERE}/release", Right.FACILITATE, release),
    *(_asking(kind) for kind in (JobKind.COLLECT, JobKind.AUTOGRADE, JobKind.FEEDBACK)),
    Route("GET", "/api/c/{cohort}/jobs/{job}", Right.FACILITATE, job),
    Route("GET", f"{HERE}/scores", Right.FACILITATE, scores),
]
