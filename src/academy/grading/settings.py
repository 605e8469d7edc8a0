"""nbgrader's settings for a course folder: one function, used by the bridge and by the folder's own configuration file.

So ``nbgrader list``, ``collect``, ``autograde`` and formgrader, started in the folder, behave as they do through us.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from academy.content.notebook import CODE_STUB, ESSAY_STUB
from academy.content.notebook_file import LARGEST_FILE
from academy.grading.model import CourseFolder

__all__ = ["AUTOGRADE", "FEEDBACK", "GENERATE", "course_settings", "settings_file"]

SANITIZE = (
    "academy.grading.bridge.preprocessors.TakeAnswers",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
)
"""nbgrader's own list, begun with a notebook in which nothing but the answers comes from the submission."""

AUTOGRADE = (
    "academy.grading.bridge.preprocessors.ScoreQuestions",
    "academy.grading.bridge.preprocessors.ExecuteConfined",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "academy.grading.bridge.preprocessors.LeaveToAPerson",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)
"""nbgrader's own list, with the scoring of answers and confined execution in the place where it would just execute."""

GENERATE = (
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "academy.grading.bridge.clearing.ClearAnswers",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
)
"""nbgrader's own list, with a stub for code that is not the stub for answers; and no tests made by running code."""

FEEDBACK = (
    "academy.grading.bridge.showing.HideWhatHiddenTestsSaid",
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
)
"""nbgrader's own list; hidden tests and all that they have said leave before the page is written."""

TEMPLATES = Path(__file__).parent / "templates"


def course_settings(c: Any, course: CourseFolder) -> None:
    """Set everything that nbgrader needs to know about ``course`` on the traitlets configuration ``c``."""
    _places(c, course)
    _limits(c)
    _marking(c, course)
    _pages(c)


def _places(c: Any, course: CourseFolder) -> None:
    c.CourseDirectory.course_id = course.course_id
    c.CourseDirectory.root = str(course.root)
    c.Exchange.root = str(course.exchange)
    c.Exchange.timezone = "UTC"
    c.ExchangeCollect.check_owner = False  # the service hands in for the person who is signed in


def _limits(c: Any) -> None:
    c.CourseDirectory.max_file_size = LARGEST_FILE // 1000  # nbgrader counts in kilobytes
    c.CourseDirectory.max_dir_size = 10 * LARGEST_FILE // 1000
    c.LimitOutput.max_lines = 500
    c.LimitOutput.max_traceback = 50
    c.ExecutePreprocessor.timeout = 30  # seconds for a cell
    c.ExecutePreprocessor.iopub_timeout = 10
    c.ExecutePreprocessor.allow_errors = True


def _marking(c: Any, course: CourseFolder) -> None:
    c.GenerateAssignment.preprocessors = list(GENERATE)
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = ESSAY_STUB
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.sanitize_preprocessors = list(SANITIZE)
    c.TakeAnswers.released = str(course.root / "release")
    c.Autograde.autograde_preprocessors = list(AUTOGRADE)
    c.ScoreQuestions.keys = str(course.keys)


def _pages(c: Any) -> None:
    c.GenerateFeedback.preprocessors = list(FEEDBACK)
    stock = _formgrader_templates()
    c.HTMLExporter.preprocessors = ["academy.grading.bridge.showing.ShowHarmlessly"]  # in formgrader and in feedback
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), *stock]
    c.HTMLExporter.filters = {"markdown2html": "academy.content.render.markdown_html"}
    c.HTMLExporter.raw_mimetypes = ["none"]  # raw cells are shown nowhere: their text would reach the page as it is
    c.HTMLExporter.mathjax_url = ""
    c.HTMLExporter.require_js_url = ""
    c.HTMLExporter.jquery_url = ""


def _formgrader_templates() -> list[str]:
    """Return nbgrader's own template folder; found without importing nbgrader, which takes a second."""
    from importlib.util import find_spec  # noqa: PLC0415

    spec = find_spec("nbgrader")
    folders = spec.submodule_search_locations if spec and spec.submodule_search_locations else []
    return [str(Path(folder) / "server_extensions" / "formgrader" / "templates") for folder in folders]


def settings_file(course: CourseFolder) -> str:
    """Return the text of the folder's ``nbgrader_config.py``."""
    return f'''"""nbgrader's settings of this course. The academy writes this file anew whenever it works here."""

from pathlib import Path

from academy.content.notebook import CODE_STUB, ESSAY_STUB
from academy.grading.model import CourseFolder
from academy.grading.settings import course_settings

c = get_config()
course_settings(
    c,
    CourseFolder(root=Path(__file__).parent, course_id={course.course_id!r}, exchange=Path({str(course.exchange)!r})),
)
'''
