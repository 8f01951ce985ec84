"""Setting an event's rules: checked and made ready apart, then versioned and journaled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wall.entries import kinds
from wall.errors import Stale
from wall.journal import Tx
from wall.moderation import Judge, Rules, check_rules
from wall.store import rules as stored_rules


def prepare_rules(data: object, own_tags: Iterable[str]) -> Judge:
    """Rules as they were sent, checked and made ready; `own_tags` are the event's hashtags.

    A list of 50,000 lines takes most of a second: call it in a thread, before the transaction.
    Raises BadRules.
    """
    return Judge(check_rules(data, own_tags))


def set_rules(tx: Tx, rules: Rules, version: int) -> dict[str, Any]:
    """Replace the rules that were looked at as `version` (0: none were ever set); their new version.

    `rules` are checked ones. Raises Stale when somebody else set them meanwhile. Posts that were
    judged before keep their state: rules are for what comes.
    """
    present = stored_rules.version(tx.conn, tx.event.id)
    if present != version:
        raise Stale("Somebody else changed these rules meanwhile.", current={"version": present})
    save_rules(tx, rules, present + 1)
    return {"version": present + 1}


def save_rules(tx: Tx, rules: Rules, version: int) -> None:
    """Store checked rules under a version, and say so in the journal."""
    stored_rules.save(tx.conn, tx.event.id, version, rules.model_dump_json(exclude_defaults=True))
    changed = ("mode", "rules") if rules.mode != tx.event.mode else ("rules",)
    tx.change_event(mode=rules.mode.value, version=tx.event.version + 1)
    tx.append(kinds.EventChanged(fields=changed), ("event", tx.event.id))
