"""How feeds are: when posts came, troubles, budgets, and since when one is silent."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: of a feed of before nothing is known until it runs again."""
    op.create_table(
        "feed_vitals",
        sa.Column("feed_id", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_feed_vitals_feed_id_feed"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_vitals"),
    )
