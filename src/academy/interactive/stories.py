"""Reading the invented stories of the simulations: words in several languages, parsed strictly from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from academy.errors import ContentError

__all__ = ["Part", "Words", "check_unique", "overlaid", "parsed", "text_of", "words_in"]

Words = Annotated[dict[str, str], Field(min_length=1)]
"""The same words by language; English stands in where a language is missing."""


class Part(BaseModel):
    """A part of a story: no key that is not known, no number written as text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Shape = TypeVar("_Shape", bound=Part)


def parsed(shape: type[_Shape], text: str, file: str, *, over: str = "") -> _Shape:
    """Return the text of a data file as a record. Raises ``ContentError`` naming the field.

    ``over`` is another text, such as the English one: what ``text`` lacks is taken from it.
    """
    try:
        return shape.model_validate(overlaid(yaml.safe_load(over), yaml.safe_load(text)))
    except yaml.YAMLError as error:
        raise ContentError(file, "This is not readable as YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(file, first["msg"], field=".".join(map(str, first["loc"]))) from error


def overlaid(words: Any, others: Any) -> Any:
    """Return nested ``words`` with ``others`` in their places; what the others lack stays as it is."""
    if others is None:
        return words
    if not isinstance(words, dict) or not isinstance(others, dict):
        return others
    return words | {name: overlaid(words.get(name), other) for name, other in others.items()}


def text_of(package: str, name: str) -> str:
    """Return the text of a data file of a package, or nothing where there is no such file."""
    file = files(package).joinpath(name)
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def check_unique(file: str, field: str, names: Iterable[str]) -> None:
    """Raise ``ContentError`` if a name stands twice."""
    listed = list(names)
    if twice := sorted(name for name in set(listed) if listed.count(name) > 1):
        raise ContentError(file, f"the id {twice[0]} stands twice.", field=field)


def words_in(words: Mapping[str, str], language: str) -> str:
    """Return the words in a language, else in English, else nothing."""
    return words.get(language, words.get("en", ""))
