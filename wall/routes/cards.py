"""A post as a moderator reads it: what was found stands out in its text, and every reason is in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from wall.entries.pictures import media_keys
from wall.hygiene import Run, pictured
from wall.intake.moves import ALLOWED, Verb
from wall.model import Media, Post, PostState, Reason, StoredPost
from wall.moderation import CODES, FIELDS
from wall.routes.networks import network_names
from wall.routes.words import Words
from wall.wishes import may_show

Why = Literal["off_topic", "spam", "abusive", "patient_information", "wrong_claim", "other"]
WHY: tuple[Why, ...] = get_args(Why)
"""Codes of the reasons that a person gives for not showing a post; words: `moderate.why.CODE`."""

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_GENERAL = ("awaits_approval", "first_post", "not_listed")
"""Codes that say nothing about the post itself: they come last."""

_QUOTED = 80
"""Code points of a place of the text that are quoted: enough to find it."""

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
    """A part of a text; `marked`: a reason points at it; `emoji`: a picture has this code."""

    text: str
    marked: bool
    emoji: str | None = None


@dataclass(frozen=True)
class Hold:
    """One reason in words: what was seen, the places of the text where, sentences about the places
    `beside` it, and what to check before which button is pressed (empty where nothing is left to)."""

    code: str
    said: str
    found: tuple[str, ...]
    beside: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class Card:
    """One post on the page. `verbs` are the moves that its state allows."""

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
    holds: tuple[Hold, ...]
    marked: frozenset[str]
    """Names of `FIELDS` that a reason points at."""
    verbs: frozenset[Verb]
    suggested: Why

    @property
    def name(self) -> str:
        """The author's name, or else their handle; empty where there is neither."""
        return self.post.author.name.strip() or self.post.author.handle.strip()

    def runs(self, text: str) -> list[Run]:
        """The name or the warning, cut at its custom emoji."""
        return list(pictured(text, {one.code for one in self.post.emoji}))

    @property
    def readable(self) -> bool:
        """Whether there is anything in the text that can be seen."""
        return any(char.isprintable() and not char.isspace() for char in self.post.text)


def card_of(stored: StoredPost, zone: str, words: Words, lang: str) -> Card:
    """A card in a language, with times in an event's zone."""
    post = stored.post
    at = _local(post.created_at, zone)
    return Card(
        id=stored.id,
        state=stored.state,
        version=stored.version,
        edits=stored.edits,
        post=post,
        lang=post.lang if post.lang and _TAG.fullmatch(post.lang) else None,
        network=network_names((post.network, *(one.network for one in stored.twins)), words, lang),
        link=_openable(post.url),
        at=f"{at:%Y-%m-%d %H:%M}",
        iso=at.isoformat(),
        pieces=tuple(pieces_of(post.text, stored.reasons, {one.code for one in post.emoji})),
        media=tuple(zip(post.media, map(bool, media_keys(post.media)), strict=True)),
        holds=tuple(_holds(stored, words, lang)),
        marked=frozenset(str(reason.params.get("field")) for reason in stored.reasons).intersection(FIELDS),
        verbs=frozenset(verb for verb in _VERBS if _may(verb, stored)),
        suggested=next((_SUGGESTED[r.code] for r in stored.reasons if r.code in _SUGGESTED), "other"),
    )


def _may(verb: Verb, stored: StoredPost) -> bool:
    """Whether a post's state allows a move; nobody can show what may not be shown."""
    return stored.state in ALLOWED[verb][0] and (verb != "approve" or may_show(stored))


def pieces_of(text: str, reasons: Iterable[Reason], codes: Collection[str] = ()) -> Iterator[Piece]:
    """A text in pieces, those marked that reasons point at; joined they are the text. `codes` are
    those of custom emoji, which are pieces of their own.

    Offsets count code points. Spans that overlap become one; those outside of the text are none.
    """
    for piece in _marked(text, reasons):
        yield from (Piece(run.text, piece.marked, run.emoji) for run in pictured(piece.text, codes))


def _marked(text: str, reasons: Iterable[Reason]) -> Iterator[Piece]:
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


def _holds(stored: StoredPost, words: Words, lang: str) -> Iterator[Hold]:
    """Reasons in words, each once with all its places: what was found first, the event's mode last."""
    text = stored.post.text
    grouped: dict[tuple[str, str], list[Reason]] = {}
    for reason in sorted(stored.reasons, key=lambda reason: reason.code in _GENERAL):
        grouped.setdefault((reason.code, sentence(reason, words, lang)), []).append(reason)
    for (code, said), reasons in grouped.items():
        found = dict.fromkeys(text[start:end] for start, end in _merged(text, reasons))
        fields = dict.fromkeys(reason.params.get("field") for reason in reasons)
        beside = tuple(words.say(lang, f"reason.in.{field}") for field in fields if field in FIELDS)
        plain = code == _GENERAL[0] and len(grouped) > 1
        check = "" if plain else _check(code, words, lang)
        yield Hold(code, said, tuple(map(_quoted, found)), beside, check)


def _check(code: str, words: Words, lang: str) -> str:
    """What to look at before a button is pressed; nothing where a person decided."""
    if code in WHY:
        return ""
    return words.say(lang, f"moderate.check.{code if code in CODES else 'other'}")


def _quoted(found: str) -> str:
    return found if len(found) <= _QUOTED else f"{found[:_QUOTED]}…"


def sentence(reason: Reason, words: Words, lang: str) -> str:
    """A reason in words; a general sentence for a code that has none, or lacks what its words need."""
    if reason.code in WHY:
        return words.say(lang, "moderate.decided", why=words.say(lang, f"moderate.why.{reason.code}"))
    names = CODES.get(reason.code)
    if names is None or not all(name in reason.params for name in names):
        return words.say(lang, "moderate.reason.other")
    return words.say(lang, f"reason.{reason.code}", **{name: reason.params[name] for name in names})


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
