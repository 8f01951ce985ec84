"""Links for several people, alarms to organisers, and notifications in browsers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Additive: links of before are for one person each, and remember who used them."""
    op.add_column("link", sa.Column("places", sa.Integer, nullable=True))
    op.add_column("link", sa.Column("taken", sa.Integer, nullable=True))
    op.add_column("link", sa.Column("revoked_at", TIME, nullable=True))
    op.create_table(
        "link_use",
        sa.Column("link_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_link_use_link_id_link"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_link_use_person_id_person"),
        sa.PrimaryKeyConstraint("link_id", "person_id", name="pk_link_use"),
    )
    op.execute(
        "INSERT INTO link_use (link_id, person_id, at) SELECT id, used_by, used_at FROM link"
        " WHERE used_at IS NOT NULL AND used_by IN (SELECT id FROM person)"
    )
    _alarms()
    _notifications()


def _alarms() -> None:
    op.create_table(
        "alarm",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("matter", sa.Text, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_alarm_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "matter", name="pk_alarm"),
    )
    op.create_table(
        "alarm_way",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("reached_at", TIME, nullable=True),
        sa.Column("problem", sa.Text, nullable=True),
        sa.Column("problem_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_alarm_way_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_alarm_way_person_id_person"),
        sa.PrimaryKeyConstraint("event_id", "person_id", "way", name="pk_alarm_way"),
    )


def _notifications() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("endpoint_digest", sa.Text, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("p256dh", sa.Text, nullable=False),
        sa.Column("auth", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_push_subscription_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
    )
    op.create_index(
        "uq_push_subscription_where",
        "push_subscription",
        ["event_id", "reader", "endpoint_digest"],
        unique=True,
    )
    op.create_table(
        "push_cursor",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_push_cursor_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", name="pk_push_cursor"),
    )
    op.create_table(
        "push_told",
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_push_told_post_id_post"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_push_told_event_id_event"),
        sa.PrimaryKeyConstraint("post_id", "what", name="pk_push_told"),
    )
    op.create_index("ix_push_told_event_id", "push_told", ["event_id"])
