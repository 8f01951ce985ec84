"""Quick asks with their answers, and feedback on sessions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAMED = {
    "ask_answer": ("ask", "ask_id", "digest"),
    "ask_judged": ("ask", "ask_id", "key"),
    "session_feedback": ("session", "session_id", "digest"),
}
"""Tables of what was given under a name that means nothing elsewhere: of what, its key, that name."""


def upgrade() -> None:
    """Additive: nobody was asked anything before."""
    op.create_table(
        "ask",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "question", "options")),
        sa.Column("many", sa.Boolean, nullable=False),
        sa.Column("top", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("low", "high")),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("opened_at", "closes_at", "closed_at", "walls_at")
        ),
        sa.Column("tally", sa.Text, nullable=False),
        sa.Column("uncounted", sa.Boolean, nullable=False),
        sa.Column("worded", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_ask_event_id_event"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_ask_session_id_session"),
        sa.PrimaryKeyConstraint("id", name="pk_ask"),
    )
    op.create_index("ix_ask_event_id", "ask", ["event_id"])
    op.create_index("ix_ask_state", "ask", ["state"])
    _named("ask_answer", sa.Column("given", sa.Text, nullable=False))
    _named("ask_judged", sa.Column("shown", sa.Boolean, nullable=False))
    _named(
        "session_feedback",
        sa.Column("worth", sa.Integer, nullable=True),
        sa.Column("heard", sa.Integer, nullable=True),
        sa.Column("keep", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
    )


def _named(table: str, *columns: sa.Column[Any]) -> None:
    of, key, name = NAMED[table]
    op.create_table(
        table,
        sa.Column(key, sa.Text, nullable=False),
        sa.Column(name, sa.Text, nullable=False),
        *columns,
        sa.ForeignKeyConstraint([key], [f"{of}.id"], name=f"fk_{table}_{key}_{of}"),
        sa.PrimaryKeyConstraint(key, name, name=f"pk_{table}"),
        sqlite_with_rowid=False,
    )
