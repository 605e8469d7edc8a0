"""Labs: tasks of real code, one file in jupytext's percent format, with the data files that lie beside them.

A cell of code is given (locked), a solution (between nbgrader's marks), or a test (locked, with points). Everything
else stops the load with one sentence that names the file and the line.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from academy.content.notebook_file import LARGEST_FILE
from academy.content.parts import Points, Record
from academy.content.reading import as_record, parse_yaml, read_text
from academy.errors import ContentError

__all__ = ["Lab", "LabCell", "LabTest", "read_lab"]

_HEAD = re.compile(r"# %%(?: (?P<markdown>\[markdown\]))?(?: nbgrader=(?P<about>\{.*\}))?")
_MARK = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")
_FOREIGN_MARK = re.compile(r"(BEGIN|END) MARK SCHEME|AUTOTEST")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_FILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MAY_HOLD = {"text": "", "given": "", "solution": "SOLUTION", "test": "HIDDEN TESTS"}
"""Which of nbgrader's marks a cell may hold, by its role."""


class _About(Record):
    """What nbgrader is told about a cell of code."""

    grade_id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    grade: StrictBool = False
    solution: StrictBool = False
    locked: StrictBool = False
    task: Literal[False] = False
    schema_version: Literal[3] = 3
    points: Points | None = None


@dataclass(frozen=True, slots=True)
class LabCell:
    """One cell of a lab."""

    role: str
    """``text``, ``given``, ``solution`` or ``test``."""
    source: str
    """Markdown or code, as the instructor has it."""
    grade_id: str
    """nbgrader's name of a cell of code; empty for text."""
    points: float | None
    """Of a test."""
    line: int
    """Where it begins in the file, from 1."""


@dataclass(frozen=True, slots=True)
class LabTest:
    """A test as a learner reads of it afterwards."""

    id: str
    title: str
    """The last heading before it."""
    points: float


@dataclass(frozen=True, slots=True)
class Lab:
    """The cells of a lab and the files that its code reads."""

    cells: tuple[LabCell, ...]
    files: tuple[tuple[str, bytes], ...]
    """Name and content, by name."""

    @property
    def points(self) -> float:
        """The most points."""
        return sum(test.points for test in self.tests)

    @property
    def solutions(self) -> frozenset[str]:
        """nbgrader's names of the cells in which a learner writes."""
        return frozenset(cell.grade_id for cell in self.cells if cell.role == "solution")

    @property
    def tests(self) -> tuple[LabTest, ...]:
        """The tests in their order."""
        found, title = [], ""
        for cell in self.cells:
            if cell.role == "text":
                title = next(iter(reversed(_HEADING.findall(cell.source))), title)
            elif cell.role == "test" and cell.points is not None:
                found.append(LabTest(cell.grade_id, title or cell.grade_id, cell.points))
        return tuple(found)


def read_lab(file: Path, files: Path, root: Path) -> Lab:
    """Read a lab and the folder ``files`` with its data, which need not be there. Raises ``ContentError``."""
    name = file.relative_to(root).as_posix()
    text = read_text(file, root)
    lines = text.split("\n")
    cells = [_cell(name, number, chunk) for number, chunk in _chunks(name, lines, _after_header(name, lines))]
    _check_all(cells, name)
    return Lab(tuple(cells), _files(files, root))


def _after_header(name: str, lines: Sequence[str]) -> int:
    """Return how many lines the header has: the comment in which jupytext keeps what it knows of the notebook."""
    if lines[0] != "# ---":
        return 0
    if "# ---" not in lines[1:]:
        raise ContentError(name, "the header has no end", field="line 1")
    end = lines.index("# ---", 1)
    header = parse_yaml("\n".join(line.removeprefix("#") for line in lines[1:end]), name, first_line=2)
    if not isinstance(header, dict) or header.keys() - {"jupyter"}:
        raise ContentError(name, "the header holds jupyter and nothing else", field="line 1")
    return end + 1


def _chunks(name: str, lines: Sequence[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each cell begins, from 1, and its lines."""
    starts = [number for number, line in enumerate(lines) if number >= first and line.startswith("# %%")]
    before = starts[0] if starts else len(lines)
    stray = next((number for number in range(first, before) if lines[number].strip()), None)
    if stray is not None:
        raise ContentError(name, "this stands in no cell; a cell begins with # %%", field=f"line {stray + 1}")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start + 1, list(lines[start:end])


def _cell(name: str, line: int, lines: Sequence[str]) -> LabCell:
    at = f"line {line}"
    head = _HEAD.fullmatch(lines[0].rstrip())
    if head is None:
        reason = "a cell begins with # %% [markdown], or with # %% nbgrader={…} on one line"
        raise ContentError(name, reason, field=at)
    if head["markdown"]:
        if head["about"]:
            raise ContentError(name, "a cell of text has no nbgrader={…}", field=at)
        return _checked(LabCell("text", _prose(name, line, lines[1:]), "", None, line), name)
    if not head["about"]:
        raise ContentError(name, "a cell of code needs nbgrader={…}", field=at)
    about = as_record(_About.model_validate, _json(name, at, head["about"]), name, at=at)
    source = "\n".join(lines[1:]).strip("\n")
    _check_python(name, line, source)
    return _checked(LabCell(_role(about, name, at), source, about.grade_id, about.points, line), name)


def _json(name: str, at: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ContentError(name, "nbgrader={…} is not JSON", field=at) from error


def _prose(name: str, line: int, lines: Sequence[str]) -> str:
    """Return a comment as the text that it is."""
    for number, one in enumerate(lines, line + 1):
        if one.strip() and one != "#" and not one.startswith("# "):
            raise ContentError(name, "each line of text begins with # and a space", field=f"line {number}")
    return "\n".join(one.removeprefix("#").removeprefix(" ") for one in lines).strip()


def _role(about: _About, name: str, at: str) -> str:
    match (about.grade, about.solution, about.locked, about.points is not None):
        case (True, False, True, True):
            return "test"
        case (False, True, False, False):
            return "solution"
        case (False, False, True, False):
            return "given"
    reason = "a cell is given (locked), a solution (solution), or a test (grade, locked and points)"
    raise ContentError(name, reason, field=at)


def _check_python(name: str, line: int, source: str) -> None:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        at = line + (error.lineno or 1 if isinstance(error, SyntaxError) else 1)
        raise ContentError(name, "this is not Python", field=f"line {at}") from error


def _checked(cell: LabCell, name: str) -> LabCell:
    """Return the cell if its marks come in pairs, each where it may stand."""
    open_since, pairs, kind = None, 0, _MAY_HOLD[cell.role]
    for number, text in enumerate(cell.source.split("\n"), cell.line + 1):
        found = _MARK.search(text)
        wrong = _FOREIGN_MARK.search(text) or (found and (found[2] != kind or (found[1] == "END") != bool(open_since)))
        if wrong:
            raise ContentError(name, "a mark of nbgrader that does not belong here", field=f"line {number}")
        if found:
            open_since = number if found[1] == "BEGIN" else None
            pairs += open_since is None
    if open_since is not None:
        raise ContentError(name, "a mark of nbgrader that has no end", field=f"line {open_since}")
    if cell.role == "solution" and not pairs:
        reason = "a solution stands between ### BEGIN SOLUTION and ### END SOLUTION"
        raise ContentError(name, reason, field=f"line {cell.line}")
    return cell


def _check_all(cells: Sequence[LabCell], name: str) -> None:
    """Check what only all cells together can show."""
    seen: set[str] = set()
    for cell in cells:
        if cell.grade_id and cell.grade_id in seen:
            raise ContentError(name, f"{cell.grade_id} stands twice", field=f"line {cell.line}")
        seen.add(cell.grade_id)
    for role in ("solution", "test"):
        if not any(cell.role == role for cell in cells):
            raise ContentError(name, f"there is no {role}")


def _files(folder: Path, root: Path) -> tuple[tuple[str, bytes], ...]:
    return tuple((file.name, _data(file, root)) for file in sorted(folder.iterdir())) if folder.is_dir() else ()


def _data(file: Path, root: Path) -> bytes:
    name = file.relative_to(root).as_posix()
    if file.is_symlink() or not file.is_file() or not _FILE.fullmatch(file.name) or file.suffix == ".ipynb":
        reason = "a lab's files are plain files; their names are small letters, digits, dots and hyphens"
        raise ContentError(name, reason)
    if file.stat().st_size > LARGEST_FILE:
        raise ContentError(name, f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    return file.read_bytes()
