"""Whether a post may be shown: `judge(post, rules, history)`. Pure, and the only place that decides it.

Reposts are not judged: they are counted on their original and are never cards of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from wall.model import Mode, Post, PostState, Reason, fold_hashtag
from wall.moderation.authors import Authors
from wall.moderation.identifiers import find_identifiers
from wall.moderation.links import LinkPolicy
from wall.moderation.rules import Rules
from wall.moderation.terms import Span
from wall.moderation.words import WordList
from wall.wishes import BARS, wish_of

SPANS_LIMIT = 10
"""Places of one code that a verdict names: a person looks at the whole post anyway."""

_TAG = re.compile(r"[#＃]\w{1,100}")
_DECIDED = frozenset({PostState.REJECTED, PostState.HIDDEN})


@dataclass(frozen=True, slots=True)
class History:
    """What is known before a post is judged.

    `state` and `reasons` are the post's own; None when it is new. `author_approved` counts other
    posts of its author that were approved. `author_times` are the times at which its author posted
    others, in any order. `same_text_authors` counts the other authors who lately posted the same.
    `left_off`: its author is left off the walls. `slides_private`: it has a picture, and a speaker asked
    that their slides are not shared.
    """

    state: PostState | None = None
    reasons: tuple[Reason, ...] = ()
    author_approved: int = 0
    author_times: tuple[datetime, ...] = ()
    same_text_authors: int = 0
    left_off: bool = False
    slides_private: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a post goes, and why. No reasons: it is approved."""

    state: PostState
    reasons: tuple[Reason, ...] = ()


_CLEAN = Verdict(PostState.APPROVED)

NEW = History()
"""The history of a post that was never judged, by an author who never posted."""


def judge(post: Post, rules: Rules | Judge, history: History = NEW) -> Verdict:
    """Judge a new post, or one that its author edited. Never raises for a post.

    What nobody may show (`wall.wishes`) is rejected, whatever became of it before. What a person rejected
    or hid stays so, and what a person put back among what waits goes on waiting for one: an edit changes
    neither. A blocked author's post is rejected. Everything else that a rule catches is held, with every
    reason, in a stable order: the mode's, then the post's, then the text's, then the floods'. Offsets are
    code points of `text`.
    """
    bar = "left_off" if history.left_off else wish_of(post)
    if bar:
        return Verdict(PostState.REJECTED, (Reason(code=bar),))
    if history.state in _DECIDED and not _was_barred(history):
        return Verdict(history.state, history.reasons)
    if history.state is PostState.HELD and any(one.code == "reconsidered" for one in history.reasons):
        return Verdict(history.state, history.reasons)
    compiled = compile_rules(rules) if isinstance(rules, Rules) else rules
    if compiled.blocked.has(post.network, post.author):
        return Verdict(PostState.REJECTED, (Reason(code="blocked_author"),))
    reasons = compiled.reasons(post, history)
    return Verdict(PostState.HELD, reasons) if reasons else _CLEAN


@lru_cache(maxsize=32)
def compile_rules(rules: Rules) -> Judge:
    """Rules made ready; kept for the 32 last used. Raises BadPattern for rules that nobody checked.

    Looking rules up costs time with the length of their lists: whoever judges many posts keeps it.
    """
    return Judge(rules)


class Judge:
    """Rules made ready. Has no state: may be used from any thread."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.blocked = Authors(rules.blocked)
        self._trusted = Authors(rules.trusted)
        self._links = LinkPolicy(rules.links)
        self._words = WordList(rules.words, rules.never_hold)
        self._foreign = frozenset(rules.foreign_tags)
        self._flood_window = timedelta(minutes=rules.flood.minutes) if rules.flood else timedelta()

    def reasons(self, post: Post, history: History) -> tuple[Reason, ...]:
        """Why a post of an author who is not blocked waits; nothing when it need not."""
        trusted = self._trusted.has(post.network, post.author)
        return (
            *self._of_mode(history, trusted=trusted),
            *((Reason(code="slides_private"),) if history.slides_private else ()),
            *self._of_post(post),
            *_at(post, "link", self._links.held(post)),
            *_at(post, "word", self._words.find(post.text, SPANS_LIMIT)),
            *self._of_tags(post),
            *self._of_identifiers(post),
            *self._beside_text(post),
            *(() if trusted else self._of_floods(post, history)),
        )

    def _of_mode(self, history: History, *, trusted: bool) -> tuple[Reason, ...]:
        match self.rules.mode:
            case Mode.AUTO:
                return ()
            case Mode.PRE:
                return (Reason(code="awaits_approval"),)
            case Mode.KNOWN if not trusted and not history.author_approved:
                return (Reason(code="first_post"),)
            case Mode.TRUSTED if not trusted:
                return (Reason(code="not_listed"),)
        return ()

    def _of_post(self, post: Post) -> Iterator[Reason]:
        if not (post.media or post.poll) and not _has_ink(post.text):
            yield Reason(code="empty")
        if self.rules.hold_images and post.media:
            yield Reason(code="image", params={"count": len(post.media)})
        if self.rules.hold_warnings and post.warning:
            yield Reason(code="warning")
        if self.rules.hold_sensitive and post.sensitive:
            yield Reason(code="sensitive")
        if post.quote and post.quote.unseen is None and self.blocked.has(post.network, post.quote.author):
            yield Reason(code="blocked_quote")

    def _of_tags(self, post: Post) -> Iterable[Reason]:
        if not self._foreign or self._foreign.isdisjoint(map(fold_hashtag, post.hashtags)):
            return ()
        tags = _TAG.finditer(post.text)
        spans = [match.span() for match in tags if fold_hashtag(match[0]) in self._foreign]
        return _at(post, "foreign_tag", spans or [(0, 0)])

    def _of_identifiers(self, post: Post) -> Iterable[Reason]:
        if not self.rules.identifiers:
            return ()
        found = find_identifiers(post.text, self.rules.regions)[:SPANS_LIMIT]
        return [Reason(code=one.code, start=one.start, end=one.end) for one in found]

    def _beside_text(self, post: Post) -> Iterator[Reason]:
        """What the author's name, the warning and the descriptions of images say: no offsets."""
        for field, text in _beside(post):
            if self._words.find(text, 1):
                yield Reason(code="word", params={"field": field})
            if self.rules.identifiers and field != "name":
                codes = (found.code for found in find_identifiers(text, self.rules.regions))
                for code in dict.fromkeys(codes):
                    yield Reason(code=code, params={"field": field})

    def _of_floods(self, post: Post, history: History) -> Iterator[Reason]:
        flood, alike = self.rules.flood, self.rules.lookalikes
        if flood and len(history.author_times) >= flood.posts:
            posts = _most_within(post.created_at, history.author_times, self._flood_window)
            if posts > flood.posts:
                yield Reason(code="flood", params={"posts": posts, "minutes": flood.minutes})
        if alike and history.same_text_authors + 1 >= alike.authors:
            authors = history.same_text_authors + 1
            yield Reason(code="lookalike", params={"authors": authors, "minutes": alike.minutes})


def _was_barred(history: History) -> bool:
    """Whether a post was turned down for what its author or its network asked, and by nobody else."""
    return bool(history.reasons) and all(reason.code in BARS for reason in history.reasons)


def _beside(post: Post) -> Iterator[tuple[str, str]]:
    if post.author.name:
        yield "name", post.author.name
    if post.warning:
        yield "warning", post.warning
    if post.media and (alt := "\n".join(item.alt for item in post.media if item.alt)):
        yield "alt", alt
    if post.poll:
        yield "poll", "\n".join(option.text for option in post.poll.options)
    if post.link_card and post.link_card.title:
        yield "link_card", post.link_card.title
    if post.quote and post.quote.unseen is None:
        yield "quote", "\n".join((post.quote.author.name, post.quote.warning or "", post.quote.text))


def _at(post: Post, code: str, spans: Sequence[Span]) -> list[Reason]:
    """Reasons at places of the text; one without a place where a span is not inside it."""
    length = len(post.text)
    return [
        Reason(code=code, start=start, end=end) if 0 <= start < end <= length else Reason(code=code)
        for start, end in spans[:SPANS_LIMIT]
    ]


def _most_within(at: datetime, others: Iterable[datetime], window: timedelta) -> int:
    """The most posts, this one included, of any window that this one lies in.

    Windows before and after: a backfill does not bring posts in the order in which they were made.
    """
    times = sorted(others)
    here = start = end = bisect_left(times, at)
    while start > 0 and at - times[start - 1] < window:
        start -= 1
    while end < len(times) and times[end] - at < window:
        end += 1
    times = [*times[start:here], at, *times[here:end]]
    most, first = 1, 0
    for last, time in enumerate(times):
        while time - times[first] >= window:
            first += 1
        if times[first] <= at <= time:
            most = max(most, last - first + 1)
    return most


def _has_ink(text: str) -> bool:
    """Whether anything of a text can be seen; zero-width characters and spaces cannot."""
    return any(char.isprintable() and not char.isspace() for char in text)
