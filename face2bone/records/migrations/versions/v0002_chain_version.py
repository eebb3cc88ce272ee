"""Which rules an entry of the trail was sealed by, and REPLACE refused like UPDATE and DELETE."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# SQLite's REPLACE removes the old row without asking a DELETE trigger. PostgreSQL has none, and
# its ON CONFLICT DO UPDATE asks the UPDATE trigger.
_NO_REPLACE = (
    "CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry WHEN EXISTS ("
    "SELECT 1 FROM audit_entry WHERE sequence >= NEW.sequence "
    "OR previous_hash = NEW.previous_hash OR entry_hash = NEW.entry_hash) "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
)


def upgrade() -> None:
    """Entries so far were sealed by version 1."""
    op.add_column(
        "audit_entry", sa.Column("chain_version", sa.Integer(), nullable=False, server_default="1")
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_NO_REPLACE)
