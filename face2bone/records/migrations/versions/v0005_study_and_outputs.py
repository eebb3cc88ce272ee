"""An assessment says its study, and its outputs stand by name instead of in a column each."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NAMES = ("normal", "osteopenia", "osteoporosis")
_ROW = sa.table(
    "assessment",
    sa.column("assessment_id", sa.String),
    sa.column("outputs", sa.Text),
    *(sa.column(f"p_{name}", sa.Double) for name in NAMES),
)


def upgrade() -> None:
    """Every figure is carried over as it is; the trail's hashes of it can be made again."""
    op.add_column(
        "assessment",
        sa.Column("study", sa.String(64), nullable=False, server_default="face2bone"),
    )
    op.add_column("assessment", sa.Column("outputs", sa.Text()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_ROW).where(_ROW.c.p_normal.is_not(None))).all():
        outputs = {name: getattr(row, f"p_{name}") for name in NAMES}
        text = json.dumps(outputs, sort_keys=True, separators=(",", ":"))
        mine = _ROW.c.assessment_id == row.assessment_id
        connection.execute(sa.update(_ROW).where(mine).values(outputs=text))
    for name in NAMES:
        op.drop_column("assessment", f"p_{name}")
