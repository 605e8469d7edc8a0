"""The participant's page: six digits, how she wants to stand in the register, and one button."""

from __future__ import annotations

from typing import Any

from academy.attendance import actions, queries
from academy.attendance.forms import CheckInForm
from academy.attendance.model import CheckIn, Naming, Outcome, Session
from academy.errors import AcademyError, BadInput
from academy.languages.phrases import phrase
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Page, Request, Response, Route

__all__ = ["ROUTES"]


def show_check_in(request: Request) -> Response:
    """Show the form, or that she is in already."""
    session = _find(request)
    own = queries.own_check_in(request.db, session.id, str(request.actor.person))
    if own is None:
        return _form(request, session)
    at = None if own.naming is Naming.COUNT else own.claimed_at
    return _in(request, session, CheckIn(Outcome.AGAIN, at=at, naming=own.naming))


def check_in(request: Request) -> Response:
    """Check in. On an error the code is asked for again and the choice stays."""
    session = _find(request)
    try:
        result = _check_in(request, session)
    except AcademyError as error:
        return _form(request, session, problem=error)
    if result.outcome in {Outcome.IN, Outcome.AGAIN}:
        return _in(request, session, result)
    return _form(request, session, problem=_refusal(result))


def _check_in(request: Request, session: Session) -> CheckIn:
    form = request.read(CheckInForm)
    behaviour = request.config.behaviour
    return actions.check_in(
        request.db,
        actor=request.actor,
        now=request.now,
        session=session,
        code=form.code,
        naming=form.naming,
        code_seconds=behaviour.check_in_code_seconds,
        attempts=behaviour.check_in_attempts,
    )


def _refusal(result: CheckIn) -> AcademyError:
    if result.outcome is Outcome.BLOCKED:
        message = phrase("Too many codes did not fit, so none is tried any more. Ask your facilitator to write you in.")
        return BadInput(message, code="blocked", field="code")
    message = phrase(
        "The code has changed, or it was mistyped. Ask for the new one and try again. "
        "Your choice is still here. Tries left: %(tries)s.",
        tries=result.attempts_left,
    )
    return BadInput(message, code="wrong-code", field="code")


def _form(request: Request, session: Session, *, problem: AcademyError | None = None) -> Page:
    naming = request.body.get("naming", Naming.PSEUDONYM)
    context = _context(request, session) | {"naming": naming, "problem": problem}
    return Page("attendance/check_in.html", context, status=problem.status if problem else 200)


def _in(request: Request, session: Session, result: CheckIn) -> Page:
    return Page("attendance/checked_in.html", _context(request, session) | {"result": result})


def _context(request: Request, session: Session) -> dict[str, Any]:
    person = people.person_by_username(request.db, str(request.actor.username))
    return {
        "session": session,
        "username": request.actor.username,
        "display_name": person.display_name if person else "",
    }


def _find(request: Request) -> Session:
    return queries.find_session(request.db, request.path["cohort"], request.path["session"])


CHECK_IN = "/c/{cohort}/sessions/{session}/check-in"

ROUTES = (
    Route("GET", CHECK_IN, Right.TAKE, show_check_in),
    Route("POST", CHECK_IN, Right.TAKE, check_in),
)
