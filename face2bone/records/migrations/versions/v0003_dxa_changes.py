"""Why a DXA result no longer counts: corrected or withdrawn, by whom, when and for what reason."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Results so far stay as they are: of two for one site the later one counts."""
    op.create_table(
        "dxa_change",
        sa.Column("change_id", sa.String(32), nullable=False),
        sa.Column("dxa_id", sa.String(32), nullable=False),
        sa.Column("replaced_by", sa.String(32)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_dxa_change"),
        sa.UniqueConstraint("dxa_id", name="uq_dxa_change_dxa_id"),
        _a_result("dxa_id"),
        _a_result("replaced_by"),
    )


def _a_result(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["dxa_result.dxa_id"], name=f"fk_dxa_change_{column}", ondelete="CASCADE"
    )
