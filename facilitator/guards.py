"""What every command asks first: is it there, whose is it, and is it still as it was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wall.access import may
from wall.entries import Put, Scope, State, dump, render, subject_of
from wall.errors import NotFound, NotYours, Refused, Stale
from wall.journal import Tx
from wall.model import PostState, Role, StoredPost
from wall.parallel import Contribution, Tag
from wall.programme import Room, Session, SessionState
from wall.store import codebook, contributions, posts, programme

_FACILITATORS = Scope(frozenset({Role.FACILITATOR}))
_NO_CARDS = frozenset({PostState.STUB, PostState.REPOST, PostState.TWIN})
_TAKEN_DOWN = {
    PostState.REJECTED: "This post was rejected.",
    PostState.HIDDEN: "This post was taken down.",
    PostState.UNAVAILABLE: "Its source no longer returns this post.",
    PostState.WITHDRAWN: "This post was taken back.",
}


class NotYourSession(NotYours):
    """A facilitator acts only in their own sessions, and in those that name no facilitator."""

    code = "not_your_session"
    remedy = "Ask one of its facilitators, or an organiser."


@dataclass(frozen=True)
class Acting:
    """Who gives a command: a person's id, and their roles in the event."""

    person: str
    roles: frozenset[Role]

    def require_session(self, session: Session) -> None:
        """Raise NotYourSession unless they may act in this session."""
        free = Role.ORGANISER in self.roles or not session.facilitators
        if not free and self.person not in session.facilitators:
            raise NotYourSession("This session has other facilitators.", session=session.id)


def session_of(tx: Tx, acting: Acting, session_id: str) -> Session:
    """A session in which they may act. Raises NotFound, NotYourSession."""
    session = programme.sessions_by_ids(tx.conn, tx.event.id, {session_id}).get(session_id)
    if session is None:
        raise NotFound("There is no such session in this event.")
    acting.require_session(session)
    return session


def session_for_notes(tx: Tx, acting: Acting, session_id: str) -> Session:
    """A session of which they may write down what is said: a scribe serves every room. Raises NotFound,
    NotYourSession."""
    if Role.SCRIBE in acting.roles:
        acting = Acting(acting.person, acting.roles | {Role.ORGANISER})
    return session_of(tx, acting, session_id)


def room_of(tx: Tx, room_id: str) -> Room:
    """A room of the event. Raises NotFound."""
    room = programme.rooms_by_ids(tx.conn, tx.event.id, {room_id}).get(room_id)
    if room is None:
        raise NotFound("There is no such room in this event.")
    return room


def tag_of(tx: Tx, tag_id: str) -> Tag:
    """A tag of the event's codebook. Raises NotFound."""
    tag = codebook.by_ids(tx.conn, tx.event.id, {tag_id}).get(tag_id)
    if tag is None:
        raise NotFound("There is no such tag in this event's codebook.")
    return tag


def post_of(tx: Tx, post_id: str) -> StoredPost:
    """A post that can be a card. Raises NotFound."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is None or not stored.received or stored.state in _NO_CARDS:
        raise NotFound("There is no such post in this event.")
    return stored


def contribution_of(tx: Tx, contribution_id: str) -> Contribution:
    """A contribution of the event. Raises NotFound."""
    found = contributions.by_ids(tx.conn, tx.event.id, {contribution_id}).get(contribution_id)
    if found is None:
        raise NotFound("There is no such contribution in this event.")
    return found


def require_version(state: Room | Session | Tag, version: int) -> None:
    """Raise Stale, with what there is now, unless it is still as it was looked at."""
    if state.version != version:
        raise Stale("This changed since you looked at it.", current=current(state))


def require_not_ended(session: Session) -> None:
    """Raise Refused for a session that is over."""
    if session.state is SessionState.ENDED:
        raise Refused(
            "This session has ended.", remedy="Begin it again, or choose another.", session=session.id
        )


def require_begun(session: Session) -> None:
    """Raise Refused for a session that nobody began."""
    if session.begun_at is None:
        raise Refused("This session has not begun.", remedy="Begin it first.", session=session.id)


def require_running(session: Session) -> None:
    """Raise Refused unless this session runs."""
    if session.state is not SessionState.RUNNING:
        raise Refused("This session is not running.", remedy="Begin it first.", session=session.id)


def require_there(stored: StoredPost) -> None:
    """Raise Refused for a post that its source or its author took away."""
    if stored.state in {PostState.UNAVAILABLE, PostState.WITHDRAWN}:
        raise _refused(stored, _TAKEN_DOWN[stored.state])


def require_shown(stored: StoredPost) -> None:
    """Raise Refused unless this post is approved: only approved material moves."""
    if stored.state is not PostState.APPROVED:
        raise _refused(stored, _TAKEN_DOWN.get(stored.state, "This post waits for a moderator."))


def current(state: State) -> dict[str, Any]:
    """Something as a facilitator sees it now, for a person who has to decide again."""
    change = render(state, _FACILITATORS)
    if isinstance(change, Put):
        return dict(dump(change)["value"])
    return {"id": subject_of(state)[1]}


def may_approve(acting: Acting) -> bool:
    """Whether they may decide that a held post is shown."""
    return may(acting.roles, "post.approve")


def _refused(stored: StoredPost, message: str) -> Refused:
    return Refused(
        message,
        remedy="Only posts that are shown can come up in a room.",
        post=stored.id,
        state=stored.state.value,
    )
