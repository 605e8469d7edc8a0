"""Words and sentences of ours, written in English, that are said in the reader's language where they are shown.

The text and the values in it are kept apart until then. ``academy translations`` finds the texts by the names of the
two functions here, so they are written out in the call, never computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

__all__ = ["Phrase", "counted", "phrase", "recalled"]


class Phrase(str):
    """An English text that remembers what it was made of. Wherever nobody translates it, it is English."""

    __slots__ = ("message", "number", "plural", "values")

    message: str
    """The text to look up, with places for values such as ``%(title)s``."""
    plural: str | None
    """The same for more than one; None: the text does not count anything."""
    number: int
    """How many; 1 where nothing is counted."""
    values: Mapping[str, Any]

    def __new__(cls, message: str, plural: str | None, number: int, values: Mapping[str, Any]) -> Self:
        """Keep the parts beside the English text that they make."""
        made = super().__new__(cls, filled(message if plural is None or number == 1 else plural, values))
        made.message, made.plural, made.number, made.values = message, plural, number, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross a process boundary whole."""
        return Phrase, (self.message, self.plural, self.number, dict(self.values))


def phrase(message: str, /, **values: Any) -> Phrase:
    """Mark a text as one of ours; ``values`` go to the places ``%(name)s`` in it."""
    return Phrase(message, None, 1, values)


def counted(one: str, many: str, count: int, /, **values: Any) -> Phrase:
    """Mark a text that counts something: ``%(count)s`` stands for the number. Each language has its own plurals."""
    return Phrase(one, many, count, {**values, "count": count})


def recalled(text: str) -> Phrase:
    """Return a text of ours that was kept or sent as plain English; it is said in a language that knows it as it is."""
    return Phrase(text, None, 1, {})


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Put values into a text. Without values the text is taken as it is, so that a percent sign is one."""
    return text % values if values else text
