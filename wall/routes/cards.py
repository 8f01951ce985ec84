"""A post as a moderator reads it: what was found stands out in its text, and every reason is in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from wall.intake.moves import ALLOWED, Verb
from wall.model import Media, Post, PostState, Reason, StoredPost
from wall.moderation import CODES, FIELDS
from wall.routes.words import Words

Why = Literal["off_topic", "spam", "abusive", "patient_information", "wrong_claim", "other"]
WHY: tuple[Why, ...] = get_args(Why)
"""Codes of the reasons that a person gives for not showing a post; words: `moderate.why.CODE`."""

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_VERBS: tuple[Verb, ...] = ("approve", "reject", "hide", "withdraw")
_SUGGESTED: Mapping[str, Why] = {
    "birth_date": "patient_information",
    "nhs_number": "patient_information",
    "health_card": "patient_information",
    "social_security": "patient_information",
    "hospital_number": "patient_information",
    "lookalike": "spam",
    "flood": "spam",
    "foreign_tag": "off_topic",
}


@dataclass(frozen=True)
class Piece:
    """A part of a text; `marked`: a reason points at it."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Card:
    """One post on the page. `reasons` are sentences, `verbs` the moves that its state allows."""

    id: str
    state: PostState
    version: int
    edits: int
    post: Post
    lang: str | None
    network: str
    link: str | None
    at: str
    iso: str
    pieces: tuple[Piece, ...]
    media: tuple[tuple[Media, bool], ...]
    """Each with whether the server has a picture of it."""
    reasons: tuple[str, ...]
    verbs: frozenset[Verb]
    suggested: Why

    @property
    def name(self) -> str:
        """The author's name, or else their handle; empty where there is neither."""
        return self.post.author.name.strip() or self.post.author.handle.strip()


def card_of(stored: StoredPost, zone: str, words: Words, lang: str) -> Card:
    """A card in a language, with times in an event's zone."""
    post = stored.post
    network = f"network.{post.network}"
    at = _local(post.created_at, zone)
    return Card(
        id=stored.id,
        state=stored.state,
        version=stored.version,
        edits=stored.edits,
        post=post,
        lang=post.lang if post.lang and _TAG.fullmatch(post.lang) else None,
        network=words.say(lang, network) if words.has(network) else post.network,
        link=_openable(post.url),
        at=f"{at:%Y-%m-%d %H:%M}",
        iso=at.isoformat(),
        pieces=tuple(pieces_of(post.text, stored.reasons)),
        media=tuple((item, item.kind == "image" or item.preview is not None) for item in post.media),
        reasons=tuple(dict.fromkeys(sentence(reason, words, lang) for reason in stored.reasons)),
        verbs=frozenset(verb for verb in _VERBS if stored.state in ALLOWED[verb][0]),
        suggested=next((_SUGGESTED[r.code] for r in stored.reasons if r.code in _SUGGESTED), "other"),
    )


def pieces_of(text: str, reasons: Iterable[Reason]) -> Iterator[Piece]:
    """A text in pieces, those marked that reasons point at; joined they are the text.

    Offsets count code points. Spans that overlap become one; those outside of the text are none.
    """
    done = 0
    for start, end in _merged(text, reasons):
        if start > done:
            yield Piece(text[done:start], marked=False)
        yield Piece(text[start:end], marked=True)
        done = end
    if done < len(text):
        yield Piece(text[done:], marked=False)


def _merged(text: str, reasons: Iterable[Reason]) -> list[tuple[int, int]]:
    spans = sorted(
        (reason.start, reason.end)
        for reason in reasons
        if reason.start is not None and reason.end is not None
        if 0 <= reason.start < reason.end <= len(text)
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def sentence(reason: Reason, words: Words, lang: str) -> str:
    """A reason in words; a general sentence for a code that has none, or lacks what its words need."""
    if reason.code in WHY:
        return words.say(lang, "moderate.decided", why=words.say(lang, f"moderate.why.{reason.code}"))
    names = CODES.get(reason.code)
    if names is None or not all(name in reason.params for name in names):
        return words.say(lang, "moderate.reason.other")
    said = words.say(lang, f"reason.{reason.code}", **{name: reason.params[name] for name in names})
    field = reason.params.get("field")
    return f"{said} {words.say(lang, f'reason.in.{field}')}" if field in FIELDS else said


def _local(moment: datetime, zone: str) -> datetime:
    """A time in a zone; one at the very edge of the calendar stays in UTC."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:
        return moment.astimezone(UTC)


def _openable(url: str | None) -> str | None:
    """An address that is safe to put under a link."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None
