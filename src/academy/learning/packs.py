"""Course packs: taken along, and answers that come back as a file, from the person herself or through a facilitator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from academy.content.catalogue import load
from academy.content.model import Assessment
from academy.content.pack import VERSION, Pack, course_pack
from academy.content.text import Slug
from academy.errors import AcademyError, BadInput, Closed, NotFound
from academy.languages.catalogues import LANGUAGES
from academy.languages.phrases import phrase
from academy.learning import actions, queries
from academy.learning.model import Attempt
from academy.learning.rules import own_date
from academy.learning.sheet import read_answers
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Download, Form, Page, Redirect, Request, Response, Route

__all__ = ["ROUTES", "SavedAnswers", "read_saved"]

LARGEST = 500_000
"""Characters of the largest file of answers that is read: ten times the longest assessment, written out."""
_NOT_OURS = phrase("This is not a file of answers from a course pack. Choose the file that you saved there.")


class SavedAnswers(BaseModel):
    """A file of answers, as ``pack/answers.js`` writes it."""

    model_config = {"extra": "forbid", "frozen": True}

    academy: Literal["answers"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    assessment: Slug
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    """Made at random when it was saved: the same file is taken once."""
    saved_at: AwareDatetime
    """By the clock of her device."""
    fields: dict[str, list[str]]
    """Names and values of the form's controls."""


class Brought(Form):
    """The form with the file."""

    answers: Annotated[str, Field(max_length=LARGEST)]
    person: str | None = None
    """Whose answers they are, where a facilitator brings them."""


def read_saved(text: str) -> SavedAnswers:
    """Read a file of answers. Raises ``BadInput`` that names the field."""
    try:
        return SavedAnswers.model_validate_json(text)
    except ValidationError as error:
        raise BadInput(_NOT_OURS, code="bad-file", field="answers") from error


def show(request: Request) -> Response:
    """Show what can be taken along, and where to bring answers."""
    return _page(request)


def _page(request: Request, *, problem: AcademyError | None = None) -> Page:
    cohort = people.cohort(request.db, request.path["cohort"])
    packs = [
        {"language": language, "name": name, "kilobytes": max(1, round(len(_pack(request, language)) / 1000))}
        for language, name in LANGUAGES.items()
        if language in load(request.config.content).course(cohort.course).languages
    ]
    arrived = request.query.get("arrived")
    context = {
        "cohort": cohort,
        "packs": packs,
        "participants": _participants(request),
        "takes": request.actor.may(Right.TAKE, cohort.slug),
        "arrived": arrived if arrived and arrived.replace("-", "").isalnum() else None,
        "problem": problem,
    }
    return Page("learning/pack.html", context, status=problem.status if problem else 200)


def _participants(request: Request) -> list[Any]:
    """Return those for whom the one who asks may bring answers."""
    cohort = request.path["cohort"]
    return people.participants(request.db, cohort) if request.actor.may(Right.FACILITATE, cohort) else []


def fetch(request: Request) -> Response:
    """Send the pack."""
    if request.path["language"] not in LANGUAGES:
        raise NotFound
    cohort = people.cohort(request.db, request.path["cohort"])
    name = f"{cohort.course}-{request.path['language']}.zip"
    return Download(name, "application/zip", _pack(request, request.path["language"]))


def _pack(request: Request, language: str) -> bytes:
    cohort = people.cohort(request.db, request.path["cohort"])
    course = load(request.config.content).course(cohort.course)
    opened = tuple(slug for slug in course.assessments if queries.opened_at(request.db, cohort.slug, slug))
    return _made(request.config.content, course.slug, language, opened)


@lru_cache(maxsize=16)
def _made(content: Path, course: str, language: str, assessments: tuple[str, ...]) -> bytes:
    """Make a pack once: it is the same for everybody to whom the same assessments are open."""
    catalogue = load(content)
    stylesheet = (files("academy.web") / "static" / "academy.css").read_bytes()
    return course_pack(Pack(catalogue, catalogue.course(course), language, assessments, stylesheet))


def bring(request: Request) -> Response:
    """Take a file of answers from the person who wrote them, and show the receipt."""
    try:
        attempt = _take(request, request.read(Brought), str(request.actor.person))
    except (BadInput, Closed) as problem:
        return _page(request, problem=problem)
    return Redirect(f"/c/{request.path['cohort']}/submissions/{attempt.number}")


def bring_for(request: Request) -> Response:
    """Take a file of answers that a facilitator brings for a participant of her cohort."""
    try:
        form = request.read(Brought)
        if form.person is None or form.person not in {member.person for member in _participants(request)}:
            message = phrase("Choose whose answers these are.")
            raise BadInput(message, code="bad-person", field="person")  # noqa: TRY301 - shown on the same page
        attempt = _take(request, form, form.person)
    except (BadInput, Closed) as problem:
        return _page(request, problem=problem)
    return Redirect(f"/c/{request.path['cohort']}/pack?arrived={attempt.number}")


def _take(request: Request, form: Brought, person: str) -> Attempt:
    saved = read_saved(form.answers)
    assessment = _assessment(request, saved.assessment)
    cohort = request.path["cohort"]
    return actions.submit(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=cohort,
        assessment=assessment.slug,
        answers=_answers(assessment, saved.fields),
        nonce=saved.id,
        most_attempts=assessment.attempts,
        person=person,
        written_at=_written_at(request, cohort, saved),
    )


def _written_at(request: Request, cohort: str, saved: SavedAnswers) -> datetime:
    opened_at = queries.opened_at(request.db, cohort, saved.assessment)
    return own_date(saved.saved_at, opened_at=opened_at or request.now, now=request.now)


def _assessment(request: Request, slug: str) -> Assessment:
    content = load(request.config.content)
    course = content.course(people.cohort(request.db, request.path["cohort"]).course)
    if slug not in course.assessments:
        message = phrase("These answers belong to another course.")
        raise BadInput(message, code="other-course", field="answers")
    return content.assessment(slug)


def _answers(assessment: Assessment, fields: Mapping[str, list[str]]) -> dict[str, Any]:
    try:
        return read_answers(assessment.questions, fields)
    except BadInput as error:
        message = phrase("The questions have changed since this pack was made, or the file was changed. Fetch it anew.")
        raise BadInput(message, code="bad-file", field="answers") from error


ROUTES = (
    Route("GET", "/c/{cohort}/pack", Right.BELONG, show),
    Route("GET", "/c/{cohort}/pack/{language}", Right.BELONG, fetch),
    Route("POST", "/c/{cohort}/pack", Right.TAKE, bring),
    Route("POST", "/c/{cohort}/facilitate/pack", Right.FACILITATE, bring_for),
)
