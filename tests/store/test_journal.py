"""A command is one transaction, done once, numbered without gaps, and its history cannot be changed."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import func, select

from tests.store.journaling import broken, lines, rename
from tests.support.summit import GRAVES, MORNING, Summit, post, repost
from tests.support.waiting import PATIENCE
from wall.bus import Bell, InProcessBus
from wall.entries import kinds
from wall.errors import BadInput, CauseReused, NotFound, Refused, Stale
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import admit, moves
from wall.journal import Journal, Tx, create_event, run_command
from wall.model import Author, Post, Reason, new_id
from wall.store import Store, events, posts
from wall.store import tables as t


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


@pytest.fixture
def beside(store_url: str) -> Iterator[Store]:
    """A store of another process over the same database."""
    other = Store(store_url)
    yield other
    other.close()


def everything(summit: Summit) -> dict[str, list[Any]]:
    with summit.store.reading() as conn:
        return {table.name: list(conn.execute(select(table))) for table in t.metadata.sorted_tables}


@pytest.mark.parametrize("after", ["entries", "rows", "counts"])
def test_a_command_that_fails_leaves_nothing_at_all(summit: Summit, after: str) -> None:
    before = everything(summit)

    def failing(tx: Tx) -> None:
        admit(tx, [Arrived(post("a", "Said")), Arrived(repost("r", "b"))], GRAVES)
        if after != "rows":
            rename("Never")(tx)
        if after == "counts":
            tx.count(shown=5)
        raise Refused("No.")

    with pytest.raises(Refused):
        summit.do(failing, cause="once")
    assert everything(summit) == before


def test_what_failed_may_be_sent_again_under_its_cause(summit: Summit) -> None:
    def failing(tx: Tx) -> None:
        raise Refused("Not yet.")

    with pytest.raises(Refused):
        summit.do(failing, cause="once", body=b"same")
    assert not summit.do(rename("Now"), cause="once", body=b"same").replayed


def test_a_change_of_the_event_without_an_entry_is_a_fault_and_saves_nothing(summit: Summit) -> None:
    for hidden in (lambda tx: tx.change_event(name="Hidden"), lambda tx: tx.count(shown=1)):
        with pytest.raises(AssertionError):
            summit.do(hidden)
    assert (summit.event.name, summit.event.shown) == ("Summit", 0)


def test_a_command_that_does_nothing_appends_nothing(summit: Summit) -> None:
    done = summit.do(lambda tx: None)
    assert (done.prev, done.seq, len(lines(summit))) == (1, 1, 1)


def test_there_is_no_command_on_an_event_that_is_not_there(summit: Summit) -> None:
    with pytest.raises(NotFound), summit.store.writing() as conn:
        run_command(conn, new_id(), "system", rename("x"), None, b"", MORNING)


def test_the_same_cause_with_the_same_body_answers_as_the_first_time(summit: Summit) -> None:
    first = summit.do(rename("Once"), cause="c1", body=b"body")
    again = summit.do(rename("Twice"), cause="c1", body=b"body")
    assert (again.result, again.replayed, again.prev) == (first.result, True, again.seq)
    assert (summit.event.name, summit.event.seq) == ("Once", first.seq)


def test_the_same_cause_with_another_body_is_refused_and_changes_nothing(summit: Summit) -> None:
    summit.do(rename("Once"), cause="c1", body=b"body")
    before = everything(summit)
    with pytest.raises(CauseReused):
        summit.do(rename("Twice"), cause="c1", body=b"other")
    assert everything(summit) == before


def test_a_cause_belongs_to_one_actor_and_one_event(summit: Summit) -> None:
    other = Summit(summit.store)
    summit.do(rename("Here"), cause="c1", body=b"here")
    other.do(rename("There"), cause="c1", body=b"there")
    with summit.store.writing() as conn:
        _, done = run_command(
            conn, summit.event_id, "person:else", rename("Else"), "c1", b"else", summit.now
        )
    assert (done.replayed, summit.event.name, other.event.name) == (False, "Else", "There")


def test_a_cause_is_looked_up_before_any_version(summit: Summit) -> None:
    summit.arrive(post("a"))
    stored = summit.stored("a")
    reason = Reason(code="off_topic")

    def hide(tx: Tx) -> dict[str, Any]:
        return moves.hide(tx, stored.id, stored.version, reason)

    first = summit.do(hide, cause="c1")
    assert summit.do(hide, cause="c1").result == first.result
    with pytest.raises(Stale):
        summit.do(hide, cause="c2")


@pytest.mark.parametrize("cause", ["", " ", "a b", "x" * 101, "é", "a\n", "a/b", "\x00", "\ud800"])
def test_a_cause_has_a_form(sqlite_store: Store, cause: str) -> None:
    summit = Summit(sqlite_store)
    with pytest.raises(BadInput):
        summit.do(rename("Never"), cause=cause)
    assert summit.event.seq == 1


def test_of_many_at_once_with_one_cause_one_is_done(summit: Summit, beside: Store) -> None:
    start = threading.Barrier(8)

    def send(store: Store) -> tuple[Any, bool]:
        start.wait(PATIENCE)
        with store.writing() as conn:
            done = run_command(conn, summit.event_id, "person:a", rename("One"), "c1", b"", summit.now)[1]
        return done.result, done.replayed

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, [summit.store, beside] * 4))
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 7
    assert len({json.dumps(result) for result, _ in answers}) == 1
    assert summit.event.seq == 2


def test_a_stale_version_is_answered_with_the_present_state(summit: Summit) -> None:
    summit.arrive(post("a", "Said"))
    stored = summit.stored("a")
    summit.do(lambda tx: moves.hide(tx, stored.id, stored.version, Reason(code="off_topic")))
    before = everything(summit)
    for version in (stored.version, 99, 0, -1):
        with pytest.raises(Stale) as stale:
            summit.do(lambda tx, version=version: moves.approve(tx, stored.id, version))
        current = stale.value.details["current"]
        assert (current["state"], current["version"], current["text"]) == ("hidden", 2, "Said")
    assert everything(summit) == before


def test_a_withdrawn_post_is_stale_without_its_words(summit: Summit) -> None:
    summit.arrive(post("a", "Said"))
    stored = summit.stored("a")
    summit.admit(Withdrawn("x", "a"))
    with pytest.raises(Stale) as stale:
        summit.do(lambda tx: moves.approve(tx, stored.id, stored.version))
    assert stale.value.details["current"] == {"id": stored.id, "state": "withdrawn", "version": 2}


def test_a_stub_a_repost_and_a_stranger_cannot_be_moved(summit: Summit) -> None:
    summit.arrive(repost("r", "never-seen"))
    other = Summit(summit.store)
    other.arrive(post("a"))
    for post_id in (summit.stored("never-seen").id, other.stored("a").id, "", "nonsense", "a\x00b"):
        with pytest.raises(NotFound):
            summit.do(lambda tx, post_id=post_id: moves.approve(tx, post_id, 1))
    with pytest.raises(Refused):
        summit.do(lambda tx: moves.approve(tx, summit.stored("r").id, 1))


def test_times_never_go_back_and_the_future_is_kept(summit: Summit) -> None:
    summit.do(rename("One"))
    summit.now -= timedelta(days=2)
    summit.do(rename("Two"))
    summit.now += timedelta(days=9)
    summit.do(rename("Three"))
    times = [line["at"] for line in lines(summit)]
    assert times == sorted(times)
    assert times[1] == times[2] < times[3]
    assert summit.event.last_at == summit.now


def test_entries_are_numbered_without_gaps_under_eight_writers_of_two_processes(
    summit: Summit, beside: Store
) -> None:
    chosen = random.Random(1)
    plans = [(chosen.choice([summit.store, beside]), writer) for writer in range(8)]

    def write(plan: tuple[Store, int]) -> list[tuple[int, int]]:
        store, writer = plan
        ranges = []
        for turn in range(6):
            given = [Arrived(post(f"{writer}-{turn}-{n}")) for n in range(turn % 3)]
            with store.writing() as conn:
                _, done = run_command(
                    conn,
                    summit.event_id,
                    "feed:f",
                    lambda tx, given=given: admit(tx, given, GRAVES).accepted,
                    None,
                    b"",
                    summit.now,
                )
            ranges.append((done.prev, done.seq))
        return ranges

    with ThreadPoolExecutor(8) as pool:
        done = sorted(one for ranges in pool.map(write, plans) for one in ranges if one[0] < one[1])
    assert [line["seq"] for line in lines(summit)] == list(range(1, summit.event.seq + 1))
    assert summit.event.seq == 1 + 8 * (0 + 1 + 2) * 2
    assert all(before[1] == after[0] for before, after in pairwise(done))
    assert broken(summit) is None


LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
WORDS = st.text(LETTERS, min_size=6, max_size=40).map("❖{}".format)
"""No code or id is one of these."""


@given(WORDS, WORDS, WORDS, st.sampled_from(["approve", "hide", "reject", "none"]))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_entries_never_hold_words_names_or_keys(
    summit: Summit, said: str, name: str, key: str, verb: str
) -> None:
    key = f"{key}-{new_id()}"
    author = Author(key=f"k{name}", handle=f"h{name}", name=name, url="https://who.example/")
    given_post = post(key, said, author=author, hashtags=(f"t{said}",), warning=f"w{said}")
    before = summit.event.seq
    summit.admit(Arrived(given_post), Edited(given_post.model_copy(update={"text": f"e{said}"})))
    summit.arrive(repost(f"r{key}", key, author=author))
    stored = summit.stored(key)
    if verb == "hide":
        summit.do(lambda tx: moves.hide(tx, stored.id, stored.version, Reason(code="off_topic")))
    summit.admit(Withdrawn("x", f"r{key}"), Withdrawn("x", key))
    written = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines(summit)[before:])
    assert not [word for word in (said, name, key, "who.example") if word in written]


def test_an_undeclared_field_fails() -> None:
    with pytest.raises(ValidationError):
        kinds.PostReceived(network="x", state="held", text="words")  # type: ignore[call-arg,arg-type]
    with pytest.raises(ValidationError):
        kinds.upcast({"kind": "post.approved", "by": "Ada"})
    with pytest.raises(ValidationError):
        kinds.upcast({"kind": "post.praised"})


async def test_the_bell_rings_after_the_commit_and_only_for_news(summit: Summit) -> None:
    bus = InProcessBus()
    journal = Journal(summit.store, bus)
    heard: list[tuple[Bell, int]] = []
    bus.listen(lambda bell: heard.append((bell, summit.event.seq)))
    await journal.command(summit.event_id, "person:a", rename("One"), cause="c1")
    await journal.command(summit.event_id, "person:a", rename("One"), cause="c1")
    await journal.command(summit.event_id, "person:a", lambda tx: None)
    with pytest.raises(Refused):
        await journal.command(summit.event_id, "person:a", _refusing)
    await journal.event(summit.event_id)
    assert [(bell.prev, bell.seq, on_disk) for bell, on_disk in heard] == [(1, 2, 2)]
    assert heard[0][0].epoch == summit.event.epoch


async def test_who_keeps_pictures_hears_of_a_withdrawal_when_it_is_on_disk(summit: Summit) -> None:
    summit.arrive(post("1", "Taken back"), post("2", "Stays"))
    heard: list[tuple[str, str]] = []

    async def hear(gone: Sequence[Post]) -> None:
        with summit.store.reading() as conn:
            left = posts.by_ids(conn, summit.event_id, {kept.id})[kept.id].post
        heard.extend((one.text, left.text) for one in gone)

    journal = Journal(summit.store, InProcessBus(), on_gone=hear)
    kept = summit.stored("1")

    def take_back(tx: Tx) -> Any:
        return moves.withdraw(tx, kept.id, kept.version, GRAVES)

    first = await journal.command(summit.event_id, "person:a", take_back, cause="c1")
    again = await journal.command(summit.event_id, "person:a", take_back, cause="c1")
    assert (first.result, again.replayed) == (again.result, True)
    assert heard == [("Taken back", "")]
    assert "Taken back" not in f"{first!r}"


def _refusing(tx: Tx) -> None:
    raise Refused("No.")


async def test_a_name_of_no_event_is_not_found(summit: Summit) -> None:
    journal = Journal(summit.store, InProcessBus())
    for name in ("", "nobody", "a/b", "a\x00b", "\ud800", "x" * 64, "e'; --", "é", "E "):
        with pytest.raises(NotFound):
            await journal.event(name)


async def test_an_event_goes_by_its_slug_and_its_id(summit: Summit) -> None:
    journal = Journal(summit.store, InProcessBus())
    assert await journal.event(summit.event.slug) == await journal.event(summit.event_id) == summit.event
    assert await journal.head(summit.event_id) == (summit.event.epoch, 1)


def test_a_short_name_is_taken_once(summit: Summit) -> None:
    with summit.store.writing() as conn, pytest.raises(Refused):
        create_event(conn, MORNING, summit.event.slug, "Other", "system", {})
    with summit.store.reading() as conn:
        assert conn.execute(select(func.count()).select_from(t.event)).scalar_one() == 1
        assert len(events.listed(conn)) == 1
        assert posts.by_ids(conn, summit.event_id, {"a\x00b"}) == {}
