"""Whatever is changed, left out or put into a stored history is found, where it is."""

from __future__ import annotations

import json
import random

import pytest
from sqlalchemy import delete, insert, select, update

from tests.store.journaling import broken, lines, rename
from tests.support.summit import Summit, post, repost
from wall.entries import kinds
from wall.feeds.base import Edited, Withdrawn
from wall.store import Store
from wall.store import tables as t


@pytest.fixture
def history(sqlite_store: Store) -> Summit:
    summit = Summit(sqlite_store)
    summit.arrive(post("a", "One"), post("b", ""), repost("r", "a"))
    summit.admit(Edited(post("a", "Two")), Withdrawn("x", "b"))
    summit.do(rename("Renamed"), cause="c1")
    return summit


def test_a_history_that_nobody_touched_holds(history: Summit) -> None:
    assert broken(history) is None
    assert history.event.seq == 7


@pytest.mark.parametrize("seq", range(1, 8))
def test_a_changed_byte_is_found_where_it_is(history: Summit, seq: int) -> None:
    chosen = random.Random(seq)
    this = (t.entry.c.event_id == history.event_id) & (t.entry.c.seq == seq)
    with history.store.reading() as conn:
        body = conn.execute(select(t.entry.c.body).where(this)).scalar_one()
    for place in {0, len(body) - 1, *(chosen.randrange(len(body)) for _ in range(25))}:
        changed = chr((ord(body[place]) - 31) % 95 + 32)
        with history.store.writing() as conn:
            conn.execute(
                update(t.entry).where(this).values(body=body[:place] + changed + body[place + 1 :])
            )
        assert broken(history) in (seq, max(seq - 1, 1)), (place, changed)
    with history.store.writing() as conn:
        conn.execute(update(t.entry).where(this).values(body=body))
    assert broken(history) is None


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"seq": 4}', "\u2028"])
def test_an_entry_that_is_none_is_found(history: Summit, body: str) -> None:
    with history.store.writing() as conn:
        conn.execute(update(t.entry).where(t.entry.c.seq == 4).values(body=body))
    assert broken(history) == 4


@pytest.mark.parametrize("seq", range(1, 8))
def test_a_missing_entry_is_found(history: Summit, seq: int) -> None:
    with history.store.writing() as conn:
        conn.execute(delete(t.entry).where(t.entry.c.event_id == history.event_id, t.entry.c.seq == seq))
    assert broken(history) in (seq, max(seq - 1, 1))


def test_an_empty_history_is_found(history: Summit) -> None:
    with history.store.writing() as conn:
        conn.execute(delete(t.entry))
    assert broken(history) == 1


@pytest.mark.parametrize(("seq", "found"), [(8, {7, 8}), (0, {1}), (-5, {1}), (99, {8})])
def test_an_inserted_entry_is_found(history: Summit, seq: int, found: set[int]) -> None:
    newest = lines(history)[-1]
    forged = {**newest, "seq": seq, "actor": "person:innocent"}
    with history.store.writing() as conn:
        row = {"event_id": history.event_id, "seq": seq, "kind": newest["kind"]}
        conn.execute(insert(t.entry).values(**row, body=json.dumps(forged)))
    assert broken(history) in found


def test_a_changed_kind_or_head_is_found(history: Summit) -> None:
    this = (t.entry.c.event_id == history.event_id) & (t.entry.c.seq == 3)
    with history.store.writing() as conn:
        conn.execute(update(t.entry).where(this).values(kind="post.approved"))
    assert broken(history) == 3
    with history.store.writing() as conn:
        kind = lines(history)[2]["kind"]
        conn.execute(update(t.entry).where(this).values(kind=kind))
        conn.execute(update(t.event).values(seq=6))
    assert broken(history) == 7


def test_every_entry_ever_written_can_be_read(history: Summit) -> None:
    for line in lines(history):
        data = kinds.upcast({"kind": line["kind"], **line["data"]})
        assert data.kind == line["kind"]
        assert set(line) == {"seq", "at", "kind", "actor", "cause", "subjects", "data", "before"}
    assert lines(history)[-1]["cause"] == "c1"
