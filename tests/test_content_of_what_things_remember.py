"""The module "What phones, photos and files remember": what is special to it, beside what all modules promise."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from academy.content import catalogue
from academy.content.questions import Essay, Question, question_adapter
from academy.interactive.documents import data as documents
from academy.interactive.documents.model import cleaned
from academy.interactive.documents.model import look as look_inside
from academy.interactive.phones import data as phones
from academy.interactive.photos import data as photos
from academy.interactive.photos.model import compare, hidden, position, stripped
from academy.interactive.records import data as records
from academy.interactive.records.model import counts

ROOT = Path(__file__).parents[1]
SLUG = "what-things-remember"
MODULE = ROOT / "modules" / SLUG
MANIFEST = yaml.safe_load((MODULE / "module.yml").read_text(encoding="utf-8"))
LESSONS: list[str] = MANIFEST["lessons"]
APPS = {
    "what-a-photo-remembers": "photo-lab",
    "what-a-file-remembers": "file-lab",
    "a-phone-that-is-shared": "phone-lab",
    "which-records-to-keep": "file-lab",
}
PHOTO = photos.load()
PAPERS = documents.load()

_TWIN = re.compile(r"^::::\{twin\}\n(.*?)^::::$", re.MULTILINE | re.DOTALL)


@cache
def text_of(lesson: str) -> str:
    """Return a lesson's text without its front matter."""
    return (MODULE / "en" / f"{lesson}.md").read_text(encoding="utf-8").split("---\n", 2)[2]


def twin_of(lesson: str) -> str:
    """Return a lesson's low-data twin."""
    (twin,) = _TWIN.findall(text_of(lesson))
    return twin


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of all table rows."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


@cache
def graded() -> dict[str, Question]:
    """Return the questions of the assessment by id."""
    file = ROOT / "assessments" / SLUG / "en" / "quiz.yml"
    items = yaml.safe_load(file.read_text(encoding="utf-8"))["items"]
    return {item["id"]: question_adapter.validate_python(item) for item in items}


def test_five_lessons_take_seventy_five_minutes_and_four_of_them_open_a_lab() -> None:
    """The minutes add up, and each lab belongs to its lesson."""
    loaded = catalogue.load(ROOT).module(SLUG)

    assert [lesson.slug for lesson in loaded.lessons] == LESSONS
    assert sum(lesson.minutes for lesson in loaded.lessons) == MANIFEST["minutes"] == 75
    assert {lesson.slug: lesson.interactive for lesson in loaded.lessons if lesson.interactive} == APPS


@pytest.mark.parametrize(
    ("name", "kind", "objective", "points", "key"),
    [
        ("DS5.1", "numeric", "O1", 1, 15.0123),
        ("DS5.2", "multi", "O1", 1, {"sign", "Faces", "account"}),
        ("DS5.3", "order", "O1", 1, ["Ask", "Copy", "Lock", "working", "second", "Share"]),
        ("DS5.4", "scenario", "O2", 2, {"what he looks at"}),
        ("DS5.5", "single", "O4", 1, {"moves data inside itself"}),
        ("DS5.6", "single", "O3", 1, {"encrypted copy elsewhere"}),
        ("DS5.7", "multi", "O3", 1, {"identity number", "Religion", "children"}),
        ("DS5.8", "short", "O1", 1, "exif"),
    ],
)
def test_every_item_is_there_with_its_key_and_points(
    name: str, kind: str, objective: str, points: float, key: Any
) -> None:
    """Eight items, their objectives, their points and what is right."""
    question = graded()[name]
    dumped = question.model_dump()

    assert (dumped["type"], dumped["obj"], dumped["points"]) == (kind, objective, points)
    if isinstance(key, float):
        assert (dumped["answer"], dumped["tol"]) == (key, 0.0005)
    elif isinstance(key, str):
        assert key in dumped["accept"]
    elif isinstance(key, list):
        texts = {item["id"]: item["text"] for item in dumped["items"]}
        assert all(word in texts[step] for word, step in zip(key, dumped["answer"], strict=True))
    else:
        right = [o["text"] for o in dumped["options"] if o.get("ok") or o.get("score") == 2]
        assert len(right) == len(key)
        assert all(any(word in text for text in right) for word in key)


def test_both_written_tasks_are_there_and_one_may_be_left_out() -> None:
    """20 and 8 points; without the second and without the question about the home, one still passes."""
    tasks = {name: question for name, question in graded().items() if isinstance(question, Essay)}
    points = sum(question.points for question in graded().values())

    assert {name: task.points for name, task in tasks.items()} == {"DS5-A": 20, "DS5-B": 8}
    assert all("RWN story only" in task.stem for task in tasks.values())
    assert (points - 8 - 2) / points > catalogue.load(ROOT).course("digital-security").pass_rule.assessments


def test_the_photo_of_the_lesson_is_the_photo_of_the_lab() -> None:
    """Every field stands in the twin as it stands in the file, and sizes and fingerprints are the real ones."""
    rows = rows_of(twin_of("what-a-photo-remembers"))
    result = compare(PHOTO.photo, stripped(PHOTO.photo))

    for field in hidden(PHOTO.photo):
        assert [PHOTO.labels[field.id], field.value] in rows
    assert ["Size in bytes", *(f"{size:,}" for size in result.sizes)] in rows
    assert ["Pieces of hidden data", *map(str, result.fields)] in rows
    assert all(f"`{begins[:12]}`" in twin_of("what-a-photo-remembers") for begins in result.fingerprints)
    assert result.same_picture


def test_what_is_left_in_the_lesson_is_what_is_left_in_the_lab() -> None:
    """The same eight numbers, and the same six of them tell; every card to guess stands there, too."""
    twin = twin_of("what-a-photo-remembers")
    told = re.findall(r"^(\d)\. (.+): \*\*(yes|no)\.\*\*", twin, re.MULTILINE)

    assert told == [(str(t.number), t.card.text, "yes" if t.card.true else "no") for t in PHOTO.things]
    assert sum(thing.card.true for thing in PHOTO.things) == 6
    assert "Six of the eight still tell something." in twin
    assert all(f"- {card.text}\n" in twin for card in PHOTO.cards)


def test_the_practised_number_is_the_other_half_of_the_graded_one() -> None:
    """Longitude is practised and latitude is graded; both are those of the sample photo."""
    spot = position(PHOTO.photo)
    practice = re.search(r"^answer: ([\d.]+)$", text_of(LESSONS[0]), re.MULTILINE)

    assert spot is not None
    assert practice is not None
    assert float(practice[1]) == round(spot.east.decimal, 4)
    assert graded()["DS5.1"].model_dump()["answer"] == round(spot.north.decimal, 4)


def test_the_files_of_the_lesson_are_the_files_of_the_lab() -> None:
    """Every finding, every line of the page and every size stands in the twin as it is in the file."""
    twin = twin_of("what-a-file-remembers")
    rows = rows_of(twin)

    for paper in PAPERS.papers:
        seen = look_inside(paper.data)
        copy = cleaned(paper.data)
        assert all([PAPERS.labels[finding.id], finding.value] in rows for finding in seen.findings)
        assert all(f"> {line}\n" in twin for line in seen.seen)
        assert not look_inside(copy).findings
        assert [paper.name, f"{len(paper.data):,}", f"{len(copy):,}"] in rows
    assert all(f"- {card.text}\n" in twin for card in PAPERS.papers[0].cards)


def test_the_records_of_the_lesson_are_the_records_of_the_lab() -> None:
    """Twenty records, each with its decisions and its reasons; the piles are counted right."""
    twin = twin_of("which-records-to-keep")
    held = records.load()

    for record in held:
        decisions = "".join(f", or {other}" for other in record.also)
        assert f"- {record.id}: {record.text}\n" in twin
        assert (
            f"- **{record.id}: {record.best}{decisions}.** {record.why} *What for:* {record.purpose}. "
            f"*At risk:* {record.at_risk}. *Copies:* {record.copies}.\n"
        ) in twin
    for decision, number in counts(held).items():
        assert [decision.capitalize(), str(number)] in rows_of(twin)


def test_the_homes_of_the_lesson_are_the_homes_of_the_lab() -> None:
    """All eight arrangements with what they protect; and each remark is the lab's, with its warning."""
    story = phones.load()
    text = text_of("a-phone-that-is-shared")
    by_name = {"The office device": 0, "A second user": 1, "A hidden app": 3, "Clearing": 4, "Code words": 5}

    for one in story.arrangements:
        words = [word[0].lower() + word[1:] for word in (one.protects, one.seen, one.cost)]
        told = "- **{}.** Protects: {}. Who would notice: {}. What could follow: {}.\n".format(one.text, *words)
        assert told in text
    names = "|".join(by_name)
    for name, care, said in re.findall(rf"^- ({names}): (\*\*Take care\.\*\* )?(.+)$", text, re.MULTILINE):
        (remark,) = [one for one in story.arrangements[by_name[name]].remarks.values() if one.text == said]
        assert remark.care == bool(care), name
    for name, number in list(by_name.items())[:4]:
        assert all(f"{remark.text}\n" in text for remark in story.arrangements[number].remarks.values()), name
    for voice in story.homes[0].voices:
        assert f"- **{voice.name}:** {voice.words}\n" in text


def test_the_home_that_may_distress_is_announced_and_can_be_skipped() -> None:
    """A way around stands before the first word about it, in the module, the lesson and the assessment."""
    text = text_of("a-phone-that-is-shared")
    section = text.split("## When somebody at home frightens her\n", 1)[1]
    assessment = (ROOT / "assessments" / SLUG / "assessment.yml").read_text(encoding="utf-8")

    assert section.lstrip().startswith(":::{caution}\n**Before you read on.**")
    assert section.index("support organisation") < section.index("## What to keep")
    assert "you can skip it" in text.split("## Four homes", 1)[0]
    assert "husband" in MANIFEST["content_note"]["en"]
    assert "still pass" in assessment


def test_nobody_is_asked_for_her_own_photo_or_file() -> None:
    """The lessons say so, and what an app does is told as reported, not as a promise."""
    assert "Please use no photo of your own" in text_of("what-a-photo-remembers")
    assert "no lasting promise" in text_of("what-a-photo-remembers")
    assert "must be checked for each phone" in text_of("gone-or-still-there")
