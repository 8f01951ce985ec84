"""An event's own colours, logo and letters."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: events of before look as all do."""
    op.add_column("event", sa.Column("look", sa.Text, nullable=True))
    op.create_table(
        "look",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("chosen", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_look_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", name="pk_look"),
    )
    op.create_table(
        "look_file",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_look_file_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "digest", name="pk_look_file"),
    )
