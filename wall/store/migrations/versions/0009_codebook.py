"""A codebook with definitions, sets and a second tagging."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
