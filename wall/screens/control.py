"""What walls are held to, their notices, and the posts that are kept on them."""

from __future__ import annotations

from typing import Any, Literal

from wall.display import EVERYWHERE, Control, Hold, Pin
from wall.entries import display_kinds
from wall.errors import NotFound, NotYours, Refused
from wall.journal import Tx
from wall.model import Frozen, PostState
from wall.screens.typed import Id, Version, Words, require_version, room_of
from wall.store import posts, programme, walls

MOST_PINS = 12
"""Pinned posts of one event: more than fill a wall keep everything else off it."""

_NO_CARDS = frozenset({PostState.STUB, PostState.REPOST, PostState.TWIN})


class Order(Frozen):
    """What the walls of a room, or all (null), are to be held to. A notice that is left out stays, an
    empty one goes. Without a version the last one counts: nobody waits with a blank wall."""

    room: Id | None
    hold: Hold
    notice: Words | None = None
    version: Version | None = None


def control(tx: Tx, order: Order) -> dict[str, Any]:
    """Hold walls, and write their notice. Raises NotFound, Stale."""
    before = _standing(tx, order.room)
    if order.version is not None:
        require_version(before, order.version)
    notice = before.notice if order.notice is None else order.notice
    return _controlled(tx, before, held=order.hold, quieted=False, notice=notice)


def tell(tx: Tx, room: str | None, notice: str) -> dict[str, Any]:
    """Write the notice of the walls of a room, or of all, and leave what they are held to. Raises
    NotFound."""
    return _controlled(tx, _standing(tx, room), notice=notice)


def quiet(tx: Tx, order: Order) -> dict[str, Any]:
    """A chair quiets the walls of a room in which there are sessions, or lets go: then what others held
    them to counts as before. Raises NotFound, NotYours."""
    if order.room is None or order.hold not in _QUIETS or order.notice is not None:
        raise NotYours(
            "A chair quiets the walls of one room, or lets them go on.",
            remedy="Ask an organiser, a moderator or a facilitator for anything else.",
        )
    if not any(one.room_id == order.room for one in programme.sessions(tx.conn, tx.event.id)):
        raise NotFound("There is no session in this room.", field="room")
    return _controlled(tx, _standing(tx, order.room), quieted=order.hold is Hold.QUIET)


_QUIETS: tuple[Literal[Hold.QUIET, Hold.LIVE], ...] = (Hold.QUIET, Hold.LIVE)


def pin(tx: Tx, post_id: str) -> dict[str, Any]:
    """Keep a shown post on the walls. Raises NotFound, Refused."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is None or not stored.received or stored.state in _NO_CARDS:
        raise NotFound("There is no such post in this event.")
    if stored.state is not PostState.APPROVED:
        raise Refused(
            "This post is not shown.", remedy="Approve it first.", post=post_id, state=stored.state.value
        )
    pinned = walls.pins(tx.conn, tx.event.id)
    if post_id in {one.pin.id for one in pinned}:
        return {"post": post_id, "pinned": True}
    shown = [one for one in pinned if one.stored.state is PostState.APPROVED]
    if len(shown) >= MOST_PINS:
        raise Refused(f"At most {MOST_PINS} posts are pinned at once.", remedy="Unpin one first.")
    # With its card: readers who started after it was shown long ago do not hold that.
    seq = tx.append(display_kinds.PostPinned(), ("pin", post_id), ("post", post_id))
    walls.add_pin(tx.conn, Pin(id=post_id, event_id=tx.event.id, order=seq, version=1))
    return {"post": post_id, "pinned": True}


def unpin(tx: Tx, post_id: str) -> dict[str, Any]:
    """No longer keep a post on the walls; nothing happens to one that is not pinned."""
    if post_id in {one.pin.id for one in walls.pins(tx.conn, tx.event.id)}:
        walls.remove_pin(tx.conn, post_id)
        tx.append(display_kinds.PostUnpinned(), ("pin", post_id))
    return {"post": post_id, "pinned": False}


def _standing(tx: Tx, room: str | None) -> Control:
    """What walls are held to now. Raises NotFound for a room that is not there."""
    control_id = EVERYWHERE if room is None else room_of(tx, room).id
    found = walls.controls_by_ids(tx.conn, tx.event.id, {control_id}).get(control_id)
    if found is not None:
        return found
    return Control(id=control_id, event_id=tx.event.id, held=Hold.LIVE, quieted=False, notice="", version=0)


def _controlled(tx: Tx, before: Control, **changed: Any) -> dict[str, Any]:
    after = before.model_copy(update=changed)
    if after != before:
        after = after.model_copy(update={"version": before.version + 1})
        walls.set_control(tx.conn, after)
        room = None if after.id == EVERYWHERE else after.id
        tx.append(display_kinds.WallsControlled(hold=after.hold, room=room), ("control", after.id))
    room = None if after.id == EVERYWHERE else after.id
    return {"room": room, "hold": after.hold.value, "version": after.version}
