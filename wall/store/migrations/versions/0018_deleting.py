"""Events that were deleted and can be brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: no event of before is deleted."""
    op.add_column("event", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
