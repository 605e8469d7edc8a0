"""``academy translations``: bring the catalogues up to date and say what has no words yet."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from academy.languages.catalogues import ENGLISH, LANGUAGES, catalogue_file
from academy.languages.extraction import missing, texts, update

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Update or check the catalogues. Returns 1 when a language lacks words."""
    parser = argparse.ArgumentParser(
        prog="academy translations",
        description="Collect the texts of the interface from the source into each language's academy.po.",
    )
    parser.add_argument("--check", action="store_true", help="change no file, only say what is missing")
    options = parser.parse_args(arguments)
    lacking = 0
    for language, name in LANGUAGES.items():
        if language == ENGLISH:
            continue
        if not options.check:
            update(language)
        found = missing(language)
        lacking += len(found)
        whole = len(texts())
        said = [f"{name} ({language}): {whole - len(found)} of {whole} texts; {catalogue_file(language)}"]
        sys.stdout.write("\n".join([*said, *(f"  no words yet: {text}" for text in found)]) + "\n")
    return 1 if lacking else 0
