"""Test cards that paired screens are asked to show."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: no screen of before shows one."""
    op.add_column("screen", sa.Column("card_until", sa.DateTime(timezone=True), nullable=True))
