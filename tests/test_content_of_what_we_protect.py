"""The module "What are we protecting, and from whom?": complete, sourced, readable, harmless, and true to its model."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from academy.content import catalogue
from academy.content.questions import Question, question_adapter
from academy.interactive.threats import data
from academy.interactive.threats.model import best, residual

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "modules" / "what-we-protect"
ASSESSMENT = ROOT / "assessments" / "what-we-protect"
GAME = data.load()

MINUS, TIMES, NO_BREAK = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{NO-BREAK SPACE}"
_PRACTICE = re.compile(r"^:::\{practice\}\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
_TWIN = re.compile(r"^::::\{twin\}\n(.*?)^::::$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (?P<first>[MT]\d+|\d+) \|(?P<rest>.*)\|$", re.MULTILINE)


@cache
def read(file: Path) -> Any:
    """Read a YAML file of the module."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


MANIFEST = read(MODULE / "module.yml")
LESSONS: list[str] = MANIFEST["lessons"]


def text_of(lesson: str) -> str:
    """Return a lesson's text without its front matter."""
    return (MODULE / "en" / f"{lesson}.md").read_text(encoding="utf-8").split("---\n", 2)[2]


def front_of(lesson: str) -> dict[str, Any]:
    """Return a lesson's front matter."""
    return dict(yaml.safe_load((MODULE / "en" / f"{lesson}.md").read_text(encoding="utf-8").split("---\n", 2)[1]))


def practice_of(lesson: str) -> list[Question]:
    """Return a lesson's practice questions."""
    return [question_adapter.validate_python(yaml.safe_load(body)) for body in _PRACTICE.findall(text_of(lesson))]


def graded() -> list[Question]:
    """Return the questions of the assessment."""
    return [question_adapter.validate_python(item) for item in read(ASSESSMENT / "en" / "quiz.yml")["items"]]


def test_the_lessons_of_the_module_are_there_and_take_an_hour() -> None:
    """Each listed lesson exists, nothing else does, and the minutes add up to the module's."""
    assert sorted(LESSONS) == sorted(file.stem for file in (MODULE / "en").glob("*.md"))
    assert sum(front_of(lesson)["minutes"] for lesson in LESSONS) == MANIFEST["minutes"] == 60
    assert front_of(LESSONS[0])["interactive"] == "threat-budget"


def test_the_academy_loads_it_and_each_page_stays_light() -> None:
    """The catalogue accepts every file; no lesson weighs more than 40 KB before compression; 28 points can be had."""
    loaded = catalogue.load(ROOT)

    assert [lesson.slug for lesson in loaded.module("what-we-protect").lessons] == LESSONS
    assert max(lesson.weight for lesson in loaded.module("what-we-protect").lessons) < 40_000
    assert loaded.assessment("what-we-protect").points == 28
    assert loaded.course("digital-security").pass_rule.assessments * 28 < 26  # without the question on a death threat


def test_the_course_has_four_weeks_in_two_parts_and_six_modules() -> None:
    """Each module stands in one week with its assessment; what is asked before and after counts nowhere."""
    loaded = catalogue.load(ROOT)
    course = loaded.course("digital-security")
    counted = [
        loaded.assessment(slug)
        for slug in course.assessments
        if loaded.assessment(slug).counts and not loaded.assessment(slug).instead_of
    ]

    assert [len(part.weeks) for part in course.parts] == [2, 2]
    assert len(course.modules) == 6
    assert [assessment.module for assessment in counted] == list(course.modules)
    assert (course.assessments[0], course.assessments[-1]) == ("before-you-start", "after-the-course")


def test_the_graded_items_are_all_there() -> None:
    """Seven questions of seven types and one essay of 20 points, whose rubric has four criteria of 5, 4, 2 and 0."""
    items = graded()
    essay = items[-1]

    assert [item.id for item in items] == [f"DS1.{number}" for number in range(1, 8)] + ["DS1-A"]
    assert {item.type for item in items[:-1]} == {"single", "match", "numeric", "multi", "order", "scenario", "short"}
    assert essay.points == 20
    assert essay.type == "essay"
    assert [[level.points for level in row.levels] for row in essay.rubric] == [[5, 4, 2, 0]] * 4


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_starts_with_something_to_do_and_ends_with_what_to_keep(lesson: str) -> None:
    """A puzzle stands before the first source; three things to keep and one quiet question stand at the end."""
    text = text_of(lesson)
    (checklist,) = re.findall(r"^:::\{checklist\}\n(.*?)^:::$", text, re.MULTILINE | re.DOTALL)
    (reflection,) = re.findall(r"^:::\{reflection\}\n(.*?)^:::$", text, re.MULTILINE | re.DOTALL)
    puzzle = min(text.find(mark) % len(text) for mark in (":::{practice}", ":::{twin}"))

    assert puzzle < text.find("[@") % len(text)
    assert len(re.findall(r"^- ", checklist, re.MULTILINE)) == 3
    assert "What will you change this week?" in reflection
    assert "nothing is sent" in reflection


def test_nothing_unverified_and_nothing_personal_is_in_the_text() -> None:
    """No mark of an open check, no disputed sample size, no telephone number and no address."""
    files = [
        *MODULE.rglob("*.md"),
        *MODULE.rglob("*.yml"),
        *ASSESSMENT.rglob("*.yml"),
        *ROOT.glob("courses/digital-security/*.yml"),
    ]
    everything = "\n".join(file.read_text(encoding="utf-8") for file in files)

    assert "[verify]" not in everything
    assert not re.search(r"6[,.]?[49]00|119 countries", everything)
    assert not re.search(r"\+\d{6,}|[\w.]+@[\w-]+\.\w+", everything)
    assert "RWN story only" in graded()[-1].stem


@pytest.mark.parametrize("figure", sorted((MODULE / "media").glob("*.svg")), ids=lambda file: file.stem)
def test_each_figure_is_described_light_and_plain(figure: Path) -> None:
    """A figure is used with a short text and a description, weighs under 6 KB and takes its colour from the page."""
    lessons = "\n".join(map(text_of, LESSONS))
    used = re.search(
        rf":::\{{figure\}} {re.escape(figure.name)}\n:alt: (?P<alt>.+)\n(?P<words>(?:(?!:::).+\n)+):::", lessons
    )
    svg = ET.fromstring(figure.read_text(encoding="utf-8"))  # noqa: S314 - a file of this repository

    assert used is not None
    assert len(used["alt"]) < 120
    assert len(used["words"]) > 80
    assert figure.stat().st_size < 6000
    assert {svg.get("stroke"), svg.get("fill")} <= {"currentColor", "none"}
    assert not [node for node in svg.iter() if node.tag.endswith(("style", "script", "image")) or node.get("style")]


def test_the_twin_shows_the_threats_and_measures_of_the_model() -> None:
    """Scores, points and changes in the tables are those that the model works out."""
    (twin,) = _TWIN.findall(text_of("nine-points"))
    rows = [(row["first"], [cell.strip(" *") for cell in row["rest"].split("|")]) for row in _ROW.finditer(twin)]

    for threat in GAME.threats:
        (cells,) = [cells for name, cells in rows if name == threat.id]
        assert cells[-1].replace(NO_BREAK, " ") == f"{threat.likelihood} {TIMES} {threat.impact} = {threat.product}"
    for measure in GAME.measures:
        (offer, effect) = [cells for name, cells in rows if name == measure.id]
        change = residual(GAME, [measure.id]).total - 100
        assert offer[-1] == str(measure.effort)
        assert effect[0] == (f"+{change}" if change > 0 else str(change).replace("-", MINUS))
        assert effect[1].split(":")[0] == (", ".join(e.threat for e in measure.effects) or "None")


def test_the_twin_tells_the_results_of_the_model() -> None:
    """The worked choices and the best totals are those that the model works out."""
    (twin,) = _TWIN.findall(text_of("nine-points"))

    for chosen, words in (("M11 M12", "at **95**"), ("M6", "at **104**"), ("M5 M8 M9 M10", "to **67**")):
        assert f"**{residual(GAME, chosen.split()).total}**" in words
        assert words in twin
    assert f"beats **{best(GAME, 9, at_most=4).total}**" in twin
    for budget in GAME.budgets:
        found = best(GAME, budget)
        assert f"| {budget} | {found.total} | {', '.join(found.choices[0])} |" in twin


def test_the_cards_of_the_second_tab_are_also_in_the_lesson() -> None:
    """Who reads without the simulation sorts the same evidence about the guards."""
    assert all(evidence.text in text_of("who-could-harm-us") for evidence in GAME.adversaries[0].evidence)


def test_the_death_threat_is_announced_and_can_be_skipped() -> None:
    """A note with a way around stands before the first word about it, and the assessment says it too."""
    text = text_of("a-plan-you-can-use")
    section = text.split("## When new locks come too late\n", 1)

    assert "death threat" not in section[0]
    assert section[1].lstrip().startswith(":::{caution}\n**Before you read on.**")
    assert "## What to keep" in section[1]
    assert "you lose no points" in section[1]
    assert MANIFEST["content_note"]["en"]
