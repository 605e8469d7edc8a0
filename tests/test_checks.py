"""``academy check``: what it finds in content that parses and yet should not be released, and that ours is sound."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from academy.checks import command, learners_copy, lessons, questions, simulations
from academy.checks.reading_ease import grade, longest_sentence
from academy.content.catalogue import load
from tests.conftest import ROOT

MODULE = "modules/what-we-protect"
LESSON = f"{MODULE}/en/choosing.md"
FIRST = f"{MODULE}/en/nine-points.md"
QUIZ = "assessments/what-we-protect/en/quiz.yml"
LAUNCHER = "voila_apps/threat-budget.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy one module with its assessment and its simulation, to be spoiled."""
    for part in (MODULE, "assessments/what-we-protect", "voila_apps"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("ar", "bn", "*.ar.md", "*.bn.md"))
    return tmp_path


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Replace text in a file of the copy."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def launch(folder: Path, code: str) -> None:
    """Let the simulation's launcher run other code."""
    nb = json.loads((folder / LAUNCHER).read_text(encoding="utf-8"))
    nb["cells"][0]["source"] = code
    (folder / LAUNCHER).write_text(json.dumps(nb), encoding="utf-8")


def test_the_academys_own_content_leaves_nothing_to_remark(capsys: pytest.CaptureFixture[str]) -> None:
    """Every course, module, assessment and simulation, with nothing switched off."""
    assert command.main([str(ROOT)]) == 0
    assert capsys.readouterr().out == ""


def test_each_remark_is_printed_and_makes_the_exit_code_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its file, its question and one sentence."""
    spoil(folder, QUIZ, "answer: [elm, reed, moss, fern, clay, palm]", "answer: [clay, elm, fern, moss, palm, reed]")
    assert command.main([str(folder)]) == 1
    assert capsys.readouterr().out.startswith(f"{QUIZ}: DS1.5: the ids of the items in alphabetical order")


PRACTISED = "A donor offers RWN money for one thing: a faster internet line for the office. What could Anika do first?"
GRADED = "A volunteer asks you: 'Which messaging app is safest?' What is the most useful first reply?"


@pytest.mark.parametrize(
    ("file", "old", "new", "remark"),
    [
        (QUIZ, "Safest for what, and against whom?", "Safest for what, and against whom? " * 4, "the longest one"),
        (QUIZ, "A thief breaks into the office.", "A thief.", ""),
        (QUIZ, "That is a threat: a possible harmful event.", "A threat.", "too short to explain"),
        (QUIZ, "A fact of the context.", "You failed: a fact of the context.", "blames"),
        (QUIZ, "Use the RWN story only. ", "", "story only"),
        (QUIZ, "What is the most useful first reply?", "Write down your own case.", "the learner's own life"),
        (FIRST, f'stem: "{PRACTISED}"', f'stem: "{GRADED}"', "also graded, as DS1.1"),
    ],
)
def test_questions_that_tell_or_ask_too_much(folder: Path, file: str, old: str, new: str, remark: str) -> None:
    """By length, by a reason that is none, by asking for what nobody should write here."""
    assert list(questions.remarks(load(folder))) == []
    spoil(folder, file, old, new)
    load.cache_clear()
    found = list(questions.remarks(load(folder)))
    assert [remark in text for text in found] == [True] * bool(remark), found


HARD = "Notwithstanding organisational complexities, institutional accountability necessitates documentation. "


@pytest.mark.parametrize(
    ("file", "old", "new", "remark"),
    [
        (LESSON, "\n## ", f"\n{HARD * 30}\n\n## ", "years of school; 8 is the most"),
        (LESSON, ":::{checklist}", ":::{note}", "there is no checklist"),
        (LESSON, ":::{reflection}", ":::{note}", "there is no reflection"),
        (LESSON, "\n## ", "\n[Verify] this.\n\n## ", "not checked"),
        (LESSON, "\n## ", "\nCall +44 20 7946 0958.\n\n## ", "may belong to somebody"),
        (LESSON, "\n## ", "\nWrite to anika@rwn.example or +999 555 0100.\n\n## ", ""),
        (LESSON, "\n## ", "\nIt leads to `https://rwn.example@203.0.113.7/x`, a number.\n\n## ", ""),
        (f"{MODULE}/module.yml", "sources:\n", "sources:\n  - {key: NOBODY, text: A book}\n", "no lesson cites NOBODY"),
    ],
)
def test_lessons_that_are_not_ready(folder: Path, file: str, old: str, new: str, remark: str) -> None:
    """Hard to read, nothing to keep, unchecked, somebody's number, an unused source."""
    assert list(lessons.remarks(load(folder))) == []
    spoil(folder, file, old, new)
    load.cache_clear()
    found = list(lessons.remarks(load(folder)))
    assert any(remark in text for text in found) == bool(remark), found
    assert bool(found) == bool(remark)


def test_a_translation_of_an_older_text_is_named(folder: Path) -> None:
    """It is still shown to learners."""
    front = "---\ntitle: t\nminutes: 1\ntranslated_from: 0000000000000000\n---\n"
    (folder / MODULE / "bn").mkdir()
    text = (folder / LESSON).read_text(encoding="utf-8").split("---\n", 2)[2]
    known = {name: key for name, key in command.fingerprints(load(folder)).items() if name == LESSON}
    front = front.replace("0000000000000000", known[LESSON][::-1])
    (folder / MODULE / "bn" / "choosing.md").write_text(front + text, encoding="utf-8")
    load.cache_clear()
    assert any("has changed since it was translated" in text for text in lessons.remarks(load(folder)))


@pytest.mark.parametrize(
    ("file", "text", "remark"),
    [
        (LESSON, "That is a threat: a possible harmful event.", "the page holds a key or a reason"),
        (QUIZ, None, "the learner's copy holds a key or a reason"),
    ],
)
def test_what_learners_fetch_holds_no_reason(folder: Path, file: str, text: str | None, remark: str) -> None:
    """A reason of a graded question that stands in a lesson, or in a stem, is found; nothing is without."""
    assert list(learners_copy.remarks(load(folder))) == []
    if text:
        spoil(folder, file, "\n## ", f"\n{text}\n\n## ")
    else:
        spoil(folder, file, "Which of these are vulnerabilities", "That is a threat: a possible harmful event. Which")
    load.cache_clear()
    assert any(remark in found for found in learners_copy.remarks(load(folder)))


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("raise ValueError('gone')", "it does not start: ValueError: gone"),
        ("pass", "it shows nothing"),
        ("import ipywidgets\nipywidgets.Textarea()", "people can type into it or upload: Textarea"),
        ("import ipywidgets\nipywidgets.Button()\nopen('kept.txt', 'w').write('x')", "it writes files"),
    ],
)
def test_simulations_that_must_not_be_shown(folder: Path, code: str, remark: str) -> None:
    """One that does not start, shows nothing, lets people type, or leaves something behind."""
    launch(folder, code)
    assert [text for text in simulations.remarks(load(folder)) if remark in text]


def test_a_lesson_names_a_simulation_that_is_there(folder: Path) -> None:
    """Otherwise its file is named."""
    (folder / LAUNCHER).unlink()
    assert list(simulations.remarks(load(folder))) == [f"{FIRST}: interactive: there is no {LAUNCHER}"]


def test_reading_ease_is_the_published_formula() -> None:
    """Two sentences of four words with one syllable each: 0.39 * 4 + 11.8 * 1 - 15.59."""
    assert grade("The cat sat down. The dog ran off.") == pytest.approx(0.39 * 4 + 11.8 - 15.59)
    assert grade("") == 0.0
    assert longest_sentence("এক দুই তিন। চার পাঁচ।") == 3
