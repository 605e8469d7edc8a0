"""The case of the threat builder, read from ``threats.yml`` into the records of ``model``.

Unknown keys, unknown threats and doubled ids are refused with the name of the file and the field.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from academy.errors import ContentError
from academy.interactive.threats.model import Adversary, Effect, Evidence, Game, Kind, Measure, Phrases, Threat

__all__ = ["FILE", "load", "read"]

FILE = "threats.yml"
"""Name of the data file, in this package."""

_Words = Annotated[dict[str, str], Field(min_length=1)]
_Scale = Annotated[int, Field(ge=1, le=5)]
_Step = Annotated[int, Field(ge=-4, le=4)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Phrases(_Part):
    untouched: _Words
    floor: _Words
    ceiling: _Words


class _Threat(_Part):
    id: str
    likelihood: _Scale
    impact: _Scale
    short: _Words
    text: _Words


class _Effect(_Part):
    threat: str
    likelihood: _Step = 0
    impact: _Step = 0
    why: _Words


class _Measure(_Part):
    id: str
    effort: Annotated[int, Field(ge=1, le=9)]
    text: _Words
    effects: list[_Effect]
    note: _Words | None = None


class _Evidence(_Part):
    id: str
    kind: Kind
    text: _Words
    why: _Words


class _Adversary(_Part):
    id: str
    name: _Words
    about: _Words
    evidence: list[_Evidence]


class _File(_Part):
    budgets: list[int]
    phrases: _Phrases
    threats: list[_Threat]
    measures: list[_Measure]
    adversaries: list[_Adversary]


@cache
def load(language: str = "en") -> Game:
    """Return the case in a language; where a translation is missing, the English words stand in."""
    text = files("academy.interactive.threats").joinpath(FILE).read_text(encoding="utf-8")
    return read(text, language)


def read(text: str, language: str = "en") -> Game:
    """Parse the text of a data file. Raises ``ContentError`` naming the field."""
    try:
        data = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ContentError(FILE, "This is not readable as YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, first["msg"], field=".".join(map(str, first["loc"]))) from error
    _check_names(data)
    return _game(data, language)


def _check_names(data: _File) -> None:
    for field, names in (
        ("threats", [threat.id for threat in data.threats]),
        ("measures", [measure.id for measure in data.measures]),
        ("adversaries", [adversary.id for adversary in data.adversaries]),
        ("evidence", [evidence.id for adversary in data.adversaries for evidence in adversary.evidence]),
    ):
        if twice := sorted(name for name in set(names) if names.count(name) > 1):
            raise ContentError(FILE, f"the id {twice[0]} stands twice.", field=field)
    known = {threat.id for threat in data.threats}
    for measure in data.measures:
        for effect in measure.effects:
            if effect.threat not in known:
                raise ContentError(FILE, f"there is no threat {effect.threat}.", field=f"measures.{measure.id}")


def _game(data: _File, language: str) -> Game:
    def say(words: _Words | None) -> str:
        return words.get(language, words.get("en", "")) if words else ""

    return Game(
        threats=tuple(
            Threat(item.id, say(item.short), say(item.text), item.likelihood, item.impact) for item in data.threats
        ),
        measures=tuple(
            Measure(
                item.id,
                say(item.text),
                item.effort,
                tuple(Effect(e.threat, e.likelihood, e.impact, say(e.why)) for e in item.effects),
                say(item.note),
            )
            for item in data.measures
        ),
        budgets=tuple(data.budgets),
        adversaries=tuple(
            Adversary(
                item.id,
                say(item.name),
                say(item.about),
                tuple(Evidence(e.id, say(e.text), e.kind, say(e.why)) for e in item.evidence),
            )
            for item in data.adversaries
        ),
        phrases=Phrases(say(data.phrases.untouched), say(data.phrases.floor), say(data.phrases.ceiling)),
    )
