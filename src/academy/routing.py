"""What a page or an API call is made of, without any web server in it.

A noun package lists its routes as data (``ROUTES`` in its ``pages.py`` and ``api.py``); each route is a plain function
from a ``Request`` to a response. ``academy.web`` is the only place that knows Tornado: it checks the right, opens one
transaction per request, calls the function and renders what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection

from academy.config import Config
from academy.errors import BadInput
from academy.rights import Actor, Right

__all__ = ["Download", "Form", "Json", "Page", "Redirect", "Request", "Response", "Route"]

F = TypeVar("F", bound="Form")


class Form(BaseModel):
    """Base of every form and API body: unknown fields are refused, text is trimmed."""

    model_config = {"extra": "forbid", "str_strip_whitespace": True, "frozen": True}


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

    def read(self, form: type[F]) -> F:
        """Parse the body strictly. Raises ``BadInput`` that names the first field at fault."""
        try:
            return form.model_validate(dict(self.body))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or "form"
            unknown = first["type"] == "extra_forbidden"
            message = f"{name} is not a field of this form." if unknown else f"{name}: {first['msg']}."
            raise BadInput(message, code="bad-field", field=name) from error


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page: a template of ``academy/web/templates`` and what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on at ``to``, a path of the academy that starts with a slash."""

    to: str


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
