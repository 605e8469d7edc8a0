"""The languages of the interface, and the catalogues of their words.

A catalogue is read from its ``academy.po`` on first use and kept; English needs none. What a catalogue lacks is said
in English.
"""

from __future__ import annotations

import io
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from academy.languages.phrases import Phrase, filled
from academy.languages.pseudo import PSEUDO, Accented

__all__ = ["ENGLISH", "FOLDER", "LANGUAGES", "catalogue", "catalogue_file", "direction", "translated"]

ENGLISH = "en"
LANGUAGES = {"en": "English", "ar": "العربية", "bn": "বাংলা"}
"""The languages of the interface by ISO 639 code, each by its own name."""
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "ur"})
FOLDER = Path(__file__).parent
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
"""Signs around a text whose direction is its own (Unicode Bidirectional Algorithm, 2.6)."""


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr`` for an ISO 639 code."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def catalogue_file(language: str) -> Path:
    """Return the file in which a language's words are kept."""
    return FOLDER / language / "LC_MESSAGES" / "academy.po"


@lru_cache(maxsize=len(LANGUAGES) + 1)
def catalogue(language: str) -> NullTranslations:
    """Return a language's catalogue; an empty one for a language that has none."""
    if language == PSEUDO:
        return Accented()
    file = catalogue_file(language)
    if language not in LANGUAGES or language == ENGLISH or not file.is_file():
        return NullTranslations()
    with file.open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translated(text: str, language: str) -> str:
    """Return a text of ours in a language. Text that is not marked as ours, such as a name, stays as it is."""
    if not isinstance(text, Phrase):
        return text
    words = catalogue(language)
    if text.plural is None:
        found = words.gettext(text.message)
    else:
        found = words.ngettext(text.message, text.plural, text.number)
    return filled(found, {name: _said(value, language) for name, value in text.values.items()})


def _said(value: object, language: str) -> object:
    """Return a value as it stands in a sentence: in right-to-left text a name in Latin letters is set apart."""
    if isinstance(value, Phrase):
        return translated(value, language)
    if (
        isinstance(value, str)
        and direction(language) == "rtl"
        and any(sign.isascii() and sign.isalpha() for sign in value)
    ):
        return f"{ISOLATE}{value}{END_OF_ISOLATE}"
    return value
