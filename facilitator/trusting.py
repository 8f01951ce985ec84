"""Trusting an author from the desk: their clean posts no longer wait, beginning with this one."""

from __future__ import annotations

from typing import Any

from facilitator.contributions import approve_waiting
from facilitator.guards import Acting, post_of
from wall.intake.listing import list_author, unlist_author
from wall.journal import Tx


def trust(tx: Tx, acting: Acting, post_id: str, on: bool) -> dict[str, Any]:
    """Put the author of a post on the list of the trusted, and approve the post if it waits; or take them
    off that list (`on` false), which moves no post. Raises NotFound, Refused, BadRules."""
    stored = post_of(tx, post_id)
    if on:
        approve_waiting(tx, acting, stored)
        version = list_author(tx, stored.id, "trust")["version"]
    else:
        version = unlist_author(tx, stored.id, "trust")["version"]
    return {"post": stored.id, "rules": version}
