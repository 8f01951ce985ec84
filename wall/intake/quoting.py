"""Words of one post inside another: they are shown only while their author and their original may be.

A quote's words are a copy. What becomes of the original follows them here, in the same transaction, so that
nothing that left a wall stays on it between somebody else's quotation marks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from wall.journal import Tx
from wall.model import Post, PostState, Quote, StoredPost
from wall.store import posts, wishes
from wall.wishes import names_of, wish_of

HIDDEN = "hidden"
"""Code of a quote whose original was decided not to be shown, or is no longer where it was."""
LEFT_OFF = "left_off"
"""Code of a quote whose author is left off the walls."""

_UNSHOWN = frozenset({PostState.REJECTED, PostState.HIDDEN, PostState.UNAVAILABLE})


def with_quote(post: Post, original: PostState | None, *, left_off: bool) -> Post:
    """A post with its quote as far as it may be seen. `original`: the state of the quoted post where this
    event has it; `left_off`: its author is left off the walls."""
    quote = post.quote
    if quote is None:
        return post
    if original is PostState.WITHDRAWN:
        return post.model_copy(update={"quote": None})
    unseen = LEFT_OFF if left_off else wish_of(quote) or (HIDDEN if original in _UNSHOWN else None)
    return post if unseen == quote.unseen else _with(post, quote.model_copy(update={"unseen": unseen}))


def follow(tx: Tx, network: str, states: Mapping[str, PostState]) -> list[StoredPost]:
    """Let quotes follow what became of their originals: the new states of posts, by key.

    Returns the posts that changed. The caller has appended an entry.
    """
    changed = []
    for stored in _quoting(tx, network, states):
        quote = stored.post.quote
        state = states.get(quote.key) if quote else None
        if quote is None or state is None or quote.unseen not in {None, HIDDEN}:
            continue
        unseen = HIDDEN if state in _UNSHOWN else None
        if state is PostState.WITHDRAWN:
            changed.append(_save(tx, stored, None))
        elif unseen != quote.unseen:
            changed.append(_save(tx, stored, quote.model_copy(update={"unseen": unseen})))
    return changed


def purge(tx: Tx, network: str, key: str) -> list[StoredPost]:
    """Take the words of a withdrawn post out of every quote of them, for good."""
    return [_save(tx, stored, None) for stored in _quoting(tx, network, (key,))]


def hide_author(tx: Tx, network: str, names: Collection[str]) -> list[StoredPost]:
    """Hide what others quote of the author who has one of these names. Returns the posts that changed."""
    quoting = wishes.posts_quoting_author(tx.conn, tx.event.id, network, names)
    return _set_left_off(tx, network, _of(quoting, names), off=True)


def show_author(tx: Tx, network: str, names: Collection[str]) -> list[StoredPost]:
    """Show again what others quote of the author who has one of these names, but for what may not be seen
    for another reason. Returns the posts that changed."""
    return _set_left_off(tx, network, _of(left_off(tx, network), names), off=False)


def left_off(tx: Tx, network: str) -> list[StoredPost]:
    """Posts of a network whose quotes are not shown because the quoted author is left off."""
    found = wishes.posts_quoting_unseen(tx.conn, tx.event.id, network, LEFT_OFF)
    return [stored for stored in found if stored.post.quote and stored.post.quote.unseen == LEFT_OFF]


def _of(quoting: Iterable[StoredPost], names: Collection[str]) -> Iterator[tuple[StoredPost, Quote]]:
    for stored in quoting:
        quote = stored.post.quote
        if quote and not names_of(stored.post.network, quote.author).isdisjoint(names):
            yield stored, quote


def _set_left_off(
    tx: Tx, network: str, quoting: Iterable[tuple[StoredPost, Quote]], *, off: bool
) -> list[StoredPost]:
    found = list(quoting)
    originals = posts.known(tx.conn, tx.event.id, network, {quote.key for _, quote in found})
    changed = []
    for stored, quote in found:
        original = originals.get(quote.key)
        post = with_quote(stored.post, original.state if original else None, left_off=off)
        if post.quote != quote:
            changed.append(_save(tx, stored, post.quote))
    return changed


def _quoting(tx: Tx, network: str, keys: Collection[str]) -> list[StoredPost]:
    return wishes.posts_quoting(tx.conn, tx.event.id, network, keys)


def _save(tx: Tx, stored: StoredPost, quote: Quote | None) -> StoredPost:
    changed = stored.model_copy(update={"post": _with(stored.post, quote), "version": stored.version + 1})
    posts.save(tx.conn, stored.id, post=changed.post, version=changed.version)
    tx.touch(("post", stored.id))
    return changed


def _with(post: Post, quote: Quote | None) -> Post:
    return post.model_copy(update={"quote": quote})
