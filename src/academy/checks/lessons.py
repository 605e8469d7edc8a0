"""Whether lessons read easily, stay light, cite what they list, and end with something to keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from academy.checks.reading_ease import grade, longest_sentence, prose, wording
from academy.content.catalogue import Catalogue
from academy.content.model import Block, Box, Figure, Lesson, Module, Twin

__all__ = ["remarks"]

HARDEST = 8.0
"""Flesch-Kincaid grade of the hardest lesson."""
LONGEST = 40
"""Words of the longest sentence in languages for which no grade is known."""
HEAVIEST = 80_000
"""Bytes of the heaviest lesson before compression; a page with all that belongs to it stays below 100 KB."""
HEAVIEST_FIGURE = 8_000
SHORTEST_DESCRIPTION = 60
"""Characters; less does not stand for a picture."""
_UNCHECKED = re.compile(r"\[verify", re.IGNORECASE)
_PERSONAL = re.compile(
    r"(?<![\w.])\+(?!999)\d[\d ]{6,}\d|[\w.+-]+@(?!(?:[\w-]+\.)*(?i:example)\b)[\w-]+\.[A-Za-z]\w*",
    re.ASCII,
)
"""A telephone number that may be somebody's, and a mail address outside the names kept for examples (RFC 2606)."""


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """Return one sentence for each thing to look at, each naming its file."""
    for slug, languages in catalogue.modules.items():
        yield from _sources(slug, languages["en"])
        if languages["en"].guide is None:
            yield f"modules/{slug}: there is no guide.en.md for facilitators"
        for language, module in languages.items():
            for lesson in module.lessons:
                if lesson.language == language:
                    file = f"modules/{slug}/{language}/{lesson.slug}.md"
                    yield from (f"{file}: {remark}" for remark in _of(lesson))
    yield from _unchecked(catalogue.root)


def _of(lesson: Lesson) -> Iterator[str]:
    yield from _ease(lesson)
    if lesson.weight > HEAVIEST:
        yield f"the page weighs {lesson.weight // 1000} KB; {HEAVIEST // 1000} KB is the most"
    kinds = {block.kind for block in _all(lesson.blocks) if isinstance(block, Box)}
    yield from (f"there is no {kind}" for kind in ("checklist", "reflection") if kind not in kinds)
    for figure in _all(lesson.blocks):
        if isinstance(figure, Figure):
            if len(figure.svg.encode()) > HEAVIEST_FIGURE:
                yield f"the figure {figure.file} weighs more than {HEAVIEST_FIGURE // 1000} KB"
            if len(figure.description.text) < SHORTEST_DESCRIPTION:
                yield f"the description of {figure.file} is too short to stand for the picture"
    if lesson.stale:
        yield "the English text has changed since it was translated"


def _ease(lesson: Lesson) -> Iterator[str]:
    text = prose(lesson.blocks)
    questions = "\n".join(wording(question) for question in lesson.practice.values())
    if lesson.language == "en":
        for name, found in (("the text", grade(text)), ("the practice questions", grade(questions))):
            if found > HARDEST:
                yield f"{name} needs {found:.1f} years of school; {HARDEST:g} is the most"
    elif (words := longest_sentence(text)) > LONGEST:
        yield f"a sentence has {words} words; {LONGEST} is the most"


def _all(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Box | Twin):
            yield from _all(block.blocks)


def _sources(slug: str, module: Module) -> Iterator[str]:
    """Find sources without a citation; a citation without its source is refused when the lesson is read."""
    cited = {source.key for lesson in module.lessons for source in lesson.cited}
    for source in module.sources:
        if source.key not in cited:
            yield f"modules/{slug}/module.yml: sources: no lesson cites {source.key}"
        if source.url is None:
            yield f"modules/{slug}/module.yml: sources: {source.key} has no address"


def _unchecked(root: Path) -> Iterator[str]:
    """Look at every text, guides included."""
    for file in sorted(file for kind in ("courses", "modules", "assessments") for file in (root / kind).rglob("*.*")):
        if file.suffix not in {".md", ".yml", ".py"}:
            continue
        text = file.read_text(encoding="utf-8")
        name = file.relative_to(root).as_posix()
        if _UNCHECKED.search(text):
            yield f"{name}: a statement is marked as not checked"
        if found := _PERSONAL.search(text):
            yield f"{name}: {found[0]} may belong to somebody; numbers begin with +999 and addresses end in .example"
