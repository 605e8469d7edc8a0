"""The JSON API of attendance, for the facilitator's live register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from academy.attendance import actions, queries
from academy.attendance.forms import Correction, Mark
from academy.attendance.model import Claim, Register, RegisterRow, Session
from academy.rights import Right
from academy.routing import Json, Request, Response, Route

__all__ = ["ROUTES"]


def list_sessions(request: Request) -> Response:
    """Return the sessions of a cohort, earliest first."""
    found = queries.sessions(request.db, request.path["cohort"])
    return Json({"sessions": [_session(session) for session in found]})


def get_register(request: Request) -> Response:
    """Return the register of a session, with the code while check-in is open."""
    register = _read(request)
    totals = register.totals
    return Json(
        {
            "session": _session(register.session),
            "code": register.code,
            "code_seconds_left": register.code_seconds_left,
            "rows": [_row(row) for row in register.rows],
            "uncounted": register.uncounted,
            "totals": {name: getattr(totals, name) for name in totals.__dataclass_fields__},
        }
    )


def post_mark(request: Request) -> Response:
    """Mark one person and return her row."""
    body = request.read(Mark)
    actions.mark(
        request.db,
        actor=request.actor,
        now=request.now,
        session=_find(request),
        person=body.person,
        status=body.status,
        arrived_at=body.arrived_at,
        nonce=body.nonce,
    )
    return _row_of(request, body.person)


def post_correction(request: Request) -> Response:
    """Correct one row and return it."""
    body = request.read(Correction)
    actions.correct(
        request.db,
        actor=request.actor,
        now=request.now,
        session=_find(request),
        person=body.person,
        status=body.status,
        arrived_at=body.arrived_at,
        left_at=body.left_at,
        reason=body.reason,
        nonce=body.nonce,
    )
    return _row_of(request, body.person)


def _find(request: Request) -> Session:
    return queries.find_session(request.db, request.path["cohort"], request.path["session"])


def _read(request: Request) -> Register:
    seconds = request.config.behaviour.check_in_code_seconds
    return queries.register(request.db, _find(request), request.now, code_seconds=seconds)


def _row_of(request: Request, person: str) -> Response:
    return Json(next(_row(row) for row in _read(request).rows if row.person == person))


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "title": session.title,
        "starts_at": _iso(session.starts_at),
        "ends_at": _iso(session.ends_at),
        "zone": session.zone,
        "state": session.state,
    }


def _row(row: RegisterRow) -> dict[str, Any]:
    return {
        "person": row.person,
        "username": row.username,
        "name": row.name,
        "status": row.status,
        "late": row.late,
        "arrived_at": _iso(row.arrived_at),
        "left_at": _iso(row.left_at),
        "minutes": row.minutes,
        "claims": [_claim(claim) for claim in row.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "source": claim.source,
        "status": claim.status,
        "arrived_at": _iso(claim.arrived_at),
        "left_at": _iso(claim.left_at),
        "reason": claim.reason,
        "claimed_by": claim.claimed_by,
        "claimed_at": _iso(claim.claimed_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


ROUTES = (
    Route("GET", "/api/c/{cohort}/sessions", Right.FACILITATE, list_sessions),
    Route("GET", "/api/c/{cohort}/sessions/{session}/register", Right.FACILITATE, get_register),
    Route("POST", "/api/c/{cohort}/sessions/{session}/marks", Right.FACILITATE, post_mark),
    Route("POST", "/api/c/{cohort}/sessions/{session}/corrections", Right.FACILITATE, post_correction),
)
