"""What a hostile or broken submission is: the changes to the released notebook, and what has to come of them.

The texts of cells may hold ``@COURSE@``, ``@EXCHANGE@``, ``@HOME@``, ``@PLANT@`` and ``@NEIGHBOUR@``, which stand for
places and names that are known when the course is made.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from academy.kernels.model import Layer

__all__ = [
    "DIED",
    "FAILED",
    "MANUAL",
    "NOT_RUN",
    "OUT_OF_MEMORY",
    "PARTLY",
    "PASSED",
    "PLANTED",
    "RIGHT_MIDDLE",
    "RIGHT_SQUARES",
    "RIGHT_TOTAL",
    "TAMPERED",
    "TIMED_OUT",
    "TOUCHES",
    "WRONG_MIDDLE",
    "WRONG_SQUARES",
    "WRONG_TOTAL",
    "Place",
    "Submission",
    "Verdicts",
    "cell",
    "code",
    "probe",
]

Verdicts = frozenset[str]
"""Each of them is right; a mark is given for ``passed`` and ``partly`` only."""

PASSED: Verdicts = frozenset({"passed"})
FAILED: Verdicts = frozenset({"failed"})
PARTLY: Verdicts = frozenset({"partly"})
NOT_RUN: Verdicts = frozenset({"did-not-run"})
TIMED_OUT: Verdicts = frozenset({"timed-out"})
OUT_OF_MEMORY: Verdicts = frozenset({"out-of-memory"})
DIED: Verdicts = frozenset({"kernel-died"})
TAMPERED: Verdicts = frozenset({"tampered"})
MANUAL: Verdicts = frozenset({"manual"})

RIGHT_SQUARES = "def squares(n):\n    return [k * k for k in range(1, n + 1)]\n"
WRONG_SQUARES = "def squares(n):\n    return ['wrong']\n"
RIGHT_TOTAL = (
    "def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number\n    return result\n"
)
RIGHT_MIDDLE = (
    "def middle(numbers):\n    ordered, half = sorted(numbers), len(numbers) // 2\n"
    "    return ordered[half] if len(numbers) % 2 else (ordered[half - 1] + ordered[half]) / 2\n"
)
WRONG_MIDDLE = "def middle(numbers):\n    return 'wrong'\n"
WRONG_TOTAL = "def total(numbers):\n    return -1\n"
ESSAY = "A list of squares grows faster than the list it was made of."
PLANTED = "planted-script"
"""Stands in every script that somebody tries to smuggle into a page."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a course stands, and what must never be found outside the place it was put in."""

    base: Path
    """Folder that holds all the others."""
    neighbour: str
    """Student id of somebody whose work is wanted."""
    stamp: str = field(default_factory=lambda: secrets.token_hex(6))
    """New for each course, so that nothing old is taken for a find."""

    @property
    def course(self) -> Path:
        """nbgrader's course folder."""
        return self.base / "course"

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange."""
        return self.base / "exchange"

    @property
    def home(self) -> Path:
        """Home folder of whoever grades."""
        return self.base / "home"

    @property
    def plant(self) -> Path:
        """File that some submissions try to create."""
        return self.base / "planted"

    @property
    def collected(self) -> Path:
        """Copy of the neighbour's notebook in the exchange."""
        return self.exchange / f"{self.neighbour}.ipynb"

    @property
    def temporary(self) -> Path:
        """Folder for temporary files of the grader."""
        return self.base / "temporary"

    def secret(self, where: str) -> str:
        """Return the text that is planted in one place."""
        return f"secret-in-the-{where}-{self.stamp}"

    def fill(self, text: str) -> str:
        """Put places and names into a text."""
        known = {"COURSE": self.course, "EXCHANGE": self.exchange, "HOME": self.home, "PLANT": self.plant}
        for name, path in known.items():
            text = text.replace(f"@{name}@", str(path))
        return text.replace("@NEIGHBOUR@", self.neighbour)


def _as_released(_: Any) -> None:
    """Change nothing."""


def _as_written(data: bytes) -> bytes:
    return data


def _no_more_files(_folder: Path, _place: Place) -> None:
    """Add nothing to the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submission. Whatever is not said is as in a right one."""

    name: str
    """Slug; the test is named by it."""
    tries: str
    """One sentence: what somebody attempts."""
    squares: str = RIGHT_SQUARES
    """Text of the first solution cell."""
    total: str = RIGHT_TOTAL
    """Text of the second solution cell."""
    middle: str = RIGHT_MIDDLE
    """Text of the third solution cell."""
    essay: str = ESSAY
    """Text of the hand-graded Markdown cell."""
    change: Callable[[Any], object] = _as_released
    """Further changes to the notebook, in place."""
    spoil: Callable[[bytes], bytes] = _as_written
    """From the notebook's file to what is handed in instead."""
    arrange: Callable[[Path, Place], object] = _no_more_files
    """Changes to the folder that is handed in."""
    on_squares: Verdicts = PASSED
    on_total: Verdicts = PASSED
    on_middle: Verdicts | None = None
    """None: what is right for the second question is right for the third, and so is what its own text deserves."""
    on_essay: Verdicts = MANUAL
    refused: int = 0
    """How many attempts have to print that they were refused. None may print that it reached something."""
    student: str = ""
    """Name of the student's folder, if that is the attack."""
    needs: frozenset[Layer] = frozenset()
    """Layers without which this is not contained; where they are missing it is left out."""

    @property
    def expected(self) -> Mapping[str, Verdicts]:
        """The right verdicts by cell."""
        deserved = PASSED if self.middle == RIGHT_MIDDLE else FAILED | TAMPERED
        middle = self.on_total | deserved if self.on_middle is None else self.on_middle
        return {
            "squares-test": self.on_squares,
            "total-test": self.on_total,
            "middle-test": middle,
            "essay": self.on_essay,
        }


def code(text: str) -> str:
    """Take the indentation of the surrounding Python away from the text of a cell."""
    return dedent(text).strip("\n") + "\n"


TRIED = """
import ctypes, os, re, resource, signal, socket, subprocess, sys, time
from pathlib import Path

def tried(attempt):
    try:
        found = attempt()
    except BaseException as error:
        print('refused:', type(error).__name__)
    else:
        print('reached:', repr(found)[:300])

def first(function, values):
    for value in values:
        try:
            return function(value)
        except OSError:
            pass
    raise LookupError

def others():
    return [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]

def system_call(*arguments):
    result = ctypes.CDLL(None, use_errno=True).syscall(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), 'refused')
    return result

"""


TOUCHES: dict[str, Any] = {"on_squares": PASSED | TAMPERED, "on_total": PASSED | TAMPERED}
"""Of right work whose code reaches below Python, or leaves something running: both verdicts are right."""


def probe(name: str, tries: str, *attempts: str, setup: str = "", **more: Any) -> Submission:
    """Make a right submission that also attempts things, each an expression, all of which have to be refused."""
    tests = "".join(f"tried(lambda: {attempt})\n" for attempt in attempts)
    squares = TRIED + code(setup) + tests + RIGHT_SQUARES
    return Submission(name=name, tries=tries, squares=squares, refused=len(attempts), **more)


def cell(nb: Any, grade_id: str) -> Any:
    """Return a cell of the released notebook by nbgrader's name for it."""
    return next(one for one in nb.cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
