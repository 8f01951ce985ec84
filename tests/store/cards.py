"""What the faces of an event show after posts came in, and moves of its posts. Test modules import the
fixture.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.support.summit import GRAVES, Summit
from wall.entries import PUBLIC, Scope
from wall.intake import moves
from wall.model import Reason, Role, StoredPost
from wall.store import Store
from wall.store import tables as t

DESK = Scope(frozenset({Role.MODERATOR}), "ann")


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


def cards(summit: Summit, scope: Scope = PUBLIC) -> dict[str, dict[str, Any]]:
    """The cards that a scope holds, by their texts."""
    held = summit.held(scope).subjects
    return {value["text"]: value for (kind, _), value in held.items() if kind == "post"}


def kinds(summit: Summit) -> list[str]:
    """The kinds of all entries, in order."""
    with summit.store.reading() as conn:
        return list(conn.execute(select(t.entry.c.kind).order_by(t.entry.c.seq)).scalars())


def counts(summit: Summit) -> tuple[int, int, int]:
    """(shown, held, reposts) of the event."""
    event = summit.event
    return event.shown, event.held, event.reposts


def move(summit: Summit, key: str, verb: str) -> None:
    """Reject, hide, approve, withdraw, lose or find a post."""
    stored = summit.stored(key)
    reason = Reason(code="off_topic")
    with_reason = {"reject": moves.reject, "hide": moves.hide}
    if verb in with_reason:
        summit.do(lambda tx: with_reason[verb](tx, stored.id, stored.version, reason))
    elif verb == "approve":
        summit.do(lambda tx: moves.approve(tx, stored.id, stored.version))
    elif verb == "withdraw":
        summit.do(lambda tx: moves.withdraw(tx, stored.id, stored.version, GRAVES))
    else:
        summit.do(lambda tx: vars({"lose": moves.lost, "find": moves.found}[verb](tx, stored)))


def grave(summit: Summit, key: str) -> StoredPost:
    """What is left of a withdrawn post of the network x."""
    return summit.stored(GRAVES("x", key))
