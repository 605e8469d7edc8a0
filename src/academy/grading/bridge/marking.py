"""Marking: put in order with nbgrader's steps, run in confined processes side by side, recorded with nbgrader's steps.

What one submission provokes keeps no other waiting; what is broken off is done again by the next call, and only that.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import warnings
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades

from academy.errors import AcademyError, BadInput, NotFound
from academy.grading import execution, forging
from academy.grading.bridge.course import Course
from academy.grading.bridge.preprocessors import ExecuteConfined, LeaveToAPerson, ScoreQuestions
from academy.grading.bridge.restoring import Role, put_in_order, roles
from academy.grading.bridge.session import Book, one_gradebook
from academy.grading.bridge.submission import (
    Work,
    finish,
    is_new,
    prepare,
    read_notebook,
    students,
    submitted_at,
    write_notebook,
)
from academy.grading.execution import Run
from academy.grading.model import Verdict
from academy.kernels import pool, trial
from academy.kernels.model import UntrustedCodeRefused

__all__ = ["Marked", "mark"]

NOT_MARKED = "This notebook could not be marked ({}), so a person has to look at it."
NOTHING_HANDED_IN = "“{}.ipynb” was not handed in."
NOT_RUN = "The course's settings say that nothing is run."
Progress = Callable[[int, int], None]
IN_HAND = 3
"""Submissions that are worked on for each one that runs: while one is recorded, the next need not wait."""
ALIVE = 2
"""Processes for each notebook that runs."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of a call."""

    marked: tuple[str, ...]
    """Students whose submissions were marked now."""
    skipped: tuple[str, ...]
    """Those who have been marked before."""
    notes: dict[str, list[str]]
    """Sentences for the facilitator, by student."""


@dataclass(slots=True)
class _Marking:
    """What all submissions of an assignment have in common."""

    course: Course
    book: Book
    run: Run
    roles: dict[str, dict[str, Role]]
    """By notebook: what each cell is."""
    before: list[Any]
    """Steps before the execution."""
    after: list[Any]
    """Steps after it."""
    executes: bool
    room: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)
    """How many notebooks may run at once."""
    alive: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)
    """How many processes there may be: while one runs, the next is prepared, and the last taken leave of."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    done: int = 0


def mark(
    course: Course,
    run: Run,
    *,
    again: bool = False,
    since: float = 0.0,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Marked:
    """Mark every submission that is new, or was marked before ``since`` (seconds, Unix), or (``again``) every one.

    Raises ``NotFound`` for an assignment that the gradebook does not know, ``BadInput`` for one student who has
    handed in nothing, ``UntrustedCodeRefused`` where code would have to be run and cannot be confined.
    """
    warnings.filterwarnings("ignore", module=r"nbgrader\.")  # SQLAlchemy's advice to nbgrader
    everybody = students(course)
    if not everybody and course.directory.student_id != "*":
        message = f"There is nothing to mark that “{course.directory.student_id}” has handed in."
        raise BadInput(message, code="nothing-handed-in", field="student")
    new = [student for student in everybody if again or is_new(course, student, since=since)]
    with one_gradebook(course.directory.db_url, course.directory.course_id) as book:
        marking = _marking(course, book, run)
        before = Path.cwd()
        os.chdir(course.root)
        try:
            asyncio.run(_mark_all(marking, new, jobs or os.cpu_count() or 1, progress or _silent))
        except* AcademyError as refused:
            raise _first(refused) from None
        finally:
            os.chdir(before)
            pool.close()
            shutil.rmtree(course.root / ".grading" / course.assignment, ignore_errors=True)
            with suppress(OSError):
                (course.root / ".grading").rmdir()
    return Marked(tuple(new), tuple(name for name in everybody if name not in new), marking.notes)


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    """Return one of the reasons for which nothing could be run: they are all the same."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _silent(*_: int) -> None:
    """Show nothing."""


def _marking(course: Course, book: Book, run: Run) -> _Marking:
    try:
        known = {str(notebook.name) for notebook in book.find_assignment(course.assignment).notebooks}
        known = {name for name in known if course.wants(name)}
    except MissingEntry:
        message = f"The gradebook knows no assignment “{course.assignment}”. Generate and release it first."
        raise NotFound(message) from None
    sources = [json.loads(file.read_bytes()) for file in sorted(course.source().glob("*.ipynb"))]
    autograde = course.make(course.converter.autograde_preprocessors)
    place = next((index for index, step in enumerate(autograde) if _executes(step)), None)
    executor = autograde[place] if place is not None else None
    data = {cell for step in autograde if isinstance(step, ScoreQuestions) for cell in step.data(course.assignment)}
    parts = {name: roles(book, course.assignment, name, _released(course, name)) for name in known}
    has_code = any(execution.has_code(nb, data) for nb in sources) or _has_code(parts.values(), data)
    executes = bool(executor is not None and executor.enabled and has_code)
    run = replace(
        run,
        modules=execution.imports(sources),
        own_names=execution.own_names(sources),
        seconds=_seconds(executor) or run.notebook_seconds,
    )
    if executes:
        trial.warm_up(run.modules)
    first, rest = (autograde[:place], autograde[place + 1 :]) if place is not None else ([], autograde)
    return _Marking(
        course=course,
        book=book,
        run=run,
        roles=parts,
        before=[*course.make(course.converter.sanitize_preprocessors), *first],
        after=_with_doubts(rest),
        executes=executes,
    )


def _released(course: Course, name: str) -> Any | None:
    file = course.released() / f"{name}.ipynb"
    return read_notebook(file) if file.is_file() else None


def _has_code(parts: Iterable[Mapping[str, Role]], data: Container[str]) -> bool:
    """Tell whether the gradebook knows cells that are run; the instructor's notebooks need not be there any more."""
    return any(role.source.cell_type == "code" and name not in data for part in parts for name, role in part.items())


def _executes(step: Any) -> bool:
    return isinstance(step, Execute | ExecuteConfined)


def _seconds(executor: Any) -> float | None:
    timeout = getattr(executor, "timeout", None)
    return float(timeout) if timeout and timeout > 0 else None


def _with_doubts(steps: list[NbGraderPreprocessor]) -> list[Any]:
    """Let a step of ours follow nbgrader's recording, which knows only points and no doubt."""
    if any(isinstance(step, LeaveToAPerson) for step in steps):
        return steps
    place = next((index for index, step in enumerate(steps) if isinstance(step, SaveAutoGrades)), len(steps) - 1)
    return [*steps[: place + 1], LeaveToAPerson(), *steps[place + 1 :]]


async def _mark_all(marking: _Marking, names: list[str], jobs: int, progress: Progress) -> None:
    progress(0, len(names))
    in_hand = asyncio.Semaphore(jobs * IN_HAND)
    marking.room = asyncio.Semaphore(jobs)
    marking.alive = asyncio.Semaphore(jobs * ALIVE)

    async def one(student: str) -> None:
        async with in_hand:
            await _mark_one(marking, student)
            marking.done += 1
            progress(marking.done, len(names))

    async with asyncio.TaskGroup() as tasks:
        for name in names:
            tasks.create_task(one(name))


async def _mark_one(marking: _Marking, student: str) -> None:
    try:
        await _mark_submission(marking, student)
    except UntrustedCodeRefused:
        raise
    except AcademyError as error:
        marking.book.forget()
        marking.notes[student] = [error.message]
    except Exception as error:  # noqa: BLE001 - whatever a submission provokes, its neighbours are marked all the same
        marking.book.forget()
        marking.notes.setdefault(student, []).append(NOT_MARKED.format(type(error).__name__))


def _check_student(marking: _Marking, student: str) -> None:
    if not marking.course.converter.create_student:
        try:
            marking.book.find_student(student)
        except MissingEntry:
            message = f"The gradebook knows no “{student}”, and the course's settings say that nobody is added."
            raise NotFound(message) from None


async def _mark_submission(marking: _Marking, student: str) -> None:
    _check_student(marking, student)
    work = prepare(marking.course, student, known=set(marking.roles))
    _hook(marking, marking.course.converter.pre_convert_hook, student)
    for name, nb in list(work.notebooks.items()):
        try:
            work.notebooks[name] = await _run(marking, work, name, nb)
        except UntrustedCodeRefused:
            raise
        except Exception as error:  # noqa: BLE001 - the submission's other notebooks are marked all the same
            _give_up(work, name, error)
    _record(marking, work)
    marking.book.save()
    finish(marking.course, work, names=marking.roles)
    if work.notes:
        marking.notes[student] = work.notes
    _hook(marking, marking.course.converter.post_convert_hook, student)


def _give_up(work: Work, name: str, error: Exception) -> None:
    del work.notebooks[name]
    said = error.message if isinstance(error, AcademyError) else type(error).__name__
    work.notes.append(NOT_MARKED.format(f"{name}: {said}"))


def _hook(marking: _Marking, hook: Any, student: str) -> None:
    """Call a hook of the course's settings; as in nbgrader, a broken one breaks nothing else."""
    if hook:
        try:
            hook(assignment=marking.course.assignment, student=student, notebooks=sorted(marking.roles))
        except Exception:
            logging.getLogger("academy.grading").info("A hook of the course failed", exc_info=True)


def _resources(marking: _Marking, student: str, notebook: str) -> dict[str, Any]:
    course = marking.course
    about = {
        "student": student,
        "assignment": course.assignment,
        "notebook": notebook,
        "db_url": course.directory.db_url,
    }
    return {"unique_key": notebook, "output_files_dir": f"{notebook}_files", "nbgrader": about, "academy_open": []}


async def _run(marking: _Marking, work: Work, name: str, nb: Any) -> Any:
    """Put one notebook in order and run it."""
    resources = _resources(marking, work.student, name)
    nb = put_in_order(nb, marking.roles[name], name, work.notes)
    nb.metadata.pop("widgets", None)
    for step in marking.before:
        nb, resources = step(nb, resources)
    if marking.executes:
        run = replace(marking.run, not_run=frozenset(resources.get("academy_data", ())))
        work.notes += forging.notes([cell for cell in nb.cells if _is_learners(cell, run.not_run)])
        async with marking.alive:
            ran = await execution.execute(json.dumps(nb).encode(), run, work.folder, room=marking.room)
        nb = nbformat.from_dict(json.loads(ran))
    else:
        _leave_unrun(nb)
    work.open[name] = resources["academy_open"]
    return nb


def _leave_unrun(nb: Any) -> None:
    """Nothing was run, so nothing is known about a test, unless a step of the course's settings has said it."""
    for cell in nb.cells:
        if execution.is_test(cell) and "academy" not in cell.metadata:
            cell.metadata["academy"] = {"verdict": str(Verdict.DID_NOT_RUN), "points": None, "reason": NOT_RUN}


def _is_learners(cell: Any, data: Container[str]) -> bool:
    about = cell.metadata.get("nbgrader", {})
    if about.get("grade_id") in data:
        return False
    return cell.cell_type == "code" and (about.get("solution") or not (about.get("grade") or about.get("locked")))


def _record(marking: _Marking, work: Work) -> None:
    """Write what is known about a submission into the gradebook."""
    course, book = marking.course, marking.book
    if course.converter.create_student:
        book.update_or_create_student(work.student)
    moment = submitted_at(course, work.student)
    more = {"timestamp": moment} if moment else {}
    submission = book.update_or_create_submission(course.assignment, work.student, **more)
    for part in (part for part in submission.notebooks if part.name in marking.roles):
        nb = work.notebooks.get(part.name)
        if nb is None:
            if not os.path.lexists(course.submitted(work.student) / f"{part.name}.ipynb"):
                work.notes.append(NOTHING_HANDED_IN.format(part.name))
            _leave_open(part)
            continue
        try:
            with book.db.begin_nested():
                work.notebooks[part.name] = _save(marking, work, part.name, nb)
        except Exception as error:  # noqa: BLE001 - as above
            _give_up(work, part.name, error)
            _leave_open(part)


def _leave_open(part: Any) -> None:
    """Nothing is known about a notebook: neither points nor 0."""
    for grade in part.grades:
        grade.auto_score = None
        grade.needs_manual_grade = True


def _save(marking: _Marking, work: Work, name: str, nb: Any) -> Any:
    resources = _resources(marking, work.student, name)
    known = execution.verdicts(nb)
    resources["academy_open"] = [*work.open[name]]
    resources["academy_open"] += [cell for cell, about in known.items() if about["points"] is None]
    for step in marking.after:
        with marking.book.db.no_autoflush:  # or each question to the gradebook would first write the last answer
            nb, resources = step(nb, resources)
        marking.book.write()
    write_notebook(work.folder / f"{name}.ipynb", nb)
    return nb
