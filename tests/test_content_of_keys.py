"""The module "Keys": its numbers are those of the model, its items are all there, and it asks for no password."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from math import prod
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from academy.content.files import read_assessment, read_module
from academy.content.model import Assessment, Module, Practice
from academy.content.questions import Essay, Match, Multi, Numeric, Question, Scenario, Short, Single
from academy.interactive.apps import APPS
from academy.interactive.keys import data
from academy.interactive.keys.clock import average_seconds, bits_of, duration, weakest_first
from academy.interactive.keys.dice import look_up
from academy.interactive.keys.duel import meet, wins

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "modules" / "keys"
LAB = data.load()
WORDS = data.word_list()

_TWIN = re.compile(r"^::::\{twin\}\n(.*?)^::::$", re.MULTILINE | re.DOTALL)
LESSONS: list[str] = yaml.safe_load((MODULE / "module.yml").read_text(encoding="utf-8"))["lessons"]


def text_of(lesson: str) -> str:
    """Return a lesson's file."""
    return (MODULE / "en" / f"{lesson}.md").read_text(encoding="utf-8")


def twin_of(lesson: str) -> str:
    """Return the text of a lesson's twin."""
    (twin,) = _TWIN.findall(text_of(lesson))
    return str(twin)


def row(text: str, first: str) -> list[list[str]]:
    """Return the cells of every table row that begins with a word, without that first cell."""
    rows = re.findall(rf"^\| {re.escape(first)} \|(.*)\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in cells.split("|")] for cells in rows]


@cache
def module() -> Module:
    """Return the module as the academy loads it."""
    return read_module(ROOT, "keys")["en"]


@cache
def assessment() -> Assessment:
    """Return the assessment as the academy loads it."""
    return read_assessment(ROOT, "keys")["en"]


def graded() -> dict[str, Question]:
    """Return the questions of the assessment by their ids."""
    return {item.id: item for item in assessment().questions}


def practice() -> list[Question]:
    """Return the practice questions of all lessons."""
    return [block.question for lesson in module().lessons for block in lesson.blocks if isinstance(block, Practice)]


def test_five_lessons_take_an_hour_and_each_stays_light() -> None:
    """The minutes add up; no page weighs more than 40 KB; both simulations are the dice lab and have their twin."""
    lessons = module().lessons

    assert [lesson.slug for lesson in lessons] == LESSONS
    assert sum(lesson.minutes for lesson in lessons) == module().minutes == 60
    assert max(lesson.weight for lesson in lessons) < 40_000
    assert [lesson.interactive for lesson in lessons] == ["dice-lab", None, "dice-lab", None, None]
    assert "dice-lab" in APPS


def test_the_small_table_is_a_corner_of_the_real_list() -> None:
    """Rolling two dice in the twin gives the word that five dice give in the list of the model."""
    twin = twin_of("five-dice")

    for fourth in range(1, 7):
        ((words,),) = row(twin, str(fourth))[:1]
        assert words.split(", ") == [look_up(WORDS, (6, 2, 3, fourth, fifth)).word for fifth in range(1, 7)]
    assert look_up(WORDS, (6, 2, 3, 1, 5)).word == "tiger"
    assert "With 6-2-3-1-5 you would have *tiger*, with 6-2-3-6-6 *tiptop*" in twin


def test_the_twin_counts_as_the_model_does() -> None:
    """Possibilities in round words, and bits, of one to six words; the exact number of six stands in the lesson."""
    twin = twin_of("five-dice")
    size = {"thousand": 10**3, "million": 10**6, "billion": 10**9}

    for words in range(1, 7):
        said, bits = row(twin, str(words))[-1]
        number, *units = said.replace(",", "").split()
        assert float(number) * prod(size[unit] for unit in units) == pytest.approx(7776**words, rel=0.02)
        assert bits == f"{bits_of(7776**words):.1f}"
    assert f"{7776**6:,} possibilities, about 2 to the power of 77" in text_of("five-dice")


def test_the_twin_tells_the_times_of_the_model() -> None:
    """Every secret with its bits and its four times; the two tables together are the table of the dice lab."""
    twin = twin_of("five-dice")

    for secret in LAB.secrets:
        (slow,) = row(twin, f"{secret.name} ({secret.bits:.1f} bits)")
        (fast,) = row(twin, secret.name)
        times = [LAB.say(duration(average_seconds(secret.possibilities, pace.per_second))) for pace in LAB.paces]
        assert [*slow, *fast] == times
    assert "**assumptions of this course**" in twin


def test_the_numbers_in_the_running_text_are_right_too() -> None:
    """Guesses for a pattern of a name, words of a short list, unlock patterns."""
    text = text_of("five-dice")
    possibilities = {secret.id: secret.possibilities for secret in LAB.secrets}

    assert f"{possibilities['name']:,} guesses, or {bits_of(possibilities['name']):.1f} bits" in text
    assert f"six digits ({possibilities['pin6']:,} possibilities)" in text
    assert f"a pattern ({possibilities['pattern']:,})" in text
    assert f"each word has {bits_of(1296):.2f} bits, and eight of them have {8 * bits_of(1296):.1f}" in text


def test_the_puzzle_has_the_order_of_the_model() -> None:
    """The five slips are the five secrets of the dice lab, and the key is their order."""
    puzzle = next(item for item in practice() if item.id == "P1.1")
    words = {item.id: item.text.strip("`").lower() for item in puzzle.items}
    marks = ["4 digits", "a line drawn", "6 digits", "salma2003!", "six words"]

    assert [secret.id for secret in weakest_first(LAB.ranking)] == ["pin4", "pattern", "pin6", "name", "words6"]
    assert all(mark in words[name] for mark, name in zip(marks, puzzle.answer, strict=True))


def test_the_five_evenings_end_as_in_the_model() -> None:
    """Each evening of the second twin is an attack of the duel, and the table tells its results."""
    twin = twin_of("a-second-lock")
    rows = re.findall(r"^\| \d [^|]+ \|(.*)\|$", twin, re.MULTILINE)

    assert len(rows) == len(LAB.duel.attacks)
    for number, (attack, cells) in enumerate(zip(LAB.duel.attacks, rows, strict=True), start=1):
        ends = [LAB.results[meet(LAB.duel, factor.id, attack.id).result] for factor in LAB.duel.factors]
        none, *codes, key = ends
        code_or_prompt, security_key = (cell.strip() for cell in cells.split("|"))
        assert f"{number}. **{attack.name}.** {attack.text}" in twin
        assert {code_or_prompt} == set(codes)
        assert security_key == key
        assert none == ("Gets in" if number < 5 else "Salma can sign in")
    assert "On the first four evenings somebody gets in" in twin
    assert "On the fifth, Salma can sign in" in twin


def test_the_twin_counts_the_good_evenings_as_the_model_does() -> None:
    """How many evenings end badly without a spare, and how many hold with one."""
    lost = [5 - wins(LAB.duel, factor.id) for factor in LAB.duel.factors]
    held = [wins(LAB.duel, factor.id, spare=True) for factor in LAB.duel.factors]

    assert lost == [4, 3, 3, 3, 1]
    assert "four evenings end badly. With a code or a prompt, three do. With a key it is one" in twin_of(
        "a-second-lock"
    )
    assert held == [1, 3, 3, 3, 5]
    assert "a code or a prompt holds on three evenings, and a key on all five" in twin_of("a-second-lock")


def test_the_study_is_told_with_its_numbers_and_its_limits() -> None:
    """The figures of 2019 stand in the lesson and in the reasons of the model, and are called those of one study."""
    text = text_of("a-second-lock")

    assert row(text, "Code by SMS") == [["100%", "96%", "76%"]]
    assert row(text, "Prompt on the phone") == [["100%", "99%", "90%"]]
    assert row(text, "Security key") == [["100%", "100%", "100%"]]
    assert "It does not say that a key can never fail." in text
    assert "96 of 100" in meet(LAB.duel, "sms", "bulk").why
    assert "99 of 100" in meet(LAB.duel, "prompt", "bulk").why
    assert "38 of 100" in text_of("before-you-are-locked-out")


@pytest.mark.parametrize(
    ("figure", "values"),
    [("bits", [secret.bits for secret in weakest_first(LAB.ranking)]), ("locks", [76.0, 90.0, 100.0])],
)
def test_the_bars_are_as_long_as_their_numbers(figure: str, values: list[float]) -> None:
    """Each bar starts at the same line, its length is in proportion, and its label is the rounded number."""
    svg = ET.parse(MODULE / "media" / f"{figure}.svg").getroot()  # noqa: S314 - a file of this repository
    bars = [re.fullmatch(r"M30 \d+H([\d.]+)V\d+H30Z", node.get("d", "")) for node in svg.iter()]
    lengths = [float(bar[1]) - 30 for bar in bars if bar]
    labels = [int(node.text or "") for node in svg.iter() if node.tag.endswith("text")][len(values) :]
    scale = lengths[-1] / values[-1]

    assert lengths == pytest.approx([value * scale for value in values], abs=1.0)
    assert labels == [round(value) for value in values]


def key_of(item: Question) -> object:
    """Return what counts as right."""
    match item:
        case Single() | Multi():
            return {option.text for option in item.options if option.ok}
        case Scenario():
            return {option.text for option in item.options if option.score == 2}
        case Match():
            return {pair.text: pair.answer for pair in item.right}
        case Numeric():
            return (item.answer, item.tol)
        case Short():
            return set(item.accept)
    return None


def test_the_graded_items_are_all_there_with_their_keys() -> None:
    """Eight questions and one card; what is right, and what it is worth."""
    items = graded()

    assert list(items) == [f"DS2.{number}" for number in range(1, 9)] + ["DS2-A"]
    assert key_of(items["DS2.1"]) == (77.5, 0.6)
    assert key_of(items["DS2.2"]) == {"six words chosen by dice"}
    assert key_of(items["DS2.3"]) == {"Neither; change on evidence of compromise."}
    assert key_of(items["DS2.4"]) == {
        "Whoever controls the SIM or holds the phone receives it": "sms",
        "You can be tricked into typing it on a fake page while it is still valid": "app",
        "A tired person taps yes to make it stop": "prompt",
        "If you own only one and lose it, you are locked out": "key",
        "Anyone who searches the house may find them": "paper",
    }
    assert {text.split()[0] for text in key_of(items["DS2.5"])} == {"SMS", "Security", "Many"}  # type: ignore[attr-defined]
    assert key_of(items["DS2.6"]) == {
        "She reads mail only at the RWN office, with a security key there; Bela keeps backup codes."
    }
    assert key_of(items["DS2.7"]) == (7776, 0)
    assert {"backup codes", "recovery codes"} <= key_of(items["DS2.8"])  # type: ignore[operator]
    assert assessment().points == 25


def test_the_card_is_read_with_four_criteria_of_four_points() -> None:
    """Sixteen points, four levels each, and a reminder to use the story only."""
    essay = graded()["DS2-A"]

    assert isinstance(essay, Essay)
    assert essay.points == 16
    assert [[level.points for level in line.levels] for line in essay.rubric] == [[4, 3, 2, 0]] * 4
    assert "RWN story only" in essay.stem
    assert "write no password" in essay.stem


def test_pairs_do_not_stand_in_the_order_of_their_answers() -> None:
    """In no match do the pairs follow the left side one by one."""
    for item in (item for item in (*practice(), *assessment().questions) if isinstance(item, Match)):
        assert [pair.answer for pair in item.right] != [left.id for left in item.left], item.id


def test_no_one_is_asked_for_a_password() -> None:
    """The first lesson promises it, and nothing in the module invites anybody to type one."""
    everything = "\n".join(map(text_of, LESSONS))

    assert "We will **never ask for a password of yours**" in text_of("five-dice")
    assert not re.search(r"(type|enter|write|test|try) (in )?your (own )?pass", everything, re.IGNORECASE)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_names_the_law_before_a_tool_is_used(lesson: str) -> None:
    """The same caution stands in all five lessons."""
    text = text_of(lesson)

    assert "Check the law and your own risk first" in text
    assert "A tool that draws attention can be worse than none." in text


def test_the_section_about_force_is_announced_and_can_be_skipped() -> None:
    """A note with a way around stands before the first word about it."""
    before, after = text_of("whose-phone-is-it").split("## When somebody makes you tell\n", 1)

    assert "[@UMB-FORCE]" not in before
    assert after.lstrip().startswith(":::{caution}\n**Before you read on.**")
    assert "go down to “What to keep”" in after
    assert "## What to keep" in after
    assert module().content_note


def test_what_depends_on_the_place_is_not_told_as_a_fact() -> None:
    """About fingers and the law the lesson says where to ask."""
    assert "may treat a finger and a PIN differently" in text_of("whose-phone-is-it")
    assert "**Ask somebody who knows the law there.**" in text_of("whose-phone-is-it")
    assert "[verify]" not in "\n".join(map(text_of, LESSONS))


def test_the_guide_fills_ninety_minutes_and_answers_every_question() -> None:
    """The plan has no gap, and every graded question has its line."""
    guide = (MODULE / "guide.en.md").read_text(encoding="utf-8")
    spans = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)\D(\d+) \|", guide, re.MULTILINE)]

    assert (spans[0][0], spans[-1][1]) == (0, 90)
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert all(f"| {name} |" in guide for name in graded() if name != "DS2-A")
