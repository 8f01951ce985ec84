"""A robot moderator: decides about posts that wait, after looking at them for as long as a person would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from wall.demo.cast import Cast
from wall.demo.facilitating import Do
from wall.intake import moves
from wall.journal import Tx
from wall.model import Reason, StoredPost, utc_now
from wall.store import Store, queue

_LOOKED_AT = 60
_IDENTIFIERS = frozenset(
    {"birth_date", "nhs_number", "health_card", "social_security", "hospital_number", "phone", "email"}
)
_SECONDS = {
    **dict.fromkeys(_IDENTIFIERS, 75.0),
    "warning": 25.0,
    "word": 12.0,
    "reconsidered": float("inf"),
}
"""How long a post with such a reason is thought about. What a person took back is left to them."""
_USUAL_SECONDS = 2.0


class Moderator:
    """The robot that approves what is fine and rejects what is not, with the reason."""

    def __init__(self, cast: Cast, do: Do, store: Store) -> None:
        self._cast = cast
        self._give = do
        self._store = store

    async def step(self) -> None:
        """Decide about the post that has waited long enough, longest first."""
        waiting = await self._store.read(self._waiting)
        ripe = next((stored for stored in waiting if self._ripe(stored)), None)
        if ripe is not None:
            await self._give(self._cast.moderator, _decision(ripe))

    def _waiting(self, conn: Connection) -> list[StoredPost]:
        return queue.waiting(conn, self._cast.event_id, _LOOKED_AT)

    def _ripe(self, stored: StoredPost) -> bool:
        waited = (utc_now() - stored.received_at).total_seconds()
        needed = max(_SECONDS.get(reason.code, _USUAL_SECONDS) for reason in stored.reasons)
        return waited >= needed * self._cast.clock.haste


def _decision(stored: StoredPost) -> Callable[[Tx], Any]:
    codes = [reason.code for reason in stored.reasons]
    bad = next((code for code in codes if code in _IDENTIFIERS or code == "word"), None)
    if bad is None:
        return lambda tx: moves.approve(tx, stored.id, stored.version)
    return lambda tx: moves.reject(tx, stored.id, stored.version, Reason(code=bad))
