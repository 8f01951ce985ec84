"""Judging inside a batch: the event's rules made ready once, and what they need to know looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from wall.journal import Tx
from wall.model import Event, Mode, Post, PostState, Reason
from wall.moderation import Judge, Past, Rules, Seen, Verdict, judge, text_digest
from wall.store import posts
from wall.store import rules as stored_rules


class Judging:
    """Judges the posts of one batch, one after the other, each with all that came before it."""

    def __init__(self, tx: Tx, batch: Sequence[Post]) -> None:
        """`batch` are the posts that may be judged; nothing is looked up for others."""
        self._judge = judge_of(tx.conn, tx.event)
        self._past = Past(self._judge.rules)
        self._reserved = tx.reserved(batch)
        self._digests = {(post.network, post.key): text_digest(post.text) for post in batch}
        if batch:
            self._look_back(tx, batch)

    def verdict(
        self,
        post: Post,
        state: PostState | None = None,
        reasons: tuple[Reason, ...] = (),
        *,
        left_off: bool = False,
    ) -> Verdict:
        """Judge a post; `state` and `reasons` are its own where it was judged before. `left_off`: its
        author is left off the walls."""
        digest = self.digest(post)
        history = self._past.history(post, digest, state, reasons)
        reserved = (post.network, post.key) in self._reserved
        history = replace(history, left_off=left_off, slides_private=reserved)
        verdict = judge(post, self._judge, history)
        self._past.add_post(post, digest, verdict.state)
        return verdict

    def digest(self, post: Post) -> str | None:
        """What look-alikes of this post are found by; None for a text too short to tell."""
        return self._digests.get((post.network, post.key))

    def _look_back(self, tx: Tx, batch: Sequence[Post]) -> None:
        rules = self._judge.rules
        authors = {post.author.key for post in batch}
        if rules.mode is Mode.KNOWN:
            for author in posts.approved_authors(tx.conn, tx.event.id, authors):
                self._past.approve(*author)
        reach = Past.reach(rules, (min(post.created_at, tx.now) for post in batch))
        if reach is None:
            return
        digests = {digest for digest in self._digests.values() if digest and rules.lookalikes}
        for row in posts.seen_between(tx.conn, tx.event.id, *reach, authors=authors, digests=digests):
            self._past.add(Seen(*row))


def rules_of(conn: Connection, event: Event) -> Rules:
    """An event's rules. Its `mode` leads: it is what everybody sees."""
    stored = Rules.model_validate_json(stored_rules.body(conn, event.id))
    return stored.model_copy(update={"mode": event.mode})


def judge_of(conn: Connection, event: Event) -> Judge:
    """An event's rules made ready: kept by their version, because a long word list takes a while."""
    version = stored_rules.version(conn, event.id)
    found = _ready.get((event.id, version, event.mode))
    if found is None:
        found = Judge(rules_of(conn, event))
        keep_judge(event.id, version, found)
    return found


def keep_judge(event_id: str, version: int, judge: Judge) -> None:
    """Keep rules that are stored under this version, made ready."""
    _ready[event_id, version, judge.rules.mode] = judge
    while len(_ready) > _MOST_READY:
        _ready.pop(next(iter(_ready)))


_MOST_READY = 32
_ready: dict[tuple[str, int, Mode], Judge] = {}
