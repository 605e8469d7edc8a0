"""How easy a text is to read: the Flesch-Kincaid grade of English, and the length of sentences in any language.

Formula: J. P. Kincaid and others, Derivation of New Readability Formulas for Navy Enlisted Personnel, 1975. Syllables
are counted as groups of vowels, which is right for about nine English words in ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from academy.content.model import Block, Box, Figure, Practice, Prose, Twin
from academy.content.plain_page import CITATION
from academy.content.questions import Question

__all__ = ["grade", "longest_sentence", "prose", "wording"]

_WORD = re.compile(r"[A-Za-z][^\s.,;:!?()]*")
_SENTENCE = re.compile(r"[^.!?]*[A-Za-z][^.!?]*[.!?]")
_ENDS = re.compile(r"[.!?:\u061f\u0964\u06d4\n]+")
"""Signs that end a sentence in Latin, Arabic and Bengali script; a line is one at most."""
_SKIPPED = {"table_open": "table_close", "heading_open": "heading_close"}
_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


def grade(text: str) -> float:
    """Return the years of school in English that a text needs. A text without a sentence needs none."""
    words, sentences = _WORD.findall(text), _SENTENCE.findall(text)
    if not words or not sentences:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def longest_sentence(text: str) -> int:
    """Return the number of words in the longest sentence."""
    return max((len(sentence.split()) for sentence in _ENDS.split(text)), default=0)


def _syllables(word: str) -> int:
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    if letters.endswith(("le", "ee", "ted", "ded")):
        return groups
    return max(1, groups - letters.endswith(("e", "ed")))


def prose(blocks: tuple[Block, ...]) -> str:
    """Return the running text of a lesson, a paragraph or list item a line; no headings, tables or questions."""
    return "\n".join(_ended(line) for block in blocks for line in _lines(block) if line.strip())


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Prose():
            yield from _paragraphs(block.text)
        case Figure():
            yield from _paragraphs(block.description.text)
        case Box() | Twin():
            for part in block.blocks:
                yield from _lines(part)
        case Practice():
            return


def _paragraphs(text: str) -> Iterator[str]:
    until = ""
    for token in _parser.parse(CITATION.sub("", text)):
        if until:
            until = "" if token.type == until else until
        elif token.type in _SKIPPED:
            until = _SKIPPED[token.type]
        elif token.type == "inline":
            yield _plain(token)


def _plain(token: Token) -> str:
    parts = (" " if child.type == "softbreak" else child.content for child in token.children or ())
    return "".join(parts).strip()


def wording(question: Question) -> str:
    """Return all that a learner reads in a question, a sentence a line."""
    dumped = question.model_dump()
    found = [dumped["stem"], dumped.get("why") or ""]
    for part in ("options", "right", "items", "common_errors"):
        for entry in dumped.get(part) or ():
            found += [str(entry.get("text", "")), str(entry.get("why", ""))]
    return "\n".join(_ended(line) for text in found for line in _paragraphs(text) if line.strip())


def _ended(line: str) -> str:
    line = line.strip().rstrip('"”»').rstrip()
    return line if line.endswith((".", "!", "?", ":", "\u061f", "\u0964")) else f"{line}."
