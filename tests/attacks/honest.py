"""Honest submissions, right and wrong ones: the neighbours of all the others, marked as if nothing was wrong there."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_output

from tests.attacks.model import FAILED, PARTLY, RIGHT_SQUARES, RIGHT_TOTAL, WRONG_SQUARES, Submission, cell

__all__ = ["NEIGHBOURS"]


def _play(nb: Any) -> None:
    """Try things out, as people do: outputs, an error, pictures that were shown and forgotten."""
    cell(nb, "squares").outputs = [new_output("stream", text="[1, 4, 9]\n")]
    nb.cells.append(new_code_cell("squares('three')"))
    nb.cells.append(new_code_cell("%timeit -n1 -r1 total([1])"))


NEIGHBOURS: tuple[Submission, ...] = (
    Submission(name="right", tries="Nothing: this is right."),
    Submission(name="wrong", tries="Nothing: one function is wrong.", squares=WRONG_SQUARES, on_squares=FAILED),
    Submission(
        name="half-right",
        tries="Nothing: the second function cannot add fractions.",
        total="def total(numbers):\n    return int(sum(numbers))\n",
        on_total=PARTLY,
        on_middle=frozenset({"passed"}),
    ),
    Submission(
        name="right-with-warnings",
        tries="Nothing: warnings and words on standard error cost nothing.",
        squares="import sys, warnings\n" + RIGHT_SQUARES + "warnings.warn('careful')\nprint('note', file=sys.stderr)\n",
        total="def total(numbers):\n    warnings.warn('slow')\n    print('adding', file=sys.stderr)\n"
        "    return sum(numbers)\n",
    ),
    Submission(
        name="right-and-slow",
        tries="Nothing: it only takes its time.",
        squares="import time\n" + RIGHT_SQUARES.replace("    return", "    time.sleep(0.05)\n    return"),
    ),
    Submission(
        name="right-and-talkative",
        tries="Nothing: it prints a lot.",
        squares="def squares(n):\n    print('working\\n' * 300)\n    return [k * k for k in range(1, n + 1)]\n",
    ),
    Submission(
        name="right-after-an-error",
        tries="Nothing: a line below the function fails.",
        squares=RIGHT_SQUARES + "squares('three')\n",
    ),
    Submission(
        name="not-begun",
        tries="Nothing: the cells are as they were handed out.",
        squares="# YOUR CODE HERE\nraise NotImplementedError()\n",
        total="# YOUR CODE HERE\nraise NotImplementedError()\n",
        on_squares=FAILED,
        on_total=FAILED,
    ),
    Submission(
        name="does-not-parse",
        tries="Nothing: a bracket is missing.",
        squares="def squares(n:\n    return [\n",
        on_squares=FAILED,
    ),
    Submission(name="right-with-traces-of-trying", tries="Nothing: the notebook was played with.", change=_play),
    Submission(
        name="right-with-helpers-of-its-own",
        tries="Nothing: classes, generators, recursion and names of its own.",
        squares="from functools import lru_cache\n\n@lru_cache\ndef square(k):\n    return k * k\n\n"
        "def squares(n):\n    def walk():\n        yield from map(square, range(1, n + 1))\n    return list(walk())\n",
        total="class Adder:\n    def __init__(self):\n        self.result = 0\n    def __call__(self, numbers):\n"
        "        self.result = 0\n        for number in numbers:\n            self.result += number\n"
        "        return self.result\n\ntotal = Adder()\n",
    ),
    Submission(
        name="right-with-libraries",
        tries="Nothing: it uses libraries that people are taught.",
        squares="import numpy as np\ndef squares(n):\n    return [int(k) for k in np.arange(1, n + 1) ** 2]\n",
        total="import math\ndef total(numbers):\n    return math.fsum(numbers)\n\n# " + RIGHT_TOTAL.splitlines()[0],
    ),
    Submission(
        name="right-with-matrices",
        tries="Nothing: a library that computes in threads of its own is used in the test too.",
        squares="import numpy as np\nbig = np.ones((300, 300))\ndef squares(n):\n    assert (big @ big).sum() > 0\n"
        "    return [int(k) for k in np.diag(np.diag(np.arange(1, n + 1) ** 2))]\n",
    ),
    Submission(
        name="right-with-threads",
        tries="Nothing: threads are started and waited for, a loop for waiting is used and closed.",
        squares="from concurrent.futures import ThreadPoolExecutor\ndef squares(n):\n"
        "    with ThreadPoolExecutor(2) as pool:\n        return list(pool.map(lambda k: k * k, range(1, n + 1)))\n",
        total="import asyncio\nasync def add(numbers):\n    await asyncio.sleep(0)\n    return sum(numbers)\n"
        "def total(numbers):\n    return asyncio.new_event_loop().run_until_complete(add(numbers))\n"
        "await add([1])\n",
    ),
    Submission(
        name="right-with-its-own-types",
        tries="Nothing: values of classes of its own, which compare as they should.",
        squares="from dataclasses import dataclass\nfrom collections import UserList\n\n@dataclass\nclass Square:\n"
        "    value: int\n\n"
        "class Squares(list):\n    pass\n\ndef squares(n):\n"
        "    return Squares(Square(k * k).value for k in range(1, n + 1))\n",
        total="from fractions import Fraction\nclass Purse:\n    def __init__(self, value):\n"
        "        self.value = value\n"
        "    def __add__(self, more):\n        return Purse(self.value + more)\n    def __eq__(self, other):\n"
        "        return isinstance(other, Purse) and self.value == other.value\n\n"
        "def total(numbers):\n    purse = Purse(Fraction(0))\n    for number in numbers:\n"
        "        purse = purse + Fraction(number)\n    assert purse == purse\n    return purse.value\n",
    ),
    Submission(
        name="right-with-a-test-of-its-own",
        tries="Nothing: it checks itself, with the helper and with unittest.",
        squares=RIGHT_SQUARES
        + "import unittest\nassert squares(1) == [1]\nunittest.TestCase().assertTrue(squares(2))\n",
        total=RIGHT_TOTAL + "assert check_close(total([0.1, 0.2]), 0.3)\nmarks = 0\n",
    ),
    Submission(
        name="right-with-an-error-that-is-caught",
        tries="Nothing: the function tries something and goes on.",
        squares="def squares(n):\n    try:\n        return [k * k for k in range(1, 1 + int(n))]\n"
        "    except Exception as error:\n        return [str(error)]\n",
    ),
)
