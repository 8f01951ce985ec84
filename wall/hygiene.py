"""Text from outside, made fit to be shown beside other people's text. Pure.

What was said is stored as it was said (DESIGN: text at the border); this is for display only, and
`ui/src/hygiene.ts` does the same for live faces. Both pass `tests/golden/hygiene.json`. The result is
always plain text in runs, never HTML (docs/decisions/0010): whoever shows it escapes it as ever.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from wall.model import Link

SHOWN_PATH = 24
"""How much of a path is shown behind a host, in code points."""

MOST_MARKS = 2
"""Combining marks that one cluster shows."""

MOST_EMOJI = 200
"""Pictures in one text: more than a card has room for. What follows stays text."""

_SCRIPT_MARKS = (
    (0x0591, 0x05C7, 5),  # Hebrew: letter point, dagesh, vowel, accent, meteg
    (0x0610, 0x08FF, 4),  # Arabic and its neighbours: shadda, vowel, superscript alef, pause
    (0x0900, 0x0DFF, 6),  # Indic
    (0x0E31, 0x0ECE, 3),  # Thai, Lao
    (0x0F18, 0x0FC6, 8),  # Tibetan: letters of a stack are marks
    (0x102B, 0x109D, 6),  # Myanmar
    (0x1712, 0x1CFF, 6),  # Khmer, Balinese and other scripts of South-East Asia
    (0xA802, 0xABED, 6),
    (0x10A01, 0x11FFF, 6),
    (0x180B, 0x180F, 1),
    (0xFE00, 0xFE0F, 1),  # variation selectors
    (0xE0100, 0xE01EF, 1),
)
"""First and last code point of marks whose scripts stack more (or less) than `MOST_MARKS`."""
_MOST_IN_ALL = 8

_TO_SPACE = "\t\x0b\x0c\x85"
_TO_LINE_END = "\u2028\u2029\r"
_TO_NOTHING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0001]")
_REPLACED = str.maketrans({**dict.fromkeys(_TO_SPACE, " "), **dict.fromkeys(_TO_LINE_END, "\n")})
_BLANK_LINES = re.compile(r"(\n[ \xa0]*\n)(?:[ \xa0]*\n)+")
_ODD = re.compile("[^\n\x20-\x7e\xa0-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")

_PDF, _PDI = "\u202c", "\u2069"
_EMBEDDINGS = frozenset("\u202a\u202b\u202d\u202e")
_ISOLATES = frozenset("\u2066\u2067\u2068")
_DEEPEST = 16

_HOST = re.compile(r"https?://(\[[^\]]*\]|[^/?#:]+)(?::[0-9]+)?([^#]*)", re.IGNORECASE)
_LIKE_ADDRESS = re.compile(
    r"[a-z][a-z0-9+-]*:|//|www\.|[^\s/]+[.。．｡][^\s/.。．｡]{2,}(?:[/:?#…]|$)", re.IGNORECASE
)
_CALLS = "#@＃＠"
_EMOJI = re.compile(r":(?=([A-Za-z0-9_]{2,64}):)")

_TOGETHER = (
    frozenset({"Latin", "Han", "Hiragana", "Katakana"}),
    frozenset({"Latin", "Han", "Bopomofo"}),
    frozenset({"Latin", "Han", "Hangul"}),
)
_SCRIPTS = {
    "LATIN": "Latin",
    "GREEK": "Greek",
    "CYRILLIC": "Cyrillic",
    "ARMENIAN": "Armenian",
    "GEORGIAN": "Georgian",
    "HEBREW": "Hebrew",
    "ARABIC": "Arabic",
    "DEVANAGARI": "Devanagari",
    "BENGALI": "Bengali",
    "TAMIL": "Tamil",
    "TELUGU": "Telugu",
    "THAI": "Thai",
    "HIRAGANA": "Hiragana",
    "KATAKANA": "Katakana",
    "HANGUL": "Hangul",
    "BOPOMOFO": "Bopomofo",
    "CJK": "Han",
    "IDEOGRAPHIC": "Han",
}
"""The script of a letter, by the first word of its Unicode name."""
_WITH_MARKS = frozenset({"Hebrew", "Arabic", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai"})
_LIKE_LATIN = frozenset("асԁеёһіїјӏорԛѕԝхутвмнкгпьбзηαορνυικτχγωօսհոցքյլ")
_LATIN_LAST = "\u017f"
_LATIN_ODD = "\u0131\u0138\u0149\u017f"
_NEUTRAL = frozenset("0123456789-_ー")


class Run(NamedTuple):
    """A run of text to show. `url`: it is a link. `emoji`: a picture goes there, `text` is its name."""

    text: str
    url: str | None = None
    emoji: str | None = None


def displayed(text: str, links: Sequence[Link] = (), emoji: Collection[str] = ()) -> list[Run]:
    """A post's text in runs, each tidy in itself. `emoji` are the codes that have a picture.

    Links count code points of the text as it was sent; one that lies outside of it or overlaps an
    earlier one is plain text.
    """
    runs = (run for part in _split(text, links) for run in _run(part, emoji))
    return list(_few_pictures(runs))


def displayed_line(text: str, emoji: Collection[str] = ()) -> list[Run]:
    """A name in runs, as `tidy_line` has it. `emoji` are the codes that have a picture."""
    return list(pictured(tidy_line(text), emoji))


def tidy(text: str) -> str:
    """Text that disturbs nothing around it: direction controls are closed where they were opened,
    marks pile up no higher than their script piles them, control characters and heaps of blank
    lines are gone.

    At most `MOST_MARKS` marks a cluster of those that any letter can take; scripts that stack more
    keep what they need.
    """
    text = _BLANK_LINES.sub(r"\1", text.translate(_REPLACED))
    if not _ODD.search(text):
        return text
    return _with_fewer_marks(_balanced(_TO_NOTHING.sub("", text)))


def tidy_line(text: str) -> str:
    """A name or a handle: tidy, on one line, without space around it."""
    return " ".join(tidy(" ".join(text.split())).split())


def pictured(text: str, emoji: Collection[str]) -> Iterator[Run]:
    """A text cut at its custom emoji, otherwise as it is. `emoji` are the codes that have a picture."""
    return _few_pictures(_cut(text, emoji))


def link_label(text: str, url: str) -> str:
    """What a link is shown as: hashtags and mentions as written; what looks like an address as where
    it really leads; other words with the host behind them."""
    words = text.strip()
    if words[:1] and words[0] in _CALLS:
        return text
    if not words or _LIKE_ADDRESS.match(words):
        return shown_url(url)
    return f"{text.rstrip()} ({shown_host(url)})"


def shown_url(url: str) -> str:
    """An address as host and the beginning of its path."""
    match = _HOST.match(url)
    path = match[2].rstrip("/") if match else ""
    if len(path) > SHOWN_PATH:
        path = f"{path[: SHOWN_PATH - 1]}…"
    return tidy(shown_host(url).removeprefix("www.") + path)


def shown_host(url: str) -> str:
    """The host of an address: in its own letters where those cannot be taken for others, else ASCII.

    Each label has to be of one script (or of those that Japanese, Chinese and Korean write
    together), Latin no further than Europe's, and not made of look-alikes of Latin letters alone.
    """
    match = _HOST.match(url)
    host = unicodedata.normalize("NFKC", match[1]).lower() if match else ""
    if host.isascii() or all(map(_is_plain_label, host.split("."))):
        return host
    return ".".join(_ascii(label) for label in host.split("."))


def _split(text: str, links: Sequence[Link]) -> Iterator[Run]:
    at = 0
    for link in sorted(links, key=lambda link: link.start):
        if link.start < at or not link.start < link.end <= len(text):
            continue
        yield Run(text[at : link.start])
        yield Run(text[link.start : link.end], link.url)
        at = link.end
    yield Run(text[at:])


def _run(part: Run, emoji: Collection[str]) -> Iterator[Run]:
    text = tidy(part.text)
    if part.url is not None:
        yield Run(link_label(text, part.url), part.url)
        return
    yield from _cut(text, emoji)


def _cut(text: str, emoji: Collection[str]) -> Iterator[Run]:
    at = 0
    for match in _EMOJI.finditer(text) if emoji else ():
        if match[1] in emoji and match.start() >= at:
            yield Run(text[at : match.start()])
            yield Run(f":{match[1]}:", emoji=match[1])
            at = match.end() + len(match[1]) + 1
    yield Run(text[at:])


def _few_pictures(runs: Iterator[Run]) -> Iterator[Run]:
    pictures = 0
    for run in runs:
        pictures += run.emoji is not None
        if run.text:
            yield run if pictures <= MOST_EMOJI else run._replace(emoji=None)


def _balanced(text: str) -> str:
    if not any(char in text for char in (*_EMBEDDINGS, *_ISOLATES, _PDF, _PDI)):
        return text
    return "\n".join("".join(_closed(line)) for line in text.split("\n"))


def _closed(line: str) -> Iterator[str]:
    """A paragraph whose embeddings and isolates end within it (UAX #9, X1-X8); strays are dropped.

    What is opened deeper than anybody writes is dropped with its end.
    """
    still_open: list[tuple[str, bool]] = []
    isolates = 0
    for char in line:
        shown = True
        if char in _EMBEDDINGS or char in _ISOLATES:
            shown = len(still_open) < _DEEPEST
            still_open.append((_PDI if char in _ISOLATES else _PDF, shown))
            isolates += char in _ISOLATES
        elif char == _PDF:
            shown = bool(still_open) and still_open[-1][0] == _PDF and still_open.pop()[1]
        elif char == _PDI:
            while isolates and still_open[-1][0] == _PDF:
                still_open.pop()
            shown = isolates > 0 and still_open.pop()[1]
            isolates = max(isolates - 1, 0)
        if shown:
            yield char
    yield from (end for end, shown in reversed(still_open) if shown)


def _with_fewer_marks(text: str) -> str:
    out: list[str] = []
    cluster: list[str] = []
    for char in text:
        if unicodedata.category(char) not in {"Mn", "Me", "Mc", "Cf"}:
            out.append(_thinned(cluster))
            cluster = []
        cluster.append(char)
    out.append(_thinned(cluster))
    return "".join(out)


def _thinned(cluster: list[str]) -> str:
    """A cluster with fewer marks: each kind of them once, and the first ones. They are composed
    before that: what is one letter is no heap."""
    if sum(map(_stacks, cluster)) <= MOST_MARKS:
        return "".join(cluster)
    counts: Counter[int] = Counter()
    kept = []
    for char in unicodedata.normalize("NFC", "".join(cluster)):
        if _stacks(char):
            if char in kept:
                continue
            place, most = _most(char)
            counts[place] += 1
            if counts[place] > most or counts.total() > _MOST_IN_ALL:
                continue
        kept.append(char)
    return "".join(kept)


def _stacks(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"}


def _most(char: str) -> tuple[int, int]:
    """Which marks a mark is counted with, and how many of them a cluster shows."""
    code = ord(char)
    found = (row for row in _SCRIPT_MARKS if row[0] <= code <= row[1])
    first, _, most = next(found, (0, 0, MOST_MARKS))
    return first, most


def _is_plain_label(label: str) -> bool:
    if label.isascii():
        return True
    letters = [char for char in label if unicodedata.category(char)[0] == "L" and char not in _NEUTRAL]
    scripts = {_script(char) for char in letters}
    if (
        not scripts
        or "" in scripts
        or (len(scripts) > 1 and not any(scripts <= some for some in _TOGETHER))
    ):
        return False
    others = {char for char in label if char not in letters and char not in _NEUTRAL}
    if any(unicodedata.category(char)[0] != "M" for char in others) or (
        others and not scripts & _WITH_MARKS
    ):
        return False
    return any(char not in _LIKE_LATIN for char in letters)


def _script(letter: str) -> str:
    """The script of a letter, "" for one that is not shown in hosts."""
    script = _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0], "")
    if script == "Latin" and (letter > _LATIN_LAST or letter in _LATIN_ODD):
        return ""
    return script


def _ascii(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
