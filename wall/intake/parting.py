"""A moderator's word on twins: two posts are taken apart, or said to be one person's. It is remembered of
their accounts, so that the next pair of theirs is not asked about again."""

from __future__ import annotations

from typing import Any

from wall.errors import NotFound, Refused
from wall.intake import moves, twinning
from wall.intake.pairing import Digest, pair_of
from wall.journal import Tx
from wall.model import StoredPost
from wall.store import posts, twins
from wall.twins import HERE, fits, words_of


def part(tx: Tx, post_id: str, twin_id: str, version: int, digest: Digest) -> dict[str, Any]:
    """Let a post that another one stands for stand by itself: they are not one person's. Posts of these two
    accounts are never joined again by themselves. Raises NotFound, Stale."""
    standing = moves.looked_at(tx, post_id, version)
    one = next((one for one in twins.covered(tx.conn, post_id) if one.stored.id == twin_id), None)
    if one is None:
        raise NotFound("This post does not stand for that one.")
    pair = pair_of(digest, tx.event.id, standing.post, one.stored.post)
    twins.tell(tx.conn, tx.event.id, pair, "apart", tx.now)
    moved = twinning.uncover(tx, one, standing, "moderator")
    twinning.remark(tx, standing.id)
    return {"post": moved.post, "state": moved.state.value, "version": moved.version}


def pair(tx: Tx, post_id: str, twin_id: str, version: int, digest: Digest) -> dict[str, Any]:
    """Let a post stand for the same person's same post on another network. What else these two accounts
    say alike is joined by itself from now on. Raises NotFound, Stale, and Refused for what is not one."""
    standing = moves.looked_at(tx, post_id, version)
    twin = posts.by_ids(tx.conn, tx.event.id, {twin_id}).get(twin_id)
    if twin is None or not twin.received:
        raise NotFound("There is no such post in this event.")
    _require_pair(standing, twin)
    named = pair_of(digest, tx.event.id, standing.post, twin.post)
    twins.tell(tx.conn, tx.event.id, named, "same", tx.now)
    moved = twinning.cover(tx, standing, twin, "told")
    return {"post": moved.post, "state": moved.state.value, "version": moved.version}


def _require_pair(standing: StoredPost, twin: StoredPost) -> None:
    """Raise Refused unless one of these can stand for the other."""
    both = (standing, twin)
    if any(one.state not in twins.STANDING for one in both):
        raise Refused("One of these posts is no card of its own.", remedy="Reload the desk to see why.")
    if any(one.post.network in HERE for one in both) or not twinning.has_room(standing, twin):
        raise Refused(
            "These cannot be one person's same post on two networks.",
            remedy="Choose posts of two networks, neither of which was written here.",
        )
    if not fits(words_of(standing.post), words_of(twin.post)):
        raise Refused("These posts do not say the same.", remedy="Join them as one point instead.")
