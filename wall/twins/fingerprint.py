"""The words of a post as cross-posters leave them: what is compared, and what it is found by. Pure.

Compared are letters and digits alone, without case, accents, width or spaces. A hashtag is a word like
any other; links, mentions, a bridge's `[warning]` in front and a `(via …)` behind are nobody's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

from wall.model import Link, Post
from wall.moderation.terms import tokens_of

KEY_LETTERS = 24
"""Letters from the beginning of a post that it is found by: every network leaves more of a long one."""

CUT_INK = 40
"""Least ink of a text that was cut short, to be compared with the whole."""

_WIDE = 0x2E80
"""From here on (CJK and Hangul) a letter says about as much as two."""

# Each begins at a sign that is not part of what it repeats, so that all are linear on hostile text.
_WARNED = re.compile(r"\s*\[[^\]\n]{1,200}\]\s*\n+")
_VIA = re.compile(r"[(\[]\s{0,3}via\b[^)\]]{0,80}[)\]]$|(?<!\S)via(?:\s{1,3}@\S{1,200})?$", re.IGNORECASE)
_AWAY = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w@.\-])(?:[\w-]+\.)+[a-z]{2,24}(?:/\S*)?(?![\w@])"
    r"|(?<![\w.])[@＠][\w@.\-]+",
    re.IGNORECASE,
)
_QUOTING = re.compile(r"^[ \t]*(?:RE|QT|QP):[ \t]*$", re.MULTILINE)
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")
_BETWEEN_TAGS = "·|,;•-"
_ADDRESS = re.compile(r"[^\s.]+(?:\.[^\s.]+)+")


@dataclass(frozen=True, slots=True)
class Words:
    """What a post says, ready to be compared: its `letters` without the hashtags behind it, and with them
    (`whole`); `cut`: it ends as if there had been more."""

    letters: str
    whole: str
    cut: bool

    @property
    def ink(self) -> int:
        """How much is said, in letters of an alphabet."""
        return ink_of(self.letters)


def words_of(post: Post) -> Words:
    """What a post says. Linear in its length."""
    text = _without_links(post.text, post.links)
    warned = _WARNED.match(text)
    text = _VIA.sub("", (text[warned.end() :] if warned else text).rstrip())
    text = _QUOTING.sub(" ", _AWAY.sub(" ", text))
    said = text.split()
    while said and (said[-1][0] in "#＃" or not said[-1].strip(_BETWEEN_TAGS)):
        said.pop()
    body = " ".join(said)
    cut = _CUT.search(text.rstrip()) is not None or _CUT.search(body) is not None
    return Words(_letters(body), _letters(text), cut)


def key_of(post: Post) -> str | None:
    """By what the twins of a post are found: the same for nearly all that `fits` (not where a short text
    has its hashtags behind it on one network alone); None for a post without words.

    Whoever has it can try texts against it: it is personal data of the post, and goes with it.
    """
    letters = words_of(post).letters[:KEY_LETTERS]
    return blake2b(letters.encode(), digest_size=12).hexdigest() if letters else None


def fits(one: Words, other: Words, *, whole: bool = False) -> bool:
    """Whether two posts say the same; `whole`: and neither was cut short."""
    if not one.letters or not other.letters:
        return False
    if one.letters == other.letters or one.whole == other.whole:
        return True
    if whole:
        return False
    return _is_cut_from(one, other) or _is_cut_from(other, one)


def ink_of(letters: str) -> int:
    """How much letters say: those of scripts with many signs count twice."""
    return len(letters) + sum(ord(char) >= _WIDE for char in letters)


def _is_cut_from(short: Words, whole: Words) -> bool:
    return short.cut and short.ink >= CUT_INK and whole.whole.startswith(short.letters)


def _letters(text: str) -> str:
    return "".join(token for token in tokens_of(text) if token.isalnum())


def _without_links(text: str, links: tuple[Link, ...]) -> str:
    """A text without what leads elsewhere, but for hashtags and words that were made a link."""
    parts, end = [], 0
    for link in sorted(links, key=lambda one: one.start):
        shown = text[link.start : link.end]
        if link.start < end or not _is_address(shown):
            continue
        parts.append(text[end : link.start])
        end = link.end
    return " ".join([*parts, text[end:]]) if parts else text


def _is_address(shown: str) -> bool:
    """Whether the text of a link is an address or somebody's name, whole or shortened."""
    shown = shown.strip()
    if shown.startswith(("@", "＠")):
        return True
    return shown[:1] != "#" and _ADDRESS.match(shown) is not None and not any(map(str.isspace, shown))
