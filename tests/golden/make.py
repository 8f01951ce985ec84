"""Makes fold.json, the golden vectors of the reducer: `python -m tests.golden.make`.

They come from a real journal driven through a small story, for three audiences, with ids and times
made stable; Python's `Held` and TypeScript's `store.ts` must both fold them to what is expected.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.support.summit import GRAVES, MORNING, Summit, post, repost
from wall.entries import PUBLIC, Held, Scope
from wall.entries.staff_kinds import MemberChanged
from wall.feeds.base import Edited, Withdrawn
from wall.intake import moves
from wall.journal import Tx
from wall.model import Reason, Role
from wall.store import Store, members, migrate, people

GOLDEN = Path(__file__).with_name("fold.json")
AUDIENCES = {
    "public": PUBLIC,
    "moderator": Scope(frozenset({Role.MODERATOR}), "person"),
    "organiser": Scope(frozenset({Role.ORGANISER}), "person"),
}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def vectors() -> list[dict[str, Any]]:
    """All vectors: the story's, and those of frames that an older client does not understand."""
    with tempfile.TemporaryDirectory() as directory:
        store = Store(f"sqlite:///{directory}/golden.db")
        try:
            migrate(store)
            told = _story(Summit(store))
        finally:
            store.close()
    return [*told, _from_the_future()]


def _story(summit: Summit) -> list[dict[str, Any]]:
    """One frame a command, told to three audiences."""
    summit.arrive(post("1", "First"), post("2", ""))
    starts = {name: summit.snapshot(scope) for name, scope in AUDIENCES.items()}
    seqs = [summit.event.seq]
    for step in _steps(summit):
        step()
        seqs.append(summit.event.seq)
    told = []
    for name, scope in AUDIENCES.items():
        frames = [summit.frame(scope, after, until) for after, until in pairwise(seqs)]
        told.append(_vector(f"a day as the {name} sees it", starts[name], frames))
    return told


def _steps(summit: Summit) -> list[Any]:
    def moved(key: str, verb: Any, *more: Any) -> Any:
        stored = summit.stored(key)
        return summit.do(lambda tx: verb(tx, stored.id, stored.version, *more))

    def joins(tx: Tx) -> None:
        people.add_person(tx.conn, "person", "Ada", MORNING)
        members.set_roles(tx.conn, tx.event.id, "person", [Role.MODERATOR])
        tx.append(MemberChanged(roles=(Role.MODERATOR,)), ("member", "person"))

    return [
        lambda: summit.arrive(post("3", "Bonjour \u2028 à tous 👩🏽‍⚕️"), repost("4", "1")),
        lambda: moved("2", moves.approve),
        lambda: summit.admit(Edited(post("1", "First, edited"))),
        lambda: moved("3", moves.hide, Reason(code="off_topic")),
        lambda: summit.do(joins),
        lambda: summit.admit(Withdrawn("x", "1")),
        lambda: moved("3", moves.approve),
        lambda: moved("2", moves.withdraw, GRAVES),
    ]


def _from_the_future() -> dict[str, Any]:
    snapshot = {"type": "snapshot", "v": 1, "cursor": "e.s.1", "seq": 1, "puts": []}
    unknown = [
        {"op": "put", "type": "hologram", "id": "h", "version": 1, "value": {"depth": 3}},
        {"op": "fade", "type": "post", "id": "p"},
        {"op": "drop", "type": "post", "id": "never held"},
    ]
    frames = [
        {"type": "changes", "after": 1, "seq": 2, "changes": unknown},
        {"type": "changes", "after": 2, "seq": 2, "changes": []},
    ]
    return _vector("types and operations of a newer server, and a beat", snapshot, frames)


def _vector(name: str, snapshot: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "snapshot": snapshot, "frames": frames, "expected": expected(snapshot, frames)}


def expected(snapshot: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, Any]:
    """What folding these frames onto this snapshot gives."""
    held = Held.of(snapshot)
    for frame in frames:
        held.apply(frame)
    subjects = [[kind, subject_id, value] for (kind, subject_id), value in sorted(held.subjects.items())]
    return {"seq": held.seq, "subjects": subjects}


def stable(text: str) -> str:
    """The same text with ids numbered as they appear, and epochs named."""
    numbers: dict[str, str] = {}
    text = _ID.sub(lambda match: numbers.setdefault(match[0], f"id-{len(numbers) + 1:02}"), text)
    text = re.sub(r'"slug": "e-[0-9a-f]+"', '"slug": "summit"', text)
    return re.sub(r'"cursor": "[0-9a-f]+\.', '"cursor": "epoch.', text)


def golden() -> str:
    """The file's text."""
    text = stable(json.dumps({"vectors": vectors()}, ensure_ascii=False, indent=1))
    made = json.loads(text)
    for vector in made["vectors"]:
        vector["expected"] = expected(vector["snapshot"], vector["frames"])
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
    sys.stdout.write(f"{len(json.loads(golden())['vectors'])} vectors written.\n")
