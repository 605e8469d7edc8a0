"""The page of settings for the browser at hand. Anybody may open it; what is chosen stays in that browser."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from academy.choices import Choices
from academy.errors import BadInput
from academy.rights import Right
from academy.routing import Form, Page, Redirect, Request, Response, Route

__all__ = ["ROUTES"]

PATH = "/settings"
PAGE = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+/?|/", re.ASCII)
"""A path of the academy: nothing that could lead to another site."""


class Settings(Form):
    """The form; the page from which one came is shown again afterwards."""

    device: Literal["shared", "own"]
    data: Literal["full", "low"]
    titles: Literal["clear", "discreet"]
    back: Annotated[str, Field(max_length=300)] = PATH


def show(request: Request) -> Response:
    """Show what holds in this browser."""
    back = request.query.get("back", "")
    return Page("settings.html", {"back": back if PAGE.fullmatch(back) else PATH, "now": request.choices})


def change(request: Request) -> Response:
    """Keep the settings in the browser's cookies and go back."""
    form = request.read(Settings)
    if not PAGE.fullmatch(form.back):
        message = "The page to go back to is not one of ours. Nothing was changed; open the settings again."
        raise BadInput(message, code="bad-address", field="back")
    return Redirect(form.back, choices=Choices(device=form.device, data=form.data, titles=form.titles))


ROUTES = (
    Route("GET", PATH, Right.PUBLIC, show),
    Route("POST", PATH, Right.PUBLIC, change),
)
