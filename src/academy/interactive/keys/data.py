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

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from academy.errors import ContentError
from academy.interactive.keys.clock import Duration, Pace, Secret, Unit
from academy.interactive.keys.dice import DICE, FACES, WordList
from academy.interactive.keys.duel import Attack, Duel, Factor, Result

__all__ = ["FILE", "WORDS", "Lab", "load", "read", "word_list"]

FILE = "keys.yml"
"""Name of the data file, in this package."""
WORDS = "eff_large_wordlist.json"
"""Name of the word list, in this package."""

_Words = Annotated[dict[str, str], Field(min_length=1)]
_Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Secret(_Part):
    id: str
    base: _Count
    length: _Count
    name: _Words
    note: _Words | None = None


class _Pace(_Part):
    id: str
    per_second: _Count
    short: _Words
    name: _Words


class _Attack(_Part):
    id: str
    name: _Words
    text: _Words


class _Outcome(_Part):
    result: Result
    why: _Words
    spare: _Words | None = None


class _Factor(_Part):
    id: str
    name: _Words
    outcomes: dict[str, _Outcome]


class _File(_Part):
    durations: dict[Unit, _Words]
    ranking: list[str]
    secrets: list[_Secret]
    paces: list[_Pace]
    results: dict[Result, _Words]
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
    try:
        data = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ContentError(FILE, "This is not readable as YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, first["msg"], field=".".join(map(str, first["loc"]))) from error
    _check_names(data)
    return _lab(data, language)


def _check_names(data: _File) -> None:
    for field, names in (
        ("secrets", [secret.id for secret in data.secrets]),
        ("paces", [pace.id for pace in data.paces]),
        ("attacks", [attack.id for attack in data.attacks]),
        ("factors", [factor.id for factor in data.factors]),
    ):
        if twice := sorted(name for name in set(names) if names.count(name) > 1):
            raise ContentError(FILE, f"the id {twice[0]} stands twice.", field=field)
    if unknown := sorted(set(data.ranking) - {secret.id for secret in data.secrets}):
        raise ContentError(FILE, f"there is no secret {unknown[0]}.", field="ranking")
    for factor in data.factors:
        if set(factor.outcomes) != {attack.id for attack in data.attacks}:
            raise ContentError(FILE, "there must be one outcome for each attack.", field=f"factors.{factor.id}")


def _lab(data: _File, language: str) -> Lab:
    def say(words: _Words | None) -> str:
        return words.get(language, words.get("en", "")) if words else ""

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
