"""``academy check``: read all content, and say what parses and yet should be looked at before it is released."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from academy import config
from academy.content.catalogue import Catalogue, load
from academy.content.questions import Order, Question

__all__ = ["fingerprints", "main", "remarks"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the remarks and return 0 if there are none, else 1. Raises ``ContentError`` for what does not parse."""
    parser = argparse.ArgumentParser(prog="academy check", description="Check the texts of courses and assessments.")
    parser.add_argument("folder", nargs="?", type=Path, help="what holds courses/ and the rest (default: as served)")
    parser.add_argument("--fingerprints", action="store_true", help="print what translations name as translated_from")
    options = parser.parse_args(arguments)
    catalogue = load((options.folder or config.load().content).absolute())
    if options.fingerprints:
        sys.stdout.writelines(f"{known}  {file}\n" for file, known in fingerprints(catalogue).items())
    found = remarks(catalogue)
    sys.stdout.writelines(f"{remark}\n" for remark in found)
    return 1 if found else 0


def remarks(catalogue: Catalogue) -> list[str]:
    """Return one sentence for each thing to look at, each naming its file."""
    return [
        *(
            f"{file}: {question.id}: {remark}"
            for file, question in _questions(catalogue)
            for remark in _telling(question)
        ),
        *_stale(catalogue),
    ]


def fingerprints(catalogue: Catalogue) -> dict[str, str]:
    """Return the fingerprint of each English lesson, by file: what a translation writes as ``translated_from``."""
    return {
        f"modules/{slug}/en/{lesson.slug}.md": lesson.fingerprint
        for slug in catalogue.modules
        for lesson in catalogue.module(slug).lessons
    }


def _questions(catalogue: Catalogue) -> Iterator[tuple[str, Question]]:
    for slug in catalogue.assessments:
        for question in catalogue.assessment(slug).questions:
            yield f"assessments/{slug}/en/quiz.yml", question
    for slug in catalogue.modules:
        for lesson in catalogue.module(slug).lessons:
            for question in lesson.practice.values():
                yield f"modules/{slug}/en/{lesson.slug}.md", question


def _telling(question: Question) -> Iterator[str]:
    """Learners see the ids of items in the notebook and in the page's source."""
    if isinstance(question, Order) and sorted(question.answer) == list(question.answer):
        yield "the ids of the items in alphabetical order are the answer; give them ids that tell nothing"


def _stale(catalogue: Catalogue) -> Iterator[str]:
    for slug, languages in catalogue.modules.items():
        for module in languages.values():
            for lesson in module.lessons:
                if lesson.stale:
                    file = f"modules/{slug}/{lesson.language}/{lesson.slug}.md"
                    yield f"{file}: the English text has changed since it was translated"
