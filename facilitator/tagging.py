"""Tagging: a facilitator's tags, which every desk sees at once. Tags are set, never counted: two
people who set the same tag agree, and neither is in the other's way."""

from __future__ import annotations

from typing import Any

from facilitator.contributions import contribution_with, posts_of
from facilitator.guards import post_of, require_there, tag_of
from wall.entries import kinds
from wall.errors import Refused
from wall.journal import Tx
from wall.store import contributions


def tag(tx: Tx, post_id: str, tag_id: str, on: bool) -> dict[str, Any]:
    """Set a tag on the point that a post makes, or take it off; there is no version, for tags never
    conflict. Raises NotFound, Refused for a retired tag or a post that was taken away."""
    stored, wanted = post_of(tx, post_id), tag_of(tx, tag_id)
    require_there(stored)
    if on and wanted.retired:
        raise Refused("This tag is retired.", remedy="Choose another tag.", tag=wanted.id)
    known = contribution_with(tx, stored)
    if (wanted.id in known.tags) is not on:
        tx.append(kinds.ContributionTagged(tag=wanted.id, on=on), *posts_of(known))
        if on:
            contributions.set_tag(tx.conn, known.id, wanted.id, tx.actor, tx.now)
        else:
            contributions.clear_tag(tx.conn, known.id, wanted.id)
        contributions.save(tx.conn, known.id, version=known.version + 1)
    now = contributions.by_ids(tx.conn, tx.event.id, {known.id})[known.id]
    return {"contribution": known.id, "tags": list(now.tags)}
