"""The words that the academy itself puts around content, per language, from ``languages/LANG.json``."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

__all__ = ["phrases", "points_text"]

_FOLDER = Path(__file__).parent / "languages"


@functools.cache
def phrases(language: str = "en") -> Mapping[str, str]:
    """Return the phrases in ``language``; what is missing there is English."""
    known = json.loads((_FOLDER / "en.json").read_text(encoding="utf-8"))
    file = _FOLDER / f"{language}.json"
    if language != "en" and language.isalpha() and file.is_file():
        known |= json.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType(known)


def points_text(points: float) -> str:
    """Return points as people write them: ``1``, ``0.5``, ``0.67``."""
    return f"{points:.2f}".rstrip("0").rstrip(".")
