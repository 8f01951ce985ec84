"""Receipts: what each author is owed because a room took their point up, and what they were told."""

from __future__ import annotations

from typing import Any

from facilitator.guards import Acting, contribution_of, session_of
from facilitator.states import RECEIPTS, ReceiptVerb
from wall.entries import kinds
from wall.errors import Refused
from wall.journal import Tx
from wall.model import PostState
from wall.parallel import Contribution, Receipt, ReceiptState, Relay
from wall.store import contributions, posts, relays


def reply(tx: Tx, acting: Acting, contribution_id: str, words: str) -> dict[str, Any]:
    """Tell every author who is owed a reply what became of their point. Raises NotFound,
    NotYourSession, Refused when nobody is owed one (any more)."""
    owed = _owed(tx, acting, contribution_id)
    for receipt in owed:
        tx.append(kinds.ReceiptTold(post=receipt.post_id), ("post", receipt.post_id))
        _move(tx, receipt, "tell", words=words, told_at=tx.now)
    return {"contribution": contribution_id, "posts": [receipt.post_id for receipt in owed]}


def waive(tx: Tx, acting: Acting, contribution_id: str) -> dict[str, Any]:
    """Decide that no reply is needed. Raises as `reply`."""
    owed = _owed(tx, acting, contribution_id)
    for receipt in owed:
        _waived(tx, receipt)
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
            _waived(tx, receipt)


def _owed(tx: Tx, acting: Acting, contribution_id: str) -> list[Receipt]:
    contribution_of(tx, contribution_id)
    found = contributions.receipts(tx.conn, contribution_id)
    heard = relays.plain(tx.conn, tx.event.id, {receipt.relay_id for receipt in found})
    for session_id in {relay.session_id for relay in heard.values()}:
        session_of(tx, acting, session_id)
    owed = [receipt for receipt in found if receipt.state is ReceiptState.OWED]
    if not owed:
        told = any(receipt.state is ReceiptState.TOLD for receipt in found)
        raise Refused(
            "Everybody was told already." if told else "Nobody is owed a reply for this.",
            remedy="A reply is owed once the room has discussed or answered a point.",
            contribution=contribution_id,
        )
    return owed


def _waived(tx: Tx, receipt: Receipt) -> None:
    tx.append(kinds.ReceiptWaived(post=receipt.post_id), ("post", receipt.post_id))
    _move(tx, receipt, "waive")


def _move(tx: Tx, receipt: Receipt, verb: ReceiptVerb, **changed: Any) -> None:
    state = RECEIPTS[receipt.state, verb]
    contributions.put_receipt(tx.conn, receipt.model_copy(update={"state": state, **changed}))
