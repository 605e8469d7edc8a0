"""Any nbgrader course folder: its own configuration, read as nbgrader reads it, and where its files lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from nbgrader.converters.autograde import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader
from traitlets.utils.importstring import import_item

from academy.errors import BadInput

__all__ = ["Course", "open_course"]

_CONFIG = "nbgrader_config.py"


@dataclass(frozen=True, slots=True)
class Course:
    """A course folder with an assignment in it."""

    root: Path
    assignment: str
    config: Config
    directory: CourseDirectory
    converter: Autograde
    """nbgrader's own, for its settings and its way of finding files; it converts nothing here."""

    def submitted(self, student: str) -> Path:
        """Return the folder of a collected submission."""
        return Path(self.directory.format_path(self.directory.submitted_directory, student, self.assignment))

    def autograded(self, student: str) -> Path:
        """Return the folder of a marked submission."""
        return Path(self.directory.format_path(self.directory.autograded_directory, student, self.assignment))

    def source(self) -> Path:
        """Return the folder of the instructor's version."""
        return Path(self.directory.format_path(self.directory.source_directory, ".", self.assignment))

    def released(self) -> Path:
        """Return the folder of what learners got."""
        return Path(self.directory.format_path(self.directory.release_directory, ".", self.assignment))

    def wants_all(self) -> bool:
        """Tell whether the settings ask for every notebook, as they mostly do."""
        return bool(self.directory.notebook_id == "*")

    def wants(self, notebook: str) -> bool:
        """Tell whether the settings ask for a notebook, by its name: ``notebook_id`` is a pattern."""
        return fnmatchcase(notebook, str(self.directory.notebook_id))

    def make(self, preprocessors: Sequence[Any]) -> list[Any]:
        """Return preprocessors, which are given as classes or their names, made with the course's settings."""
        kinds = [import_item(kind) if isinstance(kind, str) else kind for kind in preprocessors]
        return [kind(config=self.config) for kind in kinds]


def open_course(root: Path, assignment: str, *, student: str = "*", options: Config | None = None) -> Course:
    """Open a course folder. Its ``nbgrader_config.py`` is the instructor's and is executed.

    Raises ``BadInput`` where there is no such folder.
    """
    if not root.is_dir():
        message = f"There is no course folder {root}."
        raise BadInput(message, code="no-course", field="course-dir")
    config = _configuration(root.resolve())
    config.merge(options or Config())
    directory = CourseDirectory(config=config, assignment_id=assignment, student_id=student)
    return Course(
        root=Path(directory.root),
        assignment=assignment,
        config=config,
        directory=directory,
        converter=Autograde(coursedir=directory, config=config),
    )


def _configuration(root: Path) -> Config:
    config = Config()
    for folder in (*reversed(jupyter_config_path()), str(root)):
        if (Path(folder) / _CONFIG).is_file():
            config.merge(PyFileConfigLoader(_CONFIG, path=folder).load_config())
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root)
    return config
