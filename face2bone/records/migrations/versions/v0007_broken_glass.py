"""Why somebody opened a patient's records outside their role."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nobody has so far."""
    op.create_table(
        "broken_glass",
        sa.Column("glass_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("glass_id", name="pk_broken_glass"),
        sa.ForeignKeyConstraint(
            ["subject"], ["patient.subject"], name="fk_broken_glass_subject", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_broken_glass_subject", "broken_glass", ["subject"])
