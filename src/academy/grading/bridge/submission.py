"""One submission on its way: looked at, copied to a folder of its own, and put in its place when it is marked."""

from __future__ import annotations

import json
import os
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat import reader
from nbgrader.utils import find_all_files, parse_utc

from academy.grading.bridge.course import Course
from academy.grading.intake import UNREADABLE, fault_of

__all__ = ["Work", "finish", "is_new", "prepare", "read_notebook", "students", "submitted_at", "write_notebook"]

_KILOBYTE = 1000
NO_TIME = "Its time of handing in cannot be read, so nobody knows whether it was late."
_AT_WORK = ".grading"
"""Folder in the course folder for what is not finished."""


@dataclass(slots=True)
class Work:
    """A submission that is being marked."""

    student: str
    folder: Path
    """Where everything is put together, next to where it will lie."""
    notebooks: dict[str, Any] = field(default_factory=dict)
    """By name, as nbgrader has put them in order; once they were run, with what came of it."""
    open: dict[str, list[str]] = field(default_factory=dict)
    """By notebook: cells about which nothing is known, so that a person has to look."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the facilitator."""


def students(course: Course) -> list[str]:
    """Return who has handed in, in order, less those whom the course's settings leave out."""
    pattern = course.directory.format_path(course.directory.submitted_directory, "*", course.assignment)
    before, _, after = pattern.partition("*")
    base = Path(before)
    out = {name.strip() for name in course.directory.student_id_exclude.split(",")}
    wanted = course.directory.student_id
    names = [wanted] if wanted != "*" else sorted(entry.name for entry in base.iterdir()) if base.is_dir() else []
    return [name for name in names if name not in out and Path(before + name + after).is_dir()]


def is_new(course: Course, student: str, *, since: float) -> bool:
    """Tell whether a submission was never marked, or an older one was, or it was before ``since`` (seconds, Unix)."""
    marked = course.autograded(student)
    if not marked.exists() or marked.stat().st_mtime < since:
        return True
    if not course.wants_all() and _wanted(course, course.submitted(student)) - _wanted(course, marked):
        return True
    before, now = _stamp(marked), submitted_at(course, student)
    return before is not None and now is not None and now > before


def _wanted(course: Course, folder: Path) -> set[str]:
    return {file.name for file in folder.glob("*.ipynb") if course.wants(file.stem)}


def submitted_at(course: Course, student: str) -> datetime | None:
    """Return when a submission was handed in, UTC without saying so; None if that is not known."""
    return _stamp(course.submitted(student))


def _stamp(folder: Path) -> datetime | None:
    try:
        text = (folder / "timestamp.txt").read_text(encoding="utf-8").strip()
        moment: datetime | None = parse_utc(text) if text else None
    except (OSError, ValueError, OverflowError):  # an unreadable time is no time
        return None
    return moment


def prepare(course: Course, student: str, *, known: set[str]) -> Work:
    """Copy a submission's files to a folder of its own and read its notebooks, those that are ``known``.

    What cannot be used stays out and becomes a note.
    """
    work = Work(student, course.root / _AT_WORK / course.assignment / student)
    shutil.rmtree(work.folder, ignore_errors=True)
    fault = _name_fault(student) or fault_of(course.submitted(student), course.directory.max_file_size * _KILOBYTE)
    if fault:
        work.notes.append(fault)
        return work
    work.folder.mkdir(parents=True)
    _copy_files(course, student, work.folder)
    if (course.submitted(student) / "timestamp.txt").exists() and submitted_at(course, student) is None:
        work.notes.append(NO_TIME)
    for file in sorted(course.submitted(student).glob("*.ipynb")):
        if not course.wants(file.stem):
            continue
        if file.stem not in known:
            work.notes.append(f"“{file.name}” belongs to no notebook of the assignment, so it was not marked.")
            continue
        nb = read_notebook(file)
        if nb is None:
            work.notes.append(f"“{file.name}”: {UNREADABLE}")
        else:
            work.notebooks[file.stem] = nb
    return work


def _name_fault(student: str) -> str | None:
    """Refuse names that look like others on a page."""
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} for letter in student):
        return "The name of this submission's folder holds invisible characters, so it was not opened."
    return None


def _copy_files(course: Course, student: str, folder: Path) -> None:
    """Copy what lies beside the notebooks: first the student's, then over it the instructor's."""
    ignored = [*course.directory.ignore, "*.ipynb"]
    _copy(course.submitted(student), folder, ignored, leave=())
    kept = course.converter.exclude_overwriting.get(course.assignment, [])
    _copy(course.source(), folder, ignored, leave=kept)


def _copy(source: Path, target: Path, ignored: list[str], *, leave: Any) -> None:
    if not source.is_dir():
        return
    for name in find_all_files(str(source), ignored):
        part = os.path.relpath(name, source)
        if part in leave and (target / part).exists():
            continue
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, target / part)


def read_notebook(file: Path) -> Any | None:
    """Return a notebook in the present format; None for what is none."""
    try:
        nb = reader.reads(file.read_text(encoding="utf-8"))
        nb = nbformat.convert(nb, 4)
        nbformat.validate(nb)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no notebook
        return None
    return nb


def write_notebook(file: Path, nb: Any) -> None:
    """Write a notebook with each cell on a line of its own: the indented form takes ten times as long."""
    cells = ",\n  ".join(_json(cell) for cell in nb.cells)
    rest = "".join(f',\n "{key}": {_json(nb[key])}' for key in sorted(nb) if key != "cells")
    file.write_text(f'{{\n "cells": [\n  {cells}\n ]{rest}\n}}\n', encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def finish(course: Course, work: Work, *, names: Iterable[str]) -> None:
    """Put a marked submission in the place where nbgrader looks for it.

    For a notebook of ``names`` that could not be read, the one that was released stands there, so that formgrader has
    something to show. Where no notebook was handed in at all, there is no place either.
    """
    if not any(course.submitted(work.student).glob("*.ipynb")):
        shutil.rmtree(work.folder, ignore_errors=True)
        return
    _stand_in(course, work, [name for name in names if name not in work.notebooks])
    target = course.autograded(work.student)
    if not course.wants_all():
        _keep(course, work, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    work.folder.rename(target)
    course.converter.set_permissions(course.assignment, work.student)


def _keep(course: Course, work: Work, marked: Path) -> None:
    """Let everything of an earlier call stay, except the notebooks that this one was asked for."""
    for file in sorted(marked.rglob("*")):
        place = work.folder / file.relative_to(marked)
        again = file.parent == marked and file.suffix == ".ipynb" and course.wants(file.stem)
        if file.is_file() and not file.is_symlink() and not place.exists() and not again:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def _stand_in(course: Course, work: Work, names: Iterable[str]) -> None:
    work.folder.mkdir(parents=True, exist_ok=True)
    released = course.released()
    receipts = [course.submitted(work.student) / name for name in ("timestamp.txt", "submission_secret.txt")]
    for file in (*(released / f"{name}.ipynb" for name in names), *receipts):
        if file.is_file() and not file.is_symlink():
            shutil.copyfile(file, work.folder / file.name)
