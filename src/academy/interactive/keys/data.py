"""What the dice lab works with, read from ``keys.yml`` and ``eff_large_wordlist.json`` into the records of the rules.

Unknown keys, unknown names and outcomes that are missing are refused with the name of the file and the field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field

from academy.errors import ContentError
from academy.interactive.keys.clock import Duration, Pace, Secret, Unit
from academy.interactive.keys.dice import DICE, FACES, WordList
from academy.interactive.keys.duel import Attack, Duel, Factor, Result
from academy.interactive.stories import Part, Words, check_unique, parsed, words_in

__all__ = ["FILE", "WORDS", "Lab", "load", "read", "word_list"]

FILE = "keys.yml"
"""Name of the data file, in this package."""
WORDS = "eff_large_wordlist.json"
"""Name of the word list, in this package."""

_Count = Annotated[int, Field(ge=1)]


class _Secret(Part):
    id: str
    base: _Count
    length: _Count
    name: Words
    note: Words | None = None


class _Pace(Part):
    id: str
    per_second: _Count
    short: Words
    name: Words


class _Attack(Part):
    id: str
    name: Words
    text: Words


class _Outcome(Part):
    result: Result
    why: Words
    spare: Words | None = None


class _Factor(Part):
    id: str
    name: Words
    outcomes: dict[str, _Outcome]


class _File(Part):
    durations: dict[Unit, Words]
    ranking: list[str]
    secrets: list[_Secret]
    paces: list[_Pace]
    results: dict[Result, Words]
    attacks: list[_Attack]
    factors: list[_Factor]


@dataclass(frozen=True, slots=True)
class Lab:
    """All that the dice lab shows, in one language."""

    secrets: tuple[Secret, ...]
    """In the order of the table."""
    ranking: tuple[Secret, ...]
    """Those that the learner puts in order, in the order in which they are offered."""
    paces: tuple[Pace, ...]
    duel: Duel
    results: Mapping[Result, str]
    """Each result of the duel in a few words."""
    durations: Mapping[Unit, str]
    """How a duration is said; ``{amount}`` stands for the number."""

    def say(self, duration: Duration) -> str:
        """Return a duration in words."""
        return self.durations[duration.unit].replace("{amount}", duration.amount)


@cache
def load(language: str = "en") -> Lab:
    """Return the lab in a language; where a translation is missing, the English words stand in."""
    return read(files("academy.interactive.keys").joinpath(FILE).read_text(encoding="utf-8"), language)


@cache
def word_list() -> WordList:
    """Return EFF's long list. Raises ``ContentError`` when it is not whole."""
    data: dict[str, Any] = json.loads(
        files("academy.interactive.keys").joinpath(WORDS).read_text(encoding="utf-8"),
    )
    words = tuple(map(str, data["words"]))
    if len(set(words)) != FACES**DICE or len(words) != FACES**DICE:
        raise ContentError(WORDS, f"there must be {FACES**DICE} different words.", field="words")
    return WordList(words, str(data["credit"]), str(data["licence"]))


def read(text: str, language: str = "en") -> Lab:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    data = parsed(_File, text, FILE)
    _check_names(data)
    return _lab(data, language)


def _check_names(data: _File) -> None:
    for field, names in (
        ("secrets", [secret.id for secret in data.secrets]),
        ("paces", [pace.id for pace in data.paces]),
        ("attacks", [attack.id for attack in data.attacks]),
        ("factors", [factor.id for factor in data.factors]),
    ):
        check_unique(FILE, field, names)
    if unknown := sorted(set(data.ranking) - {secret.id for secret in data.secrets}):
        raise ContentError(FILE, f"there is no secret {unknown[0]}.", field="ranking")
    for factor in data.factors:
        if set(factor.outcomes) != {attack.id for attack in data.attacks}:
            raise ContentError(FILE, "there must be one outcome for each attack.", field=f"factors.{factor.id}")


def _lab(data: _File, language: str) -> Lab:
    def say(words: Words | None) -> str:
        return words_in(words or {}, language)

    secrets = {
        item.id: Secret(item.id, say(item.name), item.base, item.length, say(item.note)) for item in data.secrets
    }
    pairs = {(factor.id, attack): outcome for factor in data.factors for attack, outcome in factor.outcomes.items()}
    return Lab(
        secrets=tuple(secrets.values()),
        ranking=tuple(secrets[name] for name in data.ranking),
        paces=tuple(Pace(item.id, say(item.name), say(item.short), item.per_second) for item in data.paces),
        duel=Duel(
            factors=tuple(Factor(item.id, say(item.name)) for item in data.factors),
            attacks=tuple(Attack(item.id, say(item.name), say(item.text)) for item in data.attacks),
            outcomes={pair: (outcome.result, say(outcome.why)) for pair, outcome in pairs.items()},
            with_spare={pair: say(outcome.spare) for pair, outcome in pairs.items() if outcome.spare},
        ),
        results={result: say(words) for result, words in data.results.items()},
        durations={unit: say(words) for unit, words in data.durations.items()},
    )
