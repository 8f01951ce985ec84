"""What follows from posts that come in takes as many statements for many of them as for few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy.event import listen, remove

from facilitator.answers import answered as linked
from facilitator.arriving import arrived
from facilitator.programme import NewPrompt
from tests.facilitator.floor import Floor
from tests.support.summit import post
from wall.journal import Came, Tx
from wall.model import Author, Post, PostState
from wall.moderation.likeness import text_digest
from wall.store import Store, likeness

BLOG = "Blogs ought to count as scholarship in every promotion committee"


def batch(points: int, start: str) -> Iterator[Post]:
    """Threads of two posts, which answer a prompt, as they come at once."""
    for number in range(points):
        ada = Author(key=f"ada-{start}-{number}", handle="ada")
        one, two = f"{start}-{number}-1", f"{start}-{number}-2"
        yield post(one, f"A1 {BLOG}, {one}", author=ada)
        yield post(two, f"A1 {two} it goes on", author=ada, reply_to=one)


def more(points: int, start: str) -> Iterator[Post]:
    """What goes on with those threads, or says the same as their first posts."""
    for number in range(points):
        ada = Author(key=f"ada-{start}-{number}", handle="ada")
        yield post(f"{start}-{number}-3", "And on", author=ada, reply_to=f"{start}-{number}-2")
        yield post(f"{start}-{number}-4", f"A1 {BLOG}, {start}-{number}-1")


def test_ten_times_the_posts_take_as_many_statements_under_the_lock(store: Store) -> None:
    taken: list[str] = []

    def heard(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        taken.append(statement)

    def counted(tx: Tx, came: Sequence[Came]) -> None:
        listen(tx.conn, "before_cursor_execute", heard)
        try:
            arrived(tx, came)
            linked(tx, came)
        finally:
            remove(tx.conn, "before_cursor_execute", heard)

    summit = Floor(store, arrivals=(counted,))
    summit.session(summit.room(), prompts=(NewPrompt(text="Who?", code="Q1"),))

    def statements(posts: Iterable[Post]) -> int:
        taken.clear()
        summit.arrive(*posts)
        return len(taken)

    assert statements(batch(50, "b")) == statements(batch(5, "a")) > 0
    assert statements(more(50, "b")) == statements(more(5, "a")) > 0
    whole = summit.contribution(summit.stored("b-49-1").id)
    assert whole is not None
    assert len(whole.posts) == 4


def test_of_many_that_say_the_same_the_newest_alone_is_looked_up(store: Store) -> None:
    summit = Floor(store, arrivals=(arrived,))
    for key in "123":
        summit.said(key, text=BLOG)
    with summit.store.reading() as conn:
        digest = text_digest(BLOG)
        newest = likeness.same_text(conn, summit.event_id, {digest}, [PostState.APPROVED], 10**6)
        last = summit.stored("3")
        older = likeness.same_text(conn, summit.event_id, {digest}, [PostState.APPROVED], last.received)
    assert newest == {digest: last.id}
    assert older == {digest: summit.stored("2").id}
