"""Quick asks as readers hold them, and who sees which results. These models are the wire's values."""

from __future__ import annotations

from wall.asks import TELLING, Ask, AskKind, AskState, SaidOften, SaidState
from wall.entries.audience import Scope, sees_notes
from wall.entries.cards import copied
from wall.model import Frozen, Time


class AskValue(Frozen):
    """`ask`: a question to the participants of a session, or of the event.

    `counts` (by option, or by number of a scale) and `said` are None for who may not see them, and for
    everybody while fewer than three answered: then `answered` is all that is told. Who does not look
    after the session reads only words that may be shown. `more`: so many things said are not listed.
    `walls_at`: since when it is on the walls. `worded` counts how often a person changed it.
    """

    id: str
    session: str | None
    kind: AskKind
    question: str
    options: tuple[str, ...]
    many: bool
    top: int
    low: str
    high: str
    live: bool
    state: AskState
    opened_at: Time | None
    closes_at: Time | None
    walls_at: Time | None
    answered: int
    counts: tuple[int, ...] | None
    said: tuple[SaidOften, ...] | None
    more: int
    worded: int
    version: int


def ask_value(ask: Ask, scope: Scope) -> AskValue:
    """An ask as a reader of this scope holds it."""
    staff = sees_notes(scope)
    told = (staff or ask.result_is_public) and ask.tally.answered >= TELLING
    # Who decides about words reads them from the first on.
    said = tuple(one for one in ask.tally.said if staff or one.state is SaidState.SHOWN)
    own = {
        "session": ask.session_id,
        "answered": ask.tally.answered,
        "counts": ask.tally.counts if told and ask.places else None,
        "said": said if not ask.places and (told or staff) else None,
        "more": ask.tally.more if staff else 0,
    }
    return AskValue(**copied(ask, AskValue, *own), **own)
