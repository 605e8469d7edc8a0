"""Records to notebooks: a listed sequence of steps, each from a notebook to a notebook.

The same content gives the same bytes each time.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from academy.content.catalogue import load
from academy.content.lab_cells import lab_cells
from academy.content.model import Assessment, Block, Box, Figure, Lesson, Practice, Prose, Twin
from academy.content.notebook import question_cells, unlinked
from academy.content.phrases import phrases
from academy.content.plain_page import CITATION
from academy.content.shuffle import left_of, parts_of

__all__ = ["ASSESSMENT_STEPS", "LESSON_STEPS", "build", "build_assessment", "build_lesson"]


def build(root: Path, out: Path) -> list[Path]:
    """Build all notebooks of the content below ``root`` into ``out`` and return their paths. Raises ``ContentError``.

    Assessments are the instructor's versions, in English: ``out/assessments/SLUG/SLUG.ipynb``. Lessons are in the
    languages they exist in: ``out/lessons/MODULE/LANG/LESSON.ipynb``. The files of a lab lie beside its notebook.
    """
    catalogue = load(root)
    built = []
    for slug in catalogue.assessments:
        assessment = catalogue.assessment(slug)
        folder = out / "assessments" / slug
        built.append(_write(build_assessment(assessment), folder / f"{slug}.ipynb"))
        for name, data in assessment.lab.files if assessment.lab else ():
            (folder / name).write_bytes(data)
    for slug, languages in catalogue.modules.items():
        for language, module in languages.items():
            folder = out / "lessons" / slug / language
            own = [lesson for lesson in module.lessons if lesson.language == language]
            built += [_write(build_lesson(lesson), folder / f"{lesson.slug}.ipynb") for lesson in own]
    return built


def build_assessment(assessment: Assessment) -> NotebookNode:
    """Return the instructor's notebook of an assessment."""
    nb = new_notebook()
    for step in ASSESSMENT_STEPS:
        nb = step(nb, assessment)
    return nb


def build_lesson(lesson: Lesson) -> NotebookNode:
    """Return a lesson as a notebook to read: text only, practice questions without their keys."""
    nb = new_notebook()
    for step in LESSON_STEPS:
        nb = step(nb, lesson)
    return nb


def _write(nb: NotebookNode, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.validate(nb)
    file.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")
    return file


# --- steps of both ---


def _set_kernel(nb: NotebookNode, source: Assessment | Lesson) -> NotebookNode:
    nb.metadata.kernelspec = NotebookNode(display_name="Python 3", language="python", name="python3")
    nb.metadata.language_info = NotebookNode(name="python")
    nb.metadata.academy = NotebookNode(slug=source.slug, language=source.language)
    return nb


# --- steps of an assessment ---


def _open_assessment(nb: NotebookNode, assessment: Assessment) -> NotebookNode:
    language = assessment.language
    how = [phrases(language)["notebook-how"]] if assessment.questions else []
    parts = (f"# {assessment.title(language)}", assessment.intro(language), *how)
    nb.cells.append(new_markdown_cell("\n\n".join(parts), id="start"))
    return nb


def _add_questions(nb: NotebookNode, assessment: Assessment) -> NotebookNode:
    for number, question in enumerate(assessment.questions, 1):
        nb.cells.extend(question_cells(question, number, assessment.language))
    return nb


def _add_lab(nb: NotebookNode, assessment: Assessment) -> NotebookNode:
    if assessment.lab is not None:
        nb.cells.extend(lab_cells(assessment.lab))
    return nb


# --- steps of a lesson ---


def _open_lesson(nb: NotebookNode, lesson: Lesson) -> NotebookNode:
    nb.cells.append(new_markdown_cell(f"# {lesson.title}"))
    return nb


def _add_blocks(nb: NotebookNode, lesson: Lesson) -> NotebookNode:
    nb.cells.extend(_block_cells(lesson.blocks, lesson))
    return nb


def _add_sources(nb: NotebookNode, lesson: Lesson) -> NotebookNode:
    if lesson.cited:
        lines = (
            f"{number}. {source.text} {source.url or ''}".rstrip() for number, source in enumerate(lesson.cited, 1)
        )
        heading = f"## {phrases(lesson.language)['sources']}"
        nb.cells.append(new_markdown_cell("\n".join((heading, "", *lines))))
    return nb


def _name_cells(nb: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Give each cell an id from the lesson and its place: ids made at random would change with every build."""
    for place, cell in enumerate(nb.cells, 1):
        cell.id = f"{lesson.slug[:50]}-{place}"
    return nb


def _block_cells(blocks: Iterable[Block], lesson: Lesson) -> list[NotebookNode]:
    cells: list[NotebookNode] = []
    for block in blocks:
        match block:
            case Prose():
                cells.append(new_markdown_cell(_numbered(block.text, lesson)))
            case Figure():
                cells.append(_figure_cell(block, lesson))
            case Box():
                cells.append(new_markdown_cell(_box_text(block, lesson)))
            case Twin():
                cells.extend(_block_cells(block.blocks, lesson))
            case Practice():
                cells.append(new_markdown_cell(_practice_text(block, lesson)))
    return cells


def _numbered(text: str, lesson: Lesson) -> str:
    """Return prose with the numbers of its sources in place of their keys."""
    numbers = {source.key: number for number, source in enumerate(lesson.cited, 1)}
    return CITATION.sub(lambda found: f"[{numbers[found[1]]}]", unlinked(text))


def _figure_cell(figure: Figure, lesson: Lesson) -> NotebookNode:
    alt = figure.alt.replace("[", "(").replace("]", ")")
    picture = figure.svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)  # no page around it says so
    cell = new_markdown_cell(f"![{alt}](attachment:{figure.file})\n\n{_numbered(figure.description.text, lesson)}")
    cell.attachments = {figure.file: {"image/svg+xml": base64.b64encode(picture.encode()).decode("ascii")}}
    return cell


def _box_text(box: Box, lesson: Lesson) -> str:
    words = phrases(lesson.language)
    lines = [f"**{words[box.kind]}**"]
    for block in box.blocks:
        if isinstance(block, Prose):
            lines += ["", *_numbered(block.text, lesson).split("\n")]
    if box.kind == "reflection":
        lines += ["", words["reflection-note"]]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _practice_text(practice: Practice, lesson: Lesson) -> str:
    """Return a practice question to think about: on the page it gives feedback, here its options are only listed."""
    question = practice.question
    parts = [f"**{phrases(lesson.language)['practice']}**", unlinked(question.stem)]
    parts += [
        "\n".join(f"- {unlinked(item.text)}" for item in items)
        for items in (left_of(question, ""), parts_of(question, ""))
    ]
    return "\n\n".join(part for part in parts if part)


ASSESSMENT_STEPS: tuple[Callable[[NotebookNode, Assessment], NotebookNode], ...] = (
    _open_assessment,
    _add_questions,
    _add_lab,
    _set_kernel,
)
"""From an empty notebook to the instructor's."""

LESSON_STEPS: tuple[Callable[[NotebookNode, Lesson], NotebookNode], ...] = (
    _open_lesson,
    _add_blocks,
    _add_sources,
    _name_cells,
    _set_kernel,
)
"""From an empty notebook to a lesson to read."""
