"""The same person's same post on two networks is shown once."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: posts of before have no key, so none of them is anybody's twin until it is edited."""
    for name in ("twin_key", "twin_of", "twin_state", "twin_why", "twins"):
        op.add_column("post", sa.Column(name, sa.Text, nullable=True))
    op.create_index("ix_post_event_id_twin_key", "post", ["event_id", "twin_key", "created_at"])
    op.create_index("ix_post_twin_of", "post", ["twin_of"])
    op.create_table(
        "twin_told",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("pair", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_twin_told_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "pair", name="pk_twin_told"),
    )
