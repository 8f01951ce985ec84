"""The only door for posts: dedupe, judge, append. One batch of items inside one transaction.

Identity is (event, network, canonical id). What is known is skipped, so that overlapping backfills
and second replays add nothing; a repost is counted on its original and is never a card; an edit
replaces; what was withdrawn stays withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from wall.entries import kinds
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import moves, quoting, twinning
from wall.intake.graves import Graves
from wall.intake.judging import Judging
from wall.intake.pairing import Pairing
from wall.intake.settling import recount
from wall.intake.tally import Given, Tally
from wall.intake.versions import edition, is_newer
from wall.journal import Tx
from wall.model import Author, Post, PostState, StoredPost, new_id
from wall.store import posts, questions, twins, wishes
from wall.store.search import forget_words
from wall.text import drop_bad_links, search_words
from wall.wishes import key_name, names_of, wish_of

__all__ = ["Given", "Graves", "Tally", "admit"]


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
        to_judge = [post for item in items if (post := self._to_judge(item))]
        self._judging = Judging(self.tx, to_judge)
        self._pairing = Pairing(self.tx, self.graves.person, to_judge)
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
        stored = self._judged(new_id(), self._presentable(post))
        self._keep(stored)
        self._came(stored)

    def _came(self, stored: StoredPost) -> None:
        """Count a new post, and find its twin."""
        self._pair(stored)
        now = self._known[stored.post.network, stored.post.key]
        self.tx.came(now, self._judging.digest(stored.post))
        self.tally.accept(stored.id, stored.post)

    def _pair(self, stored: StoredPost) -> None:
        if self._pairing.is_likely(stored.post):
            self._flush()
            self._read_again(self._pairing.pair(stored.id))

    def _read_again(self, ids: Collection[str]) -> None:
        """Know as they are now posts that others changed."""
        for stored in posts.by_ids(self.tx.conn, self.tx.event.id, ids).values():
            name = (stored.post.network, stored.post.key)
            if stored.state is PostState.WITHDRAWN:  # its key is a tombstone
                name = next((one for one, known in self._known.items() if known.id == stored.id), name)
            else:
                self._moved.setdefault(name[0], {})[name[1]] = twinning.decided(self.tx, stored)
            self._known[name] = stored

    def _judged(self, post_id: str, post: Post) -> StoredPost:
        """Judge a post that is new to the readers, and write its entry."""
        tx = self.tx
        left_off = self._opt_out_of(post.network, post.author)
        verdict = self._judging.verdict(post, left_off=left_off is not None)
        data = kinds.PostReceived(network=post.network, state=verdict.state, reasons=verdict.reasons)
        seq = tx.append(data, ("post", post_id))
        recount(tx, None, verdict.state)
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
        self._came(judged)

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
        tx, edit, twin = self.tx, known.edits + 1, twins.of(self.tx.conn, known.id)
        left_off = self._opt_out_of(post.network, post.author, known.left_off)
        before = twin.state if twin else known.state
        verdict = self._judging.verdict(post, before, known.reasons, left_off=left_off is not None)
        state, reasons = verdict.state, verdict.reasons
        posts.keep_revision(tx.conn, known, tx.now)
        seq = tx.append(kinds.PostEdited(edit=edit, state=state, reasons=reasons), ("post", known.id))
        if post.text != known.post.text:
            for translation in questions.forget_translations(tx.conn, known.id):
                tx.touch(("translation", translation))
        changed = {"post": post, "reasons": reasons, "version": known.version + 1}
        more = {"edits": edit, "by_hand": False, "left_off": left_off}
        if twin:
            self._write(known.model_copy(update={**changed, **more}), **more, twin_state=state.value)
        else:
            more["shown"] = known.shown or (seq if state is PostState.APPROVED else 0)
            self._rejudged(known, state)
            self._write(known.model_copy(update={**changed, **more, "state": state}), **more)
        self._compare(known, post)

    def _rejudged(self, known: StoredPost, state: PostState) -> None:
        """Count a post that changed state with its text."""
        recount(self.tx, known.state, state)
        self._moved.setdefault(known.post.network, {})[known.post.key] = state
        if known.state is PostState.APPROVED is not state:
            self.tx.left(known.id)

    def _compare(self, known: StoredPost, post: Post) -> None:
        """Let an edited post go from its twins if it says something else now, and find it another."""
        if known.twin_of or known.twins:
            twinning.edited(self.tx, known.id)
            self._read_again(_together(known))
        now = self._known[post.network, post.key]
        if now.state in twins.STANDING and not now.twins:
            self._pair(now)

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
        self._read_again(_together(known) - {known.id})
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
            twin_key=self._pairing.key(stored.post),
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
                    twin_key=self._pairing.key(stored.post) if stored.received else None,
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
        state = twinning.decided(self.tx, original) if original else None
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


def _together(stored: StoredPost) -> set[str]:
    """A post with those that stand for it or for which it stands."""
    return {id_ for id_ in (stored.id, stored.twin_of, *(one.id for one in stored.twins)) if id_}


def _searchable(stored: StoredPost) -> str:
    return "" if stored.state in _WORDLESS else search_words(stored.post)
