"""Walls on both stores: codes that pair once, posts approved by hand, databases of the release before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import insert

import wall.store
from tests.support.summit import MORNING, post
from tests.support.walls import WallSummit
from wall.access import digest_of
from wall.display import Hold
from wall.entries import PUBLIC
from wall.feeds.base import Edited
from wall.intake import moves
from wall.model import PostState, Reason, new_id
from wall.screens import control, fleet, pairing
from wall.screens.control import Order
from wall.screens.fleet import ScreenChange
from wall.screens.pairing import NewScreen, WrongCode
from wall.store import Store, migrate, posts, screens, tables

CODE = "ACDEFH"
SCRIPTS = Path(wall.store.__file__).parent / "migrations"


def by_hand(hall: WallSummit, post_id: str) -> bool:
    """What everybody's card of a post says."""
    return bool(hall.held(PUBLIC).subjects["post", post_id]["by_hand"])


def test_a_post_is_by_hand_while_it_is_as_a_person_approved_it(store: Store) -> None:
    hall = WallSummit(store)
    post_id = hall.said("k", "By rule.")
    assert not by_hand(hall, post_id)
    hall.do(lambda tx: moves.hide(tx, post_id, 1, Reason(code="spam")))
    hall.do(lambda tx: moves.approve(tx, post_id, 2))
    assert by_hand(hall, post_id)
    with store.reading() as conn:
        stored = posts.by_ids(conn, hall.event_id, {post_id})[post_id]
    hall.do(lambda tx: vars(moves.lost(tx, stored)))
    lost = stored.model_copy(update={"state": PostState.UNAVAILABLE, "version": 4})
    hall.do(lambda tx: vars(moves.found(tx, lost)))
    assert by_hand(hall, post_id), "it came back as it was"
    hall.admit(Edited(post("k", "Edited since.")))
    assert not by_hand(hall, post_id)


def test_of_two_events_that_type_one_code_at_once_one_gets_the_screen(store: Store) -> None:
    halls = [WallSummit(store), WallSummit(store)]
    waiting = screens.Code(CODE, digest_of(new_id()), MORNING + timedelta(minutes=10))
    with store.writing() as conn:
        assert screens.add_code(conn, waiting, MORNING)
    new = NewScreen(code=CODE, name="Left", distance_m=20, diagonal_in=85)
    barrier = Barrier(2)

    def pair(hall: WallSummit) -> bool:
        barrier.wait()
        try:
            hall.do(lambda tx: pairing.pair(tx, new))
        except WrongCode:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(pair, halls)) == [False, True]
    assert sorted(len(hall.screens()) for hall in halls) == [0, 1]


def test_two_displays_never_wait_with_one_code(store: Store) -> None:
    until = MORNING + timedelta(minutes=10)
    with store.writing() as conn:
        assert screens.add_code(conn, screens.Code(CODE, "first", until), MORNING)
        assert not screens.add_code(conn, screens.Code(CODE, "second", until), MORNING)
        assert screens.add_code(conn, screens.Code(CODE, "second", until), until)


def test_a_change_that_changes_nothing_is_no_entry(store: Store) -> None:
    hall = WallSummit(store)
    screen = hall.screen(room=hall.room)
    hall.do(lambda tx: control.control(tx, Order(room=None, hold=Hold.BLANK)))
    before = hall.event.seq
    same = ScreenChange(version=1, name="Left", room=hall.room, distance_m=20)
    for nothing in (
        lambda tx: fleet.change(tx, screen, same),
        lambda tx: control.control(tx, Order(room=None, hold=Hold.BLANK)),
        lambda tx: control.unpin(tx, "nothing"),
    ):
        hall.do(nothing)
    assert hall.event.seq == before


def test_a_database_of_the_release_before_keeps_its_posts(empty_store_url: str) -> None:
    store = Store(empty_store_url)
    try:
        with store.writing() as conn:
            config = Config()
            config.set_main_option("script_location", str(SCRIPTS))
            config.attributes["connection"] = conn
            command.upgrade(config, "0004")
        event_id, post_id = _as_0004_left_it(store)
        assert "0005" in migrate(store)
        with store.reading() as conn:
            stored = posts.by_ids(conn, event_id, {post_id})[post_id]
        assert (stored.post.text, stored.by_hand) == ("Said before", False)
    finally:
        store.close()


def _as_0004_left_it(store: Store) -> tuple[str, str]:
    """An event with a post, written as that release wrote them: (event id, post id)."""
    event_id, post_id = new_id(), new_id()
    said = post("k", "Said before")
    event: dict[str, Any] = {
        "id": event_id,
        "slug": "before",
        "name": "Before",
        "hashtags": "[]",
        "zone": "UTC",
        "languages": '["en"]',
        "mode": "auto",
        "epoch": "e",
        "seq": 1,
        "last_at": MORNING,
        "tip": "",
        "version": 1,
        "shown": 1,
        "held": 0,
        "reposts": 0,
    }
    row = {
        "id": post_id,
        "event_id": event_id,
        "network": "x",
        "key": "k",
        "author_key": said.author.key,
        "state": "approved",
        "reasons": "[]",
        "version": 1,
        "received": 1,
        "shown": 1,
        "received_at": MORNING,
        "created_at": MORNING,
        "reposts": 0,
        "edits": 0,
        "content": said.model_dump_json(exclude_defaults=True),
        "words": "",
    }
    with store.writing() as conn:
        conn.execute(insert(tables.event).values(**event))
        conn.execute(insert(tables.post).values(**row))
    return event_id, post_id
