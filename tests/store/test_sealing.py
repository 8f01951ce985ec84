"""Credentials lie in the database encrypted, and nobody without the key reads them."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.summit import Summit
from wall.errors import FeedFatal
from wall.intake.intake import new_feed
from wall.intake.supervisor import opened
from wall.model import Feed, new_id, utc_now
from wall.settings import load
from wall.starting import open_store, prepare
from wall.store import Store, feeds, integrations
from wall.store.sealing import Seal
from wall.store.tables import feed, integration

TOKEN = "a-token-that-nobody-shall-read"
CONFIG = {"instances": [{"host": "s.example", "token": TOKEN}], "hashtags": ["meded"]}


def seal() -> Seal:
    return Seal(base64.urlsafe_b64encode(os.urandom(32)))


def kept(store: Store) -> tuple[Feed, str]:
    """A feed and an integration of a new event, stored with a token each."""
    made, tool = new_feed(Summit(store).event.id, "mastodon", CONFIG), new_id()
    with store.writing() as conn:
        feeds.add(conn, made)
        integrations.add(conn, made.event_id, tool, "A tool", TOKEN, "system", utc_now())
    return made, tool


def on_disk(store: Store) -> str:
    with store.reading() as conn:
        written = (*conn.execute(select(feed.c.config)), *conn.execute(select(integration.c.key)))
        return " ".join(row[0] for row in written)


def read(store: Store, made: Feed) -> Feed:
    with store.reading() as conn:
        return feeds.by_ids(conn, made.event_id, {made.id})[made.id]


@given(st.text())
def test_what_is_sealed_comes_back_and_shows_nothing(said: str) -> None:
    ours = seal()
    stored = ours.closed(said)
    assert ours.opened(stored) == said
    assert len(said) < 8 or said not in stored
    assert seal().opened(stored) is None
    assert ours.opened(f"{stored[:-8]}AAAAAAA=") is None


def test_no_token_lies_in_the_database_as_it_is(store_url: str) -> None:
    ours = Store(store_url, seal())
    made, tool = kept(ours)
    assert TOKEN not in on_disk(ours)
    assert read(ours, made).config == CONFIG
    with ours.writing() as conn:
        feeds.configure(conn, made.id, {**CONFIG, "poll_seconds": 9}, None)
        assert integrations.key_of(conn, made.event_id, tool) == TOKEN
    assert TOKEN not in on_disk(ours)
    assert read(ours, made).config["poll_seconds"] == 9
    ours.close()


def test_with_another_key_a_feed_is_there_says_so_and_gives_nothing_away(store_url: str) -> None:
    ours, theirs = Store(store_url, seal()), Store(store_url, seal())
    made, tool = kept(ours)
    found = read(theirs, made)
    assert (found.lost, found.config) == (True, {})
    with pytest.raises(FeedFatal, match="another secret key"):
        opened(found)
    with theirs.reading() as conn:
        assert integrations.key_of(conn, made.event_id, tool) is None
    assert not read(ours, made).lost
    ours.close()
    theirs.close()


def test_what_was_stored_before_there_was_a_seal_is_sealed_at_the_next_start(
    sqlite_url: str, tmp_path: Path
) -> None:
    plain = Store(sqlite_url)
    made, tool = kept(plain)
    assert TOKEN in on_disk(plain)
    plain.close()
    sealing = open_store(load(data_dir=tmp_path, database_url=sqlite_url))
    for _ in range(2):
        prepare(sealing, alone=True)
        assert TOKEN not in on_disk(sealing)
        assert read(sealing, made).config == CONFIG
        with sealing.reading() as conn:
            assert integrations.key_of(conn, made.event_id, tool) == TOKEN
    sealing.close()
