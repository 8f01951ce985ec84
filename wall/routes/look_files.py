"""Logos and fonts as they come in: looked into, and made what pages can show."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from wall.errors import BadInput
from wall.look import FILE_BYTES, FileKind, Slot
from wall.media import Images, NoPicture
from wall.media.images import HEAD_BYTES, SIDES, format_of
from wall.screens.looks import LookCarried, Prepared
from wall.screens.typed import Name
from wall.sniffing import is_plain_webp, is_svg, is_woff2, webp_size

_MOST_SIDE = SIDES["image"]
_TAKEN = frozenset({b"PNG ", b"JPEG", b"WEBP"})
_NAME: TypeAdapter[str] = TypeAdapter(Name)
_WHY = {
    "large": ("This file is larger than 2 MB.", "Save it smaller, or choose another."),
    "svg": (
        "A logo cannot be an SVG: such files can carry script.",
        "Save it as PNG or WebP, at least 600 pixels wide, and choose that.",
    ),
    "image": ("This file is no PNG, JPEG or WebP.", "Save the logo as one of them and choose that."),
    "broken": ("This picture cannot be opened.", "Save it anew, at most 20 megapixels, and choose that."),
    "font": (
        "This file is no font in WOFF2.",
        "Choose the .woff2 file of the font; others can be converted to it without loss.",
    ),
    "base64": ("What is in this file is not base64.", "Export the look again."),
}


class WrongFile(BadInput):
    """A file that is no logo or font that pages could show. Details: `field`, and `why` (as in `_WHY`)."""

    code = "wrong_file"


def _wrong(slot: Slot, why: str) -> WrongFile:
    message, remedy = _WHY[why]
    return WrongFile(message, remedy=remedy, field=slot.value, why=why)


async def prepared(slot: Slot, name: str, content: bytes, images: Images) -> Prepared:
    """A file that may be kept. Raises WrongFile.

    A logo becomes a still WebP without anything said about it; one that is such a WebP stays as it is, so
    that what was exported is imported byte by byte.
    """
    if len(content) > FILE_BYTES:
        raise _wrong(slot, "large")
    known = _named(name, slot)
    if slot.is_font:
        if not is_woff2(content):
            raise _wrong(slot, "font")
        return Prepared(FileKind.WOFF2, known, content)
    return await _logo(slot, known, content, images)


async def of_carried(carried: LookCarried, images: Images) -> Mapping[Slot, Prepared]:
    """The files of a look that came as a file. Raises WrongFile."""
    found = {}
    for slot, file in carried.files.items():
        try:
            content = base64.b64decode(file.content, validate=True)
        except (binascii.Error, ValueError):
            raise _wrong(slot, "base64") from None
        found[slot] = await prepared(slot, file.name, content, images)
    return found


async def _logo(slot: Slot, name: str, content: bytes, images: Images) -> Prepared:
    if is_svg(content):
        raise _wrong(slot, "svg")
    if format_of(content[:HEAD_BYTES]) not in _TAKEN:
        raise _wrong(slot, "image")
    try:
        converted = await images.convert(content, "image")
    except NoPicture:
        raise _wrong(slot, "broken") from None
    size = webp_size(content)
    stays = size is not None and max(size) <= _MOST_SIDE and is_plain_webp(content)
    kept = content if stays else converted
    width, height = webp_size(kept) or (1, 1)
    return Prepared(FileKind.WEBP, name, kept, width, height)


def _named(name: str, slot: Slot) -> str:
    """The file's name on one line, without where it lay; the slot's where it has none."""
    try:
        return _NAME.validate_python(name.replace("\\", "/").rpartition("/")[2][-100:])
    except ValidationError:
        return slot.value
