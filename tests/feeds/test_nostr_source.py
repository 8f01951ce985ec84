"""A Nostr source between relays that have different things, fail and lie."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.feeds.nostr_reading import FAST, ada, bo, config_of, reading, relay, relays
from tests.support.waiting import eventually
from tests.world.nostr import FakeRelay, Person
from wall.feeds.base import Rechecked
from wall.feeds.nips.config import checked
from wall.feeds.nips.connection import Connection, Filter
from wall.feeds.nips.events import Event
from wall.feeds.nips.memory import SAVED, place_of
from wall.feeds.nostr import NostrSource
from wall.model import utc_now

DAY = 86_400.0
__all__ = ["ada", "bo", "relay", "relays"]


async def test_a_post_that_several_relays_have_comes_once_with_the_newest_name(
    relays: list[FakeRelay], ada: Person
) -> None:
    now, note = time.time(), ada.note("Words")
    await relays[0].take(ada.profile(at=now - 50, display_name="Newer"))
    await relays[1].take(ada.profile(at=now - 90, display_name="Older"))
    async with reading(*relays) as told:
        for one in relays:
            await eventually(lambda one=one: one.listeners)  # type: ignore[misc]
        for one in relays:
            await one.take(note)
        last = ada.note("Last")
        await relays[1].take(last)
        await told.has(note["id"], last["id"])
    assert told.told == [note["id"], last["id"]]
    assert {post.author.name for post in told.posts.values()} == {"Newer"}


async def test_no_post_waits_long_for_a_relay_that_does_not_say_who_wrote_it(
    relays: list[FakeRelay], ada: Person
) -> None:
    async with reading(*relays, introduce=0.2, answer=60.0, sweep=60.0) as told:
        for one in relays:
            await eventually(lambda one=one: one.listeners)  # type: ignore[misc]
        await eventually(lambda: len(told.troubles) == 0 and told.cursor)
        relays[1].silent = True
        await relays[0].take(ada.profile())
        await relays[0].take(note := ada.note("Words"))
        await told.has(note["id"])
    assert told.posts[note["id"]].author.key == ada.npub


async def test_a_forged_post_is_left_out_and_counted_once(
    relay: FakeRelay, ada: Person, bo: Person
) -> None:
    note = ada.note("Words")
    async with reading(relay) as told:
        await eventually(lambda: relay.listeners)
        for _ in range(2):
            await relay.tell(note | {"content": "Nobody said this"})
            await relay.tell(note | {"pubkey": bo.pubkey})
        await relay.take(note)
        await told.has(note["id"])
    assert told.posts[note["id"]].text == "Words"
    assert told.dropped == ["wrong_signature", "wrong_signature"]


async def test_what_nobody_asked_for_is_left_out(relay: FakeRelay, ada: Person) -> None:
    other, note = ada.note("Lunch", tag="lunch"), ada.note("Words", tag="SMSummit")
    async with reading(relay) as told:
        await eventually(lambda: relay.listeners)
        await relay.say(json.dumps(["EVENT", "posts", other]))
        await relay.say(json.dumps(["EVENT", "nothing", ada.note("Unheard")]))
        await relay.say(json.dumps(["EVENT", "posts", note]))
        await told.has(note["id"])
    assert told.told == [note["id"]]
    assert told.dropped == ["not_asked_for"]


@pytest.mark.parametrize("raw", ["", "no JSON", "7", "[]", "{}", '["WHAT", 1]', '["EVENT"]', "[" * 9_000])
async def test_frames_that_are_none_cost_nothing(relay: FakeRelay, ada: Person, raw: str) -> None:
    async with reading(relay) as told:
        await eventually(lambda: relay.listeners)
        await relay.say(raw)
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
    assert relay.opened == 1


async def test_only_those_on_the_list_are_read(relay: FakeRelay, ada: Person, bo: Person) -> None:
    await relay.take(bo.note("Spam"))
    async with reading(relay, config=config_of(relay, authors=[ada.npub])) as told:
        await eventually(lambda: relay.listeners)
        await relay.say(json.dumps(["EVENT", "posts", bo.note("More spam")]))
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
    assert told.told == [note["id"]]
    assert told.dropped == ["not_asked_for"]


async def test_only_the_author_can_delete_a_post(relay: FakeRelay, ada: Person, bo: Person) -> None:
    async with reading(relay) as told:
        await eventually(lambda: relay.listeners)
        notes = [ada.note("One"), ada.note("Two"), bo.note("Three")]
        for note in notes:
            await relay.take(note)
        await told.has(*(note["id"] for note in notes))
        await relay.take(bo.deletion(notes[0]["id"], notes[2]["id"]))
        await eventually(lambda: told.withdrawn)
        await relay.take(ada.deletion(notes[1]["id"]))
        await eventually(lambda: len(told.withdrawn) == 2)
    assert told.withdrawn == [notes[2]["id"], notes[1]["id"]]


async def test_a_post_that_was_deleted_at_another_relay_is_never_told(
    relays: list[FakeRelay], ada: Person
) -> None:
    note = ada.note("A slip of the tongue")
    await relays[0].take(note)
    await relays[1].take(ada.deletion(note["id"]))
    async with reading(*relays) as told:
        for one in relays:
            await eventually(lambda one=one: one.listeners)  # type: ignore[misc]
        await relays[0].tell(note)
        await relays[0].take(last := ada.note("Last"))
        await told.has(last["id"])
        await eventually(lambda: note["id"] not in told.posts or note["id"] in told.withdrawn)


async def test_a_deletion_while_it_was_away_is_learnt_on_the_way_back(
    relay: FakeRelay, ada: Person
) -> None:
    async with reading(relay, first_wait=0.5, longest_wait=0.5) as told:
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
        relay.cut()
        await relay.take(ada.deletion(note["id"]))
        await eventually(lambda: told.withdrawn == [note["id"]])


async def test_a_deletion_while_nobody_ran_is_found_by_a_recheck(
    relay: FakeRelay, ada: Person, bo: Person
) -> None:
    """The relay has the post no more: whose it was is known by its fingerprint in the cursor alone."""
    old, other = ada.note("Old", at=time.time() - 3 * DAY), bo.note("Old too", at=time.time() - 3 * DAY)
    await relay.take(old)
    await relay.take(other)
    async with reading(relay) as first:
        await first.has(old["id"], other["id"])
        await eventually(lambda: first.cursor and place_of(first.cursor).known)
    await relay.take(ada.deletion(old["id"], other["id"]))
    await relay.take(bo.deletion(old["id"]))
    async with reading(relay, cursor=first.cursor) as told:
        await eventually(lambda: told.cursor)
        said = await told.source.recheck([old["id"], other["id"], "never-seen"])
        assert said == Rechecked(gone=frozenset({old["id"]}), present=frozenset({other["id"]}))
        await eventually(lambda: told.withdrawn == [old["id"]])


async def test_whoever_wants_to_vanish_takes_all_of_theirs_along(
    relay: FakeRelay, ada: Person, bo: Person
) -> None:
    async with reading(relay) as told:
        notes = [ada.note("One"), ada.note("Two"), bo.note("Three")]
        for note in notes:
            await relay.take(note)
        await told.has(*(note["id"] for note in notes))
        await relay.take(bo.farewell("wss://elsewhere.example"))
        await relay.take(ada.farewell())
        await eventually(lambda: len(told.withdrawn) == 2)
        await relay.take(late := ada.note("Back again", at=time.time() + 1))
        await told.has(late["id"])
    assert set(told.withdrawn) == {notes[0]["id"], notes[1]["id"]}


async def test_a_vanishing_that_no_subscription_brought_is_found_by_a_recheck(
    relay: FakeRelay, ada: Person
) -> None:
    relay.honours = False
    async with reading(relay) as told:
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
        await relay.take(ada.farewell(), told=False)
        said = await told.source.recheck([note["id"]])
        assert said == Rechecked(gone=frozenset({note["id"]}))


async def test_a_post_is_withdrawn_when_its_time_is_over_also_after_a_restart(
    relay: FakeRelay, ada: Person
) -> None:
    relay.honours = False
    over = ada.note("Over", ["expiration", str(int(time.time()) - 5)])
    soon = ada.note("Soon over", ["expiration", str(int(time.time()) + 3)])
    later = ada.note("Later", ["expiration", str(int(time.time()) + 4)])
    for note in (over, soon, later):
        await relay.take(note)
    async with reading(relay) as first:
        await first.has(soon["id"], later["id"])
        await eventually(lambda: first.withdrawn == [soon["id"]])
        cursor = first.cursor
    assert over["id"] not in first.posts
    relay.stored.clear()
    async with reading(relay, cursor=cursor) as told:
        await eventually(lambda: later["id"] in told.withdrawn)


async def test_a_quote_brings_the_words_of_another_post(relay: FakeRelay, ada: Person, bo: Person) -> None:
    await relay.take(bo.profile())
    await relay.take(quoted := bo.note("What Bo said", tag=None))
    async with reading(relay) as told:
        await relay.take(note := ada.note("Yes!", ["q", quoted["id"]]))
        await told.has(note["id"])
    quote = told.posts[note["id"]].quote
    assert quote is not None
    assert (quote.text, quote.author.name) == ("What Bo said", "Bo")


async def test_a_quote_that_was_deleted_brings_none(
    relays: list[FakeRelay], ada: Person, bo: Person
) -> None:
    await relays[0].take(quoted := bo.note("What Bo said", tag=None))
    await relays[1].take(bo.deletion(quoted["id"]))
    async with reading(*relays) as told:
        for one in relays:
            await eventually(lambda one=one: one.listeners)  # type: ignore[misc]
        await eventually(lambda: told.cursor)
        await relays[0].take(note := ada.note("Yes!", ["q", quoted["id"]]))
        await told.has(note["id"])
    assert told.posts[note["id"]].quote is None


async def test_reposts_of_what_was_told_are_told_without_words(
    relay: FakeRelay, ada: Person, bo: Person
) -> None:
    async with reading(relay) as told:
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
        repost = bo.signed(6, json.dumps(note), [["e", note["id"]], ["p", ada.pubkey]])
        await relay.say(json.dumps(["EVENT", "watch0", bo.note("No repost", ["e", note["id"]])]))
        await relay.take(repost)
        await told.has(repost["id"])
    assert told.told == [note["id"], repost["id"]]
    made = told.posts[repost["id"]]
    assert (made.repost_of, made.text, made.author.key) == (note["id"], "", bo.npub)


async def test_more_posts_than_a_relay_gives_at_once_all_come(relay: FakeRelay, ada: Person) -> None:
    relay.most, now = 25, time.time()
    notes = [ada.note(f"Post {number}", at=now - number // 9) for number in range(150)]
    for note in notes:
        await relay.take(note)
    async with reading(relay) as told:
        await told.has(*(note["id"] for note in notes))
    assert len(told.told) == 150


async def test_dates_of_authors_do_not_move_its_place(relay: FakeRelay, ada: Person) -> None:
    """A date in the future must not make it skip what comes after a reconnection."""
    async with reading(relay, near=60.0) as told:
        await relay.take(ahead := ada.note("Ahead", at=utc_now() + timedelta(minutes=14)))
        await told.has(ahead["id"])
        await eventually(lambda: told.cursor and place_of(told.cursor).at)
        relay.cut()
        await relay.take(missed := ada.note("Meanwhile"))
        await told.has(ahead["id"], missed["id"])
        assert max(place_of(told.cursor).at.values()) <= time.time()


async def test_a_post_dated_long_ago_comes_at_once_while_it_listens(relay: FakeRelay, ada: Person) -> None:
    async with reading(relay, near=5.0, far=5.0) as told:
        await eventually(lambda: relay.listeners)
        await relay.take(old := ada.note("Three days old", at=time.time() - 3 * DAY))
        await told.has(old["id"])


async def test_a_post_dated_long_ago_that_came_meanwhile_is_found_by_a_sweep(
    relay: FakeRelay, ada: Person
) -> None:
    async with reading(relay) as first:
        await relay.take(note := ada.note("Words"))
        await first.has(note["id"])
        await eventually(lambda: first.cursor)
    await relay.take(old := ada.note("In the wrong time zone", at=time.time() - 14 * 3_600))
    async with reading(relay, cursor=first.cursor, near=5.0, far=DAY) as told:
        await told.has(old["id"])


async def test_what_a_subscription_did_not_bring_is_found_by_reading_back(
    relay: FakeRelay, ada: Person
) -> None:
    async with reading(relay, sweep=0.2) as told:
        await eventually(lambda: told.cursor)
        relay.muted = True
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
    assert relay.opened == 1


async def test_what_no_relay_has_is_unknown(relay: FakeRelay, ada: Person) -> None:
    async with reading(relay) as told:
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
        assert await told.source.recheck([note["id"], "a" * 64, "no id"]) == Rechecked(
            present=frozenset({note["id"]})
        )
        relay.stored.clear()
        assert await told.source.recheck([note["id"]]) == Rechecked()


async def test_nothing_is_learnt_where_no_relay_is_connected(relay: FakeRelay) -> None:
    source = NostrSource(checked(config_of(relay)), times=FAST)
    assert await source.recheck(["a" * 64]) == Rechecked()
    await source.aclose()


async def test_a_cursor_is_bounded(relay: FakeRelay, ada: Person) -> None:
    now = int(time.time())
    for number in range(SAVED + 100):
        ends = ["expiration", str(now + 9_000 + number)]
        await relay.take(ada.note(f"Post {number}", ends, at=now - number // 100))
    async with reading(relay) as told:
        await eventually(lambda: len(told.told) == SAVED + 100)
        await eventually(lambda: told.cursor and len(place_of(told.cursor).known) == SAVED)
    assert len(told.cursor or "") < 32_000


@pytest.mark.parametrize(
    "cursor", ["", "x", "7", "[]", '{"at": 7, "ends": [], "known": "%"}', '{"at": {"a": "b"}}']
)
async def test_a_cursor_that_is_not_ours_is_none(relay: FakeRelay, ada: Person, cursor: str) -> None:
    await relay.take(note := ada.note("Words", at=time.time() - 2 * DAY))
    async with reading(relay, cursor=cursor) as told:
        await told.has(note["id"])


async def test_an_answer_that_takes_up_too_much_is_read_in_parts(
    relay: FakeRelay, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.nips.connection.MOST_BYTES", 20_000, raising=False)
    sizes: list[int] = []
    page = Connection.page

    async def measured(self: Connection, filters: Sequence[Filter]) -> tuple[list[Event], bool]:
        events, is_whole = await page(self, filters)
        sizes.append(sum(event.bytes for event in events))
        return events, is_whole

    monkeypatch.setattr(Connection, "page", measured)
    now = time.time()
    notes = [ada.note(f"{number} " + "x" * 2_000, at=now - 2 * number) for number in range(60)]
    for note in notes:
        await relay.take(note)
    async with reading(relay) as told:
        await told.has(*(note["id"] for note in notes))
    assert max(sizes) < 25_000
