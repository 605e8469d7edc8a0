"""Rules of the threat builder: scores before and after measures, the best choice, evidence about adversaries.

Pure: values in, values out. Likelihood and impact run from 1 to 5, and a score is their product; both are a teaching
rule of this course for putting risks in order, not a measurement. Effects are added up first and clamped to 1..5
afterwards, so the order in which measures are chosen cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Literal

from academy.errors import BadInput

__all__ = [
    "HIGHEST",
    "KINDS",
    "LOWEST",
    "Adversary",
    "Best",
    "Effect",
    "Evidence",
    "Game",
    "Kind",
    "Measure",
    "Outcome",
    "Phrases",
    "Result",
    "Sorted",
    "Threat",
    "best",
    "effort",
    "residual",
    "sort_evidence",
]

LOWEST, HIGHEST = 1, 5
"""Ends of the scale for likelihood and impact."""

Kind = Literal["history", "intent", "capability"]
"""What a piece of evidence about an adversary is."""
KINDS: tuple[Kind, ...] = ("history", "intent", "capability")


@dataclass(frozen=True, slots=True)
class Threat:
    """One event that would harm the group."""

    id: str
    """Short name such as ``T1``."""
    short: str
    """Two to four words, for a narrow table."""
    text: str
    """One sentence that says what happens."""
    likelihood: int
    """1 (rare) to 5 (expected), before any measure."""
    impact: int
    """1 (small) to 5 (grave), before any measure."""

    @property
    def product(self) -> int:
        """Score before any measure."""
        return self.likelihood * self.impact


@dataclass(frozen=True, slots=True)
class Effect:
    """What one measure does to one threat."""

    threat: str
    """Id of the threat."""
    likelihood: int
    """Added to the likelihood; negative is better."""
    impact: int
    """Added to the impact; negative is better."""
    why: str
    """One sentence that explains the effect."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that the group could do."""

    id: str
    """Short name such as ``M1``."""
    text: str
    """What is done."""
    effort: int
    """Points of money, time and patience that it takes."""
    effects: tuple[Effect, ...]
    """What it changes; empty when it answers none of the threats."""
    note: str
    """One sentence for a measure without effects, otherwise empty."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement about an adversary, to be sorted."""

    id: str
    """Short name such as ``E1``."""
    text: str
    """What is known."""
    kind: Kind
    """What it is evidence of."""
    why: str
    """One kind sentence that explains the answer."""


@dataclass(frozen=True, slots=True)
class Adversary:
    """Somebody who could harm the group, with what is known about them."""

    id: str
    """Short name such as ``A1``."""
    name: str
    """Who it is."""
    about: str
    """One or two sentences that introduce them."""
    evidence: tuple[Evidence, ...]
    """What is known, in the order of the card."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences of the explanation that belong to no single measure."""

    untouched: str
    """Said when no chosen measure has an effect on a threat."""
    floor: str
    """Said when a value would have fallen below the scale."""
    ceiling: str
    """Said when a value would have risen above the scale."""


@dataclass(frozen=True, slots=True)
class Game:
    """The whole case in one language."""

    threats: tuple[Threat, ...]
    """What could happen."""
    measures: tuple[Measure, ...]
    """What could be done."""
    budgets: tuple[int, ...]
    """Effort points that the page offers, smallest first."""
    adversaries: tuple[Adversary, ...]
    """Cards of the second tab."""
    phrases: Phrases
    """Sentences that belong to no single measure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One threat after the chosen measures."""

    threat: Threat
    """The threat as it was."""
    likelihood: int
    """New likelihood, 1 to 5."""
    impact: int
    """New impact, 1 to 5."""
    why: str
    """Answer to "why did this change?", in one to a few sentences."""

    @property
    def product(self) -> int:
        """Score after the measures."""
        return self.likelihood * self.impact

    @property
    def change(self) -> int:
        """Score after minus score before; negative is better."""
        return self.product - self.threat.product


@dataclass(frozen=True, slots=True)
class Result:
    """All threats after the chosen measures."""

    chosen: tuple[str, ...]
    """Ids of the measures, in the order of the game."""
    effort: int
    """What they take together, in points."""
    total: int
    """Sum of all scores after the measures."""
    outcomes: tuple[Outcome, ...]
    """One for each threat, in the order of the game."""
    unused: tuple[Measure, ...]
    """Chosen measures that answer none of the threats."""


@dataclass(frozen=True, slots=True)
class Best:
    """The lowest total that a budget can buy."""

    budget: int
    """Points that may be spent."""
    total: int
    """Lowest possible sum of scores."""
    choices: tuple[tuple[str, ...], ...]
    """Every set of measures that reaches it, cheapest first; more than one is a tie."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of one piece of evidence that somebody sorted."""

    evidence: Evidence
    """The statement."""
    given: str | None
    """The kind that was chosen; None when it was left open."""

    @property
    def right(self) -> bool:
        """Whether the chosen kind fits."""
        return self.given == self.evidence.kind


def effort(game: Game, chosen: Iterable[str]) -> int:
    """Points that the chosen measures take together. Raises ``BadInput`` for an unknown id."""
    return sum(measure.effort for measure in _pick(game, chosen))


def residual(game: Game, chosen: Iterable[str]) -> Result:
    """Scores of all threats after the chosen measures. Raises ``BadInput`` for an unknown id."""
    picked = _pick(game, chosen)
    outcomes = tuple(_outcome(game.phrases, threat, picked) for threat in game.threats)
    return Result(
        chosen=tuple(measure.id for measure in picked),
        effort=sum(measure.effort for measure in picked),
        total=sum(outcome.product for outcome in outcomes),
        outcomes=outcomes,
        unused=tuple(measure for measure in picked if not measure.effects),
    )


@lru_cache(maxsize=64)
def best(game: Game, budget: int, *, at_most: int | None = None) -> Best:
    """Lowest total within ``budget`` points, with at most ``at_most`` measures; every set is tried."""
    totals = {choice: _total(game, choice) for choice in _affordable(game, budget, at_most)}
    lowest = min(totals.values())
    ties = sorted((c for c, total in totals.items() if total == lowest), key=lambda c: sum(m.effort for m in c))
    return Best(budget=budget, total=lowest, choices=tuple(tuple(measure.id for measure in tie) for tie in ties))


def sort_evidence(adversary: Adversary, given: Mapping[str, str]) -> tuple[Sorted, ...]:
    """Compare what somebody sorted with the card. Raises ``BadInput`` for an unknown statement or kind."""
    known = {evidence.id for evidence in adversary.evidence}
    if wrong := sorted(set(given) - known):
        message = f"{adversary.id} has no statement {wrong[0]!r}."
        raise BadInput(message, code="unknown-evidence", field=wrong[0])
    if bad := [name for name, kind in given.items() if kind not in KINDS]:
        message = f"{given[bad[0]]!r} is none of: {', '.join(KINDS)}."
        raise BadInput(message, code="unknown-kind", field=bad[0])
    return tuple(Sorted(evidence, given.get(evidence.id)) for evidence in adversary.evidence)


def _pick(game: Game, chosen: Iterable[str]) -> tuple[Measure, ...]:
    wanted = set(chosen)
    if unknown := sorted(wanted - {measure.id for measure in game.measures}):
        message = f"There is no measure {unknown[0]!r}."
        raise BadInput(message, code="unknown-measure", field="chosen")
    return tuple(measure for measure in game.measures if measure.id in wanted)


def _outcome(phrases: Phrases, threat: Threat, picked: Iterable[Measure]) -> Outcome:
    effects = [effect for measure in picked for effect in measure.effects if effect.threat == threat.id]
    likelihood = threat.likelihood + sum(effect.likelihood for effect in effects)
    impact = threat.impact + sum(effect.impact for effect in effects)
    sentences = [effect.why for effect in effects] or [phrases.untouched]
    if min(likelihood, impact) < LOWEST:
        sentences.append(phrases.floor)
    if max(likelihood, impact) > HIGHEST:
        sentences.append(phrases.ceiling)
    return Outcome(threat, _clamp(likelihood), _clamp(impact), " ".join(sentences))


def _total(game: Game, picked: Iterable[Measure]) -> int:
    likelihood = {threat.id: threat.likelihood for threat in game.threats}
    impact = {threat.id: threat.impact for threat in game.threats}
    for measure in picked:
        for effect in measure.effects:
            likelihood[effect.threat] += effect.likelihood
            impact[effect.threat] += effect.impact
    return sum(_clamp(likelihood[name]) * _clamp(impact[name]) for name in likelihood)


def _affordable(game: Game, budget: int, at_most: int | None) -> Iterator[tuple[Measure, ...]]:
    most = len(game.measures) if at_most is None else at_most
    for size in range(most + 1):
        for choice in combinations(game.measures, size):
            if sum(measure.effort for measure in choice) <= budget:
                yield choice


def _clamp(value: int) -> int:
    return max(LOWEST, min(HIGHEST, value))
