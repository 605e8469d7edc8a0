"""The one place that knows nbgrader: plain functions, plain data in and out, run in a process of their own.

nbgrader is heavy and changes the working directory, so nothing outside ``academy.grading.worker`` calls this package
inside the web service. Every function may be run again after a kill: it ends in the same state.
"""

from __future__ import annotations

from academy.grading.bridge.exchange import collect, deliver, deliver_all, release, student_notebook
from academy.grading.bridge.feedback import release_feedback
from academy.grading.bridge.folder import add_students, prepare_course
from academy.grading.bridge.marking import autograde
from academy.grading.gradebook import scores

__all__ = [
    "add_students",
    "autograde",
    "collect",
    "deliver",
    "deliver_all",
    "prepare_course",
    "release",
    "release_feedback",
    "scores",
    "student_notebook",
]
