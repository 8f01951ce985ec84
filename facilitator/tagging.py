"""Tagging: a facilitator's tags, which every desk sees at once. Tags are set, never counted: two
people who set the same tag agree, and neither is in the other's way."""

from __future__ import annotations

from typing import Any

from facilitator.contributions import approve_waiting, contribution_with, posts_of
from facilitator.guards import Acting, post_of, require_there, tag_of
from facilitator.sources import source_for
from wall.entries import kinds
from wall.errors import Refused
from wall.journal import Tx
from wall.store import checks, contributions


def tag(tx: Tx, acting: Acting, post_id: str, tag_id: str, on: bool, source: str = "") -> dict[str, Any]:
    """Set a tag on the point that a post makes, or take it off; there is no version, for tags never
    conflict. A check has a source; setting it again with another one replaces that. A post that waits is
    approved with its tag by who may. Raises NotFound, BadInput for a source that is no address, Refused for
    a retired tag, a check without a source, or a post that was taken away."""
    stored, wanted = post_of(tx, post_id), tag_of(tx, tag_id)
    shown = source_for(wanted, source) if on else ""
    require_there(stored)
    if on and wanted.retired:
        raise Refused("This tag is retired.", remedy="Choose another tag.", tag=wanted.id)
    if on:
        approve_waiting(tx, acting, stored)
    known = contribution_with(tx, stored)
    other_source = on and bool(shown) and shown != checks.source(tx.conn, known.id, wanted.id)
    if (wanted.id in known.tags) is not on or other_source:
        tx.append(kinds.ContributionTagged(tag=wanted.id, on=on), *posts_of(known))
        if on and wanted.id not in known.tags:
            contributions.set_tag(tx.conn, known.id, wanted.id, tx.actor, tx.now)
        if shown:
            checks.set_source(tx.conn, known.id, wanted.id, shown)
        if not on:
            contributions.clear_tag(tx.conn, known.id, wanted.id)
        contributions.save(tx.conn, known.id, version=known.version + 1)
    now = contributions.by_ids(tx.conn, tx.event.id, {known.id})[known.id]
    return {"contribution": known.id, "tags": list(now.tags)}
