"""HTTP API: points. Tagging one, noting it, bringing it into a session, and replying to its authors."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from facilitator import contributions, receipts, relays, tagging
from facilitator.programme import Id, Remark, lines
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.model import Frozen
from wall.parallel import RelayState

Tags = Annotated[Doing, doing("point.tag")]
Notes = Annotated[Doing, doing("point.note")]
Raises = Annotated[Doing, doing("point.raise")]
Replies = Annotated[Doing, doing("reply.send")]

router = event_router("points")
"""`…/posts/{id}/tag|note|raise` and `…/contributions/{id}/reply|waive`."""

ReplyWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True),
    BeforeValidator(lines),
]


class Tagging(Frozen):
    """A tag to set (`on`) or to take off; with a `source`, the address that a check rests on."""

    tag: Id
    on: bool = True
    source: Annotated[str, StringConstraints(max_length=2_000)] = ""


class Noting(Frozen):
    """Whether it was seen and there is nothing to do."""

    on: bool = True


class Raising(Frozen):
    """The session to bring a point into, with a note for its chair."""

    session: Id
    note: Remark = ""


class Reply(Frozen):
    """What the authors are told; `public`: in their network too, where that can be."""

    words: ReplyWords
    public: bool = False


class Tagged(Frozen):
    """The tags of a contribution now, in the order in which they were set."""

    contribution: str
    tags: tuple[str, ...]
    seq: int


class Noted(Frozen):
    """Whether a contribution is noted now."""

    contribution: str
    noted: bool
    seq: int


class Raised(Frozen):
    """The relay that brings a contribution into a session."""

    relay: str
    contribution: str
    state: RelayState
    version: int
    seq: int


class Replied(Frozen):
    """The posts whose authors were told, or need no reply; `public`: to which a reply is being posted."""

    contribution: str
    posts: tuple[str, ...]
    public: tuple[str, ...] = ()
    seq: int


@router.post("/posts/{post_id}/tag")
async def tag(post_id: IdHere, sent: Tagging, doing: Tags) -> Tagged:
    """Set a tag on the point that a post makes, or take it off; who may approve approves it with that."""
    return await doing.run(
        Tagged,
        lambda tx, acting: tagging.tag(tx, acting, post_id, sent.tag, sent.on, sent.source),
    )


@router.post("/posts/{post_id}/note")
async def note(post_id: IdHere, sent: Noting, doing: Notes) -> Noted:
    """Say that a post was seen and there is nothing to do."""
    return await doing.run(Noted, lambda tx, _: contributions.note(tx, post_id, sent.on))


@router.post("/posts/{post_id}/raise")
async def raise_point(post_id: IdHere, sent: Raising, doing: Raises) -> Raised:
    """Queue the point that a post makes for a session; who may approve approves it with that."""
    return await doing.run(
        Raised, lambda tx, acting: relays.raise_point(tx, acting, post_id, sent.session, sent.note)
    )


@router.post("/contributions/{contribution_id}/reply")
async def reply(contribution_id: IdHere, sent: Reply, doing: Replies) -> Replied:
    """Tell every author who is owed a reply what became of their point."""
    return await doing.run(
        Replied, lambda tx, acting: receipts.reply(tx, acting, contribution_id, sent.words, sent.public)
    )


@router.post("/contributions/{contribution_id}/waive")
async def waive(contribution_id: IdHere, doing: Replies) -> Replied:
    """Decide that nobody needs a reply for this."""
    return await doing.run(Replied, lambda tx, acting: receipts.waive(tx, acting, contribution_id))
