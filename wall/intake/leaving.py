"""Leaving an author off the walls, for good, and putting one back: commands (docs/decisions/0017).

Everything of theirs leaves every screen in the transaction that says so, what others quote of them too, and
what they post later is never shown. Who they are is kept as keyed digests of their handle and key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Literal

from wall.entries import kinds
from wall.entries.wish_kinds import AuthorLeftOff, AuthorPutBack
from wall.errors import NotFound
from wall.intake import moves, quoting
from wall.journal import Tx
from wall.model import PostState, Reason, StoredPost, new_id
from wall.store import posts, wishes
from wall.wishes import Named, OptOut, names_of, wish_of

By = Literal["person", "staff"]
Digest = Callable[[str, str], str]
"""(event id, a name of somebody) → the keyed digest by which they are known again."""

LEFT_OFF = Reason(code="left_off")
_WAITING = frozenset({PostState.HELD, PostState.RECEIVED})


def leave_author_off(tx: Tx, post_id: str, digest: Digest) -> dict[str, Any]:
    """Leave the author of a post off the walls, as the staff. Raises NotFound."""
    author_of = _post(tx, post_id)
    if author_of.left_off:
        return _answer(tx, author_of.left_off)
    network, author = author_of.post.network, author_of.post.author
    theirs = wishes.posts_of_author(tx.conn, tx.event.id, network, author.key)
    return _leave(tx, network, "staff", names_of(network, author), theirs, digest)


def leave_named_off(tx: Tx, who: Named, digest: Digest) -> dict[str, Any]:
    """Leave somebody off who named themselves, whether they have posted yet or not."""
    naming = wishes.posts_naming(tx.conn, tx.event.id, who.network, who.handle.partition("@")[0])
    theirs = [one for one in naming if str(who) in names_of(who.network, one.post.author)]
    names = {str(who)}.union(*(names_of(who.network, one.post.author) for one in theirs))
    return _leave(tx, who.network, "person", names, theirs, digest)


def put_author_back(tx: Tx, post_id: str, digest: Digest) -> dict[str, Any]:
    """Let the author of a post be shown again, whoever left them off. Raises NotFound."""
    left_off = _post(tx, post_id).left_off
    if left_off is None:
        raise NotFound("The author of this post is not left off the walls.")
    return put_back(tx, left_off, digest)


def put_back(tx: Tx, opt_out_id: str, digest: Digest) -> dict[str, Any]:
    """End an opt-out: what it took down is shown again, what waited waits again. Raises NotFound."""
    opt_out = wishes.by_ids(tx.conn, tx.event.id, {opt_out_id}).get(opt_out_id)
    if opt_out is None:
        raise NotFound("Nobody is left off the walls by this.", remedy="Reload the page to see who is.")
    tx.append(AuthorPutBack(), ("opt_out", opt_out_id))
    theirs = wishes.posts_left_off(tx.conn, tx.event.id, opt_out_id)
    known = wishes.names(tx.conn, tx.event.id)
    quoted = _names_quoted(tx, opt_out, known, digest)
    wishes.remove(tx.conn, opt_out_id)
    for stored in theirs:
        _on(tx, stored)
    quoting.set_left_off(tx, opt_out.network, quoted, off=False)
    return {"opt_out": opt_out_id, "posts": len(theirs)}


def _leave(
    tx: Tx, network: str, by: By, names: Collection[str], theirs: list[StoredPost], digest: Digest
) -> dict[str, Any]:
    digests = {digest(tx.event.id, name) for name in names}
    known = wishes.names(tx.conn, tx.event.id)
    already = next((known[one] for one in sorted(digests) if one in known), None)
    if already and digests <= known.keys() and all(one.left_off for one in theirs):
        return _answer(tx, already)
    new = OptOut(id=new_id(), event_id=tx.event.id, network=network, by=by, at=tx.now, posts=0, version=1)
    wishes.add(tx.conn, new, digests)
    tx.append(AuthorLeftOff(network=network, by=by), ("opt_out", new.id))
    off = [stored for stored in theirs if not stored.left_off]
    for stored in off:
        _off(tx, stored, new.id)
    quoting.set_left_off(tx, network, names, off=True)
    wishes.count(tx.conn, new.id, len(off))
    return {"opt_out": new.id, "posts": len(off)}


def _off(tx: Tx, stored: StoredPost, opt_out_id: str) -> None:
    columns: dict[str, Any] = {"left_off": opt_out_id}
    state, touched = stored.state, ("post", stored.id)
    if state is PostState.APPROVED:
        tx.append(kinds.PostHidden(reason=LEFT_OFF), touched)
        state, columns["reasons"] = PostState.HIDDEN, (LEFT_OFF,)
    elif state in _WAITING:
        tx.append(kinds.PostRejected(reason=LEFT_OFF), touched)
        state, columns["reasons"] = PostState.REJECTED, (LEFT_OFF,)
    tx.touch(touched)
    moves.settle(tx, stored, state, **columns)


def _on(tx: Tx, stored: StoredPost) -> None:
    """Back where it was: shown if it had been, waiting for a person if it had waited."""
    columns: dict[str, Any] = {"left_off": None}
    state, touched = stored.state, ("post", stored.id)
    if stored.reasons == (LEFT_OFF,) and (wish := wish_of(stored.post)):
        columns["reasons"] = (Reason(code=wish),)
    elif stored.reasons == (LEFT_OFF,) and state is PostState.HIDDEN:
        shown = tx.append(kinds.PostApproved(), touched)
        state, columns["reasons"], columns["shown"] = PostState.APPROVED, (), stored.shown or shown
    elif stored.reasons == (LEFT_OFF,) and state is PostState.REJECTED:
        tx.append(kinds.PostReconsidered(), touched)
        state, columns["reasons"] = PostState.HELD, (Reason(code="reconsidered"),)
    tx.touch(touched)
    moves.settle(tx, stored, state, **columns)


def _names_quoted(tx: Tx, opt_out: OptOut, known: dict[str, str], digest: Digest) -> set[str]:
    """Names, of those that others quote, that this opt-out alone knows."""
    names: set[str] = set()
    for stored in wishes.quoting_posts(tx.conn, tx.event.id, opt_out.network):
        if stored.post.quote and stored.post.quote.unseen == quoting.LEFT_OFF:
            names |= names_of(opt_out.network, stored.post.quote.author)
    return {name for name in names if known.get(digest(tx.event.id, name)) == opt_out.id}


def _post(tx: Tx, post_id: str) -> StoredPost:
    found = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if found is None or not found.received or found.state is PostState.WITHDRAWN:
        raise NotFound("There is no such post in this event.")
    return found


def _answer(tx: Tx, opt_out_id: str) -> dict[str, Any]:
    found = wishes.by_ids(tx.conn, tx.event.id, {opt_out_id}).get(opt_out_id)
    return {"opt_out": opt_out_id, "posts": found.posts if found else 0}
