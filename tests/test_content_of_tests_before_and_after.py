"""The questions before and after the course: pairs of one kind and one difficulty, with other words and situations."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
import yaml

from academy.checks.reading_ease import grade, wording
from academy.content.questions import Question, question_adapter

ROOT = Path(__file__).parents[1]
BEFORE, AFTER = (ROOT / "assessments" / slug for slug in ("before-you-start", "after-the-course"))
OPEN_TYPES = {"single", "multi", "numeric", "order", "match"}


def read(folder: Path) -> list[Question]:
    """Return the questions of an assessment."""
    items = yaml.safe_load((folder / "en" / "quiz.yml").read_text(encoding="utf-8"))["items"]
    return [question_adapter.validate_python(item) for item in items]


def manifest(folder: Path) -> dict[str, Any]:
    """Return what an assessment says of itself."""
    return dict(yaml.safe_load((folder / "assessment.yml").read_text(encoding="utf-8")))


PAIRS = list(zip(read(BEFORE), read(AFTER), strict=True))
by_pair = pytest.mark.parametrize(("before", "after"), PAIRS, ids=[before.id for before, _ in PAIRS])


def texts(question: Question) -> list[str]:
    """Return what can be chosen in a question; nothing for a number."""
    dumped = question.model_dump()
    return [entry["text"] for part in ("left", "right", "items", "options") for entry in dumped.get(part) or ()]


def shape(question: Question) -> dict[str, Any]:
    """Return what makes a question as hard to guess as another one."""
    dumped = question.model_dump()
    options = dumped.get("options") or ()
    return {
        "parts": {part: len(dumped[part]) for part in ("left", "right", "items", "options") if part in dumped},
        "right": sum(option["ok"] for option in options),
        "pairs": sorted(Counter(pair["answer"] for pair in dumped.get("right") or ()).values()),
        "strict": dumped.get("strict"),
        "tolerance": dumped.get("tol"),
        "mistakes": len(dumped.get("common_errors") or ()),
        "points": question.points,
    }


def words(question: Question) -> int:
    """Count the words that somebody reads before she can answer."""
    return len(" ".join([question.stem, *texts(question)]).split())


def longest(texts: list[str]) -> int:
    """Return the length of the longest text."""
    return max(map(len, texts))


def alike(one: str, other: str) -> float:
    """Return how much two texts share, from 0 to 1."""
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def test_both_are_twelve_questions_two_for_each_module_and_no_exam() -> None:
    """They are sent once, so that they can be compared, and the first words say that they are no exam."""
    for folder, module in ((BEFORE, "what-we-protect"), (AFTER, "first-hour")):
        said = manifest(folder)
        modules = Counter(str(question.obj).split("-")[0] for question in read(folder))

        assert (said["module"], said["attempts"]) == (module, 1)
        assert said["intro"]["en"].startswith("**This is no exam")
        assert modules == {f"DS{number}": 2 for number in range(1, 7)}


@by_pair
def test_a_pair_asks_for_the_same_objective_in_the_same_way(before: Question, after: Question) -> None:
    """Objective, type, number of options and of right ones, mistakes that are named, points: all are equal."""
    assert before.id.split(".")[1] == after.id.split(".")[1]
    assert re.fullmatch(r"DS[1-6]-O[1-5]", str(before.obj))
    assert (before.obj, before.type) == (after.obj, after.type)
    assert before.type in OPEN_TYPES
    assert shape(before) == shape(after)


@by_pair
def test_a_pair_is_about_as_long_to_read(before: Question, after: Question) -> None:
    """Neither question has more than a third more words than the other, nor much longer options."""
    fewer, more = sorted((words(before), words(after)))

    assert more <= fewer * 4 / 3
    if texts(before):
        shorter, longer = sorted((longest(texts(before)), longest(texts(after))))
        assert longer <= shorter * 1.4


def test_as_wholes_they_are_equally_long() -> None:
    """All twelve together differ by less than a tenth."""
    fewer, more = sorted(sum(map(words, read(folder))) for folder in (BEFORE, AFTER))

    assert more < fewer * 1.1


def test_as_wholes_they_are_equally_easy_to_read() -> None:
    """Both need less than eight years of school, and neither half a year more than the other."""
    easier, harder = sorted(grade("\n".join(map(wording, read(folder)))) for folder in (BEFORE, AFTER))

    assert harder < 8.0
    assert harder - easier < 0.5


@by_pair
def test_length_tells_as_little_in_one_as_in_the_other(before: Question, after: Question) -> None:
    """Where one is right, it stands neither as the longest nor as the shortest in one question of a pair only."""
    if before.type == after.type == "single":
        ranks = []
        for question in (before, after):
            by_length = sorted(question.options, key=lambda option: len(option.text))
            ranks.append(next(place for place, option in enumerate(by_length) if option.ok))
        assert abs(ranks[0] - ranks[1]) <= 1
        assert max(ranks) < len(before.options) - 1


@by_pair
def test_a_pair_has_other_words_and_another_situation(before: Question, after: Question) -> None:
    """Stems share little, no option is the same, and the left side of a match alone may be."""
    assert alike(before.stem, after.stem) < 0.6
    shared = set(texts(before)) & set(texts(after))
    assert shared <= {left.text for left in getattr(before, "left", ())}


def test_the_calculations_of_a_pair_are_the_same() -> None:
    """Two digits more, and a share of a whole: other numbers, the same steps, and neither answer is given away."""
    numeric = [pair for pair in PAIRS if pair[0].type == "numeric"]
    (locks, pins), (lorries, witnesses) = numeric
    assert locks.type == pins.type == lorries.type == witnesses.type == "numeric"

    assert [locks.answer, pins.answer] == [1_000 * 10**2, 100_000 * 10**2]
    assert [lorries.answer, witnesses.answer] == [100 * 14 / 20, 100 * 20 / 25]
    assert ["1,000" in locks.stem, "100,000" in pins.stem] == [True, True]
    assert {"20", "14"} <= set(re.findall(r"\d+", lorries.stem))
    assert {"25", "20"} <= set(re.findall(r"\d+", witnesses.stem))


@by_pair
def test_neither_question_stands_anywhere_else(before: Question, after: Question) -> None:
    """No lesson and no assessment of a module asks the same in nearly the same words."""
    files = [*ROOT.glob("modules/*/en/*.md"), *ROOT.glob("assessments/*/en/quiz.yml")]
    own = {folder / "en" / "quiz.yml" for folder in (BEFORE, AFTER)}
    others = [
        stem
        for file in files
        if file not in own
        for stem in re.findall(r'^\s*stem: "(.*)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert len(others) > 20
    for question in (before, after):
        near = [stem for stem in others if abs(len(stem) - len(question.stem)) < 80]
        assert max((alike(question.stem, stem) for stem in near), default=0) < 0.7


@by_pair
def test_every_answer_gets_a_kind_reason(before: Question, after: Question) -> None:
    """Each option, pair and mistake has a reason of its own, and no two options of a question share one."""
    for question in (before, after):
        dumped = question.model_dump()
        reasons = [entry["why"] for part in ("options", "right", "common_errors") for entry in dumped.get(part) or ()]

        assert len(set(reasons)) == len(reasons)
        assert reasons or dumped["why"]
        assert not re.search(r"\b(wrong|incorrect|false!|you failed)\b", " ".join(reasons), re.IGNORECASE)


def test_nobody_meets_arrest_or_private_pictures_on_the_first_day() -> None:
    """What the course announces before it tells it is in neither list."""
    everything = " ".join(" ".join([question.stem, *texts(question)]) for pair in PAIRS for question in pair)

    assert not re.search(r"arrest|detain|intimate|private picture|kill|death|rape", everything, re.IGNORECASE)
