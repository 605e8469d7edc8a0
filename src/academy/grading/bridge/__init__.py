"""The one place that knows nbgrader: plain functions, plain data in and out, run in a process of their own.

nbgrader is heavy and changes the working directory, so nothing outside ``academy.grading.worker`` calls this package
inside the web service. Every function may be run again after a kill: it ends in the same state. A function's module is
loaded when it is first asked for: marking needs much less of nbgrader than the exchange does.
"""

from __future__ import annotations

import importlib
from typing import Any

import academy.grading.bridge.loading  # noqa: F401 - before any other module of this package, and so before nbgrader

_MODULES = {
    "add_students": "academy.grading.bridge.folder",
    "autograde": "academy.grading.bridge.cohort",
    "collect": "academy.grading.bridge.exchange",
    "deliver": "academy.grading.bridge.exchange",
    "deliver_all": "academy.grading.bridge.exchange",
    "prepare_course": "academy.grading.bridge.folder",
    "release": "academy.grading.bridge.exchange",
    "release_feedback": "academy.grading.bridge.feedback",
    "scores": "academy.grading.gradebook",
    "student_notebook": "academy.grading.bridge.exchange",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(importlib.import_module(_MODULES[name]), name)
