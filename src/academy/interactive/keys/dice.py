"""Words chosen by dice: five dice name one of 7776 words, so nobody can guess how somebody chose.

A face is 1 to 6. Five faces, read from left to right, are the number of a word: 11111 is the first, 66666 the last.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from academy.errors import BadInput

__all__ = ["DICE", "FACES", "Roll", "WordList", "look_up", "roll"]

FACES = 6
DICE = 5
"""Dice for one word."""


@dataclass(frozen=True, slots=True)
class WordList:
    """A list of words for five dice."""

    words: tuple[str, ...]
    """All words, in the order of their numbers."""
    credit: str
    """Who made it."""
    licence: str


@dataclass(frozen=True, slots=True)
class Roll:
    """Five dice and the word they name."""

    faces: tuple[int, ...]
    word: str

    @property
    def number(self) -> str:
        """The faces from left to right, such as ``43463``."""
        return "".join(map(str, self.faces))


def roll(words: WordList, *, below: Callable[[int], int] = secrets.randbelow) -> Roll:
    """Roll five dice and find their word. ``below(n)`` gives a number from 0 to n - 1 that nobody can foresee."""
    return look_up(words, [below(FACES) + 1 for _ in range(DICE)])


def look_up(words: WordList, faces: Iterable[int]) -> Roll:
    """Find the word of five faces. Raises ``BadInput`` unless there are five, each from 1 to 6."""
    shown = tuple(faces)
    if len(shown) != DICE or not all(1 <= face <= FACES for face in shown):
        message = f"A word needs {DICE} dice, each from 1 to {FACES}."
        raise BadInput(message, code="bad-dice", field="faces")
    return Roll(shown, words.words[_place(shown)])


def _place(faces: Sequence[int]) -> int:
    """Read the faces as a number of base six; 11111 is place 0."""
    place = 0
    for face in faces:
        place = place * FACES + face - 1
    return place
