"""Colours of text and grounds: how far apart they are, and the nearest that can be read. Pure.

Contrast is WCAG 2.2's (relative luminance, 1 to 21). Lightness is that of OKLab (B. Ottosson, 2020), in
which a colour that is made lighter or darker keeps its hue.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Annotated

from pydantic import StringConstraints

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$", to_lower=True)]
"""A colour as `#rrggbb`, in sRGB."""

BLACK, WHITE = "#000000", "#ffffff"
_NIGHT = "#10182a"
_STEPS = 128
"""Lightnesses that are tried between black and white: no eye tells two neighbours apart."""

_Three = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def reads(colour: str, grounds: Iterable[str], least: float) -> bool:
    """Whether text of this colour has at least so much contrast with each of these grounds."""
    return all(contrast(colour, ground) >= least for ground in grounds)


def readable(colour: str, grounds: Iterable[str], least: float) -> str | None:
    """The colour nearest to this one, lighter or darker, that can be read on all of these grounds. None
    where neither black nor white nor anything between can."""
    on = tuple(grounds)
    if reads(colour, on, least):
        return colour
    lightness, a, b = _oklab(colour)
    tries = sorted((step / _STEPS for step in range(_STEPS + 1)), key=lambda one: abs(one - lightness))
    # With its hue, the darkest shade of a colour is not yet black.
    shades = chain((_shade(one, a, b) for one in tries), (BLACK, WHITE))
    return next((shade for shade in shades if reads(shade, on, least)), None)


def over(ground: str) -> str:
    """A dark blue or white where they read well on this ground (7:1), else black or white, whichever reads
    better: at least 4.58:1 on any."""
    calm = (one for one in (_NIGHT, WHITE) if contrast(one, ground) >= 7)
    return next(calm, max((BLACK, WHITE), key=lambda one: contrast(one, ground)))


def mixed(one: str, other: str, share: float) -> str:
    """`one` with a share (0 to 1) of `other`, in OKLab."""
    pairs = zip(_oklab(one), _oklab(other), strict=True)
    lightness, a, b = (here + (there - here) * share for here, there in pairs)
    return _hex(_from_oklab((lightness, a, b)))


@lru_cache(maxsize=4_096)
def _shade(lightness: float, a: float, b: float) -> str:
    return _hex(_from_oklab((lightness, a, b)))


def _channels(colour: str) -> _Three:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


@lru_cache(maxsize=4_096)
def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> _Three:
    red, green, blue = map(_linear, _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: _Three) -> _Three:
    """What lies outside of sRGB is clipped to it."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(max(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short, 0)),
        _gamma(max(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short, 0)),
        _gamma(max(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short, 0)),
    )


def _hex(channels: _Three) -> str:
    whole = (round(min(max(channel, 0), 1) * 255) for channel in channels)
    return "#" + "".join(f"{channel:02x}" for channel in whole)
