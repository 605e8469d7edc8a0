"""What the Hub asks of the academy, and who the caller is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from academy.people import actions, queries
from academy.rights import Right
from academy.routing import Form, Json, Request, Response, Route

__all__ = ["ROUTES"]


class Enrolment(Form):
    """A sign-up that the Hub is about to make, or one more place for somebody who is signed in."""

    code: Annotated[str, Field(max_length=100)]
    username: Annotated[str, Field(max_length=64)]
    new: bool = False
    """Whether the person has no account yet."""


class Reset(Form):
    """A forgotten passphrase that the Hub is about to replace."""

    code: Annotated[str, Field(max_length=100)]
    username: Annotated[str, Field(max_length=64)]


def enrol(request: Request) -> Response:
    """Use an invitation."""
    form = request.read(Enrolment)
    invitation = actions.enrol(request.db, now=request.now, username=form.username, code=form.code, new=form.new)
    return Json({"cohort": invitation.cohort, "role": invitation.role}, status=201)


def groups(request: Request) -> Response:
    """Tell the Hub in which groups a person is."""
    return Json({"groups": queries.groups(request.db, request.query.get("username", ""))})


def reset(request: Request) -> Response:
    """Use a one-time code for a new passphrase."""
    form = request.read(Reset)
    problem = actions.use_reset_code(request.db, now=request.now, username=form.username, code=form.code)
    if problem is not None:
        details = {"code": problem.code, "message": problem.message, "field": problem.field}
        return Json({"error": details}, status=problem.status)
    return Json({})


def me(request: Request) -> Response:
    """Tell the caller who she is here."""
    actor = request.actor
    person = queries.person_by_username(request.db, str(actor.username))
    return Json(
        {
            "username": actor.username,
            "display_name": person.display_name if person else "",
            "participates": sorted(actor.participates),
            "facilitates": sorted(actor.facilitates),
            "coordinates": actor.coordinates,
            "language": request.language,
        }
    )


ROUTES = (
    Route("POST", "/api/hub/enrolments", Right.HUB, enrol),
    Route("GET", "/api/hub/groups", Right.HUB, groups),
    Route("POST", "/api/hub/resets", Right.HUB, reset),
    Route("GET", "/api/me", Right.MEMBER, me),
)
