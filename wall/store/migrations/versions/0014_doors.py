"""What was confirmed before the doors open."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: of events of before nothing was confirmed."""
    op.create_table(
        "door",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_door_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "item", name="pk_door"),
    )
