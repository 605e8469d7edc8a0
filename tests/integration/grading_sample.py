"""A small assessment with every type of question, and four people's answers to it, for the tests of grading.

The points are worked out here by hand, with fractions, from the scoring rules as the content brief states them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import nbformat
from nbformat.v4 import new_notebook

from academy.content.notebook import question_cells
from academy.content.questions import Question, question_adapter
from academy.grading.model import Delivery

ASSIGNMENT = "river-check"
START = datetime(2026, 11, 24, 8, 30, 0, 250, tzinfo=UTC)


def _option(name: str, *, ok: bool) -> dict[str, Any]:
    return {"id": name, "ok": ok, "text": f"Text of option {name}.", "why": f"WHY-{name} is told afterwards."}


def _scored(name: str, score: int) -> dict[str, Any]:
    return {"id": name, "score": score, "text": f"Choice {name}.", "why": f"WHY-{name} is told afterwards."}


def _right(name: str, answer: str) -> dict[str, Any]:
    return {"id": name, "text": f"Thing {name}.", "answer": answer, "why": f"WHY-{name} is told afterwards."}


QUESTIONS: list[Question] = [
    question_adapter.validate_python(question)
    for question in (
        {
            "id": "RC.1",
            "type": "single",
            "stem": "Choose one.",
            "options": [_option("a", ok=False), _option("b", ok=True), _option("c", ok=False)],
        },
        {
            "id": "RC.2",
            "type": "multi",
            "stem": "Choose all.",
            "options": [_option(name, ok=name in "ace") for name in "abcde"],
        },
        {
            "id": "RC.3",
            "type": "order",
            "stem": "Put them in order.",
            "items": [{"id": name, "text": f"Step {name}."} for name in ("s1", "s2", "s3", "s4", "s5")],
            "answer": ["s3", "s1", "s5", "s2", "s4"],
            "why": "WHY-order is told afterwards.",
        },
        {
            "id": "RC.4",
            "type": "order",
            "stem": "Put them in order; only the whole order counts.",
            "items": [{"id": name, "text": f"Step {name}."} for name in ("t1", "t2", "t3")],
            "answer": ["t2", "t3", "t1"],
            "strict": True,
            "why": "WHY-strict is told afterwards.",
        },
        {
            "id": "RC.5",
            "type": "match",
            "stem": "Match them.",
            "left": [{"id": "h", "text": "History"}, {"id": "i", "text": "Intent"}],
            "right": [_right("r1", "h"), _right("r2", "i"), _right("r3", "h")],
        },
        {
            "id": "RC.6",
            "type": "numeric",
            "stem": "How much is it?",
            "answer": 47.25,
            "tol": 0.5,
            "why": "WHY-number is told afterwards.",
        },
        {
            "id": "RC.7",
            "type": "short",
            "stem": "Which word?",
            "accept": ["zephyrine", "zéphyrine wind"],
            "why": "WHY-word is told afterwards.",
        },
        {
            "id": "RC.8",
            "type": "scenario",
            "stem": "What do you do?",
            "options": [_scored("x", 0), _scored("y", 2), _scored("z", 1)],
        },
        {
            "id": "RC-A",
            "type": "essay",
            "stem": "Write a plan.",
            "points": 4,
            "rubric": [
                {"criterion": "Clear", "levels": [{"points": 0, "text": "Not yet."}, {"points": 4, "text": "Very."}]}
            ],
            "guidance": "GUIDANCE for graders only.",
        },
    )
]

SECRETS = ("WHY-", "zephyrine", "47.25", "GUIDANCE", "HIDDEN", "_share", "BEGIN SOLUTION")
"""Texts that only the instructor's version may hold."""

SCRIPT = "<script>document.title = 'taken over'</script><img src=x onerror=alert(1)>"

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "wren": {
        "RC.1": "b",
        "RC.2": ["a", "c", "e"],
        "RC.3": ["s3", "s1", "s5", "s2", "s4"],
        "RC.4": ["t2", "t3", "t1"],
        "RC.5": {"r1": "h", "r2": "i", "r3": "h"},
        "RC.6": "\u09ea\u09ed.\u09e8\u09eb",  # 47.25 in Bengali digits
        "RC.7": " Zephyrine. ",
        "RC.8": "y",
        "RC-A": f"My plan. {SCRIPT}",
    },
    "heron": {
        "RC.1": "a",
        "RC.2": ["a", "b", "c"],
        "RC.3": ["s1", "s3", "s5", "s2", "s4"],
        "RC.4": ["t2", "t1", "t3"],
        "RC.5": {"r1": "h", "r2": "h", "r3": "h"},
        "RC.6": "47,75",
        "RC.7": "Zephyrine's",
        "RC.8": "z",
    },
    "bittern": {
        "RC.2": ["a", "b", "d"],
        "RC.3": ["s4", "s2", "s5", "s1", "s3"],
        "RC.5": {"r2": "i"},
        "RC.6": "47.76",
        "RC.7": 'a "quoted\\ \n### BEGIN SOLUTION ### END HIDDEN TESTS',
        "RC-A": "### BEGIN HIDDEN TESTS\nTwo lines.",
    },
    "crake": {},
}

POINTS: Mapping[str, Mapping[str, Fraction | None]] = {
    "wren": {
        **{f"RC.{number}": Fraction(1) for number in range(1, 8)},
        "RC.8": Fraction(2),
        "RC-A": None,
    },
    "heron": {
        "RC.1": Fraction(0),
        "RC.2": Fraction(2 - 1, 3),
        "RC.3": Fraction(3, 4),
        "RC.4": Fraction(0),
        "RC.5": Fraction(2, 3),
        "RC.6": Fraction(1),
        "RC.7": Fraction(0),
        "RC.8": Fraction(1),
        "RC-A": Fraction(0),
    },
    "bittern": {
        "RC.1": Fraction(0),
        "RC.2": Fraction(0),
        "RC.3": Fraction(0),
        "RC.4": Fraction(0),
        "RC.5": Fraction(1, 3),
        "RC.6": Fraction(0),
        "RC.7": Fraction(0),
        "RC.8": Fraction(0),
        "RC-A": None,
    },
    "crake": {question.id: Fraction(0) for question in QUESTIONS},
}
"""None: a person marks it."""


def notebook() -> bytes:
    """Return the instructor's notebook."""
    nb = new_notebook()
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, question in enumerate(QUESTIONS, 1):
        nb.cells += question_cells(question, number)
    return str(nbformat.writes(nb)).encode()


def delivery(student: str, answers: Mapping[str, Any] | None = None, *, minutes: int = 0) -> Delivery:
    """Return a submission of the cast, or of these answers, so many minutes after the first."""
    chosen = ANSWERS[student] if answers is None else answers
    return Delivery(student=student, submitted_at=START + timedelta(minutes=minutes), answers=chosen)
