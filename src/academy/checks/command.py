"""``academy check``: read all content, try it, and say what should be looked at before it is released."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from academy import config
from academy.checks import labs, learners_copy, lessons, questions, simulations
from academy.content.catalogue import Catalogue, load

__all__ = ["CHECKS", "fingerprints", "main", "remarks"]

CHECKS: tuple[Callable[[Catalogue], Iterator[str]], ...] = (
    questions.remarks,
    lessons.remarks,
    learners_copy.remarks,
    labs.remarks,
    simulations.remarks,
)
"""From the quickest to the slowest."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the remarks and return 0 if there are none, else 1. Raises ``ContentError`` for what does not parse."""
    parser = argparse.ArgumentParser(prog="academy check", description="Check the texts of courses and assessments.")
    parser.add_argument("folder", nargs="?", type=Path, help="what holds courses/ and the rest (default: as served)")
    parser.add_argument("--fingerprints", action="store_true", help="print what translations name as translated_from")
    options = parser.parse_args(arguments)
    catalogue = load((options.folder or config.load().content).absolute())
    if options.fingerprints:
        sys.stdout.writelines(f"{known}  {file}\n" for file, known in fingerprints(catalogue).items())
        return 0
    found = 0
    for remark in remarks(catalogue):
        found += 1
        print(remark, flush=True)  # noqa: T201 - a command line prints, and the next check takes a while
    return 1 if found else 0


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """Return one sentence for each thing to look at, each naming its file."""
    for check in CHECKS:
        yield from check(catalogue)


def fingerprints(catalogue: Catalogue) -> dict[str, str]:
    """Return the fingerprint of each English lesson, by file: what a translation writes as ``translated_from``."""
    return {
        f"modules/{slug}/en/{lesson.slug}.md": lesson.fingerprint
        for slug in catalogue.modules
        for lesson in catalogue.module(slug).lessons
    }
