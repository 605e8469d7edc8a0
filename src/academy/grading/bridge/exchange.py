"""Release, hand in, collect: what passes through nbgrader's exchange."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit

from academy.content.notebook import write_answers
from academy.content.notebook_file import LARGEST_FILE, is_notebook
from academy.errors import AcademyError, BadInput, Conflict, NotFound
from academy.grading.bridge.folder import (
    configuration,
    convert,
    course_directory,
    gradebook,
    naive,
    plainly,
    prepare_course,
    write,
)
from academy.grading.intake import Arrival, arrivals, fault_of, username_fault
from academy.grading.keys import parse
from academy.grading.model import CourseFolder, Delivery
from academy.grading.rules import take_answers

__all__ = ["collect", "deliver", "deliver_all", "release", "student_notebook"]

WHOLE = 0o777  # nbgrader opens the folder for the grader as its last step
NOT_RELEASED = "This assessment has not been released to the cohort yet."


@plainly("release the assessment")
def release(  # noqa: PLR0917 - a worker's process is given places, not names
    course: CourseFolder,
    assignment: str,
    notebook: bytes,
    questions_json: str,
    due: datetime | None,
    files: Sequence[tuple[str, bytes]] = (),
) -> None:
    """Put an assessment into the exchange; again, when its text changed.

    ``notebook`` is the instructor's version, ``questions_json`` its questions with their keys, ``files`` what a lab
    reads, by name. Raises ``Conflict`` when questions were added or removed after people had answered.
    """
    parse(questions_json)
    prepare_course(course)
    _put_files(course.source(assignment).parent, dict(files))
    _generate(course, assignment, notebook, questions_json)
    with gradebook(course) as book:
        book.update_or_create_assignment(assignment, duedate=naive(due) if due else None)
    directory = course_directory(course, assignment)
    exchange = ExchangeReleaseAssignment(coursedir=directory, authenticator=None, config=configuration(course))
    exchange.force = True
    exchange.start()


def _put_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Let these files lie beside the instructor's notebook, and no others."""
    for file in folder.glob("*"):
        if file.suffix != ".ipynb" and file.name not in files and file.is_file():
            file.unlink()
    for name, data in files.items():
        write(folder / name, data)


def _generate(course: CourseFolder, assignment: str, notebook: bytes, questions_json: str) -> None:
    """Make the students' version; what stood there before comes back when nbgrader refuses."""
    source, key = course.source(assignment), course.key(assignment)
    before = (source.read_bytes(), key.read_bytes()) if source.exists() and key.exists() else None
    write(source, notebook)
    write(key, questions_json.encode())
    try:
        convert(GenerateAssignment, course, assignment)
    except Exception as error:
        if before is None:
            raise
        write(source, before[0])
        write(key, before[1])
        convert(GenerateAssignment, course, assignment)
        message = "Questions cannot be added or removed once people have answered; release a new assessment instead."
        raise Conflict(message, code="questions-changed") from error


def student_notebook(course: CourseFolder, assignment: str) -> bytes:
    """Return the released notebook. Raises ``NotFound``."""
    try:
        return course.released(assignment).read_bytes()
    except FileNotFoundError:
        raise NotFound(NOT_RELEASED) from None


@plainly("hand in the answers")
def deliver(course: CourseFolder, assignment: str, delivery: Delivery) -> None:
    """Hand in one submission through nbgrader's exchange. Raises ``BadInput`` for an unusable notebook."""
    data = student_notebook(course, assignment)
    if delivery.notebook is not None:
        _check(delivery.notebook)
        data = delivery.notebook if delivery.answers is None else _worked_on(data, delivery.notebook)
    if delivery.answers is not None:
        data = _filled(data, delivery.answers)
    _check(data)
    _submit(course, assignment, delivery, data)


@plainly("hand in the answers")
def deliver_all(course: CourseFolder, assignment: str, deliveries: Sequence[Delivery]) -> list[str | None]:
    """Hand in many submissions. Returns for each None, or one sentence that says why it could not be handed in."""
    return [_problem(course, assignment, delivery) for delivery in deliveries]


def _problem(course: CourseFolder, assignment: str, delivery: Delivery) -> str | None:
    try:
        deliver(course, assignment, delivery)
    except NotFound:
        raise
    except AcademyError as error:
        return error.message
    return None


def _worked_on(released: bytes, handed_in: bytes) -> bytes:
    """Return the released notebook with what was written into one that was handed in before."""
    nb, hers = (nbformat.reads(data.decode(), as_version=4) for data in (released, handed_in))
    return str(nbformat.writes(take_answers(nb, hers))).encode()


def _filled(notebook: bytes, answers: Mapping[str, Any]) -> bytes:
    nb = nbformat.reads(notebook.decode(), as_version=4)
    try:
        return str(nbformat.writes(write_answers(nb, answers))).encode()
    except ValueError as error:
        message = "These answers belong to questions that the released assessment does not have."
        raise BadInput(message, code="other-questions", field="answers") from error


def _check(data: bytes) -> None:
    if len(data) > LARGEST_FILE:
        message = f"This notebook is larger than {LARGEST_FILE // 1_000_000} MB; take pictures and outputs out of it."
        raise BadInput(message, code="too-large", field="notebook")
    if not is_notebook(data):
        message = "This file is not a notebook that can be opened; save it again and send it once more."
        raise BadInput(message, code="not-a-notebook", field="notebook")


def _submit(course: CourseFolder, assignment: str, delivery: Delivery, data: bytes) -> None:
    """Submit once: a second call for the same student and moment finds the first one's copy and leaves it."""
    fault = username_fault(delivery.student)
    if fault:
        raise BadInput(fault, code="bad-student", field="student")
    stamp = delivery.submitted_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    if _already_there(course, assignment, delivery.student, stamp):
        return
    with tempfile.TemporaryDirectory(prefix="academy-submit-") as place:
        folder = Path(place) / "work" / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.ipynb").write_bytes(data)
        config = configuration(course)
        config.Exchange.assignment_dir = str(folder.parent)
        config.Exchange.cache = str(Path(place) / "cache")
        directory = course_directory(course, assignment, delivery.student)
        submit = ExchangeSubmit(coursedir=directory, authenticator=Authenticator(config=config), config=config)
        submit.timestamp = stamp  # start() would take the present moment
        submit.init_src()
        submit.init_dest()
        submit.copy_files()


def _already_there(course: CourseFolder, assignment: str, student: str, stamp: str) -> bool:
    """Tell whether this attempt stands in the exchange; half of one, left by a kill, is taken away."""
    there = False
    for folder in sorted(course.inbound.glob(f"{student}+{assignment}+{stamp}+*")):
        whole = (folder / "submission_secret.txt").is_file() and folder.stat().st_mode & 0o777 == WHOLE
        if there or not whole:
            shutil.rmtree(folder)
        else:
            there = True
    return there


@plainly("collect the submissions")
def collect(course: CourseFolder, assignment: str) -> dict[str, Any]:
    """Collect everybody's newest attempt. Returns ``students`` and ``notes``: a sentence for what was left out."""
    if not course.released(assignment).exists():
        raise NotFound(NOT_RELEASED)
    newest: dict[str, Arrival] = {}
    notes: list[dict[str, str]] = []
    for arrival in arrivals(course.inbound, assignment):
        newest[arrival.student] = max(newest.get(arrival.student, arrival), arrival, key=lambda one: one.submitted_at)
    students = []
    for student, arrival in sorted(newest.items()):
        fault = fault_of(arrival.folder) or username_fault(student)
        if fault:
            notes.append({"student": student, "note": fault})
            continue
        _collect_one(course, assignment, arrival)
        students.append(student)
    return {"students": students, "notes": notes}


def _collect_one(course: CourseFolder, assignment: str, arrival: Arrival) -> None:
    target = course.submitted(assignment, arrival.student)
    if target.is_dir() and _half_copied(arrival.folder, target):
        shutil.rmtree(target)
    directory = course_directory(course, assignment, arrival.student)
    exchange = ExchangeCollect(coursedir=directory, authenticator=None, config=configuration(course))
    exchange.update = True
    exchange.start()


def _half_copied(source: Path, target: Path) -> bool:
    """Tell whether ``target`` is this very attempt, but not all of it: a kill came in between."""

    def read(file: Path) -> bytes:
        return file.read_bytes() if file.is_file() else b""

    if read(target / "submission_secret.txt") not in (b"", read(source / "submission_secret.txt")):
        return False
    return any(read(file) != read(target / file.name) for file in source.iterdir())
