"""Mark the same submissions with nbgrader and with ours by turns in one run, and print what each costs: no test.

``academy bench grade [--rounds N] [--submissions N] [--only quickstart|assessment] [--trouble]``. Each run starts from
a fresh copy of the course folder and its gradebook. Scores are compared cell by cell through both gradebooks.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import grading_courses
from tests.bench.grading_courses import Case
from tests.bench.process_tree import Cost, run

__all__ = ["Difference", "Outcome", "compare", "main", "measure"]

STOCK, OURS = "nbgrader autograde", "academy grade"
Place = tuple[str, str, str]
"""Student, notebook, cell."""
Scores = Mapping[Place, float | None]
"""What a gradebook counts for each cell; None: it waits for a person."""

STATEMENT = """
    SELECT work.student_id, part.name, cell.name, grade.auto_score, grade.needs_manual_grade
      FROM grade
      JOIN base_cell AS cell ON cell.id = grade.cell_id
      JOIN submitted_notebook AS book ON book.id = grade.notebook_id
      JOIN notebook AS part ON part.id = book.notebook_id
      JOIN submitted_assignment AS work ON work.id = book.assignment_id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell for which the two gradebooks count different points."""

    place: Place
    stock: float | None
    ours: float | None
    verdict: str
    """Ours."""
    reason: str
    """Ours; empty where there is none, which would be a fault of ours."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Cells of one submission for which neither grader has a score, for the same reason."""

    student: str
    cells: tuple[str, ...]
    verdict: str
    """Ours."""
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one course."""

    case: Case
    costs: Mapping[str, list[Cost]]
    """By grader, one for each round."""
    cells: int
    """How many were compared."""
    differences: tuple[Difference, ...]
    """In any round."""
    unknown: tuple[Unknown, ...]
    """Cells for which neither has a score, although no person has to mark them."""


def write(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measure(
    *, rounds: int = 1, submissions: int | None = None, only: str | None = None, trouble: bool = False
) -> list[Outcome]:
    """Mark both courses, or ``only`` one, with both graders and return what it cost and where they disagree.

    ``submissions`` is 40 and 34 by default; ``trouble`` adds a few to the first, which nbgrader marks wrongly.
    """
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        if only in (None, "quickstart"):
            found.append(_outcome(grading_courses.quickstart(place, submissions or 40, trouble=trouble), place, rounds))
        if only in (None, "assessment"):
            found.append(_outcome(grading_courses.assessment(place, submissions or 34), place, rounds))
    return found


def _outcome(case: Case, place: Path, rounds: int) -> Outcome:
    costs: dict[str, list[Cost]] = {STOCK: [], OURS: []}
    differences: dict[Difference, None] = {}
    unknown: tuple[Unknown, ...] = ()
    cells = 0
    for number in range(rounds):
        scores: dict[str, Scores] = {}
        said: Mapping[str, Any] = {}
        for grader in (STOCK, OURS) if number % 2 == 0 else (OURS, STOCK):
            work = place / "work"
            shutil.copytree(case.stock if grader == STOCK else case.ours, work)
            cost, answer = _mark(grader, case, work, place)
            costs[grader].append(cost)
            scores[grader] = _read(work / "gradebook.db")
            said = json.loads(answer) if grader == OURS else said
            shutil.rmtree(work)
        cells = len(scores[STOCK].keys() | scores[OURS].keys())
        differences |= dict.fromkeys(compare(scores[STOCK], scores[OURS], said))
        unknown = tuple(unknown_to_both(scores[STOCK], scores[OURS], said))
    return Outcome(case, costs, cells, tuple(differences), unknown)


def _mark(grader: str, case: Case, work: Path, place: Path) -> tuple[Cost, bytes]:
    """Run one grader in a course folder; return what it cost and what it said."""
    command = {
        STOCK: ["nbgrader", "autograde", case.assignment],
        OURS: ["academy", "grade", "bench", case.assignment, "--course-dir", str(work), "--json"],
    }[grader]
    program = str(Path(sysconfig.get_path("scripts")) / command[0])
    out, log = place / "out", place / "log"
    environment = grading_courses.environment(place)
    cost = run([program, *command[1:]], folder=work, environment=environment, out=out, log=log)
    if grader == OURS and cost.status:
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
    return cost, out.read_bytes()


def _read(gradebook: Path) -> Scores:
    with closing(sqlite3.connect(gradebook)) as db:
        rows = db.execute(STATEMENT).fetchall()
    return {(student, part, cell): counted(auto, waits=bool(waits)) for student, part, cell, auto, waits in rows}


def counted(auto: float | None, *, waits: bool) -> float | None:
    """Return what nbgrader counts for a cell: 0 where there is no score and nobody is asked to give one."""
    if auto is not None:
        return float(auto)
    return None if waits else 0.0


def compare(stock: Scores, ours: Scores, said: Mapping[str, Any]) -> list[Difference]:
    """Return the cells in which two gradebooks differ, with what ``academy grade --json`` said about them."""
    known = _said(said)
    found = []
    for place in sorted(stock.keys() | ours.keys()):
        if place in stock and place in ours and stock[place] == ours[place]:
            continue
        verdict, reason = known.get(place, ("not listed", ""))
        found.append(Difference(place, stock.get(place), ours.get(place), verdict, reason))
    return found


def unknown_to_both(stock: Scores, ours: Scores, said: Mapping[str, Any]) -> list[Unknown]:
    """Return cells without a score in both gradebooks that no person was meant to mark."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for place, (verdict, reason) in sorted(_said(said).items()):
        if verdict != "manual" and place in stock and stock[place] is None and ours.get(place) is None:
            found.setdefault((place[0], verdict, reason), []).append("/".join(place[1:]))
    return [Unknown(student, tuple(cells), verdict, reason) for (student, verdict, reason), cells in found.items()]


def _said(said: Mapping[str, Any]) -> dict[Place, tuple[str, str]]:
    """Return verdict and reason by cell; where a cell has no reason, the notes on its submission."""
    return {
        (submission["student"], notebook["name"], cell["id"]): (
            cell["verdict"],
            cell.get("reason") or " ".join(submission["notes"]),
        )
        for submission in said["submissions"]
        for notebook in submission["notebooks"]
        for cell in notebook["cells"]
    }


def show(outcome: Outcome, rounds: int) -> None:
    """Print what came of one course."""
    write(f"{outcome.case.name}: {outcome.case.submissions} submissions, median of {rounds}")
    write(f"{'':<20}{'wall':>10}{'CPU':>10}{'peak memory':>14}{'processes':>11}{'other work':>12}")
    middle = {grader: _median(costs) for grader, costs in outcome.costs.items()}
    for grader, cost in middle.items():
        write(
            f"{grader:<20}{cost.wall:>8.2f} s{cost.cpu:>8.2f} s{cost.peak:>11.0f} MB"
            f"{cost.processes:>11}{cost.others:>11.0%}"
        )
    stock, ours = middle[STOCK], middle[OURS]
    wall, cpu, peak = stock.wall / ours.wall, stock.cpu / ours.cpu, stock.peak / ours.peak
    write(f"{'times less':<20}{wall:>10.1f}{cpu:>10.1f}{peak:>14.2f}")
    equal = outcome.cells - len({one.place for one in outcome.differences})
    write(f"{equal} of {outcome.cells} graded cells have the same score.")
    for one in outcome.differences:
        write(f"  {'/'.join(one.place)}: nbgrader {_points(one.stock)}, ours {_points(one.ours)}")
        write(f"      {one.verdict}: {one.reason or 'no reason was given'}")
    for some in outcome.unknown:
        write(f"  {some.student}: neither has a score for {', '.join(some.cells)}")
        write(f"      {some.verdict}: {some.reason or 'no reason was given'}")
    write()


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        peak=statistics.median(cost.peak for cost in costs),
        processes=max(cost.processes for cost in costs),
        others=statistics.median(cost.others for cost in costs),
        status=costs[-1].status,
    )


def _points(score: float | None) -> str:
    return "waits for a person" if score is None else f"{score:g}"


def main(arguments: Sequence[str]) -> int:
    """Print the figures. Exit code 1 if a score differs and ours has no reason for it; no time is judged."""
    parser = argparse.ArgumentParser(prog="academy bench grade", description="Both graders on the same submissions.")
    parser.add_argument("--rounds", type=int, default=1, help="how often each grader marks (default: 1)")
    parser.add_argument("--submissions", type=int, help="how many (default: 40 and 34)")
    parser.add_argument("--only", choices=["quickstart", "assessment"], help="one of the two courses")
    parser.add_argument("--trouble", action="store_true", help="add submissions that nbgrader marks wrongly")
    options = parser.parse_args(arguments)
    outcomes = measure(**vars(options))
    for outcome in outcomes:
        show(outcome, options.rounds)
    return int(any(not one.reason for outcome in outcomes for one in outcome.differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
