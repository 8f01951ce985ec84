"""Whether a post may be shown: `judge(post, rules, history)`. Pure, and the only place that decides it.

Reposts are not judged: they are counted on their original and are never cards of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from wall.model import Mode, Post, PostState, Reason

_DECIDED = frozenset({PostState.REJECTED, PostState.HIDDEN})


@dataclass(frozen=True, slots=True)
class Rules:
    """An event's policy. `Mode.AUTO` shows what no reason holds back."""

    mode: Mode = Mode.AUTO


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a post before it is judged: its present state and reasons; None when it is new."""

    state: PostState | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a post goes, and why. No reasons: it is approved."""

    state: PostState
    reasons: tuple[Reason, ...] = ()


NEW = History()
"""The history of a post that was never judged."""


def judge(post: Post, rules: Rules, history: History = NEW) -> Verdict:
    """Judge a new post, or one that its author edited.

    What a person rejected or hid stays so: an edit does not bring it back. A post with nothing to
    show, neither text nor media, is held (`empty`).
    """
    if history.state in _DECIDED:
        return Verdict(history.state, history.reasons)
    match rules.mode:
        case Mode.AUTO:
            reasons = _reasons(post)
    return Verdict(PostState.HELD if reasons else PostState.APPROVED, reasons)


def _reasons(post: Post) -> tuple[Reason, ...]:
    return () if post.media or _has_ink(post.text) else (Reason(code="empty"),)


def _has_ink(text: str) -> bool:
    """Whether anything of a text can be seen; zero-width characters and spaces cannot."""
    return any(char.isprintable() and not char.isspace() for char in text)
