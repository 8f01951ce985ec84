"""One's own points on the join page: how far each got, and what its author can do about it.

`ui/src/join/steps.ts` and `points.tsx` say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wall.entries.channel import AskedValue, PointValue, SessionValue
from wall.entries.points import LookedValue
from wall.hygiene import tidy
from wall.model import PostState, Reason
from wall.moderation import CODES
from wall.parallel import RelayState
from wall.recordings import Moment, lasting, moment_in
from wall.routes.cards import WHY
from wall.routes.editing import WAITS
from wall.routes.words import Words

_STEPS = {
    None: "shown",
    RelayState.QUEUED: "coming",
    RelayState.NEXT: "next",
    RelayState.ON_FLOOR: "now",
    RelayState.DISCUSSED: "discussed",
    RelayState.ANSWERED: "answered",
    RelayState.DEFERRED: "later",
    RelayState.RETURNED: "returned",
    RelayState.DROPPED: "shown",
}
_UNSHOWN = {
    PostState.RECEIVED: "waiting",
    PostState.HELD: "waiting",
    PostState.REJECTED: "not_shown",
    PostState.HIDDEN: "taken_down",
}
_LATER = {"session": "later_session", "board": "later_board", "report": "later_report"}
_REACHED = {"waiting": 1, "shown": 2, "coming": 3, "next": 3, "now": 3, "discussed": 4, "answered": 4}
_OFF = frozenset({"not_shown", "taken_down"})
_HEARD = frozenset({"discussed", "answered"})
_POINT_PAGE = re.compile(r"/point/[a-z0-9-]{1,63}/[A-Za-z0-9-]{1,63}")


@dataclass(frozen=True)
class Own:
    """One's own point: how far it got, as a code of `join.step.*` and in how many of four stages, why
    it is not shown, and where in the programme it got to."""

    id: str
    text: str
    at: datetime
    step: str
    reached: int
    why: tuple[str, ...]
    session: str
    session_id: str
    outcome: str
    reply: str
    page: str
    """The path of the public page of the point, where the reply names it; else empty."""
    question: AskedValue | None
    """What a facilitator asks its author, and what they answered."""
    editable: bool
    """Its author may change the words."""
    joined: int
    """So many others that are shown say the same."""
    wording: str
    """A facilitator's wording of them all."""
    heard: bool
    """A room took it up: its author is thanked."""
    recorded: Recorded | None
    second: LookedValue | None
    """What became of their wish for a second look."""
    may_ask: bool
    """They may wish for one."""
    support: int
    """So many think so too."""


@dataclass(frozen=True)
class Recorded:
    """Where a point is in the recording of its session; `at`: how long after its start, or empty."""

    moment: Moment
    at: str


def own_of(
    value: PointValue, sessions: Mapping[str, SessionValue], support: int, words: Words, lang: str
) -> Own | None:
    """A point as its author is told of it; None for one that is gone. `sessions` by id."""
    step = step_of(value.state, value.relay_state, value.detail)
    if step is None:
        return None
    session = sessions.get(value.session or "")
    told = step not in _OFF | {"waiting", "shown"}
    return Own(
        id=value.id,
        text=tidy(value.text),
        at=value.created_at,
        step=step,
        reached=_REACHED.get(step, 0),
        why=why_of(value.reasons, words, lang) if step in _OFF else (),
        session=session.title if session and told else "",
        session_id=value.session or "",
        outcome=_outcome(value) if step in _HEARD else "",
        reply=tidy(value.reply),
        page=found.group() if (found := _POINT_PAGE.search(value.reply)) else "",
        question=value.question,
        editable=value.state in WAITS,
        joined=value.joined,
        wording=tidy(value.wording),
        heard=step in _HEARD,
        recorded=recorded_of(value, session) if step in _HEARD and session else None,
        second=value.second,
        may_ask=step in _OFF and value.second is None,
        support=support,
    )


def step_of(state: str, relay_state: str | None, detail: str = "") -> str | None:
    """How far a point got, as its author is told; None for one that is gone. `detail` is what it was set
    aside for. `ui/src/join/steps.ts` says the same."""
    if state == PostState.APPROVED:
        step = _STEPS.get(RelayState(relay_state) if relay_state else None)
        return _LATER.get(detail, step) if step == "later" else step
    return _UNSHOWN.get(PostState(state))


def why_of(reasons: Iterable[Reason], words: Words, lang: str) -> tuple[str, ...]:
    """Reasons of why a point is not shown, for its author, each once."""
    return tuple(dict.fromkeys(_why(reason, words, lang) for reason in reasons))


def recorded_of(value: PointValue, session: SessionValue) -> Recorded | None:
    """The second of the recording at which a room took a point up: what was recorded is as far behind the
    room as the stream. Of times that fit nothing, the recording as a whole; None without."""
    if not session.recording:
        return None
    if value.floor_at is None or session.begun_at is None or value.floor_at < session.begun_at:
        return Recorded(Moment(session.recording, False), "")
    seconds = int((value.floor_at - session.begun_at).total_seconds()) + session.delay_seconds
    return Recorded(moment_in(session.recording, seconds), lasting(seconds))


def _why(reason: Reason, words: Words, lang: str) -> str:
    if reason.code in WHY:
        return words.say(lang, f"join.why.{reason.code}")
    names = CODES.get(reason.code)
    if names is None or not all(name in reason.params for name in names):
        return words.say(lang, "join.why.other")
    return words.say(lang, f"reason.{reason.code}", **{name: reason.params[name] for name in names})


def _outcome(value: PointValue) -> str:
    """What came of it, unless the reply says so already."""
    return "" if value.outcome in value.reply else tidy(value.outcome)
