"""Leaving an author off the walls, for good, and putting one back: commands (docs/decisions/0017).

Everything of theirs leaves every screen in the transaction that says so, what others quote of them too, and
what they post later is never shown. Who they are is kept as keyed digests of their handle and key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from wall.entries import kinds
from wall.entries.wish_kinds import AuthorLeftOff, AuthorPutBack
from wall.errors import NotFound
from wall.intake import quoting, twinning
from wall.intake.judging import judge_of
from wall.intake.settling import settle
from wall.journal import Tx
from wall.model import Mode, PostState, Reason, StoredPost, new_id
from wall.moderation import NEW
from wall.store import events, posts, wishes
from wall.twinned import SURE
from wall.wishes import Named, OptOut, names_of, wish_of

By = Literal["person", "staff"]
Digest = Callable[[str, str], str]
"""(event id, a name of somebody) → the keyed digest by which they are known again."""

LEFT_OFF = Reason(code="left_off")
_WAITING = frozenset({PostState.HELD, PostState.RECEIVED})


def leave_author_off(tx: Tx, post_id: str, digest: Digest) -> dict[str, Any]:
    """Leave the author of a post off the walls, as the staff, on every network on which it was found that
    they posted the same. Raises NotFound."""
    author_of = _post(tx, post_id)
    for twin in author_of.twins:
        if twin.why in SURE and not author_of.left_off:
            leave_author_off(tx, twin.id, digest)
    if author_of.left_off:
        return _answer(tx, author_of.left_off)
    network, author = author_of.post.network, author_of.post.author
    theirs = wishes.posts_of_authors(tx.conn, tx.event.id, network, {author.key})
    return _leave(tx, network, "staff", names_of(network, author), theirs, digest)


@dataclass(frozen=True)
class Sought:
    """Somebody who named themselves, looked for among the posts up to the entry numbered `seq`: the keys
    of the accounts that were found."""

    who: Named
    keys: frozenset[str]
    seq: int


def seek(conn: Connection, event_id: str, who: Named) -> Sought:
    """Look for somebody among everything that was posted, which takes a while and is no command."""
    head = events.head(conn, event_id)
    found = wishes.authors_named(conn, event_id, str(who))
    keys = frozenset(author.key for author in found if str(who) in names_of(who.network, author))
    return Sought(who, keys, head[1] if head else 0)


def leave_named_off(tx: Tx, sought: Sought, digest: Digest) -> dict[str, Any]:
    """Leave somebody off who named themselves, whether they have posted yet or not, and what came of
    theirs since they were sought."""
    name, network = str(sought.who), sought.who.network
    came = (one.post.author for one in wishes.posts_after(tx.conn, tx.event.id, network, sought.seq))
    keys = sought.keys.union(author.key for author in came if name in names_of(network, author))
    theirs = wishes.posts_of_authors(tx.conn, tx.event.id, network, keys)
    names = {name}.union(*(names_of(network, one.post.author) for one in theirs))
    return _leave(tx, network, "person", names, theirs, digest)


def put_author_back(tx: Tx, post_id: str, digest: Digest) -> dict[str, Any]:
    """Let the author of a post be shown again, whoever left them off, on every network on which it was
    found that they posted the same. Raises NotFound."""
    author_of = _post(tx, post_id)
    twins = [_post(tx, twin.id) for twin in author_of.twins if twin.why in SURE]
    left_off = list(dict.fromkeys(one.left_off for one in (author_of, *twins) if one.left_off))
    if not left_off:
        raise NotFound("The author of this post is not left off the walls.")
    answer, *_ = [put_back(tx, one, digest) for one in left_off]
    return answer


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
    for stored in quoting.show_author(tx, opt_out.network, quoted):
        _judge_quote(tx, stored, opt_out.at)
    return {"opt_out": opt_out_id, "posts": len(theirs)}


def _leave(
    tx: Tx, network: str, by: By, names: Collection[str], theirs: list[StoredPost], digest: Digest
) -> dict[str, Any]:
    digests = {digest(tx.event.id, name) for name in names}
    known = wishes.names(tx.conn, tx.event.id)
    already = next((known[one] for one in sorted(digests) if one in known), None)
    off = [stored for stored in theirs if not stored.left_off]
    if already and digests <= known.keys() and not off:
        return _answer(tx, already)
    opt_out_id = already or _new(tx, network, by)
    wishes.learn(tx.conn, tx.event.id, opt_out_id, digests)
    tx.append(AuthorLeftOff(network=network, by=by), ("opt_out", opt_out_id))
    for stored in off:
        _off(tx, stored, opt_out_id)
    quoting.hide_author(tx, network, names)
    wishes.count(tx.conn, opt_out_id, len(off))
    return _answer(tx, opt_out_id)


def _new(tx: Tx, network: str, by: By) -> str:
    new = OptOut(id=new_id(), event_id=tx.event.id, network=network, by=by, at=tx.now, posts=0, version=1)
    wishes.add(tx.conn, new)
    return new.id


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
    settle(tx, stored, state, **columns)
    twinning.released(tx, stored.id)
    twinning.remark_of(tx, stored.id)


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
    settle(tx, stored, state, **columns)
    twinning.remark_of(tx, stored.id)


def _judge_quote(tx: Tx, stored: StoredPost, since: datetime) -> None:
    """Judge the quoted words that come back into a shown post. What came or was edited since their author
    was left off was let up without them; it waits, if they would have held it."""
    quote, seen_since = stored.post.quote, stored.received_at >= since or stored.edits > 0
    if stored.state is not PostState.APPROVED or not quote or quote.unseen or not seen_since:
        return
    rules = judge_of(tx.conn, tx.event)
    without = rules.reasons(stored.post.model_copy(update={"quote": None}), NEW)
    reasons = tuple(one for one in rules.reasons(stored.post, NEW) if one not in without)
    if tx.event.mode is Mode.PRE:
        reasons = (Reason(code="awaits_approval"), *reasons)
    if reasons:
        tx.append(kinds.PostReconsidered(), ("post", stored.id))
        settle(tx, stored, PostState.HELD, reasons=reasons)


def _names_quoted(tx: Tx, opt_out: OptOut, known: dict[str, str], digest: Digest) -> set[str]:
    """Names, of those that others quote, that this opt-out alone knows."""
    names: set[str] = set()
    for stored in quoting.left_off(tx, opt_out.network):
        if stored.post.quote:
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
