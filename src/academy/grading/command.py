"""``academy grade``: mark a course's assignment from the command line, also one that was made without the academy."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from academy.config import load
from academy.errors import AcademyError, BadInput
from academy.grading.model import course_folder
from academy.grading.programs import find_programs
from academy.kernels import pool, trial
from academy.kernels.model import Confinement, Layer, Limits

__all__ = ["main"]

WIDTH = 30
"""Characters of the bar on a terminal."""


def main(arguments: Sequence[str]) -> int:
    """Mark and print what came of it. Exit code 0, or 2 with one sentence; 130 after an interrupt."""
    started = time.perf_counter()
    options = _parser().parse_args(arguments)
    try:
        return _grade(options, started)
    except AcademyError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What is marked stays marked; the same command goes on from here.\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="academy grade", description="Mark what was handed in for an assignment.")
    parser.add_argument("course", help="cohort, or with --course-dir the course's own name")
    parser.add_argument("assessment", help="assessment or assignment")
    parser.add_argument("--course-dir", type=Path, help="any nbgrader course folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks at once (default: processors)")
    parser.add_argument("--student", default="*", help="only this one's submission")
    parser.add_argument("--again", action="store_true", help="mark also what has been marked before")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--memory", type=int, default=512, help="MiB for each notebook (default: 512)")
    parser.add_argument(
        "--run-untrusted-code-without",
        default="",
        metavar="LAYERS",
        help="run code of strangers even though these layers of the confinement are missing here, by name, with commas",
    )
    return parser


def _grade(options: argparse.Namespace, started: float) -> int:
    root = options.course_dir or course_folder(load(), options.course).root
    _warm_up(root, options.assessment)
    try:
        return _mark(root, options, started)
    finally:
        pool.close()


def _warm_up(root: Path, assignment: str) -> None:
    """Start the process from which notebooks' processes are forked while nbgrader is loaded, which takes as long.

    Where this looks in the wrong place, marking starts it itself. An assessment of ours, which has a key, needs none.
    """
    from academy.grading import execution  # noqa: PLC0415 - only marking needs it

    if (root / "keys" / f"{assignment}.json").exists():
        return
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):  # marking says what is wrong with it
        sources = [json.loads(file.read_bytes()) for file in sorted((root / "source" / assignment).glob("*.ipynb"))]
        if sources:
            trial.warm_up(execution.imports(sources))


def _mark(root: Path, options: argparse.Namespace, started: float) -> int:
    from academy.grading.bridge import course as courses  # noqa: PLC0415 - nbgrader takes time to load
    from academy.grading.bridge.marking import mark  # noqa: PLC0415
    from academy.grading.bridge.report import report  # noqa: PLC0415
    from academy.grading.execution import Run  # noqa: PLC0415

    gc.freeze()  # what was imported stays; looking at it again and again takes 7 of 100 parts of the time
    find_programs()
    course = courses.open_course(root, options.assessment, student=options.student)
    limits = Limits(memory=options.memory)
    run = Run(confinement=Confinement(limits=limits, run_untrusted_code_without=_layers(options)))
    show = _Bar() if sys.stderr.isatty() else None
    marked = mark(course, run, again=options.again, jobs=max(1, options.jobs), progress=show)
    found = report(course, marked, time.perf_counter() - started)
    said = json.dumps(found) if options.json else _in_words(found, len(marked.marked))
    sys.stdout.write(f"{said}\n".encode("utf-8", "replace").decode("utf-8"))
    return 0


def _layers(options: argparse.Namespace) -> frozenset[Layer]:
    names = [name.strip() for name in options.run_untrusted_code_without.split(",") if name.strip()]
    try:
        return frozenset(Layer(name) for name in names)
    except ValueError:
        known = ", ".join(layer.value for layer in Layer)
        message = f"--run-untrusted-code-without names layers of the confinement: {known}."
        raise BadInput(message, code="no-layer", field="run-untrusted-code-without") from None


class _Bar:
    """A bar on a terminal."""

    def __call__(self, done: int, total: int) -> None:
        """Draw it anew."""
        full = WIDTH * done // max(total, 1)
        sys.stderr.write(f"\r{'█' * full}{'·' * (WIDTH - full)} {done} of {total}")
        sys.stderr.write("\n" if done == total else "")
        sys.stderr.flush()


def _in_words(found: dict[str, Any], new: int) -> str:
    """Return a table and the sentences for the facilitator."""
    lines = [f"{'student':30} {'points':>8} {'of':>6}   needs your eye"]
    for submission in found["submissions"]:
        cells = [cell for notebook in submission["notebooks"] for cell in notebook["cells"]]
        points = sum(cell["score"] or 0.0 for cell in cells)
        most = sum(cell["max"] for cell in cells)
        open_cells = [f"{cell['id']} ({cell['verdict']})" for cell in cells if cell["score"] is None]
        lines.append(f"{submission['student'][:30]:30} {points:8g} {most:6g}   {', '.join(open_cells) or 'nothing'}")
        lines += [f"    {note}" for note in submission["notes"]]
    lines.append(f"{new} marked now, {len(found['submissions']) - new} before, in {found['seconds']} seconds.")
    return "\n".join(lines)
