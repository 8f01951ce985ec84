"""Who thinks so too, and second looks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: nobody has supported anything, or asked for a second look, before."""
    op.create_table(
        "support",
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_support_post_id_post"),
        sa.PrimaryKeyConstraint("post_id", "digest", name="pk_support"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "support_count",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("due", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name="fk_support_count_id_post"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_support_count_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_support_count"),
    )
    op.create_index("ix_support_count_event_id", "support_count", ["event_id"])
    op.create_index("ix_support_count_due", "support_count", ["due"])
    op.create_table(
        "second_look",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_by", sa.Text, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name="fk_second_look_id_post"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_second_look_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_second_look"),
    )
    op.create_index("ix_second_look_event_id", "second_look", ["event_id"])
