"""Run-sheets, room notes, conclusions and messages to the chair; events that rehearse others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive: of prompts that were reached before it is not known when."""
    op.add_column("session", sa.Column("prompt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("rehearsal_of", sa.Text, nullable=True))
    _answer()
    _conclusion()
    _endorsement()
    _message()


def _answer() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("prompt_id", sa.Text, nullable=True),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name="fk_answer_id_post"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_answer_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_answer_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    op.create_index("ix_answer_event_id", "answer", ["event_id"])
    op.create_index("ix_answer_session_id", "answer", ["session_id"])


def _conclusion() -> None:
    op.create_table(
        "conclusion",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("endorsed", sa.Integer, nullable=False),
        sa.Column("room", sa.Integer, nullable=True),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("worded", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_conclusion_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_conclusion_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_conclusion"),
    )
    op.create_index("ix_conclusion_event_id", "conclusion", ["event_id"])
    op.create_index("ix_conclusion_session_id", "conclusion", ["session_id"])


def _endorsement() -> None:
    op.create_table(
        "endorsement",
        sa.Column("conclusion_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["conclusion_id"], ["conclusion.id"], name="fk_endorsement_conclusion_id_conclusion"
        ),
        sa.PrimaryKeyConstraint("conclusion_id", "digest", name="pk_endorsement"),
        sqlite_with_rowid=False,
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("to", sa.Text, nullable=False),
        sa.Column("signal", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok_by", sa.Text, nullable=True),
        sa.Column("ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_message_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_message_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_event_id", "message", ["event_id"])
