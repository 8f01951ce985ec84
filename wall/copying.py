"""What an event takes over from another one, in the transaction of the new one's command."""

from __future__ import annotations

import json

from wall.entries import kinds
from wall.entries.display_kinds import SceneChanged
from wall.journal import Tx
from wall.model import new_id
from wall.store import codebook, scenes
from wall.store import rules as stored_rules

_PEOPLE = ("trusted", "blocked")
"""Lists of an event's rules that name authors."""


def copy_rules(tx: Tx, event_id: str, *, people: bool = True) -> None:
    """Take over the rules of another event; without `people`, not whom it trusted and blocked."""
    version = stored_rules.version(tx.conn, event_id)
    if not version:
        return
    body = json.loads(stored_rules.body(tx.conn, event_id))
    kept = body if people else {name: told for name, told in body.items() if name not in _PEOPLE}
    stored_rules.save(tx.conn, tx.event.id, version, json.dumps(kept, ensure_ascii=False))


def copy_codebook(tx: Tx, event_id: str) -> None:
    """Take over the tags of another event, each under its parent."""
    tags = codebook.listed(tx.conn, event_id)
    ids = {tag.id: new_id() for tag in tags}
    made: set[str | None] = {None}
    while waiting := [tag for tag in tags if tag.id not in made]:
        for tag in waiting:
            if tag.parent in made or tag.parent not in ids:
                mine = {"id": ids[tag.id], "event_id": tx.event.id, "parent": ids.get(tag.parent or "")}
                codebook.add(tx.conn, tag.model_copy(update={**mine, "version": 1}))
                tx.append(kinds.TagAdded(), ("tag", ids[tag.id]))
                made.add(tag.id)


def copy_scenes(tx: Tx, event_id: str) -> None:
    """Take over the scenes of another event."""
    for scene in scenes.listed(tx.conn, event_id):
        scenes.save(tx.conn, scene.model_copy(update={"event_id": tx.event.id}))
        tx.append(SceneChanged(fields=("steps",)), ("scene", scene.id))
