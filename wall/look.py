"""An event's own look: colours of the three themes, logo and fonts, and the style sheet they make. Pure.

What an organiser gives is little: four colours of a theme, each optional. All other colours follow from
them, so that text stays readable: 4.5:1 in the dark and the light theme, 7:1 in the one of high contrast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, StringConstraints

from wall.colours import Colour, contrast, mixed, over, readable, reads
from wall.display import Theme
from wall.model import Frozen, at_border

LEAST: Mapping[Theme, float] = {Theme.DARK: 4.5, Theme.LIGHT: 4.5, Theme.CONTRAST: 7.0}
"""The least contrast of text in each theme (WCAG 2.2: AA 4.5:1, AAA 7:1)."""
_LINE = 3.0
"""The least contrast of lines around what can be pressed (WCAG 2.2, 1.4.11)."""
FILE_BYTES = 2 * 1024 * 1024
"""Largest logo or font."""

FALLBACK = (
    'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, '
    '"Noto Color Emoji", sans-serif'
)
"""The fonts of tokens.css: letters that an event's own font lacks are set in these."""
_FAMILY = "Event"

OURS: Mapping[Theme, Mapping[str, str]] = {
    Theme.DARK: {
        "ground": "#0d131f",
        "surface": "#172032",
        "floor": "#2c2a26",
        "line": "#66738d",
        "ink": "#f1ede4",
        "ink-quiet": "#a6b2c8",
        "accent": "#ffc861",
        "on-accent": "#10182a",
        "link": "#9fc6ff",
        "well": "#5ccf9a",
        "trouble": "#ffb27a",
        "danger": "#ff9b97",
    },
    Theme.LIGHT: {
        "ground": "#eeebe3",
        "surface": "#fffdf9",
        "floor": "#fff1d0",
        "line": "#8b8674",
        "ink": "#182234",
        "ink-quiet": "#505c72",
        "accent": "#9a3b00",
        "on-accent": "#ffffff",
        "link": "#1a4fa3",
        "well": "#186e45",
        "trouble": "#9a3b00",
        "danger": "#a3262a",
    },
    Theme.CONTRAST: {
        "ground": "#000000",
        "surface": "#000000",
        "floor": "#1c1600",
        "line": "#b9c3d6",
        "ink": "#ffffff",
        "ink-quiet": "#dfe5ef",
        "accent": "#ffe14d",
        "on-accent": "#000000",
        "link": "#b9d7ff",
        "well": "#7dffc0",
        "trouble": "#ffc79c",
        "danger": "#ffb5b2",
    },
}
"""The colours of tokens.css by theme and name; a test compares the two."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
FileName = Annotated[str, StringConstraints(max_length=100), BeforeValidator(at_border)]


class Slot(StrEnum):
    """What an event can bring as a file. `logo_light` stands in for `logo` in the light theme."""

    LOGO = "logo"
    LOGO_LIGHT = "logo_light"
    FONT = "font"
    FONT_BOLD = "font_bold"

    @property
    def is_font(self) -> bool:
        """Whether it is one of letters."""
        return self in {Slot.FONT, Slot.FONT_BOLD}


class FileKind(StrEnum):
    """What such a file is: the ending of its address."""

    WEBP = "webp"
    WOFF2 = "woff2"

    @property
    def media_type(self) -> str:
        """As HTTP says it."""
        return "image/webp" if self is FileKind.WEBP else "font/woff2"


class Colours(Frozen):
    """The colours of one theme that an event chose itself; None: ours. `ground` lies behind everything,
    `surface` behind a card, `ink` is text, `accent` hashtags, marks and buttons."""

    ground: Colour | None = None
    surface: Colour | None = None
    ink: Colour | None = None
    accent: Colour | None = None


class LookFile(Frozen):
    """A file of an event's look, without what is in it. `name`: as it was called where it came from.
    `width` and `height` of a logo, in pixels."""

    digest: Digest
    kind: FileKind
    name: FileName
    size: Annotated[int, Field(ge=1, le=FILE_BYTES)]
    width: int = 0
    height: int = 0


class EventLook(Frozen):
    """An event's own look. `variable`: its font has all weights in one file. `version` 0: never edited."""

    dark: Colours = Colours()
    light: Colours = Colours()
    contrast: Colours = Colours()
    variable: bool = False
    files: Mapping[Slot, LookFile] = {}
    version: int = 0

    def of(self, theme: Theme) -> Colours:
        """The colours that were chosen for a theme."""
        return {Theme.DARK: self.dark, Theme.LIGHT: self.light, Theme.CONTRAST: self.contrast}[theme]

    @property
    def is_ours(self) -> bool:
        """Whether nothing was chosen: pages then need no style sheet of the event's."""
        return not self.files and all(self.of(theme) == Colours() for theme in Theme)


class Unreadable(NamedTuple):
    """Text that could not be read: its colour, on which ground, and the contrast that there is and that is
    needed. `proposal`: the nearest colour of this text that can be read, None where there is none, because
    ground and surface are too far apart."""

    theme: Theme
    text: Literal["ink", "accent"]
    on: Literal["ground", "surface"]
    ratio: float
    needed: float
    proposal: str | None


def unreadable(look: EventLook) -> list[Unreadable]:
    """What could not be read if an event looked so, theme by theme."""
    return [problem for theme in Theme for problem in _unreadable(theme, look.of(theme))]


def _unreadable(theme: Theme, chosen: Colours) -> list[Unreadable]:
    seen, least = _seen(theme, chosen), LEAST[theme]
    found: list[Unreadable] = []
    texts: tuple[Literal["ink", "accent"], ...] = ("ink", "accent")
    grounds: tuple[Literal["ground", "surface"], ...] = ("ground", "surface")
    for text in texts:
        proposal = readable(seen[text], (seen["ground"], seen["surface"]), least)
        for on in grounds:
            ratio = contrast(seen[text], seen[on])
            if ratio < least:
                found.append(Unreadable(theme, text, on, ratio, least, proposal))
    return found


def proposed(look: EventLook) -> EventLook:
    """The look nearest to this one in which all text can be read: texts are made lighter or darker, and a
    surface is brought near its ground where no text could be read on both."""
    return look.model_copy(
        update={theme.value: _proposed(theme, look.of(theme)) for theme in Theme if _bad(theme, look)}
    )


def _bad(theme: Theme, look: EventLook) -> bool:
    return bool(_unreadable(theme, look.of(theme)))


def _proposed(theme: Theme, chosen: Colours) -> Colours:
    seen, least = _seen(theme, chosen), LEAST[theme]
    grounds = (seen["ground"], seen["surface"])
    if any(readable(seen[text], grounds, least) is None for text in ("ink", "accent")):
        # What reads on the ground reads on one that is nearly like it, but for the narrowest of margins.
        near = _near(seen["ground"], least)
        chosen = chosen.model_copy(update={"surface": near})
        grounds = (seen["ground"], near)
    better = {
        text: found
        for text in ("ink", "accent")
        if not reads(seen[text], grounds, least) and (found := readable(seen[text], grounds, least))
    }
    now = chosen.model_copy(update=better)
    # On a middle grey nothing at all reads in the theme of high contrast: then it is ours again.
    return Colours() if _unreadable(theme, now) else now


def _near(ground: str, least: float) -> str:
    """A surface on which the same text can be read as on this ground."""
    for share in (0.06, 0.03):
        for end in (over(ground), "#ffffff", "#000000"):
            near = mixed(ground, end, share)
            if readable("#808080", (ground, near), least):
                return near
    return ground


def _seen(theme: Theme, chosen: Colours) -> dict[str, str]:
    given = {name: value for name, value in chosen.model_dump().items() if value is not None}
    return {**OURS[theme], **given}


def palette(theme: Theme, chosen: Colours) -> dict[str, str]:
    """Every colour of a theme by its name in tokens.css, where an event chose these itself."""
    ours = OURS[theme]
    if chosen == Colours():
        return dict(ours)
    seen, least = _seen(theme, chosen), LEAST[theme]
    grounds = (seen["ground"], seen["surface"])
    floor = _floor(seen, least)
    everywhere = (*grounds, floor)

    def kept(colour: str) -> str:
        """This colour or the nearest that can be read wherever it may stand."""
        return readable(colour, everywhere, least) or seen["ink"]

    line = mixed(seen["ink"], seen["ground"], 0.5)
    return {
        **seen,
        "floor": floor,
        "line": readable(line, grounds, _LINE) or seen["ink"],
        "ink-quiet": kept(mixed(seen["ink"], seen["ground"], 0.3)),
        "on-accent": over(seen["accent"]),
        **{name: kept(ours[name]) for name in ("link", "well", "trouble", "danger")},
    }


def _floor(seen: Mapping[str, str], least: float) -> str:
    """The surface with a breath of the accent, as far as text and accent can still be read on it."""
    texts = (seen["ink"], seen["accent"])
    shares = (0.16, 0.12, 0.08, 0.05, 0.03)
    tints = (mixed(seen["surface"], seen["accent"], share) for share in shares)
    return next(
        (tint for tint in tints if all(reads(text, (tint,), least) for text in texts)), seen["surface"]
    )


def stylesheet(look: EventLook, path: str) -> str:
    """The style sheet of an event's look, to be loaded after tokens.css; "" for one that is all ours.

    `path`: where its files are, `/look/{slug}/`. It holds colours, digests and this path, nothing that
    somebody typed.
    """
    if look.is_ours:
        return ""
    parts = [_faces(look, path)]
    parts += [f"{selector}{{{_theme(theme, look, path)}}}" for theme, selector in _SELECTORS]
    light = _theme(Theme.LIGHT, look, path)
    parts.append(f"@media (prefers-color-scheme:light){{{_BY_ITSELF}{{{light}}}}}")
    return "\n".join(part for part in parts if part) + "\n"


_SELECTORS = (
    (Theme.DARK, ":root"),
    (Theme.LIGHT, ':root[data-theme="light"]'),
    (Theme.CONTRAST, ':root[data-theme="contrast"]'),
)
_BY_ITSELF = ':root:not([data-theme="dark"],[data-theme="contrast"])'
"""The light theme of a page that follows its reader's system, as in tokens.css."""


def samples(look: EventLook, path: str) -> str:
    """A style sheet in which `.look-dark`, `.look-light` and `.look-contrast` look as the event would."""
    sheets = [f".look-{theme.value}{{{_theme(theme, look, path)}}}" for theme in Theme]
    return "\n".join(part for part in (_faces(look, path), *sheets) if part) + "\n"


def plain(look: EventLook, path: str) -> str:
    """The style sheet of an event's look for browsers that know no custom properties, to be loaded after
    wall-plain.css; "" for one that is all ours. The theme is a class of the page."""
    if look.is_ours:
        return ""
    rules = [rule for theme in Theme for rule in _plain_theme(theme, look, path)]
    font = [f'html{{font-family:"{_FAMILY}",{FALLBACK}}}'] if Slot.FONT in look.files else []
    return "\n".join(part for part in (_faces(look, path), *font, *rules) if part) + "\n"


def _plain_theme(theme: Theme, look: EventLook, path: str) -> list[str]:
    """The colours of wall-plain.css in one theme, and the event's logo."""
    colours, here = palette(theme, look.of(theme)), f".{theme.value}"
    rules = {
        f"html{here}": {"background": "ground", "color": "ink"},
        f"{here} .post": {"background": "surface", "border-color": "line"},
        f"{here} h1,{here} .where": {"color": "ink-quiet"},
        f"{here} .hashtag": {"color": "accent"},
        f"{here} .notice": {"background": "accent", "color": "on-accent"},
    }
    written = [
        f"{at}{{{';'.join(f'{what}:{colours[name]}' for what, name in said.items())}}}"
        for at, said in rules.items()
    ]
    logo = _logo(theme, look)
    if logo:
        high, wide = 2.5, round(min(2.5 * logo.width / max(logo.height, 1), 12), 2)
        shown = (
            f"display:block;width:{wide}em;height:{high}em;background-image:url({path}{logo.digest}.webp)"
        )
        written.append(f"{here} .logo{{{shown}}}")
    return written


def _logo(theme: Theme, look: EventLook) -> LookFile | None:
    own = look.files.get(Slot.LOGO_LIGHT) if theme is Theme.LIGHT else None
    return own or look.files.get(Slot.LOGO)


def digest_of(sheet: str) -> str:
    """What a style sheet is known by; it changes with every change of it."""
    return hashlib.blake2b(sheet.encode(), digest_size=16).hexdigest()


def _theme(theme: Theme, look: EventLook, path: str) -> str:
    colours = palette(theme, look.of(theme))
    parts = [f"--{name}:{value}" for name, value in colours.items()]
    if Slot.FONT in look.files and theme is Theme.DARK:
        parts.append(f'--font:"{_FAMILY}", {FALLBACK}')
    logo = _logo(theme, look)
    if logo:
        ratio = f"{logo.width / max(logo.height, 1):.4f}"
        parts += [
            f'--logo:url("{path}{logo.digest}.webp")',
            f"--logo-ratio:{ratio}",
            "--logo-display:block",
        ]
    return ";".join(parts)


def _faces(look: EventLook, path: str) -> str:
    regular, bold = look.files.get(Slot.FONT), look.files.get(Slot.FONT_BOLD)
    faces = []
    if regular:
        faces.append(_face(regular, "100 900" if look.variable and not bold else "400", path))
    if regular and bold:
        faces.append(_face(bold, "700", path))
    return "\n".join(faces)


def _face(file: LookFile, weight: str, path: str) -> str:
    source = f'url("{path}{file.digest}.woff2") format("woff2")'
    return f'@font-face{{font-family:"{_FAMILY}";src:{source};font-weight:{weight};font-display:swap}}'
