"""Joining points that are one, taking them apart again, and putting one into a facilitator's words.

What its authors said is never edited; all of them stay its authors and are owed what is owed for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facilitator.contributions import contribution_with, posts_of
from facilitator.guards import Acting, contribution_of, current, post_of, require_there
from facilitator.moving import closed
from facilitator.receipts import owe, waived
from facilitator.relays import put_back
from wall.entries.contribution_kinds import ContributionJoined, ContributionSplit, ContributionWorded
from wall.errors import BadInput, Refused, Stale
from wall.journal import Tx
from wall.model import PostState, new_id
from wall.parallel import HEARD, OPEN, TAKEN_BACK, Contribution, ReceiptState, Relay, RelayState
from wall.store import contributions, joining, posts, programme, relays

MOST_POSTS = 200
"""Posts of one contribution: more are nothing that anybody reads."""

_FARTHEST = (RelayState.ON_FLOOR, RelayState.NEXT, RelayState.QUEUED)


def join(
    tx: Tx, acting: Acting, post_id: str, others: Sequence[str], *, first: bool = False
) -> dict[str, Any]:
    """Make one point of what a post and `others` say: theirs become the post's, and its own post leads,
    or theirs with `first`.

    What is on its way through a session stays so; of two in one session the one that has come farther,
    and the other is dropped as its duplicate. Raises NotFound, Refused, NotYourSession.
    """
    into = _point_of(tx, post_id)
    wanted = list({one.id: one for one in (_point_of(tx, other) for other in others)}.values())
    if any(one.id == into.id for one in wanted):
        raise Refused(
            "A point cannot be joined with itself.",
            remedy="Choose two that are not one already.",
            contribution=into.id,
        )
    for other in wanted:
        into = _taken_in(tx, acting, into, other, first=first)
    owe_if_heard(tx, into)
    return {"contribution": into.id, "joined": [one.id for one in wanted], "posts": list(into.posts)}


def split(tx: Tx, acting: Acting, post_id: str) -> dict[str, Any]:
    """Take a post out of its point: with what it came with, as it was, if it was joined; else alone.

    Raises NotFound, NotYourSession, and Refused for a post that is a point of its own.
    """
    stored = post_of(tx, post_id)
    home = contributions.of_posts(tx.conn, {stored.id}).get(stored.id)
    whole = contribution_of(tx, home) if home else None
    if whole is None or len(whole.posts) < 2:
        raise Refused("This post is a point of its own.", remedy="There is nothing to split.", post=post_id)
    other = joining.came_from(tx.conn, whole.id, stored.id)
    leaving = joining.posts_from(tx.conn, whole.id, other) if other else (stored.id,)
    if len(leaving) == len(whole.posts):
        other, leaving = None, (stored.id,)
    _require_own(tx, acting, whole)
    into = other or new_id()
    heard = (*posts_of(whole), ("contribution", whole.id), ("contribution", into))
    tx.append(ContributionSplit(into=into, posts=leaving), *heard)
    displaced = joining.let_out(tx.conn, whole.id, other) if other else ()
    if other is None:
        contributions.add(tx.conn, _alone(tx, into))
        joining.move_post(tx.conn, stored.id, into)
    _settled(tx, whole.id, into, leaving, displaced)
    return {"contribution": whole.id, "into": into, "posts": list(leaving)}


def word(tx: Tx, acting: Acting, post_id: str, wording: str, worded: int) -> dict[str, Any]:
    """Put the point that a post makes into words of one's own, beside what was said; empty takes them
    away. `worded` counts the wordings that the person had seen.

    Raises NotFound, NotYourSession, Stale, Refused for what was taken away.
    """
    known = _point_of(tx, post_id)
    _require_own(tx, acting, known)
    if known.worded != worded:
        raise Stale("Somebody else worded this since you looked at it.", current=current(known))
    if wording != known.wording:
        tx.append(ContributionWorded(written=worded + 1), *posts_of(known))
        changed = {"wording": wording, "worded": worded + 1, "version": known.version + 1}
        contributions.save(tx.conn, known.id, **changed)
    now = contribution_of(tx, known.id)
    return {"contribution": now.id, "wording": now.wording, "worded": now.worded}


def owe_if_heard(tx: Tx, contribution: Contribution) -> None:
    """Owe a reply to those who came to a point that a room took up already."""
    heard = [one for one in relays.of_contributions(tx.conn, {contribution.id}) if one.state in HEARD]
    if heard:
        owe(tx, contribution, heard[-1])


def _point_of(tx: Tx, post_id: str) -> Contribution:
    """What a post makes, as it is now. Raises NotFound, and Refused for what was taken away."""
    stored = post_of(tx, post_id)
    require_there(stored)
    return contribution_of(tx, contribution_with(tx, stored).id)


def _require_own(tx: Tx, acting: Acting, *touched: Contribution) -> None:
    """Raise NotYourSession where one of these is on its way through a session of others."""
    open_now = [
        one for one in relays.of_contributions(tx.conn, {each.id for each in touched}) if one.state in OPEN
    ]
    there = programme.sessions_by_ids(tx.conn, tx.event.id, {one.session_id for one in open_now})
    for session in there.values():
        acting.require_session(session)


def _taken_in(
    tx: Tx, acting: Acting, into: Contribution, other: Contribution, *, first: bool
) -> Contribution:
    _require_own(tx, acting, into, other)
    if len(into.posts) + len(other.posts) > MOST_POSTS:
        raise BadInput(f"A point has at most {MOST_POSTS} posts.", remedy="Keep these two apart.")
    _require_leading(tx, into, other)
    displaced = _doubled(tx, into, other)
    for relay in displaced:
        closed(tx, relay, RelayState.DROPPED, "duplicate")
    touched = (*posts_of(into), *posts_of(other), ("contribution", into.id), ("contribution", other.id))
    tx.append(ContributionJoined(other=other.id, posts=other.posts), *touched)
    joining.take_in(tx.conn, into.id, other.id, [relay.id for relay in displaced], first=first)
    for one in (into, other):
        contributions.save(tx.conn, one.id, version=one.version + 1)
    lead_with_shown(tx, into.id)
    return contribution_of(tx, into.id)


def _require_leading(tx: Tx, into: Contribution, other: Contribution) -> None:
    """Raise Refused where something is on its way and neither could lead it: only what is shown may."""
    if PostState.APPROVED in {into.lead, other.lead}:
        return
    raised = relays.of_contributions(tx.conn, {into.id, other.id})
    if any(one.state in OPEN for one in raised):
        raise Refused("Neither of these is shown.", remedy="Approve one of them first.")


def _doubled(tx: Tx, into: Contribution, other: Contribution) -> list[Relay]:
    """Of two that would be on their way through one session as one point, the one that is less far."""
    own = [one for one in relays.of_contributions(tx.conn, {into.id}) if one.state in OPEN]
    theirs = [one for one in relays.of_contributions(tx.conn, {other.id}) if one.state in OPEN]
    pairs = [(one, two) for one in own for two in theirs if one.session_id == two.session_id]
    return [max(pair, key=lambda one: (_FARTHEST.index(one.state), one.rank, one.id)) for pair in pairs]


def lead_with_shown(tx: Tx, contribution_id: str) -> str | None:
    """Let a post that is shown lead a contribution, if it has one; the id of the one that leads then,
    None where none is shown."""
    now = contribution_of(tx, contribution_id)
    if now.lead is PostState.APPROVED:
        return now.posts[0]
    there = posts.by_ids(tx.conn, tx.event.id, now.posts)
    shown = next((id_ for id_ in now.posts if there[id_].state is PostState.APPROVED), None)
    if shown is not None:
        joining.lead(tx.conn, contribution_id, shown)
    return shown


def _settled(tx: Tx, whole: str, into: str, left: Sequence[str], displaced: Sequence[str]) -> None:
    """Put two points in order that were one: who leads, what is on its way, and what is owed."""
    for each in (whole, into):
        now = contribution_of(tx, each)
        contributions.save(tx.conn, each, version=now.version + 1)
        if lead_with_shown(tx, each) is None:
            _drop_open(tx, each)
    _owe_no_longer(tx, whole, left)
    for relay in relays.plain(tx.conn, tx.event.id, displaced).values():
        if (relay.state, relay.detail) == (RelayState.DROPPED, "duplicate"):
            put_back(tx, relay)


def _drop_open(tx: Tx, contribution_id: str) -> None:
    for relay in relays.of_contributions(tx.conn, {contribution_id}):
        if relay.state in OPEN:
            closed(tx, relay, RelayState.DROPPED, TAKEN_BACK)


def _owe_no_longer(tx: Tx, whole: str, left: Sequence[str]) -> None:
    """What was owed to those who left for the sake of what stays is owed no longer."""
    stays = {relay.id for relay in relays.of_contributions(tx.conn, {whole})}
    for receipt in contributions.receipts_of_posts(tx.conn, set(left)).values():
        if receipt.state is ReceiptState.OWED and receipt.relay_id in stays:
            waived(tx, receipt)


def _alone(tx: Tx, contribution_id: str) -> Contribution:
    """A contribution without posts yet."""
    return Contribution(
        id=contribution_id,
        event_id=tx.event.id,
        posts=(),
        lead=PostState.APPROVED,
        shown=False,
        tags=(),
        noted=False,
        relay=None,
        owed=0,
        told=0,
        version=1,
    )
