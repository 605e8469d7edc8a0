"""What a rehearsal has shown, as a table and as JSON data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from academy.grading.items import Item
from academy.rehearsal.run import Habit, Rehearsal

__all__ = ["as_data", "in_words"]

HEAD = ("question", "type", "points", "difficulty", "empty", "discrimination", "look at")


def in_words(rehearsal: Rehearsal) -> str:
    """Return the statistics as a Markdown table, and below it a sentence for each habit and each problem."""
    questions = rehearsal.assessment.questions
    rows = [HEAD, tuple("---" for _ in HEAD), *(_row(item) for item in rehearsal.items)]
    lines = [
        f"### {rehearsal.assessment.slug}",
        f"{len(questions)} questions, {rehearsal.items[0].answers} takers.",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        *(_habit(habit) for habit in rehearsal.habits if not habit.question),
        *(f"- **To mend:** {problem}." for problem in rehearsal.problems),
    ]
    return "\n".join(lines)


def _row(item: Item) -> tuple[str, ...]:
    about = (item.question.id, item.question.type, f"{item.question.points:g}")
    figures = item.figures
    if figures is None:
        return (*about, "", "", "", "a person marks it" if item.waiting else "not enough answers")
    flags = "; ".join(" ".join((flag.value, *options)) for flag, options in figures.flags.items())
    told = "" if figures.discrimination is None else f"{figures.discrimination:.2f}"
    return (*about, f"{item.difficulty:.2f}", f"{figures.empty:.2f}", told, flags)


def _habit(habit: Habit) -> str:
    return (
        f"- Always the {habit.kind}: {habit.points:.2f} points, {habit.by_chance:.2f} by chance; "
        f"as many come by chance in {habit.luck:.0%} of cases."
    )


def as_data(rehearsal: Rehearsal) -> dict[str, Any]:
    """Return everything as plain JSON data."""
    return {
        "assessment": rehearsal.assessment.slug,
        "items": [_item(item) for item in rehearsal.items],
        "habits": [asdict(habit) for habit in rehearsal.habits],
        "problems": rehearsal.problems,
    }


def _item(item: Item) -> dict[str, Any]:
    figures = None if item.figures is None else asdict(item.figures) | {"difficulty": item.difficulty}
    return {
        "question": item.question.id,
        "type": item.question.type,
        "points": item.question.points,
        "answers": item.answers,
        "waiting": item.waiting,
        "figures": figures,
    }
