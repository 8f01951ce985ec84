"""Moves of a post between the states of moderation (DESIGN §6), as a table, and the commands of them.

Guards are data: a move that is not in the table is refused with the present state. Every move
carries the version that the person looked at, so nobody overrides what they have not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from wall.entries import Put, Scope, kinds, render
from wall.errors import NotFound, Refused, Stale
from wall.intake import quoting, twinning
from wall.intake.settling import Moved, settle
from wall.journal import Tx
from wall.model import Author, Post, PostState, Reason, Role, StoredPost
from wall.store import beside, joining, posts, twins
from wall.store.channel import is_own
from wall.store.search import forget_words
from wall.wishes import bar_of

Verb = Literal["approve", "reject", "hide", "reconsider", "withdraw", "lose", "find"]
By = Literal["network", "author", "moderator"]

_SHOWABLE = frozenset({PostState.RECEIVED, PostState.HELD, PostState.REJECTED, PostState.HIDDEN})
ON_A_DESK = _SHOWABLE | {PostState.APPROVED}

ALLOWED: dict[Verb, tuple[frozenset[PostState], PostState | None]] = {
    "approve": (_SHOWABLE, PostState.APPROVED),
    "reject": (frozenset({PostState.RECEIVED, PostState.HELD}), PostState.REJECTED),
    "hide": (frozenset({PostState.APPROVED}), PostState.HIDDEN),
    "reconsider": (frozenset({PostState.APPROVED, PostState.REJECTED, PostState.HIDDEN}), PostState.HELD),
    "lose": (ON_A_DESK | {PostState.TWIN}, PostState.UNAVAILABLE),
    "find": (frozenset({PostState.UNAVAILABLE}), None),
    "withdraw": (frozenset(PostState) - {PostState.WITHDRAWN}, PostState.WITHDRAWN),
}
"""Verb → states it may start from, and where it leads (None: back to where it was lost from)."""

Tombstone = Callable[[str, str], str]
"""(network, key) → the keyed digest that stands in a withdrawn post's place."""


def approve(tx: Tx, post_id: str, version: int) -> dict[str, Any]:
    """Show a post. Raises NotFound, Stale or Refused."""
    return _answer(approved(tx, looked_at(tx, post_id, version)))


def reject(tx: Tx, post_id: str, version: int, reason: Reason) -> dict[str, Any]:
    """Decide that a waiting post is not shown, and why. Raises NotFound, Stale or Refused."""
    stored = looked_at(tx, post_id, version)
    state = _guarded(stored, "reject")
    tx.append(kinds.PostRejected(reason=reason), ("post", stored.id))
    return _taken_off(tx, settle(tx, stored, state, reasons=(reason,)))


def hide(tx: Tx, post_id: str, version: int, reason: Reason) -> dict[str, Any]:
    """Take a shown post off every face, and why. Raises NotFound, Stale or Refused."""
    stored = looked_at(tx, post_id, version)
    state = _guarded(stored, "hide")
    tx.append(kinds.PostHidden(reason=reason), ("post", stored.id))
    return _taken_off(tx, settle(tx, stored, state, reasons=(reason,)))


def reconsider(tx: Tx, post_id: str, version: int) -> dict[str, Any]:
    """Take a decision back: the post waits for a person again. Raises NotFound, Stale or Refused."""
    stored = looked_at(tx, post_id, version)
    state = _guarded(stored, "reconsider")
    tx.append(kinds.PostReconsidered(), ("post", stored.id))
    return _answer(settle(tx, stored, state, reasons=(Reason(code="reconsidered"),)))


def withdraw(tx: Tx, post_id: str, version: int, tombstone: Tombstone) -> dict[str, Any]:
    """Take a post back for good, as a moderator, with what it stands for where it is sure that one person
    posted both. Raises NotFound, Stale or Refused."""
    _guarded(looked_at(tx, post_id, version), "withdraw")
    twinning.released(tx, post_id)
    for one in twins.covered(tx.conn, post_id):
        withdrawn(tx, one.stored, "moderator", tombstone)
    moved = withdrawn(tx, posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id], "moderator", tombstone)
    forget_words(tx.conn)
    return _answer(moved)


def approved(tx: Tx, stored: StoredPost) -> Moved:
    """Show a post; one that was shown before returns to its place. Raises Refused, also for one that
    nobody may show (`wall.wishes`)."""
    state = _guarded(stored, "approve")
    refuse_barred(stored)
    seq = tx.append(kinds.PostApproved(), ("post", stored.id))
    by_hand = tx.actor.startswith("person:")
    return settle(tx, stored, state, reasons=(), shown=stored.shown or seq, by_hand=by_hand)


def lost(tx: Tx, stored: StoredPost) -> Moved:
    """The source no longer returns this post: off every face at once, reversibly."""
    state = _guarded(stored, "lose")
    tx.append(kinds.PostUnavailable(), ("post", stored.id))
    moved = settle(tx, stored, state, prior_state=stored.state.value, lost_at=tx.now)
    twinning.left(tx, stored, "unavailable")
    return moved


def found(tx: Tx, stored: StoredPost) -> Moved:
    """The source returns this post again: back in the state it had, if no other one stands for it."""
    _guarded(stored, "find")
    state, columns = posts.prior_state(tx.conn, stored.id), {"prior_state": None, "lost_at": None}
    if state is PostState.TWIN and (known := twins.of(tx.conn, stored.id)):
        state = known.state
    bar = bar_of(stored)
    if bar and state is PostState.APPROVED:
        tx.append(kinds.PostRestored(state=PostState.HIDDEN), ("post", stored.id))
        moved = settle(tx, stored, PostState.HIDDEN, reasons=(Reason(code=bar),), **columns)
    else:
        seq = tx.append(kinds.PostRestored(state=state), ("post", stored.id))
        shown = stored.shown or (seq if state is PostState.APPROVED else 0)
        moved = settle(tx, stored, state, shown=shown, **columns)
    return twinning.rejoined(tx, stored.id) or moved


def withdrawn(tx: Tx, stored: StoredPost, by: By, tombstone: Tombstone) -> Moved:
    """Purge a post's words from every row and leave a tombstone, so that no backfill revives it; those of
    what a bridge made of it too.

    Its reposts carry no words of their own and stay counted on the empty original. The caller ends
    its transaction with `forget_words`.
    """
    while copy := twinning.copy_of(tx, stored):
        _purged(tx, copy, by, tombstone)
        stored = posts.by_ids(tx.conn, tx.event.id, {stored.id})[stored.id]
    return _purged(tx, stored, by, tombstone)


def _purged(tx: Tx, stored: StoredPost, by: By, tombstone: Tombstone) -> Moved:
    state = _guarded(stored, "withdraw")
    original = posts.original_of(tx.conn, stored.id)
    touched = [("post", stored.id), *([("post", original)] if original else [])]
    # Who wrote here may hear that it was taken down; who took it back themselves only lets go of it.
    heard = by == "moderator" and is_own(stored)
    if is_own(stored) and not heard:
        touched.append(("point", stored.id))
    tx.append(kinds.PostWithdrawn(by=by), *touched)
    if original:
        posts.add_reposts(tx.conn, [(original, -1)])
        tx.count(reposts=-1)
    old = stored.post
    tx.gone.append(old)
    quoting.purge(tx, old.network, old.key)
    nobody = Author(key=old.author.key if heard else "-", handle="")
    emptied = Post(network=old.network, key="-", author=nobody, text="", created_at=old.created_at)
    posts.purge(tx.conn, stored.id, tombstone=tombstone(old.network, old.key), emptied=emptied)
    beside.purge(tx.conn, stored.id)
    joining.forget_wording(tx.conn, stored.id)
    moved = settle(tx, stored, state)
    twinning.left(tx, stored, "withdrawn")
    return moved


def looked_at(tx: Tx, post_id: str, version: int) -> StoredPost:
    """The post, if it is still as the person saw it. Raises NotFound, Stale."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is None or not stored.received:
        raise NotFound("There is no such post in this event.")
    if stored.version != version:
        raise Stale("This post changed since you looked at it.", current=_current(stored))
    return stored


def _guarded(stored: StoredPost, verb: Verb) -> PostState:
    allowed, target = ALLOWED[verb]
    if stored.state not in allowed:
        raise Refused(
            f"A post that is {stored.state} cannot be moved by '{verb}'.", current=_current(stored)
        )
    return target or stored.state


def refuse_barred(stored: StoredPost) -> None:
    """Raise Refused for a post that nobody may show."""
    if bar := bar_of(stored):
        said, remedy = _BARRED[bar]
        raise Refused(said, remedy=remedy, current=_current(stored), bar=bar)


_PUT_BACK = "If they changed their mind, put them back on the page of those who are left off."
_NOTHING = "Nothing to do here. It can be read at the desk, and answered where it was posted."
_BARRED: dict[str, tuple[str, str]] = {
    "left_off": ("Its author is left off the walls.", _PUT_BACK),
    "noindex": ("Its author asked not to be listed, so it is not shown.", _NOTHING),
    "signed_in_only": ("Its author is only for people who are signed in there.", _NOTHING),
    "limited": ("Its author's server shows them only to those who follow them.", _NOTHING),
    "taken_down": ("Its network took this post or its author down.", _NOTHING),
}
"""Why a person cannot show a post, and what they can do."""


def _taken_off(tx: Tx, moved: Moved) -> dict[str, Any]:
    twinning.released(tx, moved.post)
    return _answer(moved)


def _answer(moved: Moved) -> dict[str, Any]:
    return {"post": moved.post, "state": moved.state.value, "version": moved.version}


def _current(stored: StoredPost) -> dict[str, Any]:
    """The post as a moderator sees it now, for a person who has to decide again."""
    change = render(stored, Scope(frozenset({Role.MODERATOR})))
    if isinstance(change, Put):
        return change.value.model_dump(mode="json")
    return {"id": stored.id, "state": stored.state.value, "version": stored.version}
