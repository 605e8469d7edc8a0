"""What invented people answer: some know it, some half, some guess, some leave much empty.

The answers of a person depend on her name alone, so that a second run of the demo gives the same scores.
"""

from __future__ import annotations

import random
from typing import Any

from academy.content.model import Assessment
from academy.content.questions import Essay, Match, Multi, Numeric, Order, Question, Scenario, Short, Single
from academy.content.scoring import answer_key

__all__ = ["answers_of"]

KNOWS = (0.95, 0.75, 0.5, 0.25)
"""Shares of questions that the four kinds of people know."""
LEAVES_EMPTY = 0.1
ESSAY = """1. The laptop with 60 statements. Why now: two shops were searched in spring, and the hearing is close.
Measure: encrypt it and replace names by codes. Anika does it by Friday. Sign that it failed: somebody works on a copy.

2. The shared phone. Why now: messages about the hearing arrive on it. Measure: agreed call times, no chat.
Salma and Bela, from today. Sign that it failed: a question at home.

3. Call records that show who met S-07. Measure: phones stay with an ordinary neighbour on clinic day. Davit reminds us.

This page is kept in Bela's house. Anika and Davit may see it. We stop if a volunteer is followed."""


def answers_of(username: str, assessment: Assessment) -> dict[str, Any]:
    """Return this person's answers: question id to answer, without those she leaves empty."""
    chance = random.Random(username)  # noqa: S311 - a simulation, no secret
    knows = chance.choice(KNOWS)
    answers: dict[str, Any] = {}
    for question in assessment.questions:
        if chance.random() < LEAVES_EMPTY:
            continue
        answers[question.id] = _known(question) if chance.random() < knows else _guessed(question, chance)
    return answers


def _known(question: Question) -> Any:
    return ESSAY if isinstance(question, Essay) else answer_key(question)


def _guessed(question: Question, chance: random.Random) -> Any:  # noqa: PLR0911 - one line per type
    match question:
        case Single() | Scenario():
            return chance.choice([option.id for option in question.options])
        case Multi():
            ids = [option.id for option in question.options]
            return sorted(chance.sample(ids, chance.randint(1, len(ids))))
        case Order():
            ids = [item.id for item in question.items]
            return chance.sample(ids, len(ids))
        case Match():
            return {right.id: chance.choice([left.id for left in question.left]) for right in question.right}
        case Numeric():
            return str(chance.choice([1, 3, 11, 15, 78]))
        case Short():
            return chance.choice(["protection", "deterrence", "I am not sure"])
        case Essay():
            return "We will be careful with our phones and talk to each other before the hearing."
