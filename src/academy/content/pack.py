"""A course pack: one zip with a course's lessons and assessments as pages that need no network and no server.

Lessons are the plain pages, each practice question followed by its reasons. An assessment is a form whose answers are
saved as a file; ``academy.learning.packs`` reads it when it is handed in. The same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from academy.content.catalogue import Catalogue
from academy.content.feedback import feedback_html
from academy.content.markdown import markdown_html
from academy.content.model import Assessment, Course, Lesson, Module, Section
from academy.content.phrases import phrases
from academy.content.render import question_html
from academy.content.templates import template
from academy.languages.catalogues import direction

__all__ = ["VERSION", "Pack", "course_pack"]

VERSION = 1
"""Of the file of answers."""
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of each file in the zip: the earliest that the format knows, so that it says nothing."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What the pages of one pack have in common."""

    catalogue: Catalogue
    course: Course
    language: str
    assessments: tuple[str, ...]
    """Those that are open to the people for whom it is made."""
    stylesheet: bytes


def course_pack(pack: Pack) -> bytes:
    """Return the zip file."""
    pages = dict(_pages(pack))
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(pages.items()))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted({**pages, "SHA256SUMS": sums.encode()}.items()):
            archive.writestr(zipfile.ZipInfo(f"{pack.course.slug}/{name}", _MOMENT), body, zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def _pages(pack: Pack) -> Iterator[tuple[str, bytes]]:
    yield "style.css", pack.stylesheet
    yield "answers.js", (files("academy.content") / "templates" / "pack" / "answers.js").read_bytes()
    yield "index.html", _index(pack)
    lessons = [(module, lesson) for module in _modules(pack) for lesson in module.lessons]
    following = [_lesson_path(*place).removeprefix("lessons/") for place in lessons[1:]] + ["../index.html"]
    for (module, lesson), after in zip(lessons, following, strict=True):
        yield _lesson_path(module, lesson), _lesson_page(pack, module, lesson, after)
    for slug in _assessments(pack, pack.course.assessments):
        yield f"assessments/{slug}.html", _assessment_page(pack, pack.catalogue.assessment(slug, pack.language))


def _modules(pack: Pack) -> list[Module]:
    return [pack.catalogue.module(slug, pack.language) for slug in pack.course.modules]


def _assessments(pack: Pack, slugs: Collection[str]) -> list[str]:
    """Return those that are open; a lab is no page to take along."""
    return [slug for slug in slugs if slug in pack.assessments and pack.catalogue.assessment(slug).questions]


def _lesson_path(module: Module, lesson: Lesson) -> str:
    return f"lessons/{module.slug}--{lesson.slug}.html"


def _page(pack: Pack, name: str, up: str, **values: Any) -> bytes:
    common = {"words": phrases(pack.language), "language": pack.language, "direction": direction(pack.language)}
    return template(f"pack/{name}.html").render(**common, up=up, **values).encode()


def _index(pack: Pack) -> bytes:
    weeks = [
        {"title": week.title(pack.language), "steps": [*_lesson_steps(pack, week.modules), *_asked(pack, week)]}
        for week in pack.course.weeks
    ]
    return _page(pack, "index", "", course=pack.course, weeks=weeks)


def _lesson_steps(pack: Pack, slugs: Collection[str]) -> Iterator[dict[str, str]]:
    for slug in slugs:
        module = pack.catalogue.module(slug, pack.language)
        for lesson in module.lessons:
            kind = f"{phrases(pack.language)['pack-lesson']} · {module.title(pack.language)}"
            yield {"path": _lesson_path(module, lesson), "title": lesson.title, "kind": kind}


def _asked(pack: Pack, week: Any) -> Iterator[dict[str, str]]:
    for slug in _assessments(pack, week.assessments):
        title = pack.catalogue.assessment(slug).title(pack.language)
        yield {"path": f"assessments/{slug}.html", "title": title, "kind": phrases(pack.language)["pack-assessment"]}


def _notice(pack: Pack, language: str) -> str | None:
    return None if language == pack.language else phrases(pack.language)["pack-english"]


def _lesson_page(pack: Pack, module: Module, lesson: Lesson, following: str) -> bytes:
    sections = [_section(section, lesson.language) for section in lesson.sections]
    notice = _notice(pack, lesson.language)
    return _page(
        pack, "lesson", "../", module=module, lesson=lesson, sections=sections, notice=notice, following=following
    )


def _section(section: Section, language: str) -> dict[str, Any]:
    html = Markup(section.html)  # noqa: S704 - made by our own safe Markdown
    if section.question is None:
        return {"html": html, "reasons": None}
    reasons = feedback_html(section.question, None, None, language=language, asked=False)
    return {"html": html, "reasons": Markup(reasons)}  # noqa: S704 - likewise


def _assessment_page(pack: Pack, assessment: Assessment) -> bytes:
    about = {"academy": "answers", "version": VERSION, "assessment": assessment.slug}
    return _page(
        pack,
        "assessment",
        "../",
        assessment=assessment,
        notice=_notice(pack, assessment.language),
        intro=Markup(markdown_html(assessment.intro(pack.language))),  # noqa: S704 - our own safe Markdown
        about=about,
        questions=[
            Markup(question_html(question, number=number, language=assessment.language))  # noqa: S704 - likewise
            for number, question in enumerate(assessment.questions, start=1)
        ],
    )
