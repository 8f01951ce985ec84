"""Posts that somebody of the staff adds by their address, with how it was permitted: a card and a point."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StringConstraints

from facilitator import places
from facilitator.addresses import Identity, identity_of
from facilitator.contributions import contribution_with
from facilitator.guards import Acting, may_approve
from facilitator.programme import Id, line, lines
from facilitator.room_notes import BY_MODE
from wall.entries.speaker_kinds import PostPasted
from wall.errors import NotFound, Refused
from wall.feeds.base import Arrived
from wall.intake import Graves, admit, moves
from wall.journal import Tx
from wall.model import Author, Frozen, Post, PostState, StoredPost
from wall.routes.contributing import Moment
from wall.store import pasted, placements, posts, programme
from wall.text import find_hashtags

TEXT_LIMIT = 5_000
"""Longest text of a post that is typed here, in code points."""

Permission = Literal["public", "author", "own"]
"""Why it may be shown: it is public where it stands; its author agreed; whoever adds it wrote it."""

Address = Annotated[str, StringConstraints(min_length=1, max_length=2_000), BeforeValidator(line)]
PostText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TEXT_LIMIT, strip_whitespace=True),
    BeforeValidator(lines),
]
Handle = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), BeforeValidator(line)]
Given = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True), BeforeValidator(line)]


class NewPasted(Frozen):
    """A public post of any network: its address, what it says, who said it and when (None: now). `given`:
    how its author agreed, and to whom. `session`: what it belongs to."""

    address: Address
    text: PostText
    author_name: Handle = ""
    author_handle: Handle = ""
    said_at: Moment | None = None
    permission: Permission
    given: Given = ""
    session: Id | None = None


def paste(tx: Tx, acting: Acting, new: NewPasted, graves: Graves) -> dict[str, Any]:
    """Add a post. It goes through the one door: what its author or a rule says against it counts. Raises
    BadInput for its address, NotFound for its session, Refused for a post that is here or was taken back,
    and for an agreement that nobody noted."""
    found = identity_of(new.address)
    _require(tx, new, found, graves)
    (post_id,) = admit(tx, [Arrived(_post(tx, new, found))], graves).ids
    tx.append(PostPasted(network=found.network, permission=new.permission), ("post", post_id))
    pasted.add(tx.conn, tx.event.id, post_id, new.permission, new.given, acting.person, tx.now)
    if new.session:
        tx.came_for(post_id, new.session)
    stored = _chosen(tx, acting, _stored(tx, post_id))
    if stored.state in {PostState.APPROVED, PostState.HELD}:
        contribution_with(tx, stored)
    return {
        "post": post_id,
        "state": stored.state.value,
        "network": found.network,
        "recognised": found.recognised,
    }


def placed(tx: Tx, post_id: str, session: str) -> dict[str, Any]:
    """Say that a post belongs to the session that was chosen for it, where a clue told another one."""
    known = placements.plain(tx.conn, {post_id}).get(post_id)
    if known is not None and known.session_id == session:
        return {"post": post_id, "session": session}
    return places.place(tx, post_id, session)


def _require(tx: Tx, new: NewPasted, found: Identity, graves: Graves) -> None:
    if new.permission == "author" and not new.given:
        raise Refused("Say how its author agreed, and to whom.", remedy="Write it down.", field="given")
    if new.session and not programme.sessions_by_ids(tx.conn, tx.event.id, {new.session}):
        raise NotFound("There is no such session in this event.", field="session")
    grave = graves(found.network, found.key)
    known = posts.known(tx.conn, tx.event.id, found.network, {found.key, grave})
    there = [one for one in known.values() if one.state is not PostState.STUB]
    if any(one.state is PostState.WITHDRAWN for one in there):
        raise Refused("This post was taken back: it cannot be added again.", remedy="", field="gone")
    if there or pasted.with_url(tx.conn, tx.event.id, found.url):
        raise Refused("This post is here already.", remedy="Look for it at the desk.", field="address")


def _post(tx: Tx, new: NewPasted, found: Identity) -> Post:
    """A post as its network would give it. What the address says of its author comes before what was typed:
    whoever asked to be left off is known by that."""
    handle = found.handle or new.author_handle.lstrip("@")
    key = f"{found.network}:{handle.casefold() or found.key}"
    author = Author(key=key, handle=handle, name=new.author_name or handle, url=found.profile)
    return Post(
        network=found.network,
        key=found.key,
        author=author,
        text=new.text,
        created_at=new.said_at or tx.now,
        url=found.url,
        hashtags=find_hashtags(new.text),
    )


def _chosen(tx: Tx, acting: Acting, stored: StoredPost) -> StoredPost:
    """A person of the staff read it and chose it: that is what a rule of the mode waits for, and what makes
    it one that walls show which show chosen posts only."""
    only_mode = all(reason.code in BY_MODE for reason in stored.reasons)
    if stored.state is PostState.HELD and (may_approve(acting) or only_mode):
        moves.approved(tx, stored)
    elif stored.state is PostState.APPROVED and may_approve(acting):
        posts.save(tx.conn, stored.id, by_hand=True)
    return _stored(tx, stored.id)


def _stored(tx: Tx, post_id: str) -> StoredPost:
    return posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
