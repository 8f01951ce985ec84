"""Receipts: what each author is owed because a room took their point up, and what they were told."""

from __future__ import annotations

from typing import Any

from facilitator.guards import Acting, contribution_of, session_of
from facilitator.publicly import sending, sent_out
from facilitator.states import RECEIPTS, ReceiptVerb
from wall.entries import kinds
from wall.errors import Refused
from wall.journal import Tx
from wall.model import PostState
from wall.parallel import Contribution, Receipt, ReceiptState, Relay
from wall.store import contributions, posts, relays


def reply(tx: Tx, acting: Acting, contribution_id: str, words: str, public: bool = False) -> dict[str, Any]:
    """Tell every author who is owed a reply what became of their point: on their phone and its page, and
    with `public` in their network too where that can be.

    Who is answered in public is told when the reply stands there. Raises NotFound, NotYourSession, Refused
    when nobody is owed one (any more).
    """
    point = contribution_of(tx, contribution_id)
    owed = [one.model_copy(update={"lead": point.posts[0]}) for one in _owed(tx, acting, contribution_id)]
    sent = sent_out(tx, owed, words) if public else {}
    for receipt in owed:
        if receipt.post_id in sent:
            _put(tx, receipt, words=words)
        else:
            told(tx, receipt, words)
    here = [receipt.post_id for receipt in owed if receipt.post_id not in sent]
    return {"contribution": contribution_id, "posts": here, "public": sorted(sent)}


def told(tx: Tx, receipt: Receipt, words: str) -> None:
    """An author was told."""
    tx.append(kinds.ReceiptTold(post=receipt.post_id), ("post", receipt.post_id))
    _move(tx, receipt, "tell", words=words, told_at=tx.now)


def waive(tx: Tx, acting: Acting, contribution_id: str) -> dict[str, Any]:
    """Decide that no reply is needed. Raises as `reply`."""
    owed = _owed(tx, acting, contribution_id)
    for receipt in owed:
        waived(tx, receipt)
    return {"contribution": contribution_id, "posts": [receipt.post_id for receipt in owed]}


def owe(tx: Tx, contribution: Contribution, relay: Relay) -> None:
    """Owe a reply to the author of each of its posts that is shown; who was told stays told."""
    there = posts.by_ids(tx.conn, tx.event.id, contribution.posts)
    known = {receipt.post_id: receipt for receipt in contributions.receipts(tx.conn, contribution.id)}
    for post_id in contribution.posts:
        receipt = known.get(post_id)
        state = RECEIPTS.get((receipt.state if receipt else None, "owe"))
        if state is None or there[post_id].state is not PostState.APPROVED:
            continue
        tx.append(kinds.ReceiptOwed(post=post_id), ("post", post_id))
        owed = Receipt(
            post_id=post_id,
            event_id=tx.event.id,
            contribution_id=contribution.id,
            relay_id=relay.id,
            state=state,
            words="",
            told_at=None,
        )
        contributions.put_receipt(tx.conn, owed)


def take_back(tx: Tx, relay: Relay) -> None:
    """Owe no longer what closing this relay made us owe. What was told stays told."""
    for receipt in contributions.receipts(tx.conn, relay.contribution_id):
        if receipt.relay_id == relay.id and receipt.state is ReceiptState.OWED:
            waived(tx, receipt)


def _owed(tx: Tx, acting: Acting, contribution_id: str) -> list[Receipt]:
    contribution_of(tx, contribution_id)
    found = contributions.receipts(tx.conn, contribution_id)
    heard = relays.plain(tx.conn, tx.event.id, {receipt.relay_id for receipt in found})
    for session_id in {relay.session_id for relay in heard.values()}:
        session_of(tx, acting, session_id)
    under_way = sending(tx, [receipt.post_id for receipt in found])
    owed = [one for one in found if one.state is ReceiptState.OWED and one.post_id not in under_way]
    if not owed and under_way:
        raise Refused("A reply is being posted now.", remedy="Wait for it.", contribution=contribution_id)
    if not owed:
        heard_it = any(receipt.state is ReceiptState.TOLD for receipt in found)
        raise Refused(
            "Everybody was told already." if heard_it else "Nobody is owed a reply for this.",
            remedy="A reply is owed once the room has discussed or answered a point.",
            contribution=contribution_id,
        )
    return owed


def waived(tx: Tx, receipt: Receipt) -> None:
    """Owe a reply no longer."""
    tx.append(kinds.ReceiptWaived(post=receipt.post_id), ("post", receipt.post_id))
    _move(tx, receipt, "waive")


def _move(tx: Tx, receipt: Receipt, verb: ReceiptVerb, **changed: Any) -> None:
    _put(tx, receipt, state=RECEIPTS[receipt.state, verb], **changed)


def _put(tx: Tx, receipt: Receipt, **changed: Any) -> None:
    contributions.put_receipt(tx.conn, receipt.model_copy(update=changed))
