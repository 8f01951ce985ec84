"""The pictures inside of an entry's HTML: beside its words, each with its description. Pure."""

from __future__ import annotations

import re
from html import unescape

from wall.feeds.syndication.documents import Picture

MOST_PICTURES = 4
"""Pictures of one entry that are kept: an article may have hundreds."""

_IMAGE = re.compile(r"""<img\b((?>[^<>"']+|"[^"<]*"|'[^'<]*')*+)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(src|alt|width|height|class)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_LETTERS = re.compile(r"\b(?:emoji|wp-smiley|smiley|custom-emoji)\b", re.IGNORECASE)
"""Classes of images that stand for a letter: their alt text is that letter."""


def parted(html: str) -> tuple[str, list[Picture]]:
    """HTML without its pictures, and the pictures. One that stands for a letter stays; one of a pixel,
    which only counts readers, goes."""
    found: list[Picture] = []

    def take(match: re.Match[str]) -> str:
        said = {
            name.lower(): unescape(double or single or bare)
            for name, double, single, bare in _ATTRIBUTE.findall(match[1])
        }
        if _LETTERS.search(said.get("class", "")):
            return match[0]
        width, height = _size(said.get("width")), _size(said.get("height"))
        if said.get("src") and not (width == 1 or height == 1) and len(found) < MOST_PICTURES:
            found.append(
                {
                    "kind": "image",
                    "url": said["src"],
                    "alt": said.get("alt", ""),
                    "width": width,
                    "height": height,
                }
            )
        return " "

    return (_IMAGE.sub(take, html), found) if "<" in html else (html, found)


def _size(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and 0 < len(value) < 6 and int(value) else None
