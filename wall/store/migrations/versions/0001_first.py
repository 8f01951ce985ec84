"""The first tables: events and their journals, posts with search, feeds, people and their roles."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything; search is the one part that differs between the stores."""
    _journal()
    _posts()
    _feeds()
    _people()
    for statement in _POSTGRES_SEARCH if op.get_bind().dialect.name == "postgresql" else _SQLITE_SEARCH:
        op.execute(statement)


def _text(name: str, *more: sa.ForeignKey, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, *more, nullable=nullable)


def _number(name: str, kind: sa.types.TypeEngine[int] = NUMBER) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False)


def _integer(name: str) -> sa.Column[int]:
    return _number(name, sa.Integer())


def _journal() -> None:
    op.create_table(
        "event",
        _text("id"),
        _text("slug"),
        *(_text(name) for name in ("name", "hashtags", "zone", "languages", "mode", "epoch")),
        _number("seq"),
        sa.Column("last_at", MOMENT, nullable=False),
        _text("tip"),
        *(_integer(name) for name in ("version", "shown", "held", "reposts")),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("slug", name="uq_event_slug"),
    )
    op.create_table(
        "entry",
        _text("event_id"),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        _text("kind"),
        _text("body"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_entry_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "seq", name="pk_entry"),
    )
    op.create_table(
        "command",
        *(_text(name) for name in ("event_id", "actor", "cause", "digest", "result")),
        _number("seq"),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_command_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "actor", "cause", name="pk_command"),
    )


def _posts() -> None:
    op.create_table(
        "post",
        sa.Column("num", NUMBER, autoincrement=True, nullable=False),
        *(_text(name) for name in ("id", "event_id", "network", "key")),
        _text("original_id", nullable=True),
        _text("author_key"),
        _text("state"),
        _text("prior_state", nullable=True),
        _text("reasons"),
        _integer("version"),
        _number("received"),
        _number("shown"),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _integer("reposts"),
        _integer("edits"),
        _text("content"),
        _text("words"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_post_event_id_event"),
        sa.PrimaryKeyConstraint("num", name="pk_post"),
        sa.UniqueConstraint("event_id", "network", "key", name="uq_post_event_id_network_key"),
        sa.UniqueConstraint("id", name="uq_post_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_post_event_id_received", "post", ["event_id", "received"])
    op.create_index("ix_post_event_id_state_shown", "post", ["event_id", "state", "shown"])
    op.create_index("ix_post_original_id", "post", ["original_id"])
    op.create_table(
        "post_revision",
        _text("post_id"),
        _integer("edit"),
        _text("content"),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_revision_post_id_post"),
        sa.PrimaryKeyConstraint("post_id", "edit", name="pk_post_revision"),
    )


def _feeds() -> None:
    op.create_table(
        "feed",
        *(_text(name) for name in ("id", "event_id", "network", "config")),
        _text("cursor", nullable=True),
        _text("state"),
        _text("problem", nullable=True),
        *(_integer(name) for name in ("accepted", "dropped", "version")),
        _text("lease_owner", nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        _integer("fence"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_feed_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
    )
    op.create_index("ix_feed_event_id", "feed", ["event_id"])


def _people() -> None:
    op.create_table(
        "person",
        _text("id"),
        _text("name"),
        sa.Column("organiser", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "member",
        *(_text(name) for name in ("event_id", "person_id", "roles")),
        _integer("version"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_member_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_member_person_id_person"),
        sa.PrimaryKeyConstraint("event_id", "person_id", name="pk_member"),
    )
    op.create_table(
        "link",
        _text("id"),
        _text("digest"),
        _text("event_id", nullable=True),
        *(_text(name) for name in ("role", "made_by")),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _text("used_by", nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_link_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("digest", name="uq_link_digest"),
    )
    op.create_table(
        "sign_in",
        *(_text(name) for name in ("digest", "person_id")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sign_in_person_id_person"),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in"),
    )


_SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE post_search USING fts5("
    "words, content='post', content_rowid='num', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER post_search_added AFTER INSERT ON post WHEN new.words != '' BEGIN "
    "INSERT INTO post_search(rowid, words) VALUES (new.num, new.words); END",
    "CREATE TRIGGER post_search_left AFTER DELETE ON post WHEN old.words != '' BEGIN "
    "INSERT INTO post_search(post_search, rowid, words) VALUES ('delete', old.num, old.words); END",
    "CREATE TRIGGER post_search_changed AFTER UPDATE OF words ON post WHEN old.words != new.words BEGIN "
    "INSERT INTO post_search(post_search, rowid, words) "
    "SELECT 'delete', old.num, old.words WHERE old.words != ''; "
    "INSERT INTO post_search(rowid, words) SELECT new.num, new.words WHERE new.words != ''; END",
)

_POSTGRES_SEARCH = (
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE TEXT SEARCH CONFIGURATION backchannel (COPY = simple)",
    "ALTER TEXT SEARCH CONFIGURATION backchannel "
    "ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple",
    "ALTER TABLE post ADD COLUMN search tsvector "
    "GENERATED ALWAYS AS (to_tsvector('backchannel'::regconfig, words)) STORED",
    "CREATE INDEX ix_post_search ON post USING gin (search)",
)
