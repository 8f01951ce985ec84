"""Scenes, screens, controls and pins, and which posts a person approved."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Additive: of posts of before it is not known who approved them, so they count as not by hand."""
    op.add_column("post", sa.Column("by_hand", sa.Boolean, nullable=True))
    _scene()
    _screen()
    _screen_code()
    _control()
    _pin()


def _scene() -> None:
    op.create_table(
        "scene",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.Column("alt", sa.Boolean, nullable=False),
        sa.Column("join", sa.Boolean, nullable=False),
        sa.Column("drift", sa.Boolean, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_scene_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "id", name="pk_scene"),
    )


def _screen() -> None:
    op.create_table(
        "screen",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("room_id", sa.Text, nullable=True),
        sa.Column("scene_id", sa.Text, nullable=True),
        sa.Column("distance_m", sa.Float, nullable=False),
        sa.Column("diagonal_in", sa.Float, nullable=False),
        sa.Column("flash", sa.Integer, nullable=False),
        sa.Column("reload", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=True),
        sa.Column("link", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_screen_event_id_event"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_screen_room_id_room"),
        sa.PrimaryKeyConstraint("id", name="pk_screen"),
        sa.UniqueConstraint("token", name="uq_screen_token"),
        sa.UniqueConstraint("link", name="uq_screen_link"),
    )
    op.create_index("ix_screen_event_id", "screen", ["event_id"])


def _screen_code() -> None:
    op.create_table(
        "screen_code",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_screen_code"),
        sa.UniqueConstraint("token", name="uq_screen_code_token"),
    )


def _control() -> None:
    op.create_table(
        "control",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("held", sa.Text, nullable=False),
        sa.Column("quieted", sa.Boolean, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_control_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "id", name="pk_control"),
    )


def _pin() -> None:
    op.create_table(
        "pin",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("order", _number, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name="fk_pin_id_post"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_pin_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_pin"),
    )
    op.create_index("ix_pin_event_id", "pin", ["event_id"])
