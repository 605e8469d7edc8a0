"""What a page or an API call is made of, without any web server in it.

A noun package lists its routes as data (``ROUTES`` in its ``pages.py`` and ``api.py``); each route is a plain function
from a ``Request`` to a response. ``academy.web`` is the only place that knows Tornado: it checks the right, opens one
transaction per request, calls the function and renders what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError, ValidationInfo, field_validator
from sqlalchemy import Connection

from academy.choices import Choices
from academy.config import Config
from academy.errors import BadInput
from academy.languages.digits import ascii_digits
from academy.languages.phrases import Phrase, counted, phrase, recalled
from academy.rights import Actor, Right

__all__ = ["Download", "Form", "Json", "Page", "Redirect", "Request", "Response", "Route"]

F = TypeVar("F", bound="Form")


NUMBERS = (int, float, date, datetime)
"""Kinds of fields that are written with digits."""
UNREADABLE = phrase("This is not one of the values that are possible here")
REASONS = {
    "int_parsing": phrase("Write a whole number"),
    "int_from_float": phrase("Write a whole number"),
    "date_from_datetime_parsing": phrase("Write the date as year-month-day, like 2026-11-24"),
    "date_parsing": phrase("Write the date as year-month-day, like 2026-11-24"),
    "enum": UNREADABLE,
    "literal_error": UNREADABLE,
    "string_pattern_mismatch": UNREADABLE,
}
"""What is said about a field by pydantic's name for the fault."""


class Form(BaseModel):
    """Base of every form and API body: unknown fields are refused, text is trimmed, digits of any script count."""

    model_config = {"extra": "forbid", "str_strip_whitespace": True, "frozen": True}

    @field_validator("*", mode="before")
    @classmethod
    def _digits(cls, value: Any, info: ValidationInfo) -> Any:
        kind = cls.model_fields[str(info.field_name)].annotation
        return ascii_digits(value) if kind in NUMBERS and isinstance(value, str) else value


def _reason(error: Any) -> Phrase:
    """Return what is wrong with a field, as half a sentence; pydantic's own words where we have none."""
    kind, limits = error["type"], error.get("ctx", {})
    match kind:
        case "missing":
            return phrase("Field required")
        case "string_too_short":
            return counted(
                "String should have at least %(count)s character",
                "String should have at least %(count)s characters",
                limits["min_length"],
            )
        case "string_too_long":
            return counted(
                "String should have at most %(count)s character",
                "String should have at most %(count)s characters",
                limits["max_length"],
            )
        case "greater_than_equal":
            return phrase("Input should be greater than or equal to %(least)s", least=limits["ge"])
        case "less_than_equal":
            return phrase("Input should be less than or equal to %(most)s", most=limits["le"])
        case _:
            return REASONS.get(kind) or recalled(str(error["msg"]))


@dataclass(frozen=True, slots=True)
class Request:
    """One call: who, when, what. Functions get everything they need from here."""

    actor: Actor
    now: datetime
    db: Connection
    """An open transaction; it is committed when the function returns and rolled back when it raises."""
    config: Config
    path: Mapping[str, str] = field(default_factory=dict)
    """The named parts of the route's path."""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    """Form fields (a field sent more than once is a list) or the JSON object of an API call."""
    language: str = "en"
    choices: Choices = field(default_factory=Choices)
    """What was chosen for the browser that asks."""

    def read(self, form: type[F]) -> F:
        """Parse the body strictly. Raises ``BadInput`` that names the first field at fault."""
        try:
            return form.model_validate(dict(self.body))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or "form"
            if first["type"] == "extra_forbidden":
                message = phrase("%(field)s is not a field of this form.", field=name)
            else:
                message = phrase("%(field)s: %(reason)s.", field=name, reason=_reason(first))
            raise BadInput(message, code="bad-field", field=name) from error


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page: a template of ``academy/web/templates`` and what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    lasting: bool = False
    """Whether the browser of somebody's own device may keep it for an hour."""
    leaving: bool = False
    """Whether a shared device is asked to forget the site when it shows this page."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on at ``to``, a path of the academy that starts with a slash."""

    to: str
    language: str | None = None
    """A language that the person has just chosen; the browser is asked to keep it."""
    choices: Choices | None = None
    """Settings that the person has just chosen for this browser, which is asked to keep them."""


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON answer of the API."""

    data: Any
    status: int = 200


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    filename: str
    media_type: str
    body: bytes


Response = Page | Redirect | Json | Download


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the route table.

    ``path`` is relative to the service and may hold named parts: ``/c/{cohort}/sessions/{session}``. A part named
    ``cohort`` is what ``right`` is checked against.
    """

    method: str
    path: str
    right: Right
    handle: Callable[[Request], Response]

    @property
    def parts(self) -> Sequence[str]:
        """The names of the variable parts of the path, in order."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
