"""A lesson's blocks to the sections of its plain page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

from academy.content.figures import drawing
from academy.content.markdown import make_parser
from academy.content.model import Block, Box, Figure, Practice, Prose, Section, Source, Twin
from academy.content.phrases import phrases
from academy.content.render import question_html
from academy.content.templates import template

__all__ = ["CITATION", "sections"]

CITATION = re.compile(r"\[@([A-Za-z0-9-]+)\]")
"""A reference to a source in a lesson's text."""


def sections(
    blocks: Sequence[Block], sources: Mapping[str, Source], language: str
) -> tuple[tuple[Section, ...], tuple[Source, ...]]:
    """Return the sections of the page and the cited sources in the order of their numbers."""
    env: dict[str, Any] = {"cited": {}, "words": phrases(language)}
    made: list[Section] = []
    for block in blocks:
        _add(made, block, _html(block, env, language))
    cited = tuple(sources[key] for key in env["cited"])
    if cited:
        _add(made, None, template("sources.html").render(cited=cited, words=phrases(language)))
    return tuple(made), cited


def _add(made: list[Section], block: Block | None, html: str) -> None:
    """Add a block's HTML: text joins the text before it."""
    match block:
        case Practice():
            made.append(Section("practice", html, block.question))
        case Twin():
            made.append(Section("twin", html))
        case _ if made and made[-1].kind == "text":
            made[-1] = Section("text", f"{made[-1].html}\n{html}")
        case _:
            made.append(Section("text", html))


def _html(block: Block, env: dict[str, Any], language: str) -> str:
    words = phrases(language)
    match block:
        case Prose():
            return str(_parser.render(block.text, env))
        case Practice():
            return question_html(block.question, language=language)
        case Figure():
            caption = _parser.render(block.description.text, env)
            return template("figure.html").render(svg=drawing(block), caption=Markup(caption), words=words)  # noqa: S704
        case Box() | Twin():
            kind = block.kind if isinstance(block, Box) else "twin"
            body = Markup("".join(_html(part, env, language) for part in block.blocks))  # noqa: S704 - made here
            return template("box.html").render(kind=kind, body=body, words=words)


def _cite(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's plug-point
    found = CITATION.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("citation", "a", 0).meta = {"key": found[1]}
    state.pos = found.end()
    return True


def _citation(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ARG001
    """Show a source as its number, counted from the first mention."""
    number = env["cited"].setdefault(tokens[index].meta["key"], len(env["cited"]) + 1)
    label = env["words"]["source-number"].format(number=number)
    return f'<a class="source" href="#source-{number}" aria-label="{Markup.escape(label)}">[{number}]</a>'


def _parser_with_citations() -> MarkdownIt:
    parser = make_parser()
    parser.inline.ruler.before("link", "citation", _cite)
    parser.add_render_rule("citation", _citation)
    return parser


_parser = _parser_with_citations()
