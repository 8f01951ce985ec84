"""Kinds of entries as an auditor looks for them: each in one group, and which of them were incidents. Pure.

Words for a group are `audit.group.{group}`, for a kind `audit.kind.{kind}`, in English and French.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wall.display import Hold
from wall.model import FeedState

INCIDENTS: Final = "incidents"
"""The group of what went wrong, whatever group it is in otherwise."""
ERASURE: Final = "erasure"
"""The group of what was taken back, erased, or left off for good."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "post": (
        "post.received",
        "post.reposted",
        "post.edited",
        "post.approved",
        "post.rejected",
        "post.hidden",
        "post.reconsidered",
        "post.placed",
        "post.claimed",
        "post.pasted",
        "post.reserved",
        "post.twinned",
        "post.untwinned",
        "support.counted",
        "translation.written",
    ),
    ERASURE: (
        "post.withdrawn",
        "post.unavailable",
        "post.restored",
        "author.left_off",
        "author.put_back",
        "question.withdrawn",
        "translation.removed",
        "event.deleted",
        "event.brought_back",
    ),
    "second_look": ("second_look.asked", "second_look.answered"),
    "contribution": (
        "contribution.made",
        "contribution.tagged",
        "contribution.noted",
        "contribution.joined",
        "contribution.gathered",
        "contribution.split",
        "contribution.worded",
        "point.routed",
        "routing.accepted",
        "routing.returned",
        "routing.cancelled",
    ),
    "relay": (
        "relay.raised",
        "relay.placed",
        "relay.readied",
        "relay.queued",
        "relay.taken_up",
        "relay.closed",
        "relay.reopened",
        "relay.annotated",
    ),
    "receipt": (
        "receipt.owed",
        "receipt.told",
        "receipt.waived",
        "reply.sent",
        "reply.posted",
        "reply.refused",
        "question.asked",
        "question.answered",
        "question.shared",
    ),
    "ask": (
        "ask.drafted",
        "ask.changed",
        "ask.opened",
        "ask.counted",
        "ask.closing",
        "ask.closed",
        "ask.shown",
        "ask.kept",
        "ask.put",
        "ask.judged",
    ),
    "session": (
        "session.added",
        "session.changed",
        "session.removed",
        "session.begun",
        "session.ended",
        "prompt.moved",
        "answer.linked",
        "answer.cleared",
        "conclusion.added",
        "conclusion.changed",
        "conclusion.endorsed",
        "message.sent",
        "message.acknowledged",
        "handover.written",
        "room.added",
        "room.changed",
        "room.removed",
        "programme.imported",
    ),
    "speaker": ("speaker.invited", "speaker.answered", "speaker.revoked"),
    "codebook": (
        "tag.added",
        "tag.changed",
        "codebook.fixed",
        "codebook.imported",
        "sample.drawn",
        "post.reconciled",
    ),
    "wall": (
        "walls.controlled",
        "post.pinned",
        "post.unpinned",
        "scene.added",
        "scene.changed",
        "scene.removed",
        "look.changed",
    ),
    "screen": (
        "screen.paired",
        "screen.changed",
        "screen.flashed",
        "screen.reloaded",
        "screen.carded",
        "screen.linked",
        "screen.unpaired",
    ),
    "member": ("link.made", "link.revoked", "member.changed"),
    "alarm": ("alarm.raised", "alarm.cleared", "alarm.undelivered", "alarm.ways_chosen"),
    "feed": (
        "feed.added",
        "feed.moved",
        "feed.dropped",
        "feed.removed",
        "feed.silent",
        "feed.heard",
        "feed.replies_switched",
        "integration.made",
        "integration.revoked",
    ),
    "guidance": ("guidance.written", "resource.added", "resource.changed", "resource.withdrawn"),
    "event": ("event.created", "event.changed", "door.confirmed", "door.taken_back"),
}
"""The kinds of each group; every kind of the catalogue is in one of them."""

WORDED: Mapping[tuple[str, str], str] = {
    ("walls.controlled", "hold"): "hold",
    ("feed.moved", "state"): "feed.state",
    ("feed.moved", "problem"): "audit.problem",
    ("post.withdrawn", "by"): "audit.by",
    ("author.left_off", "by"): "audit.by",
    ("alarm.raised", "matter"): "audit.matter",
    ("alarm.cleared", "matter"): "audit.matter",
}
"""The beginning of the key of words for a code, by the kind and the field that has it. Problems of feeds
are many: those without words are read as codes."""
ACTORS = frozenset({"system", "feed", "participant"})
"""Who acts besides people of the staff; words are `audit.actor.{actor}`."""

GROUPS: tuple[str, ...] = (INCIDENTS, *KINDS)
"""What a reader may choose from."""

_MUCH_GONE = "much_gone"


def _says(name: str, *codes: str) -> tuple[str, ...]:
    """A piece of an entry's canonical JSON for each code that a field of its data may have."""
    return tuple(f'"{name}":"{code}"' for code in codes)


WENT_WRONG: Mapping[str, tuple[str, ...]] = {
    "alarm.raised": (),
    "alarm.cleared": (),
    "alarm.undelivered": (),
    "feed.moved": (
        *_says("state", FeedState.RETRYING.value, FeedState.STOPPED.value),
        *_says("problem", _MUCH_GONE),
    ),
    "feed.dropped": (),
    "feed.silent": (),
    "walls.controlled": _says("hold", Hold.QUIET.value, Hold.BLANK.value),
    "reply.refused": (),
}
"""The kinds of incidents: all of a kind, or those of which the data says one of these."""


def wanted(group: str | None) -> Mapping[str, tuple[str, ...]] | None:
    """Which kinds a group has, each with what its data must say one of (empty: anything). None: every
    kind, for no group and for one that is not known."""
    if group == INCIDENTS:
        return WENT_WRONG
    kinds = KINDS.get(group or "")
    return None if kinds is None else dict.fromkeys(kinds, ())
