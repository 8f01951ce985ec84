"""Of a post that was taken back nothing is left: not in a table, not in the file, not in an entry."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from tests.store.cards import cards, kinds, move, summit
from tests.support.summit import Summit, post
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.model import Author, Link, Media, Quote
from wall.store import Store
from wall.store import tables as t

__all__ = ["summit"]

SECRETS = {
    "text": "zanzibarwort",
    "edit": "quagmirewort",
    "name": "Zebedeename",
    "handle": "zebedeehandle",
    "key": "zkey-4711",
    "author": "zauthor-4711",
    "url": "zebedee.example",
    "tag": "zebedeetag",
    "warning": "zebedeewarning",
    "alt": "zebedeealt",
}


def telling_post(words: str) -> Any:
    author = Author(
        key=SECRETS["author"],
        handle=SECRETS["handle"],
        name=SECRETS["name"],
        url=f"https://{SECRETS['url']}/me",
        avatar=f"https://{SECRETS['url']}/me.png",
    )
    return post(
        SECRETS["key"],
        words,
        author=author,
        url=f"https://{SECRETS['url']}/post",
        hashtags=(SECRETS["tag"],),
        warning=SECRETS["warning"],
        media=(Media(kind="image", url=f"https://{SECRETS['url']}/i.png", alt=SECRETS["alt"]),),
        links=(Link(start=0, end=3, url=f"https://{SECRETS['url']}/link"),),
    )


def everything(store: Store) -> str:
    """Every cell of every table, FTS's own and PostgreSQL's generated column included."""
    with store.reading() as conn:
        if store.is_sqlite:
            named = conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        else:
            named = inspect(conn).get_table_names()
        rows = [row for name in list(named) for row in conn.execute(text(f'SELECT * FROM "{name}"'))]
    cells = (
        cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for row in rows for cell in row
    )
    return "\n".join(cells).lower()


def shreds(secret: str) -> set[str]:
    """FTS5 leaves out what a word has in common with the one before it, so look for its later part."""
    return {secret.lower(), secret.lower()[4:]}


def test_nothing_of_a_withdrawn_post_is_left_in_earlier_texts_of_those_who_quoted_it(
    summit: Summit,
) -> None:
    told = telling_post(SECRETS["text"])
    quote = Quote(key=told.key, author=told.author, text=told.text)
    summit.arrive(told, post("b", "Look at ths", quote=quote))
    summit.admit(Edited(post("b", "Look at this", quote=quote)))
    summit.admit(Withdrawn("x", told.key))
    left = everything(summit.store)
    assert "look at ths" in left
    assert {
        name for name, secret in SECRETS.items() if any(part in left for part in shreds(secret))
    } == set()


@pytest.mark.parametrize("by", ["network", "moderator"])
def test_nothing_of_a_withdrawn_post_is_left_in_any_table(summit: Summit, by: str) -> None:
    summit.arrive(*(post(f"k{number}", f"neighbour number {number}") for number in range(30)))
    summit.admit(Arrived(telling_post(SECRETS["text"])))
    summit.admit(Edited(telling_post(SECRETS["edit"])))
    present = everything(summit.store)
    assert all(secret.lower() in present for secret in SECRETS.values())
    if by == "network":
        summit.admit(Withdrawn("x", SECRETS["key"]))
    else:
        move(summit, SECRETS["key"], "withdraw")
    left = everything(summit.store)
    assert {
        name for name, secret in SECRETS.items() if any(part in left for part in shreds(secret))
    } == set()
    assert len(cards(summit)) == 30


def test_nothing_of_a_withdrawn_post_is_left_in_the_database_file(sqlite_store: Store) -> None:
    summit = Summit(sqlite_store)
    summit.admit(Arrived(telling_post(SECRETS["text"])), Edited(telling_post(SECRETS["edit"])))
    summit.admit(Withdrawn("x", SECRETS["key"]))
    path = str(sqlite_store.url.database)
    sqlite_store.close()
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    left = Path(path).read_bytes().decode("latin-1").lower()
    assert {name for name, secret in SECRETS.items() if secret.lower() in left} == set()


def test_what_a_repost_said_of_a_withdrawn_post_is_not_kept(summit: Summit) -> None:
    summit.arrive(post("a", SECRETS["text"]))
    summit.arrive(post("r", f"RT @ada: {SECRETS['text']}", repost_of="a", hashtags=()))
    summit.admit(Withdrawn("x", "a"))
    assert SECRETS["text"] not in everything(summit.store)


def test_entries_hold_the_states_and_reasons_but_no_words(summit: Summit) -> None:
    summit.admit(Arrived(telling_post(SECRETS["text"])), Edited(telling_post(SECRETS["edit"])))
    summit.admit(Withdrawn("x", SECRETS["key"]))
    assert kinds(summit)[1:] == ["post.received", "post.edited", "post.withdrawn"]
    with summit.store.reading() as conn:
        bodies = "\n".join(conn.execute(select(t.entry.c.body)).scalars()).lower()
    assert not [name for name, secret in SECRETS.items() if secret.lower() in bodies]
