"""Trusting or blocking the author of a post: one line more in the event's rules, one command."""

from __future__ import annotations

from typing import Any, Literal

from wall.errors import NotFound, Refused
from wall.intake.judging import rules_of
from wall.intake.policy import set_rules
from wall.journal import Tx
from wall.model import Author, PostState
from wall.moderation import check_authors
from wall.moderation.authors import Authors, author_line
from wall.store import posts
from wall.store import rules as stored_rules

Listing = Literal["trust", "block"]
_LISTS: dict[Listing, tuple[str, str]] = {"trust": ("trusted", "blocked"), "block": ("blocked", "trusted")}
"""What is done → the list that the author goes onto, and the one that they come off."""


def list_author(tx: Tx, post_id: str, listing: Listing) -> dict[str, Any]:
    """Put a post's author on one list and take them off the other; the rules' version afterwards.

    It adds to the rules as they are now, whoever set them. Posts that were judged keep their state.
    Raises NotFound for no such post or one that was taken back, Refused where a line that also
    names others keeps the author on the other list, BadRules for lists that would not hold together.
    """
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is None or stored.state is PostState.WITHDRAWN:
        raise NotFound("There is no such post in this event.")
    network, author = stored.post.network, stored.post.author
    onto, off = _LISTS[listing]
    rules = rules_of(tx.conn, tx.event)
    left = tuple(line for line in getattr(rules, off) if line not in _own_lines(network, author))
    if Authors(left).has(network, author):
        raise Refused(
            f"Another line of '{off}' names this author, and perhaps others.",
            remedy="Change that line among the rules first.",
        )
    listed = getattr(rules, onto)
    if not Authors(listed).has(network, author):
        listed = (*listed, f"{network}:{author.key}")
    version = stored_rules.version(tx.conn, tx.event.id)
    if (listed, left) == (getattr(rules, onto), getattr(rules, off)):
        return {"version": version}
    changed = rules.model_copy(update={onto: listed, off: left})
    check_authors(changed)
    return set_rules(tx, changed, version)


def unlist_author(tx: Tx, post_id: str, listing: Listing) -> dict[str, Any]:
    """Take a post's author off a list, as far as a line names them and nobody else; the rules' version
    afterwards. Raises NotFound, and BadRules for lists that would not hold together."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is None or stored.state is PostState.WITHDRAWN:
        raise NotFound("There is no such post in this event.")
    onto, _ = _LISTS[listing]
    rules = rules_of(tx.conn, tx.event)
    own = _own_lines(stored.post.network, stored.post.author)
    left = tuple(line for line in getattr(rules, onto) if line not in own)
    version = stored_rules.version(tx.conn, tx.event.id)
    if left == getattr(rules, onto):
        return {"version": version}
    changed = rules.model_copy(update={onto: left})
    check_authors(changed)
    return set_rules(tx, changed, version)


def _own_lines(network: str, author: Author) -> frozenset[str | None]:
    """The lines that name this author on this network and nobody else."""
    return frozenset({f"{network}:{author.key}", author_line(f"{network}:@{author.handle}")})
