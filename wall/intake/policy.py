"""Setting an event's rules: checked line by line, versioned, journaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wall.entries import kinds
from wall.errors import Stale
from wall.journal import Tx
from wall.moderation import Rules, check_rules
from wall.store import rules as stored_rules


def set_rules(tx: Tx, data: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Replace the rules that were looked at as `version` (0: none were ever set); their new version.

    Raises BadInput naming field and line, Stale when somebody else set them meanwhile. Posts that
    were judged before keep their state: rules are for what comes.
    """
    present = stored_rules.version(tx.conn, tx.event.id)
    if present != version:
        raise Stale("Somebody else changed these rules meanwhile.", current={"version": present})
    rules = check_rules(data, tx.event.hashtags)
    save_rules(tx, rules, present + 1)
    return {"version": present + 1}


def save_rules(tx: Tx, rules: Rules, version: int) -> None:
    """Store checked rules under a version, and say so in the journal."""
    stored_rules.save(tx.conn, tx.event.id, version, rules.model_dump_json(exclude_defaults=True))
    changed = ("mode", "rules") if rules.mode != tx.event.mode else ("rules",)
    tx.change_event(mode=rules.mode.value, version=tx.event.version + 1)
    tx.append(kinds.EventChanged(fields=changed), ("event", tx.event.id))
