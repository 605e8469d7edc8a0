"""The notebook of an assessment: its cells, and the answers that stand in them.

Each question has a locked stem cell, a solution cell and a locked test cell, or for an essay a stem cell and one
Markdown cell that a person marks. What is written here is the instructor's version; nbgrader makes the learner's.
Answers are literals: they are read by parsing, never by running anything.
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from academy.content import rules
from academy.content.phrases import phrases, points_text
from academy.content.questions import Essay, Match, Question, slug_of
from academy.content.scoring import RULES, Answer, answer_key, key_of
from academy.content.shuffle import left_of, parts_of

__all__ = ["CODE_STUB", "ESSAY_STUB", "nbgrader_cell", "question_cells", "read_answers", "unlinked", "write_answers"]

CODE_STUB = "answer = None"
"""What stands in a solution cell before there is an answer; nbgrader's ``ClearSolutions.code_stub`` must equal it."""
ESSAY_STUB = "YOUR ANSWER HERE"
"""What stands in an essay's cell before there is an answer: nbgrader's own ``text_stub``."""

_LITERAL_LIMIT = 250_000
"""Most characters of a solution cell that are parsed: the longest written answer with every sign escaped."""
_EMBEDDED: dict[str, tuple[Callable[..., Any], ...]] = {
    "numeric": (rules.numbers, rules.numeric_share),
    "short": (rules.normal, rules.short_share),
}
"""Rules that need another function beside them."""
_IMPORTS = {
    "order": ("import itertools",),
    "numeric": ("import re", "import unicodedata", "from decimal import Decimal", "from fractions import Fraction"),
    "short": ("import re", "import unicodedata"),
}
_MARKER = re.compile(r"(BEGIN|END) (?=SOLUTION|HIDDEN TESTS|MARK SCHEME)")
_ADDRESS = re.compile(r"(?<![(<`\w])https?://[^\s<>)`]*[^\s<>)`.,;:!?'\"]")


# --- the cells of a question ---


def question_cells(question: Question, number: int, language: str = "en") -> list[NotebookNode]:
    """Return the instructor's cells of one question; ``number`` is what learners see it called."""
    stem = nbgrader_cell(
        new_markdown_cell(_stem(question, number, language)), f"{slug_of(question.id)}-stem", locked=True
    )
    if isinstance(question, Essay):
        guidance = question.guidance or ESSAY_STUB
        written = nbgrader_cell(new_markdown_cell(guidance), slug_of(question.id), grade=True, solution=True)
        written.metadata.nbgrader["points"] = question.points
        return [stem, _named(written, question)]
    source = f"### BEGIN SOLUTION\nanswer = {answer_key(question)!r}\n### END SOLUTION"
    solution = _named(nbgrader_cell(new_code_cell(source), slug_of(question.id), solution=True), question)
    test = nbgrader_cell(
        new_code_cell(_test(question, language)), f"{slug_of(question.id)}-test", grade=True, locked=True
    )
    test.metadata.nbgrader["points"] = question.points
    return [stem, solution, test]


def nbgrader_cell(
    cell: NotebookNode, grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False
) -> NotebookNode:
    """Give a cell its id and what nbgrader needs to know."""
    cell.id = grade_id
    cell.metadata.nbgrader = NotebookNode(
        grade=grade, grade_id=grade_id, locked=locked, schema_version=3, solution=solution, task=False
    )
    return cell


def _named(cell: NotebookNode, question: Question) -> NotebookNode:
    cell.metadata.academy = NotebookNode(question=question.id)
    return cell


def _stem(question: Question, number: int, language: str) -> str:
    """Return what a learner reads: the question, its options with their codes, and how to write the answer."""
    words = phrases(language)
    parts = [f"## {words['question-number'].format(number=number)}", unlinked(question.stem)]
    left = left_of(question, "")
    if left:
        parts.append("\n".join(f"- `{item.id}`: {unlinked(item.text)}" for item in left))
    how = words[f"notebook-write-{question.type}"]
    shown = parts_of(question, "")
    if isinstance(question, Match):
        how = how.format(pairs=", ".join(f'"{item.id}": "…"' for item in shown))
        parts.append(how)
    if shown:
        parts.append("\n".join(f"- `{item.id}`: {unlinked(item.text)}" for item in shown))
    if isinstance(question, Essay):
        parts.append(_rubric(question, language))
    if not isinstance(question, Match):
        parts.append(how)
    parts.append(words["notebook-points"].format(points=points_text(question.points)))
    return "\n\n".join(parts)


def _rubric(question: Essay, language: str) -> str:
    """Return the rubric as lists: they read well on a small screen and with a screen reader."""
    rows = []
    for row in question.rubric:
        rows.append(f"- {row.criterion}")
        for level in row.levels:
            span = "" if level.least == level.points else f"{points_text(level.least)}\u2013"
            rows.append(f"    - **{span}{points_text(level.points)}** {level.text}")
    return f"**{phrases(language)['rubric']}**\n\n" + "\n".join(rows)


def unlinked(text: str) -> str:
    """Return Markdown in which an address in running text is code, so that no notebook program makes it a link."""
    return _ADDRESS.sub(lambda found: f"`{found[0]}`", text)


def _test(question: Question, language: str) -> str:
    """Return the test cell: the rule, the key and an expression whose value is the points: nbgrader's partial credit.

    The answer is taken away from the notebook's names, so that the next question cannot be given it by mistake.
    """
    functions = _EMBEDDED.get(question.type, (RULES[question.type],))
    lines = [
        f"# {phrases(language)['notebook-test'].format(id=question.id)}",
        "### BEGIN HIDDEN TESTS",
        *_IMPORTS.get(question.type, ()),
        "from typing import Any",
        "",
        *(inspect.getsource(function) for function in functions),
        f"key = {key_of(question)!r}",
        f'{functions[-1].__name__}(globals().pop("answer", None), key) * {question.points!r}',
        "### END HIDDEN TESTS",
    ]
    return "\n".join(lines)


# --- answers ---


def write_answers(nb: NotebookNode, answers: Mapping[str, Answer | None]) -> NotebookNode:
    """Return a copy of the notebook with the answers in its solution cells; other questions get the empty answer.

    Raises ``ValueError`` if the notebook has no cell for an answer, since an answer must never be lost on the way.
    """
    written = copy.deepcopy(nb)
    cells = _solution_cells(written)
    lost = sorted(answers.keys() - cells.keys())
    if lost:
        message = f"The notebook has no cell for {lost[0]}."
        raise ValueError(message)
    for question, cell in cells.items():
        answer = answers.get(question)
        if cell.cell_type == "markdown":
            cell.source = _unmarked(answer) if isinstance(answer, str) and answer.strip() else ESSAY_STUB
        else:
            cell.source = CODE_STUB if answer is None else f"answer = {_literal(answer)}"
            cell.outputs, cell.execution_count = [], None
    return written


def read_answers(nb: NotebookNode) -> dict[str, Answer | None]:
    """Return the answer of every question in the notebook; ``None`` for none, and for anything but a plain literal."""
    return {question: _read(cell) for question, cell in _solution_cells(nb).items()}


def _solution_cells(nb: NotebookNode) -> dict[str, NotebookNode]:
    """Return the solution cells by question id; of two with the same id the last, as nbgrader takes it."""
    cells = {}
    for cell in nb.cells:
        question = _mapping(cell.metadata.get("academy")).get("question")
        grading = _mapping(cell.metadata.get("nbgrader"))
        if isinstance(question, str) and grading.get("solution") and grading.get("grade_id") == slug_of(question):
            cells[question] = cell
    return cells


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a notebook's metadata as a mapping, whatever a learner made of it."""
    return value if isinstance(value, Mapping) else {}


def _literal(answer: Answer) -> str:
    """Return the answer as a Python literal in which nbgrader finds no marker of its own."""
    return _MARKER.sub(lambda found: found[0].replace(" ", "\\x20"), repr(answer))


def _unmarked(text: str) -> str:
    """Return an essay in which nbgrader finds no marker: its spaces become no-break spaces."""
    return _MARKER.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def _read(cell: NotebookNode) -> Answer | None:
    if cell.cell_type == "markdown":
        return cell.source if cell.source.strip() not in {"", ESSAY_STUB} else None
    if len(cell.source) > _LITERAL_LIMIT:
        return None
    try:
        statements = ast.parse(cell.source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if len(statements) != 1 or not isinstance(statements[0], ast.Assign):
        return None
    targets = statements[0].targets
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or targets[0].id != "answer":
        return None
    return _value(statements[0].value)


def _value(node: ast.expr) -> Answer | None:
    """Return the value of a literal of the few shapes that an answer may have."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.List(elts=items):
            texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            return texts if len(texts) == len(items) else None
        case ast.Dict(keys=names, values=items):
            pairs = [
                (name.value, item.value)
                for name, item in zip(names, items, strict=True)
                if isinstance(name, ast.Constant)
                and isinstance(name.value, str)
                and isinstance(item, ast.Constant)
                and isinstance(item.value, str)
            ]
            return dict(pairs) if len(pairs) == len(items) else None
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return _number(-number)
        case ast.Constant(value=int() | float() as number):
            return _number(number)
        case _:
            return None


def _number(number: float) -> str | None:
    """Return a number that was written without quotes as text, or ``None`` for one that no answer is."""
    if isinstance(number, bool) or not abs(number) < 1e40:  # noqa: PLR2004 - as in rules.numbers
        return None
    return format(Decimal(repr(number)), "f")
