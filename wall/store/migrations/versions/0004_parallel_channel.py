"""Programme, codebook, contributions, relays and receipts: the parallel channel."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: new tables."""
    _room()
    _session()
    _tag()
    _contribution()
    _contribution_post()
    _tagging()
    _relay()
    _receipt()


def _room() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_room_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_room"),
    )
    op.create_index("ix_room_event_id", "room", ["event_id"])


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("room_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("speakers", sa.Text, nullable=False),
        sa.Column("facilitators", sa.Text, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prompts", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_session_event_id_event"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_session_room_id_room"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_event_id", "session", ["event_id"])


def _tag() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("colour", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_tag_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
    )
    op.create_index("ix_tag_event_id", "tag", ["event_id"])


def _contribution() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("noted", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_contribution_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_contribution"),
    )
    op.create_index("ix_contribution_event_id", "contribution", ["event_id"])


def _contribution_post() -> None:
    op.create_table(
        "contribution_post",
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("contribution_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_contribution_post_post_id_post"),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name="fk_contribution_post_contribution_id_contribution",
        ),
        sa.PrimaryKeyConstraint("post_id", name="pk_contribution_post"),
    )
    op.create_index("ix_contribution_post_contribution_id", "contribution_post", ["contribution_id"])


def _tagging() -> None:
    op.create_table(
        "tagging",
        sa.Column("contribution_id", sa.Text, nullable=False),
        sa.Column("tag_id", sa.Text, nullable=False),
        sa.Column("tagged_by", sa.Text, nullable=False),
        sa.Column("tagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name="fk_tagging_contribution_id_contribution"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_tagging_tag_id_tag"),
        sa.PrimaryKeyConstraint("contribution_id", "tag_id", name="pk_tagging"),
    )


def _relay() -> None:
    op.create_table(
        "relay",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("contribution_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=True),
        sa.Column("raised_by", sa.Text, nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("floor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_relay_event_id_event"),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name="fk_relay_contribution_id_contribution"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_relay_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_relay"),
    )
    op.create_index("ix_relay_contribution_id", "relay", ["contribution_id"])
    op.create_index("ix_relay_event_id_state", "relay", ["event_id", "state"])
    op.create_index("ix_relay_session_id_state", "relay", ["session_id", "state"])


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("contribution_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("relay_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_receipt_post_id_post"),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name="fk_receipt_contribution_id_contribution"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_receipt_event_id_event"),
        sa.ForeignKeyConstraint(["relay_id"], ["relay.id"], name="fk_receipt_relay_id_relay"),
        sa.PrimaryKeyConstraint("post_id", "contribution_id", name="pk_receipt"),
    )
    op.create_index("ix_receipt_contribution_id", "receipt", ["contribution_id"])
    op.create_index("ix_receipt_event_id_state", "receipt", ["event_id", "state"])
