"""Courses, modules, lessons and assessments as frozen records."""

from __future__ import annotations

from dataclasses import dataclass

from academy.content.labs import Lab
from academy.content.questions import Question
from academy.content.text import Text, Texts
from academy.errors import NotFound

__all__ = [
    "Assessment",
    "Block",
    "Box",
    "Course",
    "Figure",
    "Guide",
    "Lesson",
    "Module",
    "Part",
    "PassRule",
    "Practice",
    "Prose",
    "Section",
    "Source",
    "Twin",
    "Week",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A source that lessons cite."""

    key: str
    text: str
    url: str | None


# --- what a lesson's text is made of ---


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown without directives."""

    text: str
    line: int
    """The line of the file where it begins, from 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its text alternative."""

    svg: str
    """The picture itself, checked, ready to stand in a page."""
    file: str
    alt: str
    description: Prose


@dataclass(frozen=True, slots=True)
class Box:
    """A passage set apart: a note, a caution, the NHRI box, a checklist or a reflection."""

    kind: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """The low-data twin of the lesson's interactive page."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """A question that is not graded."""

    question: Question


Block = Prose | Figure | Box | Twin | Practice


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a lesson's plain page, in reading order."""

    kind: str
    """``text``; ``twin``, before which the page offers the interactive page; ``practice``, where it shows a form."""
    html: str
    """Safe HTML; of a practice question what ``render.question_html`` returns, without a form around it."""
    question: Question | None = None
    """The question of a practice section."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson in one language."""

    slug: str
    language: str
    title: str
    minutes: int
    interactive: str | None
    """Name of the Voilà app that can take the place of the twin."""
    blocks: tuple[Block, ...]
    """The text as it was parsed."""
    sections: tuple[Section, ...]
    """The plain page."""
    cited: tuple[Source, ...]
    """The sources, in the order of their numbers."""
    fingerprint: str
    """Hash of the file, which a translation names."""
    stale: bool
    """Whether this is a translation of an older English text."""

    @property
    def practice(self) -> dict[str, Question]:
        """The practice questions by id."""
        return {section.question.id: section.question for section in self.sections if section.question is not None}

    @property
    def html(self) -> str:
        """The plain page's body; a ``div`` with ``data-question`` stands where a practice question belongs."""
        return "".join(
            f'<div class="practice" data-question="{section.question.id}"></div>' if section.question else section.html
            for section in self.sections
        )

    @property
    def weight(self) -> int:
        """Bytes of the plain page's body before compression."""
        return sum(len(section.html.encode()) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Guide:
    """What a facilitator reads before she holds the session on a module."""

    language: str
    title: str
    html: str
    """Safe HTML."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module with its lessons, in one language (missing lessons in English)."""

    slug: str
    title: Text
    minutes: int
    objectives: Texts
    content_note: Text | None
    """What it speaks about that may distress."""
    sources: tuple[Source, ...]
    lessons: tuple[Lesson, ...]
    guide: Guide | None = None
    """None: nobody has written one."""

    def lesson(self, slug: str) -> Lesson:
        """Return one lesson. Raises ``NotFound``."""
        for lesson in self.lessons:
            if lesson.slug == slug:
                return lesson
        raise NotFound


# --- assessments ---


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment with its questions, in one language (English where it is not translated)."""

    slug: str
    language: str
    title: Text
    intro: Text
    """Markdown."""
    module: str
    kind: str
    """``module``; ``before`` or ``after``: shows what a course has changed, and counts nowhere."""
    minutes: int
    attempts: int | None
    """How often it may be sent; ``None``: as often as one likes."""
    due_days: int | None
    """Days from the start of its week to the deadline; ``None``: no deadline."""
    questions: tuple[Question, ...]
    lab: Lab | None = None
    """Tasks of real code; ``None``: none."""
    instead_of: tuple[str, str] | None = None
    """Assessment and question whose place it can take: of the two, the better counts. ``None``: it adds points."""

    @property
    def counts(self) -> bool:
        """Whether its points count towards passing a course."""
        return self.kind == "module"

    @property
    def points(self) -> float:
        """The most points."""
        return sum(question.points for question in self.questions) + (self.lab.points if self.lab else 0.0)

    def question(self, question_id: str) -> Question:
        """Return one question. Raises ``NotFound``."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise NotFound


# --- courses ---


@dataclass(frozen=True, slots=True)
class PassRule:
    """What it takes to pass a course."""

    modules: float
    """Share of the course's modules to complete, 0 to 1."""
    assessments: float
    """Share of all points of the course's assessments to reach, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a course."""

    number: int
    """Counted from 1 through all parts."""
    title: Text
    modules: tuple[str, ...]
    assessments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a course."""

    slug: str
    title: Text
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course: modules and assessments by weeks."""

    slug: str
    title: Text
    summary: Text
    languages: tuple[str, ...]
    pass_rule: PassRule
    parts: tuple[Part, ...]

    @property
    def weeks(self) -> tuple[Week, ...]:
        """All weeks, through all parts."""
        return tuple(week for part in self.parts for week in part.weeks)

    @property
    def modules(self) -> tuple[str, ...]:
        """The slugs of all modules, in order."""
        return tuple(slug for week in self.weeks for slug in week.modules)

    @property
    def assessments(self) -> tuple[str, ...]:
        """The slugs of all assessments, in order."""
        return tuple(slug for week in self.weeks for slug in week.assessments)

    def week_of(self, assessment: str) -> Week:
        """Return the week in which an assessment stands. Raises ``NotFound``."""
        for week in self.weeks:
            if assessment in week.assessments:
                return week
        raise NotFound
