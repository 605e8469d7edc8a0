"""Lessons, assessments and receipts as plain pages; each works with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from academy.content.answers import answer_text
from academy.content.catalogue import load
from academy.content.feedback import practice_feedback_html
from academy.content.markdown import markdown_html
from academy.content.model import Assessment, Section
from academy.content.render import question_html
from academy.errors import AcademyError, BadInput, Closed
from academy.languages.phrases import phrase
from academy.learning import actions, pictures, queries
from academy.learning.place import Place, assessment_of, lesson_of
from academy.learning.rules import closed_reason
from academy.learning.sheet import read_answers, readable_answers, rendered, unanswered
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Form, Page, Redirect, Request, Response, Route
from academy.store.database import new_id

__all__ = ["ROUTES", "Nonce", "refused"]

Nonce = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
"""What the same sending, repeated, is known by."""


class Sending(Form):
    """The form that sends the saved answers."""

    nonce: Nonce


def lesson(request: Request) -> Response:
    """Show a lesson."""
    page = _lesson_page(request, lesson_of(request), practised=None, answer=None)
    return replace(page, lasting=True)


def practise(request: Request) -> Response:
    """Show a lesson with the feedback to one practice question. Nothing is stored."""
    place = lesson_of(request)
    fields = {name: value for name, value in request.body.items() if name != "question"}
    question = place.lesson.practice.get(str(request.body.get("question")))
    if question is None:
        message = phrase("question is not a practice question of this lesson.")
        raise BadInput(message, code="unknown-question", field="question")
    answer = read_answers((question,), fields)[question.id]
    return _lesson_page(request, place, practised=question.id, answer=answer)


def _lesson_page(request: Request, place: Place, *, practised: str | None, answer: Any) -> Page:
    done = queries.lessons_done(request.db, person=str(request.actor.person), cohort=place.cohort.slug)
    seed = str(request.actor.person)
    pictures_at = "pictures" if practised else f"{place.lesson.slug}/pictures"
    context = {
        "cohort": place.cohort,
        "module": place.module,
        "lesson": place.lesson,
        "sections": [
            _section(section, practised, answer, seed, place.lesson.language)
            for section in pictures.sections(request, place, pictures_at)
        ],
        "done": (place.module.slug, place.lesson.slug) in done,
        "following": place.following,
        "takes": request.actor.may(Right.TAKE, place.cohort.slug),
    }
    return Page("learning/lesson.html", context)


def _section(section: Section, practised: str | None, answer: Any, seed: str, language: str) -> dict[str, Any]:
    """Return one stretch of a lesson; a practice question carries its feedback once it was tried."""
    question = section.question
    if question is None:
        return {"kind": section.kind, "html": section.html}
    tried = question.id == practised
    return {
        "kind": section.kind,
        "question": question.id,
        "html": question_html(question, answer=answer if tried else None, seed=seed, language=language),
        "feedback": practice_feedback_html(question, answer, language=language) if tried else None,
    }


def mark_done(request: Request) -> Response:
    """Mark a lesson as done and go on."""
    place = lesson_of(request)
    actions.mark_done(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=place.cohort.slug,
        module=place.module.slug,
        lesson=place.lesson.slug,
    )
    return Redirect(place.following or f"/c/{place.cohort.slug}")


def _sitting(request: Request, assessment: Assessment) -> dict[str, Any]:
    cohort = people.cohort(request.db, request.path["cohort"])
    sitting = queries.sitting(
        request.db, person=str(request.actor.person), cohort=cohort.slug, assessment=assessment.slug
    )
    closed = closed_reason(sitting, now=request.now, most_attempts=assessment.attempts)
    return {"cohort": cohort, "assessment": assessment, "sitting": sitting, "closed": closed, "problem": None}


def _form(request: Request, assessment: Assessment, *, problem: BadInput | None = None) -> Page:
    context = _sitting(request, assessment)
    sitting = context["sitting"]
    answers = (
        sitting.draft if problem is None else {**sitting.draft, **readable_answers(assessment.questions, request.body)}
    )
    shown = sitting.released
    context["questions"] = (
        rendered(assessment, answers, seed=str(request.actor.person), problem=problem) if shown else []
    )
    context["intro"] = markdown_html(assessment.intro(request.language))
    context["problem"] = problem
    context["answered"] = len(assessment.questions) - len(unanswered(assessment, answers))
    template = "learning/assessment.html" if assessment.lab is None else "learning/lab.html"
    context |= _about_lab(request, assessment)
    return Page(template, context, status=problem.status if problem else 200)


def _about_lab(request: Request, assessment: Assessment) -> dict[str, Any]:
    """Return what the page of a lab needs besides."""
    if assessment.lab is None:
        return {}
    content, place = load(request.config.content), assessment.instead_of
    instead = content.assessment(place[0], request.language) if place else None
    return {"nonce": new_id(), "instead": instead, "offered": request.config.offers_servers}


def assessment(request: Request) -> Response:
    """Show the assessment as one form."""
    return _form(request, assessment_of(request))


def save(request: Request) -> Response:
    """Keep the answers, and go on to the list before sending where that was asked."""
    assessment = assessment_of(request)
    body = dict(request.body)
    then = body.pop("then", "stay")
    try:
        answers = read_answers(assessment.questions, body)
    except BadInput as problem:
        _keep(request, assessment, readable_answers(assessment.questions, body))
        return _form(request, assessment, problem=problem)
    _keep(request, assessment, answers)
    page = "/review" if then == "review" else "#saved"
    return Redirect(f"/c/{request.path['cohort']}/assessments/{assessment.slug}{page}")


def _keep(request: Request, assessment: Assessment, answers: Mapping[str, Any]) -> None:
    actions.save_draft(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=request.path["cohort"],
        assessment=assessment.slug,
        answers=answers,
    )


def review(request: Request) -> Response:
    """Show the answers in words before they are sent."""
    assessment = assessment_of(request)
    context = _sitting(request, assessment)
    context["answers"] = _in_words(assessment, context["sitting"].draft)
    context["missing"] = unanswered(assessment, context["sitting"].draft)
    context["nonce"] = new_id()
    return Page("learning/review.html", context)


def _in_words(assessment: Assessment, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "stem": question.stem,
            "answer": answer_text(question, answers.get(question.id), assessment.language),
        }
        for number, question in enumerate(assessment.questions, start=1)
    ]


def submit(request: Request) -> Response:
    """Send the saved answers and show the receipt."""
    assessment = assessment_of(request)
    form = request.read(Sending)
    context = _sitting(request, assessment)
    drafted = context["sitting"].draft
    answers = {question.id: drafted.get(question.id) for question in assessment.questions}
    try:
        attempt = actions.submit(
            request.db,
            actor=request.actor,
            now=request.now,
            cohort=request.path["cohort"],
            assessment=assessment.slug,
            answers=answers,
            nonce=form.nonce,
            most_attempts=assessment.attempts,
        )
    except Closed as error:
        return refused(request, assessment, error)
    return Redirect(f"/c/{request.path['cohort']}/submissions/{attempt.number}")


def refused(request: Request, assessment: Assessment, error: AcademyError) -> Page:
    """Show the assessment with one sentence that says why nothing was sent."""
    page = _form(request, assessment)
    return Page(page.template, {**page.context, "problem": error}, status=error.status)


def receipt(request: Request) -> Response:
    """Show the receipt of one sending."""
    cohort = people.cohort(request.db, request.path["cohort"])
    slug, attempt = queries.attempt_by_number(
        request.db, person=str(request.actor.person), cohort=cohort.slug, number=request.path["number"]
    )
    assessment = load(request.config.content).assessment(slug, request.language)
    answers = _in_words(assessment, attempt.answers)
    notebook = queries.handed_notebook(request.db, attempt.id) is not None
    context = {
        "cohort": cohort,
        "assessment": assessment,
        "attempt": attempt,
        "answers": answers,
        "notebook": notebook,
    }
    return Page("learning/receipt.html", context)


ROUTES = (
    Route("GET", "/c/{cohort}/lessons/{module}/{lesson}", Right.BELONG, lesson),
    *pictures.ROUTES,
    Route("POST", "/c/{cohort}/lessons/{module}/{lesson}/practice", Right.BELONG, practise),
    Route("POST", "/c/{cohort}/lessons/{module}/{lesson}/done", Right.TAKE, mark_done),
    Route("GET", "/c/{cohort}/assessments/{assessment}", Right.TAKE, assessment),
    Route("POST", "/c/{cohort}/assessments/{assessment}/save", Right.TAKE, save),
    Route("GET", "/c/{cohort}/assessments/{assessment}/review", Right.TAKE, review),
    Route("POST", "/c/{cohort}/assessments/{assessment}/submit", Right.TAKE, submit),
    Route("GET", "/c/{cohort}/submissions/{number}", Right.TAKE, receipt),
)
