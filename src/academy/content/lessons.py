"""A lesson's file to a ``Lesson``: front matter, prose and directives, strictly."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from pydantic import Field

from academy.content import plain_page
from academy.content.model import Block, Box, Figure, Lesson, Practice, Prose, Source, Twin
from academy.content.parts import Record
from academy.content.pictures import read_svg
from academy.content.questions import Essay, question_adapter
from academy.content.reading import as_record, front_matter, parse_yaml, read_text
from academy.content.text import Line, Slug
from academy.errors import ContentError

__all__ = ["fingerprint", "read_lesson"]

_NAME = re.compile(r"\{([a-z]+)\}\s*(.*)")
_OPTION = re.compile(r":([a-z-]+):\s*(.*)")
_CITED = re.compile(r"\[@([^\]]*)\]")


class _FrontMatter(Record):
    """What stands between the two ``---`` at the top of a lesson."""

    title: Line
    minutes: Annotated[int, Field(strict=True, ge=1, le=240)]
    interactive: Slug | None = None
    translated_from: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """What the directives of one file need to know."""

    name: str
    """The file, for errors."""
    media: Path
    root: Path
    sources: Mapping[str, Source]

    def error(self, line: int, message: str) -> ContentError:
        """Return the error that names a line of this file."""
        return ContentError(self.name, message, field=f"line {line}")


@dataclass(frozen=True, slots=True)
class _Directive:
    """One directive as it stands in the file."""

    name: str
    argument: str
    options: Mapping[str, str]
    body: str
    line: int
    """Where it begins."""
    body_line: int


def fingerprint(text: str) -> str:
    """Return the hash by which a translation names the English text it was made from."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_lesson(file: Path, root: Path, sources: tuple[Source, ...], *, english: str | None = None) -> Lesson:
    """Read one lesson; ``english`` is the fingerprint of the English file, for a translation."""
    text = read_text(file, root)
    name = file.relative_to(root).as_posix()
    front, body, line = front_matter(text, name)
    matter = as_record(_FrontMatter.model_validate, front, name)
    language = file.parent.name
    if (matter.translated_from is None) != (language == "en"):
        raise ContentError(name, "translations have it, English lessons do not", field="translated_from")
    page = _Page(name, file.parents[1] / "media", root, {source.key: source for source in sources})
    blocks = _blocks(body, line, page)
    _check_whole(blocks, matter.interactive, name)
    sections, cited = plain_page.sections(blocks, page.sources, language)
    return Lesson(
        slug=file.stem,
        language=language,
        title=matter.title,
        minutes=matter.minutes,
        interactive=matter.interactive,
        blocks=blocks,
        sections=sections,
        cited=cited,
        fingerprint=fingerprint(text),
        stale=english is not None and matter.translated_from != english,
    )


def _check_whole(blocks: tuple[Block, ...], interactive: str | None, name: str) -> None:
    """Check what only the whole lesson can show: one twin if interactive, practice questions with ids of their own."""
    twins = sum(isinstance(block, Twin) for block in blocks)
    if twins != (interactive is not None):
        raise ContentError(name, f"an interactive lesson has exactly one twin, others none; this has {twins}")
    ids = [block.question.id for block in blocks if isinstance(block, Practice)]
    twice = next((question for question in ids if ids.count(question) > 1), None)
    if twice is not None:
        raise ContentError(name, f"the practice question {twice} stands twice")


# --- prose and directives ---


def _blocks(text: str, first_line: int, page: _Page, *, inside: str = "") -> tuple[Block, ...]:
    """Cut text into prose and directives. ``inside`` names the directive that it is the body of."""
    lines = text.split("\n")
    blocks: list[Block] = []
    start = 0
    for token in _parser.parse(text):
        if token.type == "colon_fence" and token.level == 0 and token.map is not None:
            _add_prose(blocks, lines[start : token.map[0]], first_line + start, page)
            directive = _directive(token, lines, first_line, page)
            if inside and (directive.name in {"practice", "twin"} or inside != "twin"):
                raise page.error(directive.line, f"{directive.name} may not stand inside {inside}")
            blocks.append(_DIRECTIVES[directive.name](directive, page))
            start = token.map[1]
    _add_prose(blocks, lines[start:], first_line + start, page)
    return tuple(blocks)


def _add_prose(blocks: list[Block], lines: list[str], line: int, page: _Page) -> None:
    text = "\n".join(lines)
    if text.strip():
        blanks = len(text) - len(text.lstrip("\n"))
        blocks.append(_prose(text.strip("\n"), line + blanks, page))


def _prose(text: str, line: int, page: _Page) -> Prose:
    """Check one stretch of Markdown: headings, sources, and directives that are not at the margin."""
    for token in _parser.parse(text):
        at = line + (token.map[0] if token.map else 0)
        if token.type == "heading_open" and token.tag == "h1":
            raise page.error(at, "headings start at ##; the title stands in the front matter")
        if token.type == "colon_fence":
            raise page.error(at, "a directive stands at the left margin, not in a list or a quotation")
        if token.type == "fence" and token.info.startswith("{"):
            raise page.error(at, "a directive is written with colons, not with backquotes")
        if token.type == "inline":
            _check_sources(token, at, page)
    return Prose(text, line)


def _check_sources(token: Token, line: int, page: _Page) -> None:
    for child in token.children or ():
        for key in _CITED.findall(child.content) if child.type == "text" else ():
            if key not in page.sources:
                raise page.error(line, f"the source {key} is not in module.yml")


def _directive(token: Token, lines: list[str], first_line: int, page: _Page) -> _Directive:
    """Read a directive's name, argument, options and body."""
    start, end = token.map or [0, 0]
    line = first_line + start
    named = _NAME.fullmatch(token.info.strip())
    if named is None or named[1] not in _DIRECTIVES:
        raise page.error(line, f"there is no directive {token.info.strip() or 'without a name'}")
    if end - start < 2 or not re.fullmatch(r":{3,}\s*", lines[end - 1]):  # noqa: PLR2004 - one line opens, one closes
        raise page.error(line, f"the directive {named[1]} is never closed")
    if named[2] and named[1] != "figure":
        raise page.error(line, f"{named[1]} takes nothing after its name")
    body = token.content.split("\n")
    options: dict[str, str] = {}
    while body and (option := _OPTION.fullmatch(body[0].strip())):
        if (named[1], option[1]) != ("figure", "alt"):
            raise page.error(line + 1 + len(options), f"{named[1]} has no option {option[1]}")
        options[option[1]] = option[2].strip()
        body = body[1:]
    return _Directive(named[1], named[2].strip(), options, "\n".join(body), line, line + 1 + len(options))


def _box(directive: _Directive, page: _Page) -> Block:
    if not directive.body.strip():
        raise page.error(directive.line, f"{directive.name} is empty")
    return Box(directive.name, _blocks(directive.body, directive.body_line, page, inside=directive.name))


def _checklist(directive: _Directive, page: _Page) -> Block:
    tokens = _parser.parse(directive.body)
    if not tokens or tokens[0].type != "bullet_list_open" or sum(token.level == 0 for token in tokens) != 2:  # noqa: PLR2004
        raise page.error(directive.line, "the body of a checklist is one list with - before each item")
    return _box(directive, page)


def _twin(directive: _Directive, page: _Page) -> Block:
    return Twin(_blocks(directive.body, directive.body_line, page, inside="twin"))


def _practice(directive: _Directive, page: _Page) -> Block:
    data = parse_yaml(directive.body, page.name, first_line=directive.body_line)
    question = as_record(question_adapter.validate_python, data, page.name, at=f"line {directive.line}")
    if isinstance(question, Essay):
        raise page.error(directive.line, "an essay needs a person to read it and cannot be practised here")
    return Practice(question)


def _figure(directive: _Directive, page: _Page) -> Block:
    if not directive.options.get("alt"):
        raise page.error(directive.line, "the figure has no :alt: text")
    if not directive.body.strip():
        raise page.error(directive.line, "the figure has no description")
    if not re.fullmatch(r"[a-z0-9-]+\.svg", directive.argument):
        raise page.error(
            directive.line, f"{directive.argument or 'a figure without a name'} is not the name of an SVG file"
        )
    file = page.media / directive.argument
    svg = read_svg(read_text(file, page.root), file.relative_to(page.root).as_posix(), file.stem)
    description = _prose(directive.body.strip("\n"), directive.body_line, page)
    return Figure(svg, directive.argument, directive.options["alt"], description)


_DIRECTIVES: dict[str, Callable[[_Directive, _Page], Block]] = {
    "note": _box,
    "caution": _box,
    "nhri": _box,
    "reflection": _box,
    "checklist": _checklist,
    "practice": _practice,
    "figure": _figure,
    "twin": _twin,
}

_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").use(colon_fence_plugin)
