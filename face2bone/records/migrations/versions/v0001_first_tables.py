"""The first tables, and triggers that let the audit trail grow and nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_entry_no_{verb} BEFORE {verb.upper()} ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$",
        "CREATE TRIGGER audit_entry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_only_grows()",
    ],
}


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    kind = sa.String(length) if length else sa.Text()
    return sa.Column(name, kind, nullable=False)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=False)


def upgrade() -> None:
    """From an empty database to the first tables."""
    _patients()
    _assessments()
    _results_and_photos()
    _audit_trail()


def _patients() -> None:
    op.create_table(
        "patient",
        _text("subject", 32),
        _text("patient_id", 64),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_patient"),
        sa.UniqueConstraint("patient_id", name="uq_patient_patient_id"),
    )


def _assessments() -> None:
    op.create_table(
        "assessment",
        _text("assessment_id", 32),
        _text("subject", 32),
        _text("saved_at", 32),
        _text("saved_by", 80),
        _text("decision", 80),
        _text("reason"),
        _text("consent_by", 32),
        _text("consent_at", 32),
        _text("consent_version", 80),
        _text("bundle_sha256", 64),
        _text("guideline_version", 80),
        _text("document"),
        _text("sex", 1),
        _number("age_years"),
        _number("p_normal"),
        _number("p_osteopenia"),
        _number("p_osteoporosis"),
        sa.Column("class_shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_assessment"),
        sa.ForeignKeyConstraint(
            ["subject"], ["patient.subject"], name="fk_assessment_subject", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_assessment_subject", "assessment", ["subject"])
    op.create_index("ix_assessment_saved_at", "assessment", ["saved_at"])


def _results_and_photos() -> None:
    op.create_table(
        "dxa_result",
        _text("dxa_id", 32),
        _text("assessment_id", 32),
        _text("site", 32),
        _number("t_score"),
        _text("measured_on", 10),
        _text("entered_at", 32),
        _text("entered_by", 80),
        sa.PrimaryKeyConstraint("dxa_id", name="pk_dxa_result"),
        _of_an_assessment("dxa_result"),
    )
    op.create_index("ix_dxa_result_assessment_id", "dxa_result", ["assessment_id"])
    op.create_table(
        "photo",
        _text("assessment_id", 32),
        _text("key_id", 16),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_photo"),
        _of_an_assessment("photo"),
    )


def _of_an_assessment(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["assessment_id"],
        ["assessment.assessment_id"],
        name=f"fk_{table}_assessment_id",
        ondelete="CASCADE",
    )


def _audit_trail() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        _text("at", 32),
        _text("actor", 80),
        _text("action", 16),
        _text("subject", 32),
        _text("record_id", 32),
        _text("bundle_sha256", 64),
        _text("photo_hash", 64),
        _text("content_hash", 64),
        _text("previous_hash", 64),
        _text("entry_hash", 64),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entry"),
        sa.UniqueConstraint("previous_hash", name="uq_audit_entry_previous_hash"),
        sa.UniqueConstraint("entry_hash", name="uq_audit_entry_entry_hash"),
    )
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
