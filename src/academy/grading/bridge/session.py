"""One gradebook and one checked schema for all: nbgrader opens and checks both anew for every notebook and every step.

Inside ``one_gradebook`` nbgrader's preprocessors all get the same open gradebook, and what they call a commit becomes
part of the transaction of the submission: it is whole or it is not there.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import latesubmissions, overwritecells, overwritekernelspec, saveautogrades

__all__ = ["Book", "one_gradebook"]

_USERS: tuple[Any, ...] = (latesubmissions, overwritecells, overwritekernelspec, saveautogrades)
_SHORT, _MANY = 1_000, 10_000
"""Characters and number of the values that are remembered as valid: a submission's own may be of any size."""


class Book(Gradebook):
    """A gradebook that stays open and is saved only by ``save``."""

    def __init__(self, db_url: str, course_id: str) -> None:
        super().__init__(db_url, course_id)
        self._session: Any = self.db()
        self._session.expire_on_commit = False
        self._save = self._session.commit
        self._session.commit = _do_nothing  # nbgrader commits cell by cell
        self._instructors: dict[tuple[str, ...], Any] = {}
        self._submitted: dict[tuple[str, ...], Any] = {}

    def __exit__(self, *_: object) -> None:
        """Stay open."""

    def find_assignment(self, name: str) -> Any:
        """Return the assignment, asked for once."""
        return self._once(super().find_assignment, name)

    def find_notebook(self, name: str, assignment: str) -> Any:
        """Return the instructor's notebook, asked for once: it does not change while submissions are marked."""
        return self._once(super().find_notebook, name, assignment)

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Any:
        """Return the instructor's cell, asked for once."""
        return self._once(super().find_source_cell, name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Any:
        """Return the instructor's graded cell, asked for once."""
        return self._once(super().find_graded_cell, name, notebook, assignment)

    def _once(self, find: Any, *names: str) -> Any:
        key = (find.__name__, *names)
        if key not in self._instructors:
            self._instructors[key] = find(*names)
        return self._instructors[key]

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Any:
        """Return a grade; those of a notebook are asked for together."""
        return self._part("grades", grade_cell, notebook, assignment, student)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Any:
        """Return a comment; those of a notebook are asked for together."""
        return self._part("comments", solution_cell, notebook, assignment, student)

    def _part(self, kind: str, cell: str, notebook: str, assignment: str, student: str) -> Any:
        key = (kind, notebook, assignment, student)
        if key not in self._submitted:
            found = getattr(self.find_submission_notebook(notebook, assignment, student), kind)
            self._submitted[key] = {part.cell.name: part for part in found}
        try:
            return self._submitted[key][cell]
        except KeyError:
            message = f"No such cell: {assignment}/{notebook}/{cell} for {student}"
            raise MissingEntry(message) from None

    def find_student(self, student: str) -> Any:
        """Return a student, asked for once until the submission is saved."""
        return self._until_saved(super().find_student, student)

    def update_or_create_submission(self, assignment: str, student: str, **more: Any) -> Any:
        """Return a submission, and remember its notebooks, which are looked for next."""
        submission = super().update_or_create_submission(assignment, student, **more)
        for part in submission.notebooks:
            self._submitted["find_submission_notebook", part.name, assignment, student] = part
        return submission

    def find_submission(self, assignment: str, student: str) -> Any:
        """Return a submission, asked for once until it is saved."""
        return self._until_saved(super().find_submission, assignment, student)

    def find_submission_notebook(self, notebook: str, assignment: str, student: str) -> Any:
        """Return a notebook of a submission, asked for once until it is saved."""
        return self._until_saved(super().find_submission_notebook, notebook, assignment, student)

    def _until_saved(self, find: Any, *names: str) -> Any:
        key = (find.__name__, *names)
        if key not in self._submitted:
            self._submitted[key] = find(*names)
        return self._submitted[key]

    def write(self) -> None:
        """Send what has changed to the database, without saving it."""
        self._session.flush()

    def save(self) -> None:
        """Save everything since the last call, as a whole."""
        self._save()
        self._submitted.clear()

    def forget(self) -> None:
        """Drop everything since the last call."""
        self._session.rollback()
        self._submitted.clear()

    def done(self) -> None:
        """Close it."""
        self._session.rollback()
        super().close()


def _do_nothing() -> None:
    """Be called in place of a commit."""


@contextmanager
def one_gradebook(db_url: str, course_id: str) -> Iterator[Book]:
    """Open the gradebook once and give it to everybody who opens one. Raises what nbgrader raises."""
    book = Book(db_url, course_id)
    before = [module.Gradebook for module in _USERS]
    schemas = common.jsonschema
    for module in _USERS:
        module.Gradebook = lambda *_, **__: book
    common.jsonschema = SimpleNamespace(validate=_Checks().validate)
    try:
        yield book
    finally:
        common.jsonschema = schemas
        for module, original in zip(_USERS, before, strict=True):
            module.Gradebook = original
        book.done()


class _Checks:
    """``jsonschema.validate``, which checks the schema itself once, and equal values once."""

    def __init__(self) -> None:
        self._validators: dict[int, tuple[Any, str]] = {}
        """By identity of the schema, which is kept so that it stays the only one with it."""
        self._valid: set[tuple[str, str]] = set()

    def validate(self, instance: Any, schema: Any) -> None:
        """Raise ``jsonschema.ValidationError`` if the value does not follow the schema."""
        if id(schema) not in self._validators:
            self._validators[id(schema)] = (schema, json.dumps(schema))
        rules = self._validators[id(schema)][1]
        text = json.dumps(instance, sort_keys=True)
        if (rules, text) not in self._valid:
            _validator(rules).validate(instance)
            if len(text) <= _SHORT and len(self._valid) < _MANY:
                self._valid.add((rules, text))


@functools.cache
def _validator(schema: str) -> Any:
    parsed = json.loads(schema)
    kind = validator_for(parsed)
    kind.check_schema(parsed)
    return kind(parsed)
