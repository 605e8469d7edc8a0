"""Mark the same submissions with nbgrader and with ours by turns, and print what each costs: no test.

``academy bench grade [--rounds N] [--submissions N] [--only quickstart|assessment] [--trouble]``. Each run starts from
a fresh copy of the course folder and its gradebook. Looking at memory costs time, so that is done in a run of its own.
Scores are compared cell by cell through both gradebooks.
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
    """By grader, one for each round, in which nobody looked at memory."""
    weights: Mapping[str, Cost]
    """By grader, of a run of its own."""
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
    for number in range(rounds):
        order = (STOCK, OURS) if number % 2 == 0 else (OURS, STOCK)
        runs = {grader: _mark(grader, case, place) for grader in order}
        for grader in order:
            costs[grader].append(runs[grader].cost)
        scores = runs[STOCK].scores, runs[OURS].scores
        differences |= dict.fromkeys(compare(*scores, runs[OURS].said))
        unknown = tuple(unknown_to_both(*scores, runs[OURS].said))
        cells = len(scores[0].keys() | scores[1].keys())
    weights = {grader: _mark(grader, case, place, weigh=True).cost for grader in (STOCK, OURS)}
    return Outcome(case, costs, weights, cells, tuple(differences), unknown)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of one grader."""

    cost: Cost
    scores: Scores
    said: Mapping[str, Any]
    """What ``academy grade --json`` printed; nothing for the other."""


def _mark(grader: str, case: Case, place: Path, *, weigh: bool = False) -> _Run:
    """Run one grader in a fresh copy of the course folder."""
    work, out, log = place / "work", place / "out", place / "log"
    shutil.copytree(case.stock if grader == STOCK else case.ours, work)
    command = {
        STOCK: ["nbgrader", "autograde", case.assignment],
        OURS: ["academy", "grade", "bench", case.assignment, "--course-dir", str(work), "--json"],
    }[grader]
    program = str(Path(sysconfig.get_path("scripts")) / command[0])
    environment = grading_courses.environment(place)
    cost = run([program, *command[1:]], folder=work, environment=environment, out=out, log=log, weigh=weigh)
    if grader == OURS and cost.status:
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
    found = _Run(cost, _read(work / "gradebook.db"), json.loads(out.read_bytes()) if grader == OURS else {})
    shutil.rmtree(work)
    return found


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
    write(f"{'':<20}{'wall':>10}{'CPU':>10}{'other work':>12}{'peak memory':>14}{'processes':>11}")
    times = {grader: _median(costs) for grader, costs in outcome.costs.items()}
    for grader, (wall, cpu, others) in times.items():
        weight = outcome.weights[grader]
        write(f"{grader:<20}{wall:>8.2f} s{cpu:>8.2f} s{others:>12.0%}{weight.peak:>11.0f} MB{weight.processes:>11}")
    wall, cpu = (stock / ours for stock, ours in zip(times[STOCK][:2], times[OURS][:2], strict=True))
    peak = outcome.weights[STOCK].peak / outcome.weights[OURS].peak
    write(f"{'times less':<20}{wall:>10.1f}{cpu:>10.1f}{'':>12}{peak:>14.2f}")
    equal = outcome.cells - len({one.place for one in outcome.differences})
    write(f"{equal} of {outcome.cells} graded cells have the same score.")
    for one in outcome.differences:
        write(f"  {'/'.join(one.place)}: nbgrader {_points(one.stock)}, ours {_points(one.ours)}")
        write(f"      {one.verdict}: {one.reason or 'no reason was given'}")
    for some in outcome.unknown:
        write(f"  {some.student}: neither has a score for {', '.join(some.cells)}")
        write(f"      {some.verdict}: {some.reason or 'no reason was given'}")
    write()


def _median(costs: Sequence[Cost]) -> tuple[float, float, float]:
    """Return the medians of wall and CPU seconds, and of the share of other work."""
    values = zip(*((cost.wall, cost.cpu, cost.others) for cost in costs), strict=True)
    wall, cpu, others = map(statistics.median, values)
    return wall, cpu, others


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
    if options.rounds < 1:
        parser.error("there has to be one round")
    outcomes = measure(**vars(options))
    for outcome in outcomes:
        show(outcome, options.rounds)
    return int(any(not one.reason for outcome in outcomes for one in outcome.differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
