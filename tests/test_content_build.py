"""Builds: the same bytes each time, equal to the golden files, notebooks that stand on their own.

``ACCEPT_GOLDEN=1 pytest tests/test_content_build.py`` takes what is built now as the new golden files.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from academy.content.build import build, build_lesson
from academy.content.questions import Essay
from academy.content.render import feedback_html, practice_feedback_html, question_html
from academy.content.scoring import answer_key, score
from tests.content_samples import GOLDEN, SAMPLE, catalogue, questions

ACCEPT = os.environ.get("ACCEPT_GOLDEN") == "1"


def make_everything(out: Path) -> None:
    """Build the sample's notebooks, and its lessons and questions as HTML."""
    build(SAMPLE, out)
    pages = {
        f"lesson-{lesson.slug}-{lesson.language}": "\n".join(section.html for section in lesson.sections)
        for language in ("en", "bn")
        for lesson in catalogue().module("sample", language).lessons
    }
    for asked in questions():
        answer = "A plan" if isinstance(asked, Essay) else answer_key(asked)
        shown = [
            question_html(asked, number=1),
            question_html(asked, answer=answer, seed="salma", problem="Look again."),
            feedback_html(asked, answer, score(asked, answer).points, "Thank *you*."),
        ]
        if not isinstance(asked, Essay):
            shown.append(practice_feedback_html(asked, answer))
        pages[f"question-{asked.type}-{asked.id}"] = "\n".join(shown)
    (out / "pages").mkdir()
    for name, html in pages.items():
        (out / "pages" / f"{name}.html").write_text(html + "\n", encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_what_is_built_equals_the_golden_files(tmp_path: Path) -> None:
    """A change of what is built is seen, and taken only on purpose."""
    make_everything(tmp_path / "out")
    if ACCEPT:
        shutil.rmtree(GOLDEN, ignore_errors=True)
        shutil.copytree(tmp_path / "out", GOLDEN)
    assert files(tmp_path / "out") == files(GOLDEN)


def test_a_build_in_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a build depends on the process, its hash seed or its locale."""
    code = (
        f"from pathlib import Path; from academy.content.build import build; build(Path({str(SAMPLE)!r}), Path('out'))"
    )
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", code], cwd=folder, check=True, env={"PYTHONHASHSEED": seed, "LC_ALL": "C"}
        )
    assert files(tmp_path / "1") == files(tmp_path / "2") != {}


def test_building_again_changes_nothing(tmp_path: Path) -> None:
    """Building into the same folder is harmless, and the paths are returned."""
    first = build(SAMPLE, tmp_path)
    before = files(tmp_path)
    assert build(SAMPLE, tmp_path) == first
    assert files(tmp_path) == before
    assert (tmp_path / "assessments/sample/sample.ipynb") in first
    assert (tmp_path / "lessons/sample/bn/short.ipynb") in first


def test_notebooks_are_valid_and_name_their_kernel(tmp_path: Path) -> None:
    """Each notebook is valid, its cell ids are unique, and its kernel is python3."""
    for path in build(SAMPLE, tmp_path):
        nb = nbformat.read(path, as_version=4)
        nbformat.validate(nb)
        assert nb.metadata.kernelspec.name == "python3"
        assert len({cell.id for cell in nb.cells}) == len(nb.cells)


def test_a_lesson_notebook_holds_the_text_and_no_keys() -> None:
    """Every passage is there, sources by number, practice questions without their reasons, the picture inside."""
    nb = build_lesson(catalogue().module("sample").lesson("everything"))
    text = "\n".join(cell.source for cell in nb.cells)
    for passage in (
        "# Everything once",
        "**Take care**",
        "[1]",
        "1. River Women's Network, Letter",
        "Inside the twin.",
    ):
        assert passage in text
    assert "the name stands at the end" not in json.dumps(nb)
    assert "[@" not in text
    picture = next(cell for cell in nb.cells if "attachments" in cell).attachments["bridge.svg"]["image/svg+xml"]
    assert b"<svg" in base64.b64decode(picture)
    assert {cell.cell_type for cell in nb.cells} == {"markdown"}
