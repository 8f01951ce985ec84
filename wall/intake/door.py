"""The only door for posts: dedupe, judge, append. One batch of items inside one transaction.

Identity is (event, network, canonical id). What is known is skipped, so that overlapping backfills
and second replays add nothing; a repost is counted on its original and is never a card; an edit
replaces; what was withdrawn stays withdrawn.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wall.entries import kinds
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import moves, quoting
from wall.intake.judging import Judging
from wall.intake.versions import edition, is_newer
from wall.journal import Tx
from wall.model import Author, Post, PostState, StoredPost, new_id
from wall.store import posts, questions, wishes
from wall.store.search import forget_words
from wall.text import drop_bad_links, search_words
from wall.wishes import key_name, names_of, wish_of

Given = Arrived | Edited | Withdrawn


@dataclass
class Tally:
    """What became of the items of one batch, in posts."""

    accepted: int = 0
    reposts: int = 0
    edited: int = 0
    known: int = 0
    withdrawn: int = 0
    ids: list[str] = field(default_factory=list)
    """Ids of the accepted posts, in the order given; a known one's id stands in its place."""
    made: list[datetime] = field(default_factory=list)
    """When the accepted posts were made, by their networks."""

    def accept(self, post_id: str, post: Post) -> None:
        """Count a post that is new."""
        self.accepted += 1
        self.ids.append(post_id)
        self.made.append(post.created_at)


class Graves:
    """Keyed digests of withdrawn posts: recognised when they come back, telling nothing meanwhile."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __call__(self, network: str, key: str) -> str:
        """The tombstone of a post: what stands in its row in place of its key."""
        name = f"{network}\0{key}".encode()
        return "~" + hmac.digest(self._secret, name, "sha256").hex()

    def person(self, event_id: str, name: str) -> str:
        """What stands in the list of those who are left off an event's walls, in place of their name."""
        return hmac.digest(self._secret, f"left off\0{event_id}\0{name}".encode(), "sha256").hex()


def admit(tx: Tx, items: Sequence[Given], graves: Graves) -> Tally:
    """Let items through the door, in order, as the transaction's present actor."""
    return _Batch(tx, graves).run(items)


class _Batch:
    """One pass over a batch: what is known is looked up once, what is new is written once."""

    def __init__(self, tx: Tx, graves: Graves) -> None:
        self.tx = tx
        self.graves = graves
        self.tally = Tally()
        self._known: dict[tuple[str, str], StoredPost] = {}
        self._graves: dict[tuple[str, str], str] = {}
        self._new: dict[str, tuple[StoredPost, str | None]] = {}
        self._reposts: dict[str, int] = {}
        self._moved: dict[str, dict[str, PostState]] = {}
        self._left_off = wishes.names(tx.conn, tx.event.id)

    def run(self, items: Sequence[Given]) -> Tally:
        self._look_up(items)
        self._judging = Judging(self.tx, [post for item in items if (post := self._to_judge(item))])
        for item in items:
            match item:
                case Arrived(post):
                    self._arrived(post)
                case Edited(post):
                    self._edited(post)
                case Withdrawn(network, key):
                    self._withdrawn(network, key)
        self._flush()
        for network, states in self._moved.items():
            quoting.follow(self.tx, network, states)
        posts.add_reposts(self.tx.conn, self._reposts.items())
        if self.tally.withdrawn:
            forget_words(self.tx.conn)
        return self.tally

    def _look_up(self, items: Sequence[Given]) -> None:
        for network, keys in _named(items).items():
            tombstones = {self.graves(network, key): key for key in keys}
            found = posts.known(self.tx.conn, self.tx.event.id, network, keys | tombstones.keys())
            for stored_key, stored in found.items():
                self._known[network, tombstones.get(stored_key, stored_key)] = stored

    def _to_judge(self, item: Given) -> Post | None:
        """The post of an item that may have to be judged: not a repost, and not seen like this before."""
        if isinstance(item, Withdrawn) or item.post.repost_of:
            return None
        known = self._known.get((item.post.network, item.post.key))
        if known is None or known.state is PostState.STUB or isinstance(item, Edited):
            return item.post
        changed = is_newer(known.post, item.post) or (wish_of(item.post) and not wish_of(known.post))
        return item.post if changed else None

    def _arrived(self, post: Post) -> None:
        known = self._known.get((post.network, post.key))
        original = post.repost_of if post.repost_of != post.key else None
        if known is None:
            self._new_repost(post, original) if original else self._new_post(post)
        elif known.state is PostState.STUB:
            self._fill_with_repost(known, post, original) if original else self._fill(known, post)
        elif is_newer(known.post, post) or (wish_of(post) and not wish_of(known.post)):
            self._edited(post)
        else:
            self.tally.known += 1
            self.tally.ids.append(known.id)

    def _new_post(self, post: Post) -> None:
        post = self._presentable(post)
        stored = self._judged(new_id(), post)
        self._keep(stored)
        self.tx.came(stored, self._judging.digest(post))
        self.tally.accept(stored.id, post)

    def _judged(self, post_id: str, post: Post) -> StoredPost:
        """Judge a post that is new to the readers, and write its entry."""
        tx = self.tx
        left_off = self._opt_out_of(post.network, post.author)
        verdict = self._judging.verdict(post, left_off=left_off is not None)
        data = kinds.PostReceived(network=post.network, state=verdict.state, reasons=verdict.reasons)
        seq = tx.append(data, ("post", post_id))
        moves.recount(tx, None, verdict.state)
        self._moved.setdefault(post.network, {})[post.key] = verdict.state
        return StoredPost(
            id=post_id,
            event_id=tx.event.id,
            post=post,
            state=verdict.state,
            reasons=verdict.reasons,
            version=1,
            received=seq,
            shown=seq if verdict.state is PostState.APPROVED else 0,
            received_at=tx.now,
            reposts=0,
            edits=0,
            left_off=left_off,
        )

    def _new_repost(self, post: Post, original_key: str) -> None:
        original = self._original_of(post, original_key)
        self._keep(self._counted(new_id(), post, original), original.id)

    def _fill_with_repost(self, stub: StoredPost, post: Post, original_key: str) -> None:
        """What was taken for an original repeats another post: it is no card after all."""
        original = self._original_of(post, original_key)
        self._flush()
        counted = self._counted(stub.id, post, original)
        counted = counted.model_copy(update={"version": stub.version + 1, "reposts": stub.reposts})
        self._write(counted, original_id=original.id, received=counted.received, received_at=self.tx.now)

    def _original_of(self, repost: Post, key: str) -> StoredPost:
        return self._known.get((repost.network, key)) or self._stub(repost, key)

    def _counted(self, repost_id: str, post: Post, original: StoredPost) -> StoredPost:
        """Count a repost. It has no words of its own: the original has them, if it was ever given."""
        nothing = {"text": "", "links": (), "media": (), "emoji": (), "warning": None, **_NO_CONTENT}
        bare = post.model_copy(update=nothing)
        seq = self.tx.append(
            kinds.PostReposted(repost=repost_id, network=post.network), ("post", original.id)
        )
        self._reposts[original.id] = self._reposts.get(original.id, 0) + 1
        self.tx.count(reposts=1)
        self.tally.accept(repost_id, post)
        self.tally.reposts += 1
        return self._unseen(repost_id, self._presentable(bare), PostState.REPOST, received=seq)

    def _stub(self, repost: Post, key: str) -> StoredPost:
        """The hidden place of an original that was not given: known by its id and nothing else."""
        empty = Post(
            network=repost.network,
            key=key,
            author=Author(key="-", handle=""),
            text="",
            created_at=self._not_after_now(repost.created_at),
        )
        stored = self._unseen(new_id(), empty, PostState.STUB, received=0)
        self._keep(stored)
        return stored

    def _unseen(self, post_id: str, post: Post, state: PostState, *, received: int) -> StoredPost:
        return StoredPost(
            id=post_id,
            event_id=self.tx.event.id,
            post=post,
            state=state,
            reasons=(),
            version=1,
            received=received,
            shown=0,
            received_at=self.tx.now,
            reposts=0,
            edits=0,
        )

    def _fill(self, stub: StoredPost, post: Post) -> None:
        """The original of a stub arrives at last: it is judged like any new post."""
        self._flush()
        post = self._presentable(post)
        judged = self._judged(stub.id, post).model_copy(
            update={"version": stub.version + 1, "reposts": stub.reposts}
        )
        placed = {"received": judged.received, "shown": judged.shown, "left_off": judged.left_off}
        self._write(judged, **placed, received_at=self.tx.now)
        self.tx.came(judged, self._judging.digest(post))
        self.tally.accept(stub.id, post)

    def _edited(self, post: Post) -> None:
        known = self._known.get((post.network, post.key))
        if known is None or known.state is PostState.STUB:
            self._arrived(post)
            return
        if post.created_at > self.tx.now:  # or every delivery would be clamped anew, and count as an edit
            post = post.model_copy(update={"created_at": known.post.created_at})
        post = self._presentable(edition(known.post, post))
        if known.state in _NO_EDITS or post == known.post or is_newer(post, known.post):
            self.tally.known += 1
            return
        self._flush()
        self._replace(known, post)
        self.tally.edited += 1

    def _replace(self, known: StoredPost, post: Post) -> None:
        """Put an edited text in place of the old one, judged again."""
        tx, edit = self.tx, known.edits + 1
        left_off = self._opt_out_of(post.network, post.author, known.left_off)
        verdict = self._judging.verdict(post, known.state, known.reasons, left_off=left_off is not None)
        state, reasons = verdict.state, verdict.reasons
        posts.keep_revision(tx.conn, known, tx.now)
        seq = tx.append(kinds.PostEdited(edit=edit, state=state, reasons=reasons), ("post", known.id))
        if post.text != known.post.text:
            for translation in questions.forget_translations(tx.conn, known.id):
                tx.touch(("translation", translation))
        shown = known.shown or (seq if state is PostState.APPROVED else 0)
        moves.recount(tx, known.state, state)
        self._moved.setdefault(post.network, {})[post.key] = state
        if known.state is PostState.APPROVED is not state:
            tx.left(known.id)
        changed = {"post": post, "state": state, "reasons": reasons, "version": known.version + 1}
        more = {"edits": edit, "shown": shown, "by_hand": False, "left_off": left_off}
        self._write(known.model_copy(update={**changed, **more}), **more)

    def _withdrawn(self, network: str, key: str) -> None:
        known = self._known.get((network, key))
        if known is None:
            self._bury(network, key)
            return
        if known.state is PostState.WITHDRAWN:
            self.tally.known += 1
            return
        self._flush()
        moved = moves.withdrawn(self.tx, known, "network", self.graves)
        gone = {"state": moved.state, "version": moved.version}
        self._known[network, key] = known.model_copy(update=gone)
        for named, stored in self._known.items():
            if stored.post.quote and (network, stored.post.quote.key) == (named[0], key):
                bare = stored.post.model_copy(update={"quote": None})
                self._known[named] = stored.model_copy(update={"post": bare, "version": stored.version + 1})
        self.tally.withdrawn += 1

    def _bury(self, network: str, key: str) -> None:
        """A removal that came before its post: a tombstone waits for it."""
        nobody = Author(key="-", handle="")
        grave = self.graves(network, key)
        post = Post(network=network, key=grave, author=nobody, text="", created_at=self.tx.now)
        stored = self._unseen(new_id(), post, PostState.WITHDRAWN, received=0)
        self.tx.append(kinds.PostWithdrawn(by="network"), ("post", stored.id))
        self._keep(stored)
        self._known[network, key] = stored
        self.tally.withdrawn += 1

    def _keep(self, stored: StoredPost, original_id: str | None = None) -> None:
        self._known[stored.post.network, stored.post.key] = stored
        self._new[stored.id] = (stored, original_id)

    def _write(self, stored: StoredPost, **columns: object) -> None:
        """Write a post that is already stored, with its text."""
        self._known[stored.post.network, stored.post.key] = stored
        posts.save(
            self.tx.conn,
            stored.id,
            post=stored.post,
            words=_searchable(stored),
            text_digest=self._judging.digest(stored.post),
            state=stored.state.value,
            reasons=stored.reasons,
            version=stored.version,
            **columns,
        )

    def _flush(self) -> None:
        """Write the new posts gathered so far."""
        posts.add(
            self.tx.conn,
            [
                posts.new_row(
                    stored,
                    words=_searchable(stored),
                    original_id=original_id,
                    text_digest=self._judging.digest(stored.post),
                )
                for stored, original_id in self._new.values()
            ],
        )
        self._new.clear()

    def _presentable(self, post: Post) -> Post:
        """Without unsafe or misplaced links, and not from the future (upstream clocks are wrong)."""
        post = self._quoted(drop_bad_links(post))
        created_at = self._not_after_now(post.created_at)
        return post if created_at == post.created_at else post.model_copy(update={"created_at": created_at})

    def _quoted(self, post: Post) -> Post:
        """With what it quotes as far as that may be seen."""
        if post.quote is None:
            return post
        original = self._known.get((post.network, post.quote.key))
        left_off = self._opt_out_of(post.network, post.quote.author)
        state = original.state if original else None
        return quoting.with_quote(post, state, left_off=left_off is not None)

    def _opt_out_of(self, network: str, author: Author, known: str | None = None) -> str | None:
        """The opt-out that leaves an author off the walls; None for most. `known`: it does already. It
        learns their key, so that it holds after they change the handle by which they asked."""
        if not self._left_off:
            return None
        event_id = self.tx.event.id
        digests = (self.graves.person(event_id, name) for name in names_of(network, author))
        found = known or next((self._left_off[one] for one in digests if one in self._left_off), None)
        key = self.graves.person(event_id, key_name(network, author))
        if found and key not in self._left_off:
            wishes.learn(self.tx.conn, event_id, found, {key})
            self._left_off[key] = found
        return found

    def _not_after_now(self, at: datetime) -> datetime:
        return min(at, self.tx.now)


_NO_EDITS = frozenset({PostState.WITHDRAWN, PostState.UNAVAILABLE, PostState.REPOST})
_NO_CONTENT = {"poll": None, "link_card": None, "quote": None}
_WORDLESS = frozenset({PostState.STUB, PostState.REPOST, PostState.WITHDRAWN})


def _named(items: Iterable[Given]) -> dict[str, set[str]]:
    """Every key that a batch speaks of, by network: its own and those of reposted originals."""
    named: dict[str, set[str]] = {}
    for item in items:
        if isinstance(item, Withdrawn):
            named.setdefault(item.network, set()).add(item.key)
            continue
        keys = named.setdefault(item.post.network, set())
        keys.add(item.post.key)
        if item.post.repost_of:
            keys.add(item.post.repost_of)
        if item.post.quote:
            keys.add(item.post.quote.key)
    return named


def _searchable(stored: StoredPost) -> str:
    return "" if stored.state in _WORDLESS else search_words(stored.post)
