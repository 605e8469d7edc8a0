"""How the questions of an assessment did in a cohort, for its facilitators: figures about questions, no names."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from academy.content.catalogue import load
from academy.content.markdown import inline_html, stem_html
from academy.grading.items import FEWEST, Item, items, trend
from academy.grading.model import course_folder
from academy.grading.sheets import sheets
from academy.learning.place import assessment_of
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Page, Request, Response, Route

__all__ = ["ROUTES"]


def show(request: Request) -> Response:
    """Show what each question did; below ``FEWEST`` marked submissions only that there are not enough."""
    cohort = people.cohort(request.db, request.path["cohort"])
    assessment = load(request.config.content).assessment(assessment_of(request).slug, request.language)
    marked = list(sheets(course_folder(request.config, cohort.slug), assessment.slug).values())
    found = items(assessment.questions, marked)
    context = {
        "cohort": cohort,
        "assessment": assessment,
        "people": len(marked),
        "fewest": FEWEST,
        "questions": [_shown(item, number) for number, item in enumerate(found, 1)],
    }
    return Page("grading/items.html", context)


def _shown(item: Item, number: int) -> dict[str, Any]:
    """Return what the page says about a question, with the texts of its options."""
    texts = {option.id: _safe(inline_html(option.text)) for option in getattr(item.question, "options", ())}
    figures = item.figures
    return {
        "number": number,
        "stem": _safe(stem_html(item.question.stem)[0]),
        "item": item,
        "figures": figures,
        "trend": trend(figures.discrimination) if figures else None,
        "left_empty": round(figures.empty * item.answers) if figures else 0,
        "choices": [(texts[choice.option], choice) for choice in figures.choices] if figures else [],
        "flags": {flag.value: [texts[one] for one in about] for flag, about in figures.flags.items()}
        if figures
        else {},
    }


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - made by our own safe Markdown


ROUTES = [Route("GET", "/c/{cohort}/facilitate/assessments/{assessment}/items", Right.FACILITATE, show)]
