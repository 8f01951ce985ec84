"""An event's dates; a session's links, the delay of its stream, and where it was imported from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: sessions of before have no links and no delay."""
    op.add_column("event", sa.Column("starts_on", sa.Date, nullable=True))
    op.add_column("event", sa.Column("ends_on", sa.Date, nullable=True))
    op.add_column("session", sa.Column("stream", sa.Text, nullable=True))
    op.add_column("session", sa.Column("captions", sa.Text, nullable=True))
    op.add_column("session", sa.Column("recording", sa.Text, nullable=True))
    op.add_column("session", sa.Column("delay_seconds", sa.Integer, nullable=True))
    op.add_column("session", sa.Column("source", sa.Text, nullable=True))
