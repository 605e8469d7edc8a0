"""What somebody gets who chooses without reading: exact distributions of points, as fractions.

Of options one is chosen; of a multiple choice as many as are right, each set alike; of an order every order is alike;
of a match each text on its own. Who has to write gets nothing. A result is more than chance explains when fewer than
one in ``RARE`` of those who choose so get as many points.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations

from academy.content.questions import Match, Multi, Order, Question, Scenario, Single
from academy.content.rules import multi_share, scenario_share, single_share
from academy.content.scoring import key_of

__all__ = ["RARE", "Distribution", "at_least", "by_chance", "expected", "is_more_than_chance", "together"]

RARE = 20
Distribution = Mapping[Fraction, Fraction]
"""Points to the probability of exactly these."""


def by_chance(question: Question) -> Distribution:
    """Return how probable each number of points of a question is."""
    most = Fraction(str(question.points))
    return {share * most: probability for share, probability in _shares(question).items()}


def _shares(question: Question) -> Distribution:
    key = key_of(question)
    match question:
        case Single():
            return _alike(single_share(option.id, key) for option in question.options)
        case Scenario():
            return _alike(scenario_share(option.id, key) for option in question.options)
        case Multi():
            sets = combinations([option.id for option in question.options], len(key["right"]))
            return _alike(multi_share(list(chosen), key) for chosen in sets)
        case Order():
            return _orders(len(question.items), strict=question.strict)
        case Match():
            return _hits(len(question.right), Fraction(1, len(question.left)))
        case _:
            return {Fraction(0): Fraction(1)}


def _alike(shares: Iterable[float]) -> Distribution:
    """Return the distribution of results of which each is as probable as any other."""
    counted = Counter(Fraction(share).limit_denominator(1000) for share in shares)
    return {share: Fraction(count, counted.total()) for share, count in counted.items()}


def _orders(length: int, *, strict: bool) -> Distribution:
    """Return the share of neighbours in the right order: Eulerian numbers count the orders with so many of them."""
    every = math.factorial(length)
    if strict:
        return {Fraction(1): Fraction(1, every), Fraction(0): Fraction(every - 1, every)}
    return {Fraction(kept, length - 1): Fraction(_eulerian(length, kept), every) for kept in range(length)}


def _eulerian(length: int, ascents: int) -> int:
    """Count the orders of ``length`` things with so many ascents."""
    return sum((-1) ** k * math.comb(length + 1, k) * (ascents + 1 - k) ** length for k in range(ascents + 1))


def _hits(tries: int, each: Fraction) -> Distribution:
    """Return the share of hits among independent tries: the binomial distribution."""
    return {
        Fraction(hits, tries): math.comb(tries, hits) * each**hits * (1 - each) ** (tries - hits)
        for hits in range(tries + 1)
    }


def together(distributions: Iterable[Distribution]) -> Distribution:
    """Return the distribution of the sum of independent points."""
    total: dict[Fraction, Fraction] = {Fraction(0): Fraction(1)}
    for distribution in distributions:
        longer: dict[Fraction, Fraction] = {}
        for before, probability in total.items():
            for points, more in distribution.items():
                longer[before + points] = longer.get(before + points, Fraction(0)) + probability * more
        total = longer
    return total


def expected(distribution: Distribution) -> Fraction:
    """Return the points that somebody gets on average."""
    return sum((points * probability for points, probability in distribution.items()), Fraction(0))


def at_least(distribution: Distribution, points: float) -> Fraction:
    """Return how probable so many points, or more, are."""
    reached = Fraction(points).limit_denominator(10_000)
    return sum((probability for value, probability in distribution.items() if value >= reached), Fraction(0))


def is_more_than_chance(distribution: Distribution, points: float) -> bool:
    """Tell whether so many points are more than chance explains."""
    return points > expected(distribution) and at_least(distribution, points) * RARE < 1
