"""What must hold before attendance is changed; each says in one sentence why it refuses."""

from __future__ import annotations

from sqlalchemy import Connection, select

from academy.attendance import queries
from academy.attendance.model import Session, Source, State, Status
from academy.errors import BadInput, Closed, Conflict, NotFound
from academy.languages.phrases import Phrase, phrase
from academy.store import schema

__all__ = [
    "require_listed",
    "require_markable",
    "require_open",
    "require_sayable",
    "require_text",
    "require_uncorrected",
]


def require_uncorrected(db: Connection, session: str, person: str) -> None:
    """Raise ``Conflict`` when a correction stands, which a plain mark could not outrank."""
    table = schema.claim
    of_person = (table.c.session == session) & (table.c.person == person)
    if db.execute(select(table.c.id).where(of_person, table.c.source == Source.CORRECTION)).first():
        message = phrase("This row was corrected before. Correct it again, with a reason.")
        raise Conflict(message, code="corrected")


def require_sayable(status: Status) -> None:
    """Raise ``BadInput`` for a status that nobody can claim."""
    if status is Status.UNMARKED:
        message = phrase("Choose present, absent or excused. Nothing was changed.")
        raise BadInput(message, code="bad-status", field="status")


def require_open(session: Session) -> None:
    """Raise ``Closed`` unless people may check in."""
    if session.state is State.PLANNED:
        message = phrase("Check-in is not open yet. Your facilitator opens it in the session; then try again.")
        raise Closed(message, code="check-in-not-open")
    if session.state is State.CLOSED:
        message = phrase("Check-in is closed. If you were there, ask your facilitator to write you in.")
        raise Closed(message, code="check-in-closed")


def require_markable(session: Session) -> None:
    """Raise ``Closed`` once marks need a reason."""
    if session.state is State.CLOSED:
        message = phrase("The register is closed. Correct the row instead, with a reason.")
        raise Closed(message, code="register-closed")


def require_listed(db: Connection, session: Session, person: str) -> None:
    """Raise ``NotFound`` for somebody who neither is in the cohort nor has a claim in the session."""
    listed = {one.person for one in queries.participants(db, session.cohort)}
    if person in listed:
        return
    if person not in {claim.person for claim in queries.claims_of(db, session.id)}:
        message = phrase("There is nobody like that in this cohort.")
        raise NotFound(message)


def require_text(text: str, field: str, limit: int, ask: Phrase) -> None:
    """Raise ``BadInput`` for a text that is missing, which ``ask`` asks for, or longer than ``limit`` characters."""
    if not text.strip():
        raise BadInput(ask, code="missing", field=field)
    if len(text.strip()) > limit:
        message = phrase("That is too long: at most %(limit)s characters. Nothing was changed.", limit=limit)
        raise BadInput(message, code="too-long", field=field)
