"""Replies in networks, questions back, routing and hand-over."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: new tables, whether replies may be posted by a feed's account, and whose words a receipt's
    may repeat."""
    op.add_column("feed", sa.Column("replies", sa.Boolean, nullable=True))
    _receipt()
    _public_reply()
    _question()
    _translation()
    _routing()
    _handover()


def _receipt() -> None:
    op.add_column("receipt", sa.Column("lead", sa.Text, nullable=True))
    op.create_index("ix_receipt_lead", "receipt", ["lead"])


def _public_reply() -> None:
    op.create_table(
        "public_reply",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("contribution_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("feed_id", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lead", sa.Text, nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_public_reply_event_id_event"),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name="fk_public_reply_contribution_id_contribution"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_public_reply_post_id_post"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_public_reply_session_id_session"),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_public_reply_feed_id_feed"),
        sa.PrimaryKeyConstraint("id", name="pk_public_reply"),
    )
    op.create_index("ix_public_reply_event_id", "public_reply", ["event_id"])
    op.create_index("ix_public_reply_post_id", "public_reply", ["post_id"])
    op.create_index("ix_public_reply_lead", "public_reply", ["lead"])
    op.create_index("ix_public_reply_state_due_at", "public_reply", ["state", "due_at"])


def _question() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_question_event_id_event"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_question_post_id_post"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_event_id", "question", ["event_id"])
    op.create_index("ix_question_post_id", "question", ["post_id"])


def _translation() -> None:
    op.create_table(
        "translation",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_translation_event_id_event"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_translation_post_id_post"),
        sa.PrimaryKeyConstraint("id", name="pk_translation"),
        sa.UniqueConstraint("post_id", "lang", name="uq_translation_post_id_lang"),
    )
    op.create_index("ix_translation_event_id", "translation", ["event_id"])


def _routing() -> None:
    op.create_table(
        "routing",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("from_session", sa.Text, nullable=True),
        sa.Column("to_session", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_routing_event_id_event"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_routing_post_id_post"),
        sa.ForeignKeyConstraint(["from_session"], ["session.id"], name="fk_routing_from_session_session"),
        sa.ForeignKeyConstraint(["to_session"], ["session.id"], name="fk_routing_to_session_session"),
        sa.ForeignKeyConstraint(["origin"], ["relay.id"], name="fk_routing_origin_relay"),
        sa.PrimaryKeyConstraint("id", name="pk_routing"),
    )
    op.create_index("ix_routing_event_id", "routing", ["event_id"])
    op.create_index("ix_routing_post_id", "routing", ["post_id"])


def _handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["session.id"], name="fk_handover_id_session"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_handover_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_event_id", "handover", ["event_id"])
