"""The questions of an assignment with their keys, as they lie in the course folder, outside all that is released."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from academy.content.questions import Essay, Question, question_adapter, slug_of
from academy.errors import Conflict
from academy.grading.model import CourseFolder
from academy.languages.phrases import phrase

__all__ = ["cells_of", "dump", "grade_cell", "parse", "questions_by_cell", "read"]

_questions: TypeAdapter[list[Question]] = TypeAdapter(list[Annotated[Question, Field(discriminator="type")]])


def dump(questions: Iterable[Question]) -> str:
    """Return the questions as JSON text, the same text for the same questions."""
    data = [question_adapter.dump_python(question, mode="json") for question in questions]
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)


def parse(text: str) -> list[Question]:
    """Read what ``dump`` wrote. Raises ``Conflict`` that quotes nothing of it."""
    return list(_parsed(text))


@functools.lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[Question, ...]:
    """Read the questions once, and not for every submission."""
    try:
        return tuple(_questions.validate_python(json.loads(text)))
    except (ValueError, RecursionError) as error:
        message = phrase("The key of this assessment cannot be read; release the assessment again.")
        raise Conflict(message, code="bad-key") from error


def read(file: Path) -> list[Question]:
    """Read the questions of an assignment. Raises ``Conflict`` when there are none: nothing is marked without a key."""
    try:
        return parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = phrase("This assessment was released without its key here; release it again through the academy.")
        raise Conflict(message, code="no-key") from None


def grade_cell(question: Question) -> str:
    """Return nbgrader's name of the cell that carries a question's points."""
    name = slug_of(question.id)
    return name if isinstance(question, Essay) else f"{name}-test"


def cells_of(question: Question) -> tuple[str, ...]:
    """Return nbgrader's names of the cells that belong to a question."""
    name = slug_of(question.id)
    return (f"{name}-stem", name, f"{name}-test")


def questions_by_cell(course: CourseFolder, assignment: str) -> dict[str, str]:
    """Return question ids by the name of the cell with their points, in the order of the assessment."""
    file = course.key(assignment)
    return {grade_cell(question): question.id for question in read(file)} if file.exists() else {}
