"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import academy.store.schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "cohort",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("created_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_cohort")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "demographic",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("gender", sa.String(length=16), nullable=True),
        sa.Column("age_band", sa.String(length=16), nullable=True),
        sa.Column("disability", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_demographic_cohort")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_demographic")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("assessment", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("saved_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_draft_cohort")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_draft_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "person", "cohort", "assessment", "question", name=op.f("uq_draft_person_cohort_assessment_question")
        ),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("enrolled_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.CheckConstraint("(role = 'coordinator') = (cohort IS NULL)", name=op.f("ck_enrolment_place")),
        sa.CheckConstraint("role IN ('participant', 'facilitator', 'coordinator')", name=op.f("ck_enrolment_role")),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_enrolment_cohort")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_enrolment_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("person", "cohort", "role", name=op.f("uq_enrolment_person_cohort_role")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_cohort", ["cohort"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("assessment", sa.String(length=64), nullable=False),
        sa.Column("due_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_extension_cohort")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_extension_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("person", "cohort", "assessment", name=op.f("uq_extension_person_cohort_assessment")),
    )
    op.create_table(
        "identity",
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_identity_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_identity")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.CheckConstraint("used <= seats", name=op.f("ck_invitation_seats")),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_invitation_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("assessment", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("started_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_job_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_open", ["ended_at", "id"], unique=False)

    op.create_table(
        "progress",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("module", sa.String(length=64), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("done_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_progress_cohort")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_progress_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
        sa.UniqueConstraint(
            "person", "cohort", "module", "lesson", name=op.f("uq_progress_person_cohort_module_lesson")
        ),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("assessment", sa.String(length=64), nullable=False),
        sa.Column("due_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("released_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("feedback_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_release_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("cohort", "assessment", name=op.f("uq_release_cohort_assessment")),
    )
    op.create_table(
        "reset_code",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_reset_code_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_code")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("ends_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("late_after_minutes", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("opened_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_span")),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_session_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=40), nullable=False),
        sa.Column("assessment", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("arrived_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("delivered_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.slug"], name=op.f("fk_submission_cohort")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_submission_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("number", name=op.f("uq_submission_number")),
        sa.UniqueConstraint(
            "person", "cohort", "assessment", "attempt", name=op.f("uq_submission_person_cohort_assessment_attempt")
        ),
        sa.UniqueConstraint(
            "person", "cohort", "assessment", "nonce", name=op.f("uq_submission_person_cohort_assessment_nonce")
        ),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index("ix_submission_waiting", ["delivered_at"], unique=False)

    op.create_table(
        "check_in_attempt",
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_check_in_attempt_person")),
        sa.ForeignKeyConstraint(["session"], ["session.id"], name=op.f("fk_check_in_attempt_session")),
        sa.PrimaryKeyConstraint("session", "person", name=op.f("pk_check_in_attempt")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("naming", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("arrived_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("left_at", academy.store.schema.UtcTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=False),
        sa.Column("claimed_at", academy.store.schema.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_claim_person")),
        sa.ForeignKeyConstraint(["session"], ["session.id"], name=op.f("fk_claim_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("session", "nonce", name=op.f("uq_claim_session_nonce")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_session", ["session"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_feedback_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("submission", "question", name=op.f("uq_feedback_submission_question")),
    )
