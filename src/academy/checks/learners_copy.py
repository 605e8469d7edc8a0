"""What a learner can fetch: it holds no key and no reason, and answers written into it get the points they deserve."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from academy.content.build import build_assessment, build_lesson
from academy.content.catalogue import Catalogue
from academy.content.model import Assessment
from academy.content.notebook import ESSAY_STUB, read_answers, write_answers
from academy.content.questions import Essay, Question
from academy.content.scoring import answer_key, score
from academy.grading import bridge, keys
from academy.grading.model import CourseFolder

__all__ = ["remarks"]

_SHORTEST = 12
"""Characters from which on a text is looked for: a shorter one stands anywhere."""


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """Release everything into a folder that is thrown away, with nbgrader itself, and look at what came out."""
    secret = {text for slug in catalogue.assessments for text in _secrets(catalogue.assessment(slug).questions)}
    for slug, languages in catalogue.modules.items():
        for module in languages.values():
            for lesson in module.lessons:
                fetched = lesson.html + nbformat.writes(build_lesson(lesson))
                own = _secrets(tuple(lesson.practice.values()))
                if _found(fetched, secret | own):
                    yield f"modules/{slug}/{lesson.language}/{lesson.slug}.md: the page holds a key or a reason"
    with tempfile.TemporaryDirectory(prefix="academy-check-") as folder:
        for slug in catalogue.assessments:
            assessment = catalogue.assessment(slug)
            released = _release(Path(folder), assessment)
            file = f"assessments/{slug}/en/{'quiz.yml' if assessment.questions else 'lab.py'}"
            yield from (f"{file}: {remark}" for remark in _of(assessment, released, secret))


def _release(folder: Path, assessment: Assessment) -> bytes:
    course = CourseFolder(root=folder / "course", course_id="check", exchange=folder / "exchange")
    source = nbformat.writes(build_assessment(assessment)).encode()
    files = assessment.lab.files if assessment.lab else ()
    bridge.release(course, assessment.slug, source, keys.dump(assessment.questions), None, files)
    return bytes(bridge.student_notebook(course, assessment.slug))


def _of(assessment: Assessment, released: bytes, secret: set[str]) -> Iterator[str]:
    nb = nbformat.reads(released, as_version=4)
    text = "\n".join(str(cell.source) for cell in nb.cells)
    if _found(text, secret) or any(mark in text for mark in ("HIDDEN TESTS", "BEGIN SOLUTION")) or "key = " in text:
        yield "the learner's copy holds a key or a reason"
    asked = [question for question in assessment.questions if not isinstance(question, Essay)]
    if points := _points(asked, read_answers(nb)):
        yield f"the learner's copy gets {points:g} points before there is an answer"
    solved = write_answers(nb, {question.id: answer_key(question) for question in asked})
    most = sum(question.points for question in asked)
    if (points := _points(asked, read_answers(solved))) != most:
        yield f"the solutions get {points:g} points of {most:g}"
    if any(answer not in (None, ESSAY_STUB) for answer in read_answers(nb).values()):
        yield "the learner's copy holds an answer"


def _points(questions: Sequence[Question], answers: Mapping[str, Any]) -> float:
    return sum(score(question, answers.get(question.id)).points or 0.0 for question in questions)


def _secrets(questions: Sequence[Question]) -> set[str]:
    """Return the reasons and the graders' guidance: all texts that a learner reads afterwards or never."""
    found: set[str] = set()
    for question in questions:
        dumped = question.model_dump()
        entries = [entry for part in ("options", "right", "common_errors") for entry in dumped.get(part) or ()]
        found |= {entry["why"] for entry in entries} | {dumped.get("why") or "", dumped.get("guidance") or ""}
    return {text for text in found if len(text) >= _SHORTEST}


def _found(text: str, secret: set[str]) -> bool:
    return any(part in text for part in secret)
