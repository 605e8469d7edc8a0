"""Rules of the walk to a first step: questions, each answer leading to the next, until there is something to do.

Pure: values in, values out. Which question follows which is a teaching rule of this course.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from academy.errors import BadInput

__all__ = ["Choice", "Place", "Tree", "at", "endings"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    text: str
    to: str
    """Id of the place where it leads."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the walk: what to do there, and the question that leads on. An end asks nothing."""

    id: str
    title: str
    steps: tuple[str, ...]
    """What to do here, in order; may be empty where there is only a question."""
    ask: str
    """The question; empty at an end."""
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """All places; the first one is where everybody begins."""

    places: tuple[Place, ...]

    def place(self, name: str) -> Place:
        """Return one place. Raises ``BadInput``."""
        for place in self.places:
            if place.id == name:
                return place
        message = f"There is no place {name!r}."
        raise BadInput(message, code="unknown-place", field="place")


def at(tree: Tree, answers: Sequence[int]) -> Place:
    """Return where the answers lead; each is the number of a choice, from 0. Raises ``BadInput``."""
    place = tree.places[0]
    for answer in answers:
        if not 0 <= answer < len(place.choices):
            message = f"{place.id} has no answer {answer}."
            raise BadInput(message, code="unknown-answer", field=place.id)
        place = tree.place(place.choices[answer].to)
    return place


def endings(tree: Tree) -> dict[str, tuple[int, ...]]:
    """Return for each end the shortest answers that lead to it."""
    found: dict[str, tuple[int, ...]] = {}
    ways: list[tuple[int, ...]] = [()]
    while ways:
        way = ways.pop(0)
        place = at(tree, way)
        if not place.choices:
            found.setdefault(place.id, way)
        ways += [(*way, number) for number in range(len(place.choices))]
    return found
