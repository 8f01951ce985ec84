"""What speakers ask for; guidance; resources; posts that were added by their address."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Additive: in sessions of before nobody asked for anything."""
    op.add_column("session", sa.Column("walls", sa.Text, nullable=True))
    op.add_column("session", sa.Column("slides_private", sa.Boolean, nullable=True))
    _speakers()
    _guidance()
    _resources()
    _pasted()


def _speakers() -> None:
    op.create_table(
        "speaker",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("walls", sa.Text, nullable=True),
        sa.Column("slides_private", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_speaker_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_speaker_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_speaker"),
        sa.UniqueConstraint("digest", name="uq_speaker_digest"),
    )
    op.create_index("ix_speaker_event_id", "speaker", ["event_id"])
    op.create_index("ix_speaker_session_id", "speaker", ["session_id"])


def _guidance() -> None:
    op.create_table(
        "guidance",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_guidance_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "version", name="pk_guidance"),
    )


def _resources() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("by_person", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=True),
        sa.Column("highlighted", sa.Boolean, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_resource_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_resource_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
    )
    op.create_index("ix_resource_event_id", "resource", ["event_id"])


def _pasted() -> None:
    op.create_table(
        "pasted_post",
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("permission", sa.Text, nullable=False),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_pasted_post_event_id_event"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_pasted_post_post_id_post"),
        sa.PrimaryKeyConstraint("post_id", name="pk_pasted_post"),
    )
    op.create_index("ix_pasted_post_event_id", "pasted_post", ["event_id"])
