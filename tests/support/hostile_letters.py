"""Strings of letters that leave their place: directions, marks, widths, lengths, emoji and names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_OPENERS = {"LRE": "\u202a", "RLE": "\u202b", "LRO": "\u202d", "RLO": "\u202e"}
_ISOLATES = {"LRI": "\u2066", "RLI": "\u2067", "FSI": "\u2068"}
_WORDS = "abc 123 (def) אבג 456 [دهو]"

_MARKS = (
    "\u0300",
    "\u0316",
    "\u0336",
    "\u0338",
    "\u0489",
    "\u20d0",
    "\u20dd",
    "\u20e3",
    "\u1abe",
    "\u035c\u0361",
    "\u0e49",
    "\u0e47",
    "\u0650",
    "\u05b0",
    "\u093c",
    "\u0f71\u0f72\u0f84",
    "\u1037",
    "\u17d2",
    "\ua66f",
    "\U0001d165",
    "\ufe20",
    "\u302a",
    "\U0001e8d0",
)
"""Combining marks that are drawn far above, below, through or around their letter."""

_INVISIBLE = {
    "zero width space": "\u200b",
    "joiner": "\u200d",
    "non-joiner": "\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "Mongolian vowel separator": "\u180e",
    "Hangul filler": "\u3164",
    "braille blank": "\u2800",
    "tag": "\U000e0061",
    "variation selector": "\ufe0f",
    "grapheme joiner": "\u034f",
    "left-to-right mark": "\u200e",
    "Arabic letter mark": "\u061c",
    "invisible times": "\u2062",
}

_WIDE = {
    "basmala": "\ufdfd",
    "prayer": "\ufdfa",
    "cuneiform": "\U0001242b\U00012219",
    "three-em dash": "\u2e3b",
    "Javanese": "\ua9c5",
    "Tamil": "\u0bf5\u0bf8",
    "Myanmar": "\u1021\u101e\u1039\u1019",
    "integrals": "\u2320\u23ae\u2321",
    "box": "\u2588\u2593",
    "square era": "\u337f",
    "Vedic": "\U00011fc0\u1ce9",
    "hieroglyphs": "\U00013000\U000133f8",
    "Duployan": "\U0001bc00",
    "music": "\U0001d15e\U0001d1ac",
    "ideograph": "\U0003106c",
}
"""Letters that are wider or taller than a line has room for."""

_BREAKS = ("\n", "\r", "\r\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\n \n", "\t")

_HUGE = (
    "x" * 9_000,
    "W" * 3_000,
    "x\u00a0" * 3_000,
    "i\u200bi" * 2_000,
    "-" * 3_000,
    "." * 3_000,
    "_" * 3_000,
    "\u0640" * 2_000,
    "漢" * 2_000,
    "א" * 2_000,
    "ﷺ" * 500,
    "a b " * 2_000,
    "((((" * 500,
    "x" + " " * 5_000 + "y",
    "x" + "\u3000" * 3_000 + "y",
    "#" + "tag" * 1_000,
    "@" + "name" * 1_000,
    "https://example.org/" + "path/" * 350,
    "<b>" * 2_000,
    "&lt;" * 2_000,
)

_EMOJI = {
    "family": "👨\u200d👩\u200d👧\u200d👦",
    "long family": "👩" + "\u200d👩" * 60,
    "endless kiss": "👩\u200d❤\ufe0f\u200d💋\u200d👩" + "\u200d💋" * 40,
    "all skins": "👍🏻👍🏼👍🏽👍🏾👍🏿",
    "only skins": "🏻🏼🏽🏾🏿",
    "flag": "🇨🇦",
    "half a flag": "🇨",
    "flags in a row": "🇦🇧🇨🇩🇪🇫🇬" * 40,
    "flag of a region": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "endless flag": "🏴" + "\U000e0067" * 300,
    "keycap": "1\ufe0f\u20e3",
    "keycaps": "#\ufe0f\u20e3" * 100,
    "text style": "❤\ufe0e☠\ufe0e",
    "selectors": "❤" + "\ufe0f" * 200,
    "joiners": "\u200d" * 200 + "👩",
    "rainbow": "🏳\ufe0f\u200d🌈" * 100,
    "code": ":blobcat:",
    "codes": ":a:b:c::d:" * 50,
    "hostile code": ":<img src=x onerror=__ran(1)>:",
    "unassigned": "\U0001fbff\U0001faff",
    "marks on it": "👩" + "\u0300\u0316" * 100,
    "overlined": "😀\u0305\u0332" * 60,
    "wall of it": "😀" * 2_000,
}

_NAMES = (
    "x" * 10_000,
    "Ada " * 2_500,
    "\n".join(["Ada"] * 500),
    "Ada\u2028Lovelace\u2029",
    "✓ Ada ☑\ufe0f",
    "Ada\u00a0·\u00a0Organiser",
    "@ada@evil.example",
    "@@@@@@",
    "@",
    "ada<b>bold</b>",
    "ada\u202emoderator",
    "ΑDА",
    "ａｄａ",
    "𝕬𝖉𝖆",
    "🅰🅳🅰",
    "A\u0336d\u0336a\u0336",
    "Backchannel",
    "· 5 min",
    "ada" + "\u200b" * 500,
    "\u3164",
    "zh-Hant-x-" + "a" * 200,
    '"><script>__ran(1)</script>',
    "../../avatar",
)


def _bidi() -> Iterator[str]:
    for control in [*_OPENERS.values(), *_ISOLATES.values()]:
        yield control + _WORDS
        yield (control + "x") * 100
    yield "\u202c" * 50 + _WORDS
    yield "\u2069" * 50 + _WORDS
    yield "\u2067\u202e" + _WORDS + "\u202c"
    yield "\u202e\u2067" + _WORDS + "\u2069"
    yield "\u202e" + _WORDS + "\n" + _WORDS
    yield "\u202epng.exe"
    yield "אבגדה " * 200
    yield "مرحبا " * 200
    yield "\u200f" * 300 + _WORDS
    yield "".join(_OPENERS.values()) * 60 + _WORDS
    yield "".join(_ISOLATES.values()) * 60 + _WORDS + "\u2069" * 20


LETTERS: Mapping[str, tuple[str, ...]] = {
    "bidi": tuple(_bidi()),
    "marks": tuple("Z" + mark * (400 // len(mark)) + "algo" for mark in _MARKS),
    "all marks": ("".join(letter + "".join(_MARKS) * 9 for letter in "Zalgo"), "".join(_MARKS) * 40),
    "invisible": tuple(f"a{char * 500}b" for char in _INVISIBLE.values()),
    "nothing": tuple(char * 50 for char in _INVISIBLE.values()),
    "wide": tuple(chars * 60 for chars in _WIDE.values()),
    "breaks": tuple(f"first{end * 2_000}last" for end in _BREAKS),
    "huge": _HUGE,
    "emoji": tuple(_EMOJI.values()),
    "names": _NAMES,
}
"""The strings by what they are made of."""
