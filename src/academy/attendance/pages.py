"""The facilitator's pages: her sessions, and the register of one of them. They work without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from academy.attendance import actions, check_in, queries, times
from academy.attendance.codes import spoken
from academy.attendance.forms import CorrectionForm, MarkForm, Nothing, PlanForm, TallyForm
from academy.attendance.model import Register, RegisterRow, Session, State
from academy.errors import AcademyError, BadInput
from academy.languages.digits import ascii_digits
from academy.languages.phrases import phrase
from academy.people import queries as people
from academy.rights import Right
from academy.routing import Page, Redirect, Request, Response, Route
from academy.store.database import new_id

__all__ = ["ROUTES"]

LONGEST_WAIT = 20
"""Seconds after which a register that follows arrivals loads itself again, at the latest."""


def list_sessions(request: Request) -> Response:
    """Show the sessions of a cohort and the form that plans one."""
    return _sessions_page(request)


def plan(request: Request) -> Response:
    """Plan a session; what was typed stays when something is wrong."""
    try:
        session = _plan(request, request.read(PlanForm))
    except AcademyError as error:
        return _sessions_page(request, problem=error)
    return Redirect(f"/c/{request.path['cohort']}/sessions/{session}/register")


def _plan(request: Request, form: PlanForm) -> str:
    day, starts = times.read_date(form.day, "day"), times.read_time(form.starts, "starts")
    return actions.plan_session(
        request.db,
        actor=request.actor,
        now=request.now,
        cohort=request.path["cohort"],
        title=form.title,
        starts_at=times.moment(day, starts, form.zone),
        minutes=_number(form.minutes, "minutes"),
        zone=form.zone,
        late_after_minutes=request.config.behaviour.late_after_minutes,
        nonce=form.nonce,
    )


def show_register(request: Request) -> Response:
    """Show the register; ``?live=1`` follows arrivals, ``?person=`` opens one row, ``?q=`` searches."""
    return _register_page(request)


def open_register(request: Request) -> Response:
    """Open check-in and follow arrivals from then on."""

    def act(session: Session) -> str:
        request.read(Nothing)
        actions.open_check_in(request.db, actor=request.actor, now=request.now, session=session)
        return "?live=1"

    return _act(request, act)


def close_register(request: Request) -> Response:
    """Close check-in for good."""

    def act(session: Session) -> str:
        request.read(Nothing)
        actions.close_check_in(request.db, actor=request.actor, now=request.now, session=session)
        return ""

    return _act(request, act)


def mark(request: Request) -> Response:
    """Mark one person by hand."""

    def act(session: Session) -> str:
        form = request.read(MarkForm)
        actions.mark(
            request.db,
            actor=request.actor,
            now=request.now,
            session=session,
            person=form.person,
            status=form.status,
            nonce=form.nonce,
        )
        return f"{_kept(request)}#p-{form.person}"

    return _act(request, act)


def mark_remaining(request: Request) -> Response:
    """Mark everybody of whom nothing is known yet."""

    def act(session: Session) -> str:
        form = request.read(MarkForm)
        actions.mark_remaining(
            request.db,
            actor=request.actor,
            now=request.now,
            session=session,
            status=form.status,
            nonce=form.nonce,
        )
        return _kept(request)

    return _act(request, act)


def correct(request: Request) -> Response:
    """Correct one row, with a reason."""

    def act(session: Session) -> str:
        form = request.read(CorrectionForm)
        arrived = times.read_time(form.arrived, "arrived") if form.arrived else None
        left = times.read_time(form.left, "left") if form.left else None
        actions.correct(
            request.db,
            actor=request.actor,
            now=request.now,
            session=session,
            person=form.person,
            status=form.status,
            arrived_at=times.moment_in(session, arrived) if arrived else None,
            left_at=times.moment_in(session, left) if left else None,
            reason=form.reason,
            nonce=form.nonce,
        )
        return f"?person={form.person}#p-{form.person}"

    return _act(request, act)


def tally(request: Request) -> Response:
    """Write down a head-count of people without a name."""

    def act(session: Session) -> str:
        form = request.read(TallyForm)
        actions.tally(
            request.db,
            actor=request.actor,
            now=request.now,
            session=session,
            people=_number(form.people, "people"),
            reason=form.reason,
            nonce=form.nonce,
        )
        return f"{_kept(request)}#everybody"

    return _act(request, act)


def _act(request: Request, act: Callable[[Session], str]) -> Response:
    """Do what a form asks and return to the register; on an error show it again with what was typed."""
    session = _find(request)
    try:
        onward = act(session)
    except AcademyError as error:
        return _register_page(request, problem=error)
    return Redirect(f"/c/{session.cohort}/sessions/{session.id}/register{onward}")


def _sessions_page(request: Request, *, problem: AcademyError | None = None) -> Page:
    cohort = people.cohort(request.db, request.path["cohort"])
    found = queries.sessions(request.db, cohort.slug)
    ended = [one for one in found if one.state is State.CLOSED or one.ends_at < request.now]
    context = {
        "cohort": cohort,
        "coming": [one for one in found if one not in ended],
        "ended": ended[::-1],
        "typed": {"zone": cohort.zone, "minutes": "90"} | _typed(request),
        "late_after": request.config.behaviour.late_after_minutes,
        "nonce": new_id(),
        "problem": problem,
    }
    return Page("attendance/sessions.html", context, status=problem.status if problem else 200)


def _register_page(request: Request, *, problem: AcademyError | None = None) -> Page:
    session = _find(request)
    seconds = request.config.behaviour.check_in_code_seconds
    register = queries.register(request.db, session, request.now, code_seconds=seconds)
    typed = _typed(request) if problem else {}
    chosen = typed.get("person") or request.query.get("person", "")
    search = request.query.get("q", "").strip()
    live = register.code is not None and request.query.get("live") == "1" and not (problem or chosen or search)
    context = {
        "cohort": people.cohort(request.db, session.cohort),
        "session": session,
        "register": register,
        "spoken": spoken(register.code or ""),
        "rows": _matching(register, search),
        "silent": sum(not row.claims for row in register.rows),
        "chosen": chosen,
        "search": search,
        "live": live,
        "refresh": min(LONGEST_WAIT, (register.code_seconds_left or 0) + 1),
        "kept": "?live=1" if live else _kept(request),
        "typed": typed,
        "nonce": new_id(),
        "problem": problem,
    }
    return Page("attendance/register.html", context, status=problem.status if problem else 200)


def _matching(register: Register, search: str) -> list[RegisterRow]:
    wanted = search.casefold()
    return [row for row in register.rows if wanted in f"{row.name} {row.username}".casefold()]


def _kept(request: Request) -> str:
    """Return the query that keeps a search or the following of arrivals over a form."""
    kept = {name: request.query[name] for name in ("live", "q") if request.query.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _typed(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.body.items() if isinstance(value, str)}


def _find(request: Request) -> Session:
    return queries.find_session(request.db, request.path["cohort"], request.path["session"])


def _number(text: str, field: str) -> int:
    try:
        return int(ascii_digits(text))
    except ValueError as error:
        message = phrase("Write a whole number there. Nothing was changed.")
        raise BadInput(message, code="bad-number", field=field) from error


REGISTER = "/c/{cohort}/sessions/{session}/register"

ROUTES = (
    Route("GET", "/c/{cohort}/sessions", Right.FACILITATE, list_sessions),
    Route("POST", "/c/{cohort}/sessions", Right.FACILITATE, plan),
    Route("GET", REGISTER, Right.FACILITATE, show_register),
    Route("POST", f"{REGISTER}/open", Right.FACILITATE, open_register),
    Route("POST", f"{REGISTER}/close", Right.FACILITATE, close_register),
    Route("POST", f"{REGISTER}/marks", Right.FACILITATE, mark),
    Route("POST", f"{REGISTER}/marks/remaining", Right.FACILITATE, mark_remaining),
    Route("POST", f"{REGISTER}/corrections", Right.FACILITATE, correct),
    Route("POST", f"{REGISTER}/tally", Right.FACILITATE, tally),
    *check_in.ROUTES,
)
