"""In which order the parts of a question are shown: by the seed and the ids, never by the key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol, TypeVar

from academy.content.parts import Item, Left, Option, Right, ScoredOption
from academy.content.questions import Match, Multi, Order, Question, Scenario, Single

__all__ = ["Part", "left_of", "parts_of", "shuffled"]

Part = Option | ScoredOption | Item | Right


class _Named(Protocol):
    @property
    def id(self) -> str: ...


P = TypeVar("P", bound=_Named)


def parts_of(question: Question, seed: str) -> list[Part]:
    """Return the options, items or pairs in the order in which they are shown; nothing for a written answer."""
    parts: Sequence[Part] = ()
    match question:
        case Single() | Multi() | Scenario():
            parts = question.options
        case Order():
            return list(question.items) if question.keep_order else _disordered(question, seed)
        case Match():
            parts = question.right
        case _:
            return []
    return list(parts) if question.keep_order else shuffled(parts, question.id, seed)


def left_of(question: Question, seed: str) -> list[Left]:
    """Return the left texts of a match in the order in which they are shown; nothing for other questions."""
    if not isinstance(question, Match):
        return []
    return list(question.left) if question.keep_order else shuffled(question.left, question.id, seed)


def shuffled(parts: Sequence[P], question_id: str, seed: str) -> list[P]:
    """Return ``parts`` in an order that the same seed, question and ids give every time."""
    return sorted(parts, key=lambda part: hashlib.sha256(f"{seed}\n{question_id}\n{part.id}".encode()).digest())


def _disordered(question: Order, seed: str) -> list[Part]:
    """Shuffle the items of an order; where chance gives the key itself, the first one goes last."""
    items: list[Part] = [*shuffled(question.items, question.id, seed)]
    return items[1:] + items[:1] if tuple(item.id for item in items) == question.answer else items
