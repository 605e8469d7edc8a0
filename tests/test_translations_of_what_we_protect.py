"""The module "What are we protecting, and from whom?" in other languages: whole, with the same numbers and answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from academy.content import catalogue
from academy.content.model import Lesson
from academy.content.questions import Question, Short
from academy.content.scoring import key_of
from academy.interactive.screens.threat_budget.model import Play, band, meter, view
from academy.interactive.screens.threat_budget.view import BANDS, LABELS, Budget
from academy.interactive.stories import text_of
from academy.interactive.threats import data
from academy.interactive.threats.model import KINDS, sort_evidence
from academy.interactive.widgets import fill

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "modules" / "what-we-protect"
CATALOGUE = catalogue.load(ROOT)
LESSONS = [lesson.slug for lesson in CATALOGUE.module("what-we-protect").lessons]
LANGUAGES = sorted(file.parent.name for file in MODULE.glob("*/nine-points.md") if file.parent.name != "en")
GAME = data.load()

NUMBERS = re.compile(r"\b[A-Z]{1,3}-?\d+(?!\w)|[+\N{MINUS SIGN}]?\d+%?", re.ASCII)
"""Numbers and codes such as ``T1`` and ``S-07``."""
NAMES = {"RWN", "VPN", "VNCHR"}
"""Latin letters that stand in every language."""

in_each_language = pytest.mark.parametrize("language", LANGUAGES)
of_each_lesson = pytest.mark.parametrize("slug", LESSONS)


def numbers(text: str) -> Counter[str]:
    """Return how often each number and code stands in a text."""
    return Counter(NUMBERS.findall(text))


def has_numbers_of(text: str, english: str) -> bool:
    """Tell whether a text has the numbers of the English one. It may write in digits what English writes in words."""
    more = numbers(text) - numbers(english)
    return numbers(english) <= numbers(text) and all(number.isdigit() for number in more)


def text_in(language: str, slug: str) -> str:
    """Return a lesson's text without its front matter."""
    return (MODULE / language / f"{slug}.md").read_text(encoding="utf-8").split("---\n", 2)[2]


def lesson_in(language: str, slug: str) -> Lesson:
    """Return a lesson as the academy reads it."""
    module = CATALOGUE.modules["what-we-protect"][language]
    return next(lesson for lesson in module.lessons if lesson.slug == slug)


def rows(text: str) -> list[list[str]]:
    """Return the rows of all tables, each with its cells."""
    return [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]


def bones(question: Question) -> dict[str, Any]:
    """Return what is no word in a question: ids, points, keys, and the numbers that stand for frequent mistakes."""
    dumped = question.model_dump()
    parts = {name: [entry["id"] for entry in dumped.get(name) or ()] for name in ("options", "left", "right", "items")}
    slips = [] if isinstance(question, Short) else [slip["value"] for slip in dumped.get("common_errors") or ()]
    key = None if isinstance(question, Short) else key_of(question)
    return parts | {"id": question.id, "type": question.type, "points": question.points, "key": key, "slips": slips}


def words(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Return every text of a nested data file with its path."""
    if isinstance(tree, dict):
        for name, part in tree.items():
            yield from words(part, f"{path}.{name}")
    else:
        yield path, tree


def words_of(language: str) -> dict[str, str]:
    """Return the texts of the simulation by their path in the file of a language."""
    return dict(words(yaml.safe_load(text_of("academy.interactive.threats", data.words_file(language)))))


def test_the_module_speaks_the_languages_of_its_course() -> None:
    """A language that the course offers has the first module."""
    assert {"en", *LANGUAGES} >= set(CATALOGUE.course("digital-security").languages)


@in_each_language
def test_every_lesson_and_question_is_translated_from_the_english_of_today(language: str) -> None:
    """Nothing is missing, nothing is out of date, and titles, aims and notes are there."""
    module = CATALOGUE.modules["what-we-protect"][language]
    assessment = CATALOGUE.assessments["what-we-protect"][language]
    texts = (module.title, module.content_note, assessment.title, assessment.intro)

    assert [(lesson.language, lesson.stale) for lesson in module.lessons] == [(language, False)] * len(LESSONS)
    assert assessment.language == language
    assert [text.language_for(language) for text in texts if text is not None] == [language] * 4
    assert len(module.objectives(language)) == len(module.objectives("en"))
    assert module.objectives(language) != module.objectives("en")


@in_each_language
def test_the_facilitators_guide_is_translated(language: str) -> None:
    """Whoever leads the session has the plan and the answers in the language of the room."""
    guide = CATALOGUE.modules["what-we-protect"][language].guide
    found, english = (rows((MODULE / f"guide.{name}.md").read_text(encoding="utf-8")) for name in (language, "en"))

    assert guide is not None
    assert guide.language == language
    assert [len(row) for row in found] == [len(row) for row in english]
    assert all(has_numbers_of("|".join(row), "|".join(same)) for row, same in zip(found, english, strict=True))


@in_each_language
def test_the_course_has_its_titles(language: str) -> None:
    """Its title, summary, parts and weeks are in the language."""
    course = CATALOGUE.course("digital-security")
    weeks = [week.title for part in course.parts for week in part.weeks]
    for text in (course.title, course.summary, *(part.title for part in course.parts), *weeks):
        assert text.language_for(language) == language, str(text)


@of_each_lesson
@in_each_language
def test_a_lesson_has_the_parts_of_the_english_one(language: str, slug: str) -> None:
    """The same boxes, figures, headings, lists and sources in the same order, and the same minutes."""
    parts = re.compile(r"^(:{3,}(?:\{[a-z]+\}(?: [\w.-]+)?)?|#{2,}|\d+\.|-|>)(?= |$)|\[@[^\]]+\]", re.MULTILINE)
    found, english = text_in(language, slug), text_in("en", slug)

    assert [part[0] for part in parts.finditer(found)] == [part[0] for part in parts.finditer(english)]
    assert lesson_in(language, slug).minutes == lesson_in("en", slug).minutes
    assert lesson_in(language, slug).interactive == lesson_in("en", slug).interactive


@of_each_lesson
@in_each_language
def test_tables_hold_the_same_numbers(language: str, slug: str) -> None:
    """Row by row and cell by cell, so that whoever talks about M5 in two languages means the same."""
    found, english = rows(text_in(language, slug)), rows(text_in("en", slug))

    assert [len(row) for row in found] == [len(row) for row in english]
    for row, same in zip(found, english, strict=True):
        assert all(has_numbers_of(cell, other) for cell, other in zip(row, same, strict=True)), row


@in_each_language
def test_the_twin_tells_the_same_results(language: str) -> None:
    """No total and no code of the worked choices differs from English."""
    found, english = (text_in(name, "nine-points").split("::::")[1] for name in (language, "en"))

    assert set(numbers(english)) <= set(numbers(found))
    assert {code for code in numbers(found) if not code.isdigit()} <= set(numbers(english))


@of_each_lesson
@in_each_language
def test_practice_has_the_same_ids_and_answers(language: str, slug: str) -> None:
    """What fits in English fits in every language."""
    found, english = (lesson_in(name, slug).practice.values() for name in (language, "en"))

    assert [bones(question) for question in found] == [bones(question) for question in english]


@in_each_language
def test_the_assessment_has_the_same_ids_points_and_keys(language: str) -> None:
    """The marks do not depend on the language, and the word asked for is accepted in it."""
    found, english = (CATALOGUE.assessments["what-we-protect"][name].questions for name in (language, "en"))
    short = next(question for question in found if isinstance(question, Short))

    assert [bones(question) for question in found] == [bones(question) for question in english]
    assert any(not form.isascii() for form in short.accept)
    assert "acceptance" in short.accept
    assert [[level.points for level in row.levels] for row in found[-1].rubric] == [
        [level.points for level in row.levels] for row in english[-1].rubric
    ]


@in_each_language
def test_every_text_of_the_simulation_is_translated(language: str) -> None:
    """No text is missing or left in English, and numbers and codes in it are the same."""
    found, english = words_of(language), words_of("en")

    assert found.keys() == english.keys()
    assert [path for path in english if found[path] == english[path]] == []
    assert [path for path in english if not has_numbers_of(found[path], english[path])] == []


@in_each_language
def test_the_cards_of_the_second_tab_are_also_in_the_lesson(language: str) -> None:
    """Who reads without the simulation sorts the same evidence about the guards, in the same words."""
    text = text_in(language, "who-could-harm-us")
    assert all(evidence.text in text for evidence in data.load(language).adversaries[0].evidence)


@in_each_language
def test_only_the_words_of_the_simulation_change(language: str) -> None:
    """The numbers stand once: every choice gives the same result in every language."""
    for chosen in (frozenset(), frozenset({"M6", "M11"}), frozenset({"M1", "M4", "M5", "M8", "M9", "M10", "M13"})):
        found, english = (view(game, Play(chosen=chosen)) for game in (data.load(language), GAME))
        assert (found.after, found.lowest, found.map_after) == (english.after, english.lowest, english.map_after)


@in_each_language
def test_the_screen_says_nothing_in_english(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence that the page can show is in its language; Latin letters are codes and names."""
    monkeypatch.setenv("VISITOR_LANGUAGE", language)
    game = data.load(language)
    plays = [Play(chosen=frozenset(chosen)) for chosen in (("M6", "M11", "M2"), ("M11", "M12", "M14"), ("M1",))]
    shown = [fill(f"threat_budget/{name}.html") for name in ("intro", "evidence", "switch")]
    shown += [fill("threat_budget/task.html", settled=settled) for settled in (True, False)]
    shown += [fill("threat_budget/threats.html", game=game, band=band, words=BANDS)]
    shown += [fill("threat_budget/outcome.html", view=view(game, play), band=band, words=BANDS) for play in plays]
    for play in plays:
        for stop in ("too few", "too many", None):
            count = meter(game, play)
            shown += [
                fill("threat_budget/meter.html", meter=count, most=4, obstacle=stop, settled=settled)
                for settled in (True, False)
            ]
    for adversary in game.adversaries:
        given = {item.id: kind for item, kind in zip(adversary.evidence[:2], reversed(KINDS), strict=False)}
        shown += [fill("threat_budget/sorted.html", rows=sort_evidence(adversary, given), labels=LABELS)]
    budget = Budget(game)
    shown += [label for label, _ in budget.budgets.options] + [budget.settle.description, budget.again.description]
    shown += [card.description for card in budget.cards.values()]

    visible = re.sub(r"<[^>]*>", " ", "\n".join(shown))
    assert set(re.findall(r"[A-Za-z]{2,}", visible)) <= NAMES
