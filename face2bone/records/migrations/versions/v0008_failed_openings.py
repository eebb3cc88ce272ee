"""Who asked, outside their role, for a pseudonym that is nobody's, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """What was asked before left no trace."""
    op.create_table(
        "failed_opening",
        sa.Column("attempt_id", sa.String(32), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_failed_opening"),
    )
