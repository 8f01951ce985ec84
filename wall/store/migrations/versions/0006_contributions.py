"""What a point is suggested to, joined with and worded as."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("session", "hashtags", sa.Text),
    ("contribution", "wording", sa.Text),
    ("contribution", "worded", sa.Integer),
    ("contribution", "merged_into", sa.Text),
    ("contribution", "displaced", sa.Text),
    ("contribution_post", "made_in", sa.Text),
    ("relay", "made_for", sa.Text),
    ("tagging", "via", sa.Text),
)


def upgrade() -> None:
    """Additive: what was there before was neither joined nor worded, and belongs nowhere yet."""
    for table, name, kind in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "placement",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name="fk_placement_id_post"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_placement_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_placement_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_placement"),
    )
    op.create_index("ix_contribution_merged_into", "contribution", ["merged_into"])
