"""Transactions of both stores: what a reader sees, who waits for whom, and what is on disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError

from tests.support.postgres import PostgresServer
from tests.support.summit import Summit
from tests.support.waiting import PATIENCE
from wall.errors import Refused, SetupProblem, StoreFull, StoreUnavailable
from wall.journal import create_event
from wall.model import utc_now
from wall.store import Store, events
from wall.store.tables import event


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


@pytest.fixture
def beside(store_url: str) -> Iterator[Store]:
    """A store of another process over the same database."""
    other = Store(store_url)
    yield other
    other.close()


def _name(conn: Connection) -> str:
    return str(conn.execute(select(event.c.name)).scalar_one())


def _rename(conn: Connection, name: str) -> None:
    conn.execute(update(event).values(name=name))


def test_a_reader_does_not_see_what_is_committed_while_it_reads(summit: Summit, beside: Store) -> None:
    with summit.store.reading() as conn:
        assert _name(conn) == "Summit"
        with beside.writing() as writer:
            _rename(writer, "Renamed")
        assert _name(conn) == "Summit"
    with summit.store.reading() as conn:
        assert _name(conn) == "Renamed"


def test_a_reader_never_waits_for_a_writer_and_sees_nothing_unfinished(summit: Summit) -> None:
    with summit.store.writing() as writer:
        _rename(writer, "Unfinished")
        with summit.store.reading() as conn:
            assert _name(conn) == "Summit"


def test_writes_of_an_event_are_exclusive(summit: Summit, beside: Store) -> None:
    entered, release = threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with summit.store.writing() as conn:
            events.locked(conn, summit.event_id)
            entered.set()
            release.wait(PATIENCE)
            order.append("first")

    def second() -> None:
        entered.wait(PATIENCE)
        waiting.set()
        with beside.writing() as conn:
            events.locked(conn, summit.event_id)
            order.append("second")

    waiting = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(first), pool.submit(second)]
        assert waiting.wait(PATIENCE)
        release.set()
        for one in both:
            one.result(PATIENCE)
    assert order == ["first", "second"]


def test_no_increment_is_lost_between_two_processes(summit: Summit, beside: Store) -> None:
    def raise_by_one(store: Store) -> None:
        with store.writing() as conn:
            found = events.locked(conn, summit.event_id)
            assert found is not None
            conn.execute(update(event).values(shown=found.shown + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(raise_by_one, [summit.store, beside] * 15))
    assert summit.event.shown == 30


def test_an_exception_undoes_the_transaction(summit: Summit) -> None:
    with pytest.raises(ZeroDivisionError), summit.store.writing() as conn:
        _rename(conn, str(1 // (len(_name(conn)) - len("Summit"))))
    assert summit.event.name == "Summit"


def test_of_two_who_start_the_same_event_one_is_refused(store: Store, beside: Store) -> None:
    both = threading.Barrier(2)

    def start(one: Store) -> str:
        both.wait(PATIENCE)
        try:
            with one.writing() as conn:
                create_event(conn, utc_now(), "same", "Same", "system", {})
        except Refused:
            return "refused"
        return "started"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(start, (store, beside))) == ["refused", "started"]


def test_sqlite_keeps_what_it_acknowledged(sqlite_store: Store) -> None:
    for opened in (sqlite_store.writing, sqlite_store.reading):
        with opened() as conn:
            pragmas = {
                name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
            }
        full, on = 2, 1
        assert pragmas == {
            "journal_mode": "wal",
            "synchronous": full,
            "foreign_keys": on,
            "secure_delete": on,
            "busy_timeout": 10_000,
        }


def test_postgres_keeps_what_it_acknowledged_and_readers_hold_still(migrated_postgres_url: str) -> None:
    store = Store(migrated_postgres_url)
    try:
        with store.writing() as conn:
            assert conn.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
            assert conn.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
            assert conn.execute(text("SHOW timezone")).scalar_one() == "UTC"
        with store.reading() as conn:
            assert conn.execute(text("SHOW transaction_isolation")).scalar_one() == "repeatable read"
            assert conn.execute(text("SHOW transaction_read_only")).scalar_one() == "on"
    finally:
        store.close()


def test_a_cluster_with_other_defaults_changes_nothing(
    postgres: PostgresServer, own_postgres_url: str
) -> None:
    name = own_postgres_url.partition("@/")[2].partition("?")[0]
    for setting in ("default_transaction_isolation = 'serializable'", "synchronous_commit = 'off'"):
        postgres.execute(f'ALTER DATABASE "{name}" SET {setting}')
    test_postgres_keeps_what_it_acknowledged_and_readers_hold_still(own_postgres_url)


def test_foreign_keys_are_enforced(summit: Summit) -> None:
    with pytest.raises(DBAPIError), summit.store.writing() as conn:
        conn.execute(text("INSERT INTO entry (event_id, seq, kind, body) VALUES ('nobody', 1, 'x', '{}')"))


def test_errors_never_quote_what_was_being_stored(summit: Summit) -> None:
    with pytest.raises(DBAPIError) as problem, summit.store.writing() as conn:
        conn.execute(
            text("INSERT INTO entry (event_id, seq, kind, body) VALUES (:e, 1, 'x', :b)"),
            {"e": summit.event_id, "b": "Jane Doe, 12 High Street"},
        )
    assert "Jane" not in str(problem.value)


@pytest.mark.parametrize("url", ["", "not a url", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_will_not_do_is_refused_in_words(url: str) -> None:
    with pytest.raises(SetupProblem) as problem:
        Store(url)
    assert "sqlite:///path/to/file.db" in problem.value.remedy


def test_a_file_that_is_no_database_or_cannot_be_made_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"Dear Sir or Madam, " * 500)
    for path in (tmp_path / "letter.db", tmp_path / "missing" / "x.db"):
        store = Store(f"sqlite:///{path}")
        try:
            with pytest.raises(StoreUnavailable), store.reading():
                pass
        finally:
            store.close()


def test_a_database_that_is_not_there_is_unavailable(postgres: PostgresServer) -> None:
    store = Store(postgres.url("nobody_made_this"))
    try:
        with pytest.raises(StoreUnavailable) as problem:
            asyncio.run(store.ready())
        assert "Nothing was saved" in problem.value.remedy
    finally:
        store.close()


def test_a_full_disk_is_said_plainly_and_loses_nothing(summit: Summit) -> None:
    if not summit.store.is_sqlite:
        pytest.skip("a quota is easy to set on SQLite only")
    with summit.store.holding() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreFull), summit.store.writing() as conn:
        _rename(conn, "x" * 5_000_000)
    assert summit.event.name == "Summit"


def test_a_server_that_only_reads_is_unavailable_and_not_a_fault(
    postgres: PostgresServer, own_postgres_url: str
) -> None:
    """As after a failover: the address leads to a standby."""
    name = own_postgres_url.partition("@/")[2].partition("?")[0]
    postgres.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    store = Store(own_postgres_url)
    try:
        with pytest.raises(StoreUnavailable), store.writing() as conn:
            _rename(conn, "Never")
    finally:
        store.close()


async def test_a_caller_that_is_cancelled_does_not_undo_what_has_begun(summit: Summit) -> None:
    begun, release = threading.Event(), threading.Event()

    def slowly(conn: Connection) -> None:
        begun.set()
        release.wait(PATIENCE)
        _rename(conn, "Done all the same")

    task = asyncio.create_task(summit.store.write(slowly))
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    await summit.store.write(lambda conn: events.locked(conn, summit.event_id))
    assert summit.event.name == "Done all the same"


async def test_a_caller_that_is_cancelled_while_it_queues_does_nothing(summit: Summit) -> None:
    begun, release = threading.Event(), threading.Event()

    def blocking(conn: Connection) -> None:
        begun.set()
        release.wait(PATIENCE)

    writers = 1 if summit.store.is_sqlite else 8
    busy = [asyncio.create_task(summit.store.write(blocking)) for _ in range(writers)]
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    queued = asyncio.create_task(summit.store.write(lambda conn: _rename(conn, "Never")))
    await asyncio.sleep(0)
    queued.cancel()
    await asyncio.wait({queued})
    await asyncio.sleep(0)  # the thread pool hears of it one turn later
    release.set()
    await asyncio.gather(*busy)
    assert summit.event.name == "Summit"


async def test_a_hundred_readers_at_once_are_all_answered(summit: Summit) -> None:
    found = await asyncio.gather(*(summit.store.read(_name) for _ in range(100)))
    assert set(found) == {"Summit"}
