"""The files of courses, modules and assessments, each to its record, strictly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from academy.content.answers import field_names
from academy.content.labs import Lab, read_lab
from academy.content.lessons import read_lesson
from academy.content.markdown import markdown_html
from academy.content.model import Assessment, Course, Guide, Module, Part, PassRule, Source, Week
from academy.content.parts import Points, Record
from academy.content.questions import Question, Short, slug_of
from academy.content.reading import as_record, front_matter, read_text, read_yaml
from academy.content.scoring import key_of
from academy.content.text import Language, Line, Slug, Text, Texts
from academy.errors import ContentError

__all__ = ["read_assessment", "read_course", "read_module"]

Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=1000)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", max_length=40)]


class _Week(Record):
    title: Text
    modules: tuple[Slug, ...] = ()
    assessments: tuple[Slug, ...] = ()


class _Part(Record):
    slug: Slug
    title: Text
    weeks: Annotated[tuple[_Week, ...], Field(min_length=1)]


class _PassRule(Record):
    modules: Literal["all"] | Share
    assessments: Share


class _Course(Record):
    title: Text
    summary: Text
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    pass_rule: _PassRule
    parts: Annotated[tuple[_Part, ...], Field(min_length=1)]


class _Source(Record):
    key: Key
    text: Line
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$")] | None = None


class _Module(Record):
    title: Text
    minutes: Minutes
    objectives: Texts
    lessons: Annotated[tuple[Slug, ...], Field(min_length=1)]
    sources: tuple[_Source, ...] = ()
    content_note: Text | None = None


class _GuideFront(Record):
    title: Line


class _Assessment(Record):
    title: Text
    intro: Text
    module: Slug
    kind: Literal["module", "before", "after"] = "module"
    minutes: Minutes
    attempts: Annotated[int, Field(strict=True, ge=1, le=100)] | None
    due_days: Annotated[int, Field(strict=True, ge=0, le=366)] | None
    points: dict[str, Points] = Field(default_factory=dict)
    instead_of: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9.-]+$")] | None = None


class _Quiz(Record):
    items: Annotated[tuple[Annotated[Question, Field(discriminator="type")], ...], Field(min_length=1)]


def read_course(root: Path, slug: str) -> Course:
    """Read ``courses/SLUG/course.yml``. Raises ``ContentError``."""
    file = root / "courses" / slug / "course.yml"
    read = as_record(_Course.model_validate, read_yaml(file, root), _name(file, root))
    number = 0
    parts: list[Part] = []
    for part in read.parts:
        weeks: list[Week] = []
        for week in part.weeks:
            number += 1
            weeks.append(Week(number, week.title, week.modules, week.assessments))
        parts.append(Part(part.slug, part.title, tuple(weeks)))
    _refuse_twice([part.slug for part in parts], file, root, "parts")
    rule = PassRule(1.0 if read.pass_rule.modules == "all" else read.pass_rule.modules, read.pass_rule.assessments)
    return Course(slug, read.title, read.summary, read.languages, rule, tuple(parts))


def read_module(root: Path, slug: str) -> dict[str, Module]:
    """Read ``modules/SLUG/``: the module in every language that has a lesson. Raises ``ContentError``."""
    folder = root / "modules" / slug
    file = folder / "module.yml"
    read = as_record(_Module.model_validate, read_yaml(file, root), _name(file, root))
    _refuse_twice([source.key for source in read.sources], file, root, "sources")
    _refuse_twice(read.lessons, file, root, "lessons")
    sources = tuple(Source(source.key, source.text, source.url) for source in read.sources)
    english = {name: read_lesson(folder / "en" / f"{name}.md", root, sources) for name in read.lessons}
    modules: dict[str, Module] = {}
    for language in _languages(folder, "*.md"):
        lessons = dict(english)
        for lesson_file in sorted((folder / language).glob("*.md")):
            name = lesson_file.stem
            if name not in english:
                raise ContentError(_name(lesson_file, root), "module.yml does not list this lesson")
            if language != "en":
                lessons[name] = read_lesson(lesson_file, root, sources, english=english[name].fingerprint)
        modules[language] = Module(
            slug=slug,
            title=read.title,
            minutes=read.minutes,
            objectives=read.objectives,
            content_note=read.content_note,
            sources=sources,
            lessons=tuple(lessons.values()),
            guide=_guide(folder, language, root) or _guide(folder, "en", root),
        )
    return modules


def _guide(folder: Path, language: str, root: Path) -> Guide | None:
    file = folder / f"guide.{language}.md"
    if not file.is_file():
        return None
    name = _name(file, root)
    front, body, _ = front_matter(read_text(file, root), name)
    return Guide(language, as_record(_GuideFront.model_validate, front, name).title, markdown_html(body))


def read_assessment(root: Path, slug: str) -> dict[str, Assessment]:
    """Read ``assessments/SLUG/``: the assessment in each of its languages. Raises ``ContentError``."""
    folder = root / "assessments" / slug
    file = folder / "assessment.yml"
    read = as_record(_Assessment.model_validate, read_yaml(file, root), _name(file, root))
    lab = _lab(folder, root)
    languages = {"en", *_languages(folder, "quiz.yml")} if lab is None or _languages(folder, "quiz.yml") else set()
    quizzes = {language: _questions(folder / language / "quiz.yml", root) for language in languages} or {"en": ()}
    _check_names(lab, quizzes["en"], folder, root)
    for language, questions in quizzes.items():
        if [_bones(question) for question in questions] != [_bones(question) for question in quizzes["en"]]:
            reason = "the ids, types, points and keys must be those of the English questions, in the same order"
            raise ContentError(_name(folder / language / "quiz.yml", root), reason)
    unknown = next((name for name in read.points if name not in {question.id for question in quizzes["en"]}), None)
    if unknown is not None:
        raise ContentError(_name(file, root), "there is no such question", field=f"points.{unknown}")
    return {
        language: Assessment(
            slug=slug,
            language=language,
            title=read.title,
            intro=read.intro,
            module=read.module,
            kind=read.kind,
            minutes=read.minutes,
            attempts=read.attempts,
            due_days=read.due_days,
            questions=tuple(_with_points(question, read.points.get(question.id)) for question in questions),
            lab=lab,
            instead_of=_place(read.instead_of),
        )
        for language, questions in sorted(quizzes.items())
    }


def _lab(folder: Path, root: Path) -> Lab | None:
    """Read the lab, of which there is one: notebooks are released in English."""
    if other := next((language for language in _languages(folder, "lab.py") if language != "en"), None):
        raise ContentError(_name(folder / other / "lab.py", root), "a lab is written in English, as en/lab.py")
    file = folder / "en" / "lab.py"
    if file.is_file():
        return read_lab(file, folder / "files", root)
    if (folder / "files").exists():
        raise ContentError(_name(folder / "files", root), "only a lab has files, and there is no en/lab.py")
    return None


def _check_names(lab: Lab | None, questions: Sequence[Question], folder: Path, root: Path) -> None:
    """Refuse a cell of the lab that has the name of a question's cell."""
    taken = {"start"} | set(_cells(questions))
    for cell in lab.cells if lab else ():
        if cell.grade_id in taken or re.fullmatch(r"text-\d+", cell.grade_id):
            reason = f"{cell.grade_id} is the name of another cell"
            raise ContentError(_name(folder / "en" / "lab.py", root), reason, field=f"line {cell.line}")


def _place(text: str | None) -> tuple[str, str] | None:
    assessment, _, question = (text or "").partition("/")
    return (assessment, question) if text else None


def _cells(questions: Sequence[Question]) -> list[str]:
    return [slug_of(question.id) + suffix for question in questions for suffix in ("", "-stem", "-test")]


def _questions(file: Path, root: Path) -> tuple[Question, ...]:
    """Read a quiz and check what only all questions together can show."""
    quiz = as_record(_Quiz.model_validate, read_yaml(file, root), _name(file, root))
    _refuse_twice(_cells(quiz.items), file, root, "items")
    _refuse_twice([name for question in quiz.items for name in field_names(question)], file, root, "items")
    return quiz.items


def _with_points(question: Question, points: float | None) -> Question:
    return question if points is None else question.model_copy(update={"points": points})


def _bones(question: Question) -> object:
    """Return what a translation may not change. Accepted words are translated, so they are not part of it."""
    key = None if isinstance(question, Short) else key_of(question)
    return question.id, question.type, question.points, question.obj, key


def _languages(folder: Path, pattern: str) -> list[str]:
    return sorted({file.parent.name for file in folder.glob(f"*/{pattern}")})


def _refuse_twice(names: Sequence[str], file: Path, root: Path, field: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ContentError(_name(file, root), f"{name} stands twice", field=field)
        seen.add(name)


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()
