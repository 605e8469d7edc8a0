"""``academy rehearse``: invented people take every assessment of a course, and the questions are looked at."""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from academy import config
from academy.content.catalogue import Catalogue, load
from academy.content.model import Assessment
from academy.errors import BadInput
from academy.grading.model import CourseFolder
from academy.rehearsal.report import as_data, in_words
from academy.rehearsal.run import Rehearsal, rehearse
from academy.rehearsal.takers import takers

__all__ = ["main", "rehearsals"]

FEWEST = 12
"""Takers: with fewer there are no statistics, or no taker of some kind."""


def main(arguments: Sequence[str]) -> int:
    """Print what came of each assessment; return 1 if something has to be mended, else 0. Raises ``BadInput``."""
    options = _parser().parse_args(arguments)
    catalogue = load((options.folder or config.load().content).absolute())
    assessments = _assessments(catalogue, options.course)
    if options.takers < FEWEST:
        message = f"Fewer than {FEWEST} takers show nothing about a question."
        raise BadInput(message, code="too-few", field="takers")
    found = []
    for one in rehearsals(assessments, count=options.takers, seed=options.seed):
        if isinstance(one, str):
            _say(one, silent=options.json)
            continue
        found.append(one)
        _say(f"{in_words(one)}\n", silent=options.json)
    if options.json:
        print(json.dumps([as_data(one) for one in found]))  # noqa: T201 - a command line prints
    return 1 if any(one.problems for one in found) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="academy rehearse", description="Let invented people take all assessments.")
    parser.add_argument("course", help="the course's short name")
    parser.add_argument("folder", nargs="?", type=Path, help="what holds courses/ and the rest (default: as served)")
    parser.add_argument("--takers", type=int, default=60, help="how many people take each (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="another number, other people (default: 1)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    return parser


def _assessments(catalogue: Catalogue, course: str) -> list[Assessment]:
    if course not in catalogue.courses:
        message = f"There is no course {course}. There is: {', '.join(catalogue.courses)}."
        raise BadInput(message, code="no-course", field="course")
    return [catalogue.assessment(slug) for slug in catalogue.course(course).assessments]


def rehearsals(assessments: Sequence[Assessment], *, count: int, seed: int) -> Iterator[Rehearsal | str]:
    """Return what came of each assessment; a sentence for one that has no questions."""
    people = takers(count, seed)
    with tempfile.TemporaryDirectory(prefix="academy-rehearse-") as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"nbgrader\.")  # SQLAlchemy's advice to nbgrader
        course = CourseFolder(root=Path(folder) / "course", course_id="rehearsal", exchange=Path(folder) / "exchange")
        for assessment in assessments:
            if assessment.questions:
                yield rehearse(assessment, people, course)
            else:
                yield f"{assessment.slug} has no questions, so it is left out here."


def _say(text: str, *, silent: bool) -> None:
    if not silent:
        print(text, flush=True)  # noqa: T201 - a command line prints, and the next one takes a while
