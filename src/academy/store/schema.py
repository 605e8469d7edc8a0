"""The tables of the store, in SQLAlchemy Core, for SQLite and PostgreSQL alike.

Identifiers are random text, times are aware UTC (``UtcTime``), and no table has a column for an address or a device.
Nothing is updated in ``claim`` and ``audit``: rows are only added.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from academy.clock import require_aware

__all__ = [
    "UtcTime",
    "audit",
    "check_in_attempt",
    "claim",
    "cohort",
    "demographic",
    "draft",
    "enrolment",
    "extension",
    "feedback",
    "handed_notebook",
    "identity",
    "invitation",
    "job",
    "metadata",
    "person",
    "progress",
    "release",
    "reset_code",
    "session",
    "submission",
]


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive datetimes on the way in."""
        return None if value is None else require_aware(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _person(*, nullable: bool = False) -> Column[str]:
    return Column("person", ForeignKey("person.id"), nullable=nullable)


def _cohort(*, nullable: bool = False) -> Column[str]:
    return Column("cohort", ForeignKey("cohort.slug"), nullable=nullable)


# --- people ---

person = Table(
    "person",
    metadata,
    _id(),
    Column(
        "username",
        String(64),
        nullable=False,
        unique=True,
        doc="Chosen pseudonym; the Hub's and nbgrader's id.",
    ),
    Column("display_name", String(80), nullable=False, doc="Chosen, may be empty; any script."),
    Column("language", String(8), nullable=False, doc="ISO 639; empty: not chosen."),
    Column("created_at", UtcTime, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("details", Text, nullable=False, doc="Optional, encrypted with a key that is a file outside the database."),
)

cohort = Table(
    "cohort",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("course", String(64), nullable=False),
    Column("title", String(120), nullable=False),
    Column("zone", String(64), nullable=False, doc="IANA zone in which the cohort plans."),
    Column("starts_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

enrolment = Table(
    "enrolment",
    metadata,
    _id(),
    _person(),
    _cohort(nullable=True),
    Column("role", String(16), nullable=False, doc="participant, facilitator; coordinator has no cohort."),
    Column("enrolled_at", UtcTime, nullable=False),
    UniqueConstraint("person", "cohort", "role"),
    CheckConstraint("role IN ('participant', 'facilitator', 'coordinator')", name="role"),
    CheckConstraint("(role = 'coordinator') = (cohort IS NULL)", name="place"),
)

invitation = Table(
    "invitation",
    metadata,
    _id(),
    Column("code_hash", String(64), nullable=False, unique=True, doc="SHA-256 of the normalised code."),
    _cohort(nullable=True),
    Column("role", String(16), nullable=False),
    Column("seats", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("created_by", String(64), nullable=False, doc="Username, or 'setup'."),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("used <= seats", name="seats"),
)

reset_code = Table(
    "reset_code",
    metadata,
    _id(),
    _person(),
    Column("code_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False, doc="Wrong codes typed so far."),
    Column("issued_by", String(64), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

demographic = Table(
    "demographic",
    metadata,
    Column("key", String(64), primary_key=True, doc="HMAC of the person under a secret outside the database."),
    _cohort(),
    Column("gender", String(16), doc="NULL: not collected; declined is a value of its own."),
    Column("age_band", String(16), doc="NULL: not collected; declined is a value of its own."),
    Column("disability", String(16), doc="1, 0, unknown, declined; NULL: not collected."),
    sqlite_with_rowid=False,  # the order of rows on disk would tell who answered after whom
)

# --- learning ---

progress = Table(
    "progress",
    metadata,
    _id(),
    _person(),
    _cohort(),
    Column("module", String(64), nullable=False),
    Column("lesson", String(64), nullable=False),
    Column("done_at", UtcTime, nullable=False),
    UniqueConstraint("person", "cohort", "module", "lesson"),
)

draft = Table(
    "draft",
    metadata,
    _id(),
    _person(),
    _cohort(),
    Column("assessment", String(64), nullable=False),
    Column("question", String(64), nullable=False),
    Column("answer", JSON, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("person", "cohort", "assessment", "question"),
)

submission = Table(
    "submission",
    metadata,
    _id(),
    _person(),
    _cohort(),
    Column("assessment", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("number", String(16), nullable=False, unique=True, doc="On the receipt."),
    Column("answers", JSON, nullable=False),
    Column("checksum", String(64), nullable=False, doc="SHA-256 of the canonical JSON of the answers, or of the file."),
    Column("submitted_at", UtcTime, nullable=False, doc="Sent, or saved without a line; this counts."),
    Column("arrived_at", UtcTime, nullable=False, doc="When it reached the academy."),
    Column("due_at", UtcTime, doc="The deadline that held for this person; NULL: none."),
    Column("delivered_at", UtcTime, doc="When it stood in nbgrader's exchange."),
    Column("nonce", String(64), nullable=False, doc="A repeat of the same sending has the same nonce."),
    UniqueConstraint("person", "cohort", "assessment", "attempt"),
    UniqueConstraint("person", "cohort", "assessment", "nonce"),
)

handed_notebook = Table(
    "handed_notebook",
    metadata,
    Column("submission", ForeignKey("submission.id"), primary_key=True),
    Column("notebook", LargeBinary, nullable=False, doc="The file as it was sent."),
)

release = Table(
    "release",
    metadata,
    _id(),
    _cohort(),
    Column("assessment", String(64), nullable=False),
    Column("due_at", UtcTime, doc="NULL: no deadline."),
    Column("released_at", UtcTime, doc="NULL: asked for, not yet in the exchange."),
    Column("feedback_at", UtcTime, doc="When feedback was released; NULL: not yet."),
    UniqueConstraint("cohort", "assessment"),
)

extension = Table(
    "extension",
    metadata,
    _id(),
    _person(),
    _cohort(),
    Column("assessment", String(64), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    UniqueConstraint("person", "cohort", "assessment"),
)

# --- grading ---

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True, doc="Jobs run in this order."),
    _cohort(),
    Column("assessment", String(64), nullable=False),
    Column("kind", String(16), nullable=False, doc="release, deliver, collect, autograde, feedback."),
    Column("details", JSON, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("result", JSON, doc="What the job reports; NULL until it ended well."),
    Column("error", Text, doc="One sentence; NULL if none."),
)

feedback = Table(
    "feedback",
    metadata,
    _id(),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("question", String(64), nullable=False),
    Column("score", Float, doc="NULL: nobody has marked it yet."),
    Column("points", Float, nullable=False, doc="The most that could be had."),
    Column("comment", Text, nullable=False),
    UniqueConstraint("submission", "question"),
)

# --- attendance ---

session = Table(
    "session",
    metadata,
    _id(),
    _cohort(),
    Column("title", String(120), nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("zone", String(64), nullable=False, doc="IANA zone in which it was planned."),
    Column("late_after_minutes", Integer, nullable=False),
    Column("secret", String(64), nullable=False, doc="Key of the rotating check-in code."),
    Column("opened_at", UtcTime, doc="Check-in open from; NULL: not opened yet."),
    Column("closed_at", UtcTime, doc="Check-in closed; NULL: not closed."),
    CheckConstraint("ends_at > starts_at", name="span"),
)

claim = Table(
    "claim",
    metadata,
    _id(),
    Column("session", ForeignKey("session.id"), nullable=False),
    _person(nullable=True),
    Column("source", String(16), nullable=False, doc="self, facilitator, import, tally, correction."),
    Column("naming", String(16), nullable=False, doc="named, pseudonym, count."),
    Column("status", String(16), nullable=False, doc="present, absent, excused: what is claimed."),
    Column("arrived_at", UtcTime, doc="NULL: not known."),
    Column("left_at", UtcTime, doc="NULL: not known."),
    Column("people", Integer, nullable=False, doc="1, or the head-count of a tally."),
    Column("reason", Text, nullable=False, doc="Empty where none is needed."),
    Column("nonce", String(64), nullable=False, doc="A repeat of the same claim has the same nonce."),
    Column("claimed_by", String(64), nullable=False, doc="Username of who made the claim; empty for count only."),
    Column("claimed_at", UtcTime, nullable=False),
    UniqueConstraint("session", "nonce"),
    sqlite_with_rowid=False,  # the order of rows on disk would tell when somebody was counted
)

check_in_attempt = Table(
    "check_in_attempt",
    metadata,
    Column("session", ForeignKey("session.id"), primary_key=True),
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("wrong", Integer, nullable=False, doc="Wrong codes since the last right one."),
)

# --- evidence ---

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(64), nullable=False, doc="Username, or 'hub', 'setup', 'academy'."),
    Column("action", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

Index("ix_submission_waiting", submission.c.delivered_at)
Index("ix_job_open", job.c.ended_at, job.c.id)
Index("ix_claim_session", claim.c.session)
Index("ix_enrolment_cohort", enrolment.c.cohort)
