"""The case of the threat builder, read from its data files into the records of ``model``.

The numbers stand once, in ``threats.yml``; the words stand in one file for each language, such as ``threats.en.yml``.
Unknown keys, unknown ids and doubled ids are refused with the name of the file and the field.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Annotated

from pydantic import Field

from academy.errors import ContentError
from academy.interactive.stories import Part, check_unique, parsed, text_of
from academy.interactive.threats.model import Adversary, Effect, Evidence, Game, Kind, Measure, Phrases, Threat
from academy.languages.catalogues import ENGLISH

__all__ = ["FILE", "load", "read", "words_file"]

PACKAGE = "academy.interactive.threats"
FILE = "threats.yml"
"""Name of the file with the numbers, in this package."""

_Line = Annotated[str, Field(min_length=1)]
_Scale = Annotated[int, Field(ge=1, le=5)]
_Step = Annotated[int, Field(ge=-4, le=4)]


class _Threat(Part):
    id: str
    likelihood: _Scale
    impact: _Scale


class _Effect(Part):
    threat: str
    likelihood: _Step = 0
    impact: _Step = 0


class _Measure(Part):
    id: str
    effort: Annotated[int, Field(ge=1, le=9)]
    effects: list[_Effect]


class _Evidence(Part):
    id: str
    kind: Kind


class _Adversary(Part):
    id: str
    evidence: list[_Evidence]


class _Numbers(Part):
    budgets: list[int]
    threats: list[_Threat]
    measures: list[_Measure]
    adversaries: list[_Adversary]


class _PhraseWords(Part):
    untouched: _Line
    floor: _Line
    ceiling: _Line


class _ThreatWords(Part):
    short: _Line
    text: _Line


class _MeasureWords(Part):
    text: _Line
    why: Annotated[dict[str, _Line], Field(default_factory=dict)]
    note: str = ""


class _AdversaryWords(Part):
    name: _Line
    about: _Line


class _EvidenceWords(Part):
    text: _Line
    why: _Line


class _Words(Part):
    phrases: _PhraseWords
    threats: dict[str, _ThreatWords]
    measures: dict[str, _MeasureWords]
    adversaries: dict[str, _AdversaryWords]
    evidence: dict[str, _EvidenceWords]


def words_file(language: str) -> str:
    """Return the name of the file with a language's words, in this package."""
    return f"threats.{language}.yml"


@cache
def load(language: str = ENGLISH) -> Game:
    """Return the case in a language; where a translation is missing, the English words stand in."""
    english = text_of(PACKAGE, words_file(ENGLISH))
    return read(text_of(PACKAGE, FILE), english, text_of(PACKAGE, words_file(language)), language=language)


def read(numbers: str, english: str, translation: str = "", *, language: str = ENGLISH) -> Game:
    """Parse the texts of the data files. Raises ``ContentError`` naming the file and the field."""
    case = parsed(_Numbers, numbers, FILE)
    _check_names(case)
    words = parsed(_Words, translation, words_file(language), over=english)
    _check_words(case, words, words_file(language))
    return _game(case, words)


def _check_names(case: _Numbers) -> None:
    check_unique(FILE, "threats", (threat.id for threat in case.threats))
    check_unique(FILE, "measures", (measure.id for measure in case.measures))
    check_unique(FILE, "adversaries", (adversary.id for adversary in case.adversaries))
    check_unique(FILE, "evidence", (evidence.id for adversary in case.adversaries for evidence in adversary.evidence))
    known = {threat.id for threat in case.threats}
    for measure in case.measures:
        for effect in measure.effects:
            if effect.threat not in known:
                raise ContentError(FILE, f"there is no threat {effect.threat}.", field=f"measures.{measure.id}")


def _check_words(case: _Numbers, words: _Words, file: str) -> None:
    """Refuse an id without words, and words without an id. Raises ``ContentError``."""
    evidence = (evidence.id for adversary in case.adversaries for evidence in adversary.evidence)
    _check_same(file, "threats", (threat.id for threat in case.threats), words.threats)
    _check_same(file, "measures", (measure.id for measure in case.measures), words.measures)
    _check_same(file, "adversaries", (adversary.id for adversary in case.adversaries), words.adversaries)
    _check_same(file, "evidence", evidence, words.evidence)
    for measure in case.measures:
        touched = (effect.threat for effect in measure.effects)
        _check_same(file, f"measures.{measure.id}.why", touched, words.measures[measure.id].why)


def _check_same(file: str, field: str, ids: Iterable[str], worded: Iterable[str]) -> None:
    if different := sorted(set(ids) ^ set(worded)):
        raise ContentError(file, f"{different[0]} needs words here and an entry in {FILE}.", field=field)


def _game(case: _Numbers, words: _Words) -> Game:
    return Game(
        threats=tuple(_threat(threat, words.threats[threat.id]) for threat in case.threats),
        measures=tuple(_measure(measure, words.measures[measure.id]) for measure in case.measures),
        budgets=tuple(case.budgets),
        adversaries=tuple(_adversary(adversary, words) for adversary in case.adversaries),
        phrases=Phrases(words.phrases.untouched, words.phrases.floor, words.phrases.ceiling),
    )


def _threat(threat: _Threat, words: _ThreatWords) -> Threat:
    return Threat(threat.id, words.short, words.text, threat.likelihood, threat.impact)


def _measure(measure: _Measure, words: _MeasureWords) -> Measure:
    effects = tuple(
        Effect(effect.threat, effect.likelihood, effect.impact, words.why[effect.threat]) for effect in measure.effects
    )
    return Measure(measure.id, words.text, measure.effort, effects, words.note)


def _adversary(adversary: _Adversary, words: _Words) -> Adversary:
    evidence = tuple(
        Evidence(item.id, words.evidence[item.id].text, item.kind, words.evidence[item.id].why)
        for item in adversary.evidence
    )
    own = words.adversaries[adversary.id]
    return Adversary(adversary.id, own.name, own.about, evidence)
