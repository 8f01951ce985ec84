"""Moderation: an event's rules, what judging needs to know of earlier posts, and when a post was lost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: posts of before have no digest and take no part in looking for look-alikes."""
    op.add_column("post", sa.Column("text_digest", sa.Text, nullable=True))
    op.add_column("post", sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_post_event_id_author_key", "post", ["event_id", "author_key", "created_at"])
    op.create_index("ix_post_event_id_text_digest", "post", ["event_id", "text_digest", "created_at"])
    op.create_table(
        "event_rules",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_rules_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", name="pk_event_rules"),
    )
