"""The page with the voluntary questions for statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from academy.errors import AcademyError
from academy.languages.phrases import Phrase, phrase
from academy.people import demographic_rows, queries
from academy.people.demographics import (
    NOTHING,
    QUESTIONS,
    AgeBand,
    Demographic,
    Difficulty,
    Gender,
    Identifier,
    identifier,
)
from academy.rights import Right
from academy.routing import Form, Page, Redirect, Request, Response, Route

__all__ = ["ROUTES"]

PATH = "/c/{cohort}/statistics"

GENDERS = (
    (Gender.WOMAN, phrase("Woman")),
    (Gender.MAN, phrase("Man")),
    (Gender.OTHER, phrase("Other")),
    (Gender.DECLINED, phrase("I prefer not to say")),
)
AGES = (
    (AgeBand.UNDER_18, phrase("Under 18")),
    (AgeBand.FROM_18, phrase("18 to 24")),
    (AgeBand.FROM_25, phrase("25 to 35")),
    (AgeBand.FROM_36, phrase("36 to 59")),
    (AgeBand.FROM_60, phrase("60 and over")),
    (AgeBand.DECLINED, phrase("I prefer not to say")),
)
DIFFICULTIES = (
    (Difficulty.NONE, phrase("No, no difficulty")),
    (Difficulty.SOME, phrase("Yes, some difficulty")),
    (Difficulty.A_LOT, phrase("Yes, a lot of difficulty")),
    (Difficulty.CANNOT, phrase("Cannot do at all")),
    (Difficulty.REFUSED, phrase("I prefer not to say")),
    (Difficulty.UNKNOWN, phrase("I do not know")),
)
RESULTS = {
    Identifier.YES: phrase("a lot of difficulty, or more, with at least one of the six"),
    Identifier.NO: phrase("no or some difficulty with each of the six"),
    Identifier.UNKNOWN: phrase("not known, because an answer is missing"),
    Identifier.DECLINED: phrase("you preferred not to say"),
}


def _open_is_none(value: Any) -> Any:
    return None if value == "" else value


Open = BeforeValidator(_open_is_none)
Answer = Annotated[Difficulty | None, Open]


class StatisticsForm(Form):
    """The questions; each may be left open."""

    gender: Annotated[Gender | None, Open] = None
    seeing: Answer = None
    hearing: Answer = None
    walking: Answer = None
    remembering: Answer = None
    self_care: Answer = None
    communicating: Answer = None
    age_band: Annotated[AgeBand | None, Open] = None

    def kept(self) -> Demographic:
        """Return what is kept of it: the six answers end here."""
        answers = [getattr(self, name) for name, _ in QUESTIONS]
        return Demographic(gender=self.gender, age_band=self.age_band, disability=identifier(answers))


class WithdrawForm(Form):
    """The button that takes all answers back."""

    withdraw: Literal["yes"]


def show(request: Request) -> Response:
    """Show the questions, and what is kept of oneself."""
    return _page(request, {})


def change(request: Request) -> Response:
    """Keep or take back. On an error what was chosen stays in the form."""
    cohort = request.path["cohort"]
    parts: dict[str, Any] = {"config": request.config, "actor": request.actor, "now": request.now, "cohort": cohort}
    try:
        if "withdraw" in request.body:
            request.read(WithdrawForm)
            demographic_rows.withdraw(request.db, **parts)
        else:
            form = request.read(StatisticsForm)
            demographic_rows.answer(request.db, **parts, demographic=form.kept())
    except AcademyError as error:
        return _page(request, request.body, problem=error)
    return Redirect(PATH.format(cohort=cohort))


def _page(request: Request, chosen: Mapping[str, Any], *, problem: AcademyError | None = None) -> Page:
    cohort = queries.cohort(request.db, request.path["cohort"])
    person = str(request.actor.person)
    kept = demographic_rows.find(request.db, config=request.config, cohort=cohort.slug, person=person)
    context = {
        "cohort": cohort,
        "kept": kept,
        "said": _said(kept or NOTHING),
        "chosen": chosen,
        "questions": QUESTIONS,
        "genders": GENDERS,
        "ages": AGES,
        "difficulties": DIFFICULTIES,
        "problem": problem,
    }
    return Page("people/statistics.html", context, status=problem.status if problem else 200)


def _said(kept: Demographic) -> dict[Phrase, Phrase]:
    """Return what is kept, in words; what was left open has none."""
    genders, ages = dict(GENDERS), dict(AGES)
    said = {
        phrase("Sex or gender"): genders[kept.gender] if kept.gender else None,
        phrase("The six questions"): RESULTS[kept.disability] if kept.disability else None,
        phrase("Age"): ages[kept.age_band] if kept.age_band else None,
    }
    return {name: words or phrase("left open") for name, words in said.items()}


ROUTES = (
    Route("GET", PATH, Right.TAKE, show),
    Route("POST", PATH, Right.TAKE, change),
)
