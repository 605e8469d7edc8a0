"""Text that exists in several languages, with English as the fallback."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field, RootModel, field_validator

T = TypeVar("T")

__all__ = ["Language", "Line", "Slug", "Text", "Texts"]

Line = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]
"""A text that is not blank."""
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""The name of a folder or file of content."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""An ISO 639 code."""


class Text(RootModel[dict[Language, Line]]):
    """One text per language: call it with a language, or use it as a string for English."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root")
    @classmethod
    def _has_english(cls, root: dict[str, str]) -> dict[str, str]:
        return _with_english(root)

    def __call__(self, language: str = "en") -> str:
        """Return the text in ``language``, or in English where it has not been translated."""
        return self.root.get(language, self.root["en"])

    def __str__(self) -> str:
        return self.root["en"]

    def language_for(self, language: str) -> str:
        """Return the language in which a reader of ``language`` gets the text."""
        return language if language in self.root else "en"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it exists."""
        return tuple(self.root)


class Texts(RootModel[dict[Language, tuple[Line, ...]]]):
    """One list of texts per language: call it with a language."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root")
    @classmethod
    def _has_english(cls, root: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return _with_english(root)

    def __call__(self, language: str = "en") -> tuple[str, ...]:
        """Return the texts in ``language``, or in English where they have not been translated."""
        return self.root.get(language, self.root["en"])


def _with_english(root: dict[str, T]) -> dict[str, T]:
    if "en" not in root:
        message = "the English text (en) is missing"
        raise ValueError(message)
    return root
