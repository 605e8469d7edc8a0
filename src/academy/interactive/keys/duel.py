"""The second-factor duel: what becomes of an attack when it meets a second factor.

The outcomes are a teaching rule of this course, informed by a study of Google, New York University and UC San Diego
(2019) and by reports on codes that were relayed through fake pages (CPJ, on Amnesty International and CERTFA, 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from academy.errors import BadInput

__all__ = ["GOOD", "Attack", "Duel", "Factor", "Meeting", "Result", "meet", "row_of", "wins"]

Result = Literal["stopped", "mostly", "through", "locked", "free"]
"""The attack is stopped, mostly stopped or gets through; the owner is locked out or can sign in."""
GOOD: frozenset[Result] = frozenset({"stopped", "mostly", "free"})
"""Results that are good for the owner."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What an account asks for beside the password."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Attack:
    """Something that happens to an account."""

    id: str
    name: str
    text: str
    """One or two sentences that tell what happens."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What becomes of one attack on an account with one factor."""

    factor: Factor
    attack: Attack
    result: Result
    why: str


@dataclass(frozen=True, slots=True)
class Duel:
    """All factors, attacks and outcomes in one language."""

    factors: tuple[Factor, ...]
    attacks: tuple[Attack, ...]
    outcomes: Mapping[tuple[str, str], tuple[Result, str]]
    """Result and reason for each pair of factor id and attack id."""
    with_spare: Mapping[tuple[str, str], str]
    """Reason for each pair that backup codes or a second key turn into ``free``."""


def meet(duel: Duel, factor: str, attack: str, *, spare: bool = False) -> Meeting:
    """Let an attack meet a factor. ``spare``: backup codes or a second key lie somewhere else. Raises ``BadInput``."""
    first = next((item for item in duel.factors if item.id == factor), None)
    second = next((item for item in duel.attacks if item.id == attack), None)
    if first is None or second is None:
        message = f"There is no {'factor' if first is None else 'attack'} of that name."
        raise BadInput(message, code="unknown-choice", field="factor" if first is None else "attack")
    result, why = duel.outcomes[factor, attack]
    if spare and (factor, attack) in duel.with_spare:
        return Meeting(first, second, "free", duel.with_spare[factor, attack])
    return Meeting(first, second, result, why)


def row_of(duel: Duel, factor: str, *, spare: bool = False) -> tuple[Meeting, ...]:
    """Let every attack meet one factor, in the order of the list."""
    return tuple(meet(duel, factor, attack.id, spare=spare) for attack in duel.attacks)


def wins(duel: Duel, factor: str, *, spare: bool = False) -> int:
    """Count the attacks that end well for the owner."""
    return sum(meeting.result in GOOD for meeting in row_of(duel, factor, spare=spare))
