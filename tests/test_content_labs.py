"""Labs: a file in percent format to an nbgrader notebook, and one sentence with file and line for what is malformed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jupytext
import nbformat
import pytest

from academy.content.build import build, build_assessment
from academy.content.catalogue import load
from academy.errors import ContentError
from tests.conftest import ROOT
from tests.content_samples import SAMPLE

LAB = "assessments/lab/en/lab.py"
ABOUT = "assessments/lab/assessment.yml"
QUIZ = "assessments/sample/en/quiz.yml"
REAL = ROOT / "assessments/mail-headers-lab"
SETTINGS = """title: {en: "Count"}
intro: {en: "Count the lines."}
module: sample
minutes: 10
attempts: null
due_days: null
"""
TEXT = """# %% [markdown]
# # Lines
#
# Write `lines`.

# %% nbgrader={"grade_id": "given", "locked": true}
from pathlib import Path

# %% nbgrader={"grade_id": "lines", "solution": true}
def lines(name):
    ### BEGIN SOLUTION
    return Path(name).read_text().count("\\n")
    ### END SOLUTION

# %% nbgrader={"grade_id": "lines-test", "grade": true, "locked": true, "points": 2}
assert lines("words.txt") == 3
### BEGIN HIDDEN TESTS
assert lines("more.txt") == 2
### END HIDDEN TESTS
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the sample content and add a small lab, to be spoiled."""
    shutil.copytree(SAMPLE, tmp_path / "content")
    content = tmp_path / "content"
    (content / LAB).parent.mkdir(parents=True)
    (content / LAB).write_text(TEXT, encoding="utf-8")
    (content / ABOUT).write_text(SETTINGS, encoding="utf-8")
    (content / "assessments/lab/files").mkdir()
    (content / "assessments/lab/files/words.txt").write_text("a\nb\nc\n", encoding="utf-8")
    (content / "assessments/lab/files/more.txt").write_text("a\nb\n", encoding="utf-8")
    return content


def problem(folder: Path) -> str:
    """Return the one sentence about what is malformed."""
    with pytest.raises(ContentError) as caught:
        load(folder)
    return caught.value.message


def test_a_lab_may_stand_in_the_place_of_questions(folder: Path) -> None:
    """Its points are those of its tests, each known by the heading above it."""
    assessment = load(folder).assessment("lab")
    assert (assessment.questions, assessment.points) == ((), 2.0)
    assert assessment.lab is not None
    assert [(test.id, test.title, test.points) for test in assessment.lab.tests] == [("lines-test", "Lines", 2.0)]
    assert dict(assessment.lab.files) == {"more.txt": b"a\nb\n", "words.txt": b"a\nb\nc\n"}


def test_a_lab_may_stand_beside_questions(folder: Path) -> None:
    """Questions come first, the points of both are added up."""
    shutil.copytree(folder / "assessments/lab/en", folder / "assessments/sample/en", dirs_exist_ok=True)
    alone = load(SAMPLE).assessment("sample")
    both = load(folder).assessment("sample")
    assert both.points == alone.points + 2
    ids = [cell.id for cell in build_assessment(both).cells]
    assert ids == [cell.id for cell in build_assessment(alone).cells] + ["text-1", "given", "lines", "lines-test"]


def test_the_notebook_has_the_cells_that_jupytext_reads() -> None:
    """Texts, code and roles are those of the file, after a first cell with the title; ids come from the file."""
    nb = build_assessment(load(ROOT).assessment("mail-headers-lab"))
    read = jupytext.read(REAL / "en/lab.py")
    assert [(cell.cell_type, cell.source) for cell in nb.cells[1:]] == [
        (cell.cell_type, cell.source) for cell in read.cells
    ]
    roles = [dict(cell.metadata.nbgrader) for cell in nb.cells[1:] if "nbgrader" in cell.metadata]
    assert roles == [dict(cell.metadata.nbgrader) for cell in read.cells if "nbgrader" in cell.metadata]
    assert [cell.id for cell in nb.cells if cell.cell_type == "code"] == [role["grade_id"] for role in roles]
    nbformat.validate(nb)


def test_the_same_lab_gives_the_same_bytes_and_its_files_lie_beside_it(folder: Path, tmp_path: Path) -> None:
    """Nothing in a build is made at random."""
    built = [{file.name: file.read_bytes() for file in (tmp_path / name / "assessments/lab").iterdir()}
             for name in ("one", "two") if build(folder, tmp_path / name)]  # fmt: skip
    assert built[0] == built[1]
    assert sorted(built[0]) == ["lab.ipynb", "more.txt", "words.txt"]
    assert "lines-test" in [cell["id"] for cell in json.loads(built[0]["lab.ipynb"])["cells"]]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# %% [markdown]", "a = 1\n# %% [markdown]", "line 1: this stands in no cell"),
        ("# %% [markdown]", "# %% [raw]", "line 1: a cell begins with"),
        ("# %% [markdown]", "# ---\n# title: x\n# ---\n# %% [markdown]", "line 1: the header holds jupyter"),
        ("# %% [markdown]", "# ---\n# %% [markdown]", "line 1: the header has no end"),
        ("# Write `lines`.", "Write `lines`.", "line 4: each line of text begins with # and a space"),
        (' nbgrader={"grade_id": "given", "locked": true}', "", "line 6: a cell of code needs nbgrader"),
        ('"locked": true}', '"locked": yes}', "line 6: nbgrader={…} is not JSON"),
        ('"grade_id": "given"', '"grade_id": "Given!"', "line 6: grade_id: String should match"),
        ('"locked": true}', '"locked": true, "colour": 1}', "line 6: colour: this key is not part of the format"),
        ('"grade": true, "locked": true, "points": 2', '"grade": true, "locked": true', "line 15: a cell is given"),
        ('"solution": true', '"solution": true, "points": 1', "line 9: a cell is given"),
        ('"grade_id": "given"', '"grade_id": "lines"', "line 9: lines stands twice"),
        ('"grade_id": "given"', '"grade_id": "start"', "line 6: start is the name of another cell"),
        ("def lines(name):", "def lines(name:", "line 10: this is not Python"),
        ("    ### BEGIN SOLUTION\n", "", "line 12: a mark of nbgrader that does not belong here"),
        ("    ### END SOLUTION\n", "", "line 11: a mark of nbgrader that has no end"),
        ("    ### BEGIN SOLUTION\n", "    ### BEGIN HIDDEN TESTS\n", "line 11: a mark of nbgrader that does not"),
        ("from pathlib", "### BEGIN SOLUTION\nfrom pathlib", "line 7: a mark of nbgrader that does not belong here"),
    ],
)
def test_what_is_malformed_is_said_with_file_and_line(folder: Path, old: str, new: str, said: str) -> None:
    """In one sentence."""
    assert old in TEXT
    (folder / LAB).write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    assert problem(folder).startswith(f"{LAB}: {said}")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ('# %% nbgrader={"grade_id": "lines"', '# %% nbgrader={"grade_id": "lines-test"', "there is no solution"),
        ('# %% nbgrader={"grade_id": "lines-test"', "", "there is no test"),
    ],
)  # fmt: skip
def test_a_lab_has_a_solution_and_a_test(folder: Path, first: str, last: str, said: str) -> None:
    """Without both there is nothing to mark."""
    start, end = TEXT.index(first), TEXT.index(last) if last else len(TEXT)
    (folder / LAB).write_text(TEXT[:start] + TEXT[end:], encoding="utf-8")
    assert problem(folder) == f"{LAB}: {said}"


@pytest.mark.parametrize("name", ["More Words.txt", "answers.ipynb", ".hidden", "folder/words.txt"])
def test_files_of_a_lab_are_plain_files_with_plain_names(folder: Path, name: str) -> None:
    """A notebook among them could take the place of the lab."""
    file = folder / "assessments/lab/files" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("x", encoding="utf-8")
    assert "a lab's files are plain files" in problem(folder)


def test_files_without_a_lab_are_refused(folder: Path) -> None:
    """Nobody would ever be given them."""
    shutil.copytree(folder / "assessments/lab/files", folder / "assessments/sample/files")
    assert problem(folder) == "assessments/sample/files: only a lab has files, and there is no en/lab.py"


def test_a_lab_in_another_language_is_refused_and_not_passed_over(folder: Path) -> None:
    """Notebooks are released in English."""
    shutil.copytree(folder / "assessments/lab/en", folder / "assessments/lab/bn")
    assert problem(folder) == "assessments/lab/bn/lab.py: a lab is written in English, as en/lab.py"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("nowhere/Q1", "there is no question nowhere/Q1"),
        ("sample/none", "there is no question sample/none"),
        ("lab/lines", "there is no question lab/lines"),
        ("sample/S.single", "the points are 2, those of S.single 1"),
    ],
)
def test_a_lab_takes_the_place_only_of_a_question_worth_the_same(folder: Path, place: str, said: str) -> None:
    """Or whoever takes the one would be worse off than whoever takes the other."""
    (folder / ABOUT).write_text(f"{SETTINGS}instead_of: {place}\n", encoding="utf-8")
    assert problem(folder) == f"{ABOUT}: instead_of: {said}"


def test_a_course_that_has_the_lab_has_the_question_too() -> None:
    """In ours, the lab of week 2 is worth what the written task is worth, and adds nothing to it."""
    content = load(ROOT)
    lab = content.assessment("mail-headers-lab")
    assert lab.instead_of == ("false-doors", "DS3-A")
    assert lab.points == content.assessment("false-doors").question("DS3-A").points
    assert lab.slug in content.course("digital-security").week_of("false-doors").assessments
