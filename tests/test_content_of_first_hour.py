"""The module on the first hour: true to its model, announced where it may distress, and no point lost by skipping."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from academy.content import catalogue
from academy.content.questions import Question, question_adapter
from academy.interactive.incidents import data
from academy.interactive.incidents.log import near
from academy.interactive.incidents.model import GAUGES, Action, Gauges, clock, hour

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "modules" / "first-hour"
ASSESSMENT = ROOT / "assessments" / "first-hour"
INCIDENTS = data.load()
PHONE, ACCOUNT, PAGE = INCIDENTS.cases
MINUS = "\N{MINUS SIGN}"

_PRACTICE = re.compile(r"^:::\{practice\}\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
_TWIN = re.compile(r"^::::\{twin\}\n(.*?)^::::$", re.MULTILINE | re.DOTALL)


@cache
def read(file: Path) -> Any:
    """Read a YAML file of the module."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


MANIFEST = read(MODULE / "module.yml")
LESSONS: list[str] = MANIFEST["lessons"]


def text_of(lesson: str) -> str:
    """Return a lesson's text without its front matter."""
    return (MODULE / "en" / f"{lesson}.md").read_text(encoding="utf-8").split("---\n", 2)[2]


def twin() -> str:
    """Return the low-data twin."""
    (found,) = _TWIN.findall(text_of("sixty-minutes"))
    return found


def rows(text: str) -> list[list[str]]:
    """Return the cells of all table rows."""
    return [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]


def graded() -> dict[str, Question]:
    """Return the questions of the assessment by their ids."""
    items = read(ASSESSMENT / "en" / "quiz.yml")["items"]
    return {item["id"]: question_adapter.validate_python(item) for item in items}


def told(effect: Gauges) -> str:
    """Tell an effect as the lesson does: ``People +3, team +2``."""
    changes = [f"{name} {value:+d}" for name, value in zip(GAUGES, effect.values(), strict=True) if value]
    return ", ".join(changes).replace("-", MINUS).capitalize()


def test_the_module_takes_an_hour_and_the_questions_give_34_points() -> None:
    """The minutes of the lessons add up; eight questions give 10 points and the dossier 24."""
    loaded = catalogue.load(ROOT)
    lessons = loaded.module("first-hour").lessons

    assert sum(lesson.minutes for lesson in lessons) == MANIFEST["minutes"] == 60
    assert [lesson.interactive for lesson in lessons] == ["first-hour", None, None, None, None]
    assert loaded.assessment("first-hour").points == 34


def test_the_twin_offers_the_steps_of_the_model() -> None:
    """Number, words and minutes of the twelve steps, in the order in which the interactive page shows them."""
    shown = re.findall(r"^(\d+)\. (.*) \((\d+) minutes\)$", twin(), re.MULTILINE)

    assert shown == [(str(n), action.text, str(action.minutes)) for n, action in enumerate(PHONE.actions, start=1)]


def test_the_twin_tells_what_each_step_changes_and_why() -> None:
    """The second list holds the model's effects and notes."""
    shown = re.findall(r"^(\d+)\. \*\*(.*?)\.\*\* (.*)$", twin(), re.MULTILINE)

    assert shown == [(str(n), told(action.effect), action.note) for n, action in enumerate(PHONE.actions, start=1)]
    assert "Steps 2, 5 and 8" in twin()
    assert [n for n, action in enumerate(PHONE.actions, start=1) if action.harmful] == [2, 5, 8]


def test_the_twin_tells_the_three_ways_with_the_gauges_of_the_model() -> None:
    """Each way has its steps by number, the gauges at its end, and the model's comment."""
    number = {action.id: str(n) for n, action in enumerate(PHONE.actions, start=1)}

    for path in PHONE.paths:
        steps = ", ".join(number[name] for name in path.actions)
        ends = hour(PHONE, path.actions).gauges.values()
        gauges = ", ".join(f"{name} {value}" for name, value in zip(GAUGES, ends, strict=True))
        assert f"**{path.title}:** {steps}. At the end: {gauges}.\n\n{path.comment}" in twin()


def test_the_figure_of_the_three_hours_shows_when_people_were_warned() -> None:
    """The minutes in its description are those at which the warning ends in the model."""
    ends = []
    for path in PHONE.paths:
        steps = hour(PHONE, path.actions).steps
        ends.append(next((step.at + step.action.minutes for step in steps if step.action.id == "warn"), None))

    assert ends == [20, 55, None]
    assert "after 20 minutes" in twin()
    assert "after 55, close to the end" in twin()


def test_the_second_case_of_the_twin_is_the_calm_path_of_the_model() -> None:
    """Times of day, words and minutes are the model's."""
    shown = re.findall(r"^- \*\*(\d\d:\d\d)\*\* (.*) \((\d+) minutes\)$", twin(), re.MULTILINE)
    steps = hour(ACCOUNT, ACCOUNT.paths[0].actions).steps

    assert shown == [(clock(ACCOUNT, step.at), step.action.text, str(step.action.minutes)) for step in steps]


def test_the_case_that_may_distress_is_told_in_the_lesson_that_announces_it() -> None:
    """Lesson 4 has a step for each of the calm path, after its note; lesson 1 does not tell the case."""
    lesson = text_of("when-words-hurt")

    assert PAGE.title in lesson
    assert "takes 60 minutes" in lesson
    assert hour(PAGE, PAGE.paths[0].actions).spent == 60
    assert lesson.index("Before you begin") < lesson.index(PAGE.title)
    assert "door" not in twin().split("### Step 4")[1].replace("doors", "")


def test_the_log_of_the_lesson_is_the_log_of_the_model() -> None:
    """The same twelve lines, and the same count before the hearings."""
    lesson = text_of("the-log-and-the-people")
    shown = [row for row in rows(lesson) if len(row) == 3 and re.fullmatch(r"\d+ [A-Z][a-z]+", row[0])]
    log = INCIDENTS.log

    assert shown == [[f"{entry.day.day} {entry.day:%B}", entry.place, entry.seen] for entry in log.entries]
    assert all(f"{day.day} {day:%B}" in lesson for day in log.hearings)
    assert len(near(log)) == 9
    assert "nine of the twelve" in lesson


def test_the_walk_of_the_lesson_asks_the_questions_of_the_model() -> None:
    """The first question, the second one, and the three problems of this lesson are those of the interactive page."""
    lesson = text_of("find-the-first-step")
    first, _, _, what = INCIDENTS.tree.places[:4]

    assert f"**Question 1. {first.ask}**" in lesson
    assert len(what.choices) == 6
    assert "six ways" in lesson
    assert "Can you still sign in, from a clean device?" in lesson


def test_the_lesson_does_not_give_away_the_percentage_that_is_asked() -> None:
    """The number of DS6.6 stands in no lesson."""
    assert not re.search(r"\b75\b|three quarters|three in every four", "\n".join(map(text_of, LESSONS)))


def test_the_graded_items_are_all_there_with_their_keys() -> None:
    """Eight questions and the dossier; the answers are those of the course's plan."""
    items = graded()

    assert list(items) == [f"DS6.{number}" for number in range(1, 9)] + ["DS6-A"]
    kinds = [item.type for item in items.values()]
    assert kinds == ["order", "scenario", "single", "multi", "scenario", "numeric", "single", "short", "essay"]
    first = items["DS6.1"]
    assert first.type == "order"
    words = {item.id: item.text for item in first.items}
    starts = ["Make sure", "Find out", "Warn", "From a clean device", "Write the log"]
    assert all(words[name].startswith(start) for name, start in zip(first.answer, starts, strict=True))
    sixth = items["DS6.6"]
    assert sixth.type == "numeric"
    assert sixth.answer == 100 * len(near(INCIDENTS.log)) / len(INCIDENTS.log.entries)


def test_the_dossier_gives_24_points_in_four_criteria() -> None:
    """The case is about 300 words; it asks for five parts and only for the invented story."""
    essay = graded()["DS6-A"]
    assert essay.type == "essay"
    case = essay.stem.split("**The case.**")[1].split("**Write, for RWN:**")[0]

    assert [[level.points for level in row.levels] for row in essay.rubric] == [[6, 5, 3, 0]] * 4
    assert 240 <= len(case.split()) <= 340
    assert len(re.findall(r"^\d\. ", essay.stem, re.MULTILINE)) == 5
    assert "RWN story only" in essay.stem
    assert "all points can be reached" in essay.stem


@pytest.mark.parametrize("name", ["DS6.2", "DS6.5"])
def test_what_may_distress_can_be_passed_over_with_full_points(name: str) -> None:
    """The question is announced before it is told, and one answer passes it over without losing a point."""
    question = graded()[name]
    assert question.type == "scenario"
    (passing,) = [option for option in question.options if option.text == "I pass this one over."]
    announced, told_after = question.stem.split("\n\n", 1)

    assert passing.score == 2
    assert "I pass this one over" in announced
    assert "would rather not read it" in announced
    assert told_after
    intro = read(ASSESSMENT / "assessment.yml")["intro"]["en"]
    assert f"uestion {name[-1]} " in intro.replace("and question", "Question")


@pytest.mark.parametrize(
    ("lesson", "before", "first_word", "around"),
    [
        ("before-you-wipe", "## If somebody is arrested", "V-04", "## What to keep"),
        ("when-words-hurt", "## If a private picture is used as a threat", "StopNCII", "## What to keep"),
    ],
)
def test_arrest_and_pictures_are_announced_and_have_a_way_around(
    lesson: str, before: str, first_word: str, around: str
) -> None:
    """A note stands at the head of the section, says where to go on, and nothing of it comes earlier."""
    text = text_of(lesson)
    earlier, section = text.split(before + "\n", 1)

    assert section.lstrip().startswith(":::{caution}\n**Before you read on.**")
    assert "You may skip it" in section
    assert around in section
    assert first_word not in earlier
    assert "no picture is shown" in text.lower() or "nobody is hurt" in text.lower()


def test_help_stands_before_the_first_case() -> None:
    """Who needs help now finds an address before the story begins, and is told to write from another device."""
    before = text_of("sixty-minutes").split("## It is 09:40")[0]

    assert "digitalfirstaid.org" in before
    assert "device that nobody else can read" in before


def test_only_helpers_with_a_source_are_named() -> None:
    """Each named service stands beside a citation in the lesson that explains it; there is no telephone number."""
    texts = "\n".join(map(text_of, LESSONS))

    for service, key in (
        ("digitalfirstaid.org", "DFAK"),
        ("accessnow.org/help", "AN-HELP"),
        ("stopncii.org", "STOPNCII"),
    ):
        assert service in texts
        assert f"[@{key}]" in texts
    assert not re.search(r"[\w.]+@[\w-]+\.\w+", texts)
    assert not re.search(r"\+\d{6,}", texts)


def test_each_source_is_cited_and_each_citation_has_its_source() -> None:
    """Keys in the text and in the manifest are the same set."""
    cited = set(re.findall(r"\[@([\w-]+)\]", "\n".join(map(text_of, LESSONS))))

    assert cited == {source["key"] for source in MANIFEST["sources"]}


def test_the_guide_answers_every_question_and_its_examples_add_up() -> None:
    """Each graded question has its row; the points of the worked examples are sums of levels of the rubric."""
    guide = (MODULE / "guide.en.md").read_text(encoding="utf-8")

    assert all(f"| {name} " in guide for name in graded() if name != "DS6-A")
    examples = re.findall(
        r"answer \((\d+)\)\.\*\*.*?Order (\d), harm (\d), learning (\d)[^,]*, care (\d)", guide, re.DOTALL
    )
    assert len(examples) == 3
    for total, *levels in examples:
        assert int(total) == sum(map(int, levels))
        assert set(map(int, levels)) <= {6, 5, 3, 0}


def test_no_two_steps_of_a_case_say_the_same() -> None:
    """Words and notes of the steps differ, so that a step is recognised by what it says."""
    for case in INCIDENTS.cases:
        actions: tuple[Action, ...] = case.actions
        assert len({action.text for action in actions}) == len({action.note for action in actions}) == len(actions)


def test_the_message_in_the_lesson_has_the_words_that_are_counted() -> None:
    """The example message is as long as the lesson says, names nobody on the phone and holds no link."""
    lesson = text_of("the-log-and-the-people")
    (message,) = re.findall(r"^> (.*)$", lesson, re.MULTILINE)

    assert f"had {len(message.split())} words" in lesson
    assert "Salma" not in message
    assert "http" not in message
