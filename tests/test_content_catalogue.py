"""Reading content: what is in the sample, and one sentence with file and field for everything that is malformed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from academy.content.catalogue import load
from academy.content.model import Box, Figure, Practice, Prose, Twin
from academy.errors import ContentError, NotFound
from tests.content_samples import SAMPLE, catalogue

ROOT = Path(__file__).parents[1]
MALFORMED = yaml.safe_load((SAMPLE / "malformed.yml").read_text(encoding="utf-8"))
LESSON = "modules/sample/en/everything.md"
QUIZ = "assessments/sample/en/quiz.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the sample content to a folder that a test may spoil; English only, to keep messages about one file."""
    shutil.copytree(SAMPLE, tmp_path / "content")
    shutil.rmtree(tmp_path / "content/modules/sample/bn")
    shutil.rmtree(tmp_path / "content/assessments/sample/bn")
    return tmp_path / "content"


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Replace text in a file of the copy."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def problem(folder: Path) -> str:
    """Return the one sentence about what is malformed."""
    with pytest.raises(ContentError) as caught:
        load(folder)
    return caught.value.message


# --- what is there ---


def test_a_course_counts_its_weeks_through_all_parts() -> None:
    """Weeks have numbers from 1, whatever part they stand in; a week may hold nothing."""
    course = catalogue().course("sample")
    assert [(part.slug, [week.number for week in part.weeks]) for part in course.parts] == [
        ("first", [1]),
        ("second", [2, 3]),
    ]
    assert (course.modules, course.assessments) == (("sample",), ("sample",))
    assert course.week_of("sample").number == 2
    assert (course.pass_rule.modules, course.pass_rule.assessments) == (1.0, 0.5)


def test_texts_fall_back_to_english() -> None:
    """A title is called with a language; what is not translated is in English."""
    course = catalogue().course("sample")
    assert (course.title("bn"), course.title("ar"), str(course.title)) == (
        "একটি নমুনা কোর্স",
        "A sample course",
        "A sample course",
    )
    assert catalogue().module("sample").objectives("ar")[1] == "Answer one question."


def test_a_lesson_is_cut_into_sections_in_reading_order() -> None:
    """Text runs on until a practice question or the twin; sources come last."""
    lesson = catalogue().module("sample").lesson("everything")
    assert [section.kind for section in lesson.sections] == ["text", "practice", "twin", "text"]
    assert list(lesson.practice) == ["P1"]
    assert lesson.interactive == "sample-app"
    assert 'data-question="P1"' in lesson.html
    assert lesson.weight == sum(len(section.html.encode()) for section in lesson.sections) > 1000


def test_sources_are_numbered_by_first_mention() -> None:
    """The first source that the text names is number 1, wherever it stands in module.yml."""
    lesson = catalogue().module("sample").lesson("everything")
    assert [source.key for source in lesson.cited] == ["RIVER-2", "RIVER-1"]
    assert '<a class="source" href="#source-1" aria-label="Source 1">[1]</a>' in lesson.sections[0].html
    assert '<li id="source-2" dir="auto">River Women' in lesson.sections[-1].html


def test_directives_become_boxes_with_words() -> None:
    """Each directive is shown with its name in words, so that nothing depends on colour."""
    html = "".join(section.html for section in catalogue().module("sample").lesson("everything").sections)
    for words in ("Good to know", "Take care", "If you work in an NHRI", "To keep", "Think about it"):
        assert f'<p class="box-title">{words}</p>' in html
    assert "<textarea" not in html.split("Think about it")[1]


def test_a_figure_has_a_text_alternative_and_a_description() -> None:
    """The picture stands in the page itself, named for screen readers, its ids made unique, its description shown."""
    twin = catalogue().module("sample").lesson("everything").sections[2].html
    assert '<svg role="img" aria-label="A bridge &#34;over&#34; the river"' in twin
    assert 'id="bridge-half"' in twin
    assert "url(#bridge-half)" in twin
    assert "The bridge has one arch" in twin


def test_a_table_keeps_numbers_right_without_inline_style() -> None:
    """Columns of numbers have a class; the page's policy allows no style attributes."""
    html = catalogue().module("sample").lesson("everything").sections[0].html
    assert '<td dir="auto" class="number">15</td>' in html
    assert "style=" not in html


def test_blocks_keep_the_structure_of_the_text() -> None:
    """The parsed text is a tree of prose, figures, boxes, the twin and practice questions."""
    blocks = catalogue().module("sample").lesson("everything").blocks
    assert [type(block) for block in blocks] == [Prose, Box, Box, Box, Practice, Twin, Box, Box]
    twin = blocks[5]
    assert isinstance(twin, Twin)
    assert [type(block) for block in twin.blocks] == [Prose, Figure, Box]


def test_translations_take_the_place_of_english_lessons() -> None:
    """A translated lesson is shown in its language, the others in English; it knows whether it is stale."""
    module = catalogue().module("sample", "bn")
    assert [(lesson.slug, lesson.language, lesson.stale) for lesson in module.lessons] == [
        ("everything", "en", False),
        ("short", "bn", False),
    ]
    assert catalogue().assessment("sample", "bn").question("S.numeric").stem == "কত বিট?"
    assert catalogue().assessment("sample", "ar").language == "en"


def test_points_of_the_assessment_override_those_of_questions() -> None:
    """``points`` in assessment.yml counts; the assessment knows its total."""
    assessment = catalogue().assessment("sample")
    assert assessment.question("S.multi").points == 3
    assert assessment.points == 1 + 3 + 2 + 1 + 1 + 1 + 1 + 1 + 8


def test_what_is_not_there_is_not_found() -> None:
    """Unknown slugs raise ``NotFound``."""
    for look in (catalogue().course, catalogue().module, catalogue().assessment):
        with pytest.raises(NotFound):
            look("nowhere")
    with pytest.raises(NotFound):
        catalogue().module("sample").lesson("nowhere")


def test_an_empty_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    """Content may come later."""
    assert not load(tmp_path).courses


def test_the_catalogue_is_read_once() -> None:
    """The same folder gives the same catalogue without reading again."""
    assert load(SAMPLE) is load(Path(str(SAMPLE)))


def test_the_content_of_the_repository_loads() -> None:
    """What is served by default parses."""
    assert load(ROOT).courses


# --- what is refused ---


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: f"{case['file']}-{case['message']}")
def test_a_malformed_file_is_refused_by_place(folder: Path, case: dict[str, str]) -> None:
    """The sentence names the file and the field or line where an author looks, and is one line."""
    spoil(folder, case["file"], case["old"], case["new"])
    found = problem(folder)
    assert found.startswith(f"{case['file']}: {case['message']}")
    assert "\n" not in found


def test_a_lesson_that_is_not_listed_is_refused(folder: Path) -> None:
    """A file that nobody would ever see is an error, and so is a listed lesson that is missing."""
    (folder / "modules/sample/en/extra.md").write_text("---\ntitle: Extra\nminutes: 1\n---\n", encoding="utf-8")
    assert problem(folder) == "modules/sample/en/extra.md: module.yml does not list this lesson"
    (folder / "modules/sample/en/extra.md").unlink()
    (folder / "modules/sample/en/short.md").unlink()
    load.cache_clear()
    assert problem(folder) == "modules/sample/en/short.md: the file is missing"


def test_a_translated_quiz_keeps_ids_points_and_keys(folder: Path) -> None:
    """A translation changes words, never which option is right."""
    shutil.copytree(folder / "assessments/sample/en", folder / "assessments/sample/bn")
    spoil(folder, "assessments/sample/bn/quiz.yml", "score: 2", "score: 1")
    spoil(folder, "assessments/sample/bn/quiz.yml", 'score: 1, text: "Report', 'score: 2, text: "Report')
    assert problem(folder).startswith("assessments/sample/bn/quiz.yml: the ids, types, points and keys must be those")


def test_a_practice_question_stands_once_in_its_lesson(folder: Path) -> None:
    """Two practice questions with the same id in one lesson are refused."""
    text = (folder / LESSON).read_text(encoding="utf-8")
    begin = text.index(":::{practice}")
    twice = text[begin : text.index("::::{twin}")]
    (folder / LESSON).write_text(text.replace(twice, twice + twice), encoding="utf-8")
    assert problem(folder) == f"{LESSON}: the practice question P1 stands twice"


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    """A file in another encoding is named."""
    (folder / QUIZ).write_bytes(b"items: \xff\xfe")
    assert problem(folder) == f"{QUIZ}: the file is not UTF-8 text"


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "items: 5", "!!python/object:os.system {}", "a: &a [*a]", "{" * 5000]
)
def test_a_file_of_another_shape_is_refused(folder: Path, text: str) -> None:
    """Whatever stands in a quiz, loading it is one sentence and nothing is run."""
    (folder / QUIZ).write_text(text, encoding="utf-8")
    assert problem(folder).startswith(f"{QUIZ}: ")
