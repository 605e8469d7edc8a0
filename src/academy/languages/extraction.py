"""Every text of ours that is to be translated, read from the source: what is marked in Python and in templates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from academy.languages.catalogues import catalogue_file

__all__ = ["missing", "texts", "update"]

SOURCE = Path(__file__).parents[1]
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("interactive/screens/**.html", "jinja2.ext:babel_extract"),
    ("interactive/share/**.j2", "jinja2.ext:babel_extract"),
    ("interactive/share/**.html", "jinja2.ext:babel_extract"),
]
JINJA = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
OPTIONS = {pattern: JINJA for pattern, method in METHODS if method.startswith("jinja2")}
KEYWORDS = {"phrase": None, "counted": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
"""Names of the functions that mark a text, and which of their arguments are the texts."""
HEADER = "# The words of the academy. How to translate: docs/how-to/translate.md"


@cache
def texts() -> Catalog:
    """Return all texts, with the files in which they stand."""
    found = Catalog(fuzzy=False, charset="utf-8")
    places = extract_from_dir(
        str(SOURCE), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, line, message, comments, context in places:
        found.add(message, None, [(f"src/academy/{file}", line)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it is on disk; a fresh one where there is none."""
    file = catalogue_file(language)
    if not file.exists():
        return Catalog(locale=language, fuzzy=False, charset="utf-8")
    with file.open("rb") as source:
        return read_po(source, locale=language)


def update(language: str) -> Catalog:
    """Bring a language's file up to date: new texts are added without words, texts that are gone leave it."""
    kept = read(language)
    fresh = texts()
    fresh.creation_date = kept.creation_date
    kept.update(fresh, no_fuzzy_matching=True, update_creation_date=False)
    kept.header_comment = HEADER
    kept.project, kept.version = "academy", "interface"
    kept.msgid_bugs_address = kept.last_translator = kept.language_team = "the people who translate the academy"
    kept.revision_date = kept.creation_date
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, kept, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return kept


def missing(language: str) -> list[str]:
    """Return the texts that have no words in a language yet, plural forms and entries marked as fuzzy included."""
    known = read(language)
    return [_first(message.id) for message in texts() if message.id and not _is_said(known, message.id)]


def _first(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _is_said(known: Catalog, text: str | Sequence[str]) -> bool:
    message = known.get(_first(text))
    if message is None or message.fuzzy:
        return False
    words = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(words) and isinstance(text, str) == isinstance(message.id, str)
