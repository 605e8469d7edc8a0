"""Guessing before looking: cards that say what a thing may tell, and what became of somebody's guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from academy.errors import BadInput

__all__ = ["Card", "Guess", "guesses"]


@dataclass(frozen=True, slots=True)
class Card:
    """Something that may or may not be so, to guess about."""

    id: str
    text: str
    true: bool
    """Whether it is so."""
    why: str
    """One or two kind sentences that explain it."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What became of one card."""

    card: Card
    chosen: bool

    @property
    def right(self) -> bool:
        """Whether the card was chosen if, and only if, it is so."""
        return self.chosen == self.card.true


def guesses(cards: Iterable[Card], chosen: Iterable[str]) -> tuple[Guess, ...]:
    """Compare what somebody chose with the cards. Raises ``BadInput`` for a card that is not there."""
    known, wanted = tuple(cards), set(chosen)
    if unknown := sorted(wanted - {card.id for card in known}):
        message = f"There is no card {unknown[0]!r}."
        raise BadInput(message, code="unknown-card", field="chosen")
    return tuple(Guess(card, card.id in wanted) for card in known)
