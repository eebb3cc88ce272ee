"""What became of an assessment: kept under another pseudonym, or deleted, and for what reason."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Assessments so far stay as they are."""
    op.create_table(
        "assessment_change",
        sa.Column("change_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("saved_at", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_assessment_change"),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["patient.subject"],
            name="fk_assessment_change_subject",
            ondelete="CASCADE",
        ),
    )
    for column in ("subject", "assessment_id"):
        op.create_index(f"ix_assessment_change_{column}", "assessment_change", [column])
