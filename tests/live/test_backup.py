"""Copies of the database: made while a server runs, put back with a history of their own."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic import command
from sqlalchemy import text

from tests.conftest import Serve
from tests.live.test_cli import ARCHIVE, BAD_ARGUMENT, Run, database, run, summit
from tests.support.staff import Staff
from wall import backing_up
from wall.entries import PUBLIC, Cursor
from wall.journal import broken_link, snapshot
from wall.settings import load
from wall.starting import open_store, place
from wall.store import Store, copies, events, feeds
from wall.store.revisions import _config

__all__ = ["database", "run", "summit"]


def told(path: Path) -> dict[str, tuple[str, int, int | None]]:
    """What a database holds: each event's epoch, seq, and the entry that is not as it was written."""
    store = Store(f"sqlite:///{path}")
    try:
        with store.reading() as conn:
            return {
                one.slug: (one.epoch, one.seq, broken_link(conn, one.id)) for one in events.listed(conn)
            }
    finally:
        store.close()


def left_in(folder: Path) -> dict[str, bytes]:
    """Every file of a data directory, but the lock and the secret key."""
    kept = {"backchannel.db.serve", "secret.key"}
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.name not in kept
    }


async def test_a_copy_is_put_back_and_every_open_face_begins_anew(
    summit: Run, database: Store, serve: Serve, tmp_path: Path
) -> None:
    copy, data = tmp_path / "copy.db", tmp_path / "data"
    server = serve({"BACKCHANNEL_DATA_DIR": str(data)})
    await server.start()
    staff = Staff(server.base_url, database)
    await staff.post("summit", "Before the copy")
    made = await asyncio.to_thread(summit, "backup", copy)
    assert made.code == 0, made.said
    assert "The secret key is not in it." in made.said
    assert copy.stat().st_mode & 0o777 == 0o600
    await staff.post("summit", "After the copy")
    before = (await staff.ask("GET", "/events/summit/snapshot?face=wall")).json()["cursor"]
    refused = await asyncio.to_thread(summit, "restore", copy)
    assert (refused.code, "Another serve process" in refused.said) == (1, True), refused.said
    server.stop()
    held = await asyncio.to_thread(summit, "restore", copy)
    assert (held.code, "Another process has the database open." in held.said) == (1, True), held.said
    database.close()
    copied = told(copy)["summit"]
    done = await asyncio.to_thread(summit, "restore", copy)
    assert done.code == 0, done.said
    (kept,) = data.glob("backchannel.db.before-*")
    assert str(kept) in done.said
    assert told(kept)["summit"][1] > copied[1]
    await server.start()
    after = (await staff.ask("GET", "/events/summit/snapshot?face=wall")).json()["cursor"]
    was, now = Cursor.parse(before), Cursor.parse(after)
    assert now.epoch not in {was.epoch, copied[0]}
    assert now.seq == copied[1] < was.seq
    again = await staff.ask("GET", "/events/summit/changes", params={"face": "wall", "cursor": before})
    assert again.json()["resumed"] is False
    doctor = await asyncio.to_thread(summit, "doctor")
    assert "every hash fits" in doctor.said
    assert not [name for name in left_in(data) if name.startswith(".")]


def test_a_copy_is_of_one_moment_however_much_is_written_meanwhile(
    summit: Run, database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_STEP_PAGES", 1)
    with database.reading() as conn:
        (event,) = events.listed(conn)
    steps: list[int] = []

    def more(done: int, whole: int) -> None:
        steps.append(done)
        with database.writing() as conn:
            conn.execute(
                text("INSERT INTO door (event_id, item, actor, at) VALUES (:e, :i, 'a', :t)"),
                {"e": event.id, "i": str(len(steps)), "t": "2026-05-04 09:00:00.000000"},
            )

    copy = tmp_path / "copy.db"
    backing_up.copy_into(backing_up.database_of(database), copy, more, replace=False)
    assert len(steps) == steps[-1] > 50
    assert steps == sorted(set(steps))
    assert told(copy)["summit"] == (event.epoch, event.seq, None)
    with database.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM door")).scalar_one() == len(steps)
    with sqlite3.connect(copy) as conn:
        assert conn.execute("SELECT count(*) FROM door").fetchone() == (0,)
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)  # Store made it one again
    conn.close()


def test_a_copy_replaces_nothing_unless_it_is_told_to(summit: Run, tmp_path: Path) -> None:
    copy, own = tmp_path / "copy.db", tmp_path / "data" / "backchannel.db"
    copy.write_text("something dear")
    refused = summit("backup", copy)
    assert (refused.code, "is there already" in refused.said) == (1, True)
    assert summit("backup", own, "--force").code == 1
    assert summit("backup", tmp_path / "nowhere" / "copy.db").code == 1
    assert copy.read_text() == "something dear"
    assert summit("backup", copy, "--force").code == 0
    assert told(copy)["summit"][2] is None
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "data"]


def test_a_disk_without_room_keeps_the_former_copy(
    summit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    assert summit("backup", copy).code == 0
    former = copy.read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    full = summit("backup", copy, "--force")
    assert (full.code, "no room" in full.said) == (1, True)
    assert copy.read_bytes() == former


def test_the_key_goes_with_a_copy_only_where_that_is_wished(
    summit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, key = tmp_path / "copy.db", tmp_path / "copy.db.key"
    assert summit("feed", "add", "-e", "summit", "replay", "--set", f"path={ARCHIVE}").code == 0
    assert summit("backup", copy).code == 0
    assert not key.exists()
    assert summit("backup", copy, "--force", "--with-key").code == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text() == (tmp_path / "data" / "secret.key").read_text()
    monkeypatch.setenv("BACKCHANNEL_DATA_DIR", str(tmp_path / "elsewhere"))
    locked = summit("restore", copy)
    assert locked.code == 0, locked.said
    assert "credentials of 1 feed(s) or tool(s)" in locked.said
    opened = summit("restore", copy, "--with-key")
    assert opened.code == 0, opened.said
    assert "former secret key is" in opened.said
    assert "credentials" not in opened.said
    store = open_store(load())
    with store.reading() as conn:
        (feed,) = feeds.listed(conn)
        assert feed.config["path"] == str(ARCHIVE)
    store.close()
    key.unlink()
    assert summit("restore", copy, "--with-key").code == 1


def a_text(good: Path, bad: Path) -> None:
    bad.write_text("not a database" * 100)


def truncated(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes()[: good.stat().st_size // 2])


def torn(good: Path, bad: Path) -> None:
    content = bytearray(good.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8 * 4096] = b"\xff" * 8 * 4096
    bad.write_bytes(content)


def another_kind(good: Path, bad: Path) -> None:
    with sqlite3.connect(bad) as conn:
        conn.execute("CREATE TABLE event (id TEXT)")
    conn.close()


def newer(good: Path, bad: Path) -> None:
    shutil.copy(good, bad)
    with sqlite3.connect(bad) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    conn.close()


def without_version(good: Path, bad: Path) -> None:
    shutil.copy(good, bad)
    with sqlite3.connect(bad) as conn:
        conn.execute("DELETE FROM alembic_version")
    conn.close()


def missing(good: Path, bad: Path) -> None:
    """Nothing is there."""


def the_same(good: Path, bad: Path) -> None:
    bad.symlink_to(bad.parent / "data" / "backchannel.db")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (a_text, "no SQLite database"),
        (truncated, "damaged"),
        (torn, "damaged"),
        (another_kind, "not one of Backchannel"),
        (newer, "made by a newer version"),
        (without_version, "which version"),
        (missing, "There is no file"),
        (the_same, "present database itself"),
    ],
)
def test_what_is_no_copy_is_refused_and_changes_nothing(
    summit: Run, database: Store, tmp_path: Path, make: Callable[[Path, Path], None], said: str
) -> None:
    good, bad = tmp_path / "copy.db", tmp_path / "bad.db"
    assert summit("backup", good).code == 0
    database.close()
    make(good, bad)
    before = left_in(tmp_path / "data")
    assert "backchannel.db" in before
    refused = summit("restore", bad)
    assert (refused.code, said in refused.said) == (1, True), refused.said
    assert left_in(tmp_path / "data") == before


def test_a_copy_of_an_earlier_version_is_brought_up_to_date(
    summit: Run, database: Store, tmp_path: Path
) -> None:
    database.close()
    old = tmp_path / "old.db"
    store = Store(f"sqlite:///{old}")
    with store.writing() as conn:
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "0003")
    store.close()
    done = summit("restore", old)
    assert done.code == 0, done.said
    assert "Brought up to date: 0004" in done.said
    assert summit("event", "list").code == 0


def test_a_damaged_database_is_replaced_and_kept(summit: Run, database: Store, tmp_path: Path) -> None:
    copy, own = tmp_path / "copy.db", tmp_path / "data" / "backchannel.db"
    assert summit("backup", copy).code == 0
    database.close()
    own.write_bytes(b"rubble" * 10_000)
    assert summit("backup", tmp_path / "another.db").code == 1
    assert not (tmp_path / "another.db").exists()
    done = summit("restore", copy)
    assert done.code == 0, done.said
    (kept,) = own.parent.glob("backchannel.db.before-*")
    assert kept.read_bytes() == b"rubble" * 10_000
    assert told(own)["summit"][2] is None


def test_leases_of_the_former_history_are_taken_away(summit: Run, database: Store, tmp_path: Path) -> None:
    assert summit("feed", "add", "-e", "summit", "replay", "--set", f"path={ARCHIVE}").code == 0
    with database.writing() as conn:
        (feed,) = feeds.listed(conn)
        fence = feeds.take_lease(conn, feed.id, "elsewhere:1", 3_600)
    assert fence is not None
    assert summit("restore", "--new-epoch").code == 0
    with database.writing() as conn:
        assert not feeds.holds_lease(conn, feed.id, fence)
        assert feeds.take_lease(conn, feed.id, "here:2", 60) is not None


def test_what_is_put_back_has_to_be_named(run: Run, tmp_path: Path) -> None:
    assert run("restore").code == BAD_ARGUMENT
    assert run("restore", tmp_path / "copy.db", "--new-epoch").code == BAD_ARGUMENT
    assert run("restore", "--new-epoch", "--with-key").code == BAD_ARGUMENT
    assert run("restore", "--new-epoch").code == 1
    nothing = run("backup", tmp_path / "copy.db")
    assert (nothing.code, "There is no database to copy" in nothing.said) == (1, True)
    assert not (tmp_path / "data" / "backchannel.db").exists()


def test_postgresql_is_copied_by_its_own_tools_and_given_a_new_epoch(
    run: Run, migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BACKCHANNEL_DATABASE_URL", migrated_postgres_url)
    assert run("event", "create", "summit", "--name", "Summit", "--hashtag", "smsummit").code == 0
    told_to = run("backup", tmp_path / "copy.db")
    assert (told_to.code, "pg_dump --format=custom" in told_to.said) == (1, True), told_to.said
    store = open_store(settings := load())
    password = store.url.password
    assert not password or password not in told_to.said
    (tmp_path / "copy.db").write_text("anything")
    back = run("restore", tmp_path / "copy.db")
    assert (back.code, "pg_restore --clean" in back.said) == (1, True), back.said
    with store.reading() as conn:
        (before,) = events.listed(conn)
    serving = open_store(settings)
    with place(settings.model_copy(update={"redis_url": "redis://anywhere"}), serving):
        assert "A serve process uses this database." in run("restore", "--new-epoch").said
    serving.close()
    done = run("restore", "--new-epoch")
    assert (done.code, "1 event(s) have a new epoch" in done.said) == (0, True), done.said
    with store.reading() as conn:
        (after,) = events.listed(conn)
        assert Cursor.parse(snapshot(conn, after.id, PUBLIC).cursor).epoch == after.epoch
    store.close()
    assert (after.seq, after.tip) == (before.seq, before.tip)
    assert after.epoch != before.epoch
