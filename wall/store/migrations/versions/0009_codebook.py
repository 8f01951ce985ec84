"""A codebook with definitions, sets and a second tagging."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_USUAL = {
    "question": ("Question",),
    "comment": ("Comment", "Commentaire"),
    "experience": ("Experience", "Expérience"),
    "evidence": ("Evidence", "Données"),
    "resource": ("Resource", "Ressource"),
    "challenge": ("Challenge", "Défi"),
    "off_topic": ("Off-topic", "Hors sujet"),
}
"""Names under which tags of the one preset that there was were made, by what they are."""


def upgrade() -> None:
    """Additive: tags of before get what they lack, and those of the preset say that they are of it."""
    for name in ("definition", "example", "set", "code", "parent"):
        op.add_column("tag", sa.Column(name, sa.Text, nullable=True))
    op.add_column("tagging", sa.Column("source", sa.Text, nullable=True))
    tag = sa.table("tag", *(sa.column(name) for name in ("name", "definition", "example", "set", "code")))
    op.execute(tag.update().values(definition="", example="", set="own", code=""))
    for code, names in _USUAL.items():
        op.execute(tag.update().where(tag.c.name.in_(names)).values(set="kind", code=code))
    _codebook()
    _edition()
    _sample()
    _sample_post()
    _second_tagging()
    _reconciliation()


def _codebook() -> None:
    op.create_table(
        "codebook",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_codebook_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", name="pk_codebook"),
    )


def _edition() -> None:
    op.create_table(
        "codebook_edition",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("tags", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("fixed_by", sa.Text, nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_codebook_edition_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "version", name="pk_codebook_edition"),
    )


def _sample() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("set", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("step", sa.Integer, nullable=True),
        sa.Column("seed", sa.Integer, nullable=True),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_sample_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_sample"),
    )
    op.create_index("ix_sample_event_id", "sample", ["event_id"])


def _sample_post() -> None:
    op.create_table(
        "sample_post",
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_sample_post_sample_id_sample"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_sample_post_post_id_post"),
        sa.PrimaryKeyConstraint("sample_id", "post_id", name="pk_sample_post"),
    )


def _second_tagging() -> None:
    op.create_table(
        "second_tagging",
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_second_tagging_sample_id_sample"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_second_tagging_post_id_post"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_second_tagging_person_id_person"),
        sa.PrimaryKeyConstraint("sample_id", "post_id", "person_id", name="pk_second_tagging"),
    )


def _reconciliation() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("sample_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=True),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_reconciliation_sample_id_sample"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_reconciliation_post_id_post"),
        sa.PrimaryKeyConstraint("sample_id", "post_id", name="pk_reconciliation"),
    )
