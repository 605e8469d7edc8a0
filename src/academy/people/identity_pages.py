"""The page of one's own optional details: see them, change them, erase them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from academy.errors import AcademyError
from academy.people import identity
from academy.people.identity import Details
from academy.rights import Right
from academy.routing import Form, Page, Redirect, Request, Response, Route

__all__ = ["ROUTES"]

PATH = "/me/details"


class DetailsForm(Form):
    """The form that keeps details; nothing in it is required."""

    name: Annotated[str, Field(max_length=120)] = ""
    contact: Annotated[str, Field(max_length=400)] = ""


class EraseForm(Form):
    """The button that erases them."""

    erase: Literal["yes"]


def show(request: Request) -> Response:
    """Show what one has left here."""
    try:
        details = identity.find(request.db, config=request.config, person=str(request.actor.person))
    except AcademyError as error:
        return _page(request, Details(), problem=error, writable=False)
    return _page(request, details)


def change(request: Request) -> Response:
    """Keep or erase. On an error what was typed stays in the form."""
    try:
        if "erase" in request.body:
            request.read(EraseForm)
            identity.erase(request.db, config=request.config, actor=request.actor, now=request.now)
        else:
            form = request.read(DetailsForm)
            details = Details(name=form.name, contact=form.contact)
            identity.keep(request.db, config=request.config, actor=request.actor, now=request.now, details=details)
    except AcademyError as error:
        typed = Details(name=str(request.body.get("name", "")), contact=str(request.body.get("contact", "")))
        return _page(request, typed, problem=error)
    return Redirect(PATH)


def _page(request: Request, details: Details, *, problem: AcademyError | None = None, writable: bool = True) -> Page:
    context = {
        "details": details,
        "kept": identity.exists(request.db, str(request.actor.person)),
        "writable": writable,
        "problem": problem,
    }
    return Page("people/details.html", context, status=problem.status if problem else 200)


ROUTES = (
    Route("GET", PATH, Right.MEMBER, show),
    Route("POST", PATH, Right.MEMBER, change),
)
