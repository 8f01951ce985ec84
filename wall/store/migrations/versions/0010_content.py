"""What authors' flags say, and who is left off the walls."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: of posts of before it is not known what they quote, because their words came without."""
    op.add_column("post", sa.Column("left_off", sa.Text, nullable=True))
    op.add_column("post", sa.Column("quote_key", sa.Text, nullable=True))
    op.create_index("ix_post_event_id_quote_key", "post", ["event_id", "quote_key"])
    op.create_index("ix_post_left_off", "post", ["left_off"])
    op.create_table(
        "opt_out",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_opt_out_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_opt_out"),
    )
    op.create_index("ix_opt_out_event_id", "opt_out", ["event_id"])
    op.create_table(
        "opt_out_name",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("opt_out_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_opt_out_name_event_id_event"),
        sa.ForeignKeyConstraint(["opt_out_id"], ["opt_out.id"], name="fk_opt_out_name_opt_out_id_opt_out"),
        sa.PrimaryKeyConstraint("event_id", "digest", name="pk_opt_out_name"),
    )
    op.create_index("ix_opt_out_name_opt_out_id", "opt_out_name", ["opt_out_id"])
