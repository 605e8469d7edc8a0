"""Markdown to safe HTML: no raw HTML, no pictures from elsewhere, addresses kept left to right."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

__all__ = ["inline_html", "isolate", "make_parser", "markdown_html", "stem_html"]

_ADDRESS = re.compile(
    r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]']"  # a web address, without the sign that ends the sentence
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"  # an IP address
    r"|\b[0-9a-fA-F]{16,}\b"  # a hash
    r"|\+\d[\d ]{5,}\d"  # a telephone number
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:example|com|int|net|onion|org)\b(?:/[\w./-]*\w)?",  # a host
    re.ASCII,
)
_SAFE_LINK = re.compile(r"(https?://|mailto:|#|/(?!/)|\./|\.\./)", re.IGNORECASE)
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "blockquote"})


def isolate(text: str) -> str:
    """Return ``text`` as HTML in which addresses, hashes and telephone numbers are isolated as left to right."""
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escapeHtml(text[end : found.start()]), f'<bdi dir="ltr">{escapeHtml(found[0])}</bdi>']
        end = found.end()
    return "".join(parts) + escapeHtml(text[end:])


def make_parser() -> MarkdownIt:
    """Return a parser with the academy's rules; each caller may add its own."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    parser.core.ruler.push("directions", _set_directions)
    for rule, render in {
        "text": _text,
        "code_inline": _code,
        "fence": _code_block,
        "code_block": _code_block,
        "link_open": _link,
        "table_open": _table_open,
        "table_close": _table_close,
    }.items():
        parser.add_render_rule(rule, render)
    return parser


def markdown_html(text: str) -> str:
    """Return the HTML of a text with paragraphs, lists and tables."""
    return str(_parser.render(text))


def inline_html(text: str) -> str:
    """Return the HTML of a text within a line: emphasis, code and links only."""
    return str(_parser.renderInline(text))


def stem_html(text: str) -> tuple[str, str]:
    """Return a question's first paragraph as HTML for a legend, and the HTML of what follows it."""
    tokens = _parser.parse(text)
    if tokens[0].type != "paragraph_open":
        return "", markdown_html(text)
    render = _parser.renderer.render
    return str(render(tokens[1:2], _parser.options, {})), str(render(tokens[3:], _parser.options, {}))


def _set_directions(state: StateCore) -> None:
    for token in state.tokens:
        if token.nesting == 1 and token.tag in _BLOCKS:
            token.attrSet("dir", "auto")
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if "right" in str(token.attrs.pop("style", "")):  # a style attribute would break the page's policy
            token.attrSet("class", "number")


def _text(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ARG001
    return isolate(tokens[index].content)


def _code(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ARG001
    return f'<bdi dir="ltr"><code>{escapeHtml(tokens[index].content)}</code></bdi>'


def _code_block(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ARG001
    return f'<pre dir="ltr"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'


def _link(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]) -> str:
    """Open a link that tells the other side nothing about where it was followed."""
    if str(tokens[index].attrGet("href")).lower().startswith("http"):
        tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    return self.renderToken(tokens, index, options, env)


def _table_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ARG001
    """Open a table in a box that scrolls sideways, also with the keyboard."""
    return '<div class="table-scroll" tabindex="0"><table>\n'


def _table_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ARG001
    return "</table></div>\n"


_parser = make_parser()
