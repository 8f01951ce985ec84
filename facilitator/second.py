"""Second taggings: posts are drawn, people tag them without seeing each other's tags, and agree in the end.

What is said before that is a row and no entry (docs/decisions/0013): nobody could read it anyway. What
was agreed becomes the tags that every desk sees.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import Connection

from facilitator import tagging
from facilitator.codebook_versions import keep
from facilitator.comparing import DESK, Compared, Tagged, compared
from facilitator.guards import Acting
from facilitator.programme import Id
from facilitator.statistics.sampling import at_random, every
from wall.codebook import Reconciliation, Sample, SecondTagging, TagSet
from wall.entries import Scope, codebook_kinds
from wall.entries.audience import sees_tags
from wall.errors import NotFound, NotYours, Refused
from wall.journal import Tx
from wall.model import Frozen, PostState, Role, new_id
from wall.parallel import Tag
from wall.store import codebook, posts, samples

MOST_SAMPLED = 1_000
"""Posts of one sample."""

Number = Annotated[int, Field(ge=1, le=MOST_SAMPLED)]
TagIds = Annotated[tuple[Id, ...], Field(max_length=50)]


_GONE = frozenset({PostState.UNAVAILABLE, PostState.WITHDRAWN})


class NewSample(Frozen):
    """What to draw: `every` nth (`step`), or `size` posts at `random`, with a `seed` or one that is drawn.
    `live`: what the desk tags counts as one of the taggings."""

    set: TagSet
    method: Literal["every", "random"] = "random"
    step: Number | None = None
    size: Number | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    live: bool = True

    @model_validator(mode="after")
    def _has_number(self) -> Self:
        if (self.step if self.method == "every" else self.size) is None:
            raise ValueError("'every' needs a step, and 'random' a size")
        return self


class AlreadyReconciled(Refused):
    """People agreed on a post; nobody tags it any more."""

    code = "already_reconciled"


def draw(tx: Tx, new: NewSample) -> dict[str, Any]:
    """Draw a sample of what is shown now; the codebook is kept as it is. Raises Refused where there is
    nothing to tag, or nothing to tag it with."""
    if new.set is TagSet.CHECK:
        raise Refused("Checks are not sampled.", remedy="A check rests on its source, not on agreement.")
    if not usable(tx.conn, tx.event.id, new.set):
        raise Refused("This set has no tags.", remedy="Add the preset, or tags of your own.")
    ids = samples.eligible(tx.conn, tx.event.id)
    seed = new.seed if new.seed is not None else secrets.randbelow(2**31)
    if new.method == "every":
        chosen = every(ids, new.step or 1)[:MOST_SAMPLED]
    else:
        chosen = at_random(ids, new.size or 1, seed)
    if not chosen:
        raise Refused("There are too few posts for this.", remedy="Choose a smaller number.")
    drawn = Sample(
        id=new_id(),
        event_id=tx.event.id,
        set=new.set,
        method=new.method,
        step=new.step if new.method == "every" else None,
        seed=seed if new.method == "random" else None,
        live=new.live,
        edition=keep(tx, "")["version"],
        size=len(chosen),
        made_by=tx.actor,
        made_at=tx.now,
    )
    samples.add(tx.conn, drawn, chosen)
    tx.append(codebook_kinds.SampleDrawn(sample=drawn.id, set=drawn.set, size=drawn.size))
    return {"sample": drawn.id, "size": drawn.size, "seed": drawn.seed}


def tag_second(
    tx: Tx, acting: Acting, sample_id: str, post_id: str, tags: tuple[str, ...]
) -> dict[str, Any]:
    """Say what one thinks of a post of a sample; no tags: none of the set fits. Until people agreed on it,
    it can be said anew. Raises NotFound, AlreadyReconciled, and NotYours for who is not blind to the desk's
    tags where those count, or tagged the post there: nobody is their own second."""
    drawn = sample_of(tx.conn, tx.event.id, sample_id)
    _require_in(tx.conn, drawn, post_id)
    chosen = _chosen(tx.conn, drawn, tags)
    if post_id in samples.agreed(tx.conn, drawn.id):
        raise AlreadyReconciled("People agreed on this post already.", remedy="Go on with the next one.")
    if not may_tag(drawn, acting.roles):
        raise NotYours(
            "You see what was tagged at the desk.", remedy="Leave it to somebody who tags blind."
        )
    if drawn.live and tx.actor in _live_by(tx.conn, drawn, post_id):
        raise NotYours("You tagged this post at the desk.", remedy="Leave it to somebody else.")
    said = SecondTagging(
        sample_id=drawn.id, post_id=post_id, person_id=acting.person, tags=chosen, made_at=tx.now
    )
    samples.put_second(tx.conn, said)
    return {"sample": drawn.id, "post": post_id, "tags": list(chosen)}


def reconcile(
    tx: Tx, acting: Acting, sample_id: str, post_id: str, tags: tuple[str, ...]
) -> dict[str, Any]:
    """Write what was agreed for a post that two people tagged: from now on these are its tags in this set,
    at every desk. Raises NotFound, and Refused for a post that nobody tagged a second time."""
    drawn = sample_of(tx.conn, tx.event.id, sample_id)
    _require_in(tx.conn, drawn, post_id)
    chosen = _chosen(tx.conn, drawn, tags)
    one = next(one for one in gathered(tx.conn, drawn) if one.post == post_id)
    if len(one.by) < 2:
        raise Refused("This post was not tagged by two people yet.", remedy="Wait for the second one.")
    _agree(tx, acting, drawn, one, chosen)
    return {"sample": drawn.id, "post": post_id, "tags": list(chosen)}


def reconcile_alike(tx: Tx, acting: Acting, sample_id: str) -> dict[str, Any]:
    """Write as agreed what everybody said alike. Raises NotFound."""
    drawn = sample_of(tx.conn, tx.event.id, sample_id)
    alike = [one for one in gathered(tx.conn, drawn) if one.state == "double" and not one.split]
    there = posts.by_ids(tx.conn, tx.event.id, {one.post for one in alike})
    alike = [one for one in alike if there[one.post].state not in _GONE]
    for one in alike:
        _agree(tx, acting, drawn, one, next(iter(one.by.values())))
    return {"sample": drawn.id, "posts": [one.post for one in alike]}


def sample_of(conn: Connection, event_id: str, sample_id: str) -> Sample:
    """A sample of the event. Raises NotFound."""
    found = samples.by_id(conn, event_id, sample_id)
    if found is None:
        raise NotFound("There is no such sample in this event.")
    return found


def usable(conn: Connection, event_id: str, wanted: TagSet) -> list[Tag]:
    """The tags of a set that can be set now."""
    return [tag for tag in codebook.listed(conn, event_id) if tag.set is wanted and not tag.retired]


def gathered(conn: Connection, drawn: Sample) -> list[Tagged]:
    """A sample's posts with what each person said of them, the desk among them where it counts; of what
    was agreed, with what the desk had said before."""
    posts = samples.posts_of(conn, drawn.id)
    live = samples.live(conn, drawn.set, posts) if drawn.live else {}
    agreed = samples.agreed(conn, drawn.id)
    said: dict[str, dict[str, tuple[str, ...]]] = {post_id: {} for post_id in posts}
    for post_id in posts:
        known = agreed.get(post_id)
        first = known.first if known else live[post_id].tags if post_id in live else None
        if drawn.live and first is not None:
            said[post_id][DESK] = first
    for one in samples.second(conn, drawn.id):
        said[one.post_id][one.person_id] = one.tags
    return [
        Tagged(post_id, said[post_id], agreed[post_id].tags if post_id in agreed else None)
        for post_id in posts
    ]


@dataclass(frozen=True)
class Standing:
    """A sample as it stands: its posts with what was said of each, and the tags of its set."""

    drawn: Sample
    posts: tuple[Tagged, ...]
    tags: tuple[Tag, ...]

    async def compared(self) -> Compared:
        """How well people agree. The interval takes a second to draw: not within a transaction."""
        return await asyncio.to_thread(compared, self.posts, [tag.id for tag in self.tags])


def standing(conn: Connection, event_id: str, sample_id: str) -> Standing:
    """A sample as it stands. Raises NotFound."""
    drawn = sample_of(conn, event_id, sample_id)
    tags = tuple(tag for tag in codebook.listed(conn, event_id) if tag.set is drawn.set)
    return Standing(drawn, tuple(gathered(conn, drawn)), tags)


def may_tag(drawn: Sample, roles: frozenset[Role]) -> bool:
    """Whether these roles may tag a sample: where the desk's tags count, only those that do not see them
    (docs/decisions/0013)."""
    return not (drawn.live and sees_tags(Scope(roles)))


def to_tag(conn: Connection, drawn: Sample, person: str) -> list[str]:
    """Ids of the posts of a sample that this person has still to tag: not those that they tagged at the
    desk where that counts, nor those on which people agreed."""
    posts = samples.posts_of(conn, drawn.id)
    live = samples.live(conn, drawn.set, posts) if drawn.live else {}
    own = {post_id for post_id, one in live.items() if f"person:{person}" in one.by}
    done = {one.post_id for one in samples.second(conn, drawn.id) if one.person_id == person}
    left = own | done | samples.agreed(conn, drawn.id).keys()
    return [post_id for post_id in posts if post_id not in left]


def _agree(tx: Tx, acting: Acting, drawn: Sample, one: Tagged, chosen: tuple[str, ...]) -> None:
    earlier = samples.agreed(tx.conn, drawn.id).get(one.post)
    now = samples.live(tx.conn, drawn.set, {one.post}).get(one.post)
    tx.append(codebook_kinds.PostReconciled(sample=drawn.id, tags=chosen), ("post", one.post))
    first = earlier.first if earlier else now.tags if now else None
    samples.put_agreed(
        tx.conn,
        Reconciliation(
            sample_id=drawn.id, post_id=one.post, tags=chosen, first=first, made_by=tx.actor, made_at=tx.now
        ),
    )
    there = set(now.tags) if now else set()
    for tag_id in sorted(there - set(chosen)):
        tagging.tag(tx, acting, one.post, tag_id, on=False)
    for tag_id in sorted(set(chosen) - there):
        tagging.tag(tx, acting, one.post, tag_id, on=True)


def _require_in(conn: Connection, drawn: Sample, post_id: str) -> None:
    if post_id not in samples.posts_of(conn, drawn.id):
        raise NotFound("This post is not in the sample.")


def _chosen(conn: Connection, drawn: Sample, tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags, each once, in the codebook's order. Raises NotFound for one that is not of the set."""
    known = [tag.id for tag in usable(conn, drawn.event_id, drawn.set)]
    if not set(tags) <= set(known):
        raise NotFound("There is no such tag in this set.", remedy="Load the page again.")
    return tuple(tag_id for tag_id in known if tag_id in tags)


def _live_by(conn: Connection, drawn: Sample, post_id: str) -> frozenset[str]:
    found = samples.live(conn, drawn.set, {post_id}).get(post_id)
    return found.by if found else frozenset()
