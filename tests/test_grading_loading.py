"""nbgrader is loaded without what marking never needs, and whoever needs more of it gets it all the same."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "jupyter_server",
    "nbgrader.apps",
    "nbconvert.exporters.html",
    "mistune",
    "bs4",
    "bleach",
    "rfc3987_syntax.syntax",
)


def run(code: str) -> str:
    """Run code in a process of its own, where nothing is imported yet, and return what it prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_marking_loads_neither_a_web_server_nor_what_writes_html() -> None:
    """Loading is a large part of the time that marking takes."""
    code = f"import academy.grading.bridge.marking, sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert run(code) == "[]"


def test_what_a_package_holds_can_still_be_had() -> None:
    """Its code is run when it is asked for: feedback is written in the same process as marking."""
    code = """
import academy.grading.bridge.marking
import nbconvert, nbgrader
from nbconvert import HTMLExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import GetGrades
print(HTMLExporter.__name__, GenerateFeedback.__name__, GetGrades.__name__)
print(nbgrader.__version__ > "0", nbconvert.__version__ > "0", nbgrader._jupyter_server_extension_points()[0]["module"])
print(len(nbconvert.__all__) > 20, hasattr(nbconvert, "nothing_of_the_kind"))
"""
    assert run(code).split() == [
        "HTMLExporter",
        "GenerateFeedback",
        "GetGrades",
        "True",
        "True",
        "nbgrader",
        "True",
        "False",
    ]


def test_a_class_is_the_same_however_it_was_reached() -> None:
    """A package whose code runs later takes over the modules that were imported before."""
    code = """
import academy.grading.bridge.loading
from nbconvert.exporters import NotebookExporter as first
import nbconvert
print(nbconvert.NotebookExporter is first, nbconvert.get_exporter("notebook") is first)
"""
    assert run(code) == "True True"
