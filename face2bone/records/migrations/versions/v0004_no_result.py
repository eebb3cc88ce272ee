"""An assessment may have no probabilities: the answers' own suggestion is kept too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = ("p_normal", "p_osteopenia", "p_osteoporosis")


def upgrade() -> None:
    """What is there stays as it is, to the byte."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in COLUMNS:
        if on_sqlite:
            _replaced(name)
        else:
            op.alter_column("assessment", name, nullable=True)


def _replaced(name: str) -> None:
    """SQLite cannot lift a column's NOT NULL, and to make the table anew would empty those that
    hang on it.
    """
    op.add_column("assessment", sa.Column(f"{name}_new", sa.Double()))
    op.execute(f"UPDATE assessment SET {name}_new = {name}")  # noqa: S608  names of this file
    op.execute(f"ALTER TABLE assessment DROP COLUMN {name}")
    op.execute(f"ALTER TABLE assessment RENAME COLUMN {name}_new TO {name}")
