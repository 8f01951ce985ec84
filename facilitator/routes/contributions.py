"""HTTP API: what a point is made of, how it is put, and to which session it belongs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection

from facilitator import joining, places, trusting
from facilitator.programme import Id, lines
from facilitator.routes import Doing, IdHere, doing, event_router
from facilitator.similar import most_alike, terms_of
from wall.entries import Put, Scope, State, render
from wall.errors import NotFound
from wall.journal import Journal
from wall.model import Event, Frozen, PostState
from wall.parallel import Wording
from wall.routes import AskingHere
from wall.store import contributions, likeness, posts

Joins = Annotated[Doing, doing("point.join")]
Words = Annotated[Doing, doing("point.word")]
Places = Annotated[Doing, doing("point.place")]
Trusts = Annotated[Doing, doing("author.trust")]

CANDIDATES = 40
"""Posts that share words with one, of which the likest are offered."""

_OFFERED = (PostState.APPROVED, PostState.HELD, PostState.RECEIVED)

router = event_router("points")
"""`…/posts/{id}/join|split|word|place|claim|trust`."""


class Joining(Frozen):
    """Posts whose points become one with this post's. `first`: theirs leads."""

    others: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    first: bool = False


class Joined(Frozen):
    """A point, those that were joined with it, and its posts now, the leading one first."""

    contribution: str
    joined: tuple[str, ...]
    posts: tuple[str, ...]
    seq: int


class Split(Frozen):
    """A point, and the one that these posts are in now."""

    contribution: str
    into: str
    posts: tuple[str, ...]
    seq: int


class WordingGiven(Frozen):
    """A facilitator's words for a point; empty takes them away. `worded`: the number that was seen."""

    wording: Annotated[Wording, BeforeValidator(lines)]
    worded: Annotated[int, Field(ge=0, le=2**31 - 1)]


class Worded(Frozen):
    """How a point is put now."""

    contribution: str
    wording: str
    worded: int
    seq: int


class Placing(Frozen):
    """The session that a post belongs to; null: none that anybody knows."""

    session: Id | None


class Placed(Frozen):
    """Where a post belongs now."""

    post: str
    session: str | None
    seq: int


class Claiming(Frozen):
    """Whether to take a post from the tray (`on`) or to put it back."""

    on: bool = True


class Claimed(Frozen):
    """Who has a post of the tray now."""

    post: str
    claimed_by: str | None
    seq: int


class Trusting(Frozen):
    """Whether an author's clean posts go up by themselves from now on."""

    on: bool = True


class Trusted(Frozen):
    """The version of the event's rules, among which the author is listed."""

    post: str
    rules: int
    seq: int


class Similar(Frozen):
    """Posts that say much the same, the likest first, with their contributions, as on the wire.
    `likeness` is from 0 to 1, by post."""

    puts: tuple[Put, ...]
    likeness: dict[str, float]


@router.post("/posts/{post_id}/join")
async def join(post_id: IdHere, sent: Joining, doing: Joins) -> Joined:
    """Make one point of several. What is on its way through a session stays so."""
    return await doing.run(
        Joined, lambda tx, acting: joining.join(tx, acting, post_id, sent.others, first=sent.first)
    )


@router.post("/posts/{post_id}/split")
async def split(post_id: IdHere, doing: Joins) -> Split:
    """Take a post out of its point again, with what it came with."""
    return await doing.run(Split, lambda tx, acting: joining.split(tx, acting, post_id))


@router.post("/posts/{post_id}/word")
async def word(post_id: IdHere, sent: WordingGiven, doing: Words) -> Worded:
    """Put a point into words of one's own, beside what was said."""
    return await doing.run(
        Worded, lambda tx, acting: joining.word(tx, acting, post_id, sent.wording, sent.worded)
    )


@router.post("/posts/{post_id}/place")
async def place(post_id: IdHere, sent: Placing, doing: Places) -> Placed:
    """Say to which session a post belongs."""
    return await doing.run(Placed, lambda tx, _: places.place(tx, post_id, sent.session))


@router.post("/posts/{post_id}/claim")
async def claim(post_id: IdHere, sent: Claiming, doing: Places) -> Claimed:
    """Take a post that fits no session, or put it back. 409 with who has it where somebody was quicker."""
    return await doing.run(Claimed, lambda tx, acting: places.claim(tx, acting, post_id, sent.on))


@router.post("/posts/{post_id}/trust")
async def trust(post_id: IdHere, sent: Trusting, doing: Trusts) -> Trusted:
    """Trust the author of a post, which is approved with it; or no longer."""
    return await doing.run(Trusted, lambda tx, acting: trusting.trust(tx, acting, post_id, sent.on))


class SimilarRoutes:
    """`…/posts/{id}/similar`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}", tags=["points"])
        self.router.add_api_route("/posts/{post_id}/similar", self.similar, methods=["GET"])

    async def similar(self, post_id: IdHere, asking: AskingHere) -> Similar:
        """What says much the same as a post and is not one point with it already. It is only offered."""
        scope = asking.scope("desk")
        return await self._journal.store.read(lambda conn: _similar(conn, asking.event, scope, post_id))


def _similar(conn: Connection, event: Event, scope: Scope, post_id: str) -> Similar:
    stored = posts.by_ids(conn, event.id, {post_id}).get(post_id)
    if stored is None or not isinstance(render(stored, scope), Put):
        raise NotFound("There is no such post in this event.")
    terms = terms_of(stored.post, event.hashtags)
    found = likeness.sharing_words(conn, event.id, terms, states=_OFFERED, limit=CANDIDATES)
    homes = contributions.of_posts(conn, {post_id, *(one.id for one in found)})
    own = homes.get(post_id)
    others = {
        one.id: one for one in found if one.id != post_id and (own is None or homes.get(one.id) != own)
    }
    alike = most_alike(terms, {id_: terms_of(one.post, event.hashtags) for id_, one in others.items()})
    made = contributions.by_ids(conn, event.id, {homes[id_] for id_, _ in alike if id_ in homes})
    states: list[State] = [*(others[id_] for id_, _ in alike), *made.values()]
    changes = [render(state, scope) for state in states]
    puts = tuple(change for change in changes if isinstance(change, Put))
    shown = {put.id for put in puts if put.type == "post"}
    return Similar(puts=puts, likeness={id_: round(score, 3) for id_, score in alike if id_ in shown})
