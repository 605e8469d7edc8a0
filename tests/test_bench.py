"""The benchmarks: what they compare and count is right, and the command finds them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from academy import bench
from academy.errors import BadInput, Unavailable
from tests.bench.bench_grade import Difference, Unknown, compare, counted, unknown_to_both

HERE = ("ana", "task", "sum-test")
WATCH = """
import os, sys
from pathlib import Path
from tests.bench.process_tree import run
work = "import subprocess, sys; block = bytearray(b'x') * 50_000_000; " \\
       "subprocess.run([sys.executable, '-c', 'import time; time.process_time(); sum(range(20_000_000))'])"
cost = run([sys.executable, "-c", work], folder=Path("."), environment=os.environ, out=Path(sys.argv[1]) / "out",
           log=Path(sys.argv[1]) / "log")
print(cost.status, cost.processes, cost.peak > 50, 0.1 < cost.cpu <= cost.wall * (os.cpu_count() or 1))
"""
"""Starts a process with 50 MB that starts another one which works."""


def said(verdict: str, reason: str = "", notes: tuple[str, ...] = ()) -> dict[str, object]:
    """Return what ``academy grade --json`` says about one cell."""
    cell = {"id": HERE[2], "score": None, "max": 2.0, "verdict": verdict} | ({"reason": reason} if reason else {})
    notebook = {"name": HERE[1], "cells": [cell]}
    return {"submissions": [{"student": HERE[0], "notebooks": [notebook], "notes": list(notes)}], "seconds": 1.0}


def test_equal_scores_are_no_difference() -> None:
    """Neither points nor cells that wait for a person in both gradebooks."""
    scores = {HERE: 1.0, (*HERE[:2], "essay"): None}
    assert compare(scores, dict(scores), said("passed")) == []


@pytest.mark.parametrize(("stock", "ours"), [(1.0, None), (0.0, 1.0), (None, 0.0)])
def test_a_planted_difference_is_found_with_its_reason(stock: float | None, ours: float | None) -> None:
    """A cell that waits for a person differs from a 0."""
    found = compare({HERE: stock}, {HERE: ours}, said("kernel-died", "It ended."))
    assert found == [Difference(HERE, stock, ours, "kernel-died", "It ended.")]


def test_a_cell_that_only_one_gradebook_knows_is_a_difference() -> None:
    """Also where the command says nothing about it; then there is no reason."""
    (found,) = compare({HERE: 1.0}, {}, {"submissions": []})
    assert (found.place, found.ours, found.reason) == (HERE, None, "")


@pytest.mark.parametrize(("verdict", "listed"), [("kernel-died", True), ("manual", False)])
def test_cells_without_a_score_in_both_are_listed_unless_a_person_marks_them(verdict: str, *, listed: bool) -> None:
    """They are equal, but somebody has to know why."""
    found = unknown_to_both({HERE: None}, {HERE: None}, said(verdict, "It ended."))
    assert found == ([Unknown("ana", ("task/sum-test",), verdict, "It ended.")] if listed else [])


def test_the_submissions_notes_stand_for_a_missing_reason() -> None:
    """A note may explain all cells of a submission."""
    (found,) = compare({HERE: 0.0}, {HERE: None}, said("did-not-run", notes=("Nothing was handed in.",)))
    assert found.reason == "Nothing was handed in."


def test_a_cell_without_a_score_for_which_nobody_is_asked_counts_nothing() -> None:
    """So nbgrader adds up."""
    assert (counted(None, waits=False), counted(None, waits=True), counted(0.5, waits=True)) == (0.0, None, 0.5)


def test_a_command_is_weighed_with_all_that_it_starts(tmp_path: Path) -> None:
    """Memory of both processes at once, and the time of the one below."""
    command = [sys.executable, "-c", WATCH, str(tmp_path)]
    root = Path(bench.__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "2", "True", "True"]


def test_an_installed_package_says_that_benchmarks_need_the_checkout(tmp_path: Path) -> None:
    """In one sentence."""
    with pytest.raises(Unavailable, match="source checkout"):
        bench.main(["grade"], checkout=tmp_path)


@pytest.mark.parametrize("arguments", [[], ["everything"], ["../grade"]])
def test_an_unknown_benchmark_is_refused_and_the_known_are_named(arguments: list[str]) -> None:
    """With what to type."""
    with pytest.raises(BadInput, match=r"academy bench grade\|kernels\|memory\|pages"):
        bench.main(arguments)
